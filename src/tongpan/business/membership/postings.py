"""The posting rules of members: what sales, returns, top-ups and merges move for them.

Money of members passes between the store and headquarters, so the books of each of them balance
by themselves, and what one owes the other is a balance that can be read, and settled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from tongpan.business.membership import accounts as at
from tongpan.business.membership.rules import Use
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.posting import Move


def used_moves(use: Use, store: UUID, counter: AccountKey) -> Iterator[Move]:
    """What a sale gives its member and takes from them, in the posting of the sale.

    | Ledger | Source                   | Target                   |
    | points | issued                   | points debt, points      |
    | points | points                   | redeemed                 |
    | points | spending                 | spent                    |
    | money  | counter                  | points spent             |
    | money  | counter                  | between, of the store    |
    | money  | between, of headquarters | wallet, wallet bonus     |
    """
    one = use.standing
    if one.programme is not None:
        issued = at.issued(store, one.programme)
        debt = at.points_debt(one.home, one.member, one.programme)
        for line, n in use.to_debt.items():
            yield Move(issued, debt, n, line=line)
        lot = at.points(one.home, one.member, one.programme, use.lot)
        for line, n in use.earned.items():
            yield Move(issued, lot, n, line=line)
        for month, n in use.spent:
            source = at.points(one.home, one.member, one.programme, month)
            yield Move(source, at.redeemed(store, one.programme), n)
    if use.points_amount:
        yield Move(counter, at.points_spent(store), use.points_amount)
    if use.eligible > 0:
        yield Move(at.spending(store), at.spent(one.home, one.member, use.month), use.eligible)
    yield from paid_out_moves(
        one.home, one.member, store, counter, principal=use.principal, bonus=use.bonus
    )


def paid_out_moves(
    home: UUID, member: UUID, store: UUID, taker: AccountKey, *, principal: Decimal, bonus: Decimal
) -> Iterator[Move]:
    """Stored value pays at a store, or is paid out there: headquarters owes it the store then.

    | Ledger | Source                   | Target                |
    | money  | counter, or taken        | between, of the store |
    | money  | between, of headquarters | wallet, wallet bonus  |
    """
    if principal + bonus:
        yield Move(taker, at.between(store, home), principal + bonus)
    for amount, account in (
        (principal, at.wallet(home, member)),
        (bonus, at.wallet_bonus(home, member)),
    ):
        if amount:
            yield Move(at.between(home, store), account, amount)


def paid_in_moves(
    home: UUID, member: UUID, store: UUID, payer: AccountKey, *, principal: Decimal, bonus: Decimal,
    line: UUID | None = None,
) -> Iterator[Move]:  # fmt: skip
    """Stored value comes back at a store, or is paid in there: the store owes it headquarters.

    | Ledger | Source                | Target                   |
    | money  | wallet, wallet bonus  | between, of headquarters |
    | money  | between, of the store | counter, or taken        |
    """
    for amount, account in (
        (principal, at.wallet(home, member)),
        (bonus, at.wallet_bonus(home, member)),
    ):
        if amount:
            yield Move(account, at.between(home, store), amount, line=line)
    if principal + bonus:
        yield Move(at.between(store, home), payer, principal + bonus, line=line)


@dataclass(slots=True)
class Frozen:
    """What a sale gave its member and took from them, as its own posting says: by line the points
    earned, by lot those spent, and what of what was paid was principal and bonus."""

    home: UUID
    member: UUID
    programme: UUID | None = None
    month: str = ""
    lot: str = ""
    issued: AccountKey | None = None
    redeemed: AccountKey | None = None
    spending: AccountKey | None = None
    earned: dict[UUID, Decimal] = field(default_factory=dict)
    spent: list[tuple[str, Decimal]] = field(default_factory=list)
    eligible: Decimal = Decimal(0)
    principal: Decimal = Decimal(0)
    bonus: Decimal = Decimal(0)


def frozen_in(moves: Iterable[Move], home: UUID, member: UUID) -> Frozen:
    """What the posting of a sale says about its member."""
    found = Frozen(home, member)
    for move in moves:
        source, target = move.source, move.target
        if source.role == "issued":
            found.issued, found.programme = source, source.unit
            found.lot = target.lot or found.lot
            if move.line is not None:
                found.earned[move.line] = found.earned.get(move.line, Decimal(0)) + move.amount
        elif target.role == "redeemed":
            found.redeemed, found.programme = target, target.unit
            found.spent.append((source.lot, move.amount))
        elif target.role == "spent":
            found.spending, found.month, found.eligible = source, target.lot, move.amount
        elif target.role == "wallet":
            found.principal += move.amount
        elif target.role == "wallet_bonus":
            found.bonus += move.amount
    return found


@dataclass(slots=True)
class Undone:
    """What of that a return takes back and gives back.

    `taken` are points by lot, `owed` those that were spent already and are owed from now on;
    `given` spent points by lot.
    """

    frozen: Frozen
    taken: Sequence[tuple[str, Decimal]] = ()
    owed: Decimal = Decimal(0)
    given: Sequence[tuple[str, Decimal]] = ()
    points_amount: Decimal = Decimal(0)
    eligible: Decimal = Decimal(0)
    principal: Decimal = Decimal(0)
    bonus: Decimal = Decimal(0)


def undone_moves(undone: Undone, store: UUID, counter: AccountKey) -> Iterator[Move]:
    """What goes back with goods: points in proportion, and what had paid for them.

    | Ledger | Source                | Target                   |
    | points | points, points debt   | issued                   |
    | points | redeemed              | points                   |
    | points | spent                 | spending                 |
    | money  | points spent          | counter                  |
    | money  | wallet, wallet bonus  | between, of headquarters |
    | money  | between, of the store | counter                  |
    """
    was = undone.frozen
    if was.programme is not None:
        for lot, n in undone.taken:
            assert was.issued is not None, "Only what was given is taken."
            yield Move(at.points(was.home, was.member, was.programme, lot), was.issued, n)
        if undone.owed:
            assert was.issued is not None, "Only what was given is taken."
            debt = at.points_debt(was.home, was.member, was.programme)
            yield Move(debt, was.issued, undone.owed)
        for lot, n in undone.given:
            assert was.redeemed is not None, "Only what was taken is given."
            yield Move(was.redeemed, at.points(was.home, was.member, was.programme, lot), n)
    if undone.eligible:
        assert was.spending is not None, "Only what counted counts no more."
        spent = at.spent(was.home, was.member, was.month)
        yield Move(spent, was.spending, undone.eligible)
    if undone.points_amount:
        yield Move(at.points_spent(store), counter, undone.points_amount)
    yield from paid_in_moves(
        was.home, was.member, store, counter, principal=undone.principal, bonus=undone.bonus
    )


def merged_moves(held: Mapping[AccountKey, Decimal], into: UUID, line: UUID) -> Iterator[Move]:
    """What one member's accounts hold goes to the same accounts of another.

    | Ledger | Source                               | Target                           |
    | points | points, spent (of the one)           | the same of the other            |
    | points | points debt (of the other)           | points debt (of the one)         |
    | money  | wallet, wallet bonus (of the other)  | wallet, wallet bonus (of the one) |
    """
    for key, amount in held.items():
        other = AccountKey(key.ledger, key.org_unit, key.role, into, key.unit, key.lot)
        if amount > 0:
            yield Move(key, other, amount, line=line)
        elif amount < 0:
            yield Move(other, key, -amount, line=line)
