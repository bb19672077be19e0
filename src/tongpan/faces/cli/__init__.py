"""The command line's own face: a command is one module in this package.

Each module has `NAME` ("verify"), `HELP` (one line), `arguments(parser)` and
`run(given) -> Result`. It may say what it needs before it runs: `NEEDS = "company"` (the default:
tables and a company, made if they are not there), "database" (tables only) or "nothing". `run` is
then called inside the company's schema; who acts is the command's own affair.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Result:
    """What a command found: whether it holds, for programs (`facts`), and for people (`text`).

    Exit code 0 if it holds, 1 if not; a command that cannot run raises, which is 2.
    """

    holds: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


def commands(package: ModuleType) -> Iterator[ModuleType]:
    """Every command module of a package, by name."""
    for found in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{found.name}")
        if hasattr(module, "NAME"):
            yield module


def no_arguments(parser: argparse.ArgumentParser) -> None:
    """For commands that take none."""
