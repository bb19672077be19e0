"""Rows that need no more than a name, made where somebody misses them: categories and units.

They are made by the same action as on their own pages, with the next free code.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any

from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.org.scope import may_somewhere

MADE = {"items.category": "C{:03}", "items.unit": "U{:02}"}  # and the codes that they are given


def may_make(declared: MasterType) -> bool:
    """Whether the acting person may make rows of this kind from their names."""
    return declared.code in MADE and may_somewhere(declared.permission("save"))


def make(declared: MasterType, names: Sequence[str]) -> list[Any]:
    """A row of each name. Errors: Forbidden, Refusal."""
    codes = set(declared.model._base_manager.values_list("code", flat=True))
    free = (c for n in count(1) if (c := MADE[declared.code].format(n)) not in codes)
    save = declared.permission("save")
    return [run(save, payload={"code": next(free), "name": name}).result for name in names]
