"""Baskets that were not paid: those that wait at tills, and what was taken off before the payment.

The oldest of those that wait stand first: who looks after a store sees what was forgotten.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.business.till.models import ParkedSale, TakenOff
from tongpan.business.till.parking import SEE, came_to
from tongpan.faces.backoffice.asked import day_of
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import visible, who

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_MOST, EXPORTED_MOST, DAYS = 200, 10_000, 30
NAMED_MOST = 3


@entry(permission=SEE, scope="units", field_policy="masked")
def parked(request: HttpRequest) -> HttpResponse:
    """Every basket that waits, the longest waiting first."""
    rows = _here(visible(ParkedSale, SEE)).select_related("till__parent", "parked_by")
    columns = (
        pages.Column("label", _("label"), keep=1, at="title"),
        pages.Column("till", _("till"), keep=1, at="detail"),
        pages.Column("by", _("Parked by"), keep=3),
        pages.Column("at", _("Parked at"), pages.Kind.TIME, 2, at="date"),
        pages.Column("age", _("Since"), keep=1, at="state"),
        pages.Column("goods", _("Goods"), keep=4, is_long=True),
        pages.Column("total", _("amount"), pages.Kind.MONEY, 1, "amount"),
    )
    return show.page(
        request,
        pages.ListPage(
            title=_("Parked baskets"),
            help=pages.Help(
                _("Baskets that wait to be paid, at every till. Each can be taken up at any till"
                  " of its store; what nobody comes back for is let go there.")
            ),
            columns=columns,
            rows=tuple(_parked(row) for row in rows.order_by("parked_at")[:SHOWN_MOST]),
            empty=pages.Empty(_("No basket waits"), _("Cashiers park one with the key F6.")),
        ),
    )  # fmt: skip


def _here(rows: QuerySet[Any]) -> QuerySet[Any]:
    at = who().at
    return rows.filter(till__path__startswith=at.path) if at is not None else rows


def _parked(row: ParkedSale) -> pages.Row:
    names = [str(n.get("name", "")) for n in row.basket if isinstance(n, dict)]
    days = (business_date(row.till, env.now()) - business_date(row.till, row.parked_at)).days
    cells = {
        "label": pages.Cell(row.label or _("no label")),
        "till": pages.Cell(_place(row.till)),
        "by": pages.Cell(row.parked_by.name),
        "at": pages.Cell(row.parked_at),
        "age": pages.Cell(
            ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("today")
        ),
        "goods": pages.Cell(_some(names)),
        "total": pages.Cell(came_to(row)),
    }
    return pages.Row(str(row.pk), cells)


def _some(names: list[str]) -> str:
    more = f" +{len(names) - NAMED_MOST}" if len(names) > NAMED_MOST else ""
    return ", ".join(names[:NAMED_MOST]) + more


def _place(till: OrgUnit) -> str:
    return f"{till.parent.name} {till.name}" if till.parent else till.name


@entry(permission=SEE, scope="units", field_policy="masked")
def taken_off(request: HttpRequest) -> HttpResponse:
    """What was taken off baskets in a period, the latest first; as a sheet too."""
    since, until = day_of(request.GET.get("on_from", "")), day_of(request.GET.get("on_to", ""))
    if since is None and until is None and "all" not in request.GET:
        since = env.now().date() - timedelta(days=DAYS)
    kept = {
        "on_from": since.isoformat() if since else "", "on_to": until.isoformat() if until else "",
        "all": "1" if since is None and until is None else "",
    }  # fmt: skip
    kept = {name: value for name, value in kept.items() if value}
    rows = _between(since, until)
    if request.GET.get("as") == "sheet":
        return _sheet(rows[:EXPORTED_MOST])
    ends = [formats.full_day(day) if day else "" for day in (since, until)]
    chips = (pages.Chip(" – ".join(ends).strip(), "?all=1"),) if since or until else ()
    return show.page(
        request,
        pages.ListPage(
            title=_("Taken off baskets"),
            help=pages.Help(
                _("Baskets that were let go before they were paid, and goods that were taken off"
                  " after the total was said: who, when, what and why.")
            ),
            columns=(
                pages.Column("at", _("When"), pages.Kind.TIME, 1, at="date"),
                pages.Column("till", _("till"), keep=2, at="detail"),
                pages.Column("by", _("Clerk"), keep=1, at="title"),
                pages.Column("kind", _("What was taken off"), keep=3, at="state"),
                pages.Column("goods", _("Goods"), keep=2, is_long=True),
                pages.Column("reason", _("Reason"), keep=3),
                pages.Column("amount", _("amount"), pages.Kind.MONEY, 1, "amount"),
            ),
            rows=tuple(_row(row) for row in rows[:SHOWN_MOST]),
            chips=chips,
            filters=(pages.Filter("on", _("Period"), "dates"),),
            kept=kept,
            actions=(
                pages.Action(
                    _("Export"), f"?{urlencode(kept | {'as': 'sheet'})}", icon="export", key="E"
                ),
                pages.Action(_("Parked baskets"), reverse("till-parked-list")),
            ),
            empty=pages.Empty(
                _("Nothing in this period"), _("Choose another one, or take a filter away.")
            ),
        ),
    )  # fmt: skip


def _between(since: date | None, until: date | None) -> QuerySet[TakenOff]:
    rows: QuerySet[TakenOff] = _here(visible(TakenOff, SEE))
    if since is not None:
        rows = rows.filter(taken_at__date__gte=since)
    if until is not None:
        rows = rows.filter(taken_at__date__lte=until)
    return rows.select_related("till__parent", "taken_by").order_by("-taken_at", "-id")


def _goods(row: TakenOff) -> list[str]:
    return [f"{n['name']} × {n['quantity']} {n['unit']}".strip() for n in row.lines]


def _row(row: TakenOff) -> pages.Row:
    cells = {
        "at": pages.Cell(row.taken_at),
        "till": pages.Cell(_place(row.till)),
        "by": pages.Cell(row.taken_by.name),
        "kind": pages.Cell(row.get_kind_display()),
        "goods": pages.Cell(_some(_goods(row))),
        "reason": pages.Cell(row.reason),
        "amount": pages.Cell(row.amount),
    }
    return pages.Row(str(row.pk), cells)


def _sheet(found: Iterable[TakenOff]) -> HttpResponse:
    heads = [_("When"), _("till"), _("Clerk"), _("What was taken off"), _("Goods"), _("Reason"),
             _("amount")]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for row in found:
            yield [
                row.taken_at, _place(row.till), row.taken_by.name, str(row.get_kind_display()),
                ", ".join(_goods(row)), row.reason, row.amount,
            ]  # fmt: skip

    title = _("Taken off baskets")
    answer = HttpResponse(write(heads, rows(), title), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="taken-off.xlsx"'
    return answer
