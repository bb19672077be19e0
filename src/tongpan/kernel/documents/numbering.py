"""Gapless numbers: one series for each unit, type and year, counted under a row lock.

A number such as `DB-W01-26-00042` has the letters of its type, its unit, the year and a serial. A
company may choose other letters, more digits, and that serials begin anew each month or day.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, connections

from tongpan.kernel.documents.incarnations import letters_of
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.models import OrgUnit

NEXT = """
insert into number_series as s (key, last)
select key, count from unnest(%s::text[], %s::int[]) k(key, count) order by key
on conflict (key) do update set last = s.last + excluded.last returning key, last
"""
KNOWN = """
select numbering_incarnation(),
       (select coalesce(jsonb_object_agg(type, jsonb_build_array(letters, begins, digits)), '{}')
          from numbering_rule)
"""
DECLARED = re.compile(r"([A-Z]+)-\{unit\}-\{year:02\}-\{serial:0(\d)\}")


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
        numbers.append(one.number(serials[one.key]))
    return numbers


class Series(NamedTuple):
    """The counter that a document takes its number from, and how the number is written."""

    key: str
    prefix: str
    digits: int

    def number(self, serial: int) -> str:
        return f"{self.prefix}{serial:0{self.digits}}"


class Rule(NamedTuple):
    """The letters of a type, when its serials begin anew (year, month or day), and their digits."""

    letters: str
    begins: str
    digits: int


def series_of(declared: DocumentType, unit: OrgUnit, on: date) -> Series:
    """One series for each type, unit and year, month or day; it goes on in a copy of the books,
    under a letter."""
    known = _known()
    rule = known.rules.get(declared.code) or declared_rule(declared.numbering)
    since = on.isoformat()[: {"year": 4, "month": 7, "day": 10}[rule.begins]]
    when = since[2:].replace("-", "")
    return Series(
        f"{declared.code}|{unit.code}|{since}",
        f"{rule.letters}-{unit.code}-{when}-{letters_of(known.incarnation)}",
        rule.digits,
    )


def rule_of(declared: DocumentType) -> Rule:
    """How numbers of this type are written here: as the company chose, else as it was declared."""
    return _known().rules.get(declared.code) or declared_rule(declared.numbering)


@cache
def declared_rule(numbering: str) -> Rule:
    """A rule as a type declares it.

    >>> declared_rule("DB-{unit}-{year:02}-{serial:05}")
    Rule(letters='DB', begins='year', digits=5)
    """
    found = DECLARED.fullmatch(numbering)
    assert found is not None, f"The rule {numbering!r} is not one of letters, unit, year, serial."
    return Rule(found[1], "year", int(found[2]))


# -- what is known of the company --------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """Which life of the books this is, and the rules that the company chose, by type."""

    incarnation: int
    rules: Mapping[str, Rule]


_asked: WeakKeyDictionary[Any, dict[str, Known]] = WeakKeyDictionary()


def _known() -> Known:
    """Asked once for each connection and company: a restore ends all connections."""
    here = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    companies = _asked.setdefault(here.connection, {})
    company: str = here.schema_name  # type: ignore[attr-defined]
    if company not in companies:
        with here.cursor() as cursor:
            cursor.execute(KNOWN)
            ordinal, rules = cursor.fetchone()
        chosen = {code: Rule(*rule) for code, rule in json.loads(rules).items()}
        companies[company] = Known(ordinal, chosen)
    return companies[company]


def ask() -> None:
    """Ask now what each numbering asks once, so that no later statement is that one."""
    _known()


def forget() -> None:
    """Let every connection of this process ask again: a rule was chosen."""
    _asked.clear()
