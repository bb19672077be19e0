"""The dispatcher: gives events their positions after commit, and hands them to subscribers.

One process serves all companies (`main`, or `run` with a condition to stop). It may
be killed at any moment and started twice: everything it knows is in the database, numbering takes
an advisory lock, and every cursor is locked while its subscriber works.
"""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F
from django_tenants.utils import schema_context

from tongpan.base import env
from tongpan.kernel.events import feed, jobs, registry
from tongpan.kernel.events.models import Cursor, Parked
from tongpan.kernel.events.registry import Chore, Happened, Subscriber
from tongpan.kernel.org.context import system

log = logging.getLogger(__name__)

BUSY_S, IDLE_S = 0.05, 0.2  # between rounds
TROUBLE_S = 2.0  # until a company or a chore that failed is tried again
COMPANIES_S = 5.0  # how often the list of companies is read again
NUMBERED_AT_ONCE = 5_000
DELIVERED_AT_ONCE = 500
FIRST_RETRY_S, LONGEST_RETRY_S = 0.2, 30.0


def run(stop: Callable[[], bool]) -> None:
    """Serve every company until `stop()` says so; outlives restarts of the database."""
    rounds = Rounds()
    while not stop():
        try:
            env.sleep(BUSY_S if rounds.go() else IDLE_S)
        except (DatabaseError, InterfaceError) as trouble:
            log.warning("The database is away, trying again: %s", trouble)
            connection.close()
            env.sleep(BUSY_S * 10)


class Rounds:
    """The rounds of one dispatcher over its companies, and when each may be tried again."""

    def __init__(self) -> None:
        self.schemas: list[str] = []
        self.read_companies_at = 0.0
        self.not_before: dict[str, float] = {}

    def go(self) -> bool:
        """One round over all companies; whether there was anything to do."""
        if env.monotonic_s() >= self.read_companies_at:
            self.schemas = jobs.companies()
            self.read_companies_at = env.monotonic_s() + COMPANIES_S
        busy = [self.serve(schema) for schema in self.schemas]
        return any(busy)

    def serve(self, schema: str) -> bool:
        """One round of one company. One company in trouble does not stop the others."""
        if env.monotonic_s() < self.not_before.get(schema, 0.0):
            return False
        try:
            with schema_context(schema), system(reason="dispatcher"):
                is_busy = dispatch(schema)
                return self.do_chores(schema) or is_busy
        except DatabaseError as trouble:
            if not connection.is_usable():
                raise
            log.exception("A round of %s failed: %s", schema, trouble)
            self.not_before[schema] = env.monotonic_s() + TROUBLE_S
            return False

    def do_chores(self, schema: str) -> bool:
        busy = [self.do(chore, f"{schema} {chore.name}") for chore in registry.chores()]
        return any(busy)

    def do(self, chore: Chore, place: str) -> bool:
        if env.monotonic_s() < self.not_before.get(place, 0.0):
            return False
        self.not_before[place] = env.monotonic_s() + chore.every_s
        try:
            return bool(chore.run())
        except Exception:
            log.exception("The chore %s failed.", place)
            self.not_before[place] = env.monotonic_s() + max(TROUBLE_S, chore.every_s)
            return False


def dispatch(schema: str) -> bool:
    """Number what is new in the present company, then deliver; whether anything moved.

    A subscriber that is seen for the first time gets its cursor before the numbering.
    """
    subscribers = registry.subscribers()
    cursors = {cursor.subscriber: cursor for cursor in Cursor.objects.all()}
    for name in subscribers.keys() - cursors.keys():
        cursors[name] = _begin(subscribers[name])
    numbered, head = number()
    env.failpoint("events.numbered")
    moved = [
        deliver(subscriber, schema, head)
        for name, subscriber in subscribers.items()
        if cursors[name].position < head
    ]
    return numbered > 0 or any(moved)


def number(at_most: int = NUMBERED_AT_ONCE) -> tuple[int, int]:
    """How many events got a position now, and the newest position.

    One statement, so in autocommit it is a transaction of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("select numbered, head from events_number(%s)", [at_most])
        numbered, head = cursor.fetchone()
        return numbered, feed.head() if head is None else head


def _begin(subscriber: Subscriber) -> Cursor:
    position = 0 if subscriber.from_start else feed.head()
    return Cursor.objects.get_or_create(
        subscriber=subscriber.name, defaults={"position": position}
    )[0]


class _Failed(Exception):
    """A handler raised at `position`; everything of its batch was rolled back."""

    def __init__(self, position: int, is_first: bool) -> None:
        super().__init__(position)
        self.position = position
        self.is_first = is_first


def deliver(subscriber: Subscriber, schema: str, head: int) -> bool:
    """Hand the subscriber its next batch; whether its cursor moved.

    When a handler fails in the middle, the batch is done again up to the event before.
    """
    until = head
    while True:
        try:
            return _advance(subscriber, schema, until)
        except _Failed as failed:
            if failed.is_first:
                cause = failed.__cause__
                log.warning("%s failed at %s: %r", subscriber.name, failed.position, cause)
                return _put_off(subscriber, failed.position, repr(cause))
            until = failed.position - 1


def _advance(subscriber: Subscriber, schema: str, until: int) -> bool:
    """Deliver up to `until` and move the cursor, in one transaction."""
    with transaction.atomic():
        cursor = (
            Cursor.objects.select_for_update(skip_locked=True)
            .filter(subscriber=subscriber.name)
            .first()
        )
        if cursor is None or (cursor.retry_at and cursor.retry_at > env.now()):
            return False
        after = cursor.position
        until = min(until, after + (1 if cursor.tries else DELIVERED_AT_ONCE))
        if until <= after:
            return False
        batch = feed.read(after, until, subscriber.pattern)
        if subscriber.handle:
            for event in batch:
                _hand(subscriber.handle, event, is_first=event.position == batch[0].position)
        else:
            jobs.enqueue_for_events(subscriber.job or "", schema, batch)
        env.failpoint("events.delivered")
        cursor.position, cursor.tries, cursor.retry_at = until, 0, None
        cursor.save()
    env.failpoint("events.advanced")
    return True


def _hand(handle: Callable[[Happened], None], event: Happened, *, is_first: bool) -> None:
    try:
        handle(event)
    except Exception as failure:
        raise _Failed(event.position, is_first) from failure


def _put_off(subscriber: Subscriber, position: int, error: str) -> bool:
    """Note a failure: try again later, or park the event and go on; whether the cursor moved."""
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().get(subscriber=subscriber.name)
        if cursor.position >= position:
            return False  # another dispatcher dealt with it meanwhile
        cursor.tries += 1
        is_given_up = cursor.tries >= subscriber.tries
        if is_given_up:
            Parked.objects.update_or_create(
                subscriber=subscriber.name,
                position=position,
                defaults={"tries": cursor.tries, "error": error, "parked_at": env.now()},
            )
            cursor.position, cursor.tries, cursor.retry_at = position, 0, None
        else:
            wait_s = min(FIRST_RETRY_S * 2 ** (cursor.tries - 1), LONGEST_RETRY_S)
            cursor.retry_at = env.now() + timedelta(seconds=wait_s)
        cursor.save()
        return is_given_up


def replay(subscriber: str, position: int) -> None:
    """Hand a parked event to its subscriber again, and take it out of the list if that works.

    Errors: what the handler raises; then the event stays parked, with the new error.
    """
    handle = registry.subscribers()[subscriber].handle
    assert handle is not None, "Only handlers park events; a failed job is kept by the queue."
    [event] = feed.read(position - 1, position, "")
    try:
        with transaction.atomic():
            Parked.objects.select_for_update().get(subscriber=subscriber, position=position)
            handle(event)
            Parked.objects.filter(subscriber=subscriber, position=position).delete()
    except Exception as failure:
        Parked.objects.filter(subscriber=subscriber, position=position).update(
            tries=F("tries") + 1, error=repr(failure), parked_at=env.now()
        )
        raise


def prepare_months() -> None:
    """Make the partitions of this month and the next, so that no sale has to wait for one."""
    today = env.now().date()
    with connection.cursor() as cursor:
        for day in (today, today + timedelta(days=31)):
            cursor.execute("select events_ensure_month(%s)", [day])


registry.chore(prepare_months, name="events.prepare_months", every_s=3600)


def main() -> None:
    leave = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, lambda *_: leave.set())
    log.info("dispatching")
    run(leave.is_set)
