"""Reads of purchasing: what is still to come, and what is still to be billed."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.queries import settled_with
from tongpan.business.purchasing.models import (
    InvoiceKind,
    PurchaseOrderLine,
    SupplierBill,
    SupplierBillLine,
    SupplierCreditLine,
)
from tongpan.business.stock.models import RequisitionLine
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.org.models import LegalEntity, OrgUnit, TaxpayerKind, business_date
from tongpan.masters.fields import State
from tongpan.masters.items.models import SupplierItem, SupplierPrice
from tongpan.masters.items.queries import items_at
from tongpan.masters.parties.models import Party


def ordered_prices(lines: Sequence[Any]) -> dict[tuple[UUID | None, UUID | None], Decimal | None]:
    """The price of each order line, by the line and its unit; also for those who may not see it."""
    named = {n.order_line_id for n in lines if n.order_line_id}
    rows = PurchaseOrderLine.unscoped.filter(pk__in=named).values_list("pk", "unit_id", "price")
    return {(pk, unit): price for pk, unit, price in rows} if named else {}


def bill_lines(*, received_lines: Sequence[UUID]) -> list[SupplierBillLine]:
    """The lines of posted bills for these lines of receipts, the oldest first."""
    links = ("receipt_line", "item__base_unit", "unit", "document")
    rows = SupplierBillLine.unscoped.select_related(*links).filter(
        receipt_line__in=received_lines, document__state="posted"
    )
    return list(rows.order_by("document__posted_at", "document_id", "position"))


def is_billed_with_tax(lines: Sequence[UUID]) -> bool:
    """Whether the prices of the bill that these lines stand on include tax."""
    bills = SupplierBill.unscoped.filter(document__supplierbillline_set__in=lines)
    return bills.values_list("is_tax_included", flat=True).first() is not False


def invoice_kind_of(lines: Sequence[UUID]) -> str:
    """The kind of the bill that these lines stand on."""
    bills = SupplierBill.unscoped.filter(document__supplierbillline_set__in=lines)
    return bills.values_list("invoice_kind", flat=True).first() or InvoiceKind.SPECIAL.value


def beside_bill(bill: Any) -> QuerySet[Document]:
    """The payments and credit notes that settle a bill."""
    credits = SupplierCreditLine.unscoped.filter(
        Q(bill_line__document=bill.document) | Q(return_line__bill_line__document=bill.document),
        document__state="posted",
    )
    return settled_with(bill, Q(pk__in=credits.values("document")))


def beside_credit(credit: Any) -> QuerySet[Document]:
    """The bills that a credit note corrects, and the payments that used it."""
    bills = {line.credits.document_id for line in credit.lines if line.credits is not None}
    return settled_with(credit, Q(pk__in=bills))


def credited_on(bill_lines: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What posted credit notes took back of each of these lines of bills, in money."""
    wanted = list(bill_lines)
    rows = SupplierCreditLine.unscoped.filter(
        Q(bill_line__in=wanted) | Q(return_line__bill_line__in=wanted), document__state="posted"
    ).values_list("bill_line", "return_line__bill_line", "gross")
    taken = dict.fromkeys(wanted, ZERO)
    for allowed, returned, gross in rows:
        assert gross is not None, "What is posted is complete."
        taken[allowed or returned] += gross
    return taken


def agreed_prices(body: Any, items: Sequence[Any]) -> dict[tuple[UUID, UUID], Decimal]:
    """What was agreed with the supplier of an order for these items, by item and order unit.

    Only prices that include tax as the order's do; the newest that holds on the day of the order.
    """
    if body.supplier_id is None or not items:
        return {}
    on = body.document.business_date
    rows = (
        SupplierPrice.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=on),
            supplier_item__supplier=body.supplier_id,
            supplier_item__item__in=items,
            supplier_item__state=State.ACTIVE,
            is_tax_included=body.is_tax_included,
            valid_from__lte=on,
            state=State.ACTIVE,
        )
        .order_by("valid_from")
        .values_list("supplier_item__item", "supplier_item__order_unit", "price")
    )
    return {(item, unit): price for item, unit, price in rows}


def usual_suppliers(items: Sequence[Any], unit: OrgUnit) -> dict[UUID, Party]:
    """From whom a unit gets each of these items: its main supplier, else the only one there is."""
    today = business_date(unit, env.now())
    found: dict[UUID, Party] = {}
    several: set[UUID] = set()
    rows = SupplierItem.objects.filter(item__in=items, state=State.ACTIVE)
    for row in rows.select_related("supplier"):
        if row.item_id in found:
            several.add(row.item_id)
        found[row.item_id] = row.supplier
    found = {item: supplier for item, supplier in found.items() if item not in several}
    for item, here in items_at(list(items), unit, today).items():
        if here.main_supplier is not None:
            found[item.pk] = here.main_supplier
    return found


def open_requisitions(unit: OrgUnit, supplier: UUID) -> list[tuple[RequisitionLine, Decimal]]:
    """The lines by which a unit asked the buyers for goods that usually come from this supplier,
    and what of each nobody ordered yet; the oldest first."""
    rows = Account.unscoped.filter(ledger="promise", role="wanted", org_unit=unit)
    open_rows = rows.exclude(inflow=F("outflow")).filter(line__isnull=False)
    left = {row.line: row.inflow - row.outflow for row in open_rows if row.line is not None}
    lines = list(
        RequisitionLine.unscoped.filter(
            pk__in=left, document__requisition__from_place=None, document__state="posted"
        )
        .select_related("item__base_unit", "unit", "document")
        .order_by("document__posted_at", "document_id", "position")
    )
    usual = usual_suppliers([line.item for line in lines], unit)
    mine = [n for n in lines if n.item_id in usual and usual[n.item_id].pk == supplier]
    return [(line, left[line.pk]) for line in mine]


def supplied(body: Any) -> dict[UUID, SupplierItem]:
    """What the supplier of an order calls its items, how they pack and deliver them; by item."""
    items = {line.item_id for line in body.lines if line.item_id}
    if body.supplier_id is None or not items:
        return {}
    rows = SupplierItem.objects.filter(
        supplier=body.supplier_id, item__in=items, state=State.ACTIVE
    ).select_related("order_unit", "item")
    return {row.item_id: row for row in rows}


def is_tax_deducted(entity: LegalEntity, on: date) -> bool:
    """Whether this taxpayer deducts input tax on that day: only a general one does."""
    return entity.taxpayer_kind(on) == TaxpayerKind.Kind.GENERAL
