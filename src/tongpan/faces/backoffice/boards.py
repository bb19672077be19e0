"""The sales dashboard: some days against the same weekdays before them, by whatever is asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.queries import SEE as SEE_MONEY
from tongpan.business.till import sold
from tongpan.business.till.models import PaymentMethod
from tongpan.faces.backoffice import cards
from tongpan.faces.backoffice.asked import day_of, id_of, ids_of
from tongpan.faces.backoffice.home import units_below
from tongpan.faces.backoffice.sales import DAYS_MOST, span_of
from tongpan.faces.backoffice.today import Sales, change_of, quantity_of, share_of, stores_seen
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may_somewhere, who
from tongpan.masters.items.models import ItemCategory

PARTS: tuple[sold.Part, ...] = ("hours", "days", "cost", "items", "categories", "paid", "ticks")


@dataclass(frozen=True)
class Asked:
    """What the address asks for, read with care; what cannot be read is left out."""

    since: date
    until: date
    today: date
    stores: tuple[OrgUnit, ...]  # those that count
    offered: tuple[OrgUnit, ...]  # those that the person may see
    category: UUID | None

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        given, here = request.GET, who().at
        if here is None:
            raise Http404
        offered = tuple(stores_seen(units_below(request)))
        chosen = ids_of(given.getlist("store"))
        today = business_date(here, env.now())
        since = day_of(given.get("on_from", "")) or today
        until = max(since, day_of(given.get("on_to", "")) or since)
        return cls(
            since, min(until, since + timedelta(days=DAYS_MOST - 1)), today,
            tuple(store for store in offered if store.pk in chosen) or offered, offered,
            id_of(given.get("category", "")),
        )  # fmt: skip

    def but(self, **changes: Any) -> str:
        """The address of the same page with some parts changed."""
        parts: dict[str, Any] = {
            "on_from": self.since.isoformat(),
            "on_to": self.until.isoformat() if self.until > self.since else None,
            "store": [str(store.pk) for store in self.stores] if self.is_narrowed else [],
            "category": self.category,
        }
        kept = {name: v for name, v in (parts | changes).items() if v not in (None, "", [])}
        return f"{reverse('sales-board')}?{urlencode(kept, doseq=True)}"

    def before(self, back: timedelta, **changes: Any) -> str:
        """The same page for the days that these are held against."""
        until = (self.until - back).isoformat() if self.until > self.since else None
        return self.but(on_from=(self.since - back).isoformat(), on_to=until, **changes)

    @property
    def is_narrowed(self) -> bool:
        return len(self.stores) < len(self.offered)

    @property
    def store_ids(self) -> str:
        return ",".join(str(store.pk) for store in self.stores)

    @property
    def has_today(self) -> bool:
        return self.since <= self.today <= self.until


@entry(permission=sold.SEE, scope="units", field_policy="masked")
def sales_board(request: HttpRequest) -> HttpResponse:
    """What was sold, by hour, day, store, category, item and way of paying: one statement."""
    asked = Asked.of(request)
    here = who().at
    assert here is not None, "An address without a unit was answered already."
    sales = Sales(
        here, list(asked.stores), (asked.since, asked.until), PARTS, category=asked.category,
        only=[store.pk for store in asked.stores] if asked.is_narrowed else (),
    )  # fmt: skip
    page = pages.BoardPage(
        title=_("Sales dashboard"),
        note=" · ".join(
            [here.name, span_of(asked.since, asked.until), _("against %(day)s") % {
                "day": sales.against}]
        ),
        help=pages.Help(
            _(
                "What the tills sold on a day or on some days, against the same weekdays before"
                " and, while the day is not over, up to the same moment. Every figure opens."
            )
        ),
        views=tuple(_views(asked)),
        chips=tuple(_chips(asked)),
        filters=tuple(_filters(asked)),
        kept={"store": asked.store_ids} if asked.is_narrowed else {},
        figures=tuple(sales.figures()),
        cards=tuple(_cards(asked, sales)),
        aside=(sales.ticker(),) if asked.has_today and sales.stores else (),
        empty=None
        if asked.stores
        else pages.Empty(_("No store sells here"), _("Work at a unit that has stores below it.")),
        listens=sales.listens,
    )  # fmt: skip
    return show.page(request, page)


def _cards(asked: Asked, sales: Sales) -> Iterable[pages.Card]:
    if asked.until > asked.since:
        yield _by_day(asked, sales)
    yield sales.by_hour(is_wide=True)
    yield _by_store(asked, sales)
    yield _by_category(asked, sales)
    yield _by_item(asked, sales)
    yield _by_payment(asked, sales)


def _views(asked: Asked) -> Iterable[pages.View]:
    today = asked.today
    yesterday = today - timedelta(days=1)
    first = today.replace(day=1)
    for title, since, until in (
        (_("today"), today, today),
        (_("yesterday"), yesterday, yesterday),
        (_("7 days"), today - timedelta(days=6), today),
        (_("28 days"), today - timedelta(days=27), today),
        (_("this month"), first, today),
    ):
        url = asked.but(on_from=since.isoformat(), on_to=until.isoformat() if until > since else "")
        is_current = (asked.since, asked.until) == (since, until)
        yield pages.View(title, url, is_current=is_current)


def _chips(asked: Asked) -> Iterable[pages.Chip]:
    if asked.is_narrowed:
        yield pages.Chip(listed(store.name for store in asked.stores), asked.but(store=None))
    if asked.category is not None:
        found = ItemCategory.objects.filter(pk=asked.category).values_list("name", flat=True)
        yield pages.Chip(found.first() or "…", asked.but(category=None))


def _filters(asked: Asked) -> Iterable[pages.Filter]:
    yield pages.Filter("on", _("Days"), "dates")
    if len(asked.offered) > 1 and not asked.is_narrowed:
        choices = tuple(pages.Choice(str(store.pk), store.name) for store in asked.offered)
        yield pages.Filter("store", _("Store"), choices=choices)


# -- the cards -------------------------------------------------------------------------------------


def _columns(name: str, title: str, against: str, *, has_margin: bool) -> list[pages.Column]:
    """Of what, how much, how much then, and the change; the margin only for who may see costs."""
    found = [
        pages.Column(name, title, keep=1, at="title"),
        pages.Column("now", _("Sales"), pages.Kind.MONEY, 1, at="amount", unit="¥"),
        pages.Column("then", against, pages.Kind.MONEY, 2, at="detail", unit="¥"),
        pages.Column("change", _("Up or down"), pages.Kind.CHANGE, 2, at="state"),
    ]
    if has_margin:
        found.append(pages.Column("margin", _("Margin"), pages.Kind.PERCENT, 3, at="date"))
    return found


def _cells(now: Decimal, then: Decimal, url: str, then_url: str) -> dict[str, pages.Cell]:
    return {
        "now": pages.Cell(now, url=url),
        "then": pages.Cell(then, url=then_url),
        "change": pages.Cell(change_of(now, then)),
    }


def _by_day(asked: Asked, sales: Sales) -> pages.Card:
    sums = {(one.is_now, one.on): one for one in sales.found["days"]}
    rows = []
    for n in range((asked.until - asked.since).days + 1):
        day = asked.since + timedelta(days=n)
        now, then = sums.get((True, day)), sums.get((False, day - sales.back))
        url = asked.but(on_from=day.isoformat(), on_to=None)
        was = asked.but(on_from=(day - sales.back).isoformat(), on_to=None)
        cells = _cells(now.gross if now else ZERO, then.gross_by_then if then else ZERO, url, was)
        cells["day"] = pages.Cell(day, url=url)
        cells["slips"] = pages.Cell(now.slips if now else 0)
        rows.append(pages.Row(day.isoformat(), cells, url))
    columns = _columns("day", _("Day"), sales.against, has_margin=False)
    columns[0] = pages.Column("day", _("Day"), pages.Kind.DATE, 1, at="title")
    columns.append(pages.Column("slips", _("Slips"), pages.Kind.NUMBER, 3, at="date"))
    return pages.Card(
        _("By day"), note=_("sales, ¥"), columns=tuple(columns), rows=tuple(rows),
        plot=pages.Plot("bars", "day", ("now", "then")), is_folded=True, is_wide=True,
        code="by-day", listens=sales.listens,
    )  # fmt: skip


def _by_store(asked: Asked, sales: Sales) -> pages.Card:
    rows = []
    for store in sorted(sales.stores, key=lambda s: -sales.by_store[s.pk][0].gross):
        now, then = sales.by_store[store.pk]
        alone = {"store": [str(store.pk)]}
        was = asked.before(sales.back, **alone)
        cells = _cells(now.gross, then.gross, sales.sales_url(store=store.pk), was)
        cells["store"] = pages.Cell(store.name, url=asked.but(**alone))
        cost = sales.cost_of([store.pk], is_now=True)
        cells["margin"] = pages.Cell(share_of(now.net - cost, now.net) if sales.may_cost else None)
        rows.append(pages.Row(str(store.pk), cells, asked.but(**alone)))
    return _of(
        _("By store"), "store", _("Store"), rows, sales, "by-store", total=sales.both[0].gross
    )


def _by_category(asked: Asked, sales: Sales) -> pages.Card:
    rows = []
    for one in sales.found["categories"]:
        url = asked.but(category=one.id) if one.id else ""
        was = asked.before(sales.back, category=one.id)
        cells = _cells(one.gross, one.gross_by_then, url, was)
        cells["category"] = pages.Cell(one.name or _("without a category"), url=url)
        cells["margin"] = _margin(one)
        rows.append(pages.Row(str(one.id), cells, url, is_marked=one.id == asked.category))
    return _of(_("By category"), "category", _("Category"), rows, sales, "by-category")


def _by_item(asked: Asked, sales: Sales) -> pages.Card:
    rows = []
    for one in sorted(sales.found["items"], key=lambda one: -one.gross):
        url = sales.sales_url(item=one.id)
        cells = _cells(one.gross, one.gross_by_then, url, asked.before(sales.back))
        cells["item"] = pages.Cell(one.name, url=url)
        cells["quantity"] = pages.Cell(quantity_of(one))
        cells["margin"] = _margin(one)
        rows.append(pages.Row(str(one.id), cells, url))
    card = _of(_("Best sellers"), "item", _("Item"), rows, sales, "by-item")
    quantity = pages.Column("quantity", _("Sold"), pages.Kind.QUANTITY, 3)
    return replace(card, columns=(*card.columns, quantity))


def _by_payment(asked: Asked, sales: Sales) -> pages.Card:
    rows, may_open = [], may_somewhere(SEE_MONEY)
    for one in sorted(sales.found["paid"], key=lambda one: -one.gross):
        url = ""
        if one.unit != PaymentMethod.Kind.MONEY:  # it is in no account of takings
            url = sales.sales_url(method=one.id)
        elif may_open:
            asked_for: dict[str, Any] = {
                "account": "taken", "holder": one.id, "on_from": asked.since.isoformat(),
                "on_to": asked.until.isoformat(),
            }  # fmt: skip
            if asked.is_narrowed:
                asked_for["unit"] = asked.store_ids
            elif (here := who().at) is not None and here.parent_id is not None:
                asked_for["below"] = here.pk
            url = cards.statement_address(**asked_for)
        cells = _cells(one.gross, one.gross_by_then, url, asked.before(sales.back))
        cells["method"] = pages.Cell(one.name, url=url)
        cells["slips"] = pages.Cell(one.slips)
        rows.append(pages.Row(str(one.id), cells, url))
    title = _("Payment method")
    columns = _columns("method", title, sales.against, has_margin=False)
    columns.append(pages.Column("slips", _("Slips"), pages.Kind.NUMBER, 3, at="date"))
    return pages.Card(
        _("By way of paying"), columns=tuple(columns), rows=tuple(rows),
        plot=pages.Plot("rows", "method", ("now", "then")), empty=_("Nothing was sold yet."),
        code="by-payment", listens=sales.listens,
    )  # fmt: skip


def _of(
    title: str, name: str, head: str, rows: Sequence[pages.Row], sales: Sales, code: str,
    *, total: Decimal | None = None,
) -> pages.Card:  # fmt: skip
    """A card of one way to look at it: the drawing and its table."""
    columns = tuple(_columns(name, head, sales.against, has_margin=sales.may_cost))
    totals: dict[str, pages.Cell] = {}
    if total is not None and len(rows) > 1:
        url = sales.sales_url()
        totals = {name: pages.Cell(_("Total"), is_strong=True), "now": pages.Cell(total, url=url)}
    return pages.Card(
        title, columns=columns, rows=tuple(rows), totals=totals, code=code, listens=sales.listens,
        plot=pages.Plot("rows", name, ("now", "then")), empty=_("Nothing was sold yet."),
    )  # fmt: skip


def _margin(one: sold.Sold) -> pages.Cell:
    cost = one.cost
    return pages.Cell(share_of(one.net - cost, one.net) if cost is not None else None)
