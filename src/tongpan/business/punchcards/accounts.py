"""The accounts of punch cards: the uses that are left of each, and the money they were paid with.

Both are at headquarters, so that one bound holds in every store. What a use is worth moves to the
store where it happens; see `between` of members.
"""

from uuid import UUID

from tongpan.business.books import CNY
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.roles import declare_role


def uses(home: UUID, card: UUID, kind: UUID) -> AccountKey:
    """次卡: how often a card can still be used. Its floor holds at however many tills."""
    return AccountKey("points", home, "card_uses", card, kind)


def uses_sold(home: UUID, kind: UUID) -> AccountKey:
    """Where the uses of cards come from."""
    return AccountKey("points", home, "card_uses_sold", NOBODY, kind)


def used(store: UUID, kind: UUID) -> AccountKey:
    """Where uses go that a store served."""
    return AccountKey("points", store, "card_used", NOBODY, kind)


def uses_refunded(home: UUID, kind: UUID) -> AccountKey:
    """Where uses go that were paid back."""
    return AccountKey("points", home, "card_uses_refunded", NOBODY, kind)


def prepaid(home: UUID, card: UUID) -> AccountKey:
    """预收账款—次卡: what we owe on a card in goods and services; each use earns its part."""
    return AccountKey("money", home, "card_prepaid", card, CNY)


declare_role("points", "card_uses", floor=0)
for _role in ("card_uses_sold", "card_used", "card_uses_refunded"):
    declare_role("points", _role)
declare_role("money", "card_prepaid", ceiling=0)
