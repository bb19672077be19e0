"""The document and master types of the housekeeping with money: transfers between accounts,
takings that are brought in, expenses and other income."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO, in_yuan
from tongpan.business.finance import accounts as money
from tongpan.business.finance.documents import SUPPLIER_PAYMENT, explain_used, payment_of
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.queries import settled_with
from tongpan.business.purchasing.queries import is_tax_deducted
from tongpan.business.trade.documents import complete_due
from tongpan.business.trade.screens import overdue, still_open
from tongpan.business.treasury import queries, screens
from tongpan.business.treasury.models import (
    Expense,
    ExpenseLine,
    MoneyTransfer,
    MoneyTransferLine,
    OtherIncome,
    OtherIncomeLine,
    Purpose,
    Takings,
    TakingsLine,
)
from tongpan.business.treasury.postings import (
    expense_moves,
    income_moves,
    takings_moves,
    transfer_moves,
)
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, refer
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may
from tongpan.masters.references import reference
from tongpan.masters.validity import fill_defaults

say("same_account", noop("{name} is where the money comes from."))
say("not_your_unit", noop("You may not write such a document for {name}."))
say("taken_less", noop("{store}, {name}: {has} were taken and not brought in, not {needs}."))
say("way_named_twice", noop("{store}, {name} stands here twice. Add them up on one line."))
say("kept_too_much", noop("Fee and what is short are more than was taken."))
say("cash_not_there", noop("By the books this cash is not there. Write it all the same?"))
say("cash_short", noop("{name} holds {has} by the books, {needs} are to leave."))
say("paid_or_owed", noop("Say from which account it was paid, or to which supplier it is owed."))
say("purpose_of_other_kind", noop("{name} is for income and not for expenses, or the reverse."))
say("tax_too_high", noop("There is less in the amount than this tax."))
say("tax_not_deducted", noop("{name} deducts no input tax: leave the tax in the amount."))

refer(reference(Purpose))

PURPOSE = register(
    MasterType(
        code="treasury.purpose",
        title=_("Purpose of money"),
        plural=_("Purposes of money"),
        help=_("What money is spent for, or comes in for besides sales: rent, wages, power."),
        job="money",
        model=Purpose,
        key="code",
        fields=("code", "name", "kind"),
        listed=("code", "name", "kind", "state"),
        complete=fill_defaults,
    )
)


def _sum(lines: Iterable[Any], *names: str) -> Decimal:
    """What these columns of all lines come to, as far as they are filled."""
    return sum((getattr(n, name) or ZERO for n in lines for name in names), ZERO)


def _not_positive(line: Any) -> Iterator[Problem]:
    if line.amount <= 0:
        path = f"lines.{line.position}.amount"
        yield {"path": path, "code": "not_positive", "label": _("amount")}


def _of_one_entity(body: Any, unit: OrgUnit, path: str, permission: str) -> Iterator[Problem]:
    """A line may be of another unit, of the same legal entity, where the person may write it."""
    if unit.entity_id != body.document.org_unit.entity_id:
        yield {"path": path, "code": "money_of_other_entity", "name": unit.name}
    elif not may(permission, unit):
        yield {"path": path, "code": "not_your_unit", "name": unit.name}


def _ask_about_cash(place: MoneyPlace, path: str, needs: Decimal) -> Iterator[Problem]:
    """A cash box holds no less than nothing; but what fills it may be written a little later."""
    if place.kind != MoneyPlace.Kind.CASH:
        return
    key = money.money_at(place.unit_id, place.pk)
    has = balance_of([key])[key].amount
    if needs > has:
        facts = {"name": place.name, "has": in_yuan(has), "needs": in_yuan(needs)}
        yield {"path": path, "code": "cash_short", "question": "cash_not_there", **facts}


# -- transfer ------------------------------------------------------------------------------------


def complete_transfer(body: MoneyTransfer) -> None:
    """A transfer is of the unit whose money goes; the one unit where it goes sees it too."""
    document = body.document
    document.total = _sum(body.lines, "amount", "fee")
    if body.from_place is not None:
        document.org_unit = body.from_place.unit
    _share(document, [n.to_place.unit for n in body.lines if n.to_place is not None])


def _share(document: Any, units: Iterable[OrgUnit]) -> None:
    """Let the one other unit that a document is about see it."""
    others = {unit.pk: unit for unit in units if unit.pk != document.org_unit_id}
    document.other_unit = next(iter(others.values())) if len(others) == 1 else None


def check_transfer(body: Any) -> Iterator[Problem]:
    for line in body.lines:
        yield from _not_positive(line)
        if line.to_place_id == body.from_place.pk:
            path = f"lines.{line.position}.to_place"
            yield {"path": path, "code": "same_account", "name": body.from_place.name}
    yield from _ask_about_cash(body.from_place, "from_place", body.document.total)


TRANSFER = register(
    DocumentType(
        code="treasury.transfer",
        title=_("Money transfer"),
        plural=_("Money transfers"),
        help=_(
            "Money from one account to others of our own: from the safe to the bank, from a store"
            " to headquarters. What the bank keeps besides is the fee. Between two legal entities"
            " each line becomes a debt of the one to the other."
        ),
        job="money",
        body=MoneyTransfer,
        line=MoneyTransferLine,
        numbering="ZZ-{unit}-{year:02}-{serial:05}",
        header=("from_place", "reference"),
        columns=("to_place", "amount", "fee"),
        listed=("number", "business_date", "from_place", "total", "state", "created_by"),
        reach=("to_place__unit__entity",),
        complete=complete_transfer,
        check=check_transfer,
        moves=transfer_moves,
        screens={
            "line_facts": screens.TO_ACCOUNTS,
            "signed_by": (_("Paid out by"), _("Checked by")),
        },
    )
)


# -- takings -------------------------------------------------------------------------------------


def complete_takings(body: Takings) -> None:
    """Takings are of the unit whose account they reach; a line comes to what arrived of it."""
    for line in body.lines:
        if line.amount is not None:
            line.arrived = line.amount - (line.fee or ZERO) - (line.missing or ZERO)
    document = body.document
    document.total = _sum(body.lines, "arrived")
    if body.paid_into is not None:
        document.org_unit = body.paid_into.unit
    _share(document, [n.store for n in body.lines if n.store is not None])


def check_takings(body: Any) -> Iterator[Problem]:
    """No more is brought in than was taken by then; the tills' first slips are locked."""
    stores = {line.store_id for line in body.lines}
    left = queries.taken_by(stores, body.document.business_date)
    named = set()
    for line in body.lines:
        path, way = f"lines.{line.position}", (line.store_id, line.method_id)
        facts = {"store": line.store.name, "name": line.method.name}
        yield from _not_positive(line)
        yield from _of_one_entity(body, line.store, f"{path}.store", queries.SAVE)
        if way in named:
            yield {"path": f"{path}.method", "code": "way_named_twice", **facts}
        elif line.amount > left.get(way, ZERO):
            has = {"has": in_yuan(left.get(way, ZERO)), "needs": in_yuan(line.amount)}
            yield {"path": f"{path}.amount", "code": "taken_less", **facts, **has}
        if line.arrived < 0:
            yield {"path": f"{path}.missing", "code": "kept_too_much"}
        named.add(way)


def queue_at(body: Any) -> list[UUID]:
    """Two who bring in takings of one store take turns, so that nothing is brought in twice."""
    return queries.first_slips({line.store_id for line in body.lines})


TAKINGS = register(
    DocumentType(
        code="treasury.takings",
        title=_("Takings brought in"),
        plural=_("Takings brought in"),
        help=_(
            "Takings of tills that reached an account of ours: cash in the safe or at the bank,"
            " what a payment provider paid out. What the provider kept is the fee; cash that was"
            " not there is short. What is due by now is proposed."
        ),
        job="money",
        body=Takings,
        line=TakingsLine,
        numbering="RZ-{unit}-{year:02}-{serial:05}",
        header=("paid_into", "reference"),
        columns=("store", "method", "amount", "fee", "missing"),
        listed=("number", "business_date", "paid_into", "total", "state", "created_by"),
        reach=("store__entity",),
        complete=complete_takings,
        check=check_takings,
        leans_on=queue_at,
        moves=takings_moves,
        screens={
            "begin": screens.where_takings_go,
            "propose": screens.due,
            "propose_by": "paid_into",
            "are_owned": True,
            "told": ("arrived",),
            "signed_by": (_("Handed over by"), _("Payee")),
        },
    )
)


# -- expenses and other income -------------------------------------------------------------------


def complete_expense(body: Expense) -> None:
    """An expense is of the unit whose money pays it, or of the one that owes it, by some day."""
    body.document.party = body.supplier_id
    _complete(body, body.paid_from)
    if body.paid_from is None:
        complete_due(body)
    else:
        body.due_on = None


def complete_income(body: OtherIncome) -> None:
    body.document.party = body.payer_id
    _complete(body, body.paid_into)


def _complete(body: Any, place: Any) -> None:
    document = body.document
    document.total = _sum(body.lines, "amount")
    if place is not None:
        document.org_unit = place.unit
    _share(document, [n.unit for n in body.lines if n.unit is not None])


def check_expense(body: Any) -> Iterator[Problem]:
    if body.paid_from is None and body.supplier is None:
        yield {"path": "paid_from", "code": "paid_or_owed"}
    if body.supplier is not None and not body.supplier.is_supplier:
        yield {"path": "supplier", "code": "not_a_supplier", "name": str(body.supplier)}
    document = body.document
    entity = document.org_unit.entity
    deducts = is_tax_deducted(entity, document.business_date)
    for line in body.lines:
        yield from _check_purpose(body, line, Purpose.Kind.EXPENSE, EXPENSE.permission("save"))
        if line.tax and not deducts:
            path = f"lines.{line.position}.tax"
            yield {"path": path, "code": "tax_not_deducted", "name": entity.name}
    if body.paid_from is not None:
        yield from _ask_about_cash(body.paid_from, "paid_from", document.total)


def check_income(body: Any) -> Iterator[Problem]:
    for line in body.lines:
        yield from _check_purpose(body, line, Purpose.Kind.INCOME, INCOME.permission("save"))


def _check_purpose(body: Any, line: Any, kind: str, permission: str) -> Iterator[Problem]:
    path = f"lines.{line.position}"
    yield from _not_positive(line)
    if line.unit is not None:
        yield from _of_one_entity(body, line.unit, f"{path}.unit", permission)
    if line.purpose.kind != kind:
        facts = {"code": "purpose_of_other_kind", "name": line.purpose.name}
        yield {"path": f"{path}.purpose", **facts}
    if line.tax and line.tax > line.amount:
        yield {"path": f"{path}.tax", "code": "tax_too_high"}


def explain_owed(_body: Any, short: dict[str, Any]) -> Problem:
    return explain_used(short)


EXPENSE = register(
    DocumentType(
        code="treasury.expense",
        title=_("Expense"),
        plural=_("Expenses"),
        help=_(
            "What a unit spends besides buying goods: rent, wages, power, repairs. Paid from an"
            " account at once, or owed to a supplier and paid later. Each line says for what, and"
            " for which unit."
        ),
        job="money",
        body=Expense,
        line=ExpenseLine,
        numbering="FY-{unit}-{year:02}-{serial:05}",
        header=("paid_from", "supplier", "reference", "due_on"),
        columns=("purpose", "about", "unit", "amount", "tax"),
        listed=("number", "business_date", "org_unit", "supplier", "total", "state", "due_on"),
        reach=("unit__entity",),
        complete=complete_expense,
        check=check_expense,
        moves=expense_moves,
        explain_short=explain_owed,
        screens={
            "line_facts": screens.purposes_of(Purpose.Kind.EXPENSE),
            "standings": screens.paid,
            "views": {
                "open": (_("Not paid yet"), still_open("treasury.expense", "payable")),
                "overdue": (_("Overdue"), overdue("treasury.expense", "payable")),
            },
            "beside": settled_with,
            "signed_by": (_("Paid out by"), _("Payee")),
        },
    )
)
money.opens(EXPENSE.code, money.payable)
SUPPLIER_PAYMENT.follows[EXPENSE.code] = payment_of

INCOME = register(
    DocumentType(
        code="treasury.income",
        title=_("Other income"),
        plural=_("Other income"),
        help=_(
            "Money that comes in besides sales: rent for a corner of the shop, scrap sold, a"
            " subsidy. Each line says for what, and of which unit."
        ),
        job="money",
        body=OtherIncome,
        line=OtherIncomeLine,
        numbering="SR-{unit}-{year:02}-{serial:05}",
        header=("paid_into", "payer", "reference"),
        columns=("purpose", "about", "unit", "amount", "tax"),
        listed=("number", "business_date", "org_unit", "paid_into", "total", "state"),
        reach=("unit__entity",),
        complete=complete_income,
        check=check_income,
        moves=income_moves,
        screens={
            "line_facts": screens.purposes_of(Purpose.Kind.INCOME),
            "signed_by": (_("Payee"), _("Payer")),
        },
    )
)
