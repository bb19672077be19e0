"""The supplier bill, which says what goods cost that came before."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO
from tongpan.business.finance import accounts as money
from tongpan.business.finance.documents import SUPPLIER_PAYMENT, payment_of
from tongpan.business.finance.queries import left_open
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.documents.shared import (
    deducts_tax,
    explain,
    freeze_revaluations,
)
from tongpan.business.purchasing.models import (
    GoodsReceipt,
    SupplierBill,
    SupplierBillLine,
)
from tongpan.business.purchasing.postings import (
    supplier_bill_moves,
)
from tongpan.business.purchasing.screens import paid
from tongpan.business.stock import screens
from tongpan.business.stock.documents.following import (
    at_nothing,
    check_links,
    complete_links,
    documents_of,
    left_lines,
)
from tongpan.business.trade.documents import (
    AMOUNTS,
    PRICED,
    REACH,
    check_following,
    check_priced,
    complete_due,
    complete_priced,
    freeze_shares,
    header_of,
)
from tongpan.business.trade.screens import open_of, overdue, still_open
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say

FAR = Decimal("0.3")  # of the price that was expected: rather a slip of the finger than a new price

say("bill_as_it_is", noop("The bill is far from what the goods came at. Book it so?"))
say("far_from_receipt", noop("{item}: its price is more than {percent} % off that of its receipt."))


def bill_of(receipt: GoodsReceipt) -> dict[str, Any]:
    """A bill for all of a receipt that is not billed yet."""
    lines = left_lines("unbilled", receipt.lines, "receipt_line", "price")
    return {"unit": receipt.document.org_unit, "header": header_of(receipt), "lines": lines}


def freeze_bill(body: SupplierBill) -> None:
    """What the goods came at, and what the bill makes of those that are still here."""
    freeze_shares(body.lines, "unbilled", "receipt_line", estimated="cost")
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


def check_bill(body: SupplierBill) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_links(body, "receipt_line")
    yield from check_following(body, "receipt_line")
    yield from ask_far_prices(body)


def ask_far_prices(body: SupplierBill) -> Iterator[Problem]:
    """Questions about lines whose price, without tax, is far from that of the receipt."""
    for line in body.lines:
        came = line.receipt_line
        if came is None or None in (line.net, line.base_quantity, came.net):
            continue  # said by the other checks
        billed, expected = line.net * came.base_quantity, came.net * line.base_quantity
        if abs(billed - expected) > expected * FAR:
            yield {
                "path": f"lines.{line.position}.price", "code": "far_from_receipt",
                "item": line.item.name, "percent": f"{FAR:.0%}".rstrip("%"),
                "question": "bill_as_it_is",
            }  # fmt: skip


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
        is_left_out=at_nothing("receipt_line"),
        screens={
            "line_facts": screens.UNITS,
            "told": AMOUNTS,
            "standings": paid,
            "views": {
                "open": (_("Not paid yet"), still_open("purchasing.bill", "payable")),
                "overdue": (_("Overdue"), overdue("purchasing.bill", "payable")),
            },
            "figures": open_of,
            "left": left_open,
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
