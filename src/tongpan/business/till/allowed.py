"""Who gave their PIN for what of a sale: each changed price and each discount has its own giver.

A screen says it around the action, as it says who authorised the action itself; nothing that is
sent with a sale can say it. A sale in which nobody gave a PIN does not come here.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from tongpan.kernel.documents.fields import plain
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import may, person_may, who

Goods = tuple[str, str, str]  # item, unit, and the price that one of it was given


@dataclass(frozen=True)
class Givers:
    """By the path of a discount, and by goods and price, who allowed it at this till."""

    offs: Mapping[str, Person] = field(default_factory=dict)
    prices: Mapping[Goods, Person] = field(default_factory=dict)

    @property
    def first(self) -> Person | None:
        """Who stands in for what is no discount: who allowed a price, else who allowed anything."""
        return next(iter((*self.prices.values(), *self.offs.values())), None)


_givers: ContextVar[Givers | None] = ContextVar("givers of discounts and prices", default=None)


@contextmanager
def given_by(givers: Givers) -> Iterator[None]:
    """Inside, each discount and each price of the one sale has who allowed it."""
    before = _givers.set(givers)
    try:
        yield
    finally:
        _givers.reset(before)


def giver_of_off(path: str) -> Person | None:
    """Who gave their PIN for the discount at this path, if somebody did for it alone."""
    givers = _givers.get()
    return givers.offs.get(path) if givers else None


def giver_of_price(item: UUID, unit: UUID, price: Decimal) -> Person | None:
    """Who gave their PIN for this price of these goods, if somebody did for it alone."""
    givers = _givers.get()
    return givers.prices.get((str(item), str(unit), plain(price))) if givers else None


def may_for_prices(permission: str, till: OrgUnit) -> bool:
    """Whether the person, who stands in for them, or all who gave a price of this sale may."""
    givers = _givers.get()
    prices = givers.prices.values() if givers else ()
    return may(permission, till) or (
        bool(prices) and all(giver_may(giver, permission, till) for giver in prices)
    )


def has_givers() -> bool:
    return _givers.get() is not None


def giver_named(person: UUID | None) -> Person | None:
    """One of those who gave their PIN for a discount, by id; None where it was another."""
    givers = _givers.get()
    rows = givers.offs.values() if givers else ()
    return next((giver for giver in rows if giver.pk == person), None)


def giver_may(
    giver: Person | None, permission: str, till: OrgUnit, amount: Decimal | None = None
) -> bool:
    """Whether who gave something may. What nobody gave a PIN for is the person's at the till; where
    nobody gave one for anything alone, who stands in for them counts as well."""
    acting = who()
    if giver is None:
        if acting.is_system or not has_givers():
            return may(permission, till, amount)
        return person_may(acting.held, permission, till, amount)
    held = acting.held_by_authoriser if giver == acting.authorised_by else giver.held_permissions()
    return person_may(held, permission, till, amount)
