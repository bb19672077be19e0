"""What stock dashboards show: worth by unit and category, what runs low, what does not move.

Worth is read from the totals that posting keeps, so it grows with items and units and not with
what ever happened. What was sold is read from the entries of the last days alone.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

COVER_DAYS, SOLD_DAYS, SLOW_DAYS = 3, 7, 28


class Worth(NamedTuple):
    """What a unit has of a category: its value, and of how many items it has some."""

    unit: UUID
    category: UUID | None
    name: str
    value: Decimal
    items: int


# Most of what a unit has of an item is in one account: that of its own place, without lot or owner.
# Those are counted as they are added up; only what stands elsewhere is asked whether it is there
# too, since an item that is somewhere twice is one item. The accounts are read once.
_WORTH = """
with own as not materialized (select id from places_place where is_default),
there as materialized (
    select a.org_unit, a.unit, a.value_in - a.value_out as value,
           o.id is not null and a.role = 'shelf' and a.lot = '' and a.owner is null as is_own
      from account a left join own o on o.id = a.holder
      where a.ledger = 'stock' and a.role = any('{shelf,held,damaged}')
        and a.org_unit = any(%(units)s) and a.inflow <> a.outflow
)
select t.org_unit, c.id, coalesce(c.name, ''), sum(t.value), sum(t.items)::int
  from (
    select t.org_unit, i.category_id, sum(t.value) as value,
           count(*) filter (where t.is_own) as items
      from there t join items_item i on i.id = t.unit group by 1, 2
    union all
    select e.org_unit, i.category_id, 0, count(*)
      from (
        select distinct t.org_unit, t.unit from there t
          where not t.is_own and not exists (
            select from there o where o.is_own and o.unit = t.unit and o.org_unit = t.org_unit)
      ) e join items_item i on i.id = e.unit group by 1, 2
  ) t left join items_itemcategory c on c.id = t.category_id group by 1, 2, 3
"""


def worth(units: Sequence[UUID]) -> list[Worth]:
    """What stands at these units, by unit and category. Value is for who may see costs there."""
    return [Worth._make(row) for row in _rows(_WORTH, {"units": list(units)})]


class Coming(NamedTuple):
    """What is on its way to a unit: how many lines of documents, and what they are worth."""

    unit: UUID
    lines: int
    value: Decimal


_COMING = """
select holder, count(*), sum(value_in - value_out) from account
  where ledger = 'stock' and role = 'in_transit' and holder = any(%s) and inflow > outflow
  group by holder
"""


def coming(units: Sequence[UUID]) -> list[Coming]:
    """What was sent to these units and not yet answered for."""
    return [Coming._make(row) for row in _rows(_COMING, [list(units)])]


class Cell(NamedTuple):
    """An item at a unit: what may be sold, what it is worth, and what was sold lately."""

    item: UUID
    name: str
    measure: str
    step: Decimal
    unit: UUID
    quantity: Decimal
    value: Decimal
    sold: Decimal


# What was sold since a day, and of it what is still there: only what has both is looked at.
_LOW = """
with sold as materialized (
    select c.unit, c.org_unit, sum(e.amount) as amount
      from account c join entry e on e.target = c.id and e.business_date > %(since)s
      where c.ledger = 'stock' and c.role = 'customer' and c.org_unit = any(%(units)s)
      group by 1, 2
), left_of as (
    select s.unit, s.org_unit, s.amount, sum(a.inflow - a.outflow) as quantity,
           sum(a.value_in - a.value_out) as value
      from sold s join account a on a.unit = s.unit and a.org_unit = s.org_unit
        and a.ledger = 'stock' and a.role = 'shelf' and a.inflow > a.outflow
        and a.org_unit = any(%(units)s)
      group by 1, 2, 3
)
select i.id, i.name, m.name, m.step, l.org_unit, l.quantity, l.value, l.amount
  from left_of l join items_item i on i.id = l.unit
  join items_unitofmeasure m on m.id = i.base_unit_id
  where l.quantity > 0 and l.quantity < l.amount * %(cover)s / %(days)s and i.state = 'active'
  order by l.quantity / l.amount, i.code, l.org_unit limit %(most)s
"""
# The most of what neither went nor came since a day: looked for from the most on, so that few are
# asked about when few are wanted.
_SLOW = """
select i.id, i.name, m.name, m.step, a.org_unit, a.quantity, a.value, 0::numeric
  from (
    select id, unit, org_unit, inflow - outflow as quantity, value_in - value_out as value
      from account
      where ledger = 'stock' and role = 'shelf' and org_unit = any(%(units)s) and inflow > outflow
      order by {order} desc, id
  ) a join items_item i on i.id = a.unit join items_unitofmeasure m on m.id = i.base_unit_id
  where not exists (
      select from entry e where e.target = a.id and e.business_date > %(since)s offset 0
    ) and not exists (
      select from entry e where e.source = a.id and e.business_date > %(since)s offset 0
    )
  limit %(most)s
"""


def running_low(units: Sequence[UUID], today: date, *, most: int = 30) -> list[Cell]:
    """What is enough for less than three days, by what was sold in the last seven."""
    since = date.fromordinal(today.toordinal() - SOLD_DAYS)
    asked = {
        "units": list(units), "since": since, "cover": COVER_DAYS, "days": SOLD_DAYS, "most": most,
    }  # fmt: skip
    return [Cell._make(row) for row in _rows(_LOW, asked)]


def not_moving(units: Sequence[UUID], today: date, *, by_value: bool, most: int = 30) -> list[Cell]:
    """What stands on a shelf and neither went nor came in the last four weeks: the dearest first,
    or for who may not see costs, of which there is most."""
    since = date.fromordinal(today.toordinal() - SLOW_DAYS)
    asked = {"units": list(units), "since": since, "most": most}
    order = "value_in - value_out" if by_value else "inflow - outflow"
    return [Cell._make(row) for row in _rows(_SLOW.replace("{order}", order), asked)]


def _rows(statement: str, asked: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
