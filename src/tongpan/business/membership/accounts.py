"""The accounts of members. Their home is headquarters, so one account, and one bound, holds in
every branch. What a branch gave or took stands in accounts of the branch.

The lot of points is the month at whose end they expire; that of what was spent, its own month.
"""

from uuid import UUID

from tongpan.business.books import CNY
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.roles import declare_role


def points(home: UUID, member: UUID, programme: UUID, lot: str) -> AccountKey:
    """积分: what a member may still spend of the points that expire with one month."""
    return AccountKey("points", home, "points", member, programme, lot)


def points_debt(home: UUID, member: UUID, programme: UUID) -> AccountKey:
    """积分欠账: points that were spent and whose goods came back; below zero, made up first."""
    return AccountKey("points", home, "points_debt", member, programme)


def issued(store: UUID, programme: UUID) -> AccountKey:
    """Where points come from: what a store gave out."""
    return AccountKey("points", store, "issued", NOBODY, programme)


def redeemed(store: UUID, programme: UUID) -> AccountKey:
    """Where points go that a store took as payment."""
    return AccountKey("points", store, "redeemed", NOBODY, programme)


def expired(home: UUID, programme: UUID) -> AccountKey:
    """Where points go whose time has passed."""
    return AccountKey("points", home, "expired", NOBODY, programme)


def spent(home: UUID, member: UUID, month: str) -> AccountKey:
    """消费额: what a member paid in a month, without bonus and points; tiers are read from it."""
    return AccountKey("points", home, "spent", member, CNY, month)


def spending(store: UUID) -> AccountKey:
    """The other end of that: what members paid at a store."""
    return AccountKey("points", store, "spending", NOBODY, CNY)


def wallet(home: UUID, member: UUID) -> AccountKey:
    """预收账款—储值本金: what we owe a member of what they paid in; it cannot be overspent."""
    return AccountKey("money", home, "wallet", member, CNY)


def wallet_bonus(home: UUID, member: UUID) -> AccountKey:
    """储值赠送: what was given on top; it buys goods and is never paid out."""
    return AccountKey("money", home, "wallet_bonus", member, CNY)


def bonus_given(home: UUID) -> AccountKey:
    """销售费用—储值赠送: what the bonuses of top-ups cost, at the time they are given."""
    return AccountKey("money", home, "bonus_given", NOBODY, CNY)


def points_spent(store: UUID) -> AccountKey:
    """销售费用—积分抵现: what was paid with points at a store."""
    return AccountKey("money", store, "points_spent", NOBODY, CNY)


def between(unit: UUID, other: UUID) -> AccountKey:
    """内部往来—储值: what another unit owes this one for members' money; the other's mirrors it."""
    return AccountKey("money", unit, "between", other, CNY)


declare_role("points", "points", floor=0)  # points are spent once
declare_role("points", "points_debt", ceiling=0)  # and a debt is made up once
declare_role("points", "spent", floor=0)
for _role in ("issued", "redeemed", "expired", "spending"):
    declare_role("points", _role)
declare_role("money", "wallet", ceiling=0)  # stored value is spent once
declare_role("money", "wallet_bonus", ceiling=0)
for _role in ("bonus_given", "points_spent", "between"):
    declare_role("money", _role)
