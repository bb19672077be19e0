"""The page of an item: what it is, what it costs, where it stands, how it sells, what moved."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.numbers import ZERO, round_to
from tongpan.business.stock import overview as stock
from tongpan.business.till import sold
from tongpan.faces.backoffice import item_prices, moves, pictures
from tongpan.faces.backoffice.stock import card_address
from tongpan.faces.kit import charts, formats, pages, show
from tongpan.faces.kit.derived import addresses, masters, values
from tongpan.faces.kit.entry import entry
from tongpan.faces.kit.frame import units_here
from tongpan.kernel.documents.registry import MasterType, master_type
from tongpan.kernel.ledger.queries import Where, latest
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, may_somewhere, visible, who
from tongpan.masters.items.families import variants_of
from tongpan.masters.items.models import Barcode, Item, ItemPicture

WEEKS = 12
MOVES_SHOWN = 8
AVERAGE_STEP = Decimal("0.0001")  # a quotient has no end: so much of it tells enough
VARIANTS_SHOWN = 24
# Figures that have cards of their own.
OPENED = ("shelf", "held", "damaged", "in_transit", "expected")
SIDE = ("items.barcode", "items.item_unit")


@entry(permission="items.item.view", scope="units", field_policy="masked")
def item(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One item, with everything that hangs on it."""
    return show.page(request, page_of(row_id, units_here(request)))


def page_of(
    row_id: UUID, among: list[OrgUnit], *, problem: pages.ErrorPanel | None = None
) -> pages.MasterPage:
    """The page of an item that the person may see; `among` are their active units.

    Errors: Http404.
    """
    declared = master_type("items.item")
    links = ("base_unit", "category", "family", "tax_category")
    rows: QuerySet[Any] = visible(Item, declared.permission("view")).select_related(*links)
    codes = Barcode.objects.filter(item=OuterRef("pk"), state="active").order_by("-is_main", "pk")
    rows = rows.annotate(
        has_pictures=Exists(ItemPicture.objects.filter(item=OuterRef("pk"))),
        own_codes=ArraySubquery(codes.values("code")[:2]),
    )
    row = masters.with_children_told(declared, rows).filter(pk=row_id).first()
    if row is None:
        raise Http404
    may_save = may(declared.permission("save"), None)
    return replace(_page(declared, row, among, may_save=may_save), problem=problem)


def _page(
    declared: MasterType, row: Any, among: list[OrgUnit], *, may_save: bool
) -> pages.MasterPage:
    pictured = row.pictures.order_by("position", "pk") if row.has_pictures else row.pictures.none()
    children, (shown, variants) = masters.children_of(declared, row, pictured, _other_variants(row))
    derived = masters.master_page(declared, row, may_save=may_save, children=children)
    units = stock.stock_units(among=among)
    found = stock.figures_of([row.pk], [u.pk for u in units])
    figures = {unit.pk: found.get((row.pk, unit.pk), stock.Figures()) for unit in units}
    titles = {str(master_type(code).title) for code in SIDE}
    beside = [card for card in derived.main if card.title in titles]
    rest = [card for card in derived.main if card.title not in titles]
    facts = replace(derived.side[0], title="", has_picture=bool(shown))
    if shown:
        url, small = pictures.address(shown[0]), pictures.small_address(shown[0])
        facts = replace(facts, picture_url=url, picture_small_url=small)
    gallery = pictures.card(row, shown, may_save=may_save)
    mine = [*_stock(row, units, figures), *_sales(row, among), *_movements(row, units, figures)]
    return replace(
        derived,
        codes=(row.code, *row.own_codes),  # the main barcode and another
        tag=derived.tag or _tag(row, units, figures),
        side=(
            facts,
            *([gallery] if gallery else ()),
            *_variants(row, variants),
            *_cost(row, units, figures),
            *(_narrow(card) for card in beside),
        ),
        main=(*mine, *rest),
        actions=(*item_prices.action_of(row), *derived.actions),
    )


def _other_variants(row: Item) -> QuerySet[Item]:
    if row.family is None:
        return Item.objects.none()
    return variants_of(row.family).exclude(pk=row.pk)[:VARIANTS_SHOWN]


def _variants(row: Item, others: Iterable[Item]) -> Iterable[pages.Card]:
    """The other items of the same family."""
    if row.family is None:
        return
    found = master_type("items.family")
    link = None
    if may_somewhere(found.permission("view")):
        link = pages.Action(str(row.family), addresses.master(found, row.family.pk))
    yield pages.Card(
        _("Other variants"),
        link=link,
        columns=(
            pages.Column("variant", _("Variant"), keep=1, at="title"),
            pages.Column("code", _("Code"), pages.Kind.CODE, 1, "detail"),
        ),
        rows=tuple(
            pages.Row(
                str(one.pk),
                {"variant": pages.Cell(one.variant or one.name), "code": pages.Cell(one.code)},
                url=addresses.master(master_type("items.item"), one.pk),
            )
            for one in others
        ),
        empty=_("None yet."),
        is_compact=True,
    )


def _narrow(card: pages.Card) -> pages.Card:
    """The first columns only: the side is narrow."""
    return replace(card, columns=card.columns[:2], is_compact=True)


def _tag(row: Item, units: list[OrgUnit], figures: dict[UUID, stock.Figures]) -> pages.Tag | None:
    out = [unit.name for unit in units if figures[unit.pk].is_out]
    if not out:
        return None
    shown = ", ".join(out[:2]) if len(out) < 3 else _("%(n)s places") % {"n": len(out)}
    return pages.Tag(_("out of stock: %(where)s") % {"where": shown}, "act", "alert")


# -- stock by place ------------------------------------------------------------------------------


def _stock(
    row: Item, units: list[OrgUnit], figures: dict[UUID, stock.Figures]
) -> Iterable[pages.Card]:
    if not units:
        return
    may_value = all(may("see.cost", unit) for unit in units)
    here = who().at
    unit = row.base_unit
    columns = [
        pages.Column("at", _("Where"), keep=1, at="title"),
        pages.Column("on_hand", _("On hand"), pages.Kind.NUMBER, 2),
        pages.Column("held", _("Held for orders"), pages.Kind.NUMBER, 3),
        pages.Column("damaged", _("Damaged"), pages.Kind.NUMBER, 4),
        pages.Column("available", _("Available"), pages.Kind.NUMBER, 1, at="amount"),
        pages.Column("coming", _("In transit"), pages.Kind.NUMBER, 3, at="state"),
        pages.Column("ordered", _("On order"), pages.Kind.NUMBER, 4, at="date"),
    ]
    if may_value:
        columns.append(pages.Column("value", _("Value"), pages.Kind.MONEY, 3, unit="¥"))
    rows, every = [], stock.Figures()
    for at in units:
        f = figures[at.pk]
        if not (f.is_kept or f.on_hand or f.coming or f.ordered):
            continue
        every.add(f)
        url = card_address(row.pk, at.pk)
        cards = {name: card_address(row.pk, at.pk, name) for name in OPENED}
        rows.append(
            pages.Row(
                str(at.pk),
                {
                    "at": pages.Cell(at.name),
                    "on_hand": pages.Cell(f.on_hand, url=url),
                    "held": _opened(f.held, cards["held"]),
                    "damaged": _opened(f.damaged, cards["damaged"]),
                    "available": pages.Cell(
                        f.shelf,
                        url=cards["shelf"],
                        is_strong=True,
                        tone="act" if f.is_out else "",
                    ),
                    "coming": _opened(f.coming, cards["in_transit"], "way"),
                    "ordered": _opened(f.ordered, cards["expected"], "accent"),
                    "value": pages.Cell(f.value, url=url),
                },
                url=url,
                is_marked=here is not None and here.pk == at.pk,
            )
        )
    totals = {
        "at": pages.Cell(_("All"), is_strong=True),
        "on_hand": pages.Cell(every.on_hand, url=card_address(row.pk)),
        "held": _opened(every.held, card_address(row.pk, at="held")),
        "damaged": _opened(every.damaged, card_address(row.pk, at="damaged")),
        "available": pages.Cell(every.shelf, url=card_address(row.pk, at="shelf")),
        "coming": _opened(every.coming, card_address(row.pk, at="in_transit")),
        "ordered": _opened(every.ordered, card_address(row.pk, at="expected")),
        "value": pages.Cell(every.value, url=card_address(row.pk)),
    }
    yield pages.Card(
        _("Stock"),
        note=unit.name,
        columns=tuple(columns),
        rows=tuple(rows),
        totals=totals if len(rows) > 1 else {},
        empty=_("It never stood on a shelf."),
        code="item-stock",
        listens="*",
    )


def _opened(amount: Decimal, url: str, tone: pages.Tone = "") -> pages.Cell:
    return pages.Cell(amount, url=url, tone=tone) if amount else pages.Cell()


def _cost(
    row: Item, units: list[OrgUnit], figures: dict[UUID, stock.Figures]
) -> Iterable[pages.Card]:
    """What one costs on average, at each place that has some: only for who may see costs."""
    seen = [unit for unit in units if may("see.cost", unit) and figures[unit.pk].on_hand > 0]
    if not seen:
        return
    facts = [
        pages.Fact(
            unit.name,
            pages.Cell(
                round_to(figures[unit.pk].value / figures[unit.pk].on_hand, AVERAGE_STEP),
                url=card_address(row.pk, unit.pk),
            ),
            pages.Kind.PRICE,
        )
        for unit in seen[:6]
    ]
    yield pages.Card(
        _("Cost"), note=_("¥ a %(unit)s, on average") % {"unit": row.base_unit.name},
        facts=tuple(facts),
    )  # fmt: skip


# -- sales ---------------------------------------------------------------------------------------


def _sales(row: Item, among: list[OrgUnit]) -> Iterable[pages.Card]:
    """What tills sold in the last weeks."""
    stores = [u.pk for u in among if u.kind == OrgUnit.Kind.STORE and may(sold.SEE, u)]
    if not stores:
        return
    here = who().at
    today = business_date(here, env.now()) if here else env.now().date()
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    found = {week: (q, g) for week, q, g in sold.sold_by_week(row.pk, stores, first)}
    if not found:
        return
    places, name = values.places_of(row.base_unit.step), row.base_unit.name
    bars = []
    for number in range(WEEKS):
        week = first + timedelta(weeks=number)
        quantity, gross = found.get(week, (ZERO, ZERO))
        said = _("week of %(day)s: %(quantity)s, %(money)s") % {
            "day": formats.day(week, today=today),
            "quantity": formats.quantity(quantity, name, places),
            "money": formats.money(gross, "CNY"),
        }
        bars.append(pages.Bar(f"{week:%m-%d}", quantity, said=said))
    yield pages.Card(
        _("Sold by week"),
        note=_("%(unit)s, the last %(n)s weeks") % {"unit": name, "n": WEEKS},
        chart=charts.chart_of(bars),
        code="item-sales",
        listens="till.sale till.return",
    )


# -- movements -----------------------------------------------------------------------------------


def _movements(
    row: Item, units: list[OrgUnit], figures: dict[UUID, stock.Figures]
) -> Iterable[pages.Card]:
    """The newest movements where the person works, else where most of it is."""
    if not units:
        return
    here = who().at
    at = next((u for u in units if here is not None and u.pk == here.pk), None)
    at = at or max(units, key=lambda unit: figures[unit.pk].on_hand)
    if not figures[at.pk].is_kept:
        return
    where = Where(ledger="stock", roles=["shelf"], units=[row.pk], org_units=[at.pk])
    found = latest(where, limit=MOVES_SHOWN)
    told = moves.Told.of(found, {row.pk: row, **{unit.pk: unit for unit in units}})
    rows: list[Any] = moves.rows(found, told, may_see_value=False)
    shown = [c for c in moves.columns(unit="", has_value=False) if c.name not in ("in", "out")]
    columns = tuple(replace(c, keep=2) if c.name == "change" else c for c in shown)
    yield pages.Card(
        _("Last movements"),
        note=" · ".join([at.name, row.base_unit.name]),
        link=pages.Action(_("Stock card"), card_address(row.pk, at.pk)),
        columns=columns,
        rows=tuple(rows),
        is_compact=True,
        code="item-moves",
        listens="*",
    )
