"""Reads about items: search, scans, units, and what a unit may do with an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from tongpan.base.refusals import Refusal
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.rules import paths_up_from
from tongpan.kernel.org.visibility import visible
from tongpan.masters.fields import State
from tongpan.masters.items.models import (
    Barcode,
    BarcodeKind,
    BarcodeLayout,
    Dimension,
    Item,
    ItemAtUnit,
    ItemUnit,
    UnitOfMeasure,
)
from tongpan.masters.items.rules.labels import Label, Layout
from tongpan.masters.items.rules.scans import read_scan
from tongpan.masters.items.rules.units import Measure, convert, factor_between
from tongpan.masters.search import matching

# -- finding ------------------------------------------------------------------------------------


def search_items(text: str, limit: int = 20) -> list[Item]:
    """Active items by code, barcode, name, brand, pinyin or initials, best first."""
    return matching(_active(), text, limit=limit)


def _active() -> QuerySet[Item]:
    return visible(Item).filter(state=State.ACTIVE).select_related("base_unit", "family")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan means: an item, the unit on the code, how much, and what the label asks for it.

    `price` is set only by a label that prints one; it is the price of all of `quantity`, and then
    `quantity` is None unless the label prints a weight or a count too.
    """

    item: Item
    unit: UnitOfMeasure
    quantity: Decimal | None
    price: Decimal | None = None


def find_scanned(text: str) -> Scanned:
    """The item that a scanned code or label means.

    A code that was put in as it is wins over a label's layout.

    Errors: Refusal barcode_unknown; those of `read_scan`; item_archived; label_not_a_weight.
    """
    layouts = BarcodeLayout.objects.filter(state=State.ACTIVE).order_by("code")
    scan = read_scan(
        text, [Layout(row.pattern, row.weight_places, row.price_places) for row in layouts]
    )
    known = _barcodes().filter(code__in=scan.codes).exclude(kind=BarcodeKind.SCALE)
    found = min(known, key=lambda barcode: scan.codes.index(barcode.code), default=None)
    if found is not None:
        return Scanned(_refuse_archived(found.item), found.unit, Decimal(1))
    if scan.label is not None:
        return _find_labelled(scan.label, scan.codes[0])
    raise Refusal("barcode_unknown", given=scan.codes[0])


def _barcodes() -> QuerySet[Barcode]:
    return visible(Barcode).filter(state=State.ACTIVE).select_related("item__base_unit", "unit")


def _find_labelled(label: Label, code: str) -> Scanned:
    barcode = _barcodes().filter(code=label.item, kind=BarcodeKind.SCALE).first()
    if barcode is None:
        raise Refusal("barcode_unknown", given=code)
    item, unit = _refuse_archived(barcode.item), barcode.unit
    quantity = label.quantity
    if label.weight is not None:
        if unit.dimension != Dimension.WEIGHT or unit.size is None:
            raise Refusal("label_not_a_weight", item=item.name, unit=unit.name)
        kilogram = Measure("kg", Decimal(1), Decimal("0.000001"))
        quantity = convert(label.weight, kilogram, Measure(unit.name, unit.size, unit.step))
    return Scanned(item, unit, quantity, label.price)


def _refuse_archived(item: Item) -> Item:
    if item.state == State.ARCHIVED:
        raise Refusal("item_archived", item=item.name)
    return item


# -- units --------------------------------------------------------------------------------------


def measure_of(item: Item, unit: UnitOfMeasure | None) -> Measure:
    """How `unit` counts this item; without a unit, its base unit.

    Errors: Refusal not_convertible if the item is not counted in it.
    """
    base = item.base_unit
    if unit is None or unit.pk == base.pk:
        return Measure(base.name, Decimal(1), base.step)
    own = ItemUnit.objects.filter(item=item, unit=unit, state=State.ACTIVE).first()
    if own is not None:
        return Measure(unit.name, own.factor, unit.step)
    if unit.dimension == base.dimension and unit.size is not None and base.size is not None:
        return Measure(unit.name, factor_between(unit.size, base.size), unit.step)
    raise Refusal("not_convertible", item=item.name, unit=unit.name)


def base_quantity_of(
    item: Item | None, unit: UnitOfMeasure | None, quantity: Decimal | None
) -> Decimal | None:
    """`quantity` in the item's base unit; None while something is missing or does not convert.

    The result may be finer than the base unit's step: whoever posts it refuses that by its line.
    """
    if item is None or quantity is None:
        return None
    try:
        measure = measure_of(item, unit)
    except Refusal:
        return None
    return quantity * measure.factor


# -- what a unit may do with an item ------------------------------------------------------------


def item_at(item: Item, org_unit: OrgUnit, on: date) -> ItemAtUnit | None:
    """The row that holds for an item at a unit on a day: its own, or the nearest above it."""
    return items_at([item], org_unit, on).get(item)


def items_at(items: Sequence[Item], org_unit: OrgUnit, on: date) -> dict[Item, ItemAtUnit]:
    """The same for many items, with one query."""
    rows = (
        ItemAtUnit.unscoped.filter(
            _at_or_above(org_unit), item__in=items, valid_from__lte=on, state=State.ACTIVE
        )
        .select_related("item", "main_supplier")
        .order_by("item_id", Length("org_unit__path").desc(), "-valid_from")
        .distinct("item_id")
    )
    return {row.item: row for row in rows}


def least_stock_at(org_unit: OrgUnit, on: date) -> dict[UUID, Decimal]:
    """The minimum stock of each item that should be kept at a unit and may be ordered there."""
    rows = (
        ItemAtUnit.unscoped.filter(_at_or_above(org_unit), valid_from__lte=on, state=State.ACTIVE)
        .order_by("item_id", Length("org_unit__path").desc(), "-valid_from")
        .distinct("item_id")
        .values_list("item_id", "stock_min", "is_orderable")
    )
    return {item: least for item, least, may_be_ordered in rows if least and may_be_ordered}


def _at_or_above(org_unit: OrgUnit) -> Q:
    return Q(org_unit__path__in=paths_up_from(org_unit.path))
