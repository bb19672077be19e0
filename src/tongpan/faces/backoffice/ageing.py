"""How old is what customers owe, and what is owed to suppliers: everybody with something open."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.ageing import BANDS, Aged, aged_by_party
from tongpan.business.finance.queries import SEE, money_units
from tongpan.faces.backoffice.stock import XLSX
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.scope import visible
from tongpan.masters.parties.models import Party

SIDES = ("customer", "supplier")
KEPT_FIRST = (2, 3, 4, 4, 3)  # when the window is narrow, the middle bands leave first


@entry(permission=SEE, scope="units", field_policy="masked")
def money_ageing(request: HttpRequest) -> HttpResponse:
    """Who owes what for how long, the longest first; and whom we owe."""
    asked = request.GET.get("of", "")
    side = asked if asked in SIDES else SIDES[0]
    units = money_units(side)
    if not units:
        raise Http404
    found = aged_by_party(side, units, business_date(units[0], env.now()))
    parties = {party.pk: party for party in visible(Party).filter(pk__in=found)}
    rows = [(parties[pk], told) for pk, told in found.items() if pk in parties]
    rows.sort(key=lambda one: (-one[1].overdue, -one[1].total, one[0].code))
    title = _("What customers owe") if side == "customer" else _("What we owe suppliers")
    if request.GET.get("as") == "sheet":
        return _sheet(title, rows)
    views = ((_("What customers owe"), "customer"), (_("What we owe suppliers"), "supplier"))
    page = pages.ListPage(
        title=_("Ageing"),
        note=title,
        columns=(pages.Column("party", _("Party"), keep=1, at="title"), *_columns()),
        rows=tuple(_row(party, told, side) for party, told in rows),
        help=pages.Help(
            _(
                "What is open, by how many days ago it should have been paid. What has no due date"
                " is never late; deposits and credits are taken off the total."
            )
        ),
        views=tuple(
            pages.View(name, f"?{urlencode({'of': of})}", is_current=of == side)
            for name, of in views
            if money_units(of)
        ),
        totals=tuple(_totals([told for _party, told in rows])),
        actions=(
            pages.Action(_("Export"), f"?{urlencode({'of': side, 'as': 'sheet'})}", icon="export"),
        ),
        empty=pages.Empty(_("Nothing is open."), ""),
        listens="*",
    )
    return show.page(request, page)


def bands() -> list[str]:
    """What the bands are called."""
    titles = [_("Not due yet")]
    for first, last in pairwise(BANDS):
        titles.append(_("%(first)s to %(last)s days over") % {"first": first + 1, "last": last})
    return [*titles, _("more than %(n)s days over") % {"n": BANDS[-1]}]


def _columns() -> Iterable[pages.Column]:
    """A column for each band, for what is taken off, and for the total."""
    for n, title in enumerate(bands()):
        yield pages.Column(f"band{n}", title, pages.Kind.MONEY, KEPT_FIRST[n], unit="¥")
    yield pages.Column("credit", _("Deposits and credits"), pages.Kind.MONEY, 4, unit="¥")
    yield pages.Column("overdue", _("Overdue"), pages.Kind.MONEY, 2, at="state", unit="¥")
    yield pages.Column("total", _("Total"), pages.Kind.MONEY, 1, at="amount", unit="¥")


def _cells(told: Aged) -> dict[str, pages.Cell]:
    found = {
        f"band{n}": pages.Cell(amount or None, tone="act" if n and amount else "")
        for n, amount in enumerate(told.bands)
    }
    return found | {
        "credit": pages.Cell(told.credit or None),
        "overdue": pages.Cell(told.overdue or None, tone="act" if told.overdue else ""),
        "total": pages.Cell(told.total, is_strong=True),
    }


def facts(told: Aged) -> Iterable[pages.Fact]:
    """The figures of one party, on its page."""
    for n, (title, amount) in enumerate(zip(bands(), told.bands, strict=True)):
        cell = pages.Cell(amount or None, tone="act" if n and amount else "")
        yield pages.Fact(title, cell, pages.Kind.MONEY)
    yield pages.Fact(_("Deposits and credits"), pages.Cell(told.credit or None), pages.Kind.MONEY)


def _row(party: Party, told: Aged, side: str) -> pages.Row:
    page = addresses.master_of(Party, party.pk)
    query = urlencode({"party": party.pk, "of": side})
    total = pages.Cell(told.total, url=f"{reverse('money-statement')}?{query}", is_strong=True)
    named = {"party": pages.Cell(str(party), url=page)}
    return pages.Row(str(party.pk), named | _cells(told) | {"total": total}, url=page)


def _totals(every: Sequence[Aged]) -> Iterable[pages.Total]:
    total = sum((told.total for told in every), ZERO)
    overdue = sum((told.overdue for told in every), ZERO)
    yield pages.Total(_("Total"), formats.money(total, "CNY"))
    if overdue:
        yield pages.Total(_("Overdue"), formats.money(overdue, "CNY"), tone="act")


def _sheet(title: str, rows: Sequence[tuple[Party, Aged]]) -> HttpResponse:
    heads = [_("Code"), _("Party"), *bands(), _("Deposits and credits"), _("Total")]
    written = ([p.code, p.name, *told.bands, told.credit, told.total] for p, told in rows)
    answer = HttpResponse(write(heads, written, title), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="ageing.xlsx"'
    return answer
