"""The posting rules of punch cards: sold, used in the posting of a sale, back, and paid back."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from tongpan.business.membership.accounts import between
from tongpan.business.punchcards import accounts as at
from tongpan.business.punchcards.rules import Held
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.posting import Move


class Use(NamedTuple):
    """A line of a sale that a card pays: how many uses, and what they earn, in CNY."""

    card: Held
    line: UUID
    uses: Decimal
    amount: Decimal


class Used(NamedTuple):
    """What the posting of a sale says about a line that a card paid."""

    uses: AccountKey
    served: AccountKey
    amount: Decimal


def use_moves(rows: Iterable[Use], store: UUID, counter: AccountKey) -> Iterator[Move]:
    """Cards pay for lines at a store, in the posting of the sale: headquarters owes it the store.

    | Ledger | Source                   | Target                |
    | points | card uses                | card used             |
    | money  | counter                  | between, of the store |
    | money  | between, of headquarters | card prepaid          |
    """
    for card, line, uses, amount in rows:
        source = at.uses(card.home, card.id, card.kind)
        yield Move(source, at.used(store, card.kind), uses, line=line)
        if amount:
            yield Move(counter, between(store, card.home), amount, line=line)
            prepaid = at.prepaid(card.home, card.id)
            yield Move(between(card.home, store), prepaid, amount, line=line)


def used_in(moves: Iterable[Move]) -> dict[UUID, Used]:
    """By line, what cards paid in the posting of a sale."""
    return {
        move.line: Used(move.source, move.target, move.amount)
        for move in moves
        if move.source.role == "card_uses" and move.line is not None
    }


def back_moves(
    used: Used, uses: Decimal, amount: Decimal, line: UUID, here: UUID, counter: AccountKey
) -> Iterator[Move]:
    """Uses come back to their card with the goods, and so does what they had earned.

    | Ledger | Source                | Target                   |
    | points | card used             | card uses                |
    | money  | card prepaid          | between, of headquarters |
    | money  | between, of the store | counter                  |
    """
    home = used.uses.org_unit
    yield Move(used.served, used.uses, uses, line=line)
    if amount:
        prepaid = at.prepaid(home, used.uses.holder)
        yield Move(prepaid, between(home, here), amount, line=line)
        yield Move(between(here, home), counter, amount, line=line)
