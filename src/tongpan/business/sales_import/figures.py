"""What the company's own tables say of imported sales: an import's proof, and sums to export."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

POSTED = """
with asked as materialized (
    select d.id, d.type, d.party from unnest(%s::uuid[]) a(id) join document d on d.id = a.id
    where d.state = 'posted'
), slip as (
    select party from asked where type in ('till.sale', 'till.return')
), sold as (
    select count(*) as lines, coalesce(sum(l.quantity), 0) as quantity,
           coalesce(sum(l.gross), 0) as gross, count(distinct l.item) as items
    from till_sale_line l join asked d on d.id = l.document
), back as (
    select count(*) as lines, coalesce(sum(l.quantity), 0) as quantity,
           coalesce(sum(l.gross), 0) as gross
    from till_return_line l join asked d on d.id = l.document
), lost as (
    select count(*) as lines, coalesce(sum(l.base_quantity), 0) as quantity
    from stock_loss_line l join asked d on d.id = l.document_id
), found as (
    select count(*) as lines, coalesce(sum(l.base_quantity), 0) as quantity
    from stock_overage_line l join asked d on d.id = l.document_id
)
select (select count(*) from slip) as slips,
       (select count(distinct party) from slip) as parties,
       sold.lines as sale_lines, back.lines as return_lines, lost.lines as loss_lines,
       found.lines as overage_lines, sold.items as items_sold,
       sold.quantity - back.quantity - lost.quantity + found.quantity as quantity,
       sold.gross - back.gross as value
from sold, back, lost, found
"""


def posted_of(documents: Sequence[UUID]) -> dict[str, Any]:
    """Lines, quantity and value that stand in the tables for these slips and adjustments."""
    with connection.cursor() as cursor:
        cursor.execute(POSTED, [list(documents)])
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def sums_by(names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Sales less returns by store, item or week (ISO): codes, then lines, quantity and amount."""
    columns = {
        "store": "store.code",
        "item": "i.code",
        "week": """to_char(l.business_date, 'IYYY-"W"IW')""",
    }
    chosen = ", ".join(columns[name] for name in names)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"select {chosen}, count(*), sum(l.sign * l.quantity), sum(l.sign * l.gross) from ("
            " select document, business_date, item, quantity, gross, 1 as sign from till_sale_line"
            " union all"
            " select document, business_date, item, quantity, gross, -1 from till_return_line) l"
            " join document d on d.id = l.document and d.state = 'posted'"
            " join org_unit t on t.id = d.org_unit_id join org_unit store on store.id = t.parent_id"
            " join items_item i on i.id = l.item"
            f" group by {chosen} order by {chosen}"
        )
        yield from cursor
