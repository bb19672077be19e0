"""Reads of price changes: the prices of a list by day, what goods cost, who set a price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from tongpan.business.pricing.models import (
    PRICED,
    Moment,
    PriceChange,
    PriceChangeLine,
    PriceLevel,
)
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.rules import paths_up_from
from tongpan.kernel.org.scope import visible
from tongpan.masters.fields import State as Use
from tongpan.masters.items.models import Item
from tongpan.masters.prices.models import HoldsFor, Price, PriceList

PROPOSED_MAX = 2000
Pair = tuple[UUID, UUID]  # an item and one of its units
# The average cost of some items over all shelves of a legal entity, with their tax rate on a day.
WORTH = """
select a.unit, sum(a.value_in - a.value_out) / sum(a.inflow - a.outflow),
       coalesce((select r.rate from taxes_taxrate r
                   where r.category_id = i.tax_category_id and r.state = 'active'
                     and r.valid_from <= %s order by r.valid_from desc limit 1), 0)
  from account a join items_item i on i.id = a.unit
  where a.ledger = 'stock' and a.role = 'shelf' and a.entity = %s and a.unit = any(%s)
  group by a.unit, i.tax_category_id
  having sum(a.inflow - a.outflow) > 0 and sum(a.value_in - a.value_out) > 0
"""


@dataclass(frozen=True, slots=True)
class Worth:
    """What one of an item costs, without tax, and which share of that is put on as tax."""

    cost: Decimal
    tax_rate: Decimal


@dataclass(slots=True)
class Listed:
    """The prices of one unit of an item in a list, by the moment at which each begins, the last
    days of those that have one, and the rows that were put away."""

    begin: list[tuple[Moment, Decimal]] = field(default_factory=list)
    ends: dict[Moment, date] = field(default_factory=dict)
    put_away: dict[Moment, UUID] = field(default_factory=dict)

    def at(self, moment: Moment) -> Decimal | None:
        day = moment[0]
        held = [
            price for begins, price in self.begin
            if begins <= moment and self.ends.get(begins, day) >= day
        ]  # fmt: skip
        return held[-1] if held else None

    def beginning(self, moment: Moment) -> Decimal | None:
        return dict(self.begin).get(moment)

    def next_after(self, moment: Moment) -> Moment | None:
        return next((begins for begins, _price in self.begin if begins > moment), None)


def listed_prices(price_list: PriceList, items: Iterable[Any]) -> dict[Pair, Listed]:
    """All prices that a list has for these items, by item and unit."""
    rows = Price.objects.filter(price_list=price_list, item__in=items, barcode=None)
    rows = rows.order_by("valid_from", "from_clock")
    found: dict[Pair, Listed] = {}
    for row in rows:
        listed = found.setdefault((row.item_id, row.unit_id), Listed())
        if row.state == Use.ACTIVE:
            listed.begin.append((begin_of(row), row.price))
        else:
            listed.put_away[begin_of(row)] = row.pk
    return found


def listed_levels(price_list: PriceList, items: Iterable[Any]) -> dict[tuple[Any, ...], Listed]:
    """All levels that a list has for these items: by item, unit, buyer, tier and quantity."""
    rows = PriceLevel.objects.filter(price_list=price_list, item__in=items)
    found: dict[tuple[Any, ...], Listed] = {}
    for row in rows.order_by("valid_from", "from_clock"):
        listed = found.setdefault(row.level, Listed())
        if row.state != Use.ACTIVE:
            listed.put_away[begin_of(row)] = row.pk
            continue
        listed.begin.append((begin_of(row), row.price))
        if row.valid_until is not None:
            listed.ends[begin_of(row)] = row.valid_until
    return found


def places_of(body: PriceChange) -> list[OrgUnit]:
    """The units at which alone a change holds, in the order in which it names them, as far as
    there are such below the unit of its list; none where it holds wherever the list does."""
    codes = body.only_at.split()
    if not codes or body.price_list is None:
        return []
    rows = OrgUnit.objects.filter(
        code__in=codes, is_active=True, path__startswith=body.price_list.org_unit.path,
        kind__in=PRICED,
    )  # fmt: skip
    found = {unit.code: unit for unit in rows}
    return [found[code] for code in codes if code in found]


def standing_list(base: PriceList, unit: OrgUnit) -> PriceList | None:
    """The unit's own list without an end, for the same buyers and with the same taxes as another;
    of several the one whose prices win."""
    rows = PriceList.objects.filter(
        org_unit=unit, state=Use.ACTIVE, valid_until=None, holds_for=base.holds_for,
        is_tax_included=base.is_tax_included, currency=base.currency,
    )  # fmt: skip
    return rows.order_by("-valid_from", "code").first()


def begin_of(row: Price | PriceLevel) -> Moment:
    """When a price begins, on each store's clock."""
    return row.valid_from, row.from_clock


def worth_of(org_unit: OrgUnit, items: Iterable[Any], on: date) -> dict[UUID, Worth]:
    """What one of each item costs on average in the legal entity of a unit, and the rate of the tax
    on it, for those that stand anywhere; in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(WORTH, [on, org_unit.entity_id, [item.pk for item in items]])
        return {item: Worth(*row) for item, *row in cursor.fetchall()}


def in_category(body: PriceChange) -> list[tuple[Item, Any]] | None:
    """The goods of a category or brand, or all, with each unit in which the list has a price for
    them; None where they are more than a document takes."""
    rows = Price.objects.filter(
        price_list=body.price_list, barcode=None, state=Use.ACTIVE, item__state=Use.ACTIVE
    )
    if body.category is not None:
        rows = rows.filter(item__category__path__startswith=body.category.path)
    if body.brand:
        rows = rows.filter(item__brand__iexact=body.brand)
    several = rows.order_by().values_list("item", "unit").distinct()
    if several[: PROPOSED_MAX + 1].count() > PROPOSED_MAX:
        return None
    rows = rows.select_related("item__base_unit", "item__tax_category", "unit")
    found = {(row.item_id, row.unit_id): (row.item, row.unit)
             for row in rows.order_by("item__code", "unit__code")}  # fmt: skip
    return list(found.values())


def changes_over(store: OrgUnit, now: Moment, *, since: date) -> list[PriceChange]:
    """The price changes of lists by which a store's tills sell: planned, until a day that is not
    over, or begun since a day. For whoever sells there, whoever made them; costs are not read."""
    rows = PriceChange.unscoped.filter(
        Q(begins_on__gte=since) | Q(ends_on__gte=now[0]),
        Q(price_list__valid_until=None) | Q(price_list__valid_until__gte=now[0]),
        document__state=State.POSTED, price_list__state=Use.ACTIVE,
        price_list__holds_for=HoldsFor.EVERYBODY,
        price_list__org_unit__path__in=paths_up_from(store.path),
    )  # fmt: skip
    rows = rows.select_related("document__org_unit", "price_list")
    found = list(rows.order_by("begins_on", "begins_clock", "document__number"))
    above = OrgUnit.objects.filter(path__in=paths_up_from(store.path))
    here = {"", *above.values_list("code", flat=True)}
    return [
        body for body in found
        if (body.returns is None or body.returns > now)
        and not here.isdisjoint(body.only_at.split() or [""])
    ]  # fmt: skip


def first_goods(changes: Sequence[UUID]) -> dict[UUID, tuple[str, int]]:
    """The first item of each of these changes, and how many lines there are."""
    lines = PriceChangeLine.unscoped.filter(document__in=changes).order_by()
    counts = dict(lines.values_list("document").annotate(n=Count("pk")))
    names = lines.filter(position=1).values_list("document", "item__name")
    return {change: (name, counts[change]) for change, name in names}


def goods_of(change: UUID) -> list[dict[str, Any]]:
    """The goods of a posted change: what they cost customers before, during and after it."""
    lines = PriceChangeLine.unscoped.filter(document=change, document__state=State.POSTED)
    told = ("item", "item__name", "item__code", "unit", "unit__name", "old_price", "new_price",
            "returns_to", "position", "buyer", "tier__name", "from_quantity")  # fmt: skip
    return list(lines.order_by("position").values(*told)[:PROPOSED_MAX])


def set_by(rows: Sequence[Price]) -> dict[UUID, Document]:
    """The document that set each of these prices, where one did and nobody changed it since."""
    lines = PriceChangeLine.unscoped.filter(
        item__in={row.item_id for row in rows}, document__state=State.POSTED
    ).select_related("document__pricechange")
    documents = visible(Document, "prices.change.view").filter(pk__in=lines.values("document"))
    units = PriceList.objects.filter(pk__in={row.price_list_id for row in rows})
    changed, codes_of, may_see = read_at_once(
        lines.order_by("document__posted_at"), units.values_list("pk", "org_unit__code"),
        documents.values_list("pk", flat=True),
    )  # fmt: skip
    codes, seen = dict(codes_of), set(may_see)
    found: dict[tuple[Any, ...], Document] = {}
    for line in changed:
        change = line.document.pricechange
        if line.is_level:
            continue
        places: Sequence[Any] = change.only_at.split() or [change.price_list_id]
        for place in places:
            key = (place, line.item_id, line.unit_id)
            found[*key, change.begins, line.new_price] = line.document
            if line.returns_to is not None:
                found[*key, change.returns, line.returns_to] = line.document
    keys = {
        (row.pk, place): (place, row.item_id, row.unit_id, begin_of(row), row.price)
        for row in rows for place in (codes.get(row.price_list_id), row.price_list_id)
    }  # fmt: skip
    told = {pk: found[key] for (pk, _place), key in keys.items() if key in found}
    return {pk: document for pk, document in told.items() if document.pk in seen}
