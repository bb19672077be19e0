"""What an item costs at a unit on a day: today now, on another day at its end or beginning."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Case, IntegerField, Model, Q, QuerySet, Value, When
from django.db.models.functions import Length

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.rules import paths_up_from
from tongpan.masters.fields import State
from tongpan.masters.items.models import Barcode, Item, UnitOfMeasure
from tongpan.masters.items.queries import measure_of
from tongpan.masters.parties.models import Party
from tongpan.masters.prices.models import HoldsFor, Price, PriceList
from tongpan.masters.prices.rules import clock_on

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Priced:
    """A price for one of `unit`, exact to six places, and the list that it comes from."""

    price: Decimal
    unit: UnitOfMeasure
    price_list: PriceList


def price_of(
    item: Item,
    org_unit: OrgUnit,
    on: date,
    *,
    unit: UnitOfMeasure | None = None,
    barcode: Barcode | None = None,
) -> Priced:
    """The price of one unit of an item: of the barcode, else of the unit, else by the base unit.

    Errors: Refusal price_missing; not_convertible if the item is not counted in `unit`.
    """
    wanted = unit or item.base_unit
    prices = _prices([item], org_unit, on)
    by_barcode = {p.barcode_id: p for p in prices if p.barcode_id is not None}
    by_unit = {p.unit_id: p for p in prices if p.barcode_id is None}
    found = by_barcode.get(barcode.pk) if barcode else None
    found = found or by_unit.get(wanted.pk)
    if found is not None:
        return Priced(found.price, found.unit, found.price_list)
    base = by_unit.get(item.base_unit_id)
    if base is None:
        raise Refusal("price_missing", item=item.name, unit=wanted.name, on=on)
    return Priced(base.price * measure_of(item, wanted).factor, wanted, base.price_list)


def base_prices_of(items: Sequence[Item], org_unit: OrgUnit, on: date) -> dict[UUID, Priced]:
    """The prices of many items in their base units, by item, with one query."""
    base_units = {item.pk: item.base_unit_id for item in items}
    return {
        p.item_id: Priced(p.price, p.unit, p.price_list)
        for p in _prices(items, org_unit, on)
        if p.barcode_id is None and p.unit_id == base_units[p.item_id]
    }


def lists_for(customer: Party, org_unit: OrgUnit) -> tuple[Q, Case]:
    """By which rows of lists a customer buys at a unit, and how far down each is asked: the
    customer's own list first, then those for wholesale customers, then those for everybody."""
    ranks = [When(price_list=customer.price_list_id, then=Value(0))]
    known = Q(price_list=customer.price_list_id) if customer.price_list_id else Q(pk=None)
    at = Q(price_list__org_unit__path__in=paths_up_from(org_unit.path))
    if customer.is_wholesale:
        ranks.append(When(price_list__holds_for=HoldsFor.WHOLESALE, then=Value(1)))
        known |= at & Q(price_list__holds_for=HoldsFor.WHOLESALE)
    known |= at & Q(price_list__holds_for=HoldsFor.EVERYBODY)
    return known, Case(*ranks, default=Value(2), output_field=IntegerField())


class Quoted(NamedTuple):
    """What one costs a customer, and by which row of which list."""

    price: Decimal
    row: Price


def quoted_for(
    customer: Party,
    wanted: Mapping[tuple[UUID, UUID], Decimal],
    org_unit: OrgUnit,
    on: date,
    *,
    is_tax_included: bool,
) -> dict[tuple[UUID, UUID], Quoted]:
    """What a customer pays for each (item, unit) that is wanted with its factor; without a price
    it is left out. Lists are asked in the order of `lists_for`; in each the unit's own price before
    one by the base unit."""
    known, rank = lists_for(customer, org_unit)
    rows = (
        valid(Price, {item for item, _unit in wanted}, org_unit, on)
        .filter(known, barcode=None, price_list__is_tax_included=is_tax_included)
        .annotate(rank=rank)
        .select_related("item", "price_list")
        .order_by(
            "item_id",
            "rank",
            Length("price_list__org_unit__path").desc(),
            "-price_list__valid_from",
            "-valid_from",
            "-from_clock",
        )
    )
    ranked: dict[UUID, dict[int, dict[UUID, Price]]] = {}
    base_units: dict[UUID, UUID] = {}
    for row in rows:
        base_units[row.item_id] = row.item.base_unit_id
        ranked.setdefault(row.item_id, {}).setdefault(row.rank, {}).setdefault(row.unit_id, row)
    found = {}
    for (item, unit), factor in wanted.items():
        for by_unit in ranked.get(item, {}).values():  # the first ranks stand first
            if unit in by_unit:
                found[item, unit] = Quoted(by_unit[unit].price, by_unit[unit])
                break
            if (base := by_unit.get(base_units[item])) is not None:
                found[item, unit] = Quoted(base.price * factor, base)
                break
    return found


def valid(model: type[Row], items: Iterable[Any], org_unit: OrgUnit, on: date) -> QuerySet[Row]:
    """The rows of lists for these items that have begun by a day, in lists that hold then."""
    now = env.now()
    clock = clock_on(on, now, org_unit.zone, business_date(org_unit, now))
    lists = Q(price_list__valid_until=None) | Q(price_list__valid_until__gte=on)
    begun = Q(valid_from__lt=on) | Q(valid_from=on, from_clock__lte=clock)
    return model._default_manager.filter(
        lists,
        begun,
        item__in=items,
        state=State.ACTIVE,
        price_list__state=State.ACTIVE,
        price_list__valid_from__lte=on,
    )


def _prices(items: Sequence[Item], org_unit: OrgUnit, on: date) -> list[Price]:
    """The winning price of each unit and barcode of the items: nearest list, then latest."""
    return list(
        valid(Price, items, org_unit, on)
        .filter(
            price_list__holds_for=HoldsFor.EVERYBODY,
            price_list__org_unit__path__in=paths_up_from(org_unit.path),
        )
        .select_related("unit", "price_list")
        .order_by(
            "item_id",
            "unit_id",
            "barcode_id",
            Length("price_list__org_unit__path").desc(),
            "-price_list__valid_from",
            "-valid_from",
            "-from_clock",
        )
        .distinct("item_id", "unit_id", "barcode_id")
    )
