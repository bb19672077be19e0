"""Reads of trade: what of a line is left to follow, which tax is on it, when it is due."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from tongpan.base.refusals import Refusal
from tongpan.masters.taxes.queries import rates_of

# What left a pool of goods with each of some lines: the entries of their own postings.
COSTS = """
select e.line, sum(e.value) from entry e join posting p on p.id = e.posting
    and p.business_date = e.business_date
  where p.id = any(%s) and e.line = any(%s) and e.value is not null group by e.line
"""


def rates_for(lines: Sequence[Any], on: date) -> dict[UUID, Decimal]:
    """The tax rates of the categories of these lines' items; none while one has no rate yet."""
    items = [n.item for n in lines if n.item is not None and n.item.tax_category_id]
    categories = {item.tax_category_id: item.tax_category for item in items}
    try:
        return rates_of(list(categories.values()), on) if categories else {}
    except Refusal:
        return {}


def costs_of(lines: Iterable[Any]) -> dict[UUID, Decimal]:
    """What the goods of each of these posted lines had cost: the value that left with them."""
    named = {line.pk: line.document_id for line in lines}
    with connection.cursor() as cursor:
        cursor.execute(COSTS, [list(set(named.values())), list(named)])
        return dict(cursor.fetchall())
