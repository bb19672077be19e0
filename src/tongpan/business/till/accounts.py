"""The accounts that a till uses beside those of stock and finance."""

from uuid import UUID

from tongpan.business.books import CNY
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.roles import declare_role


def counter(unit: UUID) -> AccountKey:
    """What a customer at the counter owes between the goods and the money; zero after each sale."""
    return AccountKey("money", unit, "counter", NOBODY, CNY)


def taken(unit: UUID, where: UUID) -> AccountKey:
    """Money that a till took: its cash, or what a provider owes for one way of paying."""
    return AccountKey("money", unit, "taken", where, CNY)


def returnable(unit: UUID) -> AccountKey:
    """其他应付款—押金: what customers left for bottles and crates, and get back for them."""
    return AccountKey("money", unit, "returnable", NOBODY, CNY)


declare_role("money", "counter")
declare_role("money", "taken")
declare_role("money", "returnable")
