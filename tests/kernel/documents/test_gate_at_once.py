"""Many people at the same moment: real transactions, real clashes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.chain import Chain, a_transfer
from tests.conftest import OwnDatabase
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import Doing, Outcome, run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Document, Series
from tongpan.kernel.org.scope import who

pytestmark = pytest.mark.races
MANY = 50


def test_one_request_sent_fifty_times_at_once_has_one_effect(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    request = env.new_id()

    def send() -> Outcome:
        with own_chain.as_("wang", "warehouse"):
            return run("stock.transfer.save", payload={"note": "once"}, request_id=request)

    answers = own_database.at_once(*[send] * MANY)

    assert [a for a in answers if isinstance(a, Exception)] == []
    assert sorted(a.is_repeat for a in answers) == [False] + [True] * (MANY - 1)
    assert {a.subject for a in answers} == {request}
    assert Document.unscoped.filter(note="once").count() == 1
    assert history_of(request).count() == 1


def test_one_request_with_fifty_contents_at_once_has_one_effect(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    request = env.new_id()

    def send(number: int) -> Callable[[], Outcome]:
        def call() -> Outcome:
            with own_chain.as_("wang", "warehouse"):
                payload = {"note": f"content {number}"}
                return run("stock.transfer.save", payload=payload, request_id=request)

        return call

    answers = own_database.at_once(*map(send, range(MANY)))

    refused = [a.code for a in answers if isinstance(a, Refusal)]
    assert refused == ["request_conflict"] * (MANY - 1)
    assert Document.unscoped.filter(note__startswith="content").count() == 1


def test_a_draft_of_one_id_made_twice_at_once_is_made_once(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    draft = env.new_id()

    def send() -> Outcome:
        with own_chain.as_("wang", "warehouse"):
            return run("stock.transfer.save", draft, {"note": "mine"})

    answers = own_database.at_once(*[send] * 8)

    lost = [a for a in answers if isinstance(a, Exception)]
    assert {a.code for a in lost if isinstance(a, Refusal)} <= {"request_conflict"}
    assert [a for a in lost if not isinstance(a, Refusal)] == []
    document = Document.unscoped.get(pk=draft)
    assert document.version == len(answers) - len(lost)


def test_a_draft_that_somebody_makes_just_before_is_not_made_over(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    """The other one comes between our look whether it is there and our writing of it."""
    draft = env.new_id()
    others: list[Any] = []

    def save(note: str) -> Outcome:
        with own_chain.as_("wang", "warehouse"):
            return run("stock.transfer.save", draft, {"note": note})

    def overtaken(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if not others and str(sql).startswith('INSERT INTO "document"'):
            others.extend(own_database.at_once(lambda: save("theirs")))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(overtaken), pytest.raises(Refusal, match="request_conflict"):
        save("ours")

    assert [type(other) for other in others] == [Outcome]
    assert Document.unscoped.get(pk=draft).note == "theirs"


def test_a_document_that_two_people_post_at_once_is_posted_once(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    with own_chain.as_("wang", "warehouse"):
        draft = a_transfer(own_chain, "warehouse", "north", {"milk": "4"}).subject

    def post() -> Outcome:
        with own_chain.as_("wang", "warehouse"):
            return run("stock.transfer.post", draft)

    answers = own_database.at_once(*[post] * 6)

    assert sorted(getattr(a, "code", "posted") for a in answers) == ["posted"] + ["wrong_state"] * 5


def add_one(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select last from number_series where key = %s", [key])
        (last,) = cursor.fetchone()
        cursor.execute("select pg_sleep(0.05)")
        cursor.execute("update number_series set last = %s where key = %s", [last + 1, key])


def test_changes_that_the_database_cannot_put_in_an_order_are_tried_again(
    own_chain: Chain, own_database: OwnDatabase, an_action: Callable[..., Any]
) -> None:
    Series.objects.create(key="counter", last=0)
    tries: list[int] = []

    def counts(doing: Doing) -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level serializable")
        doing.require(own_chain.units["hq"])
        add_one("counter")

    an_action("test.counts", counts)

    def count() -> Outcome:
        with own_chain.as_("zhou", "hq"):
            assert who().held  # read before: the level is set ahead of every query
            return run("test.counts")

    answers = own_database.at_once(*[count] * 3)

    assert [a for a in answers if isinstance(a, Exception)] == []
    assert Series.objects.get(key="counter").last == 3
    assert len(tries) > 3  # or nothing clashed and this proved nothing


def test_whoever_is_chosen_to_end_a_deadlock_tries_again(
    own_chain: Chain, own_database: OwnDatabase, an_action: Callable[..., Any]
) -> None:
    for key in ("a", "b"):
        Series.objects.create(key=key, last=0)
    tries: list[int] = []

    def locks(doing: Doing) -> None:
        tries.append(1)
        doing.require(own_chain.units["hq"])
        with connection.cursor() as cursor:
            for key in doing.payload["keys"]:
                cursor.execute("update number_series set last = last + 1 where key = %s", [key])
                cursor.execute("select pg_sleep(0.2)")

    an_action("test.locks", locks)

    def in_order(*keys: str) -> Callable[[], Outcome]:
        def call() -> Outcome:
            with own_chain.as_("zhou", "hq"):
                return run("test.locks", payload={"keys": list(keys)})

        return call

    answers = own_database.at_once(in_order("a", "b"), in_order("b", "a"))

    assert [a for a in answers if isinstance(a, Exception)] == []
    assert set(Series.objects.filter(key__in="ab").values_list("last", flat=True)) == {2}
    assert len(tries) > 2  # two and their second try; more, where they met once more
