"""What a price becomes when it changes, which of an item's prices holds, and how low it may be."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from tongpan.base.numbers import ZERO, round_to

HUNDRED = Decimal(100)
PERCENT_STEP = Decimal("0.01")


def changed_price(
    price: Decimal, *, percent: Decimal = ZERO, amount: Decimal = ZERO, ending: str = "0.01"
) -> Decimal:
    """The price after a change, never below zero.

    Units:   `percent` is a number of hundredths; `amount` and the result are money.

    >>> changed_price(Decimal("12.90"), percent=Decimal(-10), ending=".9")
    Decimal('11.90')
    >>> changed_price(Decimal("3.20"), amount=Decimal("0.33"), ending="0.1")
    Decimal('3.50')
    """
    return ended(max(ZERO, price * (HUNDRED + percent) / HUNDRED + amount), ending)


def ended(price: Decimal, ending: str) -> Decimal:
    """The nearest price that ends so; one that is as far from two becomes the higher.

    >>> [str(ended(Decimal("11.61"), e)) for e in ("", "0.1", "1", ".9", ".99")]
    ['11.61', '11.60', '12.00', '11.90', '11.99']
    """
    cent = Decimal("0.01")
    if ending.startswith("."):
        tail = Decimal(f"0{ending}")
        whole = max(ZERO, (price - tail).quantize(Decimal(1), ROUND_HALF_UP))
        return (whole + tail).quantize(cent)
    return round_to(price, Decimal(ending or cent)).quantize(cent)


def margin_of(price: Decimal, cost: Decimal, rate: Decimal, *, is_tax_included: bool) -> Decimal:
    """What of a price without tax is left over its cost, in percent.

    Units:   `price` and `cost` are money for the same unit; `rate` is a share.

    >>> margin_of(Decimal("11.30"), Decimal("8.00"), Decimal("0.13"), is_tax_included=True)
    Decimal('20.00')
    """
    net = price / (1 + rate) if is_tax_included else price
    return round_to((net - cost) * HUNDRED / net, PERCENT_STEP) if net else -HUNDRED


# -- levels --------------------------------------------------------------------------------------


class Level(NamedTuple):
    """A price that holds for members, or from a quantity on, beside the usual one.

    Units:   `price` is for one of the unit that was asked for; `from_quantity` counts in the
    level's own unit, of which `factor` are in one of the unit asked for.
    """

    id: Any
    for_members: bool
    tier: Any  # only this one; None for every member
    from_quantity: Decimal
    price: Decimal
    factor: Decimal


def best_level(
    levels: Iterable[Level],
    quantity: Decimal,
    usual: Decimal | None,
    *,
    is_member: bool = False,
    tier: Any = None,
) -> Level | None:
    """The level at which so much is sold to this buyer; None where the usual price is as low.

    The lowest price wins; of equal ones the usual one, then the one that asks for least.

    Units:   `quantity` and `usual` in and for the unit that was asked for.

    >>> case = Level("case", False, None, Decimal(10), Decimal("4.50"), Decimal(1))
    >>> best_level([case], Decimal(10), Decimal(5)).price
    Decimal('4.50')
    >>> best_level([case], Decimal(9), Decimal(5)) is None
    True
    """
    fit = [
        level
        for level in levels
        if quantity * level.factor >= level.from_quantity
        and (is_member or not level.for_members)
        and level.tier in (None, tier)
        and (usual is None or level.price < usual)
    ]
    if not fit:
        return None
    return min(fit, key=lambda n: (n.price, n.for_members, n.tier is not None, n.from_quantity))


def member_level(levels: Iterable[Level]) -> Level | None:
    """The level at which every member buys a single one; None where there is none."""
    every = [n for n in levels if n.for_members and n.tier is None and n.from_quantity <= n.factor]
    return min(every, key=lambda n: n.price, default=None)


# -- the band ------------------------------------------------------------------------------------


def least_price(
    cost: Decimal | None,
    rate: Decimal,
    *,
    floor: Decimal | None = None,
    margin_min: Decimal | None = None,
    is_tax_included: bool = True,
) -> Decimal | None:
    """The least that one may be sold for: the floor, and what leaves the least margin over cost.

    Without a least margin that is the cost itself. Up to the cent, so that it is never too little.

    Units:   `cost` is money without tax for one; `rate` a share; `margin_min` percent of the price
    without tax, below 100.

    >>> least_price(Decimal("8.00"), Decimal("0.13"), margin_min=Decimal(20))
    Decimal('11.30')
    """
    bounds = [] if floor is None else [floor]
    if cost is not None:
        net = cost * HUNDRED / (HUNDRED - (margin_min or 0))
        gross = net * (1 + rate) if is_tax_included else net
        bounds.append(gross.quantize(Decimal("0.01"), ROUND_CEILING))
    return max(bounds) if bounds else None
