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
    Settlement,
    SupplierPayment,
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


def _settling(body: Annotated[Any, Settlement]) -> Iterator[Move]:
    sign = at.SIDES[body.party_field].sign
    flows: list[Flow] = [
        (account_of(body, line), line.amount * sign, line.pk) for line in body.lines
    ]
    whole = sum((line.amount for line in body.lines), ZERO)
    flows.append((at.money_at(body.money.unit_id, body.money.pk), -whole * sign, None))
    yield from between(flows)


def account_of(body: Any, line: Any) -> AccountKey:
    """Which account a line settles: its document's, or one that this body opens in advance."""
    if line.settles is None:
        credit = at.SIDES[body.party_field].credit
        return credit(body.document.org_unit_id, body.party_id, body.document.pk)
    opened = at.opened_by(line.settles.type, body.party_field)
    assert opened is not None, "The check refused what leaves nothing open."
    item = line.settles
    unit = item.other_unit_id if opened.is_at_other_unit else item.org_unit_id
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
