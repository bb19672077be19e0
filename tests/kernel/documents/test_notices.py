"""People are told of what waits for them, what came back to them, and what was said about it."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.chain import NOON, Chain, a_transfer
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents import notices
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Notice
from tongpan.kernel.events.registry import Happened, subscribers
from tongpan.kernel.org.models import OrgUnit, Person


@pytest.fixture
def draft(chain: Chain) -> UUID:
    with chain.as_("wang", "warehouse"):
        return a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject


def deliver(subject: UUID) -> None:
    """Hand every event about a subject to the subscriber that writes notices, twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select seq, id, business_date, name, subject, org_unit, actor, authorised_by,"
            " occurred_at, payload::text from event where subject = %s order by seq",
            [subject],
        )
        rows = cursor.fetchall()
    import json

    for row in rows * 2:
        notices.tell(Happened(*row[:9], json.loads(row[9])))


def told(kind: str) -> set[str]:
    rows = Notice.objects.filter(kind=kind)
    names = [str(name) for name in rows.values_list("person__username", flat=True)]
    assert len(names) == len(set(names)), "Nobody is told twice."
    return set(names)


def test_whoever_may_post_is_told_that_a_document_waits(chain: Chain, draft: UUID) -> None:
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.submit", draft)

    deliver(draft)

    assert told("submitted") == {"zhou"}  # Wang may too, and knows


def test_its_maker_is_told_that_it_came_back(chain: Chain, draft: UUID) -> None:
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.submit", draft)
    with chain.as_("zhou", "hq"):
        run("stock.transfer.return", draft, {"reason": "too much"})

    deliver(draft)

    assert told("returned") == {"wang"}


def test_its_maker_is_told_what_others_say_and_not_what_they_say_themselves(
    chain: Chain, draft: UUID
) -> None:
    with chain.as_("zhou", "hq"):
        run("stock.transfer.comment", draft, {"text": "why four?"})
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.comment", draft, {"text": "they asked for four"})

    deliver(draft)

    assert told("comment") == {"wang"}
    assert Notice.objects.get(kind="comment").text == "why four?"


def test_who_was_mentioned_is_told_once(chain: Chain, draft: UUID) -> None:
    mentions = [chain.people["wang"].pk]
    with chain.as_("zhou", "hq"):
        run("stock.transfer.comment", draft, {"text": "why four?", "mentions": mentions})

    deliver(draft)

    assert (told("mention"), told("comment")) == ({"wang"}, set())


def test_who_may_not_see_a_document_cannot_be_mentioned(chain: Chain, draft: UUID) -> None:
    stranger = Person.objects.create(username="stranger", name="路人")

    payload = {"text": "look", "mentions": [stranger.pk, chain.people["wang"].pk]}

    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("stock.transfer.comment", draft, payload)

    assert [(p["code"], p["name"]) for p in no.value.problems] == [("cannot_see", "路人")]
    assert not Notice.objects.exists()


def test_of_what_is_no_document_the_latest_is_told_until_it_was_looked_at(chain: Chain) -> None:
    lin, wang = chain.people["lin"], chain.people["wang"]

    notices.notify([lin.pk, lin.pk], "sheet_done", "items/1", "a.xlsx")
    notices.notify([lin.pk, wang.pk], "sheet_done", "items/1", "b.xlsx")
    notices.notify([lin.pk], "sheet_done", "items/2", "c.xlsx")

    assert [n.text for n in notices.notices_of(wang.pk)] == ["b.xlsx"]
    assert {n.text for n in notices.notices_of(lin.pk)} == {"b.xlsx", "c.xlsx"}
    notices.see_about(lin.pk, "items/1")
    assert (unseen(lin), unseen(wang)) == (1, 1)
    notices.notify([lin.pk], "sheet_done", "items/1", "again.xlsx")
    assert unseen(lin) == 2


def test_what_is_no_document_is_nobody_s_notice(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        family = run("items.family.save", payload={"code": "F1", "name": "Shirts"}).subject

    deliver(family)

    assert not Notice.objects.exists()


def unseen(person: Person) -> int:
    return notices.bell_of(notices.with_bell(OrgUnit.objects.all(), person.pk)).unseen


def test_notices_are_counted_listed_and_seen(chain: Chain, draft: UUID) -> None:
    lin = chain.people["lin"]
    with chain.as_("zhou", "hq"):
        for text in ("first", "second", "third"):
            payload: dict[str, Any] = {"text": text, "mentions": [lin.pk]}
            run("stock.transfer.comment", draft, payload)

    assert unseen(lin) == 3
    one = notices.notices_of(lin.pk)[0]
    with env.frozen(NOON):
        notices.see(lin.pk, one.pk)
        assert unseen(lin) == 2
        notices.see(lin.pk)
    assert unseen(lin) == 0
    assert len(notices.notices_of(lin.pk, limit=2)) == 2
    assert unseen(chain.people["chen"]) == 0


def test_who_holds_nothing_anywhere_is_told_nothing() -> None:
    assert notices.bell_of([]) == notices.Bell(unseen=0, position=0)


def test_the_dispatcher_hands_these_events_over() -> None:
    mine = [s for s in subscribers().values() if s.handle is notices.tell]

    assert len(mine) == 1
    assert {"stock.transfer.submitted", "stock.transfer.returned", "stock.transfer.commented"} <= {
        f"stock.transfer.{verb}"
        for verb in ("submitted", "returned", "commented")
        for pattern in mine[0].patterns
        if pattern.rpartition(".")[2] in (verb, "*")
    }
