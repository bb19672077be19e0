"""The posting rules of the housekeeping with money.

What comes here is complete: columns are nullable for drafts, and posting refused what is missing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from tongpan.base.numbers import ZERO
from tongpan.business.books import CNY
from tongpan.business.finance import accounts as money
from tongpan.business.till.accounts import taken
from tongpan.business.treasury import accounts as at
from tongpan.business.treasury.models import Expense, MoneyTransfer, OtherIncome, Takings, YearClose
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.posting import Move


def transfer_moves(transfer: Annotated[Any, MoneyTransfer]) -> Iterator[Move]:
    """Money goes to other accounts of ours; between legal entities each owes the other.

    | Ledger | Source                 | Target                       |
    | money  | money                  | money, fees                  |
    | money  | money of one entity    | intercompany of that entity  |
    | money  | intercompany of other  | money of the other           |
    """
    place = transfer.from_place
    source = money.money_at(place.unit_id, place.pk)
    for line in transfer.lines:
        unit = line.to_place.unit
        target = money.money_at(unit.pk, line.to_place_id)
        if unit.entity_id == place.unit.entity_id:
            yield Move(source, target, line.amount, line=line.pk)
        else:
            claim = at.intercompany(place.unit_id, unit.entity_id)
            debt = at.intercompany(unit.pk, place.unit.entity_id)
            yield Move(source, claim, line.amount, line=line.pk)
            yield Move(debt, target, line.amount, line=line.pk)
        if line.fee:
            yield Move(source, at.fees(place.unit_id), line.fee, line=line.pk)


def takings_moves(takings: Annotated[Any, Takings]) -> Iterator[Move]:
    """What a till took is in a money account now; the fee and what was missing are the store's.

    | Ledger | Source                 | Target                       |
    | money  | taken                  | money, fees, cash difference |
    | money  | cash difference        | taken (where more was there) |
    """
    place = takings.paid_into
    for line in takings.lines:
        source = taken(line.store_id, line.method_id)
        if line.missing and line.missing < 0:
            yield Move(at.cash_difference(line.store_id), source, -line.missing, line=line.pk)
        if line.arrived:
            target = money.money_at(place.unit_id, place.pk)
            yield Move(source, target, line.arrived, line=line.pk)
        if line.fee:
            yield Move(source, at.fees(line.store_id), line.fee, line=line.pk)
        if line.missing and line.missing > 0:
            yield Move(source, at.cash_difference(line.store_id), line.missing, line=line.pk)


def expense_moves(expense: Annotated[Any, Expense]) -> Iterator[Move]:
    """What was spent is an expense of the unit that it is for; its tax is deducted by the payer.

    | Ledger | Source           | Target             |
    | money  | money or payable | expense, input tax |
    """
    here = expense.document.org_unit_id
    source = paid_or_owed(expense)
    for line in expense.lines:
        tax = line.tax or ZERO
        if line.amount > tax:
            target = at.expense(line.unit_id or here, line.purpose_id)
            yield Move(source, target, line.amount - tax, line=line.pk)
        if tax:
            yield Move(source, money.input_tax(here), tax, line=line.pk)


def paid_or_owed(expense: Any) -> AccountKey:
    """Where the money of an expense comes from: an account of ours, or what we owe for it."""
    document = expense.document
    if expense.paid_from is None:
        return money.payable(document.org_unit_id, expense.supplier_id, document.pk)
    return money.money_at(expense.paid_from.unit_id, expense.paid_from.pk)


def income_moves(income: Annotated[Any, OtherIncome]) -> Iterator[Move]:
    """What came in is income of the unit that it is for, less the tax in it.

    | Ledger | Source                   | Target |
    | money  | other income, output tax | money  |
    """
    here = income.document.org_unit_id
    target = money.money_at(income.paid_into.unit_id, income.paid_into.pk)
    for line in income.lines:
        tax = line.tax or ZERO
        if line.amount > tax:
            source = at.other_income(line.unit_id or here, line.purpose_id)
            yield Move(source, target, line.amount - tax, line=line.pk)
        if tax:
            yield Move(money.output_tax(here), target, tax, line=line.pk)


def year_moves(close: Annotated[Any, YearClose]) -> Iterator[Move]:
    """What each account of income or costs holds goes to the equity of its unit, and is nothing.

    | Ledger  | Source             | Target             |
    | money   | cost or equity     | equity or income   |
    | promise | carrying           | carried            |
    """
    for unit, role, holder, amount in close.carried:
        held, balance = AccountKey("money", UUID(unit), role, UUID(holder), CNY), Decimal(amount)
        ends = (held, at.retained(UUID(unit)))
        source, target = ends if balance > 0 else ends[::-1]
        yield Move(source, target, abs(balance))
    unit = close.document.org_unit
    yield Move(at.carrying(unit.pk), at.carried(unit.pk, unit.entity_id, close.year), Decimal(1))
