"""Numbers: one series for each unit, type and year; no gap, no double, nothing given twice."""

import json
import random
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chain import NOON, Chain, a_transfer
from tests.conftest import OwnDatabase
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.config.databases import OWNER
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.documents.incarnations import lives
from tongpan.kernel.documents.models import Document, Series
from tongpan.kernel.documents.numbering import next_number
from tongpan.kernel.documents.registry import document_type, document_types
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system


def drafted(chain: Chain, quantity: str = "1", **more: Any) -> UUID:
    with chain.as_("wang", "warehouse"):
        return a_transfer(chain, "warehouse", "north", {"milk": quantity}, **more).subject


def post(chain: Chain, draft: UUID) -> str:
    with chain.as_("wang", "warehouse"):
        document = run("stock.transfer.post", draft).document
    assert document is not None
    return str(document.number)


def test_numbers_follow_each_other(chain: Chain) -> None:
    assert [post(chain, drafted(chain)) for _ in range(3)] == [
        "DB-W01-26-00001", "DB-W01-26-00002", "DB-W01-26-00003",
    ]  # fmt: skip


def test_a_draft_that_was_refused_or_made_void_has_had_no_number(chain: Chain) -> None:
    post(chain, drafted(chain))
    with pytest.raises(Refusal):
        post(chain, drafted(chain, "1000"))
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.void", drafted(chain))

    assert post(chain, drafted(chain)) == "DB-W01-26-00002"


def test_units_types_and_years_each_have_their_own(chain: Chain) -> None:
    transfer, opening = document_type("stock.transfer"), document_type("stock.opening")
    warehouse, north = chain.units["warehouse"], chain.units["north"]

    def number(declared: Any, unit: OrgUnit, year: int) -> str:
        return next_number(declared, unit, date(year, 12, 31))

    assert number(transfer, warehouse, 2026) == "DB-W01-26-00001"
    assert number(transfer, north, 2026) == "DB-S01-26-00001"
    assert number(opening, north, 2026) == "QC-S01-26-00001"
    assert number(transfer, warehouse, 2027) == "DB-W01-27-00001"
    assert number(transfer, warehouse, 2026) == "DB-W01-26-00002"


def test_the_business_date_says_of_which_year_a_number_is(chain: Chain) -> None:
    new_year = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # one in the morning in Shanghai

    with chain.as_("zhou", "warehouse"), env.frozen(new_year):
        transfer = a_transfer(chain, "warehouse", "north", {"milk": "1"})
        run("stock.transfer.post", transfer.subject)

    assert Document.unscoped.get(pk=transfer.subject).number == "DB-W01-27-00001"


def test_a_code_that_another_unit_had_before_gives_no_number_again(chain: Chain) -> None:
    from tongpan.kernel.org.units import rename_unit

    first = post(chain, drafted(chain))
    with system(reason="a test"), env.frozen(NOON):
        rename_unit(chain.units["warehouse"], "W09")
        rename_unit(chain.units["north"], "W01")
        heir = OrgUnit.objects.get(code="W01")
        theirs = next_number(document_type("stock.transfer"), heir, date(2026, 11, 21))

    assert (first, theirs) == ("DB-W01-26-00001", "DB-W01-26-00002")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each takes itself back
@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_what_is_rolled_back_gives_its_number_to_the_next(
    chain: Chain, is_kept: list[bool]
) -> None:
    transfer, kept = document_type("stock.transfer"), []

    with transaction.atomic():
        for keeps in is_kept:
            with transaction.atomic():
                number = next_number(transfer, chain.units["south"], date(2026, 1, 1))
                if keeps:
                    kept.append(number)
                else:
                    transaction.set_rollback(True)
        transaction.set_rollback(True)

    assert kept == [f"DB-S02-26-{n:05}" for n in range(1, len(kept) + 1)]


def rows_of(chain: Chain, *series: str) -> str:
    """Documents that are posted as they are written, each of a series."""
    zhou, at = str(chain.people["zhou"].pk), NOON.isoformat()
    return json.dumps([
        {"id": str(env.new_id()), "type": "till.sale", "series": one, "prefix": f"{one}-",
         "digits": 3, "org_unit": str(chain.units["north"].pk), "on_day": "2026-11-21",
         "currency": "CNY", "total": "1", "at": at, "by_whom": zhou}
        for one in series
    ])  # fmt: skip


def written(rows: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select documents_write_posted(%s)", [rows])
        found: list[str] = cursor.fetchone()[0]
    return found


def test_documents_that_are_written_posted_take_numbers_in_their_order(chain: Chain) -> None:
    Series.objects.create(key="b", last=998)

    assert written(rows_of(chain, "b", "a", "b", "a", "b")) == [
        "b-999", "a-001", "b-1000", "a-002", "b-1001",
    ]  # fmt: skip
    assert written(rows_of(chain, "a")) == ["a-003"]
    assert {s.key: s.last for s in Series.objects.filter(key__in="ab")} == {"a": 3, "b": 1001}


@pytest.mark.races
def test_series_are_locked_in_one_order(own_chain: Chain, own_database: OwnDatabase) -> None:
    names = [f"till {n}" for n in range(12)]
    written(rows_of(own_chain, *names))

    def bring(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(40):
            written(rows_of(own_chain, *chance.sample(names, len(names))))

    assert own_database.at_once(*[lambda seed=seed: bring(seed) for seed in range(4)]) == [None] * 4
    assert {s.last for s in Series.objects.filter(key__in=names)} == {1 + 4 * 40}


def life(database: OwnDatabase, at_least: int) -> int:
    """Which life its books are in, where so many numbers are known to have been given."""
    with closing(database.connect()) as asking:
        row = asking.execute("select numbering_incarnation(%s)", [at_least]).fetchone()
    assert row is not None
    return int(row[0])


ALONE = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s"


def test_a_restored_copy_gives_no_number_again(own_chain: Chain, own_database: OwnDatabase) -> None:
    """What was printed after the backup is not in it; its numbers go on under a letter."""
    server, original, restored = own_database.server, own_database.name, own_database.name + "_r"
    printed = [post(own_chain, drafted(own_chain)) for _ in range(2)]
    connection.close()
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(ALONE, [original])  # as a database is copied only when nobody is in it
        admin.execute(f"create database {restored} template {original}")
    printed += [post(own_chain, drafted(own_chain)) for _ in range(3)]
    connection.close()
    connection.settings_dict["NAME"] = restored
    try:
        again = [post(own_chain, drafted(own_chain)) for _ in range(2)]
        assert [letters for letters, _began_at in lives()] == ["", "B"]
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        with closing(psycopg.connect(server.dsn(), autocommit=True)) as admin:
            admin.execute(f"drop database {restored} with (force)")

    assert printed == [f"DB-W01-26-{n:05}" for n in range(1, 6)]
    assert again == ["DB-W01-26-B00003", "DB-W01-26-B00004"]  # without a gap, and none again
    assert post(own_chain, drafted(own_chain)) == "DB-W01-26-00006"  # the original is the original


def test_books_that_know_of_fewer_numbers_than_were_given_are_a_copy(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    """A data folder that was put back is in its old place: what was seen outside of it tells."""
    given = Series.objects.aggregate(total=Sum("last"))["total"] + 2
    for _ in range(2):
        post(own_chain, drafted(own_chain))

    assert [life(own_database, n) for n in (given, given + 1, 0)] == [0, 1, 1]
    connection.close()
    assert [letters for letters, _began_at in lives()] == ["", "B"]
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute("insert into number_incarnation (ordinal, place) values (7, 'here')")
    assert post(own_chain, drafted(own_chain)) == "DB-W01-26-B00003"


def test_books_that_never_gave_a_number_may_be_a_copy_too(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    with closing(own_database.connect(user=OWNER)) as owner:
        owner.execute("delete from number_incarnation")  # as a backup of an older version is

    assert life(own_database, 1_000_000) == 1


def test_numbers_of_two_types_are_never_alike() -> None:
    shapes = [t.numbering.format(unit="X", year=26, month=11, serial=1) for t in document_types()]

    assert len(set(shapes)) == len(shapes)
    assert all("X" in shape and "26" in shape for shape in shapes)


@pytest.mark.races
def test_numbers_are_gapless_when_many_post_at_once_and_some_fail(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    drafts = [drafted(own_chain, "1000" if n % 3 == 0 else "1") for n in range(30)]

    def posting(draft: UUID) -> Callable[[], Outcome]:
        def call() -> Outcome:
            with own_chain.as_("wang", "warehouse"):
                return run("stock.transfer.post", draft)

        return call

    answers = own_database.at_once(*map(posting, drafts))

    refused = [a for a in answers if isinstance(a, Exception)]
    assert [getattr(a, "code", a) for a in refused] == ["out_of_bounds"] * 10
    rows = Document.unscoped.filter(type="stock.transfer", state="posted")
    numbers = sorted(rows.values_list("number", flat=True))
    assert numbers == [f"DB-W01-26-{n:05}" for n in range(1, 21)]
    assert Series.objects.get(key="stock.transfer|W01|2026").last == 20
