"""Reads of money: what is owed to a supplier, what an account holds, with every movement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.books import CNY
from tongpan.business.finance.models import (
    MoneyOpeningLine,
    MoneyPlace,
    OpenItem,
    SupplierPayment,
    SupplierPaymentLine,
)
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.ledger.queries import Balance, Where, balances
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import declare_permission, units_where, visible
from tongpan.masters.fields import State as Use

SEE = "finance.statement.view"
SETTLED = ("payable", "advance")  # roles whose accounts have a document as their line
OWED = ("received_not_invoiced", "payable", "returned_not_credited", "advance")

declare_permission(SEE, _("See statements of suppliers and money accounts"))


def money_units() -> list[OrgUnit]:
    """The units whose money accounts the person may see: it shows what goods cost, too."""
    costs = set(units_where("see.cost").values_list("pk", flat=True))
    units = units_where(SEE).select_related("entity").order_by("path")
    return [unit for unit in units if unit.pk in costs]


def money_where(holder: UUID, roles: Sequence[str], units: Sequence[OrgUnit]) -> Where:
    """The money accounts of one holder at these units."""
    return Where(
        ledger="money", roles=list(roles), holders=[holder], org_units=[u.pk for u in units]
    )


def owed_to(supplier: UUID, units: Sequence[OrgUnit]) -> list[Balance]:
    """What these units owe a supplier and what they owe us, by role. Below zero is owed by us."""
    return balances(money_where(supplier, OWED, units))


@dataclass(frozen=True, slots=True)
class Left:
    """What a document leaves to settle: above zero we owe it, below zero it is owed to us."""

    item: OpenItem
    amount: Decimal


def left_open(documents: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What each of these documents leaves to settle. The accounts are bounded, so it is exact."""
    wanted = list(documents)
    rows = Account.unscoped.filter(ledger="money", role__in=SETTLED, line__in=wanted)
    left = {row.line: row.outflow - row.inflow for row in rows}
    return {document: left.get(document, ZERO) for document in wanted}


def open_items(supplier: UUID, entity: UUID, units: Iterable[OrgUnit]) -> list[Left]:
    """What is open with a supplier at these units of a legal entity, the oldest first."""
    rows = Account.unscoped.filter(
        ledger="money", role__in=SETTLED, holder=supplier, entity=entity,
        org_unit__in=[unit.pk for unit in units], line__isnull=False,
    ).exclude(inflow=F("outflow"))  # fmt: skip
    left = {row.line: row.outflow - row.inflow for row in rows if row.line is not None}
    found = visible(OpenItem).filter(pk__in=left).select_related("org_unit")
    return [
        Left(item, left[item.pk]) for item in found.order_by("business_date", "posted_at", "number")
    ]


def settled_with(body: Any) -> list[Document]:
    """The payments that settle a document; and what a payment itself settles."""
    document = body.document.pk
    lines = SupplierPaymentLine.unscoped.filter(document__state=State.POSTED)
    by = lines.filter(settles=document).values("document")
    of = lines.filter(document=document).values("settles")
    rows = visible(Document).select_related("org_unit").filter(Q(pk__in=by) | Q(pk__in=of))
    return list(rows.order_by("posted_at"))


def open_bills(units: Sequence[OrgUnit]) -> dict[UUID, Decimal]:
    """What is still to be paid on bills at these units, to whomever."""
    rows = Account.unscoped.filter(
        ledger="money", unit=CNY, role="payable",  # by the index: goods have most of the accounts
        org_unit__in=[unit.pk for unit in units], line__isnull=False,
    ).exclude(inflow=F("outflow"))  # fmt: skip
    return {row.line: row.outflow - row.inflow for row in rows if row.line is not None}


def usual_account(entity: UUID) -> MoneyPlace | None:
    """The account from which a legal entity last paid a supplier, else its only one at a bank."""
    known = visible(MoneyPlace).select_related("unit").filter(unit__entity=entity, state=Use.ACTIVE)
    paid = visible(SupplierPayment).filter(document__state=State.POSTED, paid_from__in=known)
    last = paid.order_by("-document__posted_at").values_list("paid_from", flat=True).first()
    if last is not None:
        return known.get(pk=last)
    banks = list(known.filter(kind=MoneyPlace.Kind.BANK)[:2])
    return banks[0] if len(banks) == 1 else None


def opened_on(places: Iterable[UUID]) -> dict[UUID, str]:
    """Which of these accounts have an opening balance, and on which document."""
    lines = MoneyOpeningLine.unscoped.filter(document__state=State.POSTED, place__in=list(places))
    return {place: str(number) for place, number in lines.values_list("place", "document__number")}


def held_at(place: UUID, units: Sequence[OrgUnit]) -> list[Balance]:
    """What a cash box or a bank account holds, by the unit whose money it is."""
    return balances(money_where(place, ("money",), units))
