"""Recording: what is written, what is refused, and that nothing is ever changed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.kernel.events.saying import DAY, TOLD, number_all, tell
from tongpan.base import env
from tongpan.kernel.events.models import Event
from tongpan.kernel.events.recording import record
from tongpan.kernel.org.context import NoScope, system


def test_an_event_keeps_what_was_said(company: str) -> None:
    payload = {"amount": Decimal("1.50"), "lines": [{"item": env.new_id(), "on": DAY}], "ok": True}

    tell(payload)

    event = Event.objects.get()
    assert event.name == TOLD
    assert event.business_date == DAY
    assert event.actor is None
    assert event.payload == {
        "amount": "1.50",
        "lines": [{"item": str(payload["lines"][0]["item"]), "on": "2026-11-21"}],
        "ok": True,
    }


def test_a_new_month_gets_its_own_partition(company: str) -> None:
    tell(day=date(2027, 2, 28))
    tell(day=date(2027, 3, 1))

    with connection.cursor() as cursor:
        cursor.execute("select tableoid::regclass::text from event order by business_date")
        parts = [part for (part,) in cursor.fetchall()]
    assert parts == ["event_2027_02", "event_2027_03"]


def test_a_float_is_refused(company: str) -> None:
    with pytest.raises(TypeError, match=r"0\.1"):
        tell({"lines": ({"amount": 0.1},)})


def test_an_undeclared_name_is_refused(company: str) -> None:
    with system(reason="test"), pytest.raises(AssertionError, match="never declared"):
        record("test.thing.unheard", env.new_id(), env.new_id(), {}, DAY)


def test_nobody_records_without_acting(company: str) -> None:
    with pytest.raises(NoScope):
        record(TOLD, env.new_id(), env.new_id(), {}, DAY)


WRITES = [
    "insert into event (business_date, id, name, subject, org_unit, occurred_at, payload) "
    "values ('2026-11-21', gen_random_uuid(), 'a.b', gen_random_uuid(), gen_random_uuid(), "
    "now(), '{}')",
    "update event set name = 'a.c'",
    "delete from event",
    "truncate event",
    "delete from event_2026_11",
    "truncate event_2026_11",
    "update feed set position = 9",
    "delete from feed",
    "truncate feed",
    "insert into feed values (9, gen_random_uuid(), '2026-11-21', '')",
    "update feed_state set position = 0",
    "delete from feed_state",
    "select nextval('event_seq')",
    "alter table event disable trigger all",
]


@pytest.mark.parametrize("write", WRITES)
def test_the_program_may_not_write_events_by_hand(company: str, write: str) -> None:
    tell()

    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(write)


@pytest.mark.parametrize("write", WRITES[1:9])
def test_not_even_the_owner_changes_events(own_database: Any, write: str) -> None:
    tell()
    number_all()

    with (
        own_database.connect(user="tp_owner") as owner,
        pytest.raises(Exception, match="never changed or deleted"),
    ):
        owner.execute(write)
