"""The promises of purchasing: what suppliers still owe us in goods, and us in bills.

A line that was ordered, received, billed or sent back is an account of its own. Its floor of zero
is the only guard against receiving, billing, returning or crediting more than there was.
"""

from uuid import UUID

from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.roles import declare_role


def promised(unit: UUID, supplier: UUID, item: UUID) -> AccountKey:
    """The supplier's side of a promise of goods."""
    return AccountKey("promise", unit, "promised", supplier, item)


def expected(unit: UUID, supplier: UUID, item: UUID, line: UUID) -> AccountKey:
    """What of an order line has not come yet."""
    return AccountKey("promise", unit, "expected", supplier, item, "", None, line)


def billable(unit: UUID, supplier: UUID, item: UUID) -> AccountKey:
    """The supplier's side of a bill that is to come."""
    return AccountKey("promise", unit, "billable", supplier, item)


def unbilled(unit: UUID, supplier: UUID, item: UUID, line: UUID) -> AccountKey:
    """What of a receipt line has not been billed yet."""
    return AccountKey("promise", unit, "unbilled", supplier, item, "", None, line)


def billed(unit: UUID, supplier: UUID, item: UUID, line: UUID) -> AccountKey:
    """What of a bill line is still here: it may go back."""
    return AccountKey("promise", unit, "billed", supplier, item, "", None, line)


def uncredited(unit: UUID, supplier: UUID, item: UUID, line: UUID) -> AccountKey:
    """What of a return line was billed and not credited yet."""
    return AccountKey("promise", unit, "uncredited", supplier, item, "", None, line)


def at_supplier(unit: UUID, supplier: UUID, item: UUID) -> AccountKey:
    """Goods outside: where receipts come from and returns go to."""
    return AccountKey("stock", unit, "supplier", supplier, item)


for _role in ("expected", "unbilled", "billed", "uncredited"):
    declare_role("promise", _role, floor=0)
for _role in ("promised", "billable"):
    declare_role("promise", _role)
declare_role("stock", "supplier")
