"""What tills sold: a day by hour and store beside another day, the last slips, the best items.

A return counts against what was sold. Each read is one statement over the slips of two days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tongpan.base.numbers import ZERO

SEE = "till.sale.view"

# The slips of some business days at some stores, sales and returns, newest first where asked.
_SLIPS = """
slip as (
    select d.id, d.number, d.posted_at, d.business_date, s.store_id as store, s.gross, s.net,
           s.pieces, 1 as sign
      from document d join till_sale s on s.document_id = d.id
      where d.type = 'till.sale' and d.business_date = any(%s) and d.state = 'posted'
        and s.store_id = any(%s)
    union all
    select d.id, d.number, d.posted_at, d.business_date, r.store_id, -r.gross, -r.net, r.pieces, -1
      from document d join till_return r on r.document_id = d.id
      where d.type = 'till.return' and d.business_date = any(%s) and d.state = 'posted'
        and r.store_id = any(%s)
)
"""
_BY_HOUR = f"""
with {_SLIPS}
select business_date, store, extract(hour from posted_at at time zone %s)::int,
       sum(gross), sum(net), count(*) filter (where sign = 1),
       coalesce(sum(gross) filter (where posted_at <= %s), 0),
       coalesce(sum(net) filter (where posted_at <= %s), 0),
       count(*) filter (where sign = 1 and posted_at <= %s), max(posted_at)
  from slip group by 1, 2, 3
"""


class Hour(NamedTuple):
    """What a store sold in one hour of one business day; `..._by_then` until the moment asked."""

    on: date
    store: UUID
    hour: int
    gross: Decimal
    net: Decimal
    slips: int
    gross_by_then: Decimal
    net_by_then: Decimal
    slips_by_then: int
    last_at: datetime


def by_hour(days: Sequence[date], stores: Sequence[UUID], zone: str, until: datetime) -> list[Hour]:
    """The hours of these business days at these stores.

    `until` is the moment of the older day that the younger one has come to.
    """
    asked: list[Any] = [list(days), list(stores)] * 2
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, [*asked, zone, until, until, until])
        return [Hour(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip of the ticker: what it began with, how many lines, how much, where, when."""

    id: UUID
    at: datetime
    store: UUID
    first: str
    pieces: int
    gross: Decimal
    is_return: bool


_LATEST = f"""
with {_SLIPS}, last as (select * from slip order by posted_at desc limit %s)
select l.id, l.posted_at, l.store, coalesce(i.name, ''), l.pieces, l.gross, l.sign
  from last l left join lateral (
    select n.item from till_sale_line n
      where n.document = l.id and n.business_date = l.business_date and l.sign = 1
        and n.position = 1
    union all
    select n.item from till_return_line n
      where n.document = l.id and n.business_date = l.business_date and l.sign = -1
        and n.position = 1 limit 1
  ) f on true left join items_item i on i.id = f.item
  order by l.posted_at desc
"""


def latest_slips(on: date, stores: Sequence[UUID], *, limit: int = 14) -> list[Slip]:
    """The last slips of a business day."""
    asked: list[Any] = [[on], list(stores)] * 2
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [*asked, limit])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [
        Slip(slip, at, store, first, pieces, gross, sign < 0)
        for slip, at, store, first, pieces, gross, sign in rows
    ]


class Best(NamedTuple):
    """What was sold of one item."""

    item: UUID
    name: str
    unit: str
    step: Decimal
    quantity: Decimal
    gross: Decimal
    net: Decimal


_BEST = """
select n.item, i.name, m.name, m.step, sum(n.base_quantity), sum(n.gross), sum(n.net)
  from till_sale_line n join till_sale s on s.document_id = n.document
  join items_item i on i.id = n.item join items_unitofmeasure m on m.id = i.base_unit_id
  where n.business_date = %s and s.store_id = any(%s)
  group by 1, 2, 3, 4 order by 6 desc, 1 limit %s
"""


def best_items(on: date, stores: Sequence[UUID], *, limit: int = 5) -> list[Best]:
    """What sold best on a business day, by turnover."""
    with connection.cursor() as cursor:
        cursor.execute(_BEST, [on, list(stores), limit])
        return [Best(*row) for row in cursor.fetchall()]


def sold_by_week(
    item: UUID, stores: Sequence[UUID], since: date
) -> list[tuple[date, Decimal, Decimal]]:
    """How much of an item was sold in each week (by its Monday): quantity in base units, turnover.

    Returns are taken off the week in which they came.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """select date_trunc('week', w.on_day)::date, sum(w.quantity), sum(w.gross) from (
                 select n.business_date as on_day, n.base_quantity as quantity, n.gross
                   from till_sale_line n join till_sale s on s.document_id = n.document
                   where n.item = %s and n.business_date >= %s and s.store_id = any(%s)
                 union all
                 select n.business_date, -n.base_quantity, -n.gross
                   from till_return_line n join till_return r on r.document_id = n.document
                   where n.item = %s and n.business_date >= %s and r.store_id = any(%s)
               ) w group by 1 order by 1""",
            [item, since, list(stores)] * 2,
        )
        return list(cursor.fetchall())


_COST = """
select e.business_date, a.org_unit, sum(e.value)
  from entry e join account a on a.id = e.target and a.role = 'customer'
  join posting p on p.id = e.posting join document d on d.id = p.document
  where e.business_date = any(%s) and a.ledger = 'stock' and a.org_unit = any(%s)
    and d.posted_at <= case when e.business_date = %s then %s else 'infinity' end
  group by 1, 2
"""
_COST_BACK = _COST.replace("a.id = e.target", "a.id = e.source")


def cost_of_sales(
    days: Sequence[date], stores: Sequence[UUID], until: datetime
) -> dict[tuple[date, UUID], Decimal]:
    """What the goods sold on these days had cost, less what came back; the first day `until` then.

    Of a slip that was brought in later it counts when it was rung up, as in `by_hour`. Only for who
    may see costs at all of these stores.
    """
    found: dict[tuple[date, UUID], Decimal] = {}
    for statement, sign in ((_COST, 1), (_COST_BACK, -1)):
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(days), list(stores), min(days), until])
            for on, store, value in cursor.fetchall():
                before = found.get((on, store), ZERO)
                found[on, store] = before + sign * (value or ZERO)
    return found
