"""Stock cards and statements of money: every movement of an account, with the balance it left."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.queries import OWED, OWED_BY, money_units, money_where
from tongpan.business.finance.queries import SEE as SEE_MONEY
from tongpan.business.stock.overview import stock_units
from tongpan.business.stock.queries import SEE
from tongpan.business.treasury.trial import AT_THE_CREDIT, OF_MEMBERS
from tongpan.business.treasury.trial import ROLES as BY_THEMSELVES
from tongpan.faces.backoffice import moves
from tongpan.faces.backoffice.asked import day_of, id_of, ids_of, moment_of
from tongpan.faces.backoffice.statement_paper import LINES_MOST, Told, statement_page
from tongpan.faces.backoffice.stock import XLSX, item_of
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.documents.showing import words_of_account
from tongpan.kernel.ledger.keys import Ledger
from tongpan.kernel.ledger.queries import (
    Movement,
    Place,
    Statement,
    Where,
    balances,
    statement,
    turnover,
)
from tongpan.kernel.org.models import LegalEntity, OrgUnit, business_date
from tongpan.kernel.org.scope import may, visible, who
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party
from tongpan.masters.places.models import Place as StockPlace

PLACED = ("", "shelf", "damaged")  # figures of what stands somewhere
DAYS = 30  # of history on a card, unless somebody asks for more
PAGE_SIZE = 100
EXPORTED_MOST = 50_000
# The figures of the overview, by what the address says: each is the balance of these accounts.
FIGURES: dict[str, tuple[str, ...]] = {
    "": ("shelf", "held", "damaged"),
    "shelf": ("shelf",),
    "held": ("held",),
    "damaged": ("damaged",),
    "in_transit": ("in_transit",),
    "expected": ("expected",),
}


@dataclass(frozen=True)
class Span:
    """Which movements the address asks for; `known` is the moment at which the books were read."""

    since: date
    until: date | None
    known: datetime | None
    after: Place | None

    @classmethod
    def of(cls, request: HttpRequest, today: date) -> "Span":
        given = request.GET
        until = day_of(given.get("on_to", ""))
        since = day_of(given.get("on_from", "")) or (until or today) - timedelta(days=DAYS)
        return cls(since, until, moment_of(given.get("known", "")), _place(given.get("after", "")))

    def read(self, where: Where, limit: int = PAGE_SIZE) -> Statement:
        return statement(
            where, since=self.since, until=self.until, recorded_by=self.known, after=self.after,
            limit=limit,
        )  # fmt: skip


def _place(text: str) -> Place | None:
    """Where a page goes on, as `_after` wrote it."""
    parts = text.split("~")
    if len(parts) != 5:
        return None
    on, at, posting, n, account = parts
    day, moment, posting_id = day_of(on), moment_of(at), id_of(posting)
    if day is None or moment is None or posting_id is None or not (n + account).isdigit():
        return None
    return Place(day, moment, posting_id, int(n), int(account))


def _after(place: Place) -> str:
    on, at, posting, n, account = place
    return f"{on}~{at.isoformat()}~{posting}~{n}~{account}"


def _but(request: HttpRequest, **changes: str) -> str:
    kept = {name: request.GET.getlist(name) for name in request.GET if name != "after"}
    kept |= {name: [value] for name, value in changes.items()}
    pairs = [(name, v) for name, several in kept.items() for v in several if v]
    return f"?{urlencode(pairs)}"


# -- the stock card ------------------------------------------------------------------------------


@entry(permission=SEE, scope="units", field_policy="masked")
def stock_card(request: HttpRequest) -> HttpResponse:
    """Every movement of an item at some units, as of any day, and as known at any moment."""
    item = item_of(request)
    offered = stock_units()
    units = _chosen(request, offered)
    asked = request.GET.get("at", "")
    figure = asked if asked in FIGURES else ""
    span = Span.of(request, business_date(units[0], env.now()))
    place = _place_of(request, units)
    where = _where(item, units, figure)
    if place is not None and figure in PLACED:  # what is on its way, or ordered, has no place yet
        where = replace(where, holders=[place.pk])
    has_value = figure != "expected" and all(may("see.cost", unit) for unit in units)
    is_all = len(units) == len(offered) > 1
    if place is not None and figure not in PLACED:
        place = None
    named = _("all units") if is_all else listed(unit.name for unit in units)
    if place is not None:
        named = str(place)
    if request.GET.get("as") == "sheet":
        return _sheet(span, where, f"{named} {item.name}", has_value=has_value)
    found = span.read(where)
    base = item.base_unit
    places = values.places_of(base.step)
    titles = {
        "": _("On hand"),
        "shelf": _("Available"),
        "held": _("Held for orders"),
        "damaged": _("Damaged"),
        "in_transit": _("In transit"),
        "expected": _("On order"),
    }
    offers = pages.Filter(
        "unit", _("Org unit"), choices=tuple(pages.Choice(str(u.pk), u.name) for u in offered)
    )
    page = _page(
        request, span, where, found,
        title=_("Stock card"),
        note=f"{item.name} · {named}",
        columns=moves.columns(unit=base.name, has_value=has_value, has_unit=len(units) > 1),
        has_value=has_value,
        views=tuple(
            pages.View(titles[one], _but(request, at=one), is_current=one == figure)
            for one in FIGURES
        ),
        more_chips=()
        if place is None and (is_all or len(offered) < 2)
        else (pages.Chip(named, _but(request, **({"place": ""} if place else {"unit": ""}))),),
        more_filters=(offers,) if is_all else (),
        told=lambda amount: formats.quantity(amount, base.name, places),
        back_url=addresses.master_of(Item, item.pk),
        help_text=_(
            "What came and what went, with the balance after each. Choose a day to see what was "
            "there then, or a moment to see what the books said at that time."
        ),
        listens="*",
    )  # fmt: skip
    return show.page(request, page)


def _chosen(request: HttpRequest, offered: list[OrgUnit]) -> list[OrgUnit]:
    """The units that the address names, else all whose stock the person may see."""
    asked = [text for text in request.GET.getlist("unit") if text]
    ids = {id_of(text) for text in asked}
    units = [unit for unit in offered if unit.pk in ids] if asked else offered
    if not units:
        raise Http404
    return units


def _place_of(request: HttpRequest, units: Sequence[OrgUnit]) -> StockPlace | None:
    """The one place of these units that the address names."""
    asked = id_of(request.GET.get("place", ""))
    if asked is None:
        return None
    places = StockPlace.unscoped.select_related("unit")
    found: StockPlace | None = places.filter(pk=asked, unit__in=[u.pk for u in units]).first()
    if found is None:
        raise Http404
    return found


def _where(item: Item, units: Sequence[OrgUnit], figure: str) -> Where:
    here, roles = [unit.pk for unit in units], FIGURES[figure]
    if figure == "in_transit":  # the sender's books, the receiver's goods
        return Where(ledger="stock", roles=roles, units=[item.pk], holders=here)
    ledger: Ledger = "promise" if figure == "expected" else "stock"
    return Where(ledger=ledger, roles=roles, units=[item.pk], org_units=here)


# -- statements of money -------------------------------------------------------------------------


@entry(permission=SEE_MONEY, scope="units", field_policy="masked")
def money_statement(request: HttpRequest) -> HttpResponse:
    """What is owed to a party, or what a money account holds, with every movement."""
    holder, side, every, back = _holder(request)
    asked = request.GET.get("role", "")
    roles = (asked,) if asked in every else every
    below = _below(request)
    units = _units_of(request, side, below)
    entities = _entities(units) if isinstance(holder, Party) else []
    others: list[OrgUnit] = []
    if len(entities) > 1 and request.GET.get("as") == "paper":  # it is one company's paper
        units, others = _of_one_entity(units)
    span = Span.of(request, _today(units))
    where = (
        holder.where(units)
        if isinstance(holder, AccountOfUnit)
        else money_where(holder.pk, roles, units)
    )
    told_by = moves.by_document if side == "customer" else list[Movement]
    if request.GET.get("as") == "sheet":
        title = str(holder)
        return _sheet(
            span, where, title, has_value=False, sign=_sign(holder, roles), told_by=told_by
        )
    words = [str(words_of_account("money", role).title) for role in roles]
    alone = len(words) == 1
    if request.GET.get("as") == "paper":
        found = _told(span.read(where, LINES_MOST), told_by)
        told = Told(
            holder, units, span.since, span.until or _today(units), found, _sign(holder, roles),
            of=_capital(words[0]) if alone else _everything(side),
            is_elsewhere=bool(others and balances(money_where(holder.pk, roles, others))),
        )  # fmt: skip
        back_url = _but(request, **{"as": "", "paper": "", "template": ""})
        return show.page(request, statement_page(request, told, back_url=back_url))
    of = [listed(unit.name for unit in units)] if request.GET.get("unit") else []
    of += [below.name] if below is not None else []
    of += [unit.entity.name for unit in units[:1] if request.GET.get("entity") and unit.entity]
    narrowed = _but(request, unit="", entity="", below="")
    views = []
    if len(every) > 1:
        views = [
            pages.View(
                _everything(side),
                _but(request, role="", of=side),
                is_current=roles == every,
            ),
            *(
                pages.View(
                    _capital(str(words_of_account("money", role).title)),
                    _but(request, role=role),
                    is_current=asked == role,
                )
                for role in every
            ),
        ]
        if holder.is_supplier and holder.is_customer:
            other = "customer" if side == "supplier" else "supplier"
            title = _("What we owe") if other == "supplier" else _("What they owe")
            views.append(pages.View(title, _but(request, role="", of=other)))
    page = _page(
        request, span, where, _told(span.read(where), told_by),
        title=_("Statement"),
        note=" · ".join(dict.fromkeys([str(holder), *(map(_capital, words[:1]) if alone else ())])),
        columns=moves.columns(unit="¥", has_value=False, is_money=True),
        has_value=False,
        views=tuple(views),
        told=lambda amount: formats.money(amount, "CNY"),
        back_url=back,
        more_chips=tuple(pages.Chip(name, narrowed) for name in of),
        more_filters=_which_entity(entities),
        help_text=_("Every movement of this money, with the balance after each."),
        sign=_sign(holder, roles),
        listens="*",
        more_actions=(
            pages.Action(
                _("Print"), _but(request, **{"as": "paper"}), key="P", icon="print"
            ),
        ),
    )  # fmt: skip
    return show.page(request, page)


def _everything(side: str) -> str:
    return _("Everything they owe") if side == "customer" else _("Everything owed")


def _told(found: Statement, told_by: Callable[[Sequence[Movement]], list[Movement]]) -> Statement:
    movements = found.movements
    if found.more is None or told_by is not moves.by_document:
        return replace(found, movements=told_by(movements))
    movements = [*moves.uncut(movements)]
    return replace(found, movements=told_by(movements), more=movements[-1].place)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sign(holder: Any, roles: Sequence[str]) -> int:
    """A debt stands at the right: what we owe is shown as a positive figure."""
    at_the_right = AT_THE_CREDIT if isinstance(holder, AccountOfUnit) else OWED
    return -1 if set(roles) <= set(at_the_right) else 1


@dataclass(frozen=True)
class AccountOfUnit:
    """An account of units by itself, such as revenue, or an expense for one purpose."""

    role: str
    holder: UUID | None

    def where(self, units: Sequence[OrgUnit]) -> Where:
        holders = None if self.holder is None else [self.holder]
        here = [unit.pk for unit in units]
        return Where(ledger="money", roles=[self.role], holders=holders, org_units=here)

    def __str__(self) -> str:
        words = words_of_account("money", self.role)
        model: Any = words.holder
        row = model._base_manager.filter(pk=self.holder).first() if model and self.holder else None
        return str(row) if row is not None else _capital(str(words.title))


def _holder(request: HttpRequest) -> tuple[Any, str, tuple[str, ...], str]:
    """Whose statement it is, as what, with which accounts, and the page that it belongs to."""
    account = request.GET.get("account", "")
    if account in BY_THEMSELVES:
        whose = id_of(request.GET.get("holder", "")) if account not in OF_MEMBERS else None
        return AccountOfUnit(account, whose), "supplier", (account,), ""
    if party := id_of(request.GET.get("party", "")):
        found: Any = visible(Party).filter(pk=party).first()
        side = _side(request, found)
        every: tuple[str, ...] = OWED_BY if side == "customer" else OWED
        back = addresses.master_of(Party, party)
    else:
        place = id_of(request.GET.get("place", ""))
        found = visible(MoneyPlace).filter(pk=place).first() if place else None
        side, every = "supplier", ("money",)
        back = addresses.master_of(MoneyPlace, place) if place else ""
    if found is None:
        raise Http404
    return found, side, every, back


def _side(request: HttpRequest, party: Party | None) -> str:
    """Whether a party is asked about as a supplier or as a customer."""
    asked, of = request.GET.get("role", ""), request.GET.get("of", "")
    if asked in OWED_BY or (of == "customer" and asked not in OWED):
        return "customer"
    is_customer_only = party is not None and party.is_customer and not party.is_supplier
    return "customer" if is_customer_only and asked not in OWED else "supplier"


def _below(request: HttpRequest) -> OrgUnit | None:
    """The unit of which, with all below it, the money is told."""
    asked = id_of(request.GET.get("below", ""))
    return OrgUnit.objects.filter(pk=asked).first() if asked else None


def _units_of(request: HttpRequest, side: str, below: OrgUnit | None) -> list[OrgUnit]:
    units = money_units(side)
    if chosen := ids_of(request.GET.getlist("unit")):
        units = [unit for unit in units if unit.pk in chosen]
    if below is not None:
        units = [unit for unit in units if unit.path.startswith(below.path)]
    entity = id_of(request.GET.get("entity", ""))
    if entity is not None:
        units = [unit for unit in units if unit.entity_id == entity]
    if not units:
        raise Http404
    return units


def _entities(units: Iterable[OrgUnit]) -> list[LegalEntity]:
    """The legal entities of these units, each once."""
    return list(dict.fromkeys(unit.entity for unit in units if unit.entity))


def _of_one_entity(units: Sequence[OrgUnit]) -> tuple[list[OrgUnit], list[OrgUnit]]:
    """The units of the legal entity where the person works, if it is among them, and the others."""
    first = next((unit for unit in units if unit == who().at), units[0])
    own = [unit for unit in units if unit.entity_id == first.entity_id]
    return own, [unit for unit in units if unit.entity_id != first.entity_id]


def _which_entity(entities: Sequence[LegalEntity]) -> tuple[pages.Filter, ...]:
    if len(entities) < 2:
        return ()
    choices = tuple(pages.Choice(str(one.pk), one.name) for one in entities)
    return (pages.Filter("entity", _("Legal entity"), "one", choices),)


def _today(units: Sequence[OrgUnit]) -> date:
    return business_date(units[0], env.now()) if units else env.now().date()


# -- what both are made of -----------------------------------------------------------------------


def _page(
    request: HttpRequest, span: Span, where: Where, found: Statement, *, title: str, note: str,
    columns: tuple[pages.Column, ...], has_value: bool, views: tuple[pages.View, ...], told: Any,
    back_url: str, help_text: str, listens: str, sign: int = 1,
    more_chips: tuple[pages.Chip, ...] = (), more_filters: tuple[pages.Filter, ...] = (),
    more_actions: tuple[pages.Action, ...] = (),
) -> pages.ListPage:  # fmt: skip
    known = moves.Told.of(found.movements)
    rows = moves.rows(found.movements, known, sign=sign, may_see_value=has_value)
    if span.after is None:
        rows.insert(0, moves.opening_row(found.opening * sign, found.opening_value))
    next_url = _but(request, after=_after(found.more)) if found.more else ""
    return pages.ListPage(
        title=title,
        note=note,
        columns=columns,
        rows=tuple(rows),
        back_url=back_url,
        help=pages.Help(help_text),
        views=views,
        chips=(*more_chips, *_chips(request, span)),
        filters=(
            *more_filters,
            pages.Filter("on", _("Days"), "dates"),
            pages.Filter("known", _("As known at"), "moment"),
        ),
        kept={
            n: str(v)
            for n, v in request.GET.items()
            if n
            in (
                "item",
                "unit",
                "at",
                "party",
                "place",
                "role",
                "of",
                "entity",
                "account",
                "holder",
                "below",
            )
        },
        totals=tuple(_totals(span, where, found, told, sign)),
        actions=(
            *more_actions,
            pages.Action(_("Export"), _but(request, **{"as": "sheet"}), icon="export"),
        ),
        next_url=next_url,
        listens=listens,
    )


def _chips(request: HttpRequest, span: Span) -> list[pages.Chip]:
    since = _("since %(day)s") % {"day": formats.day(span.since)}
    chips = [pages.Chip(since, _but(request, on_from="2000-01-01"))]
    if span.until is not None:
        until = _("until %(day)s") % {"day": formats.day(span.until)}
        chips.append(pages.Chip(until, _but(request, on_to="")))
    if span.known is not None:
        at = formats.full_moment(span.known)
        chips.append(pages.Chip(_("as known at %(time)s") % {"time": at}, _but(request, known="")))
    return chips


def _totals(
    span: Span, where: Where, found: Statement, told: Any, sign: int
) -> Iterable[pages.Total]:
    """What came and went in all of these days, also where the page shows only some of it; of what
    the books said at some moment, the last balance alone."""
    is_whole = span.after is None and found.more is None
    if is_whole:
        moved = [m.amount for m in found.movements]
        came, went = sum((n for n in moved if n > 0), ZERO), sum((-n for n in moved if n < 0), ZERO)
        last = found.movements[-1].balance if found.movements else found.opening
    else:
        ends = turnover(where, since=span.since, until=span.until or date.max)
        came, went = sum((n.inflow for n in ends), ZERO), sum((n.outflow for n in ends), ZERO)
        held = balances(where, as_of=span.until, recorded_by=span.known)
        last = sum((n.amount for n in held), ZERO)
    if sign < 0:
        came, went = went, came
    if is_whole or span.known is None:
        yield pages.Total(_("In"), told(came))
        yield pages.Total(_("Out"), told(went))
    yield pages.Total(_("Balance"), told(last * sign))


def _sheet(
    span: Span, where: Where, title: str, *, has_value: bool, sign: int = 1,
    told_by: Callable[[Sequence[Movement]], list[Movement]] = list[Movement],
) -> HttpResponse:  # fmt: skip
    """The whole span as a sheet, up to a bound."""
    found = _told(span.read(where, EXPORTED_MOST), told_by)
    known = moves.Told.of(found.movements)
    titles = moves.type_titles()
    heads = [_("Business date"), _("Recorded"), _("Type"), _("Document"), _("From or to")]
    heads += [_("In"), _("Out"), _("Balance")]
    if has_value:
        heads += [_("Value"), _("Value left")]

    def written(move: Movement) -> list[Any]:
        document = known.documents.get(move.document)
        amount = move.amount * sign
        row: list[Any] = [
            move.place.business_date, timezone.localtime(move.place.posted_at),
            titles.get(document.type, "") if document else "",
            (document.number or "") if document else "",
            known.other(move), amount if amount > 0 else "", -amount if amount < 0 else "",
            move.balance * sign,
        ]  # fmt: skip
        return [*row, move.value, move.value_balance] if has_value else row

    content = write(heads, (written(m) for m in found.movements), title)
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="card.xlsx"'
    return answer


def statement_address(**asked: Any) -> str:
    return f"{reverse('money-statement')}?{urlencode(asked)}"
