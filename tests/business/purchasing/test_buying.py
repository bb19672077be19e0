"""Ordering, receiving in parts, being billed, paying, and sending goods back."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.chain import NOON, Chain, a_chain
from tongpan.base import env
from tongpan.base.refusals import Question, Refusal
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.purchasing.models import GoodsReceipt, PurchaseOrder, PurchaseOrderLine
from tongpan.business.purchasing.screens import billed, order_beside, received
from tongpan.business.stock import queries
from tongpan.faces.kit.derived.documents import document_page
from tongpan.kernel.documents.fields import reference_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import Role, RoleAction, TaxpayerKind
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.visibility import visible
from tongpan.masters.items.models import Item, SupplierItem, SupplierPrice, UnitOfMeasure
from tongpan.masters.parties.models import Party
from tongpan.masters.taxes.models import TaxCategory, TaxRate

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain() -> Chain:
    """The cast, with a dairy that sells to us at 13 % tax."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        TaxpayerKind.objects.create(
            entity=chain.units["hq"].entity, kind="general", valid_from=date(2026, 1, 1)
        )
        goods = TaxCategory.objects.create(code="T13", name="一般货物")
        TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=date(2026, 1, 1))
        Item.objects.update(tax_category=goods)
        Party.objects.create(code="V01", name="华东乳业有限公司", is_supplier=True)
        MoneyPlace.unscoped.create(unit=chain.units["hq"], code="B01", name="工行基本户")
    return chain


def ordered(chain: Chain, lines: list[dict[str, Any]]) -> UUID:
    with chain.as_("zhou", "hq"):
        header = {"supplier": "V01", "place": chain.places["warehouse"]}
        order = run("purchasing.order.save", payload={"header": header, "lines": lines})
        run("purchasing.order.post", order.subject)
    return order.subject


def following(chain: Chain, code: str, earlier: UUID, **first_line: Any) -> UUID:
    """Post the document that follows another one, as the screen would propose it."""
    with chain.as_("zhou", "hq"):
        payload = prefill(code, earlier)
        payload["lines"][0] |= first_line
        draft = run(f"{code}.save", payload=payload)
        run(f"{code}.post", draft.subject)
    return draft.subject


def money_of(chain: Chain, name: str) -> Decimal:
    role = {"not billed": "received_not_invoiced", "input tax": "input_tax",
            "variance": "price_variance"}.get(name, name)  # fmt: skip
    where = Where(ledger="money", roles=[role], org_units=[chain.units["warehouse"].pk])
    return sum((found.amount for found in balances(where)), Decimal(0))


PAYMENT = "finance.supplier_payment"
MILK = {"item": "10001", "quantity": "100", "price": "11.30"}


def test_an_order_arrives_in_parts_and_never_more_than_was_ordered(chain: Chain) -> None:
    order = ordered(chain, [MILK])

    following(chain, "purchasing.receipt", order, quantity="60")
    with pytest.raises(Refusal) as no:
        following(chain, "purchasing.receipt", order, quantity="41")
    following(chain, "purchasing.receipt", order)

    assert no.value.problems[0]["code"] == "over_ordered"
    assert no.value.problems[0]["has"] == "40"
    milk = chain.items["milk"]
    assert queries.stock_of(chain.places["warehouse"], [milk])[milk.pk].on_hand == 100
    assert money_of(chain, "inventory") == Decimal("1000.00")
    assert money_of(chain, "not billed") == Decimal("-1000.00")


def test_a_bill_moves_what_came_to_what_is_owed_and_makes_the_goods_dearer(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))

    following(chain, "purchasing.bill", receipt, price="11.865")

    assert money_of(chain, "not billed") == 0
    assert money_of(chain, "input tax") == Decimal("136.50")
    assert money_of(chain, "variance") == 0
    assert money_of(chain, "inventory") == Decimal("1050.00")
    assert money_of(chain, "payable") == Decimal("-1186.50")


@pytest.mark.parametrize(
    ("price", "is_asked"), [("14.69", False), ("14.71", True), ("7.91", False), ("7.89", True)]
)
def test_a_price_far_from_that_of_the_receipt_is_asked_about(
    chain: Chain, price: str, is_asked: bool
) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    with chain.as_("zhou", "hq"):
        payload = prefill("purchasing.bill", receipt)
        payload["lines"][0]["price"] = price
        bill = run("purchasing.bill.save", payload=payload).subject
        asked = None
        try:
            run("purchasing.bill.post", bill)
        except Question as question:
            asked = question
            run("purchasing.bill.post", bill, answers=[question.code])

    assert (asked is not None) is is_asked
    if asked is not None:
        (problem,) = asked.problems
        assert (asked.code, problem["code"]) == ("bill_as_it_is", "far_from_receipt")
        assert (problem["path"], problem["percent"]) == ("lines.1.price", "30")


def test_goods_are_not_valued_before_it_is_known_whether_input_tax_is_cost(chain: Chain) -> None:
    order = ordered(chain, [MILK])
    TaxpayerKind.objects.all().delete()

    with pytest.raises(Refusal) as no:
        following(chain, "purchasing.receipt", order)

    assert [p["code"] for p in no.value.problems] == ["taxpayer_kind_missing"]


def test_what_a_unit_does_not_order_or_give_back_is_named_line_by_line(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    with chain.as_("zhou", "hq"):
        for unit, item, right in (
            ("hq", "cola", "is_orderable"),
            ("warehouse", "milk", "is_returnable"),
            ("north", "milk", "is_orderable"),  # elsewhere
        ):
            run("items.item_at_unit.save", payload={
                "item": chain.items[item], "org_unit": chain.units[unit],
                "valid_from": "2026-11-01", right: False,
            })  # fmt: skip

    with pytest.raises(Refusal) as not_ordered:
        ordered(chain, [MILK, {"item": "10003", "quantity": "24", "price": "2.00"}])
    with pytest.raises(Refusal) as not_returned:
        following(chain, "purchasing.return", receipt, quantity="1")

    assert [(p["path"], p["code"]) for p in not_ordered.value.problems] == [
        ("lines.2.item", "not_orderable")
    ]
    assert [(p["path"], p["code"]) for p in not_returned.value.problems] == [
        ("lines.1.item", "not_returnable")
    ]


def test_parts_of_a_receipt_are_billed_to_the_cent(chain: Chain) -> None:
    line = {"item": "10001", "quantity": "3", "price": "3.766667"}
    receipt = following(chain, "purchasing.receipt", ordered(chain, [line]))

    for _ in range(3):
        following(chain, "purchasing.bill", receipt, quantity="1")

    assert money_of(chain, "not billed") == 0
    with pytest.raises(IndexError):  # nothing is left to propose
        following(chain, "purchasing.bill", receipt)


def test_the_tax_of_an_ordinary_invoice_is_cost(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))

    with chain.as_("zhou", "hq"):
        payload = prefill("purchasing.bill", receipt)
        payload["header"] |= {"invoice_kind": "ordinary"}
        bill = run("purchasing.bill.save", payload=payload)
        run("purchasing.bill.post", bill.subject)

    assert money_of(chain, "input tax") == 0
    assert money_of(chain, "inventory") == Decimal("1130.00")


def test_goods_go_back_at_what_they_cost(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))

    back = following(chain, "purchasing.return", receipt, quantity="40")

    assert money_of(chain, "inventory") == Decimal("600.00")
    assert money_of(chain, "not billed") == Decimal("-600.00")
    declared = document_type("purchasing.return")
    with chain.as_("zhou", "warehouse"):  # nothing of it was billed: there is nothing to credit
        page = document_page(declared, load(declared, back))
    assert page.primary is None
    assert page.state.word == "已审核"


def test_a_payment_takes_away_what_is_owed(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    bill = following(chain, "purchasing.bill", receipt)

    with chain.as_("zhou", "warehouse"):
        payment = run("finance.supplier_payment.save", payload=prefill(PAYMENT, bill))
        run("finance.supplier_payment.post", payment.subject)

    assert money_of(chain, "payable") == 0


def test_a_billed_receipt_cannot_be_reversed_and_an_unbilled_one_can(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    bill = following(chain, "purchasing.bill", receipt)

    with chain.as_("zhou", "hq"):
        with pytest.raises(Refusal) as no:
            run("purchasing.receipt.reverse", receipt, {"reason": "wrong goods"})
        run("purchasing.bill.reverse", bill, {"reason": "wrong goods"})
        run("purchasing.receipt.reverse", receipt, {"reason": "wrong goods"})

    assert no.value.code == "followed"
    assert money_of(chain, "payable") == money_of(chain, "inventory") == 0


def test_who_receives_goods_names_the_supplier_without_seeing_the_list_of_them(
    chain: Chain,
) -> None:
    order = ordered(chain, [MILK])
    with system(reason="the cast of the tests"):
        role = Role.objects.get(code="warehouse")
        for code in ("purchasing.receipt.save", "purchasing.receipt.post"):
            RoleAction.objects.create(role=role, code=code)

    with chain.as_("zhou", "hq"):
        payload = prefill("purchasing.receipt", order)
    with chain.as_("wang", "warehouse"):
        assert not visible(Party).exists()
        assert [str(p) for p in reference_of(Party).search("", 5)] == ["华东乳业有限公司"]
        header = payload["header"] | {"supplier": "V01"}
        draft = run("purchasing.receipt.save", payload=payload | {"header": header})
        run("purchasing.receipt.post", draft.subject)

    with chain.as_("lin", "north"):
        assert reference_of(Party).find(["V01"]) == {}


def test_an_order_takes_the_agreed_price_where_nobody_wrote_one(chain: Chain) -> None:
    cola = chain.items["cola"]
    with system(reason="the cast of the tests"):
        case = UnitOfMeasure.objects.get(name="箱")
        supplied = SupplierItem.objects.create(
            supplier=Party.objects.get(code="V01"), item=cola, order_unit=case
        )
        for price, since in (("90", date(2026, 1, 1)), ("96", date(2026, 6, 1))):
            SupplierPrice.objects.create(
                supplier_item=supplied, price=price, is_tax_included=True, valid_from=since
            )

    lines = [
        {"item": "10003", "quantity": "2", "unit": "箱"},
        {"item": "10003", "quantity": "1", "unit": "箱", "price": "80"},
    ]
    order = ordered(chain, lines)

    with system(reason="look at the order"):
        prices = list(
            PurchaseOrderLine.objects.filter(document=order).values_list("price", "gross")
        )
    assert prices == [(96, 192), (80, 80)]


def test_whoever_orders_is_offered_the_agreed_price_and_whoever_may_not_see_costs_is_not(
    chain: Chain,
) -> None:
    cola = chain.items["cola"]
    with system(reason="the cast of the tests"):
        case = UnitOfMeasure.objects.get(name="箱")
        dairy = Party.objects.get(code="V01")
        supplied = SupplierItem.objects.create(supplier=dairy, item=cola, order_unit=case)
        SupplierPrice.objects.create(
            supplier_item=supplied, price=96, is_tax_included=True, valid_from=date(2026, 1, 1)
        )
        role = Role.objects.get(code="cashier")
        RoleAction.objects.create(role=role, code="purchasing.order.save")

    def offered(person: str, at: str) -> dict[str, Any]:
        with chain.as_(person, at):
            document = Document(business_date=NOON.date(), org_unit=chain.units["north"])
            body = PurchaseOrder(document=document, supplier=dairy, is_tax_included=True)
            return dict(order_beside(body, [cola])[cola.pk])

    told = offered("zhou", "hq")
    assert told["price"] == "96"
    assert told["unit"][0]["title"] == "箱"
    assert "price" not in offered("lin", "north")


def test_an_order_says_how_much_of_it_came_and_a_receipt_how_much_is_billed(chain: Chain) -> None:
    order = ordered(chain, [MILK])

    def standing(tell: Any, model: Any, document: UUID) -> tuple[str, Decimal | None]:
        with system(reason="look at the order"):
            told = tell([model.objects.get(document=document)])[document]
        return told.code, told.share

    assert standing(received, PurchaseOrder, order) == ("transit", None)
    receipt = following(chain, "purchasing.receipt", order, quantity="25")
    assert standing(received, PurchaseOrder, order) == ("partly", Decimal("0.25"))
    assert standing(billed, GoodsReceipt, receipt) == ("waiting", None)
    following(chain, "purchasing.bill", receipt)
    following(chain, "purchasing.receipt", order)
    assert standing(received, PurchaseOrder, order) == ("done", None)
    assert standing(billed, GoodsReceipt, receipt) == ("done", None)
