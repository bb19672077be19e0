"""Reads of the till, written for its speed: one statement each."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.items.models import Item, ItemUnit, UnitOfMeasure
from tongpan.masters.items.queries import paths_up_from
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

# The same choices as `prices.queries.price_of` and `taxes.queries.rate_of`, for many items at once:
# the nearest list wins, then the one that began last, then the price that began last.
OFFERS = """
select i.id, u.unit_id, i.code, i.name, i.kind, i.state, i.base_unit_id, m.step, b.step,
       case when u.unit_id = i.base_unit_id then 1
            else coalesce(f.factor, m.size / b.size) end,
       coalesce(p.price, q.price * coalesce(f.factor, m.size / b.size)), c.id,
       case when c.treatment = 'taxable' then r.rate else 0 end
from unnest(%s::uuid[], %s::uuid[]) as asked(item, unit)
join {item} i on i.id = asked.item
cross join lateral (select coalesce(asked.unit, i.base_unit_id) as unit_id) u
join {measure} m on m.id = u.unit_id
join {measure} b on b.id = i.base_unit_id
left join {item_unit} f on f.item_id = i.id and f.unit_id = u.unit_id
left join {category} c on c.id = i.tax_category_id
left join lateral (select rate from {rate} where category_id = c.id and valid_from <= %s
                   and state = 'active' order by valid_from desc limit 1) r on true
left join lateral ({price}) p on true
left join lateral ({base_price}) q on true
"""
PRICE = """
select p.price from {price_table} p join {list} l on l.id = p.price_list_id
join org_unit o on o.id = l.org_unit_id
where p.item_id = i.id and p.unit_id = {unit} and p.barcode_id is null and p.state = 'active'
  and p.valid_from <= %s and l.state = 'active' and l.valid_from <= %s
  and (l.valid_until is null or l.valid_until >= %s) and o.path = any(%s) {and_only}
order by length(o.path) desc, l.valid_from desc, p.valid_from desc limit 1
"""


class Offer(NamedTuple):
    """An item as the till sells it in one unit: price with tax, or None where it has no price."""

    item: UUID
    unit: UUID
    code: str
    name: str
    kind: str
    state: str
    base_unit: UUID
    step: Decimal
    base_step: Decimal
    factor: Decimal | None
    price: Decimal | None
    tax_category: UUID | None
    tax_rate: Decimal | None


def offers(
    asked: Sequence[tuple[UUID, UUID | None]], store: OrgUnit, on: date
) -> dict[tuple[UUID, UUID | None], Offer]:
    """What each of these items costs at a store on a day, by item and the unit asked for."""
    paths = paths_up_from(store.path)
    dated: list[Any] = [on, on, on, paths]
    with connection.cursor() as cursor:
        items, units = [item for item, _ in asked], [unit for _, unit in asked]
        cursor.execute(_statement(), [items, units, on, *dated, *dated])
        rows = [Offer(*row) for row in cursor.fetchall()]
    found: dict[tuple[UUID, UUID | None], Offer] = {}
    for row in rows:
        found[row.item, row.unit] = row
        if row.unit == row.base_unit:
            found[row.item, None] = row
    return found


@cache
def _statement() -> str:
    tables = {"price_table": Price._meta.db_table, "list": PriceList._meta.db_table}
    return OFFERS.format(
        item=Item._meta.db_table,
        measure=UnitOfMeasure._meta.db_table,
        item_unit=ItemUnit._meta.db_table,
        category=TaxCategory._meta.db_table,
        rate=TaxRate._meta.db_table,
        price=PRICE.format(unit="u.unit_id", and_only="", **tables),
        base_price=PRICE.format(
            unit="i.base_unit_id", and_only="and u.unit_id <> i.base_unit_id", **tables
        ),
    )


def returned_before(lines: Iterable[UUID]) -> dict[UUID, Decimal]:
    """How much of each sold line came back already, in the unit it was sold in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.sold, sum(l.quantity) from till_return_line l"
            " join document d on d.id = l.document and d.state = 'posted'"
            " where l.sold = any(%s) group by l.sold",
            [list(lines)],
        )
        return dict(cursor.fetchall())


def costs_of(document: UUID) -> dict[UUID, Decimal]:
    """What the goods of each line of a slip had cost: the value that left with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.line, sum(e.value) from entry e join posting p on p.id = e.posting"
            " and p.business_date = e.business_date"
            " where p.id = %s and e.line is not null group by e.line",
            [document],
        )
        return dict(cursor.fetchall())
