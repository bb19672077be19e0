"""Shelf and price labels: for what changes on a day, for a price change, a receipt or any items."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.pricing.models import PriceChange, PriceChangeLine, PriceLevel
from tongpan.business.pricing.rules import member_level
from tongpan.business.pricing.types import LABELS
from tongpan.business.purchasing.models import GoodsReceiptLine
from tongpan.business.till import queries as till
from tongpan.engines.printers.models import Printer, Speaks
from tongpan.engines.prints import labels
from tongpan.engines.prints.formats import sizes
from tongpan.faces.backoffice.asked import day_of, id_of, text_of
from tongpan.faces.backoffice.settings import parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.entry import entry
from tongpan.kernel.companies.calls import together
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import master_type
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, system, units_where, visible, who
from tongpan.masters.items.models import Barcode, Item, ItemCategory
from tongpan.masters.prices.models import HoldsFor, Price
from tongpan.masters.prices.rules import clock_on, minute_before, price_each

SHOWN, COPIES_MOST, JOB_MOST = 500, 500, 200 * 1024

say("nothing_to_label", "Tick the goods first that labels are wanted for.")
say("too_many_labels", "At most {most} labels at a time.")

KEPT = ("day", "category", "q", "change", "receipt", "item", "size")

Moment = tuple[date, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label that is asked for: an item in one of its units, at the price of a moment."""

    item: UUID
    unit: UUID
    at: Moment

    @property
    def key(self) -> str:
        return f"{self.item}.{self.unit}.{self.at[0]}.{self.at[1]}"


@dataclass(frozen=True, slots=True)
class Told:
    """What a label is made of."""

    wanted: Wanted
    item: Item
    offer: till.Offer
    before: Decimal | None
    barcode: str


def _read(key: str) -> Wanted | None:
    parts_of = key.split(".")
    if len(parts_of) != 4:
        return None
    item, unit, day = id_of(parts_of[0]), id_of(parts_of[1]), day_of(parts_of[2])
    if item is None or unit is None or day is None or not _is_clock(parts_of[3]):
        return None
    return Wanted(item, unit, (day, parts_of[3]))


def _is_clock(text: str) -> bool:
    return len(text) == 5 and text[2] == ":" and text[:2].isdecimal() and text[3:].isdecimal()


# -- which goods ---------------------------------------------------------------------------------


@entry(permission=LABELS, scope="units", field_policy="masked")
def choose(request: HttpRequest) -> HttpResponse:
    """The goods that labels may be printed for, by what was asked; at the prices of this unit."""
    unit = _unit()
    on = business_date(unit, env.now())
    size = _size(request)
    source, wanted = _wanted(request, unit, on)
    rows = [_row(one) for one in _told(wanted, unit)]
    return show.page(
        request,
        pages.ListPage(
            title=_("Labels"),
            note=f"{unit.name} · {source} · {_in_words(size)}",
            help=pages.Help(
                _(
                    "Shelf and price labels at the prices of the unit where you work. Tick the"
                    " goods, then print them on a label printer or as a PDF."
                )
            ),
            columns=(
                pages.Column("name", _("Item"), pages.Kind.LINK, 1, "title"),
                pages.Column("code", _("Code"), pages.Kind.CODE, 3, "code"),
                pages.Column("barcode", _("Barcode"), pages.Kind.CODE, 4),
                pages.Column("unit", _("Unit of measure"), keep=3),
                pages.Column("before", _("Old price"), pages.Kind.PRICE, 2, "detail", unit="¥"),
                pages.Column("price", _("Price"), pages.Kind.PRICE, 1, "amount", unit="¥"),
                pages.Column("member", _("Member price"), pages.Kind.PRICE, 3, "tag", unit="¥"),
                pages.Column("since", _("valid from"), keep=4, at="date"),
            ),
            rows=tuple(rows),
            views=tuple(_views(request, on)),
            search=pages.Search(_("Code or name"), text_of(request.GET.get("q", ""))),
            chips=tuple(_chips(request)),
            filters=(
                pages.Filter("day", _("What changes on"), "day"),
                pages.Filter(
                    "category", _("Category"), "search",
                    search_url=addresses.pick(ItemCategory),
                ),
                pages.Filter(
                    "size", _("Size"), "one",
                    tuple(
                        pages.Choice(one.code, _in_words(one), one == size)
                        for one in sizes().values()
                    ),
                ),
            ),
            kept={name: value for name in KEPT if (value := request.GET.get(name, ""))},
            batch=tuple(_deeds(unit, size)),
            empty=pages.Empty(
                _("No goods to label"),
                _("Nothing changes then. Choose another day, a category, or search for goods."),
            ),
            listens="prices.price prices.change",
        ),
    )  # fmt: skip


def _size(request: HttpRequest) -> labels.Size:
    """The size that was asked for, else the first one."""
    every = sizes()
    return every.get(request.GET.get("size", "")) or next(iter(every.values()))


def _in_words(size: labels.Size) -> str:
    return " ".join(filter(None, (size.name, f"{size.width} × {size.height} mm")))


def _unit() -> OrgUnit:
    """The unit whose prices are printed: a till stands in its store.

    Errors: Refusal not_found.
    """
    here = who().at
    if here is not None and here.kind == OrgUnit.Kind.TILL:
        here = here.parent
    here = here or units_where(LABELS).order_by("path").first()
    if here is None or not may(LABELS, here):
        raise Http404
    return here


def _views(request: HttpRequest, on: date) -> Iterable[pages.View]:
    tomorrow = on + timedelta(days=1)
    asked = request.GET.get("day", "")
    for title, day in ((_("Changes today"), on), (_("Changes tomorrow"), tomorrow)):
        yield pages.View(title, f"?day={day}", is_current=asked == str(day))


def _chips(request: HttpRequest) -> Iterable[pages.Chip]:
    if day := day_of(request.GET.get("day", "")):
        yield pages.Chip(_("What changes on %(day)s") % {"day": day}, _without(request, "day"))
    wanted = id_of(request.GET.get("category", ""))
    if wanted and (category := ItemCategory.objects.filter(pk=wanted).first()) is not None:
        yield pages.Chip(category.name, _without(request, "category"))
    for name in ("change", "receipt"):
        pk = id_of(request.GET.get(name, ""))
        if pk and (found := Document.objects.filter(pk=pk).first()) is not None:
            yield pages.Chip(found.number or _("draft"), _without(request, name))
    if request.GET.get("size", "") == _size(request).code:
        yield pages.Chip(_in_words(_size(request)), _without(request, "size"))


def _without(request: HttpRequest, name: str) -> str:
    kept = {n: v for n in KEPT if n != name and (v := request.GET.get(n, ""))}
    return f"?{urlencode(kept)}"


def _wanted(request: HttpRequest, unit: OrgUnit, on: date) -> tuple[str, list[Wanted]]:
    """What was asked for, in words, and the labels that it takes."""
    asked = request.GET
    now = (on, clock_on(on, env.now(), unit.zone, on))
    if (change := id_of(asked.get("change", ""))) is not None:
        return _("a price change"), _of_change(change)
    if (receipt := id_of(asked.get("receipt", ""))) is not None:
        lines = visible(GoodsReceiptLine, "purchasing.receipt.view").filter(document=receipt)
        found = [_of_line(line, now) for line in lines.select_related("item").order_by("position")]
        return _("a receipt"), list(dict.fromkeys(found))[:SHOWN]
    items: QuerySet[Any] = visible(Item, "items.item.view").filter(state="active")
    text, category = text_of(asked.get("q", "")), id_of(asked.get("category", ""))
    one = id_of(asked.get("item", ""))
    if text or category or one:
        if one:
            items = items.filter(pk=one)
        if text:
            items = items.filter(Q(code__istartswith=text) | Q(name__icontains=text))
        found_category = ItemCategory.objects.filter(pk=category).first() if category else None
        if found_category is not None:
            items = items.filter(category__path__startswith=found_category.path)
        return _("items"), [
            Wanted(item, base, now)
            for item, base in items.order_by("code").values_list("pk", "base_unit_id")[:SHOWN]
        ]
    day = day_of(asked.get("day", "")) or on + timedelta(days=1)
    return _("what changes on %(day)s") % {"day": day}, _of_day(unit, day)


def _of_change(change: UUID) -> list[Wanted]:
    body = visible(PriceChange, "prices.change.view").filter(pk=change).first()
    if body is None or body.begins_on is None:
        return []
    lines = visible(PriceChangeLine, "prices.change.view").filter(document=change)
    rows = lines.select_related("item").order_by("position")[:SHOWN]
    return [_of_line(line, body.begins) for line in rows]


def _of_line(line: Any, at: Moment) -> Wanted:
    return Wanted(line.item_id, line.unit_id or line.item.base_unit_id, at)


def _of_day(unit: OrgUnit, day: date) -> list[Wanted]:
    """Every price and level that begins on the day in a list that could hold at the unit."""
    path = unit.path
    above = [path[: n + 1] for n, sign in enumerate(path) if sign == "/" and n]
    lists = {
        "price_list__state": "active", "price_list__holds_for": HoldsFor.EVERYBODY,
        "price_list__org_unit__path__in": above, "valid_from": day, "state": "active",
        "item__state": "active",
    }  # fmt: skip
    found: list[Wanted] = []
    for rows in (Price.objects.filter(barcode=None, **lists), PriceLevel.objects.filter(**lists)):
        for item, own, clock in rows.order_by("item__code", "from_clock").values_list(
            "item_id", "unit_id", "from_clock"
        )[:SHOWN]:
            found.append(Wanted(item, own, (day, clock)))
    return list(dict.fromkeys(found))[:SHOWN]


def _told(wanted: Sequence[Wanted], unit: OrgUnit) -> list[Told]:
    """What each label is made of. What has no price here, or is not for sale, is left out."""
    if not wanted:
        return []
    path = unit.path
    now = [(one.item, one.unit, path, *one.at) for one in wanted]
    then = [(one.item, one.unit, path, *minute_before(*one.at)) for one in wanted]
    (said,) = together([till.offers_call(dict.fromkeys((*now, *then)))])
    offers = till.offers_read(said)
    ids = {one.item for one in wanted}
    items = {i.pk: i for i in visible(Item, "items.item.view").filter(pk__in=ids)}
    codes: dict[tuple[UUID, UUID], str] = {}
    for code in Barcode.objects.filter(item__in=ids, state="active").order_by("-is_main", "pk"):
        codes.setdefault((code.item_id, code.unit_id), code.code)
    found = []
    for one, key, key_before in zip(wanted, now, then, strict=True):
        item, offer = items.get(one.item), offers.get(key)
        if item is None or offer is None or offer.price is None or offer.state != "active":
            continue
        before = offers.get(key_before)
        barcode = codes.get((one.item, one.unit), item.code)
        found.append(Told(one, item, offer, before.price if before else None, barcode))
    return found


def _row(told: Told) -> pages.Row:
    offer, item = told.offer, told.item
    url = addresses.master(master_type("items.item"), item.pk)
    is_other = told.before is not None and told.before != offer.price
    day, clock = told.wanted.at
    return pages.Row(
        told.wanted.key,
        {
            "name": pages.Cell(item.name, url=url),
            "code": pages.Cell(item.code),
            "barcode": pages.Cell(told.barcode),
            "unit": pages.Cell(offer.unit_name),
            "before": pages.Cell(told.before if is_other else None, is_struck=True),
            "price": pages.Cell(offer.price, is_strong=True),
            "member": pages.Cell(_member_price(offer)),
            "since": pages.Cell(f"{day} {clock}" if is_other else ""),
        },
        url=url,
    )


def _member_price(offer: till.Offer) -> Decimal | None:
    level = member_level(offer.levels)
    return level.price if level is not None else None


# -- printing ------------------------------------------------------------------------------------


def _deeds(unit: OrgUnit, size: labels.Size) -> Iterable[pages.Action]:
    url, to = reverse("labels-print"), {"size": size.code}
    asks = (pages.Field("copies", _("Copies of each"), "quantity", "1"),)
    for printer in _printers(unit):
        title = _("Print at %(till)s") % {"till": printer.till.name}
        where = urlencode(to | {"printer": str(printer.pk)})
        yield pages.Action(title, f"{url}?{where}", method="post", icon="print", asks=asks)
    yield pages.Action(_("PDF"), f"{url}?{urlencode(to)}", method="post", icon="export", asks=asks)
    sheet = urlencode(to | {"sheet": "1"})
    yield pages.Action(
        _("Many on a sheet of A4"), f"{url}?{sheet}", method="post", icon="export", asks=asks
    )  # fmt: skip


def _printers(unit: OrgUnit) -> QuerySet[Printer]:
    """The label printers in use at the tills of the unit and below."""
    rows = visible(Printer, LABELS).filter(is_active=True, till__path__startswith=unit.path)
    return rows.exclude(speaks=Speaks.SLIPS).select_related("till")


@entry(permission=LABELS, scope="units", field_policy="masked", methods=("POST",))
def print_labels(request: HttpRequest) -> HttpResponse:
    """Print labels for what was ticked: at the label printer named, else as a PDF."""
    unit = _unit()
    keys = (_read(key) for key in request.POST.getlist("ids")[:SHOWN])
    told = _told([one for one in keys if one is not None], unit)
    size = _size(request)
    typed = next(filter(None, request.POST.getlist("copies")), "1")
    copies = int(typed) if typed.isdecimal() and len(typed) < 4 and int(typed) else 1
    back = reverse("labels")
    try:
        if not told:
            raise Refusal("nothing_to_label")
        if len(told) * copies > COPIES_MOST:
            raise Refusal("too_many_labels", most=COPIES_MOST)
        made = [(label_of(one), copies) for one in told]
        wanted = id_of(request.GET.get("printer", ""))
        if wanted is None:
            return as_pdf(made, size, is_sheet=bool(request.GET.get("sheet")))
        printer = _printers(unit).filter(pk=wanted).first()
        if printer is None:
            raise Refusal("no_printer")
        _send(printer, made, size)
    except Refusal as refusal:
        return show.go(request, back, toast=pages.Toast(parts.refused(refusal)[0].title))
    return show.go(request, back, toast=pages.Toast(_("Sent to the printer")))


def label_of(told: Told) -> labels.Label:
    """The words of a label, in the reader's language."""
    offer, item = told.offer, told.item
    assert offer.price is not None, "What has no price was left out."
    is_less = told.before is not None and told.before > offer.price
    member = _member_price(offer)
    many = sorted(
        (n for n in offer.levels if not n.for_members and n.from_quantity > n.factor),
        key=lambda n: n.from_quantity,
    )
    each = price_each(offer.price, item.specification or item.name)
    return labels.Label(
        name=item.name,
        price=_money(offer.price),
        unit=offer.unit_name,
        specification=item.specification,
        origin=_("Origin: %(place)s") % {"place": item.origin} if item.origin else "",
        code=item.code,
        barcode=told.barcode,
        member_price=_("Member ¥%(price)s") % {"price": _money(member)} if member else "",
        old_price=_money(told.before) if is_less and told.before is not None else "",
        tag=_("Special") if is_less else "",
        each=f"¥{_money(each[0])} / {each[1]}" if each else "",
        quantity_price=_("from %(n)s: ¥%(price)s")
        % {"n": f"{(many[0].from_quantity / many[0].factor).normalize():f}",
           "price": _money(many[0].price)}
        if many else "",
    )  # fmt: skip


def _money(amount: Decimal) -> str:
    text = f"{amount.normalize():f}"
    return f"{amount:.2f}" if len(text.partition(".")[2]) <= 2 else text


def as_pdf(
    made: Sequence[tuple[labels.Label, int]], size: labels.Size, *, is_sheet: bool
) -> HttpResponse:
    """Labels as a PDF: a page for each, or sheets of A4 with many."""
    content = labels.sheet_of(made, size) if is_sheet else labels.pdf_of(made, size)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="labels.pdf"'
    return answer


def _send(printer: Printer, made: Sequence[tuple[labels.Label, int]], size: labels.Size) -> None:
    """Put the labels into the printer's queue, in papers that are not too long."""
    person, paper, papers = who().person, b"", list[bytes]()
    for label, copies in made:
        content = labels.written(printer.speaks, label, size, copies)
        if paper and len(paper) + len(content) > JOB_MOST:
            papers.append(paper)
            paper = b""
        paper += content
    for content in (*papers, paper):
        payload = {
            "printer": str(printer.pk), "title": _("Labels"), "content": content,
            "person": person.pk if person else None,
        }  # fmt: skip
        with system(reason="labels"):
            run("printers.job.send", payload=payload)
