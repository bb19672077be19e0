"""Goods that go from the warehouse to a store, and what happens when they do not all arrive."""

from decimal import Decimal
from typing import Any

import pytest

from tests.chain import Chain, a_chain, a_transfer, on_shelf
from tongpan.base.refusals import Refusal
from tongpan.business.stock import queries
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain() -> Chain:
    chain = a_chain()
    on_shelf(chain, "warehouse", milk=("100", "8.50"), cola=("240", "2.00"), apple=("30", "6.00"))
    return chain


def stock(chain: Chain, where: str, item: str) -> Decimal:
    figures = queries.stock_of(chain.places[where], [chain.items[item]])
    return figures[chain.items[item].pk].on_hand


def sent(chain: Chain, lines: dict[str, str]) -> Any:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", lines)
        run("stock.transfer.post", draft.subject)
    return draft.subject


def test_a_posted_transfer_takes_goods_off_the_shelf_and_puts_them_on_the_way(chain: Chain) -> None:
    transfer = sent(chain, {"milk": "40"})

    document = Document.unscoped.get(pk=transfer)
    assert document.state == "posted"
    assert document.number == "DB-W01-26-00001"
    assert stock(chain, "warehouse", "milk") == 60
    assert stock(chain, "north", "milk") == 0


def test_goods_are_at_the_store_when_they_were_received(chain: Chain) -> None:
    transfer = sent(chain, {"milk": "40"})

    with chain.as_("chen", "north"):
        receipt = run("stock.transfer_receipt.save", payload=follow(transfer))
        run("stock.transfer_receipt.post", receipt.subject)

    assert stock(chain, "north", "milk") == 40


def follow(transfer: Any, **fates: str) -> dict[str, Any]:
    """The receipt that the screen would propose, with other fates for its first line."""
    from tongpan.kernel.documents.following import prefill

    payload = prefill("stock.transfer_receipt", transfer)
    payload["lines"][0] |= fates
    return payload


def test_short_and_damaged_goods_are_told_apart(chain: Chain) -> None:
    transfer = sent(chain, {"milk": "40"})

    with chain.as_("chen", "north"):
        payload = follow(transfer, received="35", damaged="3", missing="2")
        receipt = run("stock.transfer_receipt.save", payload=payload)
        run("stock.transfer_receipt.post", receipt.subject)

    assert stock(chain, "north", "milk") == 35
    figures = queries.stock_of(chain.places["north"], [chain.items["milk"]])
    assert figures[chain.items["milk"].pk].damaged == 3


def test_a_transfer_arrives_in_parts_and_never_more_than_was_sent(chain: Chain) -> None:
    transfer = sent(chain, {"milk": "40"})

    with chain.as_("chen", "north"):
        first = run("stock.transfer_receipt.save", payload=follow(transfer, received="30"))
        run("stock.transfer_receipt.post", first.subject)
        assert follow(transfer)["lines"][0]["received"] == 10
        second = run("stock.transfer_receipt.save", payload=follow(transfer, received="11"))
        with pytest.raises(Refusal) as no:
            run("stock.transfer_receipt.post", second.subject)

    assert no.value.code == "out_of_bounds"
    assert no.value.problems[0]["code"] == "over_received"
    assert stock(chain, "north", "milk") == 30


def test_every_short_line_is_named_at_once(chain: Chain) -> None:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "101", "cola": "1", "apple": "31"})
        with pytest.raises(Refusal) as no:
            run("stock.transfer.post", draft.subject)

    said = [(p["path"], p["code"], p["has"], p["needs"]) for p in no.value.problems]
    assert sorted(said) == [
        ("lines.1.quantity", "short", "100", "101"),
        ("lines.3.quantity", "short", "30", "31"),
    ]
    assert Document.unscoped.get(pk=draft.subject).state == "draft"


def test_a_case_counts_as_its_bottles(chain: Chain) -> None:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", {})
        line = {"item": "10003", "quantity": "2", "unit": "箱"}
        run("stock.transfer.save", draft.subject, {"lines": [line]})
        run("stock.transfer.post", draft.subject)

    assert stock(chain, "warehouse", "cola") == 240 - 48


def test_half_a_bottle_is_refused_by_its_line(chain: Chain) -> None:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", {"cola": "0.5"})
        with pytest.raises(Refusal) as no:
            run("stock.transfer.post", draft.subject)

    assert [(p["path"], p["code"]) for p in no.value.problems] == [("lines.1.quantity", "off_step")]


def test_goods_are_not_transferred_to_another_legal_entity(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        draft = a_transfer(chain, "warehouse", "west", {"milk": "1"})
        with pytest.raises(Refusal) as no:
            run("stock.transfer.post", draft.subject)

    assert no.value.problems[0]["code"] == "other_entity"


def test_a_reversed_transfer_brings_goods_and_cost_back(chain: Chain) -> None:
    transfer = sent(chain, {"milk": "40"})

    with chain.as_("zhou", "hq"):
        run("stock.transfer.reverse", transfer, {"reason": "wrong store"})

    assert stock(chain, "warehouse", "milk") == 100
    assert Document.unscoped.get(pk=transfer).state == "reversed"


def test_a_received_transfer_is_reversed_only_after_its_receipt(chain: Chain) -> None:
    transfer = sent(chain, {"milk": "40"})
    with chain.as_("chen", "north"):
        receipt = run("stock.transfer_receipt.save", payload=follow(transfer))
        run("stock.transfer_receipt.post", receipt.subject)

    with chain.as_("zhou", "hq"):
        with pytest.raises(Refusal) as no:
            run("stock.transfer.reverse", transfer, {"reason": "wrong store"})
        run("stock.transfer_receipt.reverse", receipt.subject, {"reason": "wrong store"})
        run("stock.transfer.reverse", transfer, {"reason": "wrong store"})

    assert no.value.code == "followed"
    assert stock(chain, "warehouse", "milk") == 100


def test_amending_reverses_and_drafts_a_copy(chain: Chain) -> None:
    transfer = sent(chain, {"milk": "40"})

    with chain.as_("zhou", "hq"):
        copy = run("stock.transfer.amend", transfer, {"reason": "should be 30"}).result
        run("stock.transfer.save", copy, {"lines": [{"item": chain.items["milk"], "quantity": 30}]})
        run("stock.transfer.post", copy)

    assert Document.unscoped.get(pk=copy).replaces_id == transfer
    assert stock(chain, "warehouse", "milk") == 70
