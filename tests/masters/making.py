"""Factories that run real actions, and what a refusal said."""

from collections.abc import Callable
from typing import Any

import pytest

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import run


def saved(type_code: str, **payload: Any) -> Any:
    """A new row of a master type, made as a person would make it."""
    return run(f"{type_code}.save", payload=payload).result


def changed(type_code: str, row: Any, **payload: Any) -> Any:
    """A known row with some fields changed."""
    return run(f"{type_code}.save", row.pk, payload).result


def problems_of(act: Callable[[], Any]) -> list[tuple[str, str]]:
    """Where a refusal found something, and what."""
    with pytest.raises(Refusal) as caught:
        act()
    return [(problem["path"], problem["code"]) for problem in caught.value.problems]
