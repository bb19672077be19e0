"""What a supplier takes off the price afterwards, without any goods going back (折让)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.purchasing.test_buying import MILK, PAYMENT, following, money_of, ordered
from tests.business.purchasing.test_settling import (
    billed,
    held,
    left,
    made,
    payment,
    returned,
    reverse,
    two_dairies,
)
from tests.chain import Chain, a_chain
from tongpan.base.refusals import Refusal
from tongpan.business.purchasing.models import PurchaseReturnLine, SupplierBill, SupplierBillLine
from tongpan.business.purchasing.screens import paid
from tongpan.faces.kit.derived.postings import postings_tab
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.usefixtures("company")
CREDIT = "purchasing.credit"


@pytest.fixture
def chain() -> Chain:
    chain = a_chain()
    two_dairies(chain)
    return chain


def allowed(chain: Chain, bill: UUID, **line: Any) -> UUID:
    """A credit note on a bill, as the screen proposes it, with what is written into its line."""
    return following(chain, CREDIT, bill, **line)


def rebate(chain: Chain, *lines: dict[str, Any], **header: Any) -> UUID:
    """A credit note that names no bill."""
    with chain.as_("zhou", "hq"):
        given = {"supplier": "V01", "place": chain.places["warehouse"]} | header
        return made(CREDIT, {"header": given, "lines": list(lines)})


def broken(chain: Chain, quantity: str) -> None:
    """Goods leave the warehouse for good, as when they are sold."""
    with chain.as_("zhou", "warehouse"):
        header = {"place": chain.places["warehouse"], "reason": "broken"}
        made("stock.loss", {"header": header, "lines": [{"item": "10001", "quantity": quantity}]})


def pool(chain: Chain) -> tuple[Decimal, Decimal]:
    where = Where(ledger="stock", roles=["shelf"], org_units=[chain.units["warehouse"].pk])
    rows = balances(where)
    return sum((r.amount for r in rows), Decimal(0)), sum((r.value for r in rows), Decimal(0))


def test_a_price_that_is_reduced_afterwards_is_taken_off_the_bill_and_off_the_goods(
    chain: Chain,
) -> None:
    bill = billed(chain)

    credit = allowed(chain, bill, price="1.13")  # for each of the hundred boxes

    assert Document.unscoped.get(pk=credit).total == 113
    assert (left(bill), left(credit)) == (1017, 0)
    assert pool(chain) == (100, 900)
    assert held(chain) == {
        ("warehouse", "inventory"): 900,
        ("warehouse", "input_tax"): 117,
        ("warehouse", "payable"): -1017,
    }
    assert [found for found in verify() if found.violations] == []
    with system(reason="how far the bill has come"):
        body = SupplierBill.objects.select_related("document").get(pk=bill)
        assert paid([body])[bill].code == "waiting"  # nobody paid anything yet
    payment(chain, {"settles": bill, "amount": "101.70"})
    assert (paid([body])[bill].code, paid([body])[bill].share) == ("partly", Decimal("0.1"))


def test_without_a_quantity_the_price_is_the_whole_amount_and_a_variance(chain: Chain) -> None:
    bill = billed(chain)

    allowed(chain, bill, quantity=None, price="113")

    assert left(bill) == 1017
    assert (money_of(chain, "variance"), money_of(chain, "inventory")) == (-100, 1000)


def test_lines_of_the_bill_without_a_price_are_left_out(chain: Chain) -> None:
    cola = MILK | {"item": "10003"}
    order = ordered(chain, [MILK, cola])
    bill = following(chain, "purchasing.bill", following(chain, "purchasing.receipt", order))
    with chain.as_("zhou", "hq"):
        payload = prefill(CREDIT, bill)
        payload["lines"][1]["price"] = "1.13"

        credit = made(CREDIT, payload)

        body = load(document_type(CREDIT), credit)
    assert [line.item.code for line in body.lines] == ["10003"]
    assert body.document.total == 113


def test_what_was_sold_meanwhile_bears_its_share_as_a_variance(chain: Chain) -> None:
    bill = billed(chain)
    broken(chain, "75")

    allowed(chain, bill, price="1.13")

    assert pool(chain) == (25, 225)
    assert money_of(chain, "variance") == -75


def test_a_bill_dearer_than_its_receipt_makes_the_goods_that_are_here_dearer(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    broken(chain, "60")

    bill = following(chain, "purchasing.bill", receipt, price="11.865")

    assert pool(chain) == (40, 420)
    assert money_of(chain, "variance") == 30
    assert SupplierBillLine.unscoped.get(document=bill).revalued == 20


def test_billed_goods_go_back_at_what_their_bill_made_of_them(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    bill = following(chain, "purchasing.bill", receipt, price="11.865")

    following(chain, CREDIT, returned(chain, bill, "100"))

    assert held(chain) == {}


def test_an_allowance_on_a_paid_bill_is_money_that_the_supplier_owes_us(chain: Chain) -> None:
    bill = billed(chain)
    payment(chain, {"settles": bill, "amount": "1130"})

    credit = allowed(chain, bill, price="1.13")
    assert (left(bill), left(credit)) == (0, -113)
    with chain.as_("zhou", "hq"):
        back = made(PAYMENT, prefill(PAYMENT, credit))

    assert left(credit) == 0
    assert Document.unscoped.get(pk=back).total == -113
    assert held(chain)["hq", "money"] == -1017


def test_a_rebate_names_an_item_and_no_bill(chain: Chain) -> None:
    billed(chain)

    credit = rebate(chain, {"item": "10001", "price": "113"})

    assert left(credit) == -113
    assert (money_of(chain, "variance"), money_of(chain, "input tax")) == (-100, 117)
    assert pool(chain) == (100, 1000)


def test_a_rebate_for_so_many_pieces_reaches_those_that_are_here(chain: Chain) -> None:
    billed(chain)

    rebate(chain, {"item": "10001", "quantity": "400", "price": "1.13"})

    assert pool(chain) == (100, 900)
    assert money_of(chain, "variance") == -300


def test_an_ordinary_red_invoice_without_a_bill_gives_no_tax_back(chain: Chain) -> None:
    billed(chain)

    rebate(chain, {"item": "10001", "price": "113"}, invoice_kind="ordinary")

    assert (money_of(chain, "variance"), money_of(chain, "input tax")) == (-113, 130)


def test_one_red_invoice_credits_goods_that_went_back_and_a_price(chain: Chain) -> None:
    bill = billed(chain)
    back = returned(chain, bill, "40")

    with chain.as_("zhou", "hq"):
        payload = prefill(CREDIT, back)
        payload["lines"].append({"item": "10002", "price": "11.30"})
        credit = made(CREDIT, payload)

    assert Document.unscoped.get(pk=credit).total == Decimal("463.30")
    assert (left(bill), left(credit)) == (678, Decimal("-11.30"))
    assert money_of(chain, "returned_not_credited") == 0


def test_a_red_invoice_has_the_prices_of_a_bill_that_names_no_unit(chain: Chain) -> None:
    """A form names the unit of goods; a sheet or a program that does not means the same."""
    bill = billed(chain)
    back = returned(chain, bill, "40")
    line = PurchaseReturnLine.unscoped.select_related("item", "bill_line").get(document=back)
    assert line.bill_line is not None
    assert line.bill_line.unit is None
    PurchaseReturnLine.unscoped.filter(document=back).update(unit=line.item.base_unit)

    with chain.as_("zhou", "hq"):
        (row,) = prefill(CREDIT, back)["lines"]

    assert row["price"] == line.bill_line.price


def test_no_more_is_taken_off_a_line_than_it_was_billed_for(chain: Chain) -> None:
    bill = billed(chain)
    allowed(chain, bill, quantity=None, price="1000")

    with pytest.raises(Refusal) as no:
        allowed(chain, bill, quantity=None, price="130.01")
    allowed(chain, bill, quantity=None, price="130")

    assert [(p["code"], p["has"], p["needs"]) for p in no.value.problems] == [
        ("over_allowed", "¥130.00", "¥130.01")
    ]
    assert left(bill) == 0


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ({"price": "0"}, "lines.1.price", "not_positive"),
        ({"price": None}, "lines.1.price", "required"),
        ({"item": "10002"}, "lines.1.item", "other_supplier"),
        ({"quantity": "-1"}, "lines.1.quantity", "negative"),
    ],
)
def test_an_allowance_that_says_nothing_is_refused(
    chain: Chain, line: dict[str, Any], path: str, code: str
) -> None:
    bill = billed(chain)

    with pytest.raises(Refusal) as no:
        allowed(chain, bill, **({"price": "1"} | line))

    assert [(p["path"], p["code"]) for p in no.value.problems] == [(path, code)]


def test_goods_that_went_back_are_credited_by_quantity(chain: Chain) -> None:
    back = returned(chain, billed(chain), "40")

    with pytest.raises(Refusal) as no:
        following(chain, CREDIT, back, quantity=None)

    assert [(p["path"], p["code"]) for p in no.value.problems] == [("lines.1.quantity", "required")]


def test_a_line_of_another_bill_is_not_taken_off_this_one(chain: Chain) -> None:
    first, second = billed(chain), billed(chain)
    with chain.as_("zhou", "hq"):
        payload = prefill(CREDIT, first)
        payload["lines"][0] |= {
            "bill_line": SupplierBillLine.unscoped.get(document=second).pk, "price": "1",
        }  # fmt: skip
        with pytest.raises(Refusal) as no:
            made(CREDIT, payload)

    assert [(p["path"], p["code"]) for p in no.value.problems] == [("lines.1.item", "other_bill")]


def test_lines_that_name_a_bill_make_the_credit_follow_it(chain: Chain) -> None:
    bill = billed(chain)
    line = SupplierBillLine.unscoped.get(document=bill).pk

    credit = rebate(chain, {"bill_line": line, "item": "10001", "quantity": "10", "price": "1.13"})

    assert Document.unscoped.get(pk=credit).follows_id == bill


def test_a_scanned_item_finds_its_line_of_the_bill(chain: Chain) -> None:
    bill = billed(chain)

    with chain.as_("zhou", "hq"):
        payload = prefill(CREDIT, bill)
        payload["lines"] = [{"item": "10001", "quantity": "10", "price": "1.13"}]
        made(CREDIT, payload)

    assert left(bill) == Decimal("1118.70")


def test_a_bill_with_an_allowance_is_not_reversed_before_it(chain: Chain) -> None:
    bill = billed(chain)
    before = held(chain)
    credit = allowed(chain, bill, price="1.13")

    with pytest.raises(Refusal) as no:
        reverse(chain, "purchasing.bill", bill)
    reverse(chain, CREDIT, credit)

    assert no.value.code == "followed"
    assert held(chain) == before
    reverse(chain, "purchasing.bill", bill)


def test_who_may_save_credit_notes_may_draft_one_from_a_bill_and_no_one_else(chain: Chain) -> None:
    bill = billed(chain)

    with chain.as_("lin", "warehouse"), pytest.raises(Refusal):
        run(f"{CREDIT}.save", payload=prefill(CREDIT, bill))


def test_the_page_shows_what_the_goods_are_worth_less_and_only_to_who_may_see_costs(
    chain: Chain,
) -> None:
    credit = allowed(chain, billed(chain), price="1.13")
    declared = document_type(CREDIT)
    with chain.as_("zhou", "hq"):
        shown = postings_tab(declared, load(declared, credit))

    (line, _whole) = shown.lines
    assert [move.amount for move in line.moves] == ["¥100.00"]
