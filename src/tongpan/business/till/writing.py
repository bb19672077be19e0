"""Writing slips: documents, bodies, lines and payments of any number of them in one statement."""

import json
from collections.abc import Sequence
from typing import Any

from tongpan.base import env
from tongpan.business.till.baskets import Basket, Rung
from tongpan.business.till.documents import RETURN, SALE
from tongpan.business.till.models import Return, Sale
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.numbering import series_of

WRITE_SALES = "till_sale_write(%s, %s, %s, %s)"
WRITE_RETURNS = "till_return_write(%s, %s, %s, %s)"
Row = dict[str, Any]


def write_slips(written: Sequence[tuple[Sale | Return, Basket]]) -> list[str]:
    """Write slips of one kind whole, each with the basket that it is about; their numbers."""
    lines: list[Row] = []
    payments: list[Row] = []
    for slip, basket in written:
        document = slip.document.pk, slip.document.business_date
        lines += [_line(*document, n, line) for n, line in enumerate(basket.lines, start=1)]
        payments += [
            {
                "id": env.new_id(), "on_day": document[1], "document": document[0],
                "method": paid.method.pk, "amount": paid.amount, "tendered": paid.tendered,
                "reference": paid.reference,
            }
            for paid in basket.payments
        ]  # fmt: skip
    documents = [_document(slip.document) for slip, _ in written]
    parts = (documents, [_slip(slip) for slip, _ in written], lines, payments)
    call = WRITE_SALES if isinstance(written[0][0], Sale) else WRITE_RETURNS
    (numbers,) = together([Call(call, tuple(json.dumps(p, default=plain) for p in parts))])
    return list(numbers)


def _document(document: Document) -> Row:
    declared = SALE if document.type == SALE.code else RETURN
    series = series_of(declared, document.org_unit, document.business_date)
    return {
        "id": document.pk, "type": document.type, "series": series.key, "prefix": series.prefix,
        "digits": series.digits, "org_unit": document.org_unit_id,
        "on_day": document.business_date, "currency": document.currency,
        "total": document.total, "follows": document.follows_id, "party": document.party,
        "at": document.created_at, "by_whom": document.created_by_id,
    }  # fmt: skip


def _slip(slip: Sale | Return) -> Row:
    row = {
        "id": slip.document.pk, "store": slip.store_id, "net": slip.net, "tax": slip.tax,
        "pieces": slip.pieces,
    }  # fmt: skip
    if isinstance(slip, Return):
        return row | {"reason": slip.reason}
    return row | {
        "change": slip.change, "invoiceable": slip.invoiceable,
        "invoice_state": slip.invoice_state, "invoice_token": slip.invoice_token,
    }  # fmt: skip


def _line(document: Any, on_day: Any, position: int, line: Rung) -> Row:
    return {
        "id": line.pk, "on_day": on_day, "document": document, "position": position,
        "item": line.item_id, "unit": line.unit_id, "barcode": line.barcode,
        "quantity": line.quantity, "base_quantity": line.base_quantity, "price": line.price,
        "tax_category": line.tax_category, "tax_rate": line.tax_rate, "net": line.taxed.net,
        "tax": line.taxed.tax, "sold": line.sold,
    }  # fmt: skip
