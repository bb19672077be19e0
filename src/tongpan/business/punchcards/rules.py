"""What a use of a punch card is worth, and when a card holds. No database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from tongpan.base.numbers import MONEY_STEP, ZERO, is_on_step, round_to

USE = Decimal(1)
"""Uses are whole."""


@dataclass(frozen=True, slots=True)
class Held:
    """A card with what its kind says, as a till sees it.

    Units:   `left` in uses, `money` in CNY; both are balances. `fits` are the items of the basket
             that it is for.
    """

    id: UUID
    code: str
    kind: UUID
    name: str
    home: UUID
    member: UUID
    left: Decimal
    money: Decimal
    path: str = ""
    valid_until: date | None = None
    fits: frozenset[UUID] = frozenset()

    def wrong(self, on: date, path: str, member: UUID | None) -> str:
        """Why it cannot be used at a store on a day by this buyer: a code; empty where it can."""
        if self.member != member:
            return "card_of_another"
        if self.valid_until is not None and on > self.valid_until:
            return "card_late"
        if not path.startswith(self.path):
            return "card_elsewhere"
        return ""


def worth(money: Decimal, left: Decimal, uses: Iterable[Decimal]) -> list[Decimal]:
    """What each of these uses of a card earns, one after the other: its part of what is left.

    The last use earns all the rest, so that a card that was used up owes nothing, however it was
    used.

    Units:   `money` in CNY; `left` and `uses` are whole numbers of uses.
    Errors:  ValueError if a use is not whole, or there are not so many.

    >>> worth(Decimal("100.00"), Decimal(3), [Decimal(1), Decimal(1), Decimal(1)])
    [Decimal('33.33'), Decimal('33.34'), Decimal('33.33')]
    """
    parts = []
    for one in uses:
        if one <= 0 or one > left or not is_on_step(one, USE):
            raise ValueError("A card has not so many uses.")
        part = round_to(money * one / left, MONEY_STEP) if left != one else money
        money, left = money - part, left - one
        parts.append(part)
    return parts or []


def price_of_one(amount: Decimal, uses: Decimal) -> Decimal:
    """What one use came to, for the line of the slip; the line's amount is exact, this is rounded.

    >>> price_of_one(Decimal("53.60"), Decimal(2))
    Decimal('26.800000')
    """
    return round_to(amount / uses, Decimal("0.000001")) if uses else ZERO
