"""Reading the feed in order, and checking that its chain holds."""

import json
from typing import Any
from uuid import UUID

from django.db import connection

from tongpan.base.invariants import Invariant
from tongpan.kernel.events.registry import Happened

LIVE = "live"  # the channel on which open pages are told that a company's feed has grown
# The message on it that ends all open streams, sent before a clean stop. All other messages are the
# names of schemas, and no schema has an empty one.
BYE = ""

_READ = """
select f.position, e.id, e.business_date, e.name, e.subject, e.org_unit, e.actor,
       e.authorised_by, e.occurred_at, e.payload
from feed f join event e on e.business_date = f.business_date and e.id = f.event
"""


def read(after: int, until: int, pattern: str) -> list[Happened]:
    """The events at the positions after `after` up to `until` whose name fits, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_READ} where f.position > %s and f.position <= %s and e.name ~ %s"
            " order by f.position",
            [after, until, pattern],
        )
        return [_happened(row) for row in cursor.fetchall()]


def event_of(event_id: UUID) -> Happened:
    """The numbered event with this id; how a job finds what it was enqueued for."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_READ} where f.event = %s", [event_id])
        return _happened(cursor.fetchone())


def head() -> int:
    """The position of the newest numbered event; 0 when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("select position from feed_state")
        return int(cursor.fetchone()[0])


def verify() -> list[Invariant]:
    """Walk the whole chain: every position, every event, every hash."""
    with connection.cursor() as cursor:
        cursor.execute("select place, problem from events_verify()")
        violations = tuple(f"{place}: {problem}" for place, problem in cursor.fetchall())
        return [Invariant("events.chain_holds", head(), violations)]


def _happened(row: tuple[Any, ...]) -> Happened:
    return Happened(*[*row[:-1], json.loads(row[-1])])
