"""Small baskets and promotions by chance: the same seed, the same basket."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from tongpan.business.promotions.rules.values import (
    KINDS,
    AddOn,
    AmountOff,
    Basket,
    BundlePrice,
    BuyGet,
    BuyGetOther,
    Conditions,
    CountPercent,
    CountSave,
    FixedPrice,
    Gift,
    Goods,
    Group,
    Limits,
    Line,
    Measured,
    NthPercent,
    NthPrice,
    OrderAmountOff,
    PercentOff,
    Promotion,
    Rule,
    SetPrice,
    Slot,
    SpendPercent,
    SpendSave,
    SpendSaveEach,
    Spread,
    Terms,
    Tier,
)

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ITEMS = ("tea", "milk", "cake", "soap")
PIECES_MAX = 6
PRICES = ("1.00", "2.50", "3.33", "4.99", "5.00", "9.90", "10.00", "12.80")


def chance_of(seed: int) -> tuple[Basket, list[Promotion]]:
    chance = Random(seed)
    lines: tuple[Line, ...] = ()
    for n in range(chance.randint(1, 4)):
        line = _line(chance, n)
        if sum(one.quantity for one in lines) + line.quantity <= PIECES_MAX:
            lines = (*lines, line)
    groups = [
        Group(f"g{n}", chance.choice(list(Rule)), chance.randint(0, 2))
        for n in range(chance.randint(1, 3))
    ]
    promotions = [_promotion(chance, n, chance.choice(groups)) for n in range(chance.randint(1, 5))]
    return Basket(lines, AT), promotions


def _line(chance: Random, n: int) -> Line:
    item = chance.choice(ITEMS)
    quantity = Decimal(chance.choice(("1", "1", "1", "2", "2", "3", "0.368")))
    price = Decimal(chance.choice(PRICES))
    return Line(f"{n}", item, price, quantity, brand=chance.choice(("north", "south")))


def _goods(chance: Random) -> Goods:
    match chance.randint(0, 4):
        case 0 | 1:
            return Goods()
        case 2:
            return Goods(brands=frozenset({chance.choice(("north", "south"))}))
        case 3:
            return Goods(not_items=frozenset({chance.choice(ITEMS)}))
        case _:
            return Goods(items=frozenset(chance.sample(ITEMS, chance.randint(1, 2))))


def _promotion(chance: Random, n: int, group: Group) -> Promotion:
    terms = _terms(chance, chance.choice(list(KINDS)))
    held = Conditions(
        quantity_min=Decimal(chance.randint(1, 3)) if chance.random() < 0.2 else None,
        amount_min=Decimal(chance.randint(3, 25)) if chance.random() < 0.2 else None,
        measured=chance.choice(list(Measured)),
    )
    limits = Limits(
        per_sale=chance.randint(1, 2) if chance.random() < 0.2 else None,
        amount_max=Decimal(chance.randint(1, 5)) if chance.random() < 0.15 else None,
    )
    return Promotion(
        f"p{n}", group, terms, order=chance.randint(0, 2), goods=_goods(chance), conditions=held,
        limits=limits, is_exclusive=chance.random() < 0.2,
    )  # fmt: skip


def _terms(chance: Random, kind: str) -> Terms:
    percent = Decimal(chance.choice(("5", "10", "15", "25", "33.5", "50")))
    amount = Decimal(chance.choice(("0.50", "1.00", "2.00", "3.50", "6.00")))
    spend = Decimal(chance.choice(("5", "8", "10", "15", "20")))
    spread = chance.choice(list(Spread))
    match kind:
        case "percent_off":
            return PercentOff(percent)
        case "amount_off":
            return AmountOff(amount)
        case "fixed_price":
            return FixedPrice(amount)
        case "order_amount_off":
            return OrderAmountOff(amount)
        case "spend_save":
            return SpendSave((Tier(spend, amount), Tier(spend * 2, amount * 2 + 1)))
        case "spend_save_each":
            return SpendSaveEach(spend, min(amount, spend))
        case "spend_percent":
            return SpendPercent((Tier(spend, percent), Tier(spend * 2, percent + 10)))
        case "count_save":
            return CountSave((Tier(Decimal(2), amount), Tier(Decimal(4), amount * 3)))
        case "count_percent":
            return CountPercent((Tier(Decimal(2), percent), Tier(Decimal(3), percent + 5)))
        case "nth_percent":
            return NthPercent(chance.choice(((0, percent), (0, 20, 50), (0, 0, 100))), spread)
        case "nth_price":
            return NthPrice(2, amount, spread)
        case "buy_get":
            return BuyGet(chance.randint(1, 2), 1, spread)
        case "buy_get_other":
            return BuyGetOther(chance.randint(1, 2), _goods(chance), 1, percent, spread)
        case "bundle_price":
            return BundlePrice(chance.randint(2, 3), spend)
        case "set_price":
            return SetPrice((Slot(_goods(chance)), Slot(_goods(chance))), spend)
        case "gift":
            return Gift(_goods(chance), chance.randint(1, 2), chance.random() < 0.5)
        case _:
            return AddOn(_goods(chance), amount, chance.randint(1, 2), chance.random() < 0.5)
