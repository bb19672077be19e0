"""Prove a promise by doing the thing: at run time, with real processes and a real database."""

import argparse
from importlib import import_module
from pkgutil import iter_modules

from tongpan.config import proofs
from tongpan.faces.cli import Result

NAME, NEEDS = "prove", "nothing"
HELP = (
    "证明承诺：race、wallet、returns、crash、payments、counter-day、mutants、access、promo"
    " · prove a promise by doing the thing"
)

_MODULES = {
    found.name.replace("_", "-"): module
    for found in iter_modules(proofs.__path__)
    if found.name != "till"  # sets Django up for a process of its own
    and hasattr(module := import_module(f"{proofs.__name__}.{found.name}"), "run")
}


def arguments(parser: argparse.ArgumentParser) -> None:
    what = "; ".join(f"{name}: {module.HELP}" for name, module in _MODULES.items())
    parser.add_argument("what", choices=tuple(_MODULES), help=what)
    parser.add_argument("--rounds", type=int, default=200, help="race: how many last pieces")
    parser.add_argument("--attempts", type=int, default=500, help="payments: how many customers")
    parser.add_argument("--sales", type=int, default=40, help="counter-day: how many sales")
    parser.add_argument("--kills", type=int, default=20, help="crash: how often to kill")
    parser.add_argument(
        "--only", default="", help="mutants, access: those whose name has this text"
    )
    parser.add_argument(
        "--small",
        action="store_true",
        help="access, api: ask less",
    )
    parser.add_argument(
        "--seeds", default="", help="promo, returns: from which seed to which, as 0-499"
    )


def run(given: argparse.Namespace) -> Result:
    result: Result = _MODULES[given.what].run(given)
    return result
