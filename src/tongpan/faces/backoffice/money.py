"""The money page: what each account holds and which takings wait; and what each unit earned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.periods import month_end
from tongpan.business.finance.queries import SEE, money_units
from tongpan.business.treasury import queries
from tongpan.business.treasury.models import Purpose
from tongpan.business.treasury.queries import Result, Waiting
from tongpan.faces.backoffice import cards
from tongpan.faces.backoffice.asked import day_of, id_of
from tongpan.faces.backoffice.stock import XLSX
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.documents.showing import words_of_account
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, may_somewhere, visible, who
from tongpan.masters.fields import State as Use

MONTHS_OFFERED = 3
NEW = ("treasury.transfer", "treasury.takings", "treasury.expense", "treasury.income")


@entry(permission=SEE, scope="units", field_policy="masked")
def money(request: HttpRequest) -> HttpResponse:
    """What is in every account, and what should come in."""
    units = money_units()
    places = [*visible(MoneyPlace, SEE).select_related("unit").filter(unit__in=units)]
    page = pages.MasterPage(
        title=_("Money"),
        side=(),
        main=(_accounts(places), *_waiting(units)),
        actions=tuple(_new_documents()),
        help=pages.Help(
            _(
                "What every cash box and bank account holds by the books, and the takings of tills"
                " that no document brought into one yet. Every figure opens."
            )
        ),
    )
    return show.page(request, page)


def _new_documents() -> Iterable[pages.Action]:
    here = who().at
    for code in NEW:
        declared = document_type(code)
        if here is not None and may(declared.permission("save"), here):
            title = _("New: %(what)s") % {"what": declared.title}
            yield pages.Action(title, addresses.new_document(declared))


def _accounts(places: Sequence[MoneyPlace]) -> pages.Card:
    held = {}
    if places:
        where = Where(ledger="money", roles=["money"], holders=[place.pk for place in places])
        held = {row.holder: row.amount for row in balances(where)}
    shown = [p for p in places if p.state == Use.ACTIVE or held.get(p.pk)]
    return pages.Card(
        _("Money accounts"),
        note="¥",
        columns=(
            pages.Column("name", _("Money account"), keep=1, at="title"),
            pages.Column("unit", _("Org unit"), keep=2, at="detail", is_quiet=True),
            pages.Column("kind", _("Kind"), keep=3, at="state", is_quiet=True),
            pages.Column("held", _("Balance"), pages.Kind.MONEY, 1, at="amount", unit="¥"),
        ),
        rows=tuple(_account(place, held.get(place.pk, ZERO)) for place in shown),
        totals={
            "name": pages.Cell(_("Total"), is_strong=True),
            "held": pages.Cell(sum(held.values(), ZERO), is_strong=True),
        },
        empty=_("There is no money account yet: add one under Money accounts."),
        code="accounts",
        listens="*",
    )


def _account(place: MoneyPlace, amount: Decimal) -> pages.Row:
    url = addresses.master_of(MoneyPlace, place.pk)
    return pages.Row(
        str(place.pk),
        {
            "name": pages.Cell(place.name, url=url),
            "unit": pages.Cell(place.unit.name),
            "kind": pages.Cell(place.get_kind_display()),
            "held": pages.Cell(
                amount, url=cards.statement_address(place=place.pk),
                tone="act" if amount < 0 and place.kind == MoneyPlace.Kind.CASH else "",
            ),
        },
        url,
    )  # fmt: skip


# -- takings that wait ---------------------------------------------------------------------------


def _waiting(units: Sequence[OrgUnit]) -> Iterable[pages.Card]:
    """Takings by store and way of paying, with what should have arrived by today."""
    found = queries.waiting_takings([u for u in units if u.kind == OrgUnit.Kind.STORE])
    due = sum((one.due for one in found), ZERO)
    declared = document_type("treasury.takings")
    here = who().at
    may_save = here is not None and may(declared.permission("save"), here)
    yield pages.Card(
        _("Takings not brought in"),
        note=_("%(sum)s are due") % {"sum": formats.money(due, "CNY")} if due else "",
        link=pages.Action(_("Bring takings in"), addresses.new_document(declared))
        if may_save
        else None,
        columns=(
            pages.Column("store", _("Store"), keep=1, at="title"),
            pages.Column("method", _("Payment method"), keep=1, at="detail"),
            pages.Column("days", _("Arrives"), keep=3, at="date", is_quiet=True),
            pages.Column("amount", _("Not brought in"), pages.Kind.MONEY, 2, at="state", unit="¥"),
            pages.Column("due", _("Due by today"), pages.Kind.MONEY, 1, at="amount", unit="¥"),
        ),
        rows=tuple(_waiting_row(one) for one in found),
        totals={
            "store": pages.Cell(_("Total"), is_strong=True),
            "amount": pages.Cell(sum((one.amount for one in found), ZERO), is_strong=True),
            "due": pages.Cell(due, is_strong=True),
        }
        if found
        else {},
        empty=_("All takings are in an account."),
        code="takings",
        listens="*",
    )


def _waiting_row(one: Waiting) -> pages.Row:
    url = account_address("taken", one.store.pk, holder=one.method.pk)
    return pages.Row(
        f"{one.store.pk}-{one.method.pk}",
        {
            "store": pages.Cell(one.store.name, url=url),
            "method": pages.Cell(one.method.name),
            "days": pages.Cell(_days(one.method.settle_days)),
            "amount": pages.Cell(one.amount, url=url),
            "due": pages.Cell(one.due, is_strong=bool(one.due)),
        },
        url,
    )


def _days(days: int) -> str:
    return _("after %(n)s d") % {"n": days} if days else _("at once")


def takings_due(units: Sequence[OrgUnit]) -> pages.Waiting | None:
    """What the home page says of takings to those who may bring them in at some of these units."""
    stores = [u for u in units if u.kind == OrgUnit.Kind.STORE and may(queries.SAVE, u)]
    due = [one for one in queries.waiting_takings(stores) if one.due]
    if not due:
        return None
    first = max(due, key=lambda one: one.due)
    return pages.Waiting(
        len(due),
        _("Takings to bring in"),
        reverse("money") if may_somewhere(SEE) else _new_takings(),
        note=" · ".join(
            [
                formats.money(sum((one.due for one in due), ZERO), "CNY"),
                _("most of them: %(unit)s") % {"unit": first.method},
            ]
        ),
    )


def _new_takings() -> str:
    return addresses.new_document(document_type("treasury.takings"))


# -- what each unit earned -----------------------------------------------------------------------

# The figures of a unit, in their order: how each is called, and which accounts it is made of.
FIGURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("revenue", queries.REVENUE),
    ("cost", queries.COST),
    ("gross", ()),
    ("loss", queries.STOCK_LOSS),
    ("income", queries.OTHER_INCOME),
    ("spent", queries.SPENT),
    ("profit", ()),
)


def _titles() -> dict[str, str]:
    return {
        "revenue": _("Revenue"),
        "cost": _("Cost"),
        "gross": _("Gross profit"),
        "loss": _("Stock losses"),
        "income": _("Other earnings"),
        "spent": _("Spent"),
        "profit": _("Profit"),
    }


@dataclass(frozen=True)
class Asked:
    """Which days and which unit the address asks for; what cannot be read is left out."""

    since: date
    until: date
    unit: OrgUnit | None
    offered: tuple[OrgUnit, ...]

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        here = who().at
        offered = tuple(u for u in money_units() if here and u.path.startswith(here.path))
        if here is None or not offered:
            raise Http404
        today = business_date(here, env.now())
        since = day_of(request.GET.get("on_from", "")) or today.replace(day=1)
        until = day_of(request.GET.get("on_to", "")) or max(since, month_end(since))
        chosen = id_of(request.GET.get("unit", ""))
        unit = next((u for u in offered if u.pk == chosen), None)
        return cls(since, max(since, until), unit, offered)

    def address(self, **changes: Any) -> str:
        parts: dict[str, Any] = {
            "on_from": self.since.isoformat(),
            "on_to": self.until.isoformat(),
            "unit": self.unit.pk if self.unit else None,
        }
        asked = {name: value for name, value in (parts | changes).items() if value}
        return f"{reverse('money-results')}?{urlencode(asked)}"


@entry(permission=SEE, scope="units", field_policy="masked")
def money_results(request: HttpRequest) -> HttpResponse:
    """Income, cost, expenses and profit of each unit in a month; or of one, account by account."""
    asked = Asked.of(request)
    units = [asked.unit] if asked.unit is not None else asked.offered
    found = [r for r in queries.results(units, asked.since, asked.until) if r.by_account]
    if request.GET.get("as") == "sheet":
        return _sheet(asked, found)
    rows = _of_unit(asked, found[0] if found else None) if asked.unit else _by_unit(asked, found)
    page = pages.ListPage(
        title=_("Results"),
        note=" · ".join(
            [
                asked.unit.name if asked.unit else _("all units"),
                f"{formats.day(asked.since)} – {formats.day(asked.until)}",
            ]
        ),
        columns=tuple(_columns(asked)),
        rows=tuple(rows),
        views=tuple(_months(asked)),
        chips=(pages.Chip(asked.unit.name, asked.address(unit=None)),) if asked.unit else (),
        filters=(pages.Filter("on", _("Days"), "dates"),),
        kept={"unit": str(asked.unit.pk)} if asked.unit else {},
        totals=tuple(_totals(found)),
        actions=(pages.Action(_("Export"), asked.address(**{"as": "sheet"}), icon="export"),),
        help=pages.Help(
            _(
                "What each unit sold without tax, what the goods had cost, and what it spent and"
                " took besides. Opened, a unit shows every account, and each account its entries."
            )
        ),
        empty=pages.Empty(
            _("Nothing was earned or spent in these days"),
            _("Sales, expenses and losses appear here as soon as they are posted."),
        ),
        listens="*",
        plot=None if asked.unit else pages.Plot("bars", "unit", ("revenue", "spent", "profit")),
    )
    return show.page(request, page)


def _months(asked: Asked) -> Iterable[pages.View]:
    """This month and those before it."""
    here = who().at
    assert here is not None, "An address without a unit was answered already."
    first = business_date(here, env.now()).replace(day=1)
    for _number in range(MONTHS_OFFERED):
        end = month_end(first)
        is_current = (asked.since, asked.until) == (first, end)
        yield pages.View(
            f"{first:%Y-%m}",
            asked.address(on_from=first.isoformat(), on_to=end.isoformat()),
            is_current=is_current,
        )
        first = (first - timedelta(days=1)).replace(day=1)


def _columns(asked: Asked) -> Iterable[pages.Column]:
    if asked.unit is not None:
        yield pages.Column("what", _("Account"), keep=1, at="title")
        yield pages.Column("amount", _("In these days"), pages.Kind.MONEY, 1, at="amount", unit="¥")
        return
    yield pages.Column("unit", _("Org unit"), keep=1, at="title")
    keep = {"revenue": 2, "profit": 1, "gross": 3, "spent": 3}
    places: dict[str, Any] = {"revenue": "state", "profit": "amount"}
    for name, title in _titles().items():
        yield pages.Column(
            name, title, pages.Kind.MONEY, keep.get(name, 4), at=places.get(name, ""), unit="¥"
        )


def _figures(found: Sequence[Result]) -> dict[str, Decimal]:
    """The figures of these units together."""
    made = {name: sum((r.of(roles) for r in found), ZERO) for name, roles in FIGURES}
    made["gross"] = sum((r.gross for r in found), ZERO)
    made["profit"] = sum((r.profit for r in found), ZERO)
    return made


def _by_unit(asked: Asked, found: Sequence[Result]) -> Iterable[pages.Row]:
    for result in found:
        url = asked.address(unit=result.unit.pk)
        figures = _figures([result])
        cells = {
            name: pages.Cell(amount, url=url, is_strong=name in ("gross", "profit"))
            for name, amount in figures.items()
        }
        cells["unit"] = pages.Cell(result.unit.name, url=url)
        yield pages.Row(str(result.unit.pk), cells, url)


def _of_unit(asked: Asked, result: Result | None) -> Iterable[pages.Row]:
    """Each figure of a unit, and below it the accounts that it is made of."""
    if result is None:
        return
    figures, titles = _figures([result]), _titles()
    named = _holders(result)
    for name, roles in FIGURES:
        if not figures[name] and roles:
            continue
        cells = {
            "what": pages.Cell(titles[name], is_strong=True),
            "amount": pages.Cell(figures[name], is_strong=True),
        }
        yield pages.Row(name, cells)
        parts = [key for key in result.by_account if key[0] in roles]
        for role, holder in sorted(parts, key=lambda key: -abs(result.by_account[key])):
            url = account_address(
                role, result.unit.pk, holder=holder if holder in named else None,
                on_from=asked.since.isoformat(), on_to=asked.until.isoformat(),
            )  # fmt: skip
            title = named.get(holder) or _capital(str(words_of_account("money", role).title))
            amount = result.by_account[role, holder]
            cells = {
                "what": pages.Cell(title, url=url, depth=1),
                "amount": pages.Cell(amount, url=url),
            }
            yield pages.Row(f"{role}-{holder}", cells, url)


def _holders(result: Result) -> dict[UUID, str]:
    """What the purposes of expenses and income are called."""
    held = [holder for _role, holder in result.by_account]
    return {row.pk: row.name for row in Purpose.objects.filter(pk__in=held)}


def _totals(found: Sequence[Result]) -> Iterable[pages.Total]:
    figures = _figures(found)
    for name, title in _titles().items():
        yield pages.Total(title, formats.money(figures[name], "CNY"))


def _sheet(asked: Asked, found: Sequence[Result]) -> HttpResponse:
    heads = [_("Org unit"), *_titles().values()]
    rows = [[r.unit.name, *(_figures([r])[name] for name in _titles())] for r in found]
    content = write(heads, rows, _("Results"))
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="results.xlsx"'
    return answer


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def account_address(role: str, unit: UUID, *, holder: UUID | None = None, **span: str) -> str:
    """The statement of a unit's account of a role, of one holder or of all."""
    asked = {"account": role, "unit": unit} | ({"holder": holder} if holder else {})
    return cards.statement_address(**asked, **span)
