"""Gapless numbers: one series for each unit, type and year, counted under a row lock."""

from datetime import date

from django.db import connection

from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.models import OrgUnit

NEXT = """
insert into number_series as s (key, last) values (%s, 1)
on conflict (key) do update set last = s.last + 1 returning last
"""


def next_number(declared: DocumentType, unit: OrgUnit, on: date) -> str:
    """The next number of this type in this unit. Taken late, in the posting transaction: if that
    rolls back, the number is given to the next document, so no gap arises."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [f"{declared.code}|{unit.code}|{on.year}"])
        (serial,) = cursor.fetchone()
    return declared.numbering.format(
        unit=unit.code, year=on.year % 100, month=on.month, serial=serial
    )
