"""`prove templates`: what people write into print templates is inert.

Every payload of the corpus is given to the language, and to two engines that trust their authors:
the first must evaluate none beyond what is published, the others must be caught. The payloads are
a part of the tests.
"""

import argparse
import sys
from importlib import import_module

from tongpan.config.installation import ROOT
from tongpan.faces.cli import Result

HELP = "打印模板无害 · what is written into print templates is inert"


def run(given: argparse.Namespace) -> Result:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    proof = import_module("tests.engines.prints.proof")
    return proof.run()  # type: ignore[no-any-return]
