"""The stock overview: items by unit, what is there, held, damaged, on its way and on order.

All of it is balances that posting keeps, so the cost does not grow with the number of entries: one
statement finds the items of a page, one reads their accounts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from tongpan.base.numbers import ZERO
from tongpan.business.stock.queries import SEE
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may, units_where
from tongpan.masters.fields import State
from tongpan.masters.items.models import Item, ItemCategory, ItemKind
from tongpan.masters.items.queries import search_items

View = Literal["", "kept", "short", "coming", "none"]
PAGE_SIZE = 50
SEARCHED_MOST = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: those of a category and below, found by a text, kept here or on their way here,
    short somewhere, on their way, never kept. `at` asks the view of one unit only.

    `after` is the code of the last item of the page before.
    """

    text: str = ""
    category: UUID | None = None
    view: View = ""
    at: UUID | None = None
    after: str = ""
    size: int = PAGE_SIZE


@dataclass(slots=True)
class Figures:
    """What a unit has of an item, in the item's base unit. Value is what the ledger says."""

    shelf: Decimal = ZERO  # may be sold or sent
    held: Decimal = ZERO  # stands there for customers' orders
    damaged: Decimal = ZERO
    coming: Decimal = ZERO  # sent to the unit and not yet answered for
    ordered: Decimal = ZERO  # promised to the unit by suppliers
    value: Decimal = ZERO
    is_kept: bool = False  # whether the item ever stood on a shelf of the unit

    @property
    def on_hand(self) -> Decimal:
        return self.shelf + self.held + self.damaged

    @property
    def is_out(self) -> bool:
        """Whether it was kept there and nothing is left to sell."""
        return self.is_kept and self.shelf <= 0

    def add(self, other: "Figures") -> None:
        self.shelf += other.shelf
        self.held += other.held
        self.damaged += other.damaged
        self.coming += other.coming
        self.ordered += other.ordered
        self.value += other.value
        self.is_kept = self.is_kept or other.is_kept


@dataclass(frozen=True)
class Page:
    """Items with their figures by unit, and where the next page begins (empty on the last)."""

    items: list[Item]
    figures: Mapping[tuple[UUID, UUID], Figures]
    next_after: str = ""
    nothing: Figures = field(default_factory=Figures)

    def at(self, item: UUID, unit: UUID) -> Figures:
        return self.figures.get((item, unit), self.nothing)


def stock_units(code: str = SEE, among: Sequence[OrgUnit] | None = None) -> list[OrgUnit]:
    """The units whose stock the person may see: warehouses first, then stores, by their place.

    `among` are the active units of the person in order, where they have been read already.
    """
    kinds = (OrgUnit.Kind.WAREHOUSE, OrgUnit.Kind.STORE)
    found: Iterable[OrgUnit]
    if among is not None:
        found = [unit for unit in among if unit.kind in kinds and may(code, unit)]
    else:
        found = units_where(code).filter(kind__in=kinds, is_active=True).order_by("path")
    return sorted(found, key=lambda unit: unit.kind != OrgUnit.Kind.WAREHOUSE)


def overview(wanted: Wanted, units: Sequence[UUID]) -> Page:
    """One page of items with what these units have of them; two statements, more for a search."""
    rows = _items(wanted, units)
    if wanted.text:
        found = {item.pk: n for n, item in enumerate(search_items(wanted.text, SEARCHED_MOST))}
        items = sorted(rows.filter(pk__in=found), key=lambda item: found[item.pk])
        return Page(items, figures_of([i.pk for i in items], units))
    if wanted.after:
        rows = rows.filter(code__gt=wanted.after)
    items = list(rows.order_by("code")[: wanted.size + 1])
    more = items[wanted.size - 1].code if len(items) > wanted.size else ""
    items = items[: wanted.size]
    return Page(items, figures_of([i.pk for i in items], units), more)


def _items(wanted: Wanted, seen: Sequence[UUID]) -> "QuerySet[Item]":
    units = [wanted.at] if wanted.at in seen else seen
    rows = Item.objects.filter(kind=ItemKind.STOCKED, state=State.ACTIVE)
    rows = rows.select_related("base_unit", "category")
    if wanted.category is not None:
        top = ItemCategory.objects.filter(pk=wanted.category).values("path")[:1]
        rows = rows.filter(category__path__startswith=top)
    here = Account.unscoped.filter(unit=OuterRef("pk"))
    if wanted.view == "short":
        rows = rows.filter(pk__in=RawSQL(_OUT_ITEMS, [list(units)]))
    kept = Q(role="shelf", org_unit__in=units)
    sent = Q(role="in_transit", holder__in=units) | Q(role="expected", org_unit__in=units)
    sent &= Q(inflow__gt=F("outflow"))
    if wanted.view == "kept":
        rows = rows.filter(Exists(here.filter(kept | sent)))
    if wanted.view == "coming":
        rows = rows.filter(pk__in=RawSQL(_COMING_ITEMS, [list(units), list(units)]))
    if wanted.view == "none":
        rows = rows.exclude(Exists(here.filter(kept)))
    return rows


# Kept at a unit, on whatever shelves, and nothing left. Only where one shelf is empty the others
# are looked at, so tens of thousands of full ones are passed by quickly.
_OUT = """
select distinct a.org_unit, a.unit from account a
  where a.ledger = 'stock' and a.role = 'shelf' and a.org_unit = any(%s) and a.inflow <= a.outflow
    and (select sum(b.inflow - b.outflow) from account b
           where b.unit = a.unit and b.org_unit = a.org_unit and b.ledger = 'stock'
             and b.role = 'shelf') <= 0
"""
_COMING_ITEMS = """
select a.unit from account a
  where a.role = 'in_transit' and a.holder = any(%s) and a.inflow > a.outflow
union
select a.unit from account a
  where a.role = 'expected' and a.org_unit = any(%s) and a.inflow > a.outflow
"""
_OUT_ITEMS = f"select o.unit from ({_OUT}) o"

# Goods on their way belong to the sender's books and to the receiver's column.
_FIGURES = """
select a.unit, case when a.role = 'in_transit' then a.holder else a.org_unit end as at,
       a.role, sum(a.inflow - a.outflow),
       sum(case when a.role in ('shelf', 'held', 'damaged')
                then a.value_in - a.value_out else 0 end)
  from account a
  where a.unit = any(%s) and a.role = any('{shelf,held,damaged,in_transit,expected}')
    and (a.role not in ('held', 'in_transit', 'expected') or a.inflow <> a.outflow)
    and (a.org_unit = any(%s) or (a.role = 'in_transit' and a.holder = any(%s)))
  group by 1, 2, 3
"""
_NAMES = {
    "shelf": "shelf", "held": "held", "damaged": "damaged", "in_transit": "coming",
    "expected": "ordered",
}  # fmt: skip


def figures_of(items: Iterable[UUID], units: Sequence[UUID]) -> dict[tuple[UUID, UUID], Figures]:
    """What these units have of these items, by item and unit, in one statement."""
    wanted, here = list(items), list(units)
    if not wanted or not here:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [wanted, here, here])
        rows: list[tuple[UUID, UUID, str, Decimal, Decimal]] = cursor.fetchall()
    found: dict[tuple[UUID, UUID], Figures] = {}
    seen = set(here)
    for item, at, role, balance, value in rows:
        if at in seen:
            figures = found.setdefault((item, at), Figures())
            setattr(figures, _NAMES[role], balance)
            figures.value += value
            figures.is_kept = figures.is_kept or role == "shelf"
    return found


def out_of_stock(units: Sequence[UUID], *, most: int = 1000) -> dict[UUID, int]:
    """How many items each of these units has run out of, counted up to a bound."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select o.org_unit, count(*) from (
                  select o.* from ({_OUT}) o join items_item i on i.id = o.unit
                    where i.kind = %s and i.state = %s limit %s) o
                group by 1""",
            [list(units), ItemKind.STOCKED.value, State.ACTIVE.value, most],
        )
        return dict(cursor.fetchall())


_PEEK = """
with places as (
    select p.id, p.name, p.is_default from places_place p where p.unit_id = %s
), own as (
    select a.holder, a.role, sum(a.inflow - a.outflow) as balance,
           sum(a.value_in - a.value_out) as value
      from account a where a.unit = %s and a.org_unit = %s
                       and a.role = any('{shelf,held,damaged,expected}') group by 1, 2
), way as (
    select sum(a.inflow - a.outflow) as balance from account a
      where a.unit = %s and a.role = 'in_transit' and a.holder = %s and a.inflow > a.outflow
), sold as (
    select sum(-s.amount) as amount from (
        select -e.amount as amount from entry e join account c on c.id = e.target
          where c.unit = %s and c.role = 'customer' and c.org_unit = %s and e.business_date >= %s
        union all
        select e.amount from entry e join account c on c.id = e.source
          where c.unit = %s and c.role = 'customer' and c.org_unit = %s and e.business_date >= %s
    ) s
)
select o.role, o.holder, p.name, coalesce(p.is_default, false), o.balance, o.value
  from own o left join places p on p.id = o.holder
union all select 'in_transit', null, null, false, w.balance, 0 from way w
union all select 'sold', null, null, false, s.amount, 0 from sold s
"""


@dataclass(slots=True)
class Peek:
    """One cell of the overview opened: its figures, place by place, and what was sold lately."""

    figures: Figures
    places: list[tuple[str, Decimal]]  # only those that are not the unit's main place
    sold: Decimal  # since the day that was asked for


def peek(item: UUID, unit: UUID, since: date) -> Peek:
    """The figures of one item at one unit, in one statement. Whoever calls it names who may."""
    with connection.cursor() as cursor:
        sold: list[Any] = [item, unit, since]
        cursor.execute(_PEEK, [unit, item, unit, item, unit, *sold, *sold])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    figures, places, sold_lately = Figures(), [], ZERO
    for role, _holder, name, is_default, balance, value in rows:
        if role == "sold":
            sold_lately = balance or ZERO
            continue
        column = _NAMES[role]
        setattr(figures, column, getattr(figures, column) + (balance or ZERO))
        figures.value += value if role in ("shelf", "held", "damaged") else ZERO
        figures.is_kept = figures.is_kept or role == "shelf"
        if role == "shelf" and name and not is_default and balance:
            places.append((name, balance))
    return Peek(figures, places, sold_lately)


def category_choices() -> list[ItemCategory]:
    """The categories to filter by, parents before their children."""
    return list(ItemCategory.objects.filter(state=State.ACTIVE).order_by("path")[:300])


def best_source(item: UUID, target: UUID, units: Sequence[OrgUnit]) -> OrgUnit | None:
    """From where to send: the warehouse that has most, else the store that has most."""
    others = [unit for unit in units if unit.pk != target]
    found = figures_of([item], [unit.pk for unit in others])

    def has(unit: OrgUnit) -> tuple[bool, Decimal]:
        figures = found.get((item, unit.pk), Figures())
        return unit.kind == OrgUnit.Kind.WAREHOUSE and figures.shelf > 0, figures.shelf

    best = max(others, key=has, default=None)
    return best if best is not None and has(best)[1] > 0 else None
