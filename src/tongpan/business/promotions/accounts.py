"""What of a promotion may still be used: accounts with bounds, so that no two tills overspend it.

They stand at the unit that runs the promotion, so one bound holds in all its stores. Limits differ
from promotion to promotion, the bound of a kind of account does not: an account of uses therefore
counts the *share* of the limit that is used, and can never hold more than one whole.
"""

from datetime import date
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from tongpan.business.books import CNY
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.roles import declare_role

LIMIT_MAX = 1000  # with six places, more shares than this would not come to one whole
SHARE_STEP = Decimal("0.000001")


def granted(home: UUID) -> AccountKey:
    """Where budgets come from: what a unit allowed its promotions to give away."""
    return AccountKey("points", home, "promotion_granted", NOBODY, CNY)


def left(home: UUID, promotion: UUID) -> AccountKey:
    """活动预算余额: what a promotion may still take off; never below zero."""
    return AccountKey("points", home, "promotion_left", promotion, CNY)


def given(home: UUID, promotion: UUID) -> AccountKey:
    """What a promotion took off of its budget."""
    return AccountKey("points", home, "promotion_given", promotion, CNY)


def by_member(home: UUID, promotion: UUID, member: UUID) -> AccountKey:
    """会员已用次数: the share of their times that a member has used."""
    return AccountKey("points", home, "promotion_member", member, promotion)


def on_day(home: UUID, promotion: UUID, day: date) -> AccountKey:
    """当日已用次数: the share of a day's times that was used on it."""
    return AccountKey("points", home, "promotion_day", NOBODY, promotion, day.isoformat())


def unused(home: UUID, promotion: UUID) -> AccountKey:
    """Where uses come from."""
    return AccountKey("points", home, "promotion_unused", NOBODY, promotion)


def share_of(times: int, limit: int) -> Decimal:
    """The share of a limit that so many times are. All of them come to one whole at most, and one
    more is above it, up to a limit of `LIMIT_MAX`.

    >>> share_of(3, 3), share_of(4, 3)
    (Decimal('0.999999'), Decimal('1.333332'))
    """
    return times * (Decimal(1) / limit).quantize(SHARE_STEP, ROUND_DOWN)


def times_in(share: Decimal, limit: int) -> int:
    """How many times a share of a limit is.

    >>> times_in(Decimal('0.666666'), 3)
    2
    """
    return int((share / share_of(1, limit)).to_integral_value())


declare_role("points", "promotion_granted")
declare_role("points", "promotion_left", floor=0)  # a budget is spent once
declare_role("points", "promotion_given")
declare_role("points", "promotion_member", ceiling=1)
declare_role("points", "promotion_day", ceiling=1)
declare_role("points", "promotion_unused")
