"""What is taken off the lines of a slip: by promotions, by hand, and by rounding off.

Pure calculation. Shares are whole cents; what several lines bear together is shared by largest
remainders of what is left of each, so that it adds up and nothing costs less than zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to, share_steps
from tongpan.masters.taxes.rules import line_amount


class Kind(StrEnum):
    """What takes something off a line."""

    PROMOTION = "promotion"
    COUPON = "coupon"
    LINE = "line"
    RECEIPT = "receipt"
    ROUNDING = "rounding"


class Share(NamedTuple):
    """What one thing takes off one line; `reason` is a promotion's title, or what was said.

    `times` is how often the promotion is used in the sale, on its first share. `of` is the share
    of the sale that a share of a return gives back.
    """

    kind: Kind
    amount: Decimal
    reason: str = ""
    promotion: UUID | None = None
    times: int | None = None
    by_whom: UUID | None = None
    of: UUID | None = None


class How(StrEnum):
    """How a discount by hand is said."""

    PERCENT = "percent"  # so many hundredths off: 20 is 八折
    AMOUNT = "amount"  # so much off altogether
    PRICE = "price"  # so much for each, from now on


@dataclass(frozen=True, slots=True)
class Off:
    """A discount by hand, of a line or of a receipt."""

    how: How
    value: Decimal
    reason: str

    def cut(self, left: Decimal, quantity: Decimal = Decimal(1)) -> Decimal:
        """What it takes off `left`, to the cent; below zero or above `left` where it cannot."""
        if self.how == How.PERCENT:
            return round_to(left * self.value / 100, MONEY_STEP)
        if self.how == How.AMOUNT:
            return self.value
        return left - line_amount(quantity, self.value)

    def percent(self, left: Decimal, cut: Decimal) -> Decimal:
        """How many hundredths of `left` that is: what limits of roles are compared with."""
        if self.how == How.PERCENT:
            return self.value
        return cut * 100 / left if left else ZERO


def spread(total: Decimal, lefts: Sequence[Decimal]) -> list[Decimal]:
    """Share what a whole receipt is reduced by over its lines, by what is left of each.

    Units:   money, whole cents. No part is more than what is left of its line.
    Errors:  ValueError if `total` is more than all that is left.
    Source:  largest remainders, as `base.numbers.share_steps`.

    >>> spread(Decimal("1.00"), [Decimal("3.00"), Decimal("3.00"), Decimal("3.00")])
    [Decimal('0.34'), Decimal('0.33'), Decimal('0.33')]
    """
    if total > sum(lefts, ZERO):
        raise ValueError("No more can be taken off than is left.")
    weights = [int(left / MONEY_STEP) for left in lefts]
    return [part * MONEY_STEP for part in share_steps(int(total / MONEY_STEP), weights)]


def rounding_of(due: Decimal, step: Decimal, *, of: Decimal | None = None) -> Decimal:
    """What 抹零 takes off: the rest above the next lower whole number of steps. Below zero, `due`
    is what the till pays: it pays up to a step more.

    Units:   money. Nothing is rounded to nothing, neither `due` nor the goods it is taken `of`.

    >>> rounding_of(Decimal("48.37"), Decimal("0.5")), rounding_of(Decimal("0.30"), Decimal("0.5"))
    (Decimal('0.37'), Decimal('0'))
    >>> rounding_of(Decimal("-3.37"), Decimal("0.1"), of=Decimal("6.63"))
    Decimal('0.03')
    """
    whole = (due / step).to_integral_value(ROUND_FLOOR) * step
    rest = due - whole
    return rest if whole and rest < (due if of is None else of) else ZERO
