"""Categories and brands of goods, as promotions ask for them; kept by each process as prices are.

What was read is kept under two words: that of prices, which is another one after each change of
goods (`word_schema`), and that of promotions, which changes with the path of a category. The
statement that prices a basket says both, so only goods are ever used that it would have read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from tongpan.business.till.queries import as_id
from tongpan.kernel.companies.calls import Call

GOODS_MAX, COMPANIES_MAX = 20_000, 8
Sort = tuple[str, str]  # the path of the category, and the brand
WORD = Call("(select word from price_word)", ())


@dataclass(slots=True)
class Sorts:
    """What is known of goods under two words."""

    words: tuple[str, str]
    of: dict[UUID, Sort] = field(default_factory=dict)


NOTHING = Sorts(("", ""))
_kept: dict[str, Sorts] = {}  # by company


def known() -> Sorts:
    """What the process knows; nothing inside a transaction, which may have changes of its own."""
    if connection.in_atomic_block:
        return NOTHING
    return _kept.get(connection.schema_name, NOTHING)  # type: ignore[attr-defined]


def reading(items: Iterable[UUID], sorts: Sorts) -> list[Call]:
    """The calls that read the sorts of goods that are not known, and the word of prices."""
    missing = [item for item in dict.fromkeys(items) if item not in sorts.of]
    return [Call("till_goods(%s)", (orjson.dumps(missing).decode(),)), WORD]


def read(said: Any, words: tuple[str, str], before: Sorts) -> Mapping[UUID, Sort] | None:
    """The sorts of goods by what those calls said under these words; None where they were asked
    for by what was known under others: then all must be asked for, and nothing is known."""
    company: str = connection.schema_name  # type: ignore[attr-defined]
    if before.of and before.words != words:
        _kept.pop(company, None)
        return None
    found = sorts_of(said)
    if connection.in_atomic_block:
        return found
    if not before.of:
        before = Sorts(words)
        if len(_kept) >= COMPANIES_MAX:
            _kept.clear()
        _kept[company] = before
    before.of.update(found)
    if len(before.of) > GOODS_MAX:
        _kept.pop(company, None)
    return before.of


def sorts_of(said: Any) -> dict[UUID, Sort]:
    """What the first of those calls said."""
    rows = orjson.loads(said) if isinstance(said, str) else said
    return {as_id(pk): (path, brand) for pk, path, brand in rows}
