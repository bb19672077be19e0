"""Clock, ids, chance and the network come from `tongpan.base.env` alone, in every face too.

The linter forbids the same names, but a folder that may use HTTP is exempt from the whole rule.
"""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest

from tests.tidy.source import ROOT, modules

# The door itself; and `config`, which starts and watches processes, before there is a program.
EXEMPT = ("tongpan/base/env.py", "tongpan/config/")


@cache
def _forbidden() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    banned = settings["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    return {name for name, facts in banned.items() if "tongpan.base.env" in facts["msg"]}


def _used(module: ast.Module) -> Iterator[str]:
    """The full name of everything that is imported, or reached through an import."""
    known: dict[str, str] = {}
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                for name in names:
                    known[name.asname or name.name.split(".")[0]] = (
                        name.name if name.asname else name.name.split(".")[0]
                    )
                    yield name.name
            case ast.ImportFrom(module=str(origin), names=names):
                for name in names:
                    known[name.asname or name.name] = f"{origin}.{name.name}"
                    yield f"{origin}.{name.name}"
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            first, *rest = ast.unparse(node).split(".")
            if first in known:
                yield ".".join([known[first], *rest])


def _reaches(used: str, forbidden: str) -> bool:
    return used == forbidden or used.startswith(f"{forbidden}.")


def test_the_forbidden_names_are_those_of_the_linter() -> None:
    assert {"time.time", "datetime.datetime.now", "uuid.uuid4", "random"} <= _forbidden()


@pytest.mark.parametrize(
    "text", ["import random", "from uuid import uuid4", "from time import time"]
)
def test_a_way_around_the_door_is_seen(text: str) -> None:
    used = set(_used(ast.parse(text)))

    assert any(_reaches(name, banned) for name in used for banned in _forbidden())


def test_every_module_uses_the_door() -> None:
    around = {
        f"{path}: {name}"
        for path, module in modules().items()
        if not path.startswith(EXEMPT)
        for name in _used(module)
        if any(_reaches(name, banned) for banned in _forbidden())
    }

    assert around == set()
