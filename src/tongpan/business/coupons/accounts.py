"""The accounts of coupons: each coupon is one, which holds one until it is used or lapses."""

from uuid import UUID

from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.roles import declare_role


def coupon(home: UUID, one: UUID, kind: UUID) -> AccountKey:
    """券: one while it can be used. Its floor lets it be used once, at however many tills."""
    return AccountKey("points", home, "coupon", one, kind)


def given_out(home: UUID, kind: UUID) -> AccountKey:
    """Where coupons come from."""
    return AccountKey("points", home, "coupons_given", NOBODY, kind)


def used(store: UUID, kind: UUID) -> AccountKey:
    """Where coupons go that a store took."""
    return AccountKey("points", store, "coupons_used", NOBODY, kind)


def lapsed(home: UUID, kind: UUID) -> AccountKey:
    """Where coupons go whose time has passed, or that were called back."""
    return AccountKey("points", home, "coupons_lapsed", NOBODY, kind)


declare_role("points", "coupon", floor=0, ceiling=1)
for _role in ("coupons_given", "coupons_used", "coupons_lapsed"):
    declare_role("points", _role)
