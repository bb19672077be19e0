"""What holds in a store: promotions and price changes, now and planned, whoever made them.

Whoever sells there may read it, for customers may too. A budget, and the way to the document, are
for who may see the document where it was made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.base import env
from tongpan.business.pricing import queries as pricing
from tongpan.business.pricing.models import Buyer, Moment, PriceChange
from tongpan.business.promotions import accounts, words
from tongpan.business.promotions import queries as promotions
from tongpan.business.promotions.screens import LIVE, PLANNED
from tongpan.faces.backoffice.asked import id_of
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.registry import document_type, master_type
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, units_where, who
from tongpan.masters.items.models import Item
from tongpan.masters.prices.queries import base_prices_of
from tongpan.masters.prices.rules import clock_on

SEE = "items.item.view"
TITLE = gettext_lazy("Prices and promotions here")
NEW_DAYS = 30  # so long a price that stays is among those that changed
PROMOTION, CHANGE = "promotions.promotion", "prices.change"


@dataclass(frozen=True)
class Asked:
    """Which store, and what of it: its promotions, its price changes, or the goods of one."""

    store: OrgUnit
    offered: tuple[OrgUnit, ...]
    has_prices: bool
    change: UUID | None
    now: datetime  # by the clock of the store

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Errors: Http404 where the person works at no store."""
        here = who().at
        if here is not None and here.kind == OrgUnit.Kind.TILL:
            here = here.parent
        rows = units_where(SEE).filter(kind=OrgUnit.Kind.STORE, is_active=True)
        offered = tuple(rows.filter(path__startswith=here.path if here else "").order_by("path"))
        if not offered:
            raise Http404
        wanted = id_of(request.GET.get("store", ""))
        store = next((one for one in offered if one.pk == wanted), offered[0])
        change = id_of(request.GET.get("change", ""))
        has_prices = change is not None or request.GET.get("view") == "prices"
        now = env.now().astimezone(store.zone).replace(tzinfo=None)
        return cls(store, offered, has_prices, change, now)

    def but(self, **changes: Any) -> str:
        store = self.store.pk if len(self.offered) > 1 else None
        parts = {"store": store, "view": "prices" if self.has_prices else None} | changes
        return f"?{urlencode({name: value for name, value in parts.items() if value})}"

    @property
    def moment(self) -> Moment:
        """The business day there, and the time of it with which prices are looked up."""
        at = env.now()
        day = business_date(self.store, at)
        return day, clock_on(day, at, self.store.zone, day)


@entry(permission=SEE, scope="units", field_policy="masked")
def in_force(request: HttpRequest) -> HttpResponse:
    """The promotions of a store, or its price changes: now and planned."""
    asked = Asked.of(request)
    if asked.change is not None:
        columns, rows, chips = _goods(asked, asked.change)
    else:
        columns, rows = _changes(asked) if asked.has_prices else _promotions(asked)
        chips = ()
    choices = [pages.Choice(str(u.pk), u.name, u == asked.store) for u in asked.offered]
    return show.page(
        request,
        pages.ListPage(
            title=str(TITLE),
            note=asked.store.name,
            help=pages.Help(
                _(
                    "What the till uses by itself, from headquarters and from the store: now and"
                    " planned. Prices stand here while they are planned or until a day, and for"
                    " %(n)s days after they changed for good."
                )
                % {"n": NEW_DAYS}
            ),
            columns=tuple(columns),
            rows=tuple(rows),
            views=(
                pages.View(
                    str(document_type(PROMOTION).titles), asked.but(view=None) or "?",
                    is_current=not asked.has_prices,
                ),
                pages.View(
                    str(document_type(CHANGE).titles), asked.but(view="prices"),
                    is_current=asked.has_prices,
                ),
            ),
            chips=chips,
            filters=(pages.Filter("store", _("Store"), "one", tuple(choices)),)
            if len(choices) > 1 else (),
            kept={"view": "prices"} if asked.has_prices else {},
            empty=pages.Empty(
                _("Nothing holds here now, and nothing is planned"),
                _("What headquarters or the store approves stands here at once."),
            ),
            listens=f"{PROMOTION} {CHANGE}",
        ),
    )  # fmt: skip


# -- promotions ----------------------------------------------------------------------------------


def _promotions(asked: Asked) -> tuple[Iterable[pages.Column], Iterable[pages.Row]]:
    bodies = promotions.holding(asked.store, asked.now)
    seen = {body.pk for body in bodies if may(f"{PROMOTION}.view", body.document.org_unit)}
    keys = {
        body.pk: accounts.left(body.document.org_unit_id, body.document_id)
        for body in bodies if body.budget and body.pk in seen
    }  # fmt: skip
    left = balance_of(list(keys.values())) if keys else {}
    columns = [
        pages.Column("title", _("Promotion"), keep=1, at="title"),
        pages.Column("does", _("What it does"), keep=1, at="detail", is_long=True),
        pages.Column("when", _("When"), keep=2, at="date", is_long=True),
        pages.Column("state", _("State"), pages.Kind.STATE, 1, "state"),
        pages.Column("by", _("Made at"), keep=3),
    ]
    if keys:
        columns.append(pages.Column("left", _("Budget left"), pages.Kind.MONEY, 3, "amount"))
    rows = []
    for body in bodies:
        url = addresses.document(PROMOTION, body.document_id) if body.pk in seen else ""
        key = keys.get(body.pk)
        cells = {
            "title": pages.Cell(body.title, url=url),
            "does": pages.Cell(" ".join(words.for_customers(body))),
            "when": pages.Cell(words.when(body)),
            "state": _state(is_planned=body.begins is not None and body.begins > asked.now),
            "by": pages.Cell(body.document.org_unit.name),
            "left": pages.Cell(left[key].amount if key else None),
        }
        rows.append(pages.Row(str(body.pk), cells, url=url))
    return columns, rows


def _state(*, is_planned: bool) -> pages.Cell:
    found = PLANNED if is_planned else LIVE
    return pages.Cell(pages.State(found.code, str(found.word)))


# -- prices --------------------------------------------------------------------------------------


def _changes(asked: Asked) -> tuple[Iterable[pages.Column], Iterable[pages.Row]]:
    day, _clock = moment = asked.moment
    bodies = pricing.changes_over(asked.store, moment, since=day - timedelta(days=NEW_DAYS))
    firsts = pricing.first_goods([body.pk for body in bodies])
    columns = (
        pages.Column("goods", _("Goods"), keep=1, at="title"),
        pages.Column("since", _("from day"), keep=1),
        pages.Column("until", _("until day"), keep=2),
        pages.Column("span", _("When"), keep=9, at="detail"),
        pages.Column("state", _("State"), pages.Kind.STATE, 1, "state"),
        pages.Column("list", _("price list"), keep=3),
        pages.Column("by", _("Set by"), pages.Kind.CODE, 3, "code"),
    )
    return columns, [_change(asked, body, moment, firsts) for body in bodies]


def _change(
    asked: Asked, body: PriceChange, moment: Moment, firsts: Mapping[UUID, tuple[str, int]]
) -> pages.Row:
    first, count = firsts.get(body.pk, ("", 0))
    told = first if count < 2 else _("%(first)s · %(n)s lines") % {"first": first, "n": count}
    url = asked.but(change=body.pk)
    document = body.document
    is_seen = may(f"{CHANGE}.view", document.org_unit)
    cells = {
        "goods": pages.Cell(told, url=url),
        "since": pages.Cell(_when(body.begins)),
        "until": pages.Cell(_last(body) or _("it stays")),
        "span": pages.Cell(_span(body)),
        "state": _state(is_planned=body.begins > moment),
        "list": pages.Cell(str(body.price_list or "")),
        "by": pages.Cell(document.number, url=addresses.document(CHANGE, document.pk))
        if is_seen else pages.Cell(document.org_unit.name),
    }  # fmt: skip
    return pages.Row(str(body.pk), cells, url=url)


def _when(moment: Moment) -> str:
    day, clock = moment
    return f"{day:%Y-%m-%d}" if clock == "00:00" else f"{day:%Y-%m-%d} {clock}"


def _last(body: PriceChange) -> str:
    """Its last day, and the time if it ends before that day does; nothing if it stays."""
    return _when((body.ends_on, body.ends_clock or "00:00")) if body.ends_on else ""


def _span(body: PriceChange) -> str:
    return f"{_when(body.begins)} – {_last(body)}".strip()


def _goods(
    asked: Asked, change: UUID
) -> tuple[Iterable[pages.Column], Iterable[pages.Row], tuple[pages.Chip, ...]]:
    """The goods of one of these changes, at most as many as one may have proposed."""
    moment = asked.moment
    since = moment[0] - timedelta(days=NEW_DAYS)
    bodies = pricing.changes_over(asked.store, moment, since=since)
    body = next((one for one in bodies if one.pk == change), None)
    if body is None:
        raise Http404
    columns = (
        pages.Column("item", _("Item"), keep=1, at="title"),
        pages.Column("code", _("Code"), pages.Kind.CODE, 2, "code"),
        pages.Column("unit", _("Unit of measure"), keep=3, at="state"),
        pages.Column("whom", _("for whom"), keep=3, at="date"),
        pages.Column("before", _("Old price"), pages.Kind.PRICE, 2, "detail", unit="¥"),
        pages.Column("price", _("new price"), pages.Kind.PRICE, 1, "amount", unit="¥"),
        pages.Column("now", _("Price here now"), pages.Kind.PRICE, 3, unit="¥"),
        pages.Column("after", _("After it"), pages.Kind.PRICE, 3, "tag", unit="¥"),
    )
    lines = pricing.goods_of(change)
    items = Item.objects.filter(pk__in=[line["item"] for line in lines])
    here = base_prices_of(list(items), asked.store, moment[0])
    rows = []
    for line in lines:
        now = here.get(line["item"])
        url = addresses.master(master_type("items.item"), line["item"])
        cells = {
            "item": pages.Cell(line["item__name"], url=url),
            "code": pages.Cell(line["item__code"]),
            "unit": pages.Cell(line["unit__name"]),
            "whom": pages.Cell(" ".join(_for_whom(line))),
            "before": pages.Cell(line["old_price"]),
            "price": pages.Cell(line["new_price"], is_strong=True),
            "now": pages.Cell(now.price if now and now.unit.pk == line["unit"] else None),
            "after": pages.Cell(line["returns_to"]),
        }
        rows.append(pages.Row(f"{line['item']}.{line['position']}", cells, url=url))
    return columns, rows, (pages.Chip(_span(body), asked.but(view="prices")),)


def _for_whom(line: Mapping[str, Any]) -> Iterable[str]:
    """Who buys at the price of a line, and from which quantity on, where not everybody does."""
    if line["buyer"] == Buyer.MEMBERS:
        yield line["tier__name"] or str(Buyer.MEMBERS.label)
    if (line["from_quantity"] or 1) > 1:
        yield f"{line['from_quantity'].normalize():f}+"
