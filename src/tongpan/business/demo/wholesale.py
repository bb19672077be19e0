"""What the warehouse sells on account: orders, deliveries, money, and goods that come back.

Each customer orders every two weeks and pays in their own way. What they order stands in the
warehouse from the beginning, so the stores' goods are not touched.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tongpan.business.demo.source import Goods
from tongpan.business.demo.supply import Supply, first_part
from tongpan.business.finance.queries import left_open
from tongpan.business.stock.queries import stock_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.models import Document

SELLER, KEEPER, CLERK = "tang", "chen", "qian"
GOODS, LINES, TURNS, TURN_DAYS = 10, 4, 4, 14
OFF = Decimal("0.92")  # of the price that everybody pays
# Code, name, days and from when, what they may owe, after how many days they pay, which part.
CUSTOMERS: tuple[tuple[str, str, int | None, str, int | None, int, str], ...] = (
    ("K01", "市第一中学食堂", 30, "month", 60000, 20, "1"),
    ("K02", "江畔大酒店有限公司", 15, "bill", 40000, 14, "1"),
    ("K03", "蓝天幼儿园", 10, "bill", 20000, 25, "0.5"),  # always late, and never all of it
    ("K04", "顺达便利店", None, "", None, 1, "1"),
)


class Ordered(NamedTuple):
    """An order of the plan: on which day by whom, and what becomes of it."""

    name: tuple[object, ...]
    customer: int
    day: int
    became: str  # whole, parts, back, deposit, closed; at the end: part, held, draft


def make_customers(supply: Supply) -> None:
    """Who buys on account, and what they pay."""
    chain = supply.chain
    first = chain.first.replace(month=1, day=1)
    with chain.day(-1, 8, "zhou", "HQ"):
        chain.bring_in("prices.list", [{
            "id": chain.id_of("list", "wholesale"), "code": "WHOLESALE", "name": "批发价",
            "org_unit": chain.units["HQ"], "holds_for": "wholesale", "valid_from": first,
        }])  # fmt: skip
        chain.bring_in("prices.price", [
            {"id": chain.id_of("price", "wholesale", row.product), "price_list": "WHOLESALE",
             "item": chain.items[row.product], "unit": chain.items[row.product].base_unit,
             "price": (row.price * OFF).quantize(Decimal("0.01")), "valid_from": first}
            for row in _goods(supply)
        ])  # fmt: skip
        chain.bring_in("parties.party", [
            {"id": chain.id_of("party", code), "code": code, "name": name, "is_customer": True,
             "short_name": name.removesuffix("有限公司"), "is_wholesale": True,
             "due_days": days, "due_from": since, "credit_limit": limit}
            for code, name, days, since, limit, _paid, _part in CUSTOMERS
        ])  # fmt: skip


def _goods(supply: Supply) -> list[Goods]:
    """What sells well and is not weighed."""
    brisk = sorted({product for _store, product, _weeks in supply.brisk})
    rows = (supply.goods[product] for product in brisk)
    return [row for row in rows if not row.type.is_weighed][:GOODS]


def plan(last: int) -> Iterator[Ordered]:
    """Every order of the story."""
    stories = ("whole", "parts", "back", "deposit", "closed")
    for turn in range(TURNS):
        for customer in range(len(CUSTOMERS)):
            day = 2 + 3 * customer + TURN_DAYS * turn
            became = stories[(turn + customer) % len(stories)]
            yield Ordered((turn, customer), customer, min(day, last - 6), became)
    for customer, (became, back) in enumerate((("part", 3), ("held", 1), ("draft", 0))):
        yield Ordered((became,), customer, last - back, became)


def _lines(supply: Supply, number: int, order: Ordered) -> dict[int, int]:
    """How many cases, or tens of pieces, of which products are on the order of that number."""
    goods = _goods(supply)
    chosen = dict.fromkeys((number + 3 * n) % len(goods) for n in range(LINES)) if goods else {}
    return {goods[at].product: 1 + (number + at) % 3 for at in chosen}


def pieces_needed(supply: Supply) -> Mapping[int, int]:
    """What must stand in the warehouse for all of these orders."""
    needed: dict[int, int] = defaultdict(int)
    for number, order in enumerate(plan(supply.chain.last)):
        for product, count in _lines(supply, number, order).items():
            needed[product] += count * (supply.goods[product].per_case or 10)
    return needed


# -- what happens on a day -----------------------------------------------------------------------


def wholesale_of_day(supply: Supply, number: int) -> None:
    """Orders, deliveries, goods that come back, and money, of one day."""
    for n, order in enumerate(plan(supply.chain.last)):
        since = number - order.day
        if since == 0:
            _order(supply, n, order)
        if since == 1 and order.became not in ("held", "draft"):
            in_parts = order.became in ("parts", "closed", "part")
            _deliver(supply, order, number, is_part=in_parts)
        if since == 3 and order.became == "parts":
            _deliver(supply, order, number, is_part=False)
        if since == 3 and order.became == "closed":
            _follow(supply, "sales.closing", order, number, SELLER, "HQ", reason="客户不再需要")
        if since == 4 and order.became == "back":
            _bring_back(supply, order, number)
        if since == CUSTOMERS[order.customer][5] + 3:
            _collect(supply, order, number)


def _order(supply: Supply, number: int, order: Ordered) -> None:
    chain = supply.chain
    ordered = chain.id_of("sales.order", *order.name)
    lines = list(_as_far_as_there(supply, _lines(supply, number, order)))
    if not lines and not Document.unscoped.filter(pk=ordered).exists():
        return
    header = {"customer": CUSTOMERS[order.customer][0], "place": chain.places["W01"]}
    payload = {"header": header, "lines": lines}
    with chain.day(order.day, 10, SELLER, "HQ"):
        if order.became == "draft":
            chain.draft("sales.order", order.name, payload)
            return
        made = chain.post("sales.order", order.name, lambda: payload)
    if order.became == "deposit":
        with chain.day(order.day, 11, CLERK, "HQ"):
            ahead = prefill("finance.customer_receipt", made.pk)
            ahead["lines"] = [{"amount": "300.00"}]
            name = (*order.name, "deposit")
            chain.post("finance.customer_receipt", name, lambda: ahead)


def _as_far_as_there(supply: Supply, wanted: Mapping[int, int]) -> Iterator[dict[str, Any]]:
    """Lines of what is wanted and stands there: somebody may have taken some meanwhile."""
    chain = supply.chain
    there = stock_of(chain.places["W01"], [chain.items[product] for product in wanted])
    for product, count in wanted.items():
        item, per_case = chain.items[product], supply.goods[product].per_case
        if there[item.pk].on_hand < count * (per_case or 10):
            continue
        if per_case:
            yield {"item": item, "quantity": count, "unit": "箱"}
        else:
            yield {"item": item, "quantity": 10 * count}


def _deliver(supply: Supply, order: Ordered, number: int, *, is_part: bool) -> None:
    chain = supply.chain
    ordered = chain.id_of("sales.order", *order.name)
    if not Document.unscoped.filter(pk=ordered).exists():
        return
    with chain.day(number, 9, KEEPER, "W01"):
        payload = prefill("sales.delivery", ordered)
        if is_part:
            payload["lines"] = list(first_part(payload["lines"])) or payload["lines"][:1]
        if payload["lines"]:
            chain.post("sales.delivery", (*order.name, is_part), lambda: payload)


def _deliveries(supply: Supply, order: Ordered) -> list[Any]:
    ids = [supply.chain.id_of("sales.delivery", *order.name, part) for part in (True, False)]
    return list(Document.unscoped.filter(pk__in=ids, state="posted").values_list("pk", flat=True))


def _follow(
    supply: Supply, code: str, order: Ordered, number: int, person: str, at: str, **header: str
) -> None:
    chain = supply.chain
    ordered = chain.id_of("sales.order", *order.name)
    with chain.day(number, 15, person, at):
        payload = prefill(code, ordered)
        payload["header"] |= header
        if payload["lines"]:
            chain.post(code, order.name, lambda: payload)


def _bring_back(supply: Supply, order: Ordered, number: int) -> None:
    """One case of a delivery comes back."""
    chain = supply.chain
    for delivery in _deliveries(supply, order)[:1]:
        with chain.day(number, 14, KEEPER, "W01"):
            payload = prefill("sales.return", delivery)
            payload["header"]["reason"] = "外箱破损"
            payload["lines"] = [payload["lines"][0] | {"quantity": 1}]
            chain.post("sales.return", order.name, lambda payload=payload: payload)  # type: ignore[misc]


def _collect(supply: Supply, order: Ordered, number: int) -> None:
    """The customer pays for an order, with what they paid ahead of it."""
    chain, (code, *_rest, part) = supply.chain, CUSTOMERS[order.customer]
    ahead = chain.id_of("finance.customer_receipt", *order.name, "deposit")
    left = left_open([*_deliveries(supply, order), ahead])
    owed = sum(amount for amount in left.values() if amount > 0)
    if not owed:
        return
    lines = [
        {"settles": pk, "amount": (max(amount, -owed) * share).quantize(Decimal("0.01"))}
        for pk, amount in left.items()
        if amount
        for share in (Decimal(part) if amount > 0 else Decimal(1),)
    ]
    with chain.day(number, 16, CLERK, "HQ"):
        header = {"customer": code, "paid_into": "B01"}
        payload = {"header": header, "lines": lines, "unit": chain.units["HQ"]}
        chain.post("finance.customer_receipt", order.name, lambda: payload)
