"""Names say what a thing is; these words say that nobody decided."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.source import modules

VAGUE = {"helper", "helpers", "util", "utils", "common", "misc", "stuff", "service", "services"}
SHORTENED = {"qty", "amt", "mgr", "svc", "cfg", "btn", "usr", "acct", "txn", "tmp"}
EMPTY_VERBS = ("do_it", "process_")
OF_DJANGO = {"process_exception", "process_view", "process_template_response"}


def _names_of_parts(path: str, module: ast.Module) -> Iterator[str]:
    """What the program is divided into: modules and classes."""
    yield Path(path).stem
    yield from (node.name for node in ast.walk(module) if isinstance(node, ast.ClassDef))


def _names(path: str, module: ast.Module) -> Iterator[str]:
    yield from _names_of_parts(path, module)
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


def _words(name: str) -> set[str]:
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return {re.sub(r"\d+$", "", part) for part in parts}


def test_no_part_of_the_program_has_a_vague_name() -> None:
    found = {
        f"{path}: {name}"
        for path, module in modules().items()
        for name in _names_of_parts(path, module)
        if _words(name) & VAGUE
    }

    assert found == set()


def test_no_name_is_shortened_or_says_nothing() -> None:
    found = {
        f"{path}: {name}"
        for path, module in modules().items()
        for name in _names(path, module)
        if _words(name) & SHORTENED or name.startswith(EMPTY_VERBS)
        if name not in OF_DJANGO
    }

    assert found == set()
