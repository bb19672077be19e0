"""The promises of sales: what we still owe customers in goods, and what they may bring back.

A line that was ordered or delivered is an account of its own. Its floor of zero is the only guard
against delivering more than was ordered, or taking back more than was delivered.
"""

from uuid import UUID

from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.roles import declare_role


def pledged(unit: UUID, customer: UUID, item: UUID) -> AccountKey:
    """Our side of a promise of goods."""
    return AccountKey("promise", unit, "pledged", customer, item)


def undelivered(unit: UUID, customer: UUID, item: UUID, line: UUID) -> AccountKey:
    """What of an order line has not been delivered yet."""
    return AccountKey("promise", unit, "undelivered", customer, item, "", None, line)


def handed_over(unit: UUID, customer: UUID, item: UUID) -> AccountKey:
    """Where what a customer may bring back comes from."""
    return AccountKey("promise", unit, "handed_over", customer, item)


def returnable(unit: UUID, customer: UUID, item: UUID, line: UUID) -> AccountKey:
    """What of a delivery line has not come back."""
    return AccountKey("promise", unit, "returnable", customer, item, "", None, line)


for _role in ("undelivered", "returnable"):
    declare_role("promise", _role, floor=0)
for _role in ("pledged", "handed_over"):
    declare_role("promise", _role)
