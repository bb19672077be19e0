"""Writing slips: documents, bodies, lines and payments of any number of them in one call."""

from collections.abc import Sequence
from typing import Any

import orjson

from tongpan.base import env
from tongpan.business.till.baskets import Basket, Rung
from tongpan.business.till.documents import RETURN, SALE
from tongpan.business.till.models import Return, Sale
from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.numbering import series_of

WRITE_SALES = "till_sale_write(%s, %s, %s, %s)"
WRITE_RETURNS = "till_return_write(%s, %s, %s, %s)"
WRITE_SHARES = "till_shares_write(%s, %s)"
Row = dict[str, Any]


def writing(slips: Sequence[tuple[Sale | Return, Basket]]) -> Call:
    """The call that writes slips whole, each with its basket; sales come before returns.

    It says their numbers.
    """
    texts, parameters = [], []
    for text, kind in ((WRITE_SALES, Sale), (WRITE_RETURNS, Return)):
        if of_kind := [(slip, basket) for slip, basket in slips if isinstance(slip, kind)]:
            texts.append(text)
            parameters += [orjson.dumps(rows, default=str).decode() for rows in _rows(of_kind)]
    if any(line.shares for _, basket in slips for line in basket.lines):
        texts.append(WRITE_SHARES)
        parameters += [orjson.dumps(rows, default=str).decode() for rows in _shares(slips)]
    return Call(" || ".join(texts), tuple(parameters))


def _rows(slips: Sequence[tuple[Sale | Return, Basket]]) -> tuple[list[Row], ...]:
    """Documents, slips, lines and payments."""
    lines: list[Row] = []
    payments: list[Row] = []
    for slip, basket in slips:
        document = str(slip.document.pk), str(slip.document.business_date)
        lines += [_line(*document, n, line) for n, line in enumerate(basket.lines, start=1)]
        payments += [
            {
                "id": env.new_id(), "on_day": document[1], "document": document[0],
                "method": paid.method.pk, "amount": paid.amount, "tendered": paid.tendered,
                "reference": paid.reference,
            }
            for paid in basket.payments
        ]  # fmt: skip
    documents = [_document(slip.document) for slip, _ in slips]
    return documents, [_slip(slip) for slip, _ in slips], lines, payments


def _document(document: Document) -> Row:
    declared = SALE if document.type == SALE.code else RETURN
    series = series_of(declared, document.org_unit, document.business_date)
    more: Row = {"note": document.note} if document.note else {}
    return more | {
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
    more: Row = {} if line.price_level is None else {"price_level": line.price_level}
    if line.remark:
        more["remark"] = line.remark
    return more | {
        "id": line.pk, "on_day": on_day, "document": document, "position": position,
        "item": line.item_id, "unit": line.unit_id, "barcode": line.barcode,
        "quantity": line.quantity, "base_quantity": line.base_quantity, "price": line.price,
        "tax_category": line.tax_category, "tax_rate": line.tax_rate, "net": line.taxed.net,
        "tax": line.taxed.tax, "sold": line.sold,
        "price_from": line.price_from,
    }  # fmt: skip


def _shares(slips: Sequence[tuple[Sale | Return, Basket]]) -> tuple[list[Row], list[Row]]:
    """What is taken off lines of sales, and what returns give back of it."""
    sold: list[Row] = []
    back: list[Row] = []
    for slip, basket in slips:
        rows = sold if isinstance(slip, Sale) else back
        rows += [
            {
                "id": env.new_id(), "on_day": str(slip.document.business_date),
                "document": slip.document.pk, "line": line.pk, "position": position,
                "kind": share.kind, "promotion": share.promotion, "times": share.times,
                "amount": share.amount, "reason": share.reason, "by_whom": share.by_whom,
                "of_share": share.of,
            }
            for line in basket.lines
            for position, share in enumerate(line.shares, start=1)
        ]  # fmt: skip
    return sold, back
