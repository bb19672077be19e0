"""Every Python file of the program, read once for all tidy tests."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tongpan"


@cache
def modules() -> dict[str, ast.Module]:
    """By path from `src`, without migrations."""
    return {
        str(file.relative_to(SOURCE.parent)): ast.parse(file.read_text())
        for file in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in file.parts
    }
