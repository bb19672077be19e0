"""The purchase return: goods that go back at the cost at which they came."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.business.purchasing import queries
from tongpan.business.purchasing.documents.shared import (
    explain,
)
from tongpan.business.purchasing.models import (
    GoodsReceipt,
    PurchaseReturn,
    PurchaseReturnLine,
    SupplierBill,
)
from tongpan.business.purchasing.postings import (
    purchase_return_moves,
)
from tongpan.business.purchasing.screens import (
    credited,
)
from tongpan.business.stock import screens
from tongpan.business.stock.documents import check_goods, complete_goods
from tongpan.business.stock.documents.following import (
    at_nothing,
    check_links,
    complete_links,
    documents_of,
    left_lines,
)
from tongpan.business.trade.documents import (
    check_at_unit,
    check_following,
    complete_spine,
    freeze_shares,
)
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say

say("not_returnable", noop("{item} does not go back from {unit} (see its item at a unit)."))


def return_of(receipt: GoodsReceipt) -> dict[str, Any]:
    """A return of all that came: of each line what is not billed yet, else what its bills had."""
    header = {"supplier": receipt.supplier, "place": receipt.place}
    lines = left_lines("unbilled", receipt.lines, "receipt_line")
    unbilled = {row["receipt_line"].pk for row in lines}
    received = [line.pk for line in receipt.lines if line.pk not in unbilled]
    bills = queries.bill_lines(received_lines=received) if received else []
    return {
        "unit": receipt.document.org_unit,
        "header": header,
        "lines": lines + _billed_lines(bills),
    }


def return_of_bill(bill: SupplierBill) -> dict[str, Any]:
    """A return of all of a bill that is still here."""
    header = {"supplier": bill.supplier, "place": bill.place}
    return {
        "unit": bill.document.org_unit,
        "header": header,
        "lines": _billed_lines(bill.lines),
    }


def _billed_lines(lines: Sequence[Any]) -> list[dict[str, Any]]:
    rows = left_lines("billed", lines, "bill_line")
    return [{**row, "receipt_line": row["bill_line"].receipt_line} for row in rows]


def complete_return(body: PurchaseReturn) -> None:
    complete_links(body, "receipt_line", "bill_line")
    complete_spine(body)
    complete_goods(body)
    for line in body.lines:
        if line.bill_line is not None:
            line.receipt_line = line.bill_line.receipt_line


def freeze_return(body: PurchaseReturn) -> None:
    """The cost at which the goods came: of their receipt, or what of it their bill had taken."""
    unbilled = [line for line in body.lines if line.bill_line is None]
    billed_lines = [line for line in body.lines if line.bill_line is not None]
    freeze_shares(unbilled, "unbilled", "receipt_line", cost="cost")
    freeze_shares(billed_lines, "billed", "bill_line", cost="cost")


def check_return(body: PurchaseReturn) -> Iterator[Problem]:
    yield from check_goods(body)
    yield from check_links(body, "receipt_line")
    yield from check_following(body, "receipt_line")
    yield from check_following(body, "bill_line")
    yield from check_at_unit(body, "is_returnable", "not_returnable")


PURCHASE_RETURN = register(
    DocumentType(
        code="purchasing.return",
        title=_("Purchase return"),
        plural=_("Purchase returns"),
        help=_("Goods that go back to their supplier, at the cost at which they came."),
        job="buying",
        body=PurchaseReturn,
        line=PurchaseReturnLine,
        numbering="CT-{unit}-{year:02}-{serial:05}",
        header=("supplier", "place", "reason"),
        columns=("receipt_line", "bill_line", "item", "lot", "quantity", "unit"),
        listed=("number", "business_date", "supplier", "place", "state", "reason"),
        reach=(
            "item__base_unit",
            "receipt_line__document",
            "bill_line__receipt_line",
            "bill_line__unit",
            "bill_line__document",
        ),
        complete=complete_return,
        screens={"line_facts": screens.STOCK, "told": ("cost",), "standings": credited},
        check=check_return,
        is_left_out=at_nothing("receipt_line"),
        leans_on=documents_of("receipt_line", "bill_line"),
        freeze=freeze_return,
        frozen=("cost",),
        moves=purchase_return_moves,
        explain_short=explain,
        follows={"purchasing.receipt": return_of, "purchasing.bill": return_of_bill},
    )
)
