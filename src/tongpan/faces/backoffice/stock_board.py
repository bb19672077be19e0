"""The stock dashboard: what stands where, what ran out or will, what does not move, what comes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tongpan.base.numbers import ZERO
from tongpan.business.stock import board
from tongpan.business.stock import overview as reading
from tongpan.business.stock.board import Cell, Coming, Worth
from tongpan.faces.backoffice.asked import id_of
from tongpan.faces.backoffice.home import units_below
from tongpan.faces.backoffice.stock import SEE, card_address, short_address
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import values
from tongpan.faces.kit.entry import entry
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may, today_here

CATEGORIES_SHOWN = 15
# What moves much at once; a slip moves little, and there is one every second.
LISTENS = "stock.transfer stock.transfer_receipt stock.count stock.loss purchasing.receipt"


@dataclass(frozen=True)
class Seen:
    """The units that are shown, and all that was read of them."""

    offered: list[OrgUnit]
    units: list[OrgUnit]
    has_value: bool
    worth: list[Worth]
    out: dict[UUID, int]
    coming: list[Coming]
    low: list[Cell]
    slow: list[Cell]

    @classmethod
    def of(cls, request: HttpRequest) -> "Seen":
        offered = reading.stock_units(among=units_below(request))
        chosen = id_of(request.GET.get("unit", ""))
        units = [unit for unit in offered if unit.pk == chosen] or offered
        ids = [unit.pk for unit in units]
        today = today_here()
        has_value = bool(units) and all(may("see.cost", unit) for unit in units)
        return cls(
            offered, units, has_value,
            board.worth(ids), reading.out_of_stock(ids), board.coming(ids),
            board.running_low(ids, today), board.not_moving(ids, today, by_value=has_value),
        )  # fmt: skip

    def name(self, unit: UUID) -> str:
        return next(one.name for one in self.units if one.pk == unit)

    @property
    def is_narrowed(self) -> bool:
        return len(self.units) < len(self.offered)


def overview_address(**asked: str | UUID | None) -> str:
    """The stock overview, narrowed."""
    kept = {name: str(value) for name, value in asked.items() if value}
    return f"{reverse('stock')}?{urlencode(kept)}"


@entry(permission=SEE, scope="units", field_policy="masked")
def stock_board(request: HttpRequest) -> HttpResponse:
    """Five reads of totals and of the last weeks, whatever the company's history."""
    seen = Seen.of(request)
    page = pages.BoardPage(
        title=_("Stock dashboard"),
        note=" · ".join(unit.name for unit in seen.units) if seen.is_narrowed else "",
        help=pages.Help(
            _(
                "What stands at each place and of which category, what ran out or is enough for"
                " less than three days, what has not moved for four weeks, and what is on its way."
                " Every figure opens."
            )
        ),
        chips=(pages.Chip(seen.units[0].name, reverse("stock-board")),) if seen.is_narrowed else (),
        filters=tuple(_filters(seen)),
        figures=tuple(_figures(seen)),
        cards=tuple(_cards(seen)) if seen.units else (),
        empty=None
        if seen.units
        else pages.Empty(
            _("No stock here"), _("Work at a unit that has stores or warehouses below it.")
        ),
        listens=LISTENS,
    )
    return show.page(request, page)


def _filters(seen: Seen) -> Iterable[pages.Filter]:
    if len(seen.offered) > 1 and not seen.is_narrowed:
        choices = tuple(pages.Choice(str(unit.pk), unit.name) for unit in seen.offered)
        yield pages.Filter("unit", _("Org unit"), "one", choices)


def _only(seen: Seen) -> UUID | None:
    return seen.units[0].pk if len(seen.units) == 1 else None


def _figures(seen: Seen) -> Iterable[pages.Figure]:
    unit = _only(seen)
    if seen.has_value:
        value = sum((one.value for one in seen.worth), ZERO)
        url = overview_address(mode="value", unit=unit)
        yield pages.Figure(_("Stock value"), formats.money(value, "CNY"), url=url)
    out = sum(seen.out.values())
    yield pages.Figure(_("Out of stock"), formats.number(out), url=short_address(unit))
    yield pages.Figure(
        _("Running low"), _counted(seen.low), url="#low",
        against=_("enough for less than %(n)s days") % {"n": board.COVER_DAYS},
    )  # fmt: skip
    yield pages.Figure(
        _("Not moving"), _counted(seen.slow), url="#slow",
        against=_("for %(n)s days") % {"n": board.SLOW_DAYS},
    )  # fmt: skip
    coming = sum(one.lines for one in seen.coming)
    worth = sum((one.value for one in seen.coming), ZERO)
    yield pages.Figure(
        _("In transit"), formats.number(coming), url=overview_address(view="coming", unit=unit),
        against=formats.money(worth, "CNY") if seen.has_value else "",
    )  # fmt: skip


def _counted(cells: Sequence[Cell]) -> str:
    return formats.number(len(cells)) + ("+" if len(cells) >= 30 else "")


def _cards(seen: Seen) -> Iterable[pages.Card]:
    yield _by_place(seen)
    yield _by_category(seen)
    yield _low(seen)
    yield _slow(seen)


def _by_place(seen: Seen) -> pages.Card:
    value: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    items: dict[UUID, int] = defaultdict(int)
    for one in seen.worth:
        value[one.unit] += one.value
        items[one.unit] += one.items
    way = {one.unit: one for one in seen.coming}
    rows = []
    for unit in sorted(seen.units, key=lambda one: (-value[one.pk], -items[one.pk])):
        url = overview_address(mode="value" if seen.has_value else "", unit=unit.pk)
        out, coming = seen.out.get(unit.pk, 0), way.get(unit.pk)
        cells = {
            "unit": pages.Cell(unit.name, url=url),
            "value": pages.Cell(value[unit.pk], url=url),
            "items": pages.Cell(items[unit.pk], url=url),
            "out": pages.Cell(out, url=short_address(unit.pk) if out else "",
                              tone="act" if out else ""),
            "coming": pages.Cell(
                coming.lines if coming else 0, tone="way" if coming else "",
                url=overview_address(view="coming", unit=unit.pk) if coming else "",
            ),
        }  # fmt: skip
        rows.append(pages.Row(str(unit.pk), cells, url))
    columns = [pages.Column("unit", _("Org unit"), keep=1, at="title")]
    if seen.has_value:
        columns.append(
            pages.Column("value", _("Value"), pages.Kind.MONEY, 1, at="amount", unit="¥")
        )
    columns += [
        pages.Column("items", _("Items here"), pages.Kind.NUMBER, 2, at="detail"),
        pages.Column("out", _("Out of stock"), pages.Kind.NUMBER, 2, at="state"),
        pages.Column("coming", _("In transit"), pages.Kind.NUMBER, 3, at="date"),
    ]
    return pages.Card(
        _("By place"), columns=tuple(columns), rows=tuple(rows), code="by-place", listens=LISTENS,
        plot=pages.Plot("rows", "unit", ("value" if seen.has_value else "items",)),
    )  # fmt: skip


def _by_category(seen: Seen) -> pages.Card:
    value: dict[tuple[UUID | None, str], Decimal] = defaultdict(lambda: ZERO)
    items: dict[tuple[UUID | None, str], int] = defaultdict(int)
    for one in seen.worth:
        value[one.category, one.name] += one.value
        items[one.category, one.name] += one.items
    most = sorted(items, key=lambda key: (-value[key] if seen.has_value else 0, -items[key]))
    rows = []
    for key in most[:CATEGORIES_SHOWN]:
        category, name = key
        mode = "value" if seen.has_value else ""
        url = overview_address(mode=mode, category=category, unit=_only(seen)) if category else ""
        cells = {
            "category": pages.Cell(name or _("without a category"), url=url),
            "value": pages.Cell(value[key], url=url),
            "items": pages.Cell(items[key], url=url),
        }
        rows.append(pages.Row(str(category), cells, url))
    columns = [pages.Column("category", _("Category"), keep=1, at="title")]
    if seen.has_value:
        columns.append(
            pages.Column("value", _("Value"), pages.Kind.MONEY, 1, at="amount", unit="¥")
        )
    columns.append(pages.Column("items", _("Items by place"), pages.Kind.NUMBER, 2, at="detail"))
    return pages.Card(
        _("By category"), columns=tuple(columns), rows=tuple(rows), code="by-category",
        listens=LISTENS, empty=_("Nothing stands on a shelf."),
        plot=pages.Plot("rows", "category", ("value" if seen.has_value else "items",)),
    )  # fmt: skip


def _low(seen: Seen) -> pages.Card:
    columns = (
        pages.Column("item", _("Item"), keep=1, at="title"),
        pages.Column("unit", _("Where"), keep=2, at="detail", is_quiet=True),
        pages.Column("quantity", _("Available"), pages.Kind.QUANTITY, 1, at="amount"),
        pages.Column("sold", _("Sold in %(n)s days") % {"n": board.SOLD_DAYS},
                     pages.Kind.QUANTITY, 2, at="date"),
        pages.Column("days", _("Days of stock"), pages.Kind.NUMBER, 2, at="state"),
    )  # fmt: skip
    rows = []
    for cell in seen.low:
        days = (cell.quantity * board.SOLD_DAYS / cell.sold).quantize(Decimal("0.1"))
        cells = _named(seen, cell) | {
            "sold": pages.Cell(_quantity(cell, cell.sold)),
            "days": pages.Cell(formats.number(days, 1), tone="act" if days < 1 else "wait"),
        }
        rows.append(pages.Row(f"{cell.item}-{cell.unit}", cells, cells["item"].url))
    return pages.Card(
        _("Running low"), note=_("enough for less than %(n)s days") % {"n": board.COVER_DAYS},
        columns=columns, rows=tuple(rows), code="low", listens=LISTENS,
        empty=_("Everything that sells is there for longer."),
    )  # fmt: skip


def _slow(seen: Seen) -> pages.Card:
    columns = [
        pages.Column("item", _("Item"), keep=1, at="title"),
        pages.Column("unit", _("Where"), keep=2, at="detail", is_quiet=True),
        pages.Column("quantity", _("Available"), pages.Kind.QUANTITY, 1, at="amount"),
    ]
    if seen.has_value:
        columns.append(pages.Column("value", _("Value"), pages.Kind.MONEY, 2, at="date", unit="¥"))
    rows = []
    for cell in seen.slow:
        cells = _named(seen, cell)
        cells["value"] = pages.Cell(cell.value, url=cells["item"].url)
        rows.append(pages.Row(f"{cell.item}-{cell.unit}", cells, cells["item"].url))
    return pages.Card(
        _("Not moving"), note=_("for %(n)s days") % {"n": board.SLOW_DAYS},
        columns=tuple(columns), rows=tuple(rows), code="slow", listens=LISTENS,
        empty=_("Everything has moved."),
    )  # fmt: skip


def _named(seen: Seen, cell: Cell) -> dict[str, pages.Cell]:
    url = card_address(cell.item, cell.unit)
    return {
        "item": pages.Cell(cell.name, url=url),
        "unit": pages.Cell(seen.name(cell.unit)),
        "quantity": pages.Cell(_quantity(cell, cell.quantity), url=url),
    }


def _quantity(cell: Cell, amount: Decimal) -> pages.Quantity:
    return pages.Quantity(amount, cell.measure, values.places_of(cell.step))
