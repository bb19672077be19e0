"""How the goods come onto the shelves: opening stock, orders, receipts, bills, payments, transfers.

What each store will sell is known before the story begins, so nothing runs short: the opening stock
covers the first two weeks and all that hardly sells; later weeks come from the warehouse, which
orders from suppliers two weeks or more ahead. The franchise store buys from suppliers itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from tongpan.base.numbers import ZERO
from tongpan.business.demo.chain import Chain, manager_of
from tongpan.business.demo.masters import cost_of_order_unit, supplier_of
from tongpan.business.demo.people import STORES
from tongpan.business.demo.source import FIRST, Bought, Goods
from tongpan.business.finance.queries import left_open
from tongpan.business.stock.queries import stock_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.queries import Where, balances, statement

FRANCHISE = "S05"
OWNED = tuple(store for store in STORES if store != FRANCHISE)
SLOW = 3  # so few in sixty days come with the opening stock
WEEKS_OPENING = 2
WEEKS_OF_TURN = {FIRST: 7, "quick": 7, "rest": 2}  # between two rounds of ordering
WEEKS = 9
STAYS = 5  # one to so many pieces of each product are on the shelf when the story ends
OPENING_LINES = 2000
MOVEMENTS = 100_000  # more than any account of money has here
# By whom, where, and what the accounts there hold: enough for the bills of a full history.
OPENING_MONEY = (
    ("qian", "HQ", {"B01": "1600000.00", "X01": "20000.00"}),
    ("zheng", FRANCHISE, {"B02": "520000.00"}),
)
Needs = dict[tuple[str, int], list[int]]  # of store and product, week by week


@dataclass(slots=True)
class Supply:
    """What is needed where and when, for one part of the history."""

    chain: Chain
    part: str
    goods: Mapping[int, Goods]
    needs: Needs

    @property
    def turn_weeks(self) -> int:
        """How many weeks lie between two rounds of ordering."""
        return WEEKS_OF_TURN[self.part]

    @property
    def turns(self) -> int:
        return -(-(WEEKS - WEEKS_OPENING) // self.turn_weeks)

    @property
    def brisk(self) -> Iterator[tuple[str, int, list[int]]]:
        """What sells so well that it must be brought again."""
        for (store, product), weeks in sorted(self.needs.items()):
            if sum(weeks) > SLOW and any(weeks[WEEKS_OPENING:]):
                yield store, product, weeks


def supply_of(chain: Chain, part: str, goods: Sequence[Goods], baskets: Sequence[Bought]) -> Supply:
    needs: Needs = defaultdict(lambda: [0] * WEEKS)
    for basket in baskets:
        for product, quantity, _amount in basket.lines:
            needs[STORES[basket.store], product][basket.number // 7] += quantity
    return Supply(chain, part, {row.product: row for row in goods}, dict(needs))


# -- opening stock -------------------------------------------------------------------------------


def open_books(supply: Supply, more: Mapping[int, int]) -> None:
    """Put on every shelf, and into every account, what was there before the books began.

    `more` pieces of some products stand in the warehouse for those who buy there.
    """
    for who, at, amounts in OPENING_MONEY:
        with supply.chain.day(-1, 9, who, at):
            lines = [{"place": code, "amount": amount} for code, amount in amounts.items()]
            supply.chain.post("finance.opening", (at,), lambda lines=lines: {"lines": lines})  # type: ignore[misc]
    for place, quantities in sorted(shelves_of(supply, more).items()):
        rows = sorted(quantities.items())
        for start in range(0, len(rows), OPENING_LINES):
            _opening(supply, place, start, rows[start : start + OPENING_LINES])


def shelves_of(supply: Supply, more: Mapping[int, int]) -> Mapping[str, Mapping[int, int]]:
    """How many pieces of each product stand in each store and in the warehouse at the beginning."""
    brisk = {(store, product) for store, product, _ in supply.brisk}
    shelves: dict[str, dict[int, int]] = defaultdict(dict)
    for (store, product), weeks in sorted(supply.needs.items()):
        begins = sum(weeks[:WEEKS_OPENING]) if (store, product) in brisk else sum(weeks)
        shelves[store][product] = begins + 1 + product % STAYS
    for product in {product for store, product in brisk if store != FRANCHISE}:
        per_case = supply.goods[product].per_case or 5
        shelves["W01"][product] = 2 * per_case
    for product, pieces in more.items():
        shelves["W01"][product] = shelves["W01"].get(product, 0) + pieces
    return shelves


def _opening(supply: Supply, where: str, start: int, rows: Sequence[tuple[int, int]]) -> None:
    chain = supply.chain
    chain.tell(f"opening stock {where}")
    with chain.day(-1, 9, "zhou", "HQ"):
        lines = [
            {"item": chain.items[product], "quantity": quantity,
             "unit_cost": (supply.goods[product].cost / Decimal("1.13")).quantize(Decimal("0.01"))
             or Decimal("0.01")}
            for product, quantity in rows
        ]  # fmt: skip
        header = {"place": chain.places[where]}
        name = (supply.part, where, start)
        chain.post("stock.opening", name, lambda: {"header": header, "lines": lines})


def lowest_of_money() -> Decimal:
    """The least that any cash box or bank account ever held."""
    every = balances(Where(ledger="money", roles=["money"]))
    told = [statement(Where(keys=[row.key]), limit=MOVEMENTS) for row in every]
    return min((m.balance for account in told for m in account.movements), default=ZERO)


def found_there(
    supply: Supply, store: str, number: int, count: int, among: Collection[int] | None = None
) -> Iterator[dict[str, Any]]:
    """Items of which the store has more than it will sell after a day; `among` products alone."""
    slow = [
        product for (where, product), weeks in supply.needs.items()
        if where == store and sum(weeks[: number // 7 + 1]) == sum(weeks)
        and (among is None or product in among)
    ]  # fmt: skip
    begin = number if among is None else 0
    items = [supply.chain.items[product] for product in sorted(slow)[begin : begin + 4 * count]]
    there = stock_of(supply.chain.places[store], items)
    enough = [item for item in items if there[item.pk].on_hand >= 1]
    yield from ({"item": item} for item in enough[:count])


# -- what happens on a day -----------------------------------------------------------------------


def work_of_day(supply: Supply, number: int) -> None:
    """Orders, goods that come in, bills, payments and transfers of one day, in that order."""
    week, weekday = divmod(number, 7)
    if weekday == 3 and 1 <= week <= 7:
        for store in OWNED:
            _transfer(supply, week + 1, number, store)
    for turn in range(supply.turns):
        day = number - 7 * supply.turn_weeks * turn
        for buyer, place in (("he", "W01"), (manager_of(FRANCHISE), FRANCHISE)):
            if day == 1:
                _order(supply, turn, number, buyer, place)
            if day in (4, 8):
                _receive(supply, turn, number, place, is_last=day == 8)
            if day == 11:
                _bill(supply, turn, number, place)
            if day == 25:
                _pay(supply, turn, number, place)


def _transfer(supply: Supply, week: int, number: int, store: str) -> None:
    """Send what the store will sell in that week, and put it away on the next morning."""
    chain = supply.chain
    wanted = {
        product: weeks[week]
        for where, product, weeks in supply.brisk
        if where == store and weeks[week]
    }
    if not wanted:
        return
    with chain.day(number, 9, "chen", "W01"):
        header = {"from_place": chain.places["W01"], "to_place": chain.places[store]}
        name = (supply.part, week, store)
        sent = chain.post(
            "stock.transfer",
            name,
            lambda: {"header": header, "lines": _as_far_as_there(supply, wanted)},
        )
    if number < chain.last:
        with chain.day(number + 1, 8, manager_of(store), store):
            chain.post(
                "stock.transfer_receipt", name, lambda: prefill("stock.transfer_receipt", sent.pk)
            )


def _as_far_as_there(supply: Supply, wanted: Mapping[int, int]) -> list[dict[str, Any]]:
    """Lines of what is wanted, less what somebody took while the story was being told."""
    chain = supply.chain
    there = stock_of(chain.places["W01"], [chain.items[product] for product in wanted])
    return [
        {"item": item, "quantity": min(Decimal(quantity), there[item.pk].on_hand)}
        for product, quantity in wanted.items()
        if there[(item := chain.items[product]).pk].on_hand > 0
    ]


def _wanted(supply: Supply, turn: int, place: str) -> dict[str, dict[int, int]]:
    """How much of each product the place must have for the weeks of a turn, by supplier."""
    first = WEEKS_OPENING + supply.turn_weeks * turn
    weeks_of_turn = range(first, min(first + supply.turn_weeks, WEEKS))
    wanted: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for store, product, weeks in supply.brisk:
        quantity = sum(weeks[w] for w in weeks_of_turn)
        if quantity and (store == FRANCHISE) == (place == FRANCHISE):
            wanted[supplier_of(supply.goods[product])][product] += quantity
    return wanted


def _order(supply: Supply, turn: int, number: int, buyer: str, place: str) -> None:
    chain = supply.chain
    for supplier, products in sorted(_wanted(supply, turn, place).items()):
        lines = [
            order_line(supply, product, quantity) for product, quantity in sorted(products.items())
        ]
        header = {"supplier": supplier, "place": chain.places[place]}
        payload = {"header": header, "lines": lines}
        with chain.day(number, 10, buyer, "HQ" if place == "W01" else place):
            name = (supply.part, place, turn, supplier)
            chain.post("purchasing.order", name, lambda payload=payload: payload)  # type: ignore[misc]


def order_line(supply: Supply, product: int, quantity: int) -> dict[str, Any]:
    """A line of an order: in cases, where the goods come in cases."""
    goods, item = supply.goods[product], supply.chain.items[product]
    price = {"item": item, "price": cost_of_order_unit(goods)}
    if goods.per_case:
        cases = (Decimal(quantity) / goods.per_case).to_integral_value(ROUND_CEILING)
        return {**price, "quantity": cases, "unit": "箱"}
    return {**price, "quantity": quantity}


def _orders_of(supply: Supply, turn: int, place: str) -> Iterator[tuple[str, Document]]:
    for supplier in sorted(_wanted(supply, turn, place)):
        order = supply.chain.id_of("purchasing.order", supply.part, place, turn, supplier)
        yield supplier, Document.unscoped.get(pk=order)


def _receive(supply: Supply, turn: int, number: int, place: str, *, is_last: bool) -> None:
    """Every second supplier delivers in two parts; the second part is what is still to come."""
    chain = supply.chain
    keeper = "chen" if place == "W01" else manager_of(place)
    for n, (supplier, order) in enumerate(_orders_of(supply, turn, place)):
        comes_in_parts = n % 2 == 0
        if is_last and not comes_in_parts:
            continue
        name = (supply.part, place, turn, supplier, is_last)
        with chain.day(number, 11, keeper, place):
            payload = prefill("purchasing.receipt", order.pk)
            if comes_in_parts and not is_last:
                payload["lines"] = list(first_part(payload["lines"]))
            if payload["lines"]:
                payload["header"]["delivery_note"] = f"{supplier}-{number:02}{n:02}"
                chain.post("purchasing.receipt", name, lambda payload=payload: payload)  # type: ignore[misc]


def first_part(lines: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Six tenths of each line, as far as that is a whole number."""
    for line in lines:
        part = (Decimal(line["quantity"]) * 6 / 10).to_integral_value()
        if part:
            yield line | {"quantity": part}


def _bill(supply: Supply, turn: int, number: int, place: str) -> None:
    chain = supply.chain
    clerk, at = ("qian", "HQ") if place == "W01" else (manager_of(place), place)
    for supplier, _order_document in _orders_of(supply, turn, place):
        for is_last in (False, True):
            name = (supply.part, place, turn, supplier, is_last)
            receipt = chain.id_of("purchasing.receipt", *name)
            if not Document.unscoped.filter(pk=receipt).exists():
                continue
            with chain.day(number, 14, clerk, at):
                payload = prefill("purchasing.bill", receipt)
                payload["header"]["invoice_number"] = f"{receipt.int % 10**8:08}"
                chain.post("purchasing.bill", name, lambda payload=payload: payload)  # type: ignore[misc]


def _pay(supply: Supply, turn: int, number: int, place: str) -> None:
    chain = supply.chain
    clerk, at, bank = ("qian", "HQ", "B01") if place == "W01" else (manager_of(place), place, "B02")
    for supplier, _order_document in _orders_of(supply, turn, place):
        bills = [
            chain.id_of("purchasing.bill", supply.part, place, turn, supplier, is_last)
            for is_last in (False, True)
        ]
        left = {bill: amount for bill, amount in left_open(bills).items() if amount}
        if left:
            with chain.day(number, 16, clerk, at):
                lines = [{"settles": bill, "amount": amount} for bill, amount in left.items()]
                header = {"supplier": supplier, "paid_from": bank}
                payload = {"header": header, "lines": lines, "unit": chain.units[at]}
                name = (supply.part, place, turn, supplier)
                chain.post("finance.supplier_payment", name, lambda payload=payload: payload)  # type: ignore[misc]
