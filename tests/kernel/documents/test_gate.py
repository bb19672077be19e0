"""Every write passes one gate: who may, once only, all or nothing, and written down."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from tests.chain import Chain, a_transfer
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.kernel.documents import gate
from tongpan.kernel.documents.gate import Doing, run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Document, History
from tongpan.kernel.org.scope import NoScope

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def events_of(subject: UUID) -> list[tuple[str, UUID | None, UUID | None, UUID]]:
    """Name, actor, authoriser and unit of the events about a subject, as they were recorded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select name, actor, authorised_by, org_unit from event where subject = %s"
            " order by seq",
            [subject],
        )
        return list(cursor.fetchall())


def a_draft(chain: Chain, to: str = "north", **more: Any) -> UUID:
    with chain.as_("wang", "warehouse"):
        return a_transfer(chain, "warehouse", to, {"milk": "4"}, **more).subject


# -- who may -------------------------------------------------------------------------------------


def test_an_action_that_nobody_declared_is_refused(chain: Chain) -> None:
    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("stock.transfer.explode")

    assert (no.value.code, no.value.facts) == (
        "unknown_action",
        {"action": "stock.transfer.explode"},
    )


def test_nobody_cannot_act(chain: Chain) -> None:
    with pytest.raises(NoScope):
        run("stock.transfer.save", payload={"note": "who?"})


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("stock.transfer.save", {"note": "mine now"}),
        ("stock.transfer.submit", {}),
        ("stock.transfer.post", {}),
        ("stock.transfer.void", {}),
        ("stock.transfer.comment", {"text": "hello"}),
        ("stock.transfer.attach", {"name": "a.png", "media_type": "image/png", "content": PNG}),
    ],
)
def test_a_stranger_is_told_that_nothing_is_there(
    chain: Chain, action: str, payload: dict[str, Any]
) -> None:
    draft = a_draft(chain, "south")
    before = history_of(draft).count()

    with chain.as_("lin", "north"), pytest.raises(Refusal) as no:
        run(action, draft, payload)

    assert no.value.code == "not_found"
    assert Document.unscoped.get(pk=draft).version == 1
    assert history_of(draft).count() == before


def test_who_sees_a_document_and_may_not_post_it_is_forbidden(chain: Chain) -> None:
    draft = a_draft(chain, "north")

    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("stock.transfer.post", draft)

    assert Document.unscoped.get(pk=draft).state == "draft"


def test_a_document_is_not_found_under_another_type(chain: Chain) -> None:
    draft = a_draft(chain)

    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("stock.opening.post", draft)

    assert no.value.code == "not_found"


def test_an_action_that_forgets_to_ask_for_permission_leaves_nothing(
    chain: Chain, an_action: Callable[..., Any]
) -> None:
    draft = a_draft(chain)

    def forgets(doing: Doing) -> None:
        Document.unscoped.filter(pk=draft).update(note="changed by a stranger")

    an_action("test.forgets", forgets)
    with chain.as_("zhou", "hq"), pytest.raises(AssertionError, match="forgot to ask"):
        run("test.forgets")

    assert Document.unscoped.get(pk=draft).note == ""


def test_an_action_without_a_document_says_so(chain: Chain, an_action: Callable[..., Any]) -> None:
    an_action("test.lost", lambda doing: doing.document)

    with chain.as_("zhou", "hq"), pytest.raises(AssertionError, match="no document"):
        run("test.lost")


# -- questions and a second person ---------------------------------------------------------------


def test_a_question_is_answered_by_its_code(chain: Chain, an_action: Callable[..., Any]) -> None:
    def asks(doing: Doing) -> None:
        doing.require(chain.units["hq"])
        doing.ask("below_cost", item="milk")
        doing.result = "sold"

    an_action("test.asks", asks)
    with chain.as_("zhou", "hq"):
        with pytest.raises(Question) as question:
            run("test.asks")
        with pytest.raises(Question):
            run("test.asks", answers=["something_else"])
        sold = run("test.asks", answers=["below_cost"])

    assert (question.value.code, question.value.facts) == ("below_cost", {"item": "milk"})
    assert sold.result == "sold"


def test_a_second_person_is_named_in_history_and_event(chain: Chain) -> None:
    with chain.as_("zhou", "warehouse"):
        goods = a_transfer(chain, "warehouse", "north", {"milk": "9"}).subject
        run("stock.transfer.post", goods)
    lin, chen = chain.people["lin"], chain.people["chen"]
    from tongpan.kernel.documents.following import prefill

    with chain.as_("chen", "north"):
        payload = prefill("stock.transfer_receipt", goods)
        receipt = run("stock.transfer_receipt.save", payload=payload).subject
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("stock.transfer_receipt.post", receipt)

    with chain.as_("lin", "north", authorised_by=chen):
        run("stock.transfer_receipt.post", receipt)

    row = history_of(receipt).get(action="stock.transfer_receipt.post")
    assert (row.actor, row.authorised_by, row.via) == (lin.pk, chen.pk, "screen")
    posted = events_of(receipt)[-1]
    assert posted[:3] == ("stock.transfer_receipt.posted", lin.pk, chen.pk)


# -- once only -----------------------------------------------------------------------------------


def test_the_same_request_has_one_effect(chain: Chain) -> None:
    request = env.new_id()
    with chain.as_("wang", "warehouse"):
        payload = {"note": "once"}
        first = run("stock.transfer.save", payload=payload, request_id=request)
        again = run("stock.transfer.save", payload=payload, request_id=request)

    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert again.subject == first.subject == request
    assert Document.unscoped.filter(note="once").count() == 1
    assert history_of(request).count() == 1


def test_the_same_request_with_other_content_is_refused(chain: Chain) -> None:
    request = env.new_id()
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.save", payload={"note": "once"}, request_id=request)
        for action, subject, payload in (
            ("stock.transfer.save", None, {"note": "twice"}),
            ("stock.transfer.save", env.new_id(), {"note": "once"}),
            ("stock.transfer.void", request, {"note": "once"}),
        ):
            with pytest.raises(Refusal) as no:
                run(action, subject, payload, request_id=request)
            assert no.value.code == "request_conflict"

    assert Document.unscoped.get(pk=request).note == "once"


def test_a_refused_request_may_be_sent_again(chain: Chain) -> None:
    draft = a_draft(chain)
    request = env.new_id()
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("stock.transfer.post", draft, request_id=request)

    with chain.as_("wang", "warehouse"):
        posted = run("stock.transfer.post", draft, request_id=request)

    assert not posted.is_repeat
    assert posted.document is not None
    assert posted.document.state == "posted"


def test_a_file_can_be_sent_again_too(chain: Chain) -> None:
    draft, request = a_draft(chain), env.new_id()
    payload = {"name": "a.png", "media_type": "image/png", "content": PNG}
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.attach", draft, payload, request_id=request)
        again = run("stock.transfer.attach", draft, payload, request_id=request)
        with pytest.raises(Refusal) as no:
            run(
                "stock.transfer.attach",
                draft,
                payload | {"content": PNG + b"!"},
                request_id=request,
            )

    assert again.is_repeat
    assert no.value.code == "request_conflict"


# -- the version that was seen -------------------------------------------------------------------


def test_who_saw_an_older_version_is_told_so(chain: Chain) -> None:
    draft = a_draft(chain)
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.save", draft, {"note": "theirs"}, version=1)
        for action in ("stock.transfer.save", "stock.transfer.post"):
            with pytest.raises(Refusal) as no:
                run(action, draft, {}, version=1)
            assert (no.value.code, no.value.facts) == ("version_changed", {"version": 2})
        run("stock.transfer.post", draft, version=2)

    assert Document.unscoped.get(pk=draft).version == 3


def test_what_a_state_does_not_offer_is_refused(chain: Chain) -> None:
    draft = a_draft(chain)
    with chain.as_("zhou", "warehouse"):
        with pytest.raises(Refusal) as no:
            run("stock.transfer.reverse", draft, {"reason": "never posted"})
        run("stock.transfer.post", draft)
        for action in ("stock.transfer.save", "stock.transfer.void", "stock.transfer.submit"):
            with pytest.raises(Refusal) as late:
                run(action, draft)
            assert late.value.code == "wrong_state"

    assert no.value.code == "wrong_state"


# -- written down --------------------------------------------------------------------------------


def test_what_belongs_to_no_unit_is_told_at_the_top_of_the_tree(chain: Chain) -> None:
    with chain.as_("zhou", "warehouse"):
        family = run("items.family.save", payload={"code": "F1", "name": "Shirts"}).subject

    assert [e[3] for e in events_of(family)] == [chain.units["hq"].pk]
    assert history_of(family).get().org_unit is None


def test_an_action_without_an_event_still_has_its_history(
    chain: Chain, an_action: Callable[..., Any]
) -> None:
    an_action("test.quiet", lambda doing: doing.require(chain.units["hq"]))

    with chain.as_("zhou", "hq", via="api"):
        quiet = run("test.quiet").subject

    row = history_of(quiet).get()
    assert (row.action, row.kind, row.via) == ("test.quiet", "", "api")
    assert events_of(quiet) == []


# -- trying again --------------------------------------------------------------------------------


def a_clash(sqlstate: str) -> OperationalError:
    error = OperationalError("a clash")
    error.__cause__ = psycopg.errors.lookup(sqlstate)("a clash")
    return error


def strikes(times: int, error: Exception) -> Callable[[], None]:
    left = [times]

    def strike() -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise error

    return strike


@pytest.mark.parametrize("sqlstate", sorted(gate.RETRYABLE))
def test_a_clash_is_tried_again_and_done_once(own_chain: Chain, sqlstate: str) -> None:
    draft = a_draft(own_chain)

    with (
        own_chain.as_("wang", "warehouse"),
        env.failing("gate.before_commit", strikes(3, a_clash(sqlstate))),
    ):
        run("stock.transfer.post", draft, request_id=env.new_id())

    assert Document.unscoped.get(pk=draft).number == "DB-W01-26-00001"
    assert history_of(draft).filter(action="stock.transfer.post").count() == 1


def test_who_always_clashes_is_told_that_it_is_busy(own_chain: Chain) -> None:
    draft = a_draft(own_chain)
    always = strikes(99, a_clash("40001"))

    with (
        own_chain.as_("wang", "warehouse"),
        env.failing("gate.before_post", always),
        pytest.raises(Refusal) as no,
    ):
        run("stock.transfer.post", draft)

    assert no.value.code == "busy"
    assert Document.unscoped.get(pk=draft).state == "draft"


def test_another_trouble_of_the_database_is_not_tried_again(own_chain: Chain) -> None:
    draft = a_draft(own_chain)
    once = strikes(1, a_clash("53100"))

    with (
        own_chain.as_("wang", "warehouse"),
        env.failing("gate.before_post", once),
        pytest.raises(OperationalError),
    ):
        run("stock.transfer.post", draft)

    assert Document.unscoped.get(pk=draft).state == "draft"


def test_inside_a_larger_transaction_its_owner_tries_again(chain: Chain) -> None:
    draft = a_draft(chain)
    once = strikes(1, a_clash("40001"))

    with (
        chain.as_("wang", "warehouse"),
        transaction.atomic(),
        env.failing("gate.before_post", once),
        pytest.raises(OperationalError),
    ):
        run("stock.transfer.post", draft)

    assert Document.unscoped.get(pk=draft).state == "draft"


def test_a_short_account_of_another_action_is_named_as_the_ledger_names_it(
    chain: Chain, an_action: Callable[..., Any]
) -> None:
    from tongpan.business.stock import accounts as at
    from tongpan.kernel.ledger.posting import Fact, Move

    milk, warehouse = chain.items["milk"].pk, chain.units["warehouse"].pk

    def takes_too_much(doing: Doing) -> None:
        doing.require(chain.units["warehouse"])
        shelf = at.shelf(warehouse, chain.places["warehouse"].pk, milk)
        fact_id = env.new_id()
        feeds = (at.inventory(warehouse), at.transit_loss(warehouse))
        moves = (Move(shelf, at.lost(warehouse, milk), Decimal(101), feeds=feeds),)
        doing.facts = [Fact(fact_id, fact_id, doing.at.date(), moves)]

    an_action("test.takes", takes_too_much)
    with chain.as_("wang", "warehouse"), pytest.raises(Refusal) as no:
        run("test.takes")

    assert no.value.code == "out_of_bounds"
    assert [(p["role"], p["balance"]) for p in no.value.problems] == [("shelf", 100)]
    assert not History.objects.filter(action="test.takes").exists()
