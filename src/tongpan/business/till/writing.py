"""Writing a slip: document, body, lines and payments in one statement, however long it is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from tongpan.base import env
from tongpan.business.till.models import Return, Sale

DOCUMENT = """
with doc as (
    insert into document (id, type, number, state, org_unit_id, business_date, currency, total,
                          follows_id, note, version, created_at, created_by_id, changed_at,
                          posted_at, posted_by_id)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', 1, %s, %s, %s, %s, %s)
), slip as (
    {slip}
), line as (
    insert into {lines} (id, business_date, document, position, item, unit, barcode, quantity,
                         base_quantity, price, tax_category, tax_rate, net, tax, gross{sold})
    select l.id, %s, %s, n, item, unit, barcode, quantity, base_quantity, price, tax_category,
           tax_rate, net, tax, net + tax{sold}
    from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::numeric[], %s::numeric[],
                %s::numeric[], %s::uuid[], %s::numeric[], %s::numeric[], %s::numeric[],
                %s::uuid[])
         with ordinality l(id, item, unit, barcode, quantity, base_quantity, price, tax_category,
                           tax_rate, net, tax, sold, n)
)
insert into till_payment (id, business_date, document, method, amount, tendered, reference)
select p.*
from (select id, %s::date, %s::uuid, method, amount, tendered, reference
      from unnest(%s::uuid[], %s::uuid[], %s::numeric[], %s::numeric[], %s::text[])
           p(id, method, amount, tendered, reference)) p
"""
SALE = """insert into till_sale (document_id, store_id, net, tax, gross, pieces, change,
                           invoiceable, invoice_state, invoice_token)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
RETURN = """insert into till_return (document_id, store_id, net, tax, gross, pieces, reason)
    values (%s, %s, %s, %s, %s, %s, %s)"""
INSERT_SALE = DOCUMENT.format(slip=SALE, lines="till_sale_line", sold="")
INSERT_RETURN = DOCUMENT.format(slip=RETURN, lines="till_return_line", sold=", sold")
TABLES = ("till_sale_line", "till_return_line", "till_payment")
ENSURE_MONTH = f"select {', '.join(f'{table}_ensure_month(%s)' for table in TABLES)}"
_months: set[tuple[str, str]] = set()


def write_slip(slip: Sale | Return, lines: Sequence[Any], payments: Sequence[Any]) -> None:
    """Write all of a slip. Its document, lines and payments carry their figures already."""
    document = slip.document
    _ensure_month(document.business_date)
    spine: list[Any] = [
        document.pk, document.type, document.number, document.state, document.org_unit_id,
        document.business_date, document.currency, document.total, document.follows_id,
        document.created_at, document.created_by_id, document.changed_at, document.posted_at,
        document.posted_by_id,
    ]  # fmt: skip
    body: list[Any] = [
        document.pk, slip.store_id, slip.net, slip.tax, slip.gross, slip.pieces,
    ]  # fmt: skip
    if isinstance(slip, Sale):
        body += [slip.change, slip.invoiceable, slip.invoice_state, slip.invoice_token]
    else:
        body += [slip.reason]
    columns: list[Any] = [
        [getattr(line, name) for line in lines]
        for name in (
            "pk", "item_id", "unit_id", "barcode", "quantity", "base_quantity", "price",
            "tax_category", "tax_rate",
        )
    ]  # fmt: skip
    columns += [[line.taxed.net for line in lines], [line.taxed.tax for line in lines]]
    columns += [[line.sold for line in lines]]
    paid: list[Any] = [
        [env.new_id() for _ in payments],
        [p.method.pk for p in payments],
        [p.amount for p in payments],
        [p.tendered for p in payments],
        [p.reference for p in payments],
    ]
    key: list[Any] = [document.business_date, document.pk]
    statement = INSERT_SALE if isinstance(slip, Sale) else INSERT_RETURN
    with connection.cursor() as cursor:
        cursor.execute(statement, [*spine, *body, *key, *columns, *key, *paid])


def _ensure_month(day: date) -> None:
    """Make the partitions of a month. Remembered only once it is committed: a rolled-back sale
    takes the partitions that it made away with it."""
    month = (connection.schema_name, f"{day:%Y-%m}")  # type: ignore[attr-defined]
    if month in _months:
        return
    with connection.cursor() as cursor:
        cursor.execute(ENSURE_MONTH, [day] * len(TABLES))
    transaction.on_commit(lambda: _months.add(month))
