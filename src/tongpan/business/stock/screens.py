"""What screens show of stock documents besides their fields: units, stock, progress."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.numbers import LEDGER_STEP, ZERO, is_on_step
from tongpan.business.stock import queries
from tongpan.business.stock.models import Requisition, RequisitionLine
from tongpan.business.stock.overview import Figures, figures_of
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.documents.showing import Come, HowFar, LineFacts, Standing, lines_come
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, visible
from tongpan.masters.items.models import Item, ItemUnit
from tongpan.masters.items.queries import base_quantity_of, find_scanned, least_stock_at
from tongpan.masters.places.models import Place

ONE = Decimal(1)

# Of the lines of requisitions: of whom it is asked, and whether something was closed.
ASKED = """
(select case when d.other_unit_id is null then 'buy' when s.entity_id = u.entity_id then 'ours'
        else 'theirs' end
   from document d join org_unit u on u.id = d.org_unit_id
   left join org_unit s on s.id = d.other_unit_id where d.id = l.document_id)
|| case when bool_or(exists (
    select from stock_requisition_closing_line n
      join document d on d.id = n.document_id and d.state = 'posted'
      where n.requisition_line_id = l.id
)) then ' closed' else '' end
"""
SOLD_DAYS = 28


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


def wanted_beside(body: Any, items: Sequence[Item]) -> Mapping[UUID, Mapping[str, Any]]:
    """The units of each item, what is here and at whom it is asked of, what is coming, and what was
    sold of late. What stands elsewhere is shown to those who may see stock there."""
    told: dict[UUID, dict[str, Any]] = {pk: {"unit": u} for pk, u in units_of(items).items()}
    if body.place is None:
        return told
    here, there = body.place.unit, body.from_place.unit if body.from_place else None
    may_see_there = there is not None and may(queries.SEE, there)
    asked = [here.pk, *([there.pk] if there is not None and may_see_there else [])]
    figures = figures_of([item.pk for item in items], asked)
    since = business_date(here, env.now()) - timedelta(days=SOLD_DAYS)
    sold = queries.sold_since(here.pk, [item.pk for item in items], since)
    nothing = Figures()
    for item in items:
        ours, name = figures.get((item.pk, here.pk), nothing), item.base_unit.name
        theirs = figures.get((item.pk, there.pk), nothing) if there and may_see_there else None
        told[item.pk] |= {
            "here": _so_much(ours.shelf, name),
            "there": _so_much(theirs.shelf, name) if theirs else "",
            "coming": _so_much(ours.coming + ours.ordered, name),
            "sold": _so_much(sold.get(item.pk, ZERO), name),
        }
    return told


def _so_much(quantity: Decimal, unit: str) -> str:
    return f"{quantity.normalize():,f} {unit}"


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
    words=("counted_in",),
    scan=scanned_in_base,
)


WANTED = LineFacts(
    by="item",
    of=wanted_beside,
    choices=("unit",),
    columns=(
        ("here", _("Here")),
        ("there", _("At the supplying unit")),
        ("coming", _("Coming")),
        ("sold", _("Sold in 28 days")),
    ),
    scan=scanned,
)


def _of_requisitions(of_ours: bool) -> dict[str, Callable[[Any], Q]]:
    """Which requisitions wait for who sends goods at some units: those of their own legal entity,
    or those of others."""
    is_ours = Q(other_unit__entity=F("org_unit__entity"))
    return {
        "stock.requisition": lambda units: (
            Q(other_unit__in=units) & (is_ours if of_ours else ~is_ours)
        )
    }


WAITS_FOR_OURS, WAITS_FOR_OTHER_ENTITY = _of_requisitions(True), _of_requisitions(False)


def asking_here(unit: OrgUnit) -> dict[str, Any]:
    """A new requisition is for the place where the person works, of whom it was asked last, else of
    the only warehouse of the legal entity."""
    asked = Requisition.unscoped.filter(
        place__unit=unit, from_place__isnull=False, document__state=State.POSTED
    )
    last = asked.select_related("from_place__unit").order_by("-document__posted_at").first()
    found = last.from_place if last is not None else None
    if last is None:
        kinds = {"unit__kind": OrgUnit.Kind.WAREHOUSE, "unit__entity": unit.entity_id}
        rows = Place.unscoped.filter(is_default=True, unit__is_active=True, **kinds)
        warehouses = list(rows.exclude(unit=unit).select_related("unit")[:2])
        found = warehouses[0] if len(warehouses) == 1 else None
    return {"place": _main_place(unit), "from_place": found}


def below_minimum(body: Any) -> Iterable[Any]:
    """The lines of a new requisition: what is missing to the minimum stock, where one is kept."""
    if body.place is None:
        return
    unit = body.place.unit
    least = least_stock_at(unit, body.document.business_date)
    figures = figures_of(list(least), [unit.pk])
    asked = queries.asked_for(unit.pk, least)
    for item in Item.objects.filter(pk__in=least, state="active").select_related("base_unit"):
        has = figures.get((item.pk, unit.pk), Figures())
        missing = least[item.pk] - has.shelf - has.coming - has.ordered - asked.get(item.pk, ZERO)
        if missing > 0:
            yield RequisitionLine(
                document=body.document, item=item, unit=item.base_unit, quantity=missing.normalize()
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


def _answer(come: Come) -> Standing:
    """What was sent, ordered or given up of a requisition; who is asked says what may follow."""
    never = {
        "buy": ("stock.transfer", "franchise.supply"),
        "ours": ("franchise.supply",),
        "theirs": ("stock.transfer",),
    }
    of, _space, closed = come.said.partition(" ")
    usually = "franchise.supply" if of == "theirs" else ""
    if come.is_done:
        return Standing("done", _("Closed early") if closed else _("Supplied"))
    if come.share:
        return Standing(
            "partly", _("Partly supplied"), come.share, never=never[of], usually=usually
        )
    word = _("To be ordered") if of == "buy" else _("To be sent")
    return Standing("waiting", word, never=never[of], usually=usually)


# How far posted requisitions have come: what was sent, ordered or given up.
answered = lines_come("stock_requisition_line", "promise", "wanted", _answer, ASKED)


def how_received(come: Come) -> Standing:
    """What people call it when so much of what was sent has come."""
    if come.is_done:
        return Standing("done", _("Received"))
    if come.share:
        return Standing("partly", _("Partly received"), come.share)
    return Standing("transit", _("In transit"))


# Goods that were sold before they were on the books, and that nobody counted since; a count of them
# anywhere on that place will do.
UNCOUNTED = """
exists (
    select from stock_overage o
      join stock_overage_line l on l.document_id = o.document_id
      where o.document_id = document.id and o.came_as = 'sold' and not exists (
        select from stock_count_line n
          join stock_count c on c.document_id = n.document_id
          join document d on d.id = c.document_id
          where n.item_id = l.item_id and c.place_id = o.place_id and d.state = 'posted'
            and d.posted_at >= document.posted_at
      )
)
"""
NEVER_COUNTED = Standing("", "", never=("stock.count",))  # goods that are known need no count


def _counted(_document: Any, come: Come | None) -> Standing:
    if come is None:
        return NEVER_COUNTED
    if come.is_done:
        return Standing("done", _("Counted since"))
    return Standing("waiting", _("To be counted"))


counted_since = HowFar(
    f"""select document.id, not {UNCOUNTED}, 0::numeric, ''
  from document join stock_overage s on s.document_id = document.id and s.came_as = 'sold'
  where document.id = any(%s)""",
    _counted,
    UNCOUNTED,
)

# How far posted transfers have come: what was answered for, of what was sent.
received = lines_come("stock_transfer_line", "stock", "in_transit", how_received)
