"""Check everything that must always hold, from the rows alone.

Every company is looked at, unless one is named. With `--selftest` the checks themselves are
checked: a copy of the company is damaged in one way after the other, and each piece of damage must
be found by the check that is there for it.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connection, transaction
from django_tenants.utils import schema_context
from psycopg import sql

from tongpan.base import env
from tongpan.base.invariants import Invariant
from tongpan.base.numbers import ZERO
from tongpan.config import companies, databases, embedded
from tongpan.config.installation import CannotRun
from tongpan.faces.cli import Result
from tongpan.kernel.documents import audit
from tongpan.kernel.events import feed
from tongpan.kernel.events.dispatcher import number
from tongpan.kernel.ledger import checks

NAME = "verify"
HELP = "核对账目与日志 · check the books and the feed; --selftest checks the checks"
SHOWN = 20
ALL, AT_ONCE = 1_000_000, 10_000

# Each area's own look at itself. To these lists another kernel package adds its own.
AREAS: tuple[Callable[[], Sequence[Invariant]], ...] = (checks.verify, feed.verify, audit.verify)
DAMAGES = {
    **checks.DAMAGES,
    **audit.DAMAGES,
    "events.chain_holds": """
        alter table feed disable trigger user;
        update feed set hash = '' where position = (select max(position) from feed)""",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--selftest", action="store_true", help="检查这些检查 · damage a copy, and find the damage"
    )


def run(given: argparse.Namespace) -> Result:
    schemas = [given.company] if given.company else companies.schemas()
    found = {schema: _checked(schema) for schema in schemas}
    invariants = _together(found)
    violations = sum(len(invariant.violations) for invariant in invariants)
    facts = {
        "entries": sum(company.entries for company in found.values()),
        "stock_value": sum((company.stock for company in found.values()), ZERO),
        "inventory_account": sum((company.money for company in found.values()), ZERO),
        "violations": violations,
        "companies": {schema: company.facts for schema, company in found.items()},
        "invariants": [
            {
                "code": invariant.code,
                "checked": invariant.checked,
                "violations": len(invariant.violations),
                "examples": invariant.violations[:SHOWN],
            }
            for invariant in invariants
        ],
    }
    holds = violations == 0 and all(company.is_worth_the_same for company in found.values())
    if given.selftest:
        missed = _selftest(schemas[0])
        facts |= {
            "planted": len(DAMAGES),
            "detected": len(DAMAGES) - len(missed),
            "missed": missed,
        }
        holds = holds and not missed and len(DAMAGES) >= len(invariants)
    return Result(holds=holds, facts=facts, text=_as_text(invariants, facts))


@dataclass(frozen=True)
class _Checked:
    """What was found in one company."""

    invariants: list[Invariant]
    entries: int
    stock: Decimal
    money: Decimal

    @property
    def is_worth_the_same(self) -> bool:
        return self.stock == self.money

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "entries": self.entries,
            "stock_value": self.stock,
            "inventory_account": self.money,
            "violations": sum(len(invariant.violations) for invariant in self.invariants),
        }


def _checked(schema: str) -> _Checked:
    with schema_context(schema):
        _chain_what_waits()
        invariants = [invariant for area in AREAS for invariant in area()]
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from entry")
            return _Checked(invariants, cursor.fetchone()[0], *checks.worth())


def _chain_what_waits() -> None:
    """Give what happened its place in the chains, where no program runs that does it: what is in no
    chain is checked by none."""
    while number(AT_ONCE)[0] or audit.seal(AT_ONCE):
        pass


def _together(found: dict[str, _Checked]) -> list[Invariant]:
    """The same invariants of all companies as one; a violation says in which company it is."""
    by_code: dict[str, Invariant] = {}
    for schema, company in found.items():
        for one in company.invariants:
            before = by_code.get(one.code, Invariant(one.code, 0, ()))
            where = (f"{schema}: {place}" for place in one.violations)
            by_code[one.code] = Invariant(
                one.code, before.checked + one.checked, (*before.violations, *where)
            )
    return list(by_code.values())


def _as_text(found: list[Invariant], facts: dict[str, object]) -> str:
    lines = [
        f"{'✗' if i.violations else '✓'} {i.code}  {i.checked}"
        + "".join(f"\n    {place}" for place in i.violations[:SHOWN])
        for i in found
    ]
    lines.append(f"库存价值 {facts['stock_value']} · 存货科目 {facts['inventory_account']}")
    if "planted" in facts:
        lines.append(f"selftest: {facts['detected']} / {facts['planted']} {facts['missed'] or ''}")
    return "\n".join(lines)


# -- the selftest ----------------------------------------------------------------------------------


def _selftest(schema: str) -> list[str]:
    """Which damage the checks did not find in a copy of this company."""
    missed = []
    with _scratch_copy(schema):
        with transaction.atomic():
            number(ALL)  # what waits for its position gets one, so there is a feed to damage
            audit.seal(ALL)
        for code, damage in DAMAGES.items():
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(damage)
                area = audit if code in audit.DAMAGES else feed
                own = checks.verify([code]) if code in checks.CHECKS else area.verify()
                if not any(i.violations for i in own if i.code == code):
                    missed.append(code)
                transaction.set_rollback(True)
            print(f"{code}: {'missed' if code in missed else 'found'}", file=sys.stderr, flush=True)
    return missed


@contextmanager
def _scratch_copy(schema: str) -> Iterator[None]:
    """Inside, Django works as the owner in a copy of the company that is dropped at the end."""
    before = dict(connection.settings_dict)
    if os.environ.get("DATABASE_URL"):
        raise CannotRun("自检只能用于内置数据库。\nThe selftest needs the embedded database.")
    admin = _dsn(before, before["NAME"])
    scratch = f"selftest_{os.getpid()}_{env.token(3)}"
    try:
        databases.prepare(admin, scratch)
        dump = [embedded.binary("pg_dump"), "-n", schema, admin]
        fill = [embedded.binary("psql"), "-q", "-v", "ON_ERROR_STOP=1", _dsn(before, scratch)]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
            subprocess.run(fill, stdin=source.stdout, stdout=subprocess.DEVNULL, check=True)
        connection.close()
        connection.settings_dict.update(NAME=scratch, USER=databases.OWNER)
        with schema_context(schema):
            yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        with psycopg.connect(admin, autocommit=True) as server:
            drop = sql.SQL("drop database if exists {} with (force)")
            server.execute(drop.format(sql.Identifier(scratch)))


def _dsn(where: dict[str, object], database: object) -> str:
    return f"host={where['HOST']} port={where['PORT']} user=postgres dbname={database}"
