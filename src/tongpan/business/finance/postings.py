"""The posting rules of finance.

What comes here is complete: columns are nullable for drafts, and posting refused what is missing.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from tongpan.base.numbers import ZERO
from tongpan.business.books import opening_equity
from tongpan.business.finance import accounts as at
from tongpan.business.finance.models import (
    CustomerReceipt,
    MoneyOpening,
    SetOff,
    Settlement,
    SupplierPayment,
    store_of,
)
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.posting import Move

ONE = Decimal(1)
Flow = tuple[AccountKey, Decimal, UUID | None]  # an account, what it gives or takes, for which line


def opening_moves(opening: Annotated[Any, MoneyOpening]) -> Iterator[Move]:
    """Money that was there before the books began; an overdraft goes the other way.

    | Ledger  | Source                  | Target                  |
    | money   | opening equity or money | money or opening equity |
    | promise | beginnings              | books begun             |
    """
    for line in opening.lines:
        equity = opening_equity(line.place.unit_id)
        money = at.money_at(line.place.unit_id, line.place_id)
        ends = (equity, money) if line.amount > 0 else (money, equity)
        yield Move(*ends, abs(line.amount), line=line.pk)
        unit, place = line.place.unit_id, line.place_id
        yield Move(at.beginning(unit), at.begun(unit, place), ONE, line=line.pk)


def supplier_payment_moves(payment: Annotated[Any, SupplierPayment]) -> Iterator[Move]:
    """Money and credits take away what we owe; what is paid for no bill is owed to us.

    The money may be one unit's and the bills another's, as long as both are of one legal entity.

    | Ledger | Source                                 | Target                                  |
    | money  | money, advance (of the credits chosen) | payable (of the bills chosen), advance  |
    """
    yield from _settling(payment)


def customer_receipt_moves(receipt: Annotated[Any, CustomerReceipt]) -> Iterator[Move]:
    """Money and deposits take away what a customer owes; what is paid for no delivery we owe them.

    | Ledger | Source                                     | Target                              |
    | money  | receivable (of the deliveries), deposit    | money, deposit (of those chosen)    |
    """
    yield from _settling(receipt)


def set_off_moves(body: Annotated[Any, SetOff]) -> Iterator[Move]:
    """What a party owes us takes away what we owe them; no money moves.

    | Ledger | Source                                                 | Target                    |
    | money  | receivable (of deliveries), advance (of credits), ...  | payable (of bills), ...   |
    """
    yield from between(_flows(body))


def _settling(body: Annotated[Any, Settlement]) -> Iterator[Move]:
    flows = list(_flows(body))
    whole = sum((amount for _account, amount, _line in flows), ZERO)
    yield from between([*flows, (at.money_at(body.money.unit_id, body.money.pk), -whole, None)])


def _flows(body: Any) -> Iterator[Flow]:
    for line in body.lines:
        side = at.SIDES[side_of(body, line.settles)]
        yield account_of(body, line), line.amount * side.sign, line.pk


def side_of(body: Any, item: Any) -> str:
    """As whose a document is settled: only one between two legal entities stands on both sides,
    and then on one of them with each."""
    entity = body.document.org_unit.entity_id
    for side in body.sides[:-1]:
        opened = item and at.opened_by(item.type, side)
        if opened and (not opened.is_at_other_unit or item.other_unit.entity_id == entity):
            return str(side)
    return str(body.sides[-1])


def account_of(body: Any, line: Any) -> AccountKey:
    """Which account a line settles: its document's, or one that this body opens in advance."""
    item, side = line.settles, side_of(body, line.settles)
    if item is None:
        credit = at.SIDES[side].credit
        return credit(body.document.org_unit_id, body.party_id, body.document.pk)
    opened = at.opened_by(item.type, side)
    assert opened is not None, "The check refused what leaves nothing open."
    unit = item.other_unit_id if opened.is_at_other_unit else store_of(item.org_unit).pk
    return opened.account(unit, body.party_id, line.settles_id)


def between(flows: Iterable[Flow]) -> Iterator[Move]:
    """Moves that let each account give what is above zero and take what is below it.

    Givers and takers are matched in the order in which they stand; together they come to nothing.
    """
    given = [flow for flow in flows if flow[1]]
    givers = [flow for flow in given if flow[1] > 0]
    takers = [(account, -amount, line) for account, amount, line in given if amount < 0]
    assert sum(flow[1] for flow in givers) == sum(flow[1] for flow in takers), "It does not add up."
    while givers:
        (source, has, of), (target, needs, line) = givers[0], takers[0]
        amount = min(has, needs)
        if source != target:
            yield Move(source, target, amount, line=line or of)
        givers[:1] = [(source, has - amount, of)] if has > amount else []
        takers[:1] = [(target, needs - amount, line)] if needs > amount else []
