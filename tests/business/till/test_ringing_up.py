"""A cashier sells, takes back, parks and recalls."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.business.finance import accounts as money
from tongpan.business.stock import accounts as stock
from tongpan.business.stock import queries
from tongpan.business.till import accounts as at
from tongpan.business.till.models import PaymentMethod, Sale, SaleLine
from tongpan.business.till.queries import left_of_ways
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import OrgUnit, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

pytestmark = pytest.mark.usefixtures("company")
CASH = [{"method": "CASH"}]


@pytest.fixture
def chain() -> Chain:
    """The cast, with a till in North, prices, and goods on the shelf."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
    on_shelf(chain, "north", milk=("10", "8.50"), cola=("48", "2.00"), apple=("5.5", "6.00"))
    return chain


def a_shop(chain: Chain) -> None:
    goods = TaxCategory.objects.create(code="T13", name="一般货物")
    TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=date(2026, 1, 1))
    Item.objects.update(tax_category=goods)
    listed = PriceList.objects.create(
        code="RETAIL", name="零售价", org_unit=chain.units["hq"], valid_from=date(2026, 1, 1)
    )
    for item, price in (("milk", "12.90"), ("cola", "3.50"), ("apple", "11.96")):
        Price.objects.create(
            price_list=listed, item=chain.items[item], unit=chain.items[item].base_unit,
            price=Decimal(price), valid_from=date(2026, 1, 1),
        )  # fmt: skip
    PaymentMethod.objects.create(code="CASH", name="现金", gives_change=True)
    PaymentMethod.objects.create(code="WECHAT", name="微信支付")
    PaymentMethod.objects.create(
        code="WALLET", name="储值卡", is_invoiceable=False, is_refundable=False
    )
    till = OrgUnit(
        parent=chain.units["north"], kind="till", code="S01-1", name="1 号机",
        entity=chain.units["north"].entity,
    )  # fmt: skip
    till.save()
    chain.units["till"] = till
    RoleAction.objects.create(role=chain.people["lin"].grants.get().role, code="till.sale.ring_up")
    RoleAction.objects.create(
        role=chain.people["lin"].grants.get().role, code="till.return.take_back"
    )


def sell(chain: Chain, basket: dict[str, str], paid: dict[str, str], **more: Any) -> Outcome:
    with chain.as_("lin", "till"):
        payload = {
            "lines": [{"item": chain.items[n].pk, "quantity": q} for n, q in basket.items()],
            "payments": [{"method": m, "amount": a} for m, a in paid.items()],
        }
        return run("till.sale.ring_up", payload=payload | more, request_id=more.get("request"))


def booked(chain: Chain) -> dict[str, Decimal]:
    """What the books of the store say, by name; money in is positive."""
    store = chain.units["north"].pk
    with system(reason="looking at the books"):
        cash = PaymentMethod.objects.get(code="CASH").pk
        keys = {
            "revenue": money.revenue(store),
            "output tax": money.output_tax(store),
            "cost of sales": money.cost_of_sales(store),
            "inventory": stock.inventory(store),
            "counter": at.counter(store),
            "cash": at.taken(store, cash),
        }
        found = balance_of(list(keys.values()))
    return {name: found[key].amount for name, key in keys.items()}


def test_a_sale_moves_goods_money_tax_and_cost(chain: Chain) -> None:
    sold = sell(chain, {"milk": "2", "apple": "0.368"}, {"CASH": "30.20"})

    assert sold.document is not None
    assert sold.document.number == "LS-S01-1-26-000001"
    assert booked(chain) == {
        "revenue": Decimal("-26.72"),
        "output tax": Decimal("-3.48"),
        "cost of sales": Decimal("19.21"),
        "inventory": Decimal("194.79"),  # 214.00 stood there
        "counter": Decimal(0),
        "cash": Decimal("30.20"),
    }
    milk = chain.items["milk"]
    assert queries.stock_of(chain.places["north"], [milk])[milk.pk].on_hand == 8


def test_change_is_given_on_cash_and_on_nothing_else(chain: Chain) -> None:
    payments = [{"method": "CASH", "amount": "12.90", "tendered": "20"}]
    sold = sell(chain, {"milk": "1"}, {}, payments=payments)
    with pytest.raises(Refusal) as no:
        sell(chain, {"milk": "1"}, {}, payments=[payments[0] | {"method": "WECHAT"}])

    assert Sale.unscoped.get(pk=sold.subject).change == Decimal("7.10")
    assert no.value.problems[0]["code"] == "not_paid"


def test_what_a_store_says_not_to_sell_is_not_sold_there(chain: Chain) -> None:
    rows = (
        ("hq", "cola", "2026-01-01", False),  # nowhere
        ("north", "cola", "2026-06-01", True),  # but here
        ("hq", "milk", "2026-01-01", True),
        ("north", "milk", "2026-11-21", False),  # from today on not here
        ("north", "apple", "2026-11-22", False),  # tomorrow
        ("south", "apple", "2026-01-01", False),  # elsewhere
    )
    with chain.as_("zhou", "hq"):
        for unit, item, since, is_sellable in rows:
            run("items.item_at_unit.save", payload={
                "item": chain.items[item], "org_unit": chain.units[unit], "valid_from": since,
                "is_sellable": is_sellable,
            })  # fmt: skip

    with pytest.raises(Refusal) as no:
        sell(chain, {"milk": "1", "cola": "1"}, {"CASH": "16.40"})
    sold = sell(chain, {"cola": "1", "apple": "1"}, {"CASH": "15.46"})

    assert [(p["path"], p["code"]) for p in no.value.problems] == [("lines.1", "not_for_sale")]
    assert sold.document is not None


def test_what_was_paid_by_stored_value_is_not_invoiced_again(chain: Chain) -> None:
    sold = sell(chain, {"milk": "1"}, {"WALLET": "10.00", "CASH": "2.90"})

    assert Sale.unscoped.get(pk=sold.subject).invoiceable == Decimal("2.90")


def test_a_repeated_sale_is_recorded_once(chain: Chain) -> None:
    request = env.new_id()

    first = sell(chain, {"milk": "1"}, {"CASH": "12.90"}, request=request)
    again = sell(chain, {"milk": "1"}, {"CASH": "12.90"}, request=request)

    assert again.is_repeat
    assert again.subject == first.subject
    assert Sale.unscoped.count() == 1


def test_a_cashier_cannot_change_a_price_and_every_bad_line_is_named(chain: Chain) -> None:
    lines = [
        {"item": chain.items["milk"].pk, "quantity": "1", "price": "1.00"},
        {"item": chain.items["cola"].pk, "quantity": "0.5"},
        {"item": chain.items["tea"].pk, "quantity": "1"},
    ]
    with pytest.raises(Refusal) as no:
        sell(chain, {}, {"CASH": "1.00"}, lines=lines)

    assert [p["code"] for p in no.value.problems] == ["price_differs", "off_step", "no_price"]


def test_a_case_is_sold_at_the_price_of_its_bottles(chain: Chain) -> None:
    lines = [{"item": chain.items["cola"].pk, "unit": chain.measures["case"].pk, "quantity": "1"}]
    sell(chain, {}, {"CASH": "84.00"}, lines=lines)

    cola = chain.items["cola"]
    assert queries.stock_of(chain.places["north"], [cola])[cola.pk].on_hand == 24


def test_what_is_not_on_the_shelf_is_not_sold(chain: Chain) -> None:
    with pytest.raises(Refusal) as no:
        sell(chain, {"milk": "11"}, {"CASH": "141.90"})

    assert no.value.code == "out_of_bounds"


def test_nobody_sells_without_a_till(chain: Chain) -> None:
    with chain.as_("lin", "north"), pytest.raises(Refusal) as no:
        run("till.sale.ring_up", payload={"lines": [], "payments": []})
    with chain.as_("wang", "till"), pytest.raises(Forbidden):
        run("till.sale.ring_up", payload={"lines": [], "payments": []})

    assert no.value.code == "not_at_a_till"


def bring_back(chain: Chain, sale: UUID, quantity: str, amount: str, method: str = "CASH") -> Any:
    with chain.as_("lin", "till"):
        line = SaleLine.unscoped.get(document=sale)
        payload = {
            "sale": sale,
            "lines": [{"sold": line.pk, "quantity": quantity}],
            "payments": [{"method": method, "amount": amount}],
            "reason": "变质",
        }
        return run("till.return.take_back", payload=payload)


def test_goods_brought_back_in_pieces_undo_the_sale_to_the_cent(chain: Chain) -> None:
    before = booked(chain)
    sold = sell(chain, {"milk": "3"}, {"CASH": "38.70"})

    bring_back(chain, sold.subject, "1", "12.90")
    bring_back(chain, sold.subject, "2", "25.80")

    assert booked(chain) == before
    with pytest.raises(Refusal) as no:
        bring_back(chain, sold.subject, "1", "12.90")
    assert no.value.problems[0]["code"] == "too_much_back"


def paid_back(
    chain: Chain, sale: UUID, paid: dict[str, str], person: str = "lin", **more: Any
) -> Any:
    """One milk of a sale comes back, paid in these ways."""
    with chain.as_(person, "till"):
        payload = {
            "sale": sale,
            "lines": [{"sold": SaleLine.unscoped.get(document=sale).pk, "quantity": "1"}],
            "payments": [{"method": m, "amount": a} for m, a in paid.items()],
        }
        return run("till.return.take_back", payload=payload, **more)


def test_money_goes_back_in_the_ways_in_which_it_came(chain: Chain) -> None:
    sold = sell(chain, {"milk": "3"}, {"CASH": "20.00", "WECHAT": "18.70"}).subject

    paid_back(chain, sold, {"WECHAT": "12.90"})
    with pytest.raises(Question) as question:
        paid_back(chain, sold, {"WECHAT": "12.90"})
    paid_back(chain, sold, {"WECHAT": "5.80", "CASH": "7.10"})
    last = paid_back(chain, sold, {"CASH": "12.90"})

    assert question.value.code == "paid_another_way"
    assert question.value.problems == [
        {
            "path": "payments.1.amount", "code": "way_used_up", "name": "微信支付",
            "has": Decimal("5.80"), "needs": Decimal("12.90"),
        }
    ]  # fmt: skip
    with system(reason="look at what is left"):
        assert set(left_of_ways(sold).values()) == {0}
    with chain.as_("zhou", "till"):
        run("till.return.reverse", last.subject, {"reason": "the wrong milk"})
    with system(reason="look at what is left"):
        assert sum(left_of_ways(sold).values()) == Decimal("12.90")


def test_only_who_may_pays_back_in_another_way(chain: Chain) -> None:
    sold = sell(chain, {"milk": "3"}, {"WECHAT": "38.70"}).subject
    chen = chain.people["chen"]
    RoleAction.objects.create(role=chen.grants.get().role, code="till.return.pay_back_otherwise")
    yes = {"answers": ["paid_another_way"]}

    with pytest.raises(Question) as question:
        paid_back(chain, sold, {"CASH": "12.90"})
    with pytest.raises(Forbidden) as no:
        paid_back(chain, sold, {"CASH": "12.90"}, **yes)
    with chain.as_("lin", "till", authorised_by=chen):
        line = SaleLine.unscoped.get(document=sold)
        payload = {
            "sale": sold, "lines": [{"sold": line.pk, "quantity": "1"}],
            "payments": [{"method": "CASH", "amount": "12.90"}],
        }  # fmt: skip
        done = run("till.return.take_back", payload=payload, **yes)

    assert [p["code"] for p in question.value.problems] == ["way_not_used"]
    assert no.value.facts["permission"] == "till.return.pay_back_otherwise"
    assert done.document is not None
    assert done.document.number == "LT-S01-1-26-000001"
    assert paid_back(chain, sold, {"CASH": "12.90"}, person="zhou", **yes).document is not None


def test_stored_value_is_not_paid_out_in_a_return(chain: Chain) -> None:
    sold = sell(chain, {"milk": "1"}, {"CASH": "12.90"})

    with pytest.raises(Refusal) as no:
        bring_back(chain, sold.subject, "1", "12.90", method="WALLET")

    assert no.value.problems[0]["code"] == "not_refundable"


def test_a_parked_basket_is_recalled_once(chain: Chain) -> None:
    basket = [{"item": str(chain.items["milk"].pk), "quantity": "2"}]
    with chain.as_("lin", "till"):
        parked = run("till.sale.park", payload={"basket": basket, "label": "红衣服"})
        found = run("till.sale.recall", parked.subject).result
        with pytest.raises(Refusal) as no:
            run("till.sale.recall", parked.subject)

    assert found == {"label": "红衣服", "basket": basket, "member": None, "rest": {}}
    assert (no.value.code, no.value.facts["till"]) == ("taken_up_already", "1 号机")


def test_a_sale_costs_the_same_few_statements_whatever_its_length(chain: Chain) -> None:
    sell(chain, {"milk": "1", "cola": "1", "apple": "1"}, {"CASH": "28.36"})
    with CaptureQueriesContext(connection) as short:
        sell(chain, {"milk": "1"}, {"CASH": "12.90"})
    with CaptureQueriesContext(connection) as long:
        sell(chain, {"milk": "1", "cola": "1", "apple": "1"}, {"CASH": "28.36"})

    assert len(long) == len(short)
    assert len(long) == 4  # to read and to write; a transaction in a test takes two more


def test_a_free_service_is_sold_and_moves_nothing(chain: Chain) -> None:
    with system(reason="gift wrapping"):
        wrapping = Item.objects.create(
            code="WRAP", name="包装", kind="service", base_unit=chain.measures["box"],
            tax_category=TaxCategory.objects.get(),
        )  # fmt: skip
        Price.objects.create(
            price_list=PriceList.objects.get(), item=wrapping, unit=wrapping.base_unit,
            price=Decimal(0), valid_from=date(2026, 1, 1),
        )  # fmt: skip
    chain.items["wrapping"] = wrapping
    before = booked(chain)

    sold = sell(chain, {"wrapping": "1"}, {})

    assert sold.document is not None
    assert sold.document.number == "LS-S01-1-26-000001"
    assert booked(chain) == before
