"""The supplier bill, which says what goods cost that came before."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.finance import accounts as money
from tongpan.business.finance.documents import SUPPLIER_PAYMENT, payment_of
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.documents.shared import (
    AMOUNTS,
    PRICED,
    REACH,
    check_following,
    check_links,
    check_priced,
    complete_links,
    complete_priced,
    deducts_tax,
    documents_of,
    explain,
    freeze_revaluations,
    freeze_shares,
    header_of,
    left_lines,
)
from tongpan.business.purchasing.models import (
    GoodsReceipt,
    SupplierBill,
    SupplierBillLine,
)
from tongpan.business.purchasing.postings import (
    supplier_bill_moves,
)
from tongpan.business.purchasing.screens import (
    open_of_bill,
    overdue,
    paid,
    still_open,
)
from tongpan.business.stock import screens
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType


def bill_of(receipt: GoodsReceipt) -> dict[str, Any]:
    """A bill for all of a receipt that is not billed yet."""
    lines = left_lines("unbilled", receipt.lines, "receipt_line", "price")
    return {"unit": receipt.document.org_unit, "header": header_of(receipt), "lines": lines}


def freeze_bill(body: SupplierBill) -> None:
    """What the goods came at, and what the bill makes of those that are still here."""
    freeze_shares(body.lines, "estimated", "unbilled", "receipt_line", "cost")
    ready = [n for n in body.lines if n.gross is not None and n.estimated is not None]
    freeze_revaluations(body, {n.pk: n.gross - n.deducted - n.estimated for n in ready})


def complete_bill(body: SupplierBill) -> None:
    """The tax of a special invoice is deducted, by whoever deducts input tax."""
    complete_links(body, "receipt_line")
    complete_priced(body)
    complete_due(body)
    is_deducted = deducts_tax(body)
    for line in body.lines:
        line.deducted = line.tax if is_deducted else ZERO


def complete_due(body: SupplierBill) -> None:
    """It is due by the supplier's terms, unless somebody wrote another day.

    A day that was worked out before follows when the date or the supplier is changed.
    """
    drafts = SupplierBill.unscoped.select_related("document", "supplier")
    before = drafts.filter(pk=body.document.pk).first()
    if before is not None and body.due_on == before.due_on == _due_by_terms(before):
        body.due_on = None
    if body.due_on is None:
        body.due_on = _due_by_terms(body)


def _due_by_terms(bill: SupplierBill) -> date | None:
    supplier = bill.supplier
    return None if supplier is None else supplier.due_on(bill.document.business_date)


def check_bill(body: SupplierBill) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_links(body, "receipt_line")
    yield from check_following(body, "receipt_line")


SUPPLIER_BILL = register(
    DocumentType(
        code="purchasing.bill",
        title=_("Supplier bill"),
        plural=_("Supplier bills"),
        help=_("What a supplier bills for goods that came."),
        job="buying",
        body=SupplierBill,
        line=SupplierBillLine,
        numbering="FP-{unit}-{year:02}-{serial:05}",
        header=(
            "supplier",
            "place",
            "invoice_kind",
            "invoice_number",
            "is_tax_included",
            "due_on",
        ),
        columns=("receipt_line", *PRICED),
        listed=(
            "number",
            "business_date",
            "supplier",
            "invoice_number",
            "total",
            "state",
            "due_on",
        ),
        reach=(*REACH, "receipt_line__document"),
        complete=complete_bill,
        check=check_bill,
        screens={
            "line_facts": screens.UNITS,
            "told": AMOUNTS,
            "standings": paid,
            "views": {
                "open": (_("Not paid yet"), still_open),
                "overdue": (_("Overdue"), overdue),
            },
            "figures": open_of_bill,
            "beside": queries.beside_bill,
        },
        leans_on=documents_of("receipt_line"),
        freeze=freeze_bill,
        frozen=("estimated", "revalued"),
        moves=supplier_bill_moves,
        explain_short=explain,
        follows={"purchasing.receipt": bill_of},
    )
)


money.opens(SUPPLIER_BILL.code, money.payable)
SUPPLIER_PAYMENT.follows[SUPPLIER_BILL.code] = payment_of
