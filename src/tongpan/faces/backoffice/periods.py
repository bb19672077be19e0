"""Closed months (结账): how far each legal entity's books are closed, and what is left open."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.business.finance import periods
from tongpan.business.finance.periods import CLOSE, KIND, REOPEN, SEE, Books
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.models import LegalEntity
from tongpan.kernel.org.scope import may, may_somewhere


@entry(permission=SEE, scope="units", field_policy="open")
def months(request: HttpRequest) -> HttpResponse:
    """Every legal entity whose units are all the person's to see."""
    found = [periods.books(entity) for entity in periods.entities_where(SEE)]
    if len(found) == 1:
        return show.go(request, _address(found[0].entity))
    page = pages.ListPage(
        title=_("Closed months"),
        columns=(
            pages.Column("name", _("Legal entity"), pages.Kind.LINK, 1, "title"),
            pages.Column("through", _("closed through"), pages.Kind.DATE, 1, "date"),
            pages.Column("left", _("not posted"), pages.Kind.NUMBER, 1, "detail"),
        ),
        rows=tuple(
            pages.Row(
                str(books.entity.pk),
                {
                    "name": pages.Cell(books.entity.name, url=_address(books.entity)),
                    "through": pages.Cell(books.through),
                    "left": pages.Cell(sum(many for _type, _state, many in books.left) or None),
                },
                url=_address(books.entity),
            )
            for books in found
        ),
        help=_help(),
        empty=pages.Empty(
            _("Nothing to close here"),
            _("Months are closed by who sees all units of a legal entity."),
        ),
    )
    return show.page(request, page)


@entry(permission=SEE, scope="units", field_policy="open")
def entity_months(request: HttpRequest, entity_id: UUID) -> HttpResponse:
    """How far one entity's books are closed, and what the next month still holds."""
    return show.page(request, _page(_seen(entity_id)))


@entry(permission=CLOSE, scope="units", field_policy="open", methods=("POST",))
def close(request: HttpRequest, entity_id: UUID) -> HttpResponse:
    """Close the month that the page named."""
    one = _seen(entity_id)
    payload = {"through": request.POST.get("through", "")}

    def act() -> HttpResponse:
        run(f"{KIND}.close", one.pk, payload, answers=request.POST.getlist("answers"))
        toast = pages.Toast(_("Closed through %(day)s.") % {"day": payload["through"]})
        return show.go(request, _address(one), toast=toast)

    return parts.deed(request, act, lambda: _page(one))


@entry(permission=REOPEN, scope="units", field_policy="open", methods=("POST",))
def reopen(request: HttpRequest, entity_id: UUID) -> HttpResponse:
    """Open the last closed month again."""
    one = _seen(entity_id)

    def act() -> HttpResponse:
        run(f"{KIND}.reopen", one.pk, {"reason": request.POST.get("reason", "")})
        return show.go(request, _address(one), toast=pages.Toast(_("The month is open again.")))

    return parts.deed(request, act, lambda: _page(one))


def _seen(entity_id: UUID) -> LegalEntity:
    seen = [one.pk for one in periods.entities_where(SEE)]
    found: LegalEntity = parts.found(LegalEntity.objects.filter(pk__in=seen), entity_id)
    return found


def _address(entity: LegalEntity) -> str:
    return reverse("money-months-of", args=[entity.pk])


def _help() -> pages.Help:
    return pages.Help(
        _(
            "When a month's figures have been handed in, close it: nothing more is posted with a"
            " date in it. Mistakes found later are reversed with today's date."
        )
    )


def _page(entity: LegalEntity) -> pages.MasterPage:
    books = periods.books(entity)
    return pages.MasterPage(
        title=entity.name,
        side=(pages.Card(_("Closed months"), facts=tuple(_facts(books))),),
        main=(_left(books), histories.history_card(entity.pk)),
        back_url=reverse("money-months"),
        help=_help(),
        primary=_closing(books),
        more=tuple(_reopening(books)),
    )


def _facts(books: Books) -> Iterable[pages.Fact]:
    yield pages.Fact(_("closed through"), pages.Cell(books.through), pages.Kind.DATE)
    yield pages.Fact(_("next month to close"), pages.Cell(_month(books.next)))
    units = " · ".join(unit.name for unit in books.units if unit.kind != "till")
    yield pages.Fact(_("Units"), pages.Cell(units))


def _month(day: date) -> str:
    return day.strftime("%Y-%m")


def _left(books: Books) -> pages.Card:
    """What is dated in the days that would be closed and is not posted."""
    return pages.Card(
        _("Not posted up to %(day)s") % {"day": formats.full_day(books.next)},
        columns=(
            pages.Column("what", _("Document"), pages.Kind.LINK, 1, "title"),
            pages.Column("state", _("State"), keep=1, at="detail"),
            pages.Column("count", _("Count"), pages.Kind.NUMBER, 1, "amount"),
        ),
        rows=tuple(
            pages.Row(
                f"{code}.{state}",
                {
                    "what": pages.Cell(str(document_type(code).titles), url=url),
                    "state": pages.Cell(str(values.STATES[state])),
                    "count": pages.Cell(many),
                },
                url=url,
            )
            for code, state, many in books.left
            for url in [_list_of(code, state)]
        ),
        empty=_("Everything of these days is posted."),
        is_compact=True,
        foot=_("Once the month is closed, they need a later business date.") if books.left else "",
    )


def _list_of(code: str, state: str) -> str:
    """Where those documents are listed; nowhere for who does not see their type."""
    declared = document_type(code)
    if not may_somewhere(declared.permission("view")):
        return ""
    return addresses.documents(declared, state=state)


def _closing(books: Books) -> pages.Action | None:
    if not books.is_over or not _may(CLOSE, books):
        return None
    facts = {"month": _month(books.next), "day": formats.full_day(books.next)}
    count = sum(many for _type, _state, many in books.left)
    text = _("Nothing more is posted with a date up to %(day)s.") % facts
    if count:
        left = ngettext(
            "%(count)s document is not posted and needs a later date then.",
            "%(count)s documents are not posted and need a later date then.",
            count,
        )
        text = f"{text} {left % {'count': count}}"
    return pages.Action(
        _("Close %(month)s") % facts,
        reverse("money-months-close", args=[books.entity.pk]),
        method="post", tone="primary", key="Ctrl Enter",
        fields={"through": books.next.isoformat(), "answers": "open_documents" if count else ""},
        confirm=pages.Confirm(_("Close %(month)s?") % facts, text, _("Close %(month)s") % facts),
    )  # fmt: skip


def _reopening(books: Books) -> Iterable[pages.Action]:
    if books.through is not None and _may(REOPEN, books):
        title = _("Open %(month)s again") % {"month": _month(books.through)}
        reason = pages.Field("reason", _("Reason"), is_required=True)
        url = reverse("money-months-reopen", args=[books.entity.pk])
        yield pages.Action(title, url, method="post", tone="danger", asks=(reason,))


def _may(permission: str, books: Books) -> bool:
    return all(may(permission, unit) for unit in books.units)
