"""Money from customers, deposits, goods that come back, and money that goes back for them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.sales.cast import (
    COLA,
    MILK,
    RECEIPT,
    a_wholesaler,
    delivered,
    following,
    goods_of,
    made,
    money_of,
    ordered,
    received,
    reverse,
)
from tests.chain import NOON, Chain, on_shelf
from tongpan.base.refusals import Refusal
from tongpan.business.finance.documents import complete_payment
from tongpan.business.finance.models import CustomerReceipt
from tongpan.business.finance.queries import debt_of, left_open, money_units, open_items
from tongpan.business.finance.screens import proposed, used
from tongpan.business.sales.models import SalesOrder, SalesReturn, SalesReturnLine
from tongpan.business.sales.screens import deposit_of, offset, open_of_return
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.scope import system
from tongpan.masters.parties.models import Party

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_wholesaler)


def left(document: UUID) -> Decimal:
    return left_open([document])[document]


# -- collecting ----------------------------------------------------------------------------------


def test_a_delivery_is_paid_in_parts_and_never_more_than_is_open(chain: Chain) -> None:
    delivery = delivered(chain)
    number = Document.unscoped.get(pk=delivery).number

    first = received(chain, {"settles": number, "amount": "500"})
    with pytest.raises(Refusal) as no:
        received(chain, {"settles": number, "amount": "630.01"})

    assert [(p["code"], p["has"], p["needs"]) for p in no.value.problems] == [
        ("paid_too_much", "¥630.00", "¥630.01")
    ]
    assert (left(delivery), money_of("money")) == (630, 500)
    with pytest.raises(Refusal) as taken:
        reverse(chain, "sales.delivery", delivery)
    assert [p["code"] for p in taken.value.problems] == ["advance_used"]
    reverse(chain, RECEIPT, first)
    assert (left(delivery), money_of("money")) == (1130, 0)


def test_a_deposit_is_used_for_the_delivery_and_the_rest_goes_back(chain: Chain) -> None:
    order = ordered(chain)
    deposit = following(chain, RECEIPT, order, amount="2000")
    with system(reason="look at the order"):
        body = SalesOrder.objects.select_related("document").get(pk=order)
        assert [amount for _title, amount in deposit_of(body)] == [2000]
    delivery = following(chain, "sales.delivery", order)

    received(
        chain, {"settles": delivery, "amount": "1130"}, {"settles": deposit, "amount": "-1130"}
    )
    with system(reason="look at the deposit"):
        told = used([CustomerReceipt.objects.get(pk=deposit)])[deposit]
    assert (told.code, told.share) == ("partly", Decimal("0.565"))
    received(chain, {"settles": deposit, "amount": "-870"})

    assert (left(delivery), left(deposit)) == (0, 0)
    assert (money_of("money"), money_of("receivable"), money_of("deposit")) == (1130, 0, 0)
    assert [found for found in verify() if found.violations] == []


def test_what_is_named_must_be_the_customers_and_the_right_way_round(chain: Chain) -> None:
    theirs = delivered(chain, customer="K02")
    delivery, deposit = delivered(chain), received(chain, {"amount": "10"})

    with pytest.raises(Refusal) as no:
        received(
            chain,
            {"settles": theirs, "amount": "1"},
            {"settles": delivery, "amount": "-1"},
            {"settles": deposit, "amount": "1"},
            {"amount": "-1"},
        )

    assert [p["code"] for p in no.value.problems] == [
        "settles_other_customer", "bill_below_zero", "deposit_above_zero", "not_positive",
    ]  # fmt: skip


def test_a_payment_to_a_supplier_does_not_take_a_delivery(chain: Chain) -> None:
    delivery = delivered(chain)
    Party.objects.filter(code="K01").update(is_supplier=True)

    header = {"supplier": "K01", "paid_from": "B01"}
    lines = [{"settles": delivery, "amount": "1"}]
    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        made("finance.supplier_payment", {"header": header, "lines": lines})

    assert [p["code"] for p in no.value.problems] == ["nothing_to_settle"]


def test_a_new_receipt_proposes_what_the_customer_owes(chain: Chain) -> None:
    first, second = delivered(chain), delivered(chain, COLA)
    deposit = received(chain, {"amount": "100"})
    received(chain, {"settles": first, "amount": "130"})

    with chain.as_("zhou", "hq"):
        document = Document(type=RECEIPT, org_unit=chain.units["hq"], business_date=NOON.date())
        body = CustomerReceipt(document=document, customer=Party.objects.get(code="K01"))
        body.lines = list(proposed(body))
        complete_payment(body)

    assert {n.settles_id: n.amount for n in body.lines} == {
        first: 1000, second: 144, deposit: -100,
    }  # fmt: skip
    assert body.paid_into is not None
    assert (body.paid_into.code, document.total) == ("B01", 1044)


def test_open_items_of_a_customer_are_not_those_of_the_same_one_as_supplier(chain: Chain) -> None:
    delivery = delivered(chain)
    canteen, entity = Party.objects.get(code="K01").pk, chain.units["hq"].entity_id

    with chain.as_("zhou", "hq"):
        assert open_items(canteen, entity, money_units()) == []
        (found,) = open_items(canteen, entity, money_units(), "customer")

    assert (found.item.pk, found.amount) == (delivery, 1130)
    assert debt_of(canteen) == 1130


# -- goods that come back ------------------------------------------------------------------------


def test_goods_come_back_at_what_they_had_cost_and_are_taken_off(chain: Chain) -> None:
    delivery = delivered(chain)
    on_shelf(chain, "warehouse", milk=("100", "12.00"))  # dearer ones came since

    returned = following(chain, "sales.return", delivery, quantity="10")

    line = SalesReturnLine.unscoped.get(document=returned)
    assert (line.cost, line.net, line.tax, line.gross) == (80, 100, 13, 113)
    assert left(delivery) == 1017
    assert money_of("cost_of_sales") == 720
    assert (money_of("revenue"), money_of("output_tax")) == (-900, -117)
    assert goods_of(chain, "shelf") == 310
    assert [found for found in verify() if found.violations] == []


def test_what_was_paid_already_is_the_customers_and_is_paid_back(chain: Chain) -> None:
    delivery = delivered(chain)
    received(chain, {"settles": delivery, "amount": "1100"})

    returned = following(chain, "sales.return", delivery, quantity="10")

    with system(reason="look at the return"):
        body = SalesReturn.objects.select_related("document").get(pk=returned)
        body.lines = list(SalesReturnLine.objects.filter(document=returned))
        assert [amount for _title, amount in open_of_return(body)] == [30, 83]
        assert offset([body])[returned].code == "partly"
    assert (left(delivery), left(returned)) == (0, -83)
    following(chain, RECEIPT, returned)
    assert (left(returned), money_of("money")) == (0, 1017)


def test_no_more_comes_back_than_was_delivered(chain: Chain) -> None:
    delivery = delivered(chain)
    following(chain, "sales.return", delivery, quantity="60")

    with pytest.raises(Refusal) as no:
        following(chain, "sales.return", delivery, quantity="41")

    assert [(p["code"], p["has"], p["needs"]) for p in no.value.problems] == [
        ("over_brought_back", "40", "41")
    ]
    with pytest.raises(Refusal) as followed:
        reverse(chain, "sales.delivery", delivery)
    assert followed.value.code == "followed"


def test_returns_one_by_one_come_to_the_whole_to_the_cent(chain: Chain) -> None:
    delivery = delivered(chain, MILK | {"quantity": "3", "price": "3.3333"})
    with chain.as_("zhou", "hq"):
        payload = prefill("sales.return", delivery)
        payload["lines"][0] |= {"quantity": "1"}
        for _time in range(3):
            made("sales.return", payload)

    lines = SalesReturnLine.unscoped.all()
    assert sum(n.gross or 0 for n in lines) == Decimal("10.00")
    assert all(n.gross == (n.net or 0) + (n.tax or 0) for n in lines)
    assert sum(d.total or 0 for d in Document.unscoped.filter(type="sales.return")) == 10
    assert [money_of(role) for role in ("receivable", "revenue", "cost_of_sales")] == [0, 0, 0]


def test_a_draft_of_a_return_that_another_one_overtook_is_worked_out_anew(chain: Chain) -> None:
    delivery = delivered(chain, MILK | {"quantity": "3", "price": "3.3333"})
    with chain.as_("zhou", "hq"):
        payload = prefill("sales.return", delivery)
        payload["lines"][0] |= {"quantity": "1"}
        drafts = [run("sales.return.save", payload=payload).subject for _ in range(3)]
        for draft in drafts:
            run("sales.return.post", draft)

    totals = [Document.unscoped.get(pk=draft).total for draft in drafts]
    assert totals == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert money_of("receivable") == 0


def test_a_reversed_return_is_owed_again(chain: Chain) -> None:
    delivery = delivered(chain)
    returned = following(chain, "sales.return", delivery, quantity="10")

    reverse(chain, "sales.return", returned)

    assert (left(delivery), goods_of(chain, "shelf")) == (1130, 200)
    assert money_of("cost_of_sales") == 800
