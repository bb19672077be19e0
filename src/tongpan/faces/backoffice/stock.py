"""The stock overview: items by unit, a cell that opens, and from there the way to send goods."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.stock import overview as reading
from tongpan.business.stock import queries
from tongpan.business.stock.overview import Figures, Wanted
from tongpan.faces.backoffice.asked import id_of, text_of
from tongpan.faces.backoffice.moves import reason_of
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.ledger.keys import NOBODY
from tongpan.kernel.ledger.queries import Movement, Where, latest
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, may_somewhere
from tongpan.masters.items.models import Item
from tongpan.masters.places.queries import default_place

SEE = queries.SEE
SEND = "stock.transfer.save"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SOLD_DAYS = 7
EXPORTED_MOST = 10_000
MODES = ("", "available", "value")
VIEWS: dict[str, reading.View] = {  # by what the address says
    "": "kept", "short": "short", "coming": "coming", "none": "none", "all": "",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the address asks for: `view` is a key of `VIEWS`, `mode` which figure stands in a cell.

    Whoever searches finds an item that was never kept here too.
    """

    wanted: Wanted
    view: str
    mode: str
    category: UUID | None
    unit: OrgUnit | None  # whose view it is; None for all of them

    @classmethod
    def of(cls, request: HttpRequest, units: list[OrgUnit], *, may_value: bool) -> "Asked":
        given = request.GET
        chosen = id_of(given.get("unit", ""))
        unit = next((one for one in units if one.pk == chosen), None)
        view = given.get("view", "")
        mode = given.get("mode", "")
        category = id_of(given.get("category", ""))
        if mode not in MODES or (mode == "value" and not may_value):
            mode = ""
        view, text = view if view in VIEWS else "", text_of(given.get("q", ""))
        wanted = Wanted(
            text=text,
            category=category,
            view=VIEWS["all" if text and not view else view],
            at=unit.pk if unit else None,
            after=given.get("after", ""),
        )
        return cls(wanted, view, mode, category, unit)

    def but(self, **changes: str) -> str:
        parts = {
            "view": self.view,
            "mode": self.mode,
            "q": self.wanted.text,
            "category": str(self.category or ""),
            "unit": str(self.unit.pk) if self.unit else "",
        }
        pairs = [(name, value) for name, value in (parts | changes).items() if value]
        return f"?{urlencode(pairs)}" if pairs else "?"


@dataclass(frozen=True)
class StockPage:
    """The matrix with what stands around it."""

    title: str
    note: str
    head: SafeString
    rows: SafeString
    help: pages.Help | None = None
    views: tuple[pages.View, ...] = ()
    modes: tuple[pages.View, ...] = ()
    search: pages.Search | None = None
    chips: tuple[pages.Chip, ...] = ()
    filters: tuple[pages.Filter, ...] = ()
    kept: dict[str, str] = field(default_factory=dict)
    totals: tuple[pages.Total, ...] = ()
    actions: tuple[pages.Action, ...] = ()
    primary: pages.Action | None = None
    next_url: str = ""
    empty: pages.Empty | None = None
    sorts: tuple[pages.Action, ...] = ()
    columns_choice: tuple[pages.Choice, ...] = ()
    listens: str = "*"
    is_filtered: bool = False

    template = "backoffice/stock.html"


@entry(permission=SEE, scope="units", field_policy="masked")
def stock(request: HttpRequest) -> HttpResponse:
    """Items by unit."""
    units = reading.stock_units()
    may_value = _may_value(units)
    asked = Asked.of(request, units, may_value=may_value)
    page = reading.overview(asked.wanted, [unit.pk for unit in units])
    return show.page(request, _page(asked, units, page, may_value=may_value))


def _may_value(units: list[OrgUnit]) -> bool:
    """Whether the person may see costs at every unit that is shown; else there is no such mode."""
    return bool(units) and all(may("see.cost", unit) for unit in units)


def _page(asked: Asked, units: list[OrgUnit], page: reading.Page, *, may_value: bool) -> StockPage:
    wanted, mode = asked.wanted, asked.mode
    new = _new_transfer()
    return StockPage(
        title=_("Stock overview"),
        note=" · ".join([formats.clock(env.now()), _mode_title(mode)]),
        head=_head(units, mode),
        rows=_rows(page, units, mode),
        help=pages.Help(
            _("What every unit has of every item. A cell opens; every figure leads to its entries.")
        ),
        views=tuple(
            pages.View(title, asked.but(view=view), is_current=asked.view == view)
            for view, title in (
                ("", _("Kept here")),
                ("short", _("Out of stock")),
                ("coming", _("On the way or on order")),
                ("none", _("Never kept here")),
                ("all", _("All items")),
            )
        ),
        modes=tuple(
            pages.View(_mode_title(one), asked.but(mode=one), is_current=mode == one)
            for one in MODES
            if one != "value" or may_value
        ),
        search=pages.Search(_("Item, barcode or pinyin"), wanted.text),
        chips=tuple(_chips(asked)),
        filters=tuple(_filters(asked, units)),
        kept={
            name: value
            for name, value in (
                ("view", asked.view), ("mode", mode), ("category", str(asked.category or "")),
                ("unit", str(asked.unit.pk) if asked.unit else ""),
            )
            if value
        },
        totals=tuple(_totals(asked, page)),
        actions=(
            pages.Action(_("Export"), f"{reverse('stock-export')}{asked.but()}", icon="export"),
        ),
        primary=new,
        next_url=asked.but(after=page.next_after) if page.next_after else "",
        empty=pages.Empty(
            _("No stock yet"),
            _("Items appear here as soon as goods are on a shelf."),
            tuple(_first_steps()),
        ),
        is_filtered=bool(wanted.text or asked.view or asked.category or asked.unit),
    )  # fmt: skip


def _new_transfer() -> pages.Action | None:
    if not may_somewhere(SEND):
        return None
    return pages.Action(
        _("New transfer"), reverse("document-new-stock.transfer"), key="N", tone="primary",
        icon="transfer",
    )  # fmt: skip


def _first_steps() -> list[pages.Action]:
    if not may_somewhere("stock.opening.save"):
        return []
    return [pages.Action(_("Opening stock"), reverse("document-new-stock.opening"), tone="primary")]


def _mode_title(mode: str) -> str:
    return {"": _("On hand"), "available": _("Available"), "value": _("Value ¥")}[mode]


def _chips(asked: Asked) -> Iterable[pages.Chip]:
    if asked.category is not None:
        found = (c.name for c in reading.category_choices() if c.pk == asked.category)
        yield pages.Chip(next(found, "…"), asked.but(category=""))
    if asked.unit is not None:
        yield pages.Chip(asked.unit.name, asked.but(unit=""))


def _filters(asked: Asked, units: list[OrgUnit]) -> Iterable[pages.Filter]:
    if asked.category is None:
        choices = tuple(
            pages.Choice(str(c.pk), "\u3000" * (c.path.count("/") - 2) + c.name)
            for c in reading.category_choices()
        )
        if choices:
            yield pages.Filter("category", _("Category"), "one", choices)
    if asked.unit is None and len(units) > 1 and asked.wanted.view:
        here = tuple(pages.Choice(str(unit.pk), unit.name) for unit in units)
        yield pages.Filter("unit", _("Org unit"), "one", here)


def _totals(asked: Asked, page: reading.Page) -> list[pages.Total]:
    all_figures = list(page.figures.values())
    at = asked.unit.pk if asked.unit else None
    out = sum(f.is_out for (_item, unit), f in page.figures.items() if at in (None, unit))
    rows = [pages.Total(_("Items shown"), formats.number(len(page.items)))]
    if asked.mode == "value":
        value = sum((f.value for f in all_figures), Decimal(0))
        rows.append(pages.Total(_("Value of these"), formats.money(value, "CNY")))
    if out:
        rows.append(
            pages.Total(
                _("Empty cells"), formats.number(out), url=asked.but(view="short"), tone="act"
            )
        )
    return rows


# -- the matrix ----------------------------------------------------------------------------------


def _head(units: list[OrgUnit], mode: str) -> SafeString:
    at = format_html_join("", '<th scope="col" class="num">{}</th>', ((u.name,) for u in units))
    rest = (
        [_("In transit"), _("On order"), _("Held for orders"), _("Damaged")]
        if mode != "value"
        else []
    )
    tail = format_html_join("", '<th scope="col" class="num">{}</th>', ((t,) for t in rest))
    return format_html(
        '<tr><th scope="col" class="fixed">{}</th><th scope="col" class="side">{}</th>'
        '<th scope="col" class="side">{}</th>'
        '<th scope="col" class="num">{}</th>{}{}</tr>',
        _("Item"), _("Category"), _("Unit of measure"), _("All"), at, tail,
    )  # fmt: skip


def _rows(page: reading.Page, units: list[OrgUnit], mode: str) -> SafeString:
    may_open, may_send = may_somewhere("items.item.view"), may_somewhere(SEND)
    card, peek, send = reverse("stock-card"), reverse("stock-peek"), reverse("stock-send")
    at = "&at=shelf" if mode == "available" else ""
    rows = []
    for item in page.items:
        places = values.places_of(item.base_unit.step)
        all_units, cells = Figures(), []
        for unit in units:
            figures = page.at(item.pk, unit.pk)
            all_units.add(figures)
            query = f"?item={item.pk}&unit={unit.pk}"
            cells.append(
                format_html(
                    '<td class="at {}"><a href="{}{}{}" data-peek="{}{}"{}>{}{}</a></td>',
                    "out" if figures.is_out and mode != "value" else "",
                    card, query, at, peek, query,
                    format_html(' data-send="{}{}"', send, query) if may_send else "",
                    _plus(figures, places) if mode != "value" else "",
                    _figure(figures, mode, places),
                )
            )  # fmt: skip
        named = addresses.master_of(Item, item.pk) if may_open else ""
        title = (
            format_html('<a class="name" href="{}">{}</a>', named, item.name)
            if named
            else item.name
        )
        rows.append(
            format_html(
                '<tr data-id="{}"><td class="fixed">{}</td><td class="plain-cell second">{}</td>'
                '<td class="plain-cell second">{}</td><td class="num sum plain-cell">{}</td>'
                "{}{}</tr>",
                item.pk, title, item.category.name if item.category else "", item.base_unit.name,
                _opens(card_address(item.pk, at="shelf" if at else ""),
                       _figure(all_units, mode, places)),
                format_html_join("", "{}", ((c,) for c in cells)),
                _tail(item, all_units, mode, places),
            )
        )  # fmt: skip
    return format_html_join("", "{}", ((row,) for row in rows))


def _figure(figures: Figures, mode: str, places: int) -> SafeString:
    if not figures.is_kept and not figures.on_hand:
        return format_html('<span class="none" title="{}">·</span>', _("not kept here"))
    if mode == "value":
        return format_html("{}", formats.money(figures.value))
    amount = figures.shelf if mode == "available" else figures.on_hand
    return format_html("{}", formats.quantity(amount, "", places))


def _plus(figures: Figures, places: int) -> SafeString | str:
    if not figures.coming:
        return ""
    return format_html(
        '<span class="plus">+{}</span>', formats.quantity(figures.coming, "", places)
    )


def _tail(item: Item, figures: Figures, mode: str, places: int) -> SafeString | str:
    if mode == "value":
        return ""
    shown = (
        (figures.coming, "way", "in_transit"), (figures.ordered, "accent", "expected"),
        (figures.held, "wait", "held"), (figures.damaged, "wait", "damaged"),
    )  # fmt: skip
    return format_html_join(
        "",
        '<td class="num plain-cell">{}</td>',
        (
            (
                _opens(
                    card_address(item.pk, at=at),
                    format_html(
                        '<span class="tone-{}">{}</span>',
                        tone,
                        formats.quantity(amount, "", places),
                    ),
                )
                if amount
                else SafeString('<span class="none">·</span>'),
            )
            for amount, tone, at in shown
        ),
    )


def _opens(url: str, figure: SafeString) -> SafeString:
    return format_html('<a class="opens" href="{}">{}</a>', url, figure)


def card_address(
    item: UUID, unit: UUID | None = None, at: str = "", *, place: UUID | None = None
) -> str:
    """The stock card of an item at a unit, or at all of them; `at` is a key of `cards.FIGURES`."""
    asked = {"item": item, "unit": unit, "place": place, "at": at}
    asked = {name: value for name, value in asked.items() if value}
    return f"{reverse('stock-card')}?{urlencode(asked)}"


def stock_address(unit: UUID) -> str:
    """The overview of one unit."""
    return f"{reverse('stock')}?{urlencode({'unit': unit})}"


def short_address(unit: UUID | None = None) -> str:
    """What ran out, at a unit or anywhere."""
    return f"{reverse('stock')}?{urlencode({'view': 'short'} | ({'unit': unit} if unit else {}))}"


# -- a cell, opened ------------------------------------------------------------------------------


def item_of(request: HttpRequest) -> Item:
    """The item that the address names, or no page at all."""
    item = (
        Item.objects.filter(pk=id_of(request.GET.get("item", "")) or NOBODY)
        .select_related("base_unit", "category")
        .first()
    )
    if item is None:
        raise Http404
    return item


def item_and_unit(request: HttpRequest) -> tuple[Item, OrgUnit]:
    """The item and the unit that the address names, or no page at all."""
    unit = OrgUnit.objects.filter(pk=id_of(request.GET.get("unit", "")) or NOBODY).first()
    if unit is None or not may(SEE, unit):
        raise Http404
    return item_of(request), unit


@entry(permission=SEE, scope="units", field_policy="masked")
def stock_peek(request: HttpRequest) -> HttpResponse:
    """One cell: what is there, what comes, what was sold, the last movements, and what to do."""
    item, unit = item_and_unit(request)
    today = business_date(unit, env.now())
    since = today - timedelta(days=SOLD_DAYS)
    found = reading.peek(item.pk, unit.pk, since)
    moves = latest(_shelf(item, unit), limit=4)
    places, name = values.places_of(item.base_unit.step), item.base_unit.name

    def told(amount: Decimal) -> str:
        return formats.quantity(amount, name, places)

    figures = found.figures

    def card(at: str = "") -> str:
        return card_address(item.pk, unit.pk, at)

    lines: list[tuple[str, str, str, str]] = [(_("On hand"), told(figures.on_hand), "", card())]
    lines += [(title, told(amount), "", "") for title, amount in found.places]
    tone = "act" if figures.is_out else ""
    lines.append((_("Available"), told(figures.shelf), tone, card("shelf")))
    if figures.held:
        lines.append((_("Held for orders"), told(figures.held), "wait", card("held")))
    if figures.damaged:
        lines.append((_("Damaged"), told(figures.damaged), "wait", card("damaged")))
    if figures.coming:
        lines.append((_("In transit"), told(figures.coming), "way", card("in_transit")))
    if figures.ordered:
        lines.append((_("On order"), told(figures.ordered), "accent", card("expected")))
    if found.sold > 0:
        daily = found.sold / SOLD_DAYS
        days = figures.shelf / daily
        text = _("%(daily)s a day, enough for about %(days)s days") % {
            "daily": told(daily.quantize(Decimal("0.1") if daily < 10 else Decimal(1))),
            "days": formats.number(days, 1),
        }
        lines.append((_("Sold lately"), text, "", ""))
    if may("see.cost", unit):
        lines.append((_("Value"), formats.money(figures.value, "CNY"), "", card()))
    context = {
        "title": f"{unit.name} · {item.name}",
        "lines": lines,
        "moves": [_move(m, places) for m in moves],
        "card_url": f"{reverse('stock-card')}?item={item.pk}&unit={unit.pk}",
        "send_url": f"{reverse('stock-send')}?item={item.pk}&unit={unit.pk}"
        if may_somewhere(SEND)
        else "",
    }
    return show.part(request, "backoffice/peek.html", context)


def _shelf(item: Item, unit: OrgUnit) -> Where:
    return Where(ledger="stock", roles=["shelf"], units=[item.pk], org_units=[unit.pk])


def _move(move: Movement, places: int) -> tuple[str, str, str]:
    sign = "+" if move.amount > 0 else ""
    amount = f"{sign}{formats.quantity(move.amount, '', places)}"
    return formats.moment(move.place.posted_at), reason_of(move), amount


@entry(permission=SEND, scope="units", field_policy="masked", methods=("POST",))
def stock_send(request: HttpRequest) -> HttpResponse:
    """A draft of a transfer to this cell, from where most is; only the quantity is missing."""
    item, unit = item_and_unit(request)
    source = reading.best_source(item.pk, unit.pk, reading.stock_units(SEND))
    header: dict[str, Any] = {"to_place": default_place(unit)}
    if source is not None:
        header["from_place"] = default_place(source)
    try:
        draft = run(SEND, payload={"header": header, "lines": [{"item": item}]})
    except Refusal:
        return show.go(request, reverse("document-new-stock.transfer"))
    return show.go(request, f"{addresses.document('stock.transfer', draft.subject)}#quantity")


# -- export --------------------------------------------------------------------------------------


@entry(permission=SEE, scope="units", field_policy="masked")
def stock_export(request: HttpRequest) -> HttpResponse:
    """The matrix as a sheet: everything that the filters let through, up to a bound."""
    units = reading.stock_units()
    may_value = _may_value(units)
    asked = Asked.of(request, units, may_value=may_value)
    heads = [_("Code"), _("Item"), _("Category"), _("Unit of measure"), *(u.name for u in units)]
    heads += [_("In transit"), _("On order"), _("Damaged")]
    rows: list[list[Any]] = []
    after, here = "", [unit.pk for unit in units]
    while len(rows) < EXPORTED_MOST:
        wanted = replace(asked.wanted, after=after, size=500)
        page = reading.overview(wanted, here)
        rows += [_exported(page, item, units, asked.mode) for item in page.items]
        after = page.next_after
        if not after:
            break
    answer = HttpResponse(write(heads, rows, _("Stock overview")), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="stock.xlsx"'
    return answer


def _exported(page: reading.Page, item: Item, units: list[OrgUnit], mode: str) -> list[Any]:
    every, cells = Figures(), []
    for unit in units:
        figures = page.at(item.pk, unit.pk)
        every.add(figures)
        amount = {"value": figures.value, "available": figures.shelf}.get(mode, figures.on_hand)
        cells.append(amount if figures.is_kept else "")
    category = item.category.name if item.category else ""
    return [
        item.code, item.name, category, item.base_unit.name, *cells, every.coming, every.ordered,
        every.damaged,
    ]  # fmt: skip
