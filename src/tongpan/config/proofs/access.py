"""`prove access`: what a person may not see is nowhere, by whichever door they ask.

Every address of the program is asked, by people in every role, of several units and of two
companies, for rows of their own and of others. The walk itself is a part of the tests; it is done
here with real commits, in a company of its own.
"""

import argparse
import sys
from importlib import import_module

from tongpan.config.installation import ROOT
from tongpan.faces.cli import Result

HELP = "谁也看不到不该看的 · nobody sees what they may not: every address, role and unit"


def run(given: argparse.Namespace) -> Result:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    proof = import_module("tests.access.proof")
    return proof.run(given.only, is_small=given.small)  # type: ignore[no-any-return]
