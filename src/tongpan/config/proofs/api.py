"""`prove api`: whatever the description allows is answered as it says, and tells no secret.

Every described operation is asked with made-up requests, half of them about things that are there,
with real commits, in a company of its own. The requests are a part of the tests.
"""

import argparse
import sys
from importlib import import_module

from tongpan.config.installation import ROOT
from tongpan.faces.cli import Result

HELP = "接口说到做到 · the API answers as it is described, whatever it is asked"


def run(given: argparse.Namespace) -> Result:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    proof = import_module("tests.faces.api.proof")
    return proof.run(is_small=given.small)  # type: ignore[no-any-return]
