"""`prove promo`: the least of all compositions, found by trying every one of them.

Baskets and promotions come by chance from their seeds. What tries everything is a part of the
tests, and shares nothing with the engine but the declarations.
"""

import argparse
import sys
from importlib import import_module

from tongpan.config.installation import ROOT, CannotRun
from tongpan.faces.cli import Result

HELP = "促销取最优 · promotions find the least of all compositions"


def run(given: argparse.Namespace) -> Result:
    first, dash, last = (given.seeds or "0-1999").partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not dash)):
        raise CannotRun(f"种子写成 0-1999。\nWrite seeds as 0-1999, not {given.seeds}.")
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    proof = import_module("tests.business.promotions.proof")
    return proof.run(range(int(first), int(last or first) + 1))  # type: ignore[no-any-return]
