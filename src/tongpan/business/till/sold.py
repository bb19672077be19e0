"""What tills sold: some days beside others, by whatever people ask for, and a day slip by slip.

A return counts against what was sold. Each read is one statement over the slips of those days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple
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


# -- some days beside others -----------------------------------------------------------------------

# The slips of some days and of those that they are held against. Of the others, what had happened
# `until` the moment that the first ones have come to is told apart.
_HELD = f"""
{_SLIPS}, held as materialized (
    select s.*, s.business_date = any(%(now)s) as is_now,
           s.business_date = any(%(now)s) or s.posted_at <= %(until)s as is_by_then
      from slip s
)
"""
# What the goods of each slip had cost, as the ledger took it off by the slip's own posting. Of the
# days that several are held against it is not asked: it costs more than all the rest.
_COSTS = """
gone as materialized (
    select s.is_now, s.store, t.unit as item,
           sum(case when t.role = 'customer' then e.value else -e.value end) as value
      from held s join posting p on p.document = s.id and p.business_date = s.business_date
      join entry e on e.posting = p.id and e.business_date = p.business_date
      join account t on t.id = e.target join account f on f.id = e.source
      where s.is_by_then and (s.is_now or %(is_one_day)s) and e.value is not null
        and t.ledger = 'stock' and 'customer' in (t.role, f.role)
      group by 1, 2, 3
)
"""
# What they had of which item, and what that had cost; what came back is below zero. Lines and costs
# are put below each other and summed: nobody knows beforehand how many there are, and so a join of
# the two would be guessed wrong.
_LINES = """
line as materialized (
    select item, sum(quantity) as quantity, sum(gross) as gross, sum(net) as net,
           sum(gross_then) as gross_then, sum(cost) as cost
      from (
        select n.item, case when s.is_now then s.sign * n.base_quantity end as quantity,
               case when s.is_now then s.sign * n.gross end as gross,
               case when s.is_now then s.sign * n.net end as net,
               case when not s.is_now and s.is_by_then then s.sign * n.gross end as gross_then,
               null::numeric as cost
          from held s join (
            select document, business_date, item, base_quantity, gross, net, 1 as sign
              from till_sale_line where business_date = any(%(days)s)
            union all
            select document, business_date, item, base_quantity, gross, net, -1
              from till_return_line where business_date = any(%(days)s)
          ) n on n.document = s.id and n.business_date = s.business_date and n.sign = s.sign
        {costs}
      ) each group by item
)
"""
_AND_COSTS = """union all
        select item, null, null, null, null, value from gone where is_now"""
_SUMS = """
sum(gross), sum(net), coalesce(sum(gross) filter (where is_by_then), 0),
coalesce(sum(net) filter (where is_by_then), 0), count(*) filter (where sign = 1),
count(*) filter (where sign = 1 and is_by_then), max(posted_at)
"""
_NO_WORDS = "null::text, null::text, null::numeric, null::numeric, null::numeric"
_NO_SUMS = "0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::bigint, 0::bigint"
Part = Literal["hours", "days", "cost", "items", "categories", "paid", "ticks"]
_PARTS: dict[Part, str] = {
    "hours": f"""
select 'hours', is_now, null::date, store, extract(hour from posted_at at time zone %(zone)s)::int,
       {_SUMS}, {_NO_WORDS} from held group by 2, 4, 5""",
    "days": f"""
select 'days', is_now, business_date, null::uuid, null::int, {_SUMS}, {_NO_WORDS}
  from held group by 2, 3""",
    "cost": f"""
select 'cost', is_now, null::date, store, null::int, {_NO_SUMS}, null::timestamptz,
       null::text, null::text, null::numeric, null::numeric, sum(value) from gone group by 2, 4""",
    "items": """
(select 'items', true, null::date, l.item, null::int, l.gross, l.net,
        coalesce(l.gross_then, 0), 0::numeric, 0::bigint, 0::bigint, null::timestamptz, i.name,
        m.name, m.step, l.quantity, l.cost
   from line l join items_item i on i.id = l.item
   join items_unitofmeasure m on m.id = i.base_unit_id
   where l.gross > 0 and (%(category)s::uuid is null or i.category_id = %(category)s)
   order by l.gross desc, l.item limit %(most)s)""",
    "categories": """
(select 'categories', true, null::date, c.id, null::int, sum(coalesce(l.gross, 0)),
        sum(coalesce(l.net, 0)), sum(coalesce(l.gross_then, 0)), 0::numeric, 0::bigint, 0::bigint,
        null::timestamptz, c.name, null::text, null::numeric, null::numeric,
        sum(l.cost)
   from line l join items_item i on i.id = l.item
   left join items_itemcategory c on c.id = i.category_id
   group by c.id, c.name order by 6 desc, 4 limit %(most)s)""",
    "paid": """
select 'paid', true, null::date, m.id, m.position,
       coalesce(sum(s.sign * n.amount) filter (where s.is_now), 0), 0::numeric,
       coalesce(sum(s.sign * n.amount) filter (where not s.is_now and s.is_by_then), 0), 0::numeric,
       count(*) filter (where s.is_now), 0::bigint, null::timestamptz, m.name,
       m.kind, null::numeric, null::numeric, null::numeric
  from held s join till_payment n on n.document = s.id and n.business_date = s.business_date
  join payment_method m on m.id = n.method group by m.id, m.position, m.name, m.kind""",
    "ticks": """
select 'ticks', true, l.business_date, l.id, l.sign, l.gross, l.net, 0::numeric, 0::numeric,
       0::bigint, 0::bigint, l.posted_at, coalesce(i.name, ''), l.store::text, null::numeric,
       l.pieces::numeric, null::numeric
  from (select * from held where is_now order by posted_at desc limit %(most)s) l
  left join lateral (
    select n.item from till_sale_line n
      where n.document = l.id and n.business_date = l.business_date and l.sign = 1
        and n.position = 1
    union all
    select n.item from till_return_line n
      where n.document = l.id and n.business_date = l.business_date and l.sign = -1
        and n.position = 1 limit 1
  ) f on true left join items_item i on i.id = f.item""",
}


class Sold(NamedTuple):
    """A line of one part: what a store sold in an hour, an item, a category, a way of paying, or
    all of them on a day; or what the goods of a store had cost; or one slip.

    `..._by_then` is of what was until the moment asked: of items, categories and ways of paying it
    is that of the days held against. `cost` is there only where it was asked for.
    """

    part: str
    is_now: bool
    on: date | None
    id: UUID | None  # the store, item, category, way of paying or slip
    n: int | None  # the hour of the clock; of a slip, -1 for what came back
    gross: Decimal
    net: Decimal
    gross_by_then: Decimal
    net_by_then: Decimal
    slips: int
    slips_by_then: int
    at: datetime | None
    name: str | None
    unit: str | None  # of a slip, the id of its store; of a way of paying, its kind
    step: Decimal | None
    quantity: Decimal | None  # of a slip, how many lines
    cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Some business days at some stores, and the days that they are held against.

    `until` is the moment of the older days that the younger ones have come to; None takes them
    whole. Cost is for who may see costs at all of these stores.
    """

    now: Sequence[date]
    then: Sequence[date]
    stores: Sequence[UUID]
    zone: str
    until: datetime | None = None
    has_cost: bool = False
    category: UUID | None = None  # whose items are told


def read(days: Days, parts: Iterable[Part], *, most: int = 12) -> dict[str, list[Sold]]:
    """These parts of what was sold, in one statement over the slips of those days alone.

    It costs as much as those days have slips and lines, however many there were before. Items,
    categories and slips are the first `most`.
    """
    chosen = [part for part in _PARTS if part in set(parts) and (part != "cost" or days.has_cost)]
    found: dict[str, list[Sold]] = {part: [] for part in _PARTS}
    if not chosen or not days.stores:
        return found
    has_lines = "items" in chosen or "categories" in chosen
    has_cost = days.has_cost and (has_lines or "cost" in chosen)
    lines = _LINES.replace("{costs}", _AND_COSTS if has_cost else "")
    tables = [_HELD, *([_COSTS] if has_cost else []), *([lines] if has_lines else [])]
    selected = [_PARTS[part] for part in chosen]
    asked = _of([*days.now, *days.then], days.stores) | {
        "now": list(days.now),
        "until": days.until or datetime.max.replace(tzinfo=UTC),
        "zone": days.zone,
        "most": most,
        "is_one_day": len(days.now) == 1,
        "category": days.category,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"with {','.join(tables)} {' union all '.join(selected)}", asked)
        for row in cursor.fetchall():
            found[row[0]].append(Sold._make(row))
    return found


# -- slip by slip ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichSlips:
    """Some slips of some business days: those of an hour of the clock, those that have an item,
    those that were paid in some way.

    With an item, only its own lines count towards the figures. With a way of paying whole slips
    do, and `quantity` is what was paid so, in yuan.
    """

    days: Sequence[date]
    stores: Sequence[UUID]
    zone: str
    hour: int | None = None
    item: UUID | None = None
    method: UUID | None = None


class DaySlip(NamedTuple):
    """One slip of a day; what came back is below zero. `cost` is what its goods had cost."""

    id: UUID
    number: str
    on: date
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
_PAID_SO = """
select s.*, s.sign * n.amount as quantity, s.gross as counted, s.net as counted_net
  from slip s join lateral (
    select sum(p.amount) as amount from till_payment p
      where p.document = s.id and p.business_date = s.business_date and p.method = %(method)s
      having count(*) > 0
  ) n on true
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
select c.id, c.number, c.business_date, c.posted_at, c.store, c.sign < 0, coalesce(i.name, ''),
       c.pieces, c.quantity, c.counted, c.counted_net, {_COST_OF}
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
    chosen = _OF_ITEM if which.item else _PAID_SO if which.method else _WHOLE
    chosen += "" if which.hour is None else _AT_HOUR
    given = _of(which.days, which.stores)
    given |= {"item": which.item, "zone": which.zone, "hour": which.hour}
    given["method"] = which.method
    return f"with {_SLIPS}, chosen as ({chosen}) {then}", given | more


def day_slips(
    which: WhichSlips, *, before: tuple[datetime, UUID] | None = None, limit: int = 100
) -> list[DaySlip]:
    """The slips of those days, the newest first, from before one of them on. Cost is for who may
    see costs at all of these stores."""
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
