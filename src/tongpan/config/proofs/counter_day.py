"""A day at the counter, in a real browser, by keyboard and scanner alone; see `day`."""

import argparse
from importlib import import_module

from tongpan.faces.cli import Result

HELP = "收银台的一天 · a day at the counter, by keys and scanner alone (--sales)"


def run(given: argparse.Namespace) -> Result:
    """The browser's driver and the demonstration's source are only there where they are used."""
    result: Result = import_module(f"{__package__}.day.living").run(given)
    return result
