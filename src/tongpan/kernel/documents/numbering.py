"""Gapless numbers: one series for each unit, type and year, counted under a row lock."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import connection

from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.models import OrgUnit

NEXT = """
insert into number_series as s (key, last)
select key, count from unnest(%s::text[], %s::int[]) k(key, count) order by key
on conflict (key) do update set last = s.last + excluded.last returning key, last
"""


def next_number(declared: DocumentType, unit: OrgUnit, on: date) -> str:
    """The next number of this type in this unit. Taken late, in the posting transaction: if that
    rolls back, the number is given to the next document, so no gap arises."""
    return next_numbers(declared, [(unit, on)])[0]


def next_numbers(declared: DocumentType, asked: Sequence[tuple[OrgUnit, date]]) -> list[str]:
    """The same for many documents at once, in their order; the series are locked in one order."""
    keys = [f"{declared.code}|{unit.code}|{on.year}" for unit, on in asked]
    counts = Counter(keys)
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [list(counts), list(counts.values())])
        serials = {key: last - counts[key] for key, last in cursor.fetchall()}
    numbers = []
    for key, (unit, on) in zip(keys, asked, strict=True):
        serials[key] += 1
        numbers.append(
            declared.numbering.format(
                unit=unit.code, year=on.year % 100, month=on.month, serial=serials[key]
            )
        )
    return numbers
