"""The tills of a store on a day: shifts, takings, and everything odd, before the day is closed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.business.shifts import queries
from tongpan.business.shifts.actions import CLOSE_DAY, LOOK
from tongpan.business.shifts.models import DayClose, OpenShift
from tongpan.business.shifts.queries import Odd, TillDay
from tongpan.faces.backoffice.asked import day_of, id_of
from tongpan.faces.backoffice.settings import parts
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, units_where, who


def _stores() -> list[OrgUnit]:
    here = who().at
    found = units_where(LOOK).filter(kind=OrgUnit.Kind.STORE, is_active=True)
    if here is not None:
        found = found.filter(path__startswith=here.path)
    return list(found.order_by("path"))


def _asked(store: str, day: str) -> tuple[OrgUnit, date]:
    """The store and the day that an address names: else the first, and today."""
    offered, wanted = _stores(), id_of(store)
    chosen = next((one for one in offered if one.pk == wanted), next(iter(offered), None))
    if chosen is None:
        raise Http404
    today = business_date(chosen, env.now())
    return chosen, min(day_of(day) or today, today)


def _address(store: OrgUnit, on: date) -> str:
    return f"{reverse('till-day')}?{urlencode({'store': store.pk, 'on': on.isoformat()})}"


@entry(permission=LOOK, scope="units", field_policy="masked")
def tills(request: HttpRequest) -> HttpResponse:
    """A store's tills on a day. Where there are several stores, they are chosen from."""
    offered = _stores()
    if not offered or (len(offered) > 1 and not request.GET.get("store")):
        return show.page(request, _choice(offered))
    store, on = _asked(request.GET.get("store", ""), request.GET.get("on", ""))
    return show.page(request, _page(store, on))


def _choice(offered: list[OrgUnit]) -> pages.ListPage:
    def row(store: OrgUnit) -> pages.Row:
        on = business_date(store, env.now())
        url = _address(store, on)
        closed = queries.day_close(store, on)
        running = OpenShift.unscoped.filter(till__parent=store).count()
        cells = {
            "name": pages.Cell(store.name, url=url),
            "running": pages.Cell(running),
            "state": pages.Cell(_("closed") if closed else _("not closed yet")),
        }
        return pages.Row(str(store.pk), cells, url=url)

    return pages.ListPage(
        title=_("Tills of the day"),
        help=_help(),
        columns=(
            pages.Column("name", _("Store"), pages.Kind.LINK, 1, "title"),
            pages.Column("running", _("Running shifts"), pages.Kind.NUMBER, 1, "amount"),
            pages.Column("state", _("The day"), keep=1, at="state"),
        ),
        rows=tuple(row(store) for store in offered),
        empty=pages.Empty(_("No store here"), _("Tills stand in stores.")),
    )


def _help() -> pages.Help:
    return pages.Help(
        _("Each till's shifts and what is odd about them. Nothing of it keeps the day from being"
          " closed: what is odd is listed.")
    )  # fmt: skip


def _page(store: OrgUnit, on: date) -> pages.MasterPage:
    days = queries.till_days(store, on)
    closed = queries.day_close(store, on)
    found = queries.all_odd(days)
    before, after = on - timedelta(days=1), on + timedelta(days=1)
    more = [pages.Action(_("The day before"), _address(store, before))]
    if on < business_date(store, env.now()):
        more.append(pages.Action(_("The day after"), _address(store, after)))
    return pages.MasterPage(
        title=f"{store.name} {formats.full_day(on)}",
        side=(_state(store, on, closed, len(found)),),
        main=(_odd_card(found), *(_till_card(day) for day in days)),
        tag=pages.Tag(_("closed")) if closed else None,
        back_url=reverse("till-day") if len(_stores()) > 1 else "",
        help=_help(),
        primary=_closing(store, on, closed),
        actions=tuple(more),
    )


def _state(store: OrgUnit, on: date, closed: DayClose | None, odd: int) -> pages.Card:
    facts = [
        pages.Fact(_("Store"), pages.Cell(store.name)),
        pages.Fact(_("Business date"), pages.Cell(on), pages.Kind.DATE),
        pages.Fact(_("To be looked at"), pages.Cell(odd), pages.Kind.NUMBER),
    ]
    if closed is not None:
        facts += [
            pages.Fact(_("Closed at"), pages.Cell(closed.closed_at), pages.Kind.TIME),
            pages.Fact(_("Closed by"), pages.Cell(closed.closed_by.name)),
            pages.Fact(_("Odd when it was closed"), pages.Cell(len(closed.listed)),
                       pages.Kind.NUMBER),
        ]  # fmt: skip
    return pages.Card(_("The day"), facts=tuple(facts))


def _closing(store: OrgUnit, on: date, closed: DayClose | None) -> pages.Action | None:
    if closed is not None or not may(CLOSE_DAY, store):
        return None
    return pages.Action(
        _("Close the day"), reverse("till-day-close"), method="post", tone="primary",
        fields={"store": str(store.pk), "on": on.isoformat()},
    )  # fmt: skip


def _odd_card(found: Sequence[tuple[OrgUnit, str, Odd]]) -> pages.Card:
    return pages.Card(
        _("To be looked at"),
        columns=(
            pages.Column("till", _("till"), keep=1, at="title"),
            pages.Column("shift", _("Shift"), pages.Kind.CODE, 2),
            pages.Column("what", _("What"), keep=1, at="detail"),
        ),
        rows=tuple(
            pages.Row(
                f"{till.pk}-{number}-{nth}",
                {
                    "till": pages.Cell(till.name),
                    "shift": pages.Cell(number),
                    "what": pages.Cell(sentence(odd.code, odd.facts)),
                },
            )
            for nth, (till, number, odd) in enumerate(found)
        ),
        empty=_("Nothing is odd."),
        is_compact=True,
    )


def _till_card(day: TillDay) -> pages.Card:
    return pages.Card(
        day.till.name,
        columns=(
            pages.Column("number", _("Number"), pages.Kind.LINK, 1, "title"),
            pages.Column("clerk", _("clerk"), keep=1, at="detail"),
            pages.Column("since", _("Opened at"), pages.Kind.TIME, 2, "date"),
            pages.Column("until", _("Closed at"), pages.Kind.TIME, 3),
            pages.Column("sold", _("Sales"), pages.Kind.MONEY, 2),
            pages.Column("expected", _("Cash expected"), pages.Kind.MONEY, 3),
            pages.Column("counted", _("Cash counted"), pages.Kind.MONEY, 3),
            pages.Column("difference", _("Over or short"), pages.Kind.MONEY, 1, "amount"),
        ),
        rows=tuple(_rows(day)),
        empty=_("No shift on this day."),
        is_compact=True,
    )


def _rows(day: TillDay) -> Iterator[pages.Row]:
    for shift, told, _odd in day.shifts:
        url = addresses.document("till.shift", shift.pk)
        cells = {
            "number": pages.Cell(shift.document.number, url=url),
            "clerk": pages.Cell(shift.clerk.name),
            "since": pages.Cell(shift.opened_at),
            "until": pages.Cell(shift.closed_at),
            "sold": pages.Cell(told.sold - told.brought_back),
            "expected": pages.Cell(shift.expected),
            "counted": pages.Cell(shift.counted),
            "difference": pages.Cell(shift.difference),
        }
        yield pages.Row(str(shift.pk), cells, url=url)
    if day.running is not None:
        cells = {
            "number": pages.Cell(_("running")),
            "clerk": pages.Cell(day.running.clerk.name),
            "since": pages.Cell(day.running.opened_at),
        }
        yield pages.Row(str(day.running.pk), cells)


@entry(permission=CLOSE_DAY, scope="units", field_policy="masked", methods=("POST",))
def close(request: HttpRequest) -> HttpResponse:
    """Write down that the day was looked over, with what was odd."""
    store, on = _asked(request.POST.get("store", ""), request.POST.get("on", ""))

    def act() -> HttpResponse:
        run(CLOSE_DAY, payload={"store": str(store.pk), "on": on.isoformat()})
        return show.go(request, _address(store, on), toast=pages.Toast(_("The day is closed.")))

    return parts.deed(request, act, lambda: _page(store, on))
