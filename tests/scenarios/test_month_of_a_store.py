"""A month of a store and its warehouse, as the people of the chain would tell it.

Goods are bought, moved, sold over the counter and to a school on account, brought back, broken and
counted; takings go to the safe and the bank, and the rent is paid. Beside the program the month is
kept on paper (see the week of a warehouse). At the end both must say the same, to the cent.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import pytest

from tests.chain import Chain
from tests.contracts.examples import _shop
from tests.scenarios.test_week_of_a_warehouse import (
    CENT,
    Paper,
    Week,
    books,
    on_paper,
    stock_list,
    week,
)
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.till.models import PaymentMethod, SaleLine
from tongpan.business.treasury.models import Purpose
from tongpan.kernel.documents.gate import run
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.scope import system
from tongpan.masters.parties.models import Party

__all__ = ["week"]
PRICE = Decimal("12.90")  # of everything over the counter, tax included
RATE = Decimal("0.13")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def tax_within(gross: Decimal) -> Decimal:
    return cents(gross * RATE / (1 + RATE))


@pytest.fixture
def month(week: Week) -> Week:
    """The week's chain, with a till, prices, a safe in the store and a school that buys."""
    chain: Chain = week.chain
    with system(reason="the cast of the tests"):
        chain.__dict__["methods"] = {}
        _shop(chain)  # type: ignore[arg-type]
        PaymentMethod.objects.filter(code="WECHAT").update(fee_rate="0.006", settle_days=1)
        MoneyPlace.unscoped.create(
            unit=chain.units["north"], code="B02", name="北门保险柜", kind=MoneyPlace.Kind.CASH
        )
        Party.objects.create(code="K01", name="第一中学食堂", is_customer=True, is_wholesale=True)
        Purpose.objects.create(code="RENT", name="房租")
    return week


def test_a_month_of_a_store_and_its_warehouse(month: Week) -> None:
    paper = Paper()
    taken: dict[str, Decimal] = defaultdict(Decimal)

    # The 1st: the books begin.
    with month.on(1, "zhou", "hq"):
        month.make("finance.opening", {"lines": [{"place": "B01", "amount": "20000.00"}]})
    paper.book("hq", "money", "opening_equity", Decimal("20000.00"))
    with month.on(1, "zhou", "warehouse"):
        lines = [
            month.line("milk", "100", unit_cost="8.50"), month.line("cola", "240", unit_cost="2.00")
        ]  # fmt: skip
        month.make("stock.opening", {"header": {"place": month.place("warehouse")}, "lines": lines})
    for item, quantity, worth in (("milk", 100, "850.00"), ("cola", 240, "480.00")):
        paper.put("warehouse", item, quantity, Decimal(worth))
        paper.book("warehouse", "inventory", "opening_equity", Decimal(worth))

    # Four hundred boxes of milk are ordered at 11.30. They come in two loads.
    with month.on(2, "zhou", "warehouse"):
        header = {"supplier": "V01", "place": month.place("warehouse")}
        order = month.make(
            "purchasing.order",
            {"header": header, "lines": [month.line("milk", "400", price="11.30")]},
        )
    first = received(month, paper, 3, order, 150)
    to_north = month.sends(4, "warehouse", "north", milk=80, cola=48)
    for item, quantity in (("milk", 80), ("cola", 48)):
        paper.carry("warehouse", "road 1", item, quantity, unit="warehouse")
    month.receives(5, "north", to_north, milk={"received": 78, "missing": 2})
    paper.arrive("road 1", "north", "milk", 78, sender="warehouse")
    paper.book("warehouse", "transit_loss", "goods_in_transit", paper.take("road 1", "milk", 2))
    paper.arrive("road 1", "north", "cola", 48, sender="warehouse")

    # Twenty days at the till. On the 13th somebody brings back yesterday's box of milk.
    costs: dict[int, Decimal] = {}
    slips: dict[int, UUID] = {}
    for day in range(6, 26):
        if day == 10:
            second = received(month, paper, 10, order, 250)
        if day == 11:
            more = month.sends(11, "warehouse", "north", milk=100)
            paper.carry("warehouse", "road 2", "milk", 100, unit="warehouse")
            month.receives(11, "north", more)
            paper.arrive("road 2", "north", "milk", 100, sender="warehouse")
        slips[day], costs[day] = sold(month, paper, taken, day)
        if day == 13:
            brought_back(month, paper, taken, slips[12], costs[12])

    # The dairy bills both loads as ordered, and is paid.
    for day, load, amount in ((12, first, "1695.00"), (13, second, "2825.00")):
        bill = month.follows(day, "purchasing.bill", load)
        gross = Decimal(amount)
        net = gross - tax_within(gross)
        paper.book("warehouse", "received_not_invoiced", "payable", net)
        paper.book("warehouse", "input_tax", "payable", gross - net)
        month.follows(15, "finance.supplier_payment", bill)
        paper.book("warehouse", "payable", "money", gross, of="hq")

    # The school orders sixty boxes, gets them in two parts, and sends five back.
    deliveries = school(month, paper)
    with month.on(28, "zhou", "hq"):
        lines = [
            {"settles": str(deliveries[0]), "amount": "395.50"},
            {"settles": str(deliveries[1]), "amount": "226.00"},
        ]
        header = {"customer": "K01", "paid_into": "B01"}
        month.make("finance.customer_receipt", {"header": header, "lines": lines})
    paper.book("hq", "money", "receivable", Decimal("621.50"), of="warehouse")

    # Three boxes fall down in the store; at the count one more is not there.
    with month.on(26, "zhou", "north"):
        header = {"place": month.place("north"), "reason": "broken"}
        month.make("stock.loss", {"header": header, "lines": [month.line("milk", "3")]})
        paper.book("north", "write_offs", "inventory", paper.take("north", "milk", 3))
        counted = paper.piles["north", "milk"][0] - 1
        rows = [month.line("milk", None, counted=str(counted))]
        rows[0].pop("quantity")
        month.make("stock.count", {"header": {"place": month.place("north")}, "lines": rows})
        paper.book("north", "shrinkage", "inventory", paper.take("north", "milk", 1))

    takings(month, paper, taken)
    with month.on(28, "zhou", "north"):
        month.make(
            "treasury.transfer",
            {"header": {"from_place": "B02"}, "lines": [{"to_place": "B01", "amount": "300.00"}]},
        )
    paper.book("hq", "money", "money", Decimal("300.00"), of="north")
    with month.on(29, "zhou", "hq"):
        rent = [{"purpose": "RENT", "unit": "S01", "amount": "3000.00"}]
        month.make("treasury.expense", {"header": {"paid_from": "B01"}, "lines": rent})
    paper.book("north", "expense", "money", Decimal("3000.00"), of="hq")

    assert stock_list(month) == on_paper(paper)
    assert books(month) == {page: held for page, held in paper.pages.items() if held}
    assert sum(paper.pages.values()) == 0
    assert [found for found in verify() if found.violations] == []


def received(month: Week, paper: Paper, day: int, order: UUID, quantity: int) -> UUID:
    """A load comes at the order's price, which is ten a box without tax."""
    receipt = month.follows(day, "purchasing.receipt", order, quantity=str(quantity))
    value = Decimal(10 * quantity)
    paper.put("warehouse", "milk", quantity, value)
    paper.book("warehouse", "inventory", "received_not_invoiced", value)
    return receipt


def sold(month: Week, paper: Paper, taken: dict[str, Decimal], day: int) -> tuple[UUID, Decimal]:
    """A day's slip: one to four boxes of milk, and cola on two days of three. Returns what the milk
    had cost."""
    goods = {"milk": day % 4 + 1, "cola": day % 3}
    method = "WECHAT" if day % 2 else "CASH"
    total, cost_of_milk = Decimal(0), Decimal(0)
    lines = []
    for name, quantity in goods.items():
        if not quantity:
            continue
        gross = PRICE * quantity
        tax = tax_within(gross)
        cost = paper.take("north", name, quantity)
        cost_of_milk = cost if name == "milk" else cost_of_milk
        paper.book("north", "cost_of_sales", "inventory", cost)
        paper.book("north", "taken", "revenue", gross - tax)
        paper.book("north", "taken", "output_tax", tax)
        total += gross
        lines.append({"item": month.chain.items[name].pk, "quantity": str(quantity)})
    taken[method] += total
    with month.on(day, "zhou", "till"):
        paid = [{"method": method, "amount": str(total)}]
        slip = run("till.sale.ring_up", payload={"lines": lines, "payments": paid}).subject
    return slip, cost_of_milk


def brought_back(
    month: Week, paper: Paper, taken: dict[str, Decimal], slip: UUID, cost: Decimal
) -> None:
    """The one box of milk of a slip comes back, at its price and its cost."""
    [line] = SaleLine.unscoped.filter(document=slip, item=month.chain.items["milk"])
    assert line.quantity == 1, "The 12th sold one box."
    with month.on(13, "zhou", "till"):
        run("till.return.take_back", payload={
            "sale": slip, "lines": [{"sold": line.pk, "quantity": "1"}],
            "payments": [{"method": "CASH", "amount": str(PRICE)}],
        })  # fmt: skip
    paper.put("north", "milk", 1, cost)
    paper.book("north", "inventory", "cost_of_sales", cost)
    paper.book("north", "revenue", "taken", PRICE - tax_within(PRICE))
    paper.book("north", "output_tax", "taken", tax_within(PRICE))
    taken["CASH"] -= PRICE


def school(month: Week, paper: Paper) -> list[UUID]:
    """Sixty boxes at 11.30 on account: held on the 14th, delivered in two parts, five come back."""
    with month.on(14, "zhou", "warehouse"):
        header = {"customer": "K01", "place": month.place("warehouse")}
        order = month.make(
            "sales.order", {"header": header, "lines": [month.line("milk", "60", price="11.30")]}
        )
    paper.put("held", "milk", 60, paper.take("warehouse", "milk", 60))
    deliveries, costs = [], []
    for day, quantity in ((15, 40), (18, 20)):
        deliveries.append(month.follows(day, "sales.delivery", order, quantity=str(quantity)))
        costs.append(paper.take("held", "milk", quantity))
        gross = Decimal("11.30") * quantity
        paper.book("warehouse", "cost_of_sales", "inventory", costs[-1])
        paper.book("warehouse", "receivable", "revenue", gross - tax_within(gross))
        paper.book("warehouse", "receivable", "output_tax", tax_within(gross))
    month.follows(19, "sales.return", deliveries[0], quantity="5")
    back = cents(costs[0] * 5 / 40)
    paper.put("warehouse", "milk", 5, back)
    paper.book("warehouse", "inventory", "cost_of_sales", back)
    paper.book("warehouse", "revenue", "receivable", Decimal("50.00"))
    paper.book("warehouse", "output_tax", "receivable", Decimal("6.50"))
    return deliveries


def takings(month: Week, paper: Paper, taken: dict[str, Decimal]) -> None:
    """The cash goes into the safe, two yuan short; what was paid by phone comes less the fee."""
    with month.on(27, "zhou", "north"):
        rows = [
            {"store": "S01", "method": "CASH", "amount": str(taken["CASH"]), "missing": "2.00"}
        ]  # fmt: skip
        month.make("treasury.takings", {"header": {"paid_into": "B02"}, "lines": rows})
    paper.book("north", "money", "taken", taken["CASH"] - 2)
    paper.book("north", "cash_difference", "taken", Decimal("2.00"))
    fee = cents(taken["WECHAT"] * Decimal("0.006"))
    with month.on(27, "zhou", "hq"):
        rows = [
            {"store": "S01", "method": "WECHAT", "amount": str(taken["WECHAT"]), "fee": str(fee)}
        ]
        month.make("treasury.takings", {"header": {"paid_into": "B01"}, "lines": rows})
    paper.book("hq", "money", "taken", taken["WECHAT"] - fee, of="north")
    paper.book("north", "fees", "taken", fee)
