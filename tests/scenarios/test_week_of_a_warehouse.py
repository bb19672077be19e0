"""A week of a central warehouse with two stores, as its keeper would tell it.

Beside the program somebody keeps the same week on paper: what stands where, what it cost, who owes
what. At the end the stock list and the trial balance must say what the paper says, to the cent.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.chain import Chain, a_chain
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.stock.queries import overview
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import TaxpayerKind
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party
from tongpan.masters.taxes.models import TaxCategory, TaxRate

CENT = Decimal("0.01")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(16, 23)


# -- on paper ------------------------------------------------------------------------------------


@dataclass
class Paper:
    """The same week kept by hand: piles of goods with their value, and a page for each account."""

    piles: dict[tuple[str, str], list[Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: [Decimal(0), Decimal(0)])
    )
    pages: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def put(self, where: str, item: str, quantity: int, value: Decimal) -> None:
        pile = self.piles[where, item]
        pile[0] += quantity
        pile[1] += value

    def take(self, where: str, item: str, quantity: int) -> Decimal:
        """Take goods off a pile at its average; the last of them take the last of the value."""
        pile = self.piles[where, item]
        value = pile[1]
        if quantity != pile[0]:
            value = (pile[1] * quantity / pile[0]).quantize(CENT, ROUND_HALF_UP)
        pile[0] -= quantity
        pile[1] -= value
        return value

    def book(self, unit: str, debit: str, credit: str, value: Decimal, of: str = "") -> None:
        self.pages[unit, debit] += value
        self.pages[of or unit, credit] -= value

    def carry(self, source: str, target: str, item: str, quantity: int, *, unit: str) -> None:
        """Goods leave a shelf for the road. The road has a pile for every transfer."""
        value = self.take(source, item, quantity)
        self.put(target, item, quantity, value)
        self.book(unit, "goods_in_transit", "inventory", value)

    def arrive(self, road: str, shelf: str, item: str, quantity: int, *, sender: str) -> None:
        value = self.take(road, item, quantity)
        self.put(shelf, item, quantity, value)
        unit = shelf.removesuffix(" damaged")
        self.book(unit, "inventory", "goods_in_transit", value, of=sender)


# -- in the program ------------------------------------------------------------------------------


@dataclass
class Week:
    """What the people of the chain do, in their words."""

    chain: Chain

    @contextmanager
    def on(self, day: int, person: str, at: str) -> Iterator[None]:
        noon = datetime(2026, 11, day, 4, tzinfo=UTC)
        with self.chain.as_(person, at), env.frozen(noon):
            yield

    def opens(self, at: str, **stock: tuple[str, str]) -> None:
        with self.on(MONDAY, "zhou", at):
            lines = [self.line(name, q, unit_cost=cost) for name, (q, cost) in stock.items()]
            self.make("stock.opening", {"header": {"place": self.place(at)}, "lines": lines})

    def sends(self, day: int, source: str, target: str, **goods: int) -> UUID:
        with self.on(day, "zhou", source):
            header = {"from_place": self.place(source), "to_place": self.place(target)}
            lines = [self.line(name, quantity) for name, quantity in goods.items()]
            return self.make("stock.transfer", {"header": header, "lines": lines})

    def receives(self, day: int, at: str, sent: UUID, **fates: dict[str, int]) -> UUID:
        with self.on(day, "zhou", at):
            payload = prefill("stock.transfer_receipt", sent)
            for row in payload["lines"]:
                name = next(n for n, i in self.chain.items.items() if i.pk == row["item"].pk)
                if name in fates:
                    row |= {"received": "0", **fates[name]}
            return self.make("stock.transfer_receipt", payload)

    def follows(self, day: int, code: str, earlier: UUID, **first_line: Any) -> UUID:
        with self.on(day, "zhou", "warehouse"):
            payload = prefill(code, earlier)
            payload["lines"][0] |= first_line
            return self.make(code, payload)

    def make(self, code: str, payload: dict[str, Any]) -> UUID:
        draft = run(f"{code}.save", payload=payload).subject
        run(f"{code}.post", draft)
        return draft

    def line(self, name: str, quantity: Any, **more: Any) -> dict[str, Any]:
        return {"item": self.chain.items[name], "quantity": quantity, **more}

    def place(self, at: str) -> Any:
        return self.chain.places[at]


@pytest.fixture
def week(company: str) -> Week:
    chain = a_chain()
    with system(reason="the cast of the tests"):
        hq = chain.units["hq"]
        TaxpayerKind.objects.create(entity=hq.entity, kind="general", valid_from=date(2026, 1, 1))
        goods = TaxCategory.objects.create(code="T13", name="一般货物")
        TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=date(2026, 1, 1))
        Item.objects.update(tax_category=goods)
        for item in chain.items.values():
            item.refresh_from_db()
        Party.objects.create(code="V01", name="华东乳业有限公司", is_supplier=True)
        MoneyPlace.unscoped.create(unit=hq, code="B01", name="工行基本户")
    return Week(chain)


def test_a_week_of_a_warehouse(week: Week) -> None:
    paper = Paper()

    # Monday: the books begin, and milk is ordered: two hundred boxes at 11.30 with 13 % tax.
    week.opens("warehouse", milk=("100", "8.50"), cola=("240", "2.00"))
    week.opens("north", milk=("7", "8.13"))
    for unit, item, quantity, worth in (
        ("warehouse", "milk", 100, "850.00"),
        ("warehouse", "cola", 240, "480.00"),
        ("north", "milk", 7, "56.91"),
    ):
        paper.put(unit, item, quantity, Decimal(worth))
        paper.book(unit, "inventory", "opening_equity", Decimal(worth))
    with week.on(MONDAY, "zhou", "warehouse"):
        order = week.make(
            "purchasing.order",
            {
                "header": {"supplier": "V01", "place": week.place("warehouse")},
                "lines": [week.line("milk", "200", price="11.30")],
            },
        )

    # Tuesday: a part of the order comes, and North gets milk and two cases of cola.
    first = week.follows(TUESDAY, "purchasing.receipt", order, quantity="120")
    paper.put("warehouse", "milk", 120, Decimal("1200.00"))
    paper.book("warehouse", "inventory", "received_not_invoiced", Decimal("1200.00"))
    to_north = week.sends(TUESDAY, "warehouse", "north", milk=60, cola=48)
    paper.carry("warehouse", "road 1", "milk", 60, unit="warehouse")
    paper.carry("warehouse", "road 1", "cola", 48, unit="warehouse")

    # Wednesday: all of it arrived. The rest of the order comes. South gets its share.
    week.receives(WEDNESDAY, "north", to_north)
    paper.arrive("road 1", "north", "milk", 60, sender="warehouse")
    paper.arrive("road 1", "north", "cola", 48, sender="warehouse")
    second = week.follows(WEDNESDAY, "purchasing.receipt", order)
    paper.put("warehouse", "milk", 80, Decimal("800.00"))
    paper.book("warehouse", "inventory", "received_not_invoiced", Decimal("800.00"))
    to_south = week.sends(WEDNESDAY, "warehouse", "south", milk=40, cola=24)
    paper.carry("warehouse", "road 2", "milk", 40, unit="warehouse")
    paper.carry("warehouse", "road 2", "cola", 24, unit="warehouse")

    # Thursday: South opens the crates: three boxes are crushed, two were never there.
    week.receives(THURSDAY, "south", to_south, milk={"received": 35, "damaged": 3, "missing": 2})
    paper.arrive("road 2", "south", "milk", 35, sender="warehouse")
    paper.arrive("road 2", "south damaged", "milk", 3, sender="warehouse")
    lost = paper.take("road 2", "milk", 2)
    paper.book("warehouse", "transit_loss", "goods_in_transit", lost)
    paper.arrive("road 2", "south", "cola", 24, sender="warehouse")
    # Fifty boxes for North: thirty were meant. The transfer is taken back and written anew.
    wrong = week.sends(THURSDAY, "warehouse", "north", milk=50)
    with week.on(THURSDAY, "zhou", "warehouse"):
        right = run("stock.transfer.amend", wrong, {"reason": "thirty, not fifty"}).result
        run("stock.transfer.save", right, {"lines": [week.line("milk", 30)]})
        run("stock.transfer.post", right)
    paper.carry("warehouse", "road 3", "milk", 30, unit="warehouse")

    # Friday: it arrives in two loads. Cola goes south by mistake and is called back.
    week.receives(FRIDAY, "north", right, milk={"received": 20})
    week.receives(FRIDAY, "north", right)
    paper.arrive("road 3", "north", "milk", 20, sender="warehouse")
    paper.arrive("road 3", "north", "milk", 10, sender="warehouse")
    mistake = week.sends(FRIDAY, "warehouse", "south", cola=100)
    with week.on(FRIDAY, "zhou", "warehouse"):
        run("stock.transfer.reverse", mistake, {"reason": "nobody ordered it"})
        with pytest.raises(Refusal) as too_late:  # what has arrived is not simply called back
            run("stock.transfer.reverse", to_north, {"reason": "nobody ordered it"})
        with pytest.raises(Refusal) as too_much:
            week.sends(FRIDAY, "warehouse", "north", cola=1000)
    assert (too_late.value.code, too_much.value.code) == ("followed", "out_of_bounds")

    # Saturday: the stores help each other out, and sour milk goes back to the dairy.
    between = week.sends(SATURDAY, "north", "south", milk=11)
    paper.carry("north", "road 4", "milk", 11, unit="north")
    week.follows(SATURDAY, "purchasing.return", second, quantity="20")
    paper.put("warehouse", "milk", -20, Decimal("-200.00"))
    paper.book("warehouse", "received_not_invoiced", "inventory", Decimal("200.00"))

    # Sunday: South has not opened its crates yet. The dairy bills the first load, 20 fen dearer
    # a box than ordered before tax, and is paid a thousand. As many boxes are still here, so they
    # are the dearer ones.
    bill = week.follows(SUNDAY, "purchasing.bill", first, price="11.526")
    paper.book("warehouse", "received_not_invoiced", "payable", Decimal("1200.00"))
    paper.book("warehouse", "input_tax", "payable", Decimal("159.12"))
    paper.put("warehouse", "milk", 0, Decimal("24.00"))
    paper.book("warehouse", "inventory", "payable", Decimal("24.00"))
    week.follows(SUNDAY, "finance.supplier_payment", bill, amount="1000.00")
    paper.book("warehouse", "payable", "money", Decimal("1000.00"), of="hq")

    assert stock_list(week) == on_paper(paper)
    assert books(week) == {page: held for page, held in paper.pages.items() if held}
    assert sum(paper.pages.values()) == 0
    assert [found for found in verify() if found.violations] == []
    assert Document.unscoped.get(pk=between).state == "posted"
    with system(reason="looking at it"):
        assert Document.objects.filter(state="draft").count() == 1  # what could not be sent


def stock_list(week: Week) -> dict[tuple[str, str], Decimal]:
    """What the program's stock list shows to the owner, in the words of the paper."""
    units = {unit.pk: name for name, unit in week.chain.units.items()}
    items = {item.pk: name for name, item in week.chain.items.items()}
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with week.on(SUNDAY, "zhou", "hq"):
        for row in overview():
            where = {
                "shelf": units[row["org_unit"]],
                "held": "held",
                "damaged": f"{units[row['org_unit']]} damaged",
                "in_transit": "on the road",
            }[row["role"]]
            found[where, items[row["unit"]]] += row["balance"]
    return {place: quantity for place, quantity in found.items() if quantity}


def on_paper(paper: Paper) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (where, item), (quantity, _) in paper.piles.items():
        found["on the road" if where.startswith("road") else where, item] += quantity
    return {place: quantity for place, quantity in found.items() if quantity}


def books(week: Week) -> dict[tuple[str, str], Decimal]:
    """What the money accounts of the company hold, unit by unit; debit is positive."""
    units = {unit.pk: name for name, unit in week.chain.units.items()}
    with week.on(SUNDAY, "zhou", "hq"):
        entity = week.chain.units["hq"].entity_id
        lines = balances(Where(ledger="money", entity=entity))
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        found[units[line.org_unit], line.role] += line.amount
    return {page: held for page, held in found.items() if held}
