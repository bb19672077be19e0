"""The housekeeping: takings that reach safe and bank, rent, wages, power, and a gift basket.

Every second week a store's cash goes into its safe, and what is over goes on to the bank; providers
pay out what they owe, less their fee. What is taken is known from the baskets, less what came back.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.demo.chain import Chain, manager_of
from tongpan.business.demo.people import STORES
from tongpan.business.demo.source import FIRST
from tongpan.business.demo.supply import FRANCHISE, OWNED
from tongpan.business.stock.models import AssemblyLine
from tongpan.business.stock.queries import stock_of
from tongpan.business.treasury.queries import taken_by
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.models import Document
from tongpan.masters.items.models import Item

ROUND_DAYS = 14
CASH, STORED = "CASH", "STORED"
FEES = {"WECHAT": Decimal("0.006"), "ALIPAY": Decimal("0.006"), "CARD": Decimal("0.005")}
BANKS = (("qian", "HQ", "B01", OWNED), ("zheng", FRANCHISE, "B02", (FRANCHISE,)))
SHORT = {"S02": "0.50", "S03": "-1.00"}  # what a count of the cash finds missing, or too much
POWER, BASKET = "V13", "900001"
# What each store spends in a month, as its sales of that part bear; a franchise pays for itself.
MONTHLY = {
    FIRST: (("RENT", "房租", Decimal(200)), ("WAGES", "工资", Decimal(280))),
    "quick": (("RENT", "房租", Decimal(400)), ("WAGES", "工资", Decimal(520))),
    "rest": (("RENT", "房租", Decimal(6000)), ("WAGES", "工资", Decimal(9000))),
}
POWER_BILL = Decimal(339)
Paid = Mapping[tuple[str, str], Decimal]


def keep_house(chain: Chain, part: str, number: int, paid: Sequence[Paid]) -> None:
    """What is done with money on a day. `paid` is what each day so far brought, by store and way
    of paying."""
    if number and number % ROUND_DAYS == 0:
        since = paid[number - ROUND_DAYS : number]
        for store in STORES:
            _into_the_safe(chain, part, number, store, since)
        for person, unit, account, stores in BANKS:
            _paid_out(chain, part, number, (person, unit, account), stores, since)
    if (chain.first + timedelta(days=number)).day == 5 and any(paid[-ROUND_DAYS:]):
        _monthly(chain, part, number, "qian", "HQ", "B01", OWNED)
        _monthly(chain, part, number, "zheng", FRANCHISE, "B02", (FRANCHISE,))
    if part == FIRST:
        _spend(chain, number)
        _make_baskets(chain, number)


# -- takings -------------------------------------------------------------------------------------


def _into_the_safe(chain: Chain, part: str, number: int, store: str, since: Sequence[Paid]) -> None:
    """Cash is counted into the safe; all but the odd notes goes on to the bank."""
    with chain.day(number, 10, manager_of(store), store):
        lines = list(_settled(chain, number, [store], [CASH], since))
        if not lines:
            return
        missing = {"missing": SHORT[store]} if store in SHORT else {}
        payload = {"header": {"paid_into": f"X{store}"}, "lines": [lines[0] | missing]}
        brought = chain.post("treasury.takings", (part, number, store), lambda: payload)
    over = ((brought.total or ZERO) / 100).quantize(Decimal(1), ROUND_FLOOR) * 100
    person, bank = ("zheng", "B02") if store == FRANCHISE else ("qian", "B01")
    if over:
        with chain.day(number, 15, person, FRANCHISE if store == FRANCHISE else "HQ"):
            row = {"to_place": bank, "amount": over}
            sent = {"header": {"from_place": f"X{store}"}, "lines": [row]}
            chain.post("treasury.transfer", (part, number, store), lambda: sent)


def _paid_out(
    chain: Chain, part: str, number: int, into: tuple[str, str, str], stores: Sequence[str],
    since: Sequence[Paid],
) -> None:  # fmt: skip
    """What the providers owe arrives at the bank in one sum."""
    person, unit, account = into
    with chain.day(number, 11, person, unit):
        lines = [
            row | {"fee": round_to(row["amount"] * FEES[row["method"]], MONEY_STEP)}
            for row in _settled(chain, number, stores, list(FEES), since)
        ]
        if lines:
            header = {"paid_into": account, "reference": f"T{number:02}{unit}"}
            payload = {"header": header, "lines": lines}
            chain.post("treasury.takings", (part, number, account), lambda: payload)


def _settled(
    chain: Chain, number: int, stores: Sequence[str], ways: Sequence[str], since: Sequence[Paid]
) -> Iterator[dict[str, Any]]:
    """What these days brought in these ways, as far as it was not paid back since."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for day in since:
        for key, amount in day.items():
            sums[key] += amount
    ids = {chain.units[store].pk: store for store in stores}
    methods = {chain.id_of("method", way): way for way in ways}
    left = taken_by(ids, chain.first + timedelta(days=number))
    there = {(ids[s], methods[m]): n for (s, m), n in left.items() if m in methods}
    for store in stores:
        for way in ways:
            amount = min(sums[store, way], there.get((store, way), ZERO))
            if amount > 0:
                yield {"store": store, "method": way, "amount": amount}


# -- expenses and other income -------------------------------------------------------------------


def _spend(chain: Chain, number: int) -> None:
    month, day = divmod(number, 30)
    if day == 22:
        _power(chain, number, is_paid=month == 0)
    if day == 26:
        with chain.day(number, 9, "qian", "HQ"):
            row = {"purpose": "CORNER", "amount": "636.00", "tax": "36.00", "unit": "S01"}
            payload = {"header": {"paid_into": "B01"}, "lines": [row | {"about": "门口场地"}]}
            chain.post("treasury.income", (number,), lambda: payload)
    if number == 2 * ROUND_DAYS + 1:
        with chain.day(number, 17, manager_of("S01"), "S01"):
            row = {"purpose": "SUNDRY", "amount": "28.50", "about": "灯泡"}
            cash = {"header": {"paid_from": "XS01"}, "lines": [row]}
            chain.post("treasury.expense", (number, "S01"), lambda: cash)


def _monthly(
    chain: Chain, part: str, number: int, person: str, unit: str, account: str,
    stores: Sequence[str],
) -> None:  # fmt: skip
    """Rent and wages of all stores, in one payment each."""
    with chain.day(number, 10, person, unit):
        for purpose, name, amount in MONTHLY[part]:
            rows = [
                {"purpose": purpose, "unit": store, "amount": amount + 20 * n, "about": name}
                for n, store in enumerate(stores)
            ]
            payload = {"header": {"paid_from": account}, "lines": rows}
            chain.post("treasury.expense", (part, number, unit, purpose), lambda p=payload: p)  # type: ignore[misc]


def _power(chain: Chain, number: int, *, is_paid: bool) -> None:
    """The bill of the power company is owed first; one is paid, the next still open."""
    with chain.day(number, 14, "qian", "HQ"):
        rows = [
            {"purpose": "POWER", "unit": store, "amount": POWER_BILL, "tax": "39.00"}
            for store in OWNED
        ]
        header = {"supplier": POWER, "reference": f"{4400 + number}"}
        payload = {"header": header, "lines": rows}
        owed = chain.post("treasury.expense", (number, "power"), lambda: payload)
    if is_paid:
        with chain.day(number + 5, 14, "qian", "HQ"):
            payment = prefill("finance.supplier_payment", owed.pk)
            payment["header"]["paid_from"] = "B01"
            chain.post("finance.supplier_payment", ("power", number), lambda: payment)


# -- gifts and baskets ---------------------------------------------------------------------------


def _make_baskets(chain: Chain, number: int) -> None:
    """Gift baskets are made of what a store has, one is taken apart, and one is given away."""
    store, day = "S01", 40
    place = chain.places[store]
    if number == day:
        with chain.day(number, 9, manager_of(store), store):
            found = stock_of(place, list(chain.items.values()))
            parts = [n for n in chain.items.values() if found[n.pk].on_hand >= 3]
            basket = Item.objects.filter(code=BASKET).first()
            if basket is None or len(parts) < 3:
                return
            rows = [{"item": item, "quantity": 2} for item in parts[:3]]
            header = {"place": place, "item": basket, "quantity": 2, "fee": "4.00"}
            chain.post("stock.assembly", (number,), lambda: {"header": header, "lines": rows})
    made = chain.id_of("stock.assembly", day)
    if number == day + 3 and Document.unscoped.filter(pk=made, state="posted").exists():
        with chain.day(number, 9, manager_of(store), store):
            apart = _taken_apart(chain, made)
            chain.post("stock.disassembly", (number,), lambda: apart)
            given = {"place": place, "reason": "gift"}
            rows = [{"item": BASKET, "quantity": 1}]
            chain.post("stock.loss", ("gift",), lambda: {"header": given, "lines": rows})


def _taken_apart(chain: Chain, made: Any) -> dict[str, Any]:
    """One of the baskets that were made, back into its parts."""
    parts = AssemblyLine.unscoped.filter(document=made).order_by("position")
    rows = [{"item": str(row.item_id), "quantity": 1} for row in parts]
    header = {"place": chain.places["S01"], "item": BASKET, "quantity": 1}
    return {"header": header, "lines": rows}
