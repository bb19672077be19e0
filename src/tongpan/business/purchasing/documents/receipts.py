"""The goods receipt: goods that came, at what their order says they cost."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.business.purchasing import queries
from tongpan.business.purchasing.documents.shared import (
    explain,
)
from tongpan.business.purchasing.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseOrder,
)
from tongpan.business.purchasing.postings import (
    goods_receipt_moves,
)
from tongpan.business.purchasing.screens import (
    billed,
)
from tongpan.business.stock import screens
from tongpan.business.stock.documents.following import at_nothing, left_lines
from tongpan.business.trade.documents import (
    AMOUNTS,
    PRICED,
    REACH,
    check_following,
    check_priced,
    complete_priced,
    header_of,
)
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say

say(
    "taxpayer_kind_missing",
    noop(
        "Say first, in Settings under Legal entities, what kind of taxpayer {entity} is: it decides"
        " whether input tax is part of the cost."
    ),
)


def receipt_of(order: PurchaseOrder) -> dict[str, Any]:
    """A receipt of all that is still to come, at the prices of the order."""
    lines = left_lines("expected", order.lines, "order_line", "price")
    return {"unit": order.document.org_unit, "header": header_of(order), "lines": lines}


def complete_receipt(body: GoodsReceipt) -> None:
    """Prices come from the order where nobody wrote one; cost is what tax rules make of them."""
    prices = queries.ordered_prices(body.lines)
    for line in body.lines:
        if line.price is None:
            line.price = prices.get((line.order_line_id, line.unit_id))
    complete_priced(body)
    document = body.document
    deducted = queries.is_tax_deducted(document.org_unit.entity, document.business_date)
    for line in body.lines:
        line.cost = line.net if deducted else line.gross


def check_receipt(body: GoodsReceipt) -> Iterator[Problem]:
    entity = body.document.org_unit.entity
    if entity.taxpayer_kind(body.document.business_date) is None:
        yield {"path": "place", "code": "taxpayer_kind_missing", "entity": entity.name}
    yield from check_priced(body)
    yield from check_following(body, "order_line")


GOODS_RECEIPT = register(
    DocumentType(
        code="purchasing.receipt",
        title=_("Goods receipt"),
        plural=_("Goods receipts"),
        help=_("Goods that came from a supplier, with or without an order."),
        job="buying",
        body=GoodsReceipt,
        line=GoodsReceiptLine,
        numbering="RK-{unit}-{year:02}-{serial:05}",
        header=("supplier", "place", "is_tax_included", "delivery_note"),
        columns=("order_line", *PRICED),
        listed=("number", "business_date", "supplier", "place", "total", "state", "delivery_note"),
        reach=(*REACH, "order_line__document"),
        complete=complete_receipt,
        check=check_receipt,
        is_left_out=at_nothing("order_line"),
        screens={
            "line_facts": screens.UNITS,
            "begin": screens.at_place_here,
            "verb": _("Receive"),
            "alone": True,  # goods may come without an order
            "standings": billed,
            "told": AMOUNTS,
        },
        moves=goods_receipt_moves,
        explain_short=explain,
        follows={"purchasing.order": receipt_of},
    )
)
