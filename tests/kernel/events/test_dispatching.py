"""Delivery: in order, once, one subscriber's trouble never another's."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.kernel.events.saying import HEARD, TOLD, number_all, only_subscribers, tell
from tongpan.base import env
from tongpan.kernel.events import dispatcher, feed, jobs
from tongpan.kernel.events.models import Cursor, JobDone, Parked
from tongpan.kernel.events.registry import Happened, chore, events, subscribe
from tongpan.kernel.org.context import NoScope, system, who


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    with only_subscribers():
        yield


class Ear:
    """A subscriber that remembers, and raises for what it is told to dread."""

    def __init__(self, *, dreads: tuple[int, ...] = ()) -> None:
        self.heard: list[int] = []
        self.dreads = set(dreads)

    def __call__(self, event: Happened) -> None:
        n = event.payload["n"]
        if n in self.dreads:
            raise ValueError(f"{n} is dreadful")
        self.heard.append(n)


def keep(event: Happened) -> None:
    """An effect in the database: one row for each time the event is handled."""
    JobDone.objects.create(key=env.new_id(), job=str(event.payload["n"]), done_at=env.now())


def kept() -> list[int]:
    return sorted(int(job) for job in JobDone.objects.values_list("job", flat=True))


def later(seconds: float) -> Any:
    return env.frozen(env.now() + timedelta(seconds=seconds))


def test_a_subscriber_hears_its_events_in_order_and_once(company: str) -> None:
    ear = Ear()
    subscribe("ear", "test.thing.t*", handle=ear)
    for n, name in enumerate([TOLD, HEARD, TOLD, TOLD]):
        tell({"n": n}, name=name)

    was_busy = dispatcher.dispatch(company)
    is_busy = dispatcher.dispatch(company)

    assert (was_busy, is_busy) == (True, False)
    assert ear.heard == [0, 2, 3]
    assert Cursor.objects.get().position == 4


def test_a_pattern_is_no_regular_expression(company: str) -> None:
    ear = Ear()
    subscribe("ear", ("test.thing", "test.thing.hear"), handle=ear)
    tell({"n": 1})

    dispatcher.dispatch(company)

    assert ear.heard == []


def test_a_new_subscriber_may_skip_the_past(company: str) -> None:
    tell({"n": 1})
    number_all()
    tell({"n": 2})
    ear = Ear()
    subscribe("ear", "*", handle=ear, from_start=False)

    dispatcher.dispatch(company)

    assert ear.heard == [2]


def test_long_feeds_come_in_batches(company: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "DELIVERED_AT_ONCE", 2)
    ear = Ear()
    subscribe("ear", "*", handle=ear)
    for n in range(5):
        tell({"n": n})

    rounds = [dispatcher.dispatch(company) for _ in range(4)]

    assert rounds == [True, True, True, False]
    assert ear.heard == [0, 1, 2, 3, 4]


def test_one_failing_subscriber_does_not_stop_another(company: str) -> None:
    subscribe("poor", "*", handle=Ear(dreads=(0,)))
    ear = Ear()
    subscribe("ear", "*", handle=ear)
    tell({"n": 0})

    dispatcher.dispatch(company)

    assert ear.heard == [0]
    assert Cursor.objects.get(subscriber="poor").position == 0


def test_what_came_before_a_failure_has_its_effect_once(company: str) -> None:
    def handle(event: Happened) -> None:
        keep(event)
        if event.payload["n"] == 2:
            raise ValueError

    subscribe("half", "*", handle=handle)
    for n in range(4):
        tell({"n": n})

    dispatcher.dispatch(company)
    dispatcher.dispatch(company)

    assert kept() == [0, 1]


def test_a_failure_is_tried_again_after_growing_delays(company: str) -> None:
    ear = Ear(dreads=(0,))
    subscribe("ear", "*", handle=ear)
    tell({"n": 0})
    waits = []
    with later(0):
        dispatcher.dispatch(company)
    for _ in range(3):
        cursor = Cursor.objects.get()
        assert cursor.retry_at
        with env.frozen(cursor.retry_at - timedelta(microseconds=1)):
            assert not dispatcher.dispatch(company)
        with env.frozen(cursor.retry_at):
            dispatcher.dispatch(company)
        waits.append((Cursor.objects.get().retry_at - cursor.retry_at).total_seconds())

    ear.dreads.clear()
    with later(3600):
        dispatcher.dispatch(company)

    assert waits == [0.4, 0.8, 1.6]
    assert ear.heard == [0]
    assert Cursor.objects.get().tries == 0


def test_poison_is_parked_and_the_rest_goes_on(company: str) -> None:
    ear = Ear(dreads=(0,))
    subscribe("ear", "*", handle=ear, tries=3)
    for n in range(3):
        tell({"n": n})

    for minute in range(5):
        with later(60 * minute):
            dispatcher.dispatch(company)

    parked = Parked.objects.get()
    assert ear.heard == [1, 2]
    assert (parked.subscriber, parked.position, parked.tries) == ("ear", 1, 3)
    assert "0 is dreadful" in parked.error
    assert str(parked) == "ear 1"


def test_a_parked_event_can_be_replayed(company: str) -> None:
    ear = Ear(dreads=(1,))
    subscribe("ear", "*", handle=ear, tries=1)
    tell({"n": 1})
    dispatcher.dispatch(company)

    with pytest.raises(ValueError, match="dreadful"):
        dispatcher.replay("ear", 1)
    still = Parked.objects.get()
    ear.dreads.clear()
    dispatcher.replay("ear", 1)

    assert still.tries == 2
    assert ear.heard == [1]
    assert not Parked.objects.exists()


@pytest.mark.parametrize("place", ["events.numbered", "events.delivered", "events.advanced"])
def test_a_dispatcher_that_dies_has_every_effect_once(own_database: Any, place: str) -> None:
    subscribe("keep", "*", handle=keep)
    for n in range(3):
        tell({"n": n})

    def die() -> None:
        raise KeyboardInterrupt

    with env.failing(place, die), pytest.raises(KeyboardInterrupt):
        dispatcher.dispatch("north")
    dispatcher.dispatch("north")

    assert kept() == [0, 1, 2]
    assert feed.verify()[0].violations == ()


@pytest.mark.races
def test_two_dispatchers_deliver_once(own_database: Any) -> None:
    subscribe("keep", "*", handle=keep)
    for n in range(60):
        tell({"n": n})

    def go() -> None:
        with system(reason="test"):
            for _ in range(20):
                dispatcher.dispatch("north")

    answers = own_database.at_once(go, go)

    assert [a for a in answers if a] == []
    assert kept() == list(range(60))


def test_while_another_delivers_a_cursor_is_left_alone(own_database: Any) -> None:
    ear = Ear()
    subscribe("ear", "*", handle=ear)
    dispatcher.dispatch("north")
    tell({"n": 1})
    with own_database.connect() as other, other.transaction():
        other.execute("select from feed_cursor for update")
        dispatcher.dispatch("north")
        assert ear.heard == []

    dispatcher.dispatch("north")

    assert ear.heard == [1]


def test_a_batch_that_another_delivered_meanwhile_is_not_delivered_again(company: str) -> None:
    ear = Ear()
    subscribe("ear", "*", handle=ear)
    tell({"n": 1})
    dispatcher.dispatch(company)

    subscriber = dispatcher.registry.subscribers()["ear"]

    assert not dispatcher.deliver(subscriber, company, 1)
    assert not dispatcher._put_off(subscriber, 1, "late")
    assert ear.heard == [1]


def test_events_become_jobs_in_the_transaction_of_the_cursor(own_database: Any) -> None:
    ran: list[str] = []
    jobs.job("test.ring")(lambda event_id: ran.append(event_id))
    try:
        subscribe("ring", TOLD, job="test.ring")
        tell({"n": 1})
        tell({"n": 2}, name=HEARD)

        def die() -> None:
            raise KeyboardInterrupt

        with env.failing("events.delivered", die), pytest.raises(KeyboardInterrupt):
            dispatcher.dispatch("north")
        assert queued() == []
        dispatcher.dispatch("north")

        [event] = feed.read(0, 1, "")
        assert queued() == [
            ("test.ring", {"schema": "north", "key": str(event.id),
                           "args": {"event_id": str(event.id)}})
        ]  # fmt: skip
        assert feed.event_of(event.id) == event
    finally:
        del jobs._jobs["test.ring"]


def queued() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args from procrastinate_jobs order by id")
        return [(name, json.loads(args)) for name, args in cursor.fetchall()]


def test_a_subscriber_says_how_it_listens() -> None:
    with pytest.raises(AssertionError, match="handler or a job"):
        subscribe("ear", "*")
    subscribe("ear", "*", handle=Ear())
    with pytest.raises(AssertionError, match="already"):
        subscribe("ear", "*", handle=Ear())


def test_declared_events_are_listed() -> None:
    assert events()[TOLD] == "A thing was told"


# -- rounds --------------------------------------------------------------------------------------


def test_a_round_serves_every_company_and_its_chores(own_database: Any) -> None:
    ear = Ear()
    subscribe("ear", "*", handle=ear)
    acted: list[str] = []

    def fold() -> bool:
        acted.append(f"{connection.schema_name} {who().reason}")
        return len(acted) == 1

    chore(fold, name="fold")
    tell({"n": 1})
    rounds = dispatcher.Rounds()

    busy = [rounds.go() for _ in range(3)]

    assert busy == [True, False, False]
    assert ear.heard == [1]
    assert acted == ["north dispatcher"] * 3
    with pytest.raises(NoScope):
        who()


def test_a_chore_waits_its_time(own_database: Any) -> None:
    done: list[int] = []
    chore(lambda: done.append(1), every_s=3600)
    rounds = dispatcher.Rounds()

    rounds.go()
    rounds.go()

    assert done == [1]


def test_a_failing_chore_stops_nobody(own_database: Any) -> None:
    done: list[int] = []
    chore(lambda: 1 / 0, name="bad")
    chore(lambda: done.append(1), name="good")
    rounds = dispatcher.Rounds()

    rounds.go()
    rounds.go()

    assert done == [1, 1]


def test_the_months_ahead_are_made(own_database: Any) -> None:
    dispatcher.prepare_months()

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_inherits where inhparent = 'event'::regclass")
        assert cursor.fetchone() == (2,)


def test_a_company_in_trouble_does_not_stop_the_others(own_database: Any) -> None:
    ear = Ear()
    subscribe("ear", "*", handle=ear)
    tell({"n": 1})
    rounds = dispatcher.Rounds()
    rounds.read_companies_at = env.monotonic_s() + 60
    rounds.schemas = ["nowhere", "north"]

    busy = rounds.go()

    assert busy
    assert ear.heard == [1]
    assert not rounds.serve("nowhere")


def test_the_loop_outlives_a_lost_connection(
    own_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = Ear()
    subscribe("ear", "*", handle=ear)
    waits: list[float] = []
    monkeypatch.setattr(env, "sleep", waits.append)

    def go_on() -> bool:
        if len(waits) == 1:
            with own_database.connect(user="postgres") as admin:
                admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
                tell_bare(admin)
        return len(waits) == 4

    dispatcher.run(go_on)

    assert ear.heard == [7]
    assert waits == [0.2, 0.5, 0.05, 0.2]


def tell_bare(link: Any) -> None:
    row = {"id": str(env.new_id()), "name": TOLD, "subject": str(env.new_id()),
           "org_unit": str(env.new_id()), "occurred_at": env.now().isoformat(),
           "business_date": "2026-11-21", "payload": {"n": 7}}  # fmt: skip
    link.execute("select events_record(%s::jsonb)", [json.dumps([row])])


def test_the_process_stops_when_it_is_told(own_database: Any) -> None:
    subscribe("end", "*", handle=lambda _: os.kill(os.getpid(), signal.SIGTERM))
    tell({"n": 1})
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        dispatcher.main()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)

    assert feed.head() == 1


def test_a_subscriber_whose_cursor_vanished_waits_for_the_next_round(company: str) -> None:
    ear = Ear()
    subscribe("ear", "*", handle=ear)
    tell({"n": 1})
    number_all()

    assert not dispatcher.deliver(dispatcher.registry.subscribers()["ear"], company, 1)
    assert ear.heard == []
