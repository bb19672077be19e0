"""Codes of coupons, when a coupon holds, and what it takes off. No database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from tongpan.base.numbers import ZERO

# Digits and letters that nobody takes for one another: 31 of them, a prime, so that a weighted sum
# finds every single wrong sign and every two that changed places.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXY"
DRAWN = 12  # by chance: 31 to the 12th is 59 bits
PREFIX = "Q"  # no code of goods, members or payments begins with it


def code_of(draw: Callable[[int], int]) -> str:
    """A new code: `draw(n)` is a number by chance below n.

    >>> code_of(lambda n: 7)
    'Q777777777777P'
    """
    drawn = "".join(SIGNS[draw(len(SIGNS))] for _ in range(DRAWN))
    return f"{PREFIX}{drawn}{_check(drawn)}"


def code_in(text: str) -> str | None:
    """The code that was scanned or typed, or None if it is none: most mistypings are.

    >>> code_in(" q7777-7777-7777p "), code_in("Q777777777778P"), code_in("6901234500017")
    ('Q777777777777P', None, None)
    """
    typed = text.strip().upper().replace("-", "").replace(" ", "")
    drawn = typed[1:-1]
    is_one = len(typed) == DRAWN + 2 and typed[0] == PREFIX and all(s in SIGNS for s in typed[1:])
    return typed if is_one and typed[-1] == _check(drawn) else None


def _check(drawn: str) -> str:
    weighted = sum(n * SIGNS.index(sign) for n, sign in enumerate(drawn, start=1))
    return SIGNS[weighted % len(SIGNS)]


def last_day(given_on: date, days: int | None, valid_until: date | None) -> date | None:
    """The last day on which a coupon of that day holds: the earlier of the two that there are.

    >>> last_day(date(2026, 11, 21), 7, None), last_day(date(2026, 11, 21), 30, date(2026, 12, 1))
    (datetime.date(2026, 11, 27), datetime.date(2026, 12, 1))
    """
    counted = given_on + timedelta(days=days - 1) if days else None
    known = [day for day in (counted, valid_until) if day is not None]
    return min(known) if known else None


@dataclass(frozen=True, slots=True)
class Held:
    """A coupon with what its kind says, as a till sees it. `left` is the balance of its account."""

    id: UUID
    kind: UUID
    kind_code: str
    name: str
    form: str
    home: UUID
    left: Decimal
    minimum: Decimal = ZERO
    amount: Decimal = ZERO
    percent: Decimal = ZERO
    item: UUID | None = None
    member: UUID | None = None
    tier: UUID | None = None
    fits_tag: bool = True
    most: int = 1
    path: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    is_active: bool = True

    def wrong(self, on: date, path: str, buyer: "Buyer") -> str:
        """Why it cannot be used at a store on a day by this buyer: a code; empty where it can."""
        if self.left < 1 or not self.is_active:
            return "coupon_gone"
        if self.valid_from is not None and on < self.valid_from:
            return "coupon_early"
        if self.valid_until is not None and on > self.valid_until:
            return "coupon_late"
        if not path.startswith(self.path):
            return "coupon_elsewhere"
        if self.member is not None and self.member != buyer.member:
            return "coupon_of_another"
        if self.tier not in (None, buyer.tier) or not self.fits_tag:
            return "coupon_not_for_them"
        return ""


class Buyer(NamedTuple):
    """Who buys: nobody by name is a member of None."""

    member: UUID | None = None
    tier: UUID | None = None


class Bought(NamedTuple):
    """A line as a coupon sees it: what is left to pay of it, and for one piece."""

    item: UUID
    left: Decimal
    each: Decimal


def worth(one: Held, lines: Sequence[Bought], cent: Decimal = Decimal("0.01")) -> Decimal:
    """What a coupon takes off a basket in CNY, never more than is left; percent are rounded down.

    Nothing where the purchase is below its minimum, or the free item is not among the lines.

    >>> apple = Bought(UUID(int=1), Decimal("30.00"), Decimal("10.00"))
    >>> ten = Held(UUID(int=9), UUID(int=8), "T", "ten", "amount", UUID(int=7), Decimal(1),
    ...            minimum=Decimal(30), amount=Decimal(10))
    >>> worth(ten, [apple]), worth(ten, [apple._replace(left=Decimal("29.99"))])
    (Decimal('10'), Decimal('0'))
    """
    left = sum((line.left for line in lines), ZERO)
    if left < one.minimum or left <= 0:
        return ZERO
    if one.form == "amount":
        return min(one.amount, left)
    if one.form == "percent":
        return (left * one.percent / 100) // cent * cent
    if one.form == "goods":
        free = [min(line.each, line.left) for line in lines if line.item == one.item]
        return max(free, default=ZERO)
    return ZERO
