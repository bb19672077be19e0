"""The accounts that stock and finance share, of which neither knows the other."""

from uuid import UUID

from tongpan.kernel.ledger.keys import NOBODY, AccountKey, currency
from tongpan.kernel.ledger.roles import declare_role

CNY = currency("CNY")


def opening_equity(unit: UUID) -> AccountKey:
    """期初: what opening stock and opening money are set against."""
    return AccountKey("money", unit, "opening_equity", NOBODY, CNY)


declare_role("money", "opening_equity")
