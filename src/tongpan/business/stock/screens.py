"""What screens show of stock documents besides their fields: units, stock, progress."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import LEDGER_STEP, is_on_step
from tongpan.business.stock import queries
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.documents.showing import Come, LineFacts, Standing, lines_come
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import visible
from tongpan.masters.items.models import Item, ItemUnit
from tongpan.masters.items.queries import base_quantity_of, find_scanned
from tongpan.masters.places.models import Place

ONE = Decimal(1)


def units_of(items: Sequence[Item]) -> dict[UUID, list[dict[str, str]]]:
    """The units in which each item may be counted, its base unit first."""
    units = {item.pk: [_choice(item.base_unit)] for item in items}
    rows = ItemUnit.objects.filter(item__in=items, state="active").select_related("unit")
    for row in rows.order_by("factor"):
        units[row.item_id].append(_choice(row.unit))
    return units


def _choice(unit: Any) -> dict[str, str]:
    return {"value": str(unit.pk), "title": unit.name}


def units_beside(_body: Any, items: Sequence[Item]) -> Mapping[UUID, Mapping[str, Any]]:
    """The units of each item."""
    return {pk: {"unit": units} for pk, units in units_of(items).items()}


def stock_beside(body: Any, items: Sequence[Item]) -> Mapping[UUID, Mapping[str, Any]]:
    """The units of each item, and how much of it the place has from which goods leave."""
    told: dict[UUID, dict[str, Any]] = {pk: {"unit": u} for pk, u in units_of(items).items()}
    place = body.from_place if hasattr(body, "from_place_id") else body.place
    if place is not None:
        figures = queries.stock_of(place, items)
        for item in items:
            on_hand = figures[item.pk].on_hand.normalize()
            told[item.pk]["available"] = f"{on_hand:,f} {item.base_unit.name}"
    return told


def scanned(code: str) -> tuple[Item, Mapping[str, str]]:
    """The item of a scanned code, with the unit on it and what a label weighs or counts."""
    found = find_scanned(code)
    said = {"unit": str(found.unit.pk)}
    if found.quantity is not None and found.quantity != 1:
        said["quantity"] = f"{found.quantity.normalize():f}"
    return found.item, said


UNITS = LineFacts(by="item", of=units_beside, choices=("unit",), scan=scanned)
STOCK = LineFacts(
    by="item",
    of=stock_beside,
    choices=("unit",),
    columns=(("available", _("Available")),),
    scan=scanned,
)


def counted_in(_body: Any, items: Sequence[Item]) -> Mapping[UUID, Mapping[str, Any]]:
    """The unit in which each item is counted. Whoever counts is not told what the books say."""
    return {item.pk: {"counted_in": item.base_unit.name} for item in items}


def scanned_in_base(code: str) -> tuple[Item, Mapping[str, str]]:
    """The item of a scanned code, and how many base units the code stands for."""
    found = find_scanned(code)
    quantity = Decimal(1) if found.quantity is None else found.quantity
    counted = base_quantity_of(found.item, found.unit, quantity)
    return found.item, {} if counted is None else {"counted": f"{counted.normalize():f}"}


COUNTED = LineFacts(
    by="item",
    of=counted_in,
    columns=(("counted_in", _("Unit of measure")),),
    scan=scanned_in_base,
)


def from_here(unit: OrgUnit) -> dict[str, Any]:
    """A new transfer leaves the place where the person works."""
    return {"from_place": _main_place(unit)}


def at_place_here(unit: OrgUnit) -> dict[str, Any]:
    """A new document of one place is about the place where the person works."""
    return {"place": _main_place(unit)}


def parts_of_last_time(body: Any) -> Iterable[Any]:
    """The parts of which an item was last put together or taken apart, for as many as now."""
    if body.item is None:
        return
    same = visible(type(body)).filter(item=body.item, document__state=State.POSTED)
    last = same.order_by("-document__posted_at").first()
    if last is None or not last.base_quantity:
        return
    line_of = document_type(body.document.type).line
    assert line_of is not None, "What is put together has parts."
    wanted = body.base_quantity or ONE
    rows = line_of.unscoped.filter(document=last.document_id)
    for row in rows.select_related("item__base_unit", "unit").order_by("position"):
        quantity = row.quantity * wanted / last.base_quantity
        counted = row.base_quantity * wanted / last.base_quantity
        is_whole = is_on_step(counted, row.item.base_unit.step) and is_on_step(
            quantity, LEDGER_STEP
        )
        new = line_of(document=body.document, item=row.item, unit=row.unit)
        new.quantity = quantity.normalize() if is_whole else None
        if hasattr(row, "ratio"):
            new.ratio = row.ratio
        yield new


def _main_place(unit: OrgUnit) -> Place | None:
    return Place.objects.filter(unit=unit, is_default=True).select_related("unit").first()


def _standing(come: Come) -> Standing:
    if come.is_done:
        return Standing("done", _("Received"))
    if come.share:
        return Standing("partly", _("Partly received"), come.share)
    return Standing("transit", _("In transit"))


# How far posted transfers have come: what was answered for, of what was sent.
received = lines_come("stock_transfer_line", "stock", "in_transit", _standing)
