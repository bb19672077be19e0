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

SEE = "till.sale.view"

# The slips of some business days at some stores, sales and returns.
_SLIPS = """
slip as (
    select d.id, d.number, d.posted_at, d.business_date, s.store_id as store, s.gross, s.net,
           s.pieces, 1 as sign
      from document d join till_sale s on s.document_id = d.id
      where d.type = 'till.sale' and d.business_date = any(%(days)s) and d.state = 'posted'
        and s.store_id = any(%(stores)s)
    union all
    select d.id, d.number, d.posted_at, d.business_date, r.store_id, -r.gross, -r.net, r.pieces, -1
      from document d join till_return r on r.document_id = d.id
      where d.type = 'till.return' and d.business_date = any(%(days)s) and d.state = 'posted'
        and r.store_id = any(%(stores)s)
)
"""


def _of(days: Sequence[date], stores: Sequence[UUID]) -> dict[str, Any]:
    return {"days": list(days), "stores": list(stores)}


_BY_HOUR = f"""
with {_SLIPS}
select business_date, store, extract(hour from posted_at at time zone %(zone)s)::int,
       sum(gross), sum(net), count(*) filter (where sign = 1),
       coalesce(sum(gross) filter (where posted_at <= %(until)s), 0),
       coalesce(sum(net) filter (where posted_at <= %(until)s), 0),
       count(*) filter (where sign = 1 and posted_at <= %(until)s), max(posted_at)
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
    asked = _of(days, stores) | {"zone": zone, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, asked)
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
with {_SLIPS}, last as (select * from slip order by posted_at desc limit %(limit)s)
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
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, _of([on], stores) | {"limit": limit})
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


# The lines of the slips: what each of them had of which item; what came back is below zero.
_LINES = """
line as (
    select s.id, n.item, n.base_quantity as quantity, n.gross, n.net
      from slip s join till_sale_line n on n.document = s.id and n.business_date = s.business_date
      where s.sign = 1
    union all
    select s.id, n.item, -n.base_quantity, -n.gross, -n.net
      from slip s join till_return_line n on n.document = s.id and n.business_date = s.business_date
      where s.sign = -1
)
"""
_BEST = f"""
with {_SLIPS}, {_LINES}
select n.item, i.name, m.name, m.step, sum(n.quantity), sum(n.gross), sum(n.net)
  from line n join items_item i on i.id = n.item
  join items_unitofmeasure m on m.id = i.base_unit_id
  group by 1, 2, 3, 4 having sum(n.gross) > 0 order by 6 desc, 1 limit %(limit)s
"""


def best_items(on: date, stores: Sequence[UUID], *, limit: int = 5) -> list[Best]:
    """What sold best on a business day, by turnover, less what came back."""
    with connection.cursor() as cursor:
        cursor.execute(_BEST, _of([on], stores) | {"limit": limit})
        return [Best(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichSlips:
    """Some slips of one business day: those of an hour of the clock, those that have an item.

    With an item, only its own lines count towards the figures.
    """

    on: date
    stores: Sequence[UUID]
    zone: str
    hour: int | None = None
    item: UUID | None = None


class DaySlip(NamedTuple):
    """One slip of a day; what came back is below zero. `cost` is what its goods had cost."""

    id: UUID
    number: str
    at: datetime
    store: UUID
    is_return: bool
    first: str
    pieces: int
    quantity: Decimal
    gross: Decimal
    net: Decimal
    cost: Decimal


class DaySum(NamedTuple):
    """All those slips together."""

    sales: int
    returns: int
    quantity: Decimal
    gross: Decimal
    net: Decimal
    cost: Decimal


# A slip as it counts here: whole, or only with its lines of one item.
_WHOLE = "select s.*, 0::numeric as quantity, s.gross as counted, s.net as counted_net from slip s"
_OF_ITEM = """
select s.*, l.quantity, l.gross as counted, l.net as counted_net
  from slip s join lateral (
    select sum(n.quantity) as quantity, sum(n.gross) as gross, sum(n.net) as net from (
      select n.base_quantity as quantity, n.gross, n.net from till_sale_line n
        where s.sign = 1 and n.document = s.id and n.business_date = s.business_date
          and n.item = %(item)s
      union all
      select -n.base_quantity, -n.gross, -n.net from till_return_line n
        where s.sign = -1 and n.document = s.id and n.business_date = s.business_date
          and n.item = %(item)s
    ) n having count(*) > 0
  ) l on true
"""
_AT_HOUR = " where extract(hour from s.posted_at at time zone %(zone)s) = %(hour)s"
# What the goods of a slip had cost, as the ledger took it off; slip by slip, by its own posting.
_COST_OF = """
coalesce((
    select sum(case when t.role = 'customer' then e.value else -e.value end)
      from posting p join entry e on e.posting = p.id and e.business_date = p.business_date
      join account t on t.id = e.target join account f on f.id = e.source
      where p.document = c.id and p.business_date = c.business_date and t.ledger = 'stock'
        and 'customer' in (t.role, f.role) and (%(item)s::uuid is null or t.unit = %(item)s)
), 0)
"""
_DAY_SLIPS = f"""
select c.id, c.number, c.posted_at, c.store, c.sign < 0, coalesce(i.name, ''), c.pieces,
       c.quantity, c.counted, c.counted_net, {_COST_OF}
  from (select * from chosen
          where %(at)s::timestamptz is null or (posted_at, id) < (%(at)s, %(slip)s)
          order by posted_at desc, id desc limit %(limit)s) c
  left join lateral (
    select n.item from till_sale_line n
      where n.document = c.id and n.business_date = c.business_date and c.sign = 1
        and n.position = 1
    union all
    select n.item from till_return_line n
      where n.document = c.id and n.business_date = c.business_date and c.sign = -1
        and n.position = 1 limit 1
  ) f on true left join items_item i on i.id = f.item
  order by c.posted_at desc, c.id desc
"""
_DAY_SUM = f"""
select count(*) filter (where c.sign = 1), count(*) filter (where c.sign = -1),
       coalesce(sum(c.quantity), 0), coalesce(sum(c.counted), 0),
       coalesce(sum(c.counted_net), 0), coalesce(sum({_COST_OF}), 0)
  from chosen c
"""


def _asked(which: WhichSlips, then: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """The statement over these slips, and its parameters."""
    chosen = _WHOLE if which.item is None else _OF_ITEM
    chosen += "" if which.hour is None else _AT_HOUR
    given = _of([which.on], which.stores)
    given |= {"item": which.item, "zone": which.zone, "hour": which.hour}
    return f"with {_SLIPS}, chosen as ({chosen}) {then}", given | more


def day_slips(
    which: WhichSlips, *, before: tuple[datetime, UUID] | None = None, limit: int = 100
) -> list[DaySlip]:
    """The slips of a day, the newest first, from before one of them on. Cost is for who may see
    costs at all of these stores."""
    at, slip = before or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(*_asked(which, _DAY_SLIPS, at=at, slip=slip, limit=limit))
        return [DaySlip(*row) for row in cursor.fetchall()]


def day_sum(which: WhichSlips) -> DaySum:
    """What those slips come to: the figures that home shows, to the cent."""
    with connection.cursor() as cursor:
        cursor.execute(*_asked(which, _DAY_SUM))
        return DaySum(*cursor.fetchone())


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


_GONE = """
select e.business_date, a.org_unit, e.value
  from entry e join account a on a.id = e.target and a.role = 'customer'
  join posting p on p.id = e.posting join document d on d.id = p.document
  where e.business_date = any(%(days)s) and a.ledger = 'stock' and a.org_unit = any(%(stores)s)
    and d.posted_at <= case when e.business_date = %(first)s then %(until)s else 'infinity' end
"""
_CAME_BACK = _GONE.replace("a.id = e.target", "a.id = e.source").replace("e.value", "-e.value")
_COST = f"""
select business_date, org_unit, coalesce(sum(value), 0)
  from ({_GONE} union all {_CAME_BACK}) moved group by 1, 2
"""


def cost_of_sales(
    days: Sequence[date], stores: Sequence[UUID], until: datetime
) -> dict[tuple[date, UUID], Decimal]:
    """What the goods sold on these days had cost, less what came back; the first day `until` then.

    Of a slip that was brought in later it counts when it was rung up, as in `by_hour`. Only for who
    may see costs at all of these stores.
    """
    asked = _of(days, stores) | {"first": min(days), "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_COST, asked)
        return {(on, store): value for on, store, value in cursor.fetchall()}
