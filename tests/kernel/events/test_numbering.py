"""Numbering: every committed event gets one place, in order, whatever order commits come in."""

import random
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from tests.kernel.events.saying import DAY, number_all, tell, told
from tongpan.base import env
from tongpan.kernel.events import dispatcher, feed

EVENTS = 2_000


@pytest.fixture
def own_database(own_database: Any) -> Any:
    """With this month's partition: who makes one holds up others until they commit."""
    with connection.cursor() as cursor:
        cursor.execute("select events_ensure_month(%s)", [DAY])
    return own_database


def tell_on(link: psycopg.Connection[Any], payload: dict[str, Any], subject: object = None) -> None:
    """Record an event on a bare connection, inside whatever transaction is open there."""
    row = {
        "id": str(env.new_id()),
        "name": "test.thing.told",
        "subject": str(subject or env.new_id()),
        "org_unit": str(env.new_id()),
        "occurred_at": env.now().isoformat(),
        "business_date": DAY.isoformat(),
        "payload": payload,
    }
    link.execute("select events_record(%s)", [Jsonb([row])])


def test_events_of_one_transaction_keep_their_order(company: str) -> None:
    for n in range(20):
        tell({"n": n})

    assert number_all() == 20
    assert told() == list(range(20))


def test_nothing_is_numbered_twice(company: str) -> None:
    tell({"n": 1})
    number_all()
    tell({"n": 2})

    assert number_all() == 1
    assert number_all() == 0
    assert told() == [1, 2]


def test_a_rolled_back_event_never_happened(own_database: Any) -> None:
    with transaction.atomic():
        tell({"n": 1})
        transaction.set_rollback(True)
    tell({"n": 2})

    number_all()

    assert told() == [2]


def test_an_open_transaction_neither_hides_nor_delays(own_database: Any) -> None:
    with own_database.connect() as early, early.transaction():
        tell_on(early, {"n": 1})
        tell({"n": 2})
        number_all()
        assert told() == [2]
    tell({"n": 3})

    number_all()

    assert told() == [2, 1, 3]


def test_a_subject_is_told_in_the_order_of_its_locks_not_of_its_transactions(
    own_database: Any,
) -> None:
    """Three transactions: `first` began before `second`, but wrote the subject after it."""
    subject = env.new_id()
    with own_database.connect() as first, own_database.connect() as bystander:
        first.execute("begin")
        first.execute("select pg_current_xact_id()")
        bystander.execute("begin")
        bystander.execute("select pg_current_xact_id()")
        tell({"n": 1}, subject=subject)
        tell_on(first, {"n": 2}, subject)
        first.execute("commit")

        number_all()

    assert told() == [1, 2]


def test_a_limit_skips_nothing(own_database: Any) -> None:
    for n in range(10):
        tell({"n": n})

    sizes = [dispatcher.number(at_most=4)[0] for _ in range(4)]

    assert sizes == [4, 4, 2, 0]
    assert told() == list(range(10))


def test_a_limit_that_is_just_reached_ends_the_round(own_database: Any) -> None:
    tell({"n": 1})

    assert dispatcher.number(at_most=1) == (1, 1)
    assert dispatcher.number(at_most=1) == (0, 1)


def test_while_one_dispatcher_numbers_another_does_not(own_database: Any) -> None:
    tell({"n": 1})
    with own_database.connect() as other, other.transaction():
        other.execute("select * from events_number(10)")

        assert dispatcher.number() == (0, 0)

    assert dispatcher.number() == (0, 1)


@pytest.mark.races
def test_no_event_is_missed_in_adversarial_commit_orders(own_database: Any) -> None:
    """Transactions overlap, commit late, roll back and work in turn on few subjects."""
    chance = random.Random(20261121)
    subjects = {env.new_id(): 0 for _ in range(5)}
    links = [own_database.connect() for _ in range(8)]
    held: dict[int, tuple[Any, list[tuple[Any, int]]]] = {}
    expected: dict[Any, list[int]] = {subject: [] for subject in subjects}
    committed = 0
    while committed < EVENTS:
        at = chance.randrange(len(links))
        link = links[at]
        if at not in held:
            link.execute("begin")
            if chance.random() < 0.5:
                link.execute("select pg_current_xact_id()")  # an early id, a late event
            held[at] = (None, [])
        elif chance.random() < 0.6:
            _, said = held[at]
            busy = {s for other, (_, facts) in held.items() if other != at for s, _ in facts}
            free = [s for s in subjects if s not in busy]  # a subject is locked by its writer
            if free:
                subject = chance.choice(free)
                subjects[subject] += 1
                tell_on(link, {"n": subjects[subject]}, subject)
                said.append((subject, subjects[subject]))
        else:
            _, said = held.pop(at)
            if chance.random() < 0.1:
                link.execute("rollback")
            else:
                link.execute("commit")
                committed += len(said)
                for subject, n in said:
                    expected[subject].append(n)
        if chance.random() < 0.15:
            dispatcher.number(at_most=chance.choice([1, 3, 1000]))
    for link in links:
        link.close()

    number_all()

    found: dict[Any, list[int]] = {subject: [] for subject in subjects}
    for event in feed.read(0, feed.head(), ""):
        found[event.subject].append(event.payload["n"])
    assert found == expected
    assert feed.head() == committed >= EVENTS
    assert feed.verify()[0].violations == ()


@pytest.mark.races
def test_writers_and_numberers_at_once_miss_nothing(own_database: Any) -> None:
    subject_of = [env.new_id() for _ in range(4)]

    def write(writer: int) -> int:
        for n in range(100):
            with transaction.atomic():
                tell({"n": n}, subject=subject_of[writer])
                tell({"n": n + 1000})
        return writer

    def number() -> int:
        return sum(dispatcher.number(at_most=7)[0] for _ in range(150))

    answers = own_database.at_once(*(lambda w=w: write(w) for w in range(4)), number, number)
    number_all()

    assert answers[:4] == [0, 1, 2, 3]
    assert feed.head() == 800
    for subject in subject_of:
        said = [e.payload["n"] for e in feed.read(0, 800, "") if e.subject == subject]
        assert said == list(range(100))


def test_a_backup_restored_into_another_cluster_goes_on(own_database: Any) -> None:
    """There, old transaction ids are far ahead of the present ones, or far behind."""
    tell({"n": 1})
    number_all()
    tell({"n": 2})
    tell({"n": 3})
    with own_database.connect(user="postgres") as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update event set xid = '900000000000' where payload ->> 'n' = '2'")
        admin.execute("update event set xid = '3' where payload ->> 'n' = '3'")
        admin.execute("update feed_state set cluster = 42, seen = '800000000000:800000000000:'")

    first = dispatcher.number(at_most=1)
    tell({"n": 4})
    number_all()
    tell({"n": 5})
    number_all()

    assert first == (1, 2)
    assert told() == [1, 2, 3, 4, 5]
    assert feed.verify()[0].violations == ()


def test_arriving_in_another_cluster_with_nothing_new_is_remembered(own_database: Any) -> None:
    with own_database.connect(user="postgres") as admin:
        admin.execute("update feed_state set cluster = 42, seen = '800000000000:800000000000:'")

    assert dispatcher.number() == (0, 0)
    with connection.cursor() as cursor:
        cursor.execute("select cluster = 42 from feed_state")
        assert cursor.fetchone() == (False,)
    tell({"n": 1})
    assert dispatcher.number() == (1, 1)


DAMAGE = {
    "an event is changed": ("update event set payload = '{}' where payload ->> 'n' = '3'", "hash"),
    "an event is gone": ("delete from event where payload ->> 'n' = '3'", "event is missing"),
    "a position is gone": ("delete from feed where position = 3", "positions are missing"),
    "the end is gone": ("delete from feed where position = 5", "end of the feed"),
    "a hash is changed": ("update feed set hash = '' where position = 5", "hash does not fit"),
    "two events change places": (
        "update feed f set event = g.event from feed g where f.position = 3 and g.position = 4",
        "hash",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_the_chain_is_noticed(own_database: Any, damage: str) -> None:
    for n in range(1, 6):
        tell({"n": n})
    number_all()
    assert feed.verify() == [feed.Invariant("events.chain_holds", 5, ())]
    statement, problem = DAMAGE[damage]

    with own_database.connect(user="postgres") as admin:
        admin.execute("alter table feed drop constraint feed_event_key")
        admin.execute("set session_replication_role = replica")
        admin.execute(statement)

    assert problem in " ".join(feed.verify()[0].violations)


def test_a_hash_does_not_depend_on_the_settings_of_a_session(own_database: Any) -> None:
    tell({"n": 1, "text": "通盘"})
    number_all()

    with own_database.connect() as link:
        link.execute("set timezone = 'Asia/Shanghai'")
        link.execute("set datestyle = 'German'")
        found = link.execute("select * from events_verify()").fetchall()

    assert found == []
