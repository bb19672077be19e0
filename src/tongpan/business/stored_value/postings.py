"""The posting rules of stored value: paying in, paying out, and settling between units."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from tongpan.base.numbers import ZERO
from tongpan.business.finance.accounts import money_at
from tongpan.business.membership import accounts as members
from tongpan.business.membership import queries
from tongpan.business.membership.postings import paid_in_moves, paid_out_moves
from tongpan.business.punchcards import accounts as cards
from tongpan.business.stored_value.models import CardRefund, CardSale, PayOut, Settlement, TopUp
from tongpan.business.till.accounts import taken
from tongpan.kernel.ledger.posting import Move


def store_of(body: Any) -> UUID:
    """The store where it happens: that of the till, or the unit itself."""
    unit = body.document.org_unit
    found: UUID = unit.parent_id if unit.kind == "till" else unit.pk
    return found


def home_of(body: Any) -> UUID:
    """Where the accounts of members are, as was read with what they have."""
    told = getattr(body, "wallets", None)
    found: UUID = told.home if told is not None else queries.home().pk
    return found


def top_up_moves(top_up: Annotated[Any, TopUp]) -> Iterator[Move]:
    """Members pay in: headquarters owes them principal and bonus, the store owes it headquarters.

    The bonus is an expense of headquarters at once. No output tax: nothing was sold yet.

    | Ledger | Source                | Target                   |
    | money  | wallet                | between, of headquarters |
    | money  | between, of the store | taken                    |
    | money  | wallet bonus          | bonus given              |
    """
    store, home = store_of(top_up), home_of(top_up)
    where = taken(store, top_up.method_id)
    for line in top_up.lines:
        yield from paid_in_moves(
            home, line.member_id, store, where, principal=line.amount, bonus=ZERO, line=line.pk
        )
        if line.bonus:
            bonus = members.wallet_bonus(home, line.member_id)
            yield Move(bonus, members.bonus_given(home), line.bonus, line=line.pk)


def pay_out_moves(pay_out: Annotated[Any, PayOut]) -> Iterator[Move]:
    """Members get principal back where they are: headquarters owes it the store then.

    | Ledger | Source                   | Target                |
    | money  | taken                    | between, of the store |
    | money  | between, of headquarters | wallet                |
    """
    store, home = store_of(pay_out), home_of(pay_out)
    where = taken(store, pay_out.method_id)
    for line in pay_out.lines:
        moves = paid_out_moves(
            home, line.member_id, store, where, principal=line.amount, bonus=ZERO
        )
        for move in moves:
            yield Move(move.source, move.target, move.amount, line=line.pk)


def card_sale_moves(sale: Annotated[Any, CardSale]) -> Iterator[Move]:
    """Members buy cards: headquarters owes them the uses, the store owes headquarters the money.

    No revenue and no output tax: both come with each use.

    | Ledger | Source                | Target                   |
    | points | card uses sold        | card uses                |
    | money  | card prepaid          | between, of headquarters |
    | money  | between, of the store | taken                    |
    """
    store, home = store_of(sale), queries.home().pk
    where = taken(store, sale.method_id)
    for line in sale.lines:
        kind = line.kind
        amount = kind.price if line.amount is None else line.amount
        uses = Decimal(kind.uses) if line.uses is None else line.uses
        sold = cards.uses_sold(home, kind.pk)
        # A line is the card that it sells: they have one id.
        yield Move(sold, cards.uses(home, line.pk, kind.pk), uses, line=line.pk)
        claim = members.between(home, store)
        yield Move(cards.prepaid(home, line.pk), claim, amount, line=line.pk)
        yield Move(members.between(store, home), where, amount, line=line.pk)


def card_refund_moves(refund: Annotated[Any, CardRefund]) -> Iterator[Move]:
    """What is left of cards is paid back where the members are: headquarters owes it the store.

    | Ledger | Source                   | Target                |
    | points | card uses                | card uses refunded    |
    | money  | taken                    | between, of the store |
    | money  | between, of headquarters | card prepaid          |
    """
    store, home = store_of(refund), queries.home().pk
    where = taken(store, refund.method_id)
    for line in refund.lines:
        card = line.card
        if not line.uses:
            continue
        gone = cards.uses_refunded(home, card.kind_id)
        yield Move(cards.uses(home, card.pk, card.kind_id), gone, line.uses, line=line.pk)
        if line.amount:
            yield Move(where, members.between(store, home), line.amount, line=line.pk)
            claim = members.between(home, store)
            yield Move(claim, cards.prepaid(home, card.pk), line.amount, line=line.pk)


def settlement_moves(settlement: Annotated[Any, Settlement]) -> Iterator[Move]:
    """Headquarters pays a store what of members' money was used there, or is paid by it.

    | Ledger | Source                | Target                   |
    | money  | money of headquarters | between, of headquarters |
    | money  | between, of the store | money of the store       |
    """
    home, place = queries.home().pk, settlement.from_place
    ours = money_at(place.unit_id, place.pk)
    for line in settlement.lines:
        theirs = money_at(line.to_place.unit_id, line.to_place_id)
        claim, debt = members.between(home, line.store_id), members.between(line.store_id, home)
        amount = abs(line.amount)
        rows = ((ours, claim), (debt, theirs))
        for source, target in rows:
            if line.amount < 0:
                source, target = target, source
            yield Move(source, target, amount, line=line.pk)
