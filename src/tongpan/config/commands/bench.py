"""Measure a promise of speed, at run time, against a limit or a peer in the same run.

Each file of the folder `bench/` with HELP and `run(given)` is one measurement.
"""

import argparse
import ast
import sys
from importlib import import_module

from tongpan.config.installation import ROOT, CannotRun
from tongpan.faces.cli import Result

NAME, NEEDS = "bench", "nothing"
HELP = "测速 · measure a promise of speed"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", help="; ".join(f"{n}: {h}" for n, h in _measurements().items()))
    parser.add_argument("--seconds", type=float, default=2.0, help="每轮时长 · of each round")
    parser.add_argument("--repeats", type=int, default=3, help="轮数 · rounds, interleaved")
    parser.add_argument(
        "--workers", type=_numbers, default=[1, 2, 4, 8], help="并发 · clients, as 1,2,4,8"
    )
    parser.add_argument("--entries", type=int, default=100_000, help="规模 · for growth")
    parser.add_argument(
        "--items", type=int, default=100_000, help="商品数 · items, for till and till_scan"
    )
    parser.add_argument("--cells", type=int, default=0, help="格数 · items at places, for pages")
    parser.add_argument("--rows", type=int, default=0, help="行数 · rows of a sheet, for imports")


def run(given: argparse.Namespace) -> Result:
    if given.what not in _measurements():
        raise CannotRun(f"没有 {given.what}。\nThere is no {given.what}: {list(_measurements())}.")
    sys.path.insert(0, str(ROOT))
    result: Result = import_module(f"bench.{given.what}").run(given)
    return result


def _measurements() -> dict[str, str]:
    """Name and help of each measurement, read from its text: importing them all would be slow."""
    found = {}
    for file in sorted((ROOT / "bench").glob("*.py")):
        for node in ast.parse(file.read_text()).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and node.targets[0].id == "HELP"
                and isinstance(node.value, ast.Constant)
            ):
                found[file.stem] = str(node.value.value)
    return found


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]
