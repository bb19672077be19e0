"""The posting rules of the till."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from tongpan.base.numbers import ZERO
from tongpan.business.finance import accounts as money
from tongpan.business.membership.accounts import between
from tongpan.business.stock import accounts as stock
from tongpan.business.till import accounts as at
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.posting import Move


class Goods(Protocol):
    """A line as posting needs it."""

    pk: UUID
    item_id: UUID
    base_quantity: Decimal


def sale_moves(
    store: UUID, place: UUID, lines: Sequence[Goods], *, net: Decimal, tax: Decimal,
    taken: Sequence[tuple[UUID, Decimal]], deposits: Decimal = ZERO,
) -> Iterator[Move]:  # fmt: skip
    """Goods go to the customer, money comes in; what a way of paying took has its own account. What
    of `net` are deposits for bottles and crates is owed, and no revenue.

    | Ledger | Source                       | Target                                    |
    | stock  | shelf                        | customer                                  |
    | money  | inventory                    | cost of sales                             |
    | money  | revenue, returnable deposits | counter                                   |
    | money  | output tax                   | counter                                   |
    | money  | counter                      | taken, receivable (this sale, on account) |
    """
    feeds = (stock.inventory(store), money.cost_of_sales(store))
    for line in lines:
        yield Move(
            source=stock.shelf(store, place, line.item_id),
            target=stock.at_customer(store, line.item_id),
            amount=line.base_quantity,
            feeds=feeds,
            line=line.pk,
        )
    counter = at.counter(store)
    if sold := net - deposits:
        yield Move(source=money.revenue(store), target=counter, amount=sold)
    if deposits:
        yield Move(source=at.returnable(store), target=counter, amount=deposits)
    if tax:
        yield Move(source=money.output_tax(store), target=counter, amount=tax)
    for where, amount in taken:
        yield Move(source=counter, target=at.taken(store, where), amount=amount)


def return_moves(
    store: UUID, place: UUID, lines: Sequence[tuple[Goods, Decimal]], *, net: Decimal,
    tax: Decimal, given: Sequence[tuple[UUID, Decimal]], deposits: Decimal = ZERO,
) -> Iterator[Move]:  # fmt: skip
    """Goods come back at what they had cost, and the money goes back; what of `net` are
    deposits was no revenue.

    | Ledger | Source                                | Target                       |
    | stock  | customer                              | shelf                        |
    | money  | cost of sales                         | inventory                    |
    | money  | counter                               | revenue, returnable deposits |
    | money  | counter                               | output tax                   |
    | money  | taken, receivable (the sale), deposit | counter                      |
    """
    feeds = (money.cost_of_sales(store), stock.inventory(store))
    for line, cost in lines:
        yield Move(
            source=stock.at_customer(store, line.item_id),
            target=stock.shelf(store, place, line.item_id),
            amount=line.base_quantity,
            value=cost,
            feeds=feeds,
            line=line.pk,
        )
    counter = at.counter(store)
    if came_back := net - deposits:
        yield Move(source=counter, target=money.revenue(store), amount=came_back)
    if deposits:
        yield Move(source=counter, target=at.returnable(store), amount=deposits)
    if tax:
        yield Move(source=counter, target=money.output_tax(store), amount=tax)
    for where, amount in given:
        yield Move(source=at.taken(store, where), target=counter, amount=amount)


def on_account_moves(store: UUID, customer: UUID, sale: UUID, amount: Decimal) -> Iterator[Move]:
    """A customer whom we know owes what nobody paid.

    | Ledger | Source  | Target                 |
    | money  | counter | receivable (this sale) |
    """
    yield Move(at.counter(store), money.receivable(store, customer, sale), amount)


def off_account_moves(
    here: UUID, there: UUID, top: UUID, customer: UUID, sale: UUID, returned: UUID, *,
    still_open: Decimal, collected: Decimal,
) -> Iterator[Move]:  # fmt: skip
    """What of goods that come back was put on account is taken off that, as far as it is open; what
    was collected is the customer's. A store that did not sell them owes that to the one that did.

    | Ledger | Source                                       | Target  |
    | money  | receivable (the sale), deposit (this return) | counter |
    """
    if still_open:
        owed = money.receivable(there, customer, sale)
        if here == there:
            yield Move(owed, at.counter(here), still_open)
        else:
            yield from _elsewhere(here, there, top, owed, still_open)
    if collected:
        yield Move(money.deposit(here, customer, returned), at.counter(here), collected)


def given_elsewhere_moves(
    here: UUID, there: UUID, top: UUID, given: Sequence[tuple[UUID, Decimal]]
) -> Iterator[Move]:
    """A provider gives back what it charged for a sale of another store: it keeps it from what it
    owes that store, and the store where the goods came back owes it, through headquarters.

    | Ledger | Source                            | Target                            |
    | money  | between, of here                  | counter                           |
    | money  | between, of headquarters with there | between, of headquarters with here |
    | money  | taken, of there                   | between, of there                 |
    """
    for where, amount in given:
        yield from _elsewhere(here, there, top, at.taken(there, where), amount)


def _elsewhere(
    here: UUID, there: UUID, top: UUID, account: AccountKey, amount: Decimal
) -> Iterator[Move]:
    """What a store gives back out of an account of another one: they owe it to each other."""
    yield Move(source=between(here, top), target=at.counter(here), amount=amount)
    yield Move(source=between(top, there), target=between(top, here), amount=amount)
    yield Move(source=account, target=between(there, top), amount=amount)
