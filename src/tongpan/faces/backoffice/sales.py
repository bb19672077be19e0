"""The sales of a day, slip by slip: what the figures of home are made of, to the cent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.business.till import sold
from tongpan.business.till.models import PaymentMethod
from tongpan.business.till.sold import DaySlip, DaySum, WhichSlips
from tongpan.faces.backoffice.asked import day_of, id_of, moment_of
from tongpan.faces.backoffice.stock import XLSX
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, units_where, who
from tongpan.masters.items.models import Item

PAGE_SIZE = 100
EXPORTED_MOST = 50_000
DAYS_MOST = 31  # shown together
LISTENS = "till.sale till.return"


def day_address(on: date, until: date | None = None, **more: Any) -> str:
    """The page of a day's slips, or of some days': of a store, of an hour of the clock, with an
    item."""
    asked: dict[str, Any] = {"on": on.isoformat()}
    if until is not None and until != on:
        asked["until"] = until.isoformat()
    asked |= {name: value for name, value in more.items() if value is not None}
    return f"{reverse('sales-day')}?{urlencode(asked, doseq=True)}"


@dataclass(frozen=True)
class Asked:
    """What the address asks for, read with care; what cannot be read is left out."""

    on: date
    until: date  # the last of the days; mostly it is the first, too
    here: OrgUnit
    stores: tuple[OrgUnit, ...]  # those that count
    offered: tuple[OrgUnit, ...]  # those that the person may see
    hour: int | None
    item: Item | None
    method: PaymentMethod | None  # told of slips without an item alone
    before: tuple[datetime, UUID] | None

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        given, here = request.GET, who().at
        if here is None:
            raise Http404
        found = units_where(sold.SEE).filter(path__startswith=here.path, is_active=True)
        offered = tuple(found.filter(kind=OrgUnit.Kind.STORE).order_by("path"))
        chosen = {id_of(text) for text in given.getlist("store")}
        stores = tuple(store for store in offered if store.pk in chosen) or offered
        hour, item = given.get("hour", ""), id_of(given.get("item", ""))
        day = day_of(given.get("day", ""))
        method = None if item else id_of(given.get("method", ""))
        on = day or day_of(given.get("on", "")) or business_date(here, env.now())
        until = on if day else day_of(given.get("until", "")) or on
        return cls(
            on,
            min(max(on, until), on + timedelta(days=DAYS_MOST - 1)),
            here,
            stores,
            offered,
            int(hour) if hour.isdecimal() and int(hour) < 24 else None,
            Item.objects.select_related("base_unit").filter(pk=item).first() if item else None,
            PaymentMethod.objects.filter(pk=method).first() if method else None,
            _before(given.get("before", "")),
        )

    @property
    def which(self) -> WhichSlips:
        return WhichSlips(
            days=days_of(self.on, self.until),
            stores=[store.pk for store in self.stores],
            zone=self.here.time_zone,
            hour=self.hour,
            item=self.item.pk if self.item else None,
            method=self.method.pk if self.method else None,
        )

    def but(self, **changes: Any) -> str:
        parts: dict[str, Any] = {
            "on": self.on.isoformat(),
            "until": self.until.isoformat() if self.until > self.on else None,
            "store": [str(s.pk) for s in self.stores] if self.is_narrowed else [],
            "hour": self.hour,
            "item": self.item.pk if self.item else None,
            "method": self.method.pk if self.method else None,
        }
        kept = {name: v for name, v in (parts | changes).items() if v not in (None, "", [])}
        return f"?{urlencode(kept, doseq=True)}"

    @property
    def is_narrowed(self) -> bool:
        return len(self.stores) < len(self.offered)


def days_of(since: date, until: date) -> list[date]:
    """Every day from one to another, both included."""
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


def span_of(since: date, until: date) -> str:
    """A day, or the first and the last of some, as people write them."""
    if since == until:
        return formats.day(since)
    return f"{formats.day(since)} – {formats.day(until)}"


def _before(text: str) -> tuple[datetime, UUID] | None:
    at, _tilde, slip = text.partition("~")
    moment, found = moment_of(at), id_of(slip)
    return (moment, found) if moment is not None and found is not None else None


@entry(permission=sold.SEE, scope="units", field_policy="masked")
def sales_day(request: HttpRequest) -> HttpResponse:
    """Every slip of a business day, sales and returns, and what they come to."""
    asked = Asked.of(request)
    has_cost = bool(asked.stores) and all(may("see.cost", store) for store in asked.stores)
    if request.GET.get("as") == "sheet":
        return _sheet(asked, has_cost=has_cost)
    slips = sold.day_slips(asked.which, before=asked.before, limit=PAGE_SIZE + 1)
    more, slips = slips[PAGE_SIZE:], slips[:PAGE_SIZE]
    last = slips[-1] if slips else None
    page = pages.ListPage(
        title=_("Sales of the day"),
        note=" · ".join([asked.here.name, span_of(asked.on, asked.until)]),
        columns=tuple(_columns(asked, has_cost=has_cost)),
        rows=tuple(_row(asked, slip) for slip in slips),
        help=pages.Help(
            _(
                "Every slip of a business day. What came back counts against what was sold, and "
                "the sums are those of the home page."
            )
        ),
        chips=tuple(_chips(asked)),
        filters=tuple(_filters(asked)),
        kept={
            name: str(value)
            for name, value in (
                ("on", asked.on.isoformat()),
                ("until", asked.until.isoformat() if asked.until > asked.on else ""),
                ("hour", "" if asked.hour is None else asked.hour),
                ("item", asked.item.pk if asked.item else ""),
                ("method", asked.method.pk if asked.method else ""),
            )
            if value != ""
        },
        totals=tuple(_totals(asked, sold.day_sum(asked.which), has_cost=has_cost)),
        actions=(pages.Action(_("Export"), asked.but(**{"as": "sheet"}), icon="export"),),
        next_url=asked.but(before=f"{last.at.isoformat()}~{last.id}") if more and last else "",
        empty=pages.Empty(
            _("No slips on this day"), _("Each slip appears here a moment after it was rung up.")
        ),
        back_url=reverse("home"),
        listens=LISTENS,
    )
    return show.page(request, page)


def _columns(asked: Asked, *, has_cost: bool) -> Iterable[pages.Column]:
    yield pages.Column("number", _("Number"), pages.Kind.CODE, 1, at="code")
    if asked.until > asked.on:
        yield pages.Column("day", _("Day"), pages.Kind.DATE, 2)
    yield pages.Column("at", _("Time"), pages.Kind.TIME, 2, at="date", is_quiet=True)
    if len(asked.stores) > 1:
        yield pages.Column("store", _("Store"), keep=2, at="title")
    yield pages.Column(
        "what", _("Item"), keep=3, at="detail" if len(asked.stores) > 1 else "title", is_quiet=True
    )
    if asked.item is not None:
        yield pages.Column("quantity", _("Quantity"), pages.Kind.QUANTITY, 2, at="state")
    if asked.method is not None:
        name = asked.method.name
        yield pages.Column("quantity", name, pages.Kind.MONEY, 2, at="state", unit="¥")
    yield pages.Column("gross", _("Sales"), pages.Kind.MONEY, 1, at="amount", unit="¥")
    yield pages.Column("net", _("Without tax"), pages.Kind.MONEY, 4, unit="¥")
    if has_cost:
        yield pages.Column("cost", _("Cost"), pages.Kind.MONEY, 4, unit="¥")
        yield pages.Column("profit", _("Gross profit"), pages.Kind.MONEY, 3, at="tag", unit="¥")


def _row(asked: Asked, slip: DaySlip) -> pages.Row:
    names = {store.pk: store.name for store in asked.stores}
    code = "till.return" if slip.is_return else "till.sale"
    url = addresses.document(code, slip.id)
    quantity: pages.Quantity | Decimal = slip.quantity
    if asked.item is not None:
        unit = asked.item.base_unit
        quantity = pages.Quantity(slip.quantity, unit.name, values.places_of(unit.step))
    return pages.Row(
        str(slip.id),
        {
            "number": pages.Cell(slip.number, url, after=_("return") if slip.is_return else ""),
            "day": pages.Cell(slip.on),
            "at": pages.Cell(slip.at),
            "store": pages.Cell(names.get(slip.store, "")),
            "what": pages.Cell(_told(slip)),
            "quantity": pages.Cell(quantity),
            "gross": pages.Cell(slip.gross, url),
            "net": pages.Cell(slip.net),
            "cost": pages.Cell(slip.cost),
            "profit": pages.Cell(slip.net - slip.cost),
        },
        url,
    )


def _told(slip: DaySlip) -> str:
    if slip.pieces < 2:
        return slip.first
    return _("%(first)s, %(n)s lines in all") % {"first": slip.first, "n": slip.pieces}


def _chips(asked: Asked) -> Iterable[pages.Chip]:
    if asked.is_narrowed:
        yield pages.Chip(listed(store.name for store in asked.stores), asked.but(store=None))
    if asked.hour is not None:
        said = f"{asked.hour}:00–{asked.hour + 1}:00"
        yield pages.Chip(said, asked.but(hour=None))
    if asked.item is not None:
        yield pages.Chip(asked.item.name, asked.but(item=None))
    if asked.method is not None:
        yield pages.Chip(asked.method.name, asked.but(method=None))


def _filters(asked: Asked) -> Iterable[pages.Filter]:
    yield pages.Filter("day", _("Day"), "day")
    if len(asked.offered) > 1 and not asked.is_narrowed:
        choices = tuple(pages.Choice(str(store.pk), store.name) for store in asked.offered)
        yield pages.Filter("store", _("Store"), choices=choices)


def _totals(asked: Asked, found: DaySum, *, has_cost: bool) -> Iterable[pages.Total]:
    def slips(count: int) -> str:
        return ngettext("%(n)s slip", "%(n)s slips", count) % {"n": formats.number(count)}

    yield pages.Total(_("Till sales"), slips(found.sales))
    if found.returns:
        yield pages.Total(_("Customer returns"), slips(found.returns))
    if asked.item is not None:
        unit = asked.item.base_unit
        told = formats.quantity(found.quantity, unit.name, values.places_of(unit.step))
        yield pages.Total(_("Quantity"), told)
    if asked.method is not None:
        yield pages.Total(asked.method.name, formats.money(found.quantity, "CNY"))
    yield pages.Total(_("Sales, tax included"), formats.money(found.gross, "CNY"))
    if asked.item is None and found.sales:
        average = formats.money(found.gross / found.sales, "CNY")
        yield pages.Total(_("Average slip"), average)
    yield pages.Total(_("Without tax"), formats.money(found.net, "CNY"))
    if has_cost:
        yield pages.Total(_("Cost"), formats.money(found.cost, "CNY"))
        yield pages.Total(_("Gross profit"), formats.money(found.net - found.cost, "CNY"))


def _sheet(asked: Asked, *, has_cost: bool) -> HttpResponse:
    """The whole day as a sheet, up to a bound."""
    names = {store.pk: store.name for store in asked.stores}
    heads = [_("Number"), _("Time"), _("Store"), _("Item"), _("Sales"), _("Without tax")]
    heads += [_("Cost"), _("Gross profit")] if has_cost else []

    def written(slip: DaySlip) -> list[Any]:
        row: list[Any] = [
            slip.number, timezone.localtime(slip.at), names.get(slip.store, ""), _told(slip),
            slip.gross, slip.net,
        ]  # fmt: skip
        return [*row, slip.cost, slip.net - slip.cost] if has_cost else row

    slips = sold.day_slips(asked.which, limit=EXPORTED_MOST)
    content = write(heads, (written(slip) for slip in slips), _("Sales of the day"))
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="sales.xlsx"'
    return answer
