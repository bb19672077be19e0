"""Reads of money: what is owed to a supplier, what an account holds, with every movement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.books import CNY
from tongpan.business.finance import accounts
from tongpan.business.finance.models import (
    CustomerReceiptLine,
    MoneyOpeningLine,
    MoneyPlace,
    OpenItem,
    SetOffLine,
    Settlement,
    SupplierPaymentLine,
    store_of,
)
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.ledger.queries import Balance, Where, balances
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import declare_permission, units_where, visible
from tongpan.masters.fields import State as Use

SEE = "finance.statement.view"
# The roles whose accounts have a document as their line, with what makes their balances positive
# for what is to be paid.
SETTLED = {role: side.sign for side in accounts.SIDES.values() for role in side.roles}
OWED_BY = accounts.SIDES["customer"].roles
OWED = ("received_not_invoiced", "payable", "returned_not_credited", "advance")

declare_permission(SEE, _("See statements of suppliers, customers and money accounts"))


def where_money_is_seen(side: str = "supplier") -> QuerySet[OrgUnit]:
    """The units whose money accounts the person may see: it shows what goods cost, too, but for
    what customers owe."""
    units = units_where(SEE)
    if side == "customer":
        return units
    return units.filter(pk__in=units_where("see.cost").values("pk"))


def money_units(side: str = "supplier") -> list[OrgUnit]:
    """Those units, with their legal entities, by their place in the tree."""
    return list(money_units_of(side))


def money_units_of(side: str) -> QuerySet[OrgUnit]:
    """The same, not read yet."""
    return where_money_is_seen(side).select_related("entity").order_by("path")


def money_where(holder: UUID, roles: Sequence[str], units: Sequence[OrgUnit]) -> Where:
    """The money accounts of one holder at these units."""
    return Where(
        ledger="money", roles=list(roles), holders=[holder], org_units=[u.pk for u in units]
    )


def owed_with(party: UUID, units: Mapping[str, Sequence[OrgUnit]]) -> dict[str, list[Balance]]:
    """For each side, what stands between a party and the units that are named for it, by role, in
    one statement. Below zero is owed by us."""
    roles = {side: {"supplier": OWED, "customer": OWED_BY}[side] for side in units}
    at = {side: {unit.pk for unit in several} for side, several in units.items()}
    every = {unit.pk: unit for several in units.values() for unit in several}
    where = money_where(party, [r for of in roles.values() for r in of], [*every.values()])
    found = balances(where) if every else []
    return {
        side: [b for b in found if b.role in roles[side] and b.org_unit in at[side]]
        for side in units
    }


def debt_of(customer: UUID) -> Decimal:
    """What a customer owes us everywhere, less what we owe them, for comparing with their limit."""
    rows = Account.unscoped.filter(ledger="money", unit=CNY, role__in=OWED_BY, holder=customer)
    found: Decimal | None = rows.aggregate(left=Sum(F("inflow") - F("outflow")))["left"]
    return found or ZERO


@dataclass(frozen=True, slots=True)
class Left:
    """What a document leaves to settle: above zero it is to be paid, below zero it is taken off."""

    item: OpenItem
    amount: Decimal


def left_open(documents: Iterable[UUID], side: str = "") -> dict[UUID, Decimal]:
    """What each of these documents leaves to settle, with suppliers or with customers where some
    leave both. The accounts are bounded, so it is exact."""
    wanted = list(documents)
    roles = accounts.SIDES[side].roles if side else tuple(SETTLED)
    rows = Account.unscoped.filter(ledger="money", role__in=roles, line__in=wanted)
    left = {row.line: left_of_account(row) for row in rows}
    return {document: left.get(document, ZERO) for document in wanted}


def credit_of(document: UUID) -> tuple[Decimal, Decimal]:
    """What a customer got to use by this document, and what of it is still to be used."""
    rows = Account.unscoped.filter(ledger="money", role="deposit", line=document)
    given = [(row.outflow, row.outflow - row.inflow) for row in rows]
    return sum((one for one, _left in given), ZERO), sum((left for _one, left in given), ZERO)


def end_of(document: Document, opened: accounts.Opened) -> OrgUnit:
    """The unit at whose end a document leaves something to settle; of a till's slip, the store."""
    if opened.is_at_other_unit:
        assert document.other_unit is not None, "A document between two ends has both."
        return document.other_unit
    return store_of(document.org_unit)


def party_of(document: Document, opened: accounts.Opened, side: str) -> UUID | None:
    """With whom something is to be settled at that end: its own party, else what the body says."""
    if opened.party_of is not None:
        return opened.party_of(document.pk)
    if not opened.is_at_other_unit:
        return document.party
    body: Any = document_type(document.type).body
    found: UUID | None = body.unscoped.filter(pk=document.pk).values_list(side, flat=True).first()
    return found


def left_of_account(row: Account) -> Decimal:
    """What is open on an account of one document."""
    left: Decimal = (row.inflow - row.outflow) * SETTLED[row.role]
    return left


def open_items(
    party: UUID, entity: UUID, units: Iterable[OrgUnit], side: str = "supplier"
) -> list[Left]:
    """What is open with a party at these units of a legal entity, the oldest first."""
    mine = [unit for unit in units if unit.entity_id == entity]
    return open_by_entity(party, mine, side).get(entity, [])


def open_by_entity(
    party: UUID, units: Iterable[OrgUnit], side: str = "supplier"
) -> dict[UUID, list[Left]]:
    """What is open with a party at these units, by legal entity, the oldest first."""
    return open_with(party, {side: list(units)})[side]


def open_with(
    party: UUID, units: Mapping[str, Sequence[OrgUnit]]
) -> dict[str, dict[UUID, list[Left]]]:
    """The same for each side, at the units that are named for it, in one statement."""
    sides = {role: side for side in units for role in accounts.SIDES[side].roles}
    of_side = Q(pk__in=())
    for side, several in units.items():
        at = [unit.pk for unit in several]
        of_side |= Q(role__in=accounts.SIDES[side].roles, org_unit__in=at)
    rows = Account.unscoped.filter(of_side, ledger="money", holder=party, line__isnull=False)
    rows = rows.exclude(inflow=F("outflow"))
    named = visible(OpenItem).filter(pk__in=rows.values("line")).select_related("org_unit")
    known, items = read_at_once(rows, named)
    by_id = {item.pk: item for item in items}
    found: dict[str, dict[UUID, list[Left]]] = {side: {} for side in units}
    for row in known:
        if row.line in by_id:
            left = Left(by_id[row.line], left_of_account(row))
            found[sides[row.role]].setdefault(row.entity_id, []).append(left)
    for lefts in (one for of in found.values() for one in of.values()):
        lefts.sort(key=lambda one: (one.item.business_date, one.item.posted_at, one.item.number))
    return found


def settled_with(body: Any, also: Q | None = None) -> QuerySet[Document]:
    """The payments and set-offs that settle a document; and what one of those settles itself; and
    what `also` names of documents."""
    document, named = body.document.pk, also or Q(pk=None)
    for line in (SupplierPaymentLine, CustomerReceiptLine, SetOffLine):
        lines = line.unscoped.filter(document__state=State.POSTED)
        named |= Q(pk__in=lines.filter(settles=document).values("document"))
        named |= Q(pk__in=lines.filter(document=document).values("settles"))
    rows = visible(Document).select_related("org_unit").filter(named)
    return rows.order_by("posted_at")


def open_bills(units: Sequence[OrgUnit], role: str = "payable") -> dict[UUID, Decimal]:
    """What is still to be paid on bills at these units, to whomever; or on deliveries, to us."""
    rows = open_accounts(role).filter(org_unit__in=[unit.pk for unit in units])
    return {row.line: left_of_account(row) for row in rows if row.line is not None}


def open_accounts(role: str) -> QuerySet[Account]:
    """The accounts of all bills, or deliveries, of which something is still to be paid."""
    return Account.unscoped.filter(
        ledger="money", unit=CNY, role=role,  # by the index: goods have most of the accounts
        line__isnull=False,
    ).exclude(inflow=F("outflow"))  # fmt: skip


def with_what_is_open(bodies: QuerySet[Any], role: str, units: QuerySet[OrgUnit]) -> QuerySet[Any]:
    """Those bills or deliveries at these units of which something is open, each with its `left`."""
    accounts = open_accounts(role)
    left = accounts.filter(line=OuterRef("pk")).values(
        left=(F("inflow") - F("outflow")) * SETTLED[role]
    )
    found = accounts.filter(org_unit__in=units.values("pk")).values("line")
    rows: QuerySet[Any] = bodies.filter(pk__in=found).annotate(left=Subquery(left))
    return rows


def usual_account(entity: UUID, of: type[Settlement]) -> MoneyPlace | None:
    """The account with which a legal entity last settled so, else its only one at a bank."""
    return usual_of(usual_accounts(entity, of))


def usual_accounts(entity: UUID, of: type[Settlement]) -> QuerySet[MoneyPlace]:
    """What `usual_of` chooses from: the account of the last one, then two at a bank."""
    known = visible(MoneyPlace).select_related("unit").filter(unit__entity=entity, state=Use.ACTIVE)
    paid = visible(of).filter(document__state=State.POSTED, **{f"{of.money_field}__in": known})
    last = paid.order_by("-document__posted_at").values(of.money_field)[:1]
    rows = known.annotate(is_last=Q(pk__in=last))
    return rows.filter(Q(is_last=True) | Q(kind=MoneyPlace.Kind.BANK)).order_by("-is_last")[:2]


def usual_of(rows: Iterable[MoneyPlace]) -> MoneyPlace | None:
    """The account that was used last, else the only one."""
    found: list[Any] = list(rows)
    return found[0] if found and (found[0].is_last or len(found) == 1) else None


def opened_on(places: Iterable[UUID]) -> dict[UUID, str]:
    """Which of these accounts have an opening balance, and on which document."""
    lines = MoneyOpeningLine.unscoped.filter(document__state=State.POSTED, place__in=list(places))
    return {place: str(number) for place, number in lines.values_list("place", "document__number")}


def held_at(place: UUID, units: Sequence[OrgUnit]) -> list[Balance]:
    """What a cash box or a bank account holds, by the unit whose money it is."""
    return balances(money_where(place, ("money",), units))
