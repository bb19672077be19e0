"""Orders that hold goods, deliveries in parts, what customers owe, and orders closed early."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.sales.cast import (
    COLA,
    MILK,
    a_wholesaler,
    delivered,
    following,
    goods_of,
    made,
    money_of,
    ordered,
    reverse,
)
from tests.chain import NOON, Chain
from tongpan.base.refusals import Question, Refusal
from tongpan.business.finance.queries import left_open
from tongpan.business.pricing.models import PriceLevel
from tongpan.business.sales.models import (
    SalesDelivery,
    SalesDeliveryLine,
    SalesOrder,
    SalesOrderLine,
)
from tongpan.business.sales.screens import delivered as standing_of
from tongpan.business.sales.screens import sold_beside
from tongpan.business.stock.overview import figures_of
from tongpan.business.stock.queries import stock_of
from tongpan.business.till.queries import offers
from tongpan.kernel.documents.following import followers_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.parties.models import Party
from tongpan.masters.prices.models import PriceList
from tongpan.masters.prices.queries import price_of

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_wholesaler)


def standing(order: object) -> str:
    with system(reason="look at the order"):
        body = SalesOrder.objects.select_related("document").get(pk=order)
        return str(standing_of([body])[body.pk].code)


# -- ordering ------------------------------------------------------------------------------------


def test_what_is_ordered_is_held_and_nobody_else_gets_it(chain: Chain) -> None:
    ordered(chain, MILK | {"quantity": "250"})
    milk, warehouse = chain.items["milk"], chain.places["warehouse"]

    with pytest.raises(Refusal) as no:
        delivered(chain, MILK | {"quantity": "51"}, customer="K02")

    assert [(p["path"], p["code"], p["has"]) for p in no.value.problems] == [
        ("lines.1.quantity", "short", "50")
    ]
    assert stock_of(warehouse, [milk])[milk.pk].on_hand == 50
    figures = figures_of([milk.pk], [warehouse.unit_id])[milk.pk, warehouse.unit_id]
    assert (figures.shelf, figures.held, figures.on_hand) == (50, 250, 300)
    assert figures.value == Decimal("2400.00")
    assert money_of("inventory") == Decimal("2880.00")


def test_an_order_names_every_line_of_which_there_is_not_enough(chain: Chain) -> None:
    with pytest.raises(Refusal) as no:
        ordered(chain, MILK | {"quantity": "301"}, COLA | {"quantity": "11"})

    assert [(p["path"], p["has"], p["needs"]) for p in no.value.problems] == [
        ("lines.1.quantity", "300", "301"),
        ("lines.2.quantity", "240", "264"),
    ]


@pytest.mark.parametrize(
    ("customer", "listed", "price"),
    [("K02", "", "84"), ("K01", "", "72"), ("K01", "OWN", "67.2")],
)
def test_prices_are_those_of_the_lists_that_hold_for_the_customer(
    chain: Chain, customer: str, listed: str, price: str
) -> None:
    found = PriceList.objects.filter(code=listed).first()
    Party.objects.filter(code=customer).update(price_list=found)

    order = ordered(chain, COLA, customer=customer)

    assert SalesOrderLine.unscoped.get(document=order).price == Decimal(price)


def test_a_till_sells_at_the_prices_for_everybody(chain: Chain) -> None:
    cola, north = chain.items["cola"], chain.units["north"]
    PriceList.objects.filter(holds_for="wholesale").update(
        org_unit=north, valid_from=date(2026, 11, 1)
    )

    with chain.as_("zhou", "north"):
        assert price_of(cola, north, NOON.date()).price == Decimal("3.50")
        found = offers([(cola.pk, None)], north, NOON)

    assert {offer.price for offer in found.values()} == {Decimal("3.50")}


def test_a_price_follows_when_the_unit_is_changed_and_a_written_one_stays(chain: Chain) -> None:
    header = {"customer": "K01", "place": "W01"}
    bottles = COLA | {"unit": "bottle"}
    with chain.as_("zhou", "hq"):
        draft = run("sales.order.save", payload={"header": header, "lines": [bottles]}).subject
        line = SalesOrderLine.unscoped.get(document=draft)
        assert line.price == 3
        body = SalesOrder.objects.get(pk=draft)
        assert sold_beside(body, [chain.items["cola"]])[chain.items["cola"].pk]["price"] == "3"

        proposed = COLA | {"price": "3.00"}
        written = COLA | {"price": "70.00"}
        run("sales.order.save", draft, {"header": header, "lines": [proposed, written]})

    prices = SalesOrderLine.unscoped.filter(document=draft).order_by("position")
    assert [n.price for n in prices] == [72, 70]


def test_a_price_follows_the_quantity_and_the_line_says_which_it_is(chain: Chain) -> None:
    cola, bulk = chain.items["cola"], PriceList.objects.get(code="BULK")
    with system(reason="the cast of the tests"):
        for unit, many, price in (("bottle", "24", "2.50"), ("case", "2", "55")):
            PriceLevel.objects.create(
                price_list=bulk, item=cola, unit=chain.measures[unit], from_quantity=Decimal(many),
                price=Decimal(price), valid_from=date(2026, 1, 1),
            )  # fmt: skip
    header = {"customer": "K01", "place": "W01"}

    def saved(draft: UUID | None, *lines: dict[str, str], **more: str) -> list[tuple[str, str]]:
        payload = {"header": header | more, "lines": list(lines)}
        with chain.as_("zhou", "hq"):
            pk = run("sales.order.save", draft, payload).subject
        drafts.append(pk)
        rows = SalesOrderLine.unscoped.filter(document=pk).order_by("position")
        return [(f"{n.price.normalize():f}", n.price_said) for n in rows]

    drafts: list[UUID] = []
    bottles = {"item": "10003", "unit": "bottle"}
    few = saved(None, bottles | {"quantity": "10"})
    more = saved(drafts[0], bottles | {"quantity": "10", "price": few[0][0]},
                 bottles | {"quantity": "14"})  # fmt: skip
    cases = saved(None, COLA | {"quantity": "1"})
    many = saved(None, COLA, COLA | {"quantity": "1", "price": "54.00"})
    retail = saved(None, COLA, customer="K02")

    assert few == [("3", "BULK · 2026-01-01")]
    assert more == [("2.5", "BULK · ≥ 24 瓶")] * 2
    assert cases == [("60", "BULK · ≥ 24 瓶")]
    assert many == [("55", "BULK · ≥ 2 箱"), ("54", "")]
    assert retail == [("84", "RETAIL · 2026-01-01")]


def test_who_is_no_customer_cannot_order(chain: Chain) -> None:
    with system(reason="the cast of the tests"):
        Party.objects.create(code="V01", name="华东乳业有限公司", is_supplier=True)

    with pytest.raises(Refusal) as no:
        ordered(chain, MILK, customer="V01")

    assert [p["code"] for p in no.value.problems] == ["not_a_customer"]


def test_a_count_finds_what_is_held_on_the_shelf_too(chain: Chain) -> None:
    ordered(chain, MILK | {"quantity": "250"})

    with chain.as_("zhou", "hq"):
        lines = [{"item": "10001", "counted": "298"}]
        made("stock.count", {"header": {"place": "W01"}, "lines": lines})

    assert (goods_of(chain, "shelf"), goods_of(chain, "held")) == (48, 250)
    lines = [{"item": "10001", "counted": "240"}]
    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        made("stock.count", {"header": {"place": "W01"}, "lines": lines})
    assert [(p["path"], p["code"], p["missing"]) for p in no.value.problems] == [
        ("lines.1.counted", "counted_below_held", "10")
    ]


# -- delivering ----------------------------------------------------------------------------------


def test_an_order_is_delivered_in_parts_and_never_more_than_was_ordered(chain: Chain) -> None:
    order = ordered(chain)
    assert standing(order) == "transit"

    following(chain, "sales.delivery", order, quantity="60")
    assert standing(order) == "partly"
    with pytest.raises(Refusal) as no:
        following(chain, "sales.delivery", order, quantity="41")
    following(chain, "sales.delivery", order)

    assert [(p["code"], p["has"], p["needs"]) for p in no.value.problems] == [
        ("over_delivered", "40", "41")
    ]
    assert standing(order) == "done"
    assert (goods_of(chain, "held"), goods_of(chain, "shelf")) == (0, 200)
    assert money_of("revenue") == Decimal("-1000.00")
    assert money_of("output_tax") == Decimal("-130.00")
    assert money_of("receivable") == Decimal("1130.00")
    assert money_of("cost_of_sales") == Decimal("800.00")
    assert [found for found in verify() if found.violations] == []


def test_of_what_is_proposed_the_lines_at_zero_stay_away(chain: Chain) -> None:
    order = ordered(chain, MILK, COLA)

    delivery = following(chain, "sales.delivery", order, quantity="0")
    with pytest.raises(Refusal) as no:
        following(chain, "sales.return", delivery, quantity="0")
    following(chain, "sales.delivery", order)

    lines = SalesDeliveryLine.unscoped.filter(document=delivery)
    assert list(lines.values_list("item__code", "position")) == [("10003", 1)]
    assert [p["code"] for p in no.value.problems] == ["not_positive"]  # all of them is nothing
    assert standing(order) == "done"


def test_each_delivery_is_owed_by_itself_and_due_by_the_terms(chain: Chain) -> None:
    order = ordered(chain)
    first = following(chain, "sales.delivery", order, quantity="60")
    second = following(chain, "sales.delivery", order)

    assert left_open([first, second]) == {first: Decimal("678.00"), second: Decimal("452.00")}
    body = SalesDelivery.unscoped.select_related("document").get(pk=first)
    assert body.due_on is not None
    assert (body.due_on - body.document.business_date).days == 30


def test_a_delivery_without_an_order_takes_from_the_shelf(chain: Chain) -> None:
    delivered(chain, MILK, COLA)

    assert (goods_of(chain, "shelf"), goods_of(chain, "shelf", "cola")) == (200, 192)
    assert money_of("cost_of_sales") == Decimal("896.00")


def test_a_reversed_delivery_is_held_again_and_owed_no_longer(chain: Chain) -> None:
    order = ordered(chain)
    delivery = following(chain, "sales.delivery", order)

    with pytest.raises(Refusal) as no:
        reverse(chain, "sales.order", order)
    reverse(chain, "sales.delivery", delivery)

    assert no.value.code == "followed"
    assert goods_of(chain, "held") == 100
    assert [money_of(role) for role in ("receivable", "revenue", "cost_of_sales")] == [0, 0, 0]
    reverse(chain, "sales.order", order)
    assert (goods_of(chain, "held"), goods_of(chain, "shelf")) == (0, 300)


# -- closing early -------------------------------------------------------------------------------


def test_an_order_closed_early_gives_back_what_it_held(chain: Chain) -> None:
    order = ordered(chain)
    following(chain, "sales.delivery", order, quantity="60")

    closing = following(chain, "sales.closing", order)

    assert standing(order) == "done"
    assert (goods_of(chain, "held"), goods_of(chain, "shelf")) == (0, 240)
    with pytest.raises(Refusal):
        delivered(chain, MILK | {"order_line": SalesOrderLine.unscoped.get(document=order).pk})
    reverse(chain, "sales.closing", closing)
    assert (standing(order), goods_of(chain, "held")) == ("partly", 40)


# -- credit --------------------------------------------------------------------------------------


def test_owing_more_than_agreed_is_a_question_that_a_manager_may_answer(chain: Chain) -> None:
    Party.objects.filter(code="K01").update(credit_limit=Decimal("2000"))
    delivered(chain)
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="seller", name="销售")
        for code in ("sales.delivery.*", "sales.order.*", "parties.party.view", "items.item.view"):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=chain.people["chen"], role=role, unit=chain.units["warehouse"])
    header = {"customer": "K01", "place": chain.places["warehouse"]}
    payload = {"header": header, "lines": [MILK]}

    with chain.as_("chen", "warehouse"):
        draft = run("sales.delivery.save", payload=payload).subject
        with pytest.raises(Question) as asked:
            run("sales.delivery.post", draft)
        with pytest.raises(Refusal) as no:
            run("sales.delivery.post", draft, answers=frozenset({"owes_too_much"}))
    assert not isinstance(no.value, Question)
    with chain.as_("zhou", "hq"):
        run("sales.delivery.post", draft, answers=frozenset({"owes_too_much"}))

    (problem,) = asked.value.problems
    assert (asked.value.code, problem["code"]) == ("owes_too_much", "over_credit")
    assert (problem["has"], problem["needs"]) == ("¥2,000.00", "¥2,260.00")
    assert Document.unscoped.get(pk=draft).state == "posted"


def test_an_order_counts_what_was_ordered_before_towards_the_limit(chain: Chain) -> None:
    Party.objects.filter(code="K01").update(credit_limit=Decimal("2000"))
    order = ordered(chain)

    with pytest.raises(Question) as asked:
        ordered(chain)
    following(chain, "sales.delivery", order)  # what is ordered and agreed to is not asked again

    assert asked.value.problems[0]["needs"] == "¥2,260.00"


def test_what_follows_an_order_is_its_delivery_first(chain: Chain) -> None:
    assert [declared.code for declared in followers_of("sales.order")] == [
        "sales.delivery", "finance.customer_receipt", "sales.closing",
    ]  # fmt: skip
