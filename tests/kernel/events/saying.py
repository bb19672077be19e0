"""A small event to tell, and shorthand for looking at the feed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from tongpan.base import env
from tongpan.kernel.events import dispatcher, registry
from tongpan.kernel.events.recording import record
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.context import system

DAY = date(2026, 11, 21)
TOLD = declare_event("test.thing.told", "A thing was told")
HEARD = declare_event("test.thing.heard", "A thing was heard")


def tell(
    payload: dict[str, Any] | None = None,
    *,
    name: str = TOLD,
    subject: UUID | None = None,
    unit: UUID | None = None,
    day: date = DAY,
) -> None:
    with system(reason="test"):
        record(name, subject or env.new_id(), unit or env.new_id(), payload or {}, day)


def told() -> list[int]:
    """The `n` of every numbered event, in the order of the feed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (e.payload ->> 'n')::int from feed f join event e on e.id = f.event"
            " and e.business_date = f.business_date order by f.position"
        )
        return [n for (n,) in cursor.fetchall()]


def number_all() -> int:
    """Number everything that is visible; how many."""
    total = 0
    while numbered := dispatcher.number()[0]:
        total += numbered
    return total


@contextmanager
def only_subscribers() -> Iterator[None]:
    """Inside, only those subscribers and chores exist that are registered inside."""
    kept = dict(registry._subscribers), dict(registry._chores)
    registry._subscribers.clear()
    registry._chores.clear()
    try:
        yield
    finally:
        registry._subscribers.clear()
        registry._subscribers.update(kept[0])
        registry._chores.clear()
        registry._chores.update(kept[1])
