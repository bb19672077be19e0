"""Gapless numbers: one series for each unit, type and year, counted under a row lock."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from django.db import connection

from tongpan.kernel.documents.incarnations import incarnation, letters_of
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
    series = [series_of(declared, unit, on) for unit, on in asked]
    counts = Counter(one.key for one in series)
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [list(counts), list(counts.values())])
        serials = {key: last - counts[key] for key, last in cursor.fetchall()}
    numbers = []
    for one in series:
        serials[one.key] += 1
        numbers.append(f"{one.prefix}{serials[one.key]:0{one.digits}}")
    return numbers


class Series(NamedTuple):
    """The counter that a document takes its number from, and how the number is written."""

    key: str
    prefix: str
    digits: int


def series_of(declared: DocumentType, unit: OrgUnit, on: date) -> Series:
    """One series for each type, unit and year; it goes on in a copy, under a letter."""
    prefix, digits = _pattern(declared.numbering)
    written = prefix.format(unit=unit.code, year=on.year % 100, month=on.month)
    written += letters_of(incarnation())
    return Series(f"{declared.code}|{unit.code}|{on.year}", written, digits)


@cache
def _pattern(numbering: str) -> tuple[str, int]:
    prefix, _, serial = numbering.partition("{serial:")
    assert serial.endswith("}"), f"The rule {numbering!r} does not end in its serial."
    return prefix, int(serial[:-1])
