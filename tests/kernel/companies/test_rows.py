"""Rows that are read by a statement made once, and calls that ride together."""

import os
import socket

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from tests.conftest import OwnDatabase
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.companies.rows import new_row, row_where, rows_where
from tongpan.kernel.org.models import LegalEntity, OrgUnit


def test_one_row_is_asked_for_and_not_one_of_two(company: str) -> None:
    first, second = (LegalEntity.objects.create(name=name) for name in ("甲", "乙"))

    assert row_where(LegalEntity, "name = %s", ["甲"]) == first
    assert row_where(LegalEntity, "name = %s", ["丙"]) is None
    assert rows_where(LegalEntity, "true order by name = %s", ["甲"]) == [second, first]
    with pytest.raises(AssertionError, match="2 rows"):
        row_where(LegalEntity, "true", [])


def test_a_row_that_was_read_so_is_as_any_other(company: str) -> None:
    entity = LegalEntity.objects.create(name="甲")

    found = row_where(LegalEntity, "id = %s", [entity.pk])

    assert found is not None
    assert (found._state.adding, found._state.db) == (False, connection.alias)
    found.name = "甲乙"
    found.save()
    assert LegalEntity.objects.get().name == "甲乙"


def test_calls_that_ride_together_each_have_their_own_answer(company: str) -> None:
    calls = [Call("concat(%s::text, %s::text)", ("a", "b")), Call("%s::int + 1", (4,))]

    assert together(calls) == ("ab", 5)


def test_what_the_first_call_says_may_be_named_by_the_others(company: str) -> None:
    first = Call("(select %s::text || 'b' as first offset 0)", ("a",))

    assert together([Call("first || %s", ("c",))], first=first) == ("ab", "abc")


def test_the_log_of_queries_has_what_was_prepared(company: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        together([Call("%s::int + 41", (1,))])

    assert seen.captured_queries[-1]["sql"] == "select $1::int + 41"


def test_a_statement_is_prepared_once_for_a_connection(company: str) -> None:
    call = Call("%s::int + 40", (2,))
    for _again in range(2):
        together([call])

    with connection.cursor() as cursor:
        cursor.execute(
            "select generic_plans + custom_plans from pg_prepared_statements"
            " where statement like '%+ 40'"
        )
        assert cursor.fetchall() == [(2,)]


def test_a_prepared_statement_reads_the_tables_of_whose_company_it_is(company: str) -> None:
    call = Call("(select min(applied) from django_migrations)", ())

    ours = together([call])
    with schema_context("public"):
        shared = together([call])

    assert ours != shared
    assert together([call]) == ours


def test_a_row_made_in_one_go_is_as_django_makes_it(company: str) -> None:
    entity = LegalEntity.objects.create(name="甲")
    given = {"kind": "company", "code": "HQ", "name": "总部"}

    ours = new_row(OrgUnit, {"entity": entity}, **given)
    theirs = OrgUnit(entity=entity, id=ours.pk, **given)

    assert ours.pk is not None
    assert ours.__dict__ | {"_state": None} == theirs.__dict__ | {"_state": None}
    assert ours.entity is entity
    assert (ours._state.adding, ours._state.db) == (True, None)
    ours.save()
    assert OrgUnit.objects.get().entity == entity


def prepared_here() -> int:
    """How often statements that went straight to the database were made by this connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(generic_plans + custom_plans), 0) from pg_prepared_statements"
            " where name like 'straight%'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.races
def test_alone_a_statement_goes_straight_to_the_database_and_is_prepared_once(
    own_database: OwnDatabase,
) -> None:
    call = Call("%s::int + 39", (3,))

    assert [together([call]) for _again in range(3)] == [(42,)] * 3
    assert prepared_here() == 3


@pytest.mark.races
def test_what_a_rollback_lets_go_of_is_prepared_again(own_database: OwnDatabase) -> None:
    call = Call("%s::int + 38", (4,))
    together([call])
    with transaction.atomic():
        LegalEntity.objects.create(name="甲")
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("deallocate all")

    assert together([call]) == (42,)
    assert prepared_here() == 1


@pytest.mark.races
def test_what_is_wrong_with_a_statement_alone_is_said_as_always(own_database: OwnDatabase) -> None:
    with pytest.raises(ProgrammingError, match="nothing_like_this"):
        together([Call("nothing_like_this(%s)", (1,))])
    with pytest.raises(DatabaseError) as wrong:
        together([Call("ledger_refuse_missing(%s::uuid[])", ("{}",))])
    assert getattr(wrong.value.__cause__, "sqlstate", None) == "TP010"
    assert together([Call("%s::int", (1,))]) == (1,)


@pytest.mark.races
def test_a_statement_alone_whose_connection_is_lost_says_so(own_database: OwnDatabase) -> None:
    together([Call("%s::int", (1,))])
    lost = socket.socket(fileno=os.dup(connection.connection.fileno()))
    lost.shutdown(socket.SHUT_RDWR)
    lost.close()

    with pytest.raises(OperationalError):
        together([Call("%s::int", (1,))])
    connection.close()
    assert together([Call("%s::int", (2,))]) == (2,)
