"""Writing slips: documents, bodies, lines and payments of any number of them in one statement."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from tongpan.base import env
from tongpan.business.till.baskets import Basket
from tongpan.business.till.models import Return, Sale
from tongpan.kernel.documents.models import Document

WRITE = """
with doc as (
    insert into document (id, type, number, state, org_unit_id, business_date, currency, total,
                          follows_id, party, note, version, created_at, created_by_id, changed_at,
                          posted_at, posted_by_id)
    select d.id, type, number, state, org_unit, on_day, currency, total, follows, party, '', 1,
           at, by_whom, at, at, by_whom
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::date[], %s::text[],
                %s::numeric[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::uuid[])
         d(id, type, number, state, org_unit, on_day, currency, total, follows, party, at, by_whom)
), slip as (
    insert into {slips} (document_id, store_id, net, tax, gross, pieces, {own})
    select * from unnest(%s::uuid[], %s::uuid[], %s::numeric[], %s::numeric[], %s::numeric[],
                         %s::int[], {own_types})
), line as (
    insert into {lines} (id, business_date, document, position, item, unit, barcode, quantity,
                         base_quantity, price, tax_category, tax_rate, net, tax, gross{sold})
    select l.id, on_day, document, position, item, unit, barcode, quantity, base_quantity, price,
           tax_category, tax_rate, net, tax, net + tax{sold}
    from unnest(%s::uuid[], %s::date[], %s::uuid[], %s::int[], %s::uuid[], %s::uuid[], %s::text[],
                %s::numeric[], %s::numeric[], %s::numeric[], %s::uuid[], %s::numeric[],
                %s::numeric[], %s::numeric[], %s::uuid[])
         l(id, on_day, document, position, item, unit, barcode, quantity, base_quantity, price,
           tax_category, tax_rate, net, tax, sold)
)
insert into till_payment (id, business_date, document, method, amount, tendered, reference)
select * from unnest(%s::uuid[], %s::date[], %s::uuid[], %s::uuid[], %s::numeric[], %s::numeric[],
                     %s::text[])
"""
INSERT_SALES = WRITE.format(
    slips="till_sale", own="change, invoiceable, invoice_state, invoice_token",
    own_types="%s::numeric[], %s::numeric[], %s::text[], %s::text[]",
    lines="till_sale_line", sold="",
)  # fmt: skip
INSERT_RETURNS = WRITE.format(
    slips="till_return", own="reason", own_types="%s::text[]", lines="till_return_line",
    sold=", sold",
)  # fmt: skip
LINE = ("item_id", "unit_id", "barcode", "quantity", "base_quantity", "price", "tax_category",
        "tax_rate")  # fmt: skip
TABLES = ("till_sale_line", "till_return_line", "till_payment")
ENSURE_MONTH = f"select {', '.join(f'{table}_ensure_month(%s)' for table in TABLES)}"
_months: set[tuple[str, str]] = set()


def write_slips(written: Sequence[tuple[Sale | Return, Basket]]) -> None:
    """Write slips of one kind whole, each with the basket that it is about."""
    slips = [slip for slip, _ in written]
    documents = [slip.document for slip in slips]
    _ensure_months({document.business_date for document in documents})
    of_lines = [(document, n, line) for document, (_, basket) in _zip(documents, written)
                for n, line in enumerate(basket.lines, start=1)]  # fmt: skip
    of_payments = [(document, paid) for document, (_, basket) in _zip(documents, written)
                   for paid in basket.payments]  # fmt: skip
    columns: list[list[Any]] = [_columns(documents, name) for name in (
        "pk", "type", "number", "state", "org_unit_id", "business_date", "currency", "total",
        "follows_id", "party", "created_at", "created_by_id",
    )]  # fmt: skip
    columns += [_columns(slips, name) for name in (
        "document_id", "store_id", "net", "tax", "gross", "pieces", *_own(slips[0]),
    )]  # fmt: skip
    rungs = [line for _, _, line in of_lines]
    columns += [
        _columns(rungs, "pk"),
        [document.business_date for document, _, _ in of_lines],
        [document.pk for document, _, _ in of_lines],
        [n for _, n, _ in of_lines],
        *(_columns(rungs, name) for name in LINE),
        [line.taxed.net for line in rungs],
        [line.taxed.tax for line in rungs],
        _columns(rungs, "sold"),
    ]
    columns += [
        [env.new_id() for _ in of_payments],
        [document.business_date for document, _ in of_payments],
        [document.pk for document, _ in of_payments],
        [paid.method.pk for _, paid in of_payments],
        [paid.amount for _, paid in of_payments],
        [paid.tendered for _, paid in of_payments],
        [paid.reference for _, paid in of_payments],
    ]
    with connection.cursor() as cursor:
        is_sale = isinstance(slips[0], Sale)
        cursor.execute(INSERT_SALES if is_sale else INSERT_RETURNS, columns)


def _own(slip: Sale | Return) -> tuple[str, ...]:
    if isinstance(slip, Sale):
        return ("change", "invoiceable", "invoice_state", "invoice_token")
    return ("reason",)


def _columns(rows: Iterable[Any], name: str) -> list[Any]:
    return [getattr(row, name) for row in rows]


def _zip(
    documents: Sequence[Document], written: Sequence[tuple[Sale | Return, Basket]]
) -> Iterable[tuple[Document, tuple[Sale | Return, Basket]]]:
    return zip(documents, written, strict=True)


def _ensure_months(days: Iterable[date]) -> None:
    """Make the partitions of months. Remembered only once they are committed: a rolled-back sale
    takes the partitions that it made away with it."""
    schema: str = connection.schema_name  # type: ignore[attr-defined]
    wanted = {(schema, f"{day:%Y-%m}"): day for day in days}
    for month, day in wanted.items():
        if month in _months:
            continue
        with connection.cursor() as cursor:
            cursor.execute(ENSURE_MONTH, [day] * len(TABLES))
        transaction.on_commit(lambda month=month: _months.add(month))  # type: ignore[misc]
