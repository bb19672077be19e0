"""What customers asked for by themselves, and the poster that brings them to their page."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import Member
from tongpan.business.selfservice import queries
from tongpan.business.selfservice.actions import CLOSE
from tongpan.business.selfservice.models import MembersPage, Request
from tongpan.faces.backoffice.asked import id_of
from tongpan.faces.backoffice.settings import parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.entry import entry
from tongpan.faces.kit.frame import company_name, frame_context
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.scope import may, visible, who

SEE, SHOWN, SEE_PAGE = queries.SEE, 200, "selfservice.page.view"


@entry(permission=SEE, scope="units", field_policy="masked")
def requests(request: HttpRequest) -> HttpResponse:
    """Requests that are open, the oldest first; those that were done, or declined."""
    state = request.GET.get("state", "")
    state = state if state in Request.State.values else Request.State.OPEN.value
    rows = queries.requests_here(_here(), state)[:SHOWN]
    return show.page(
        request,
        pages.ListPage(
            title=_("Requests of customers"),
            help=pages.Help(
                _("Invoices that were asked for by the code on a slip, and members who want a copy"
                  " of their data or its erasure. Tick what was done.")
            ),
            views=tuple(
                pages.View(str(one.label), f"?state={one.value}", is_current=one.value == state)
                for one in Request.State
            ),
            kept={"state": state},
            columns=(
                pages.Column("asked", _("asked at"), pages.Kind.TIME, 1, at="date"),
                pages.Column("about", _("What is requested"), keep=1, at="title"),
                pages.Column("slip", _("slip"), pages.Kind.LINK, 2, at="code"),
                pages.Column("title", _("name on the invoice"), keep=1, at="detail"),
                pages.Column("number", _("tax number"), pages.Kind.CODE, 2),
                pages.Column("amount", _("amount"), pages.Kind.MONEY, 2, "amount"),
                pages.Column("member", _("member"), pages.Kind.LINK, 3),
                pages.Column("by", _("done by"), keep=3),
                pages.Column("note", _("note"), keep=4),
            ),
            rows=tuple(_row(row) for row in rows),
            actions=_poster(),
            batch=_deeds() if state == Request.State.OPEN else (),
            empty=pages.Empty(
                _("Nothing was asked for"), _("Requests come from the code on the slip.")
            ),
            listens="*",
        ),
    )  # fmt: skip


def _poster() -> tuple[pages.Action, ...]:
    if not may(SEE_PAGE, None) or _page() is None:
        return ()
    return (pages.Action(_("Poster"), reverse("members-poster"), icon="print"),)


def _page() -> MembersPage | None:
    here = who().at
    return queries.page_on(business_date(here, env.now()) if here else env.now().date())


def waiting_here() -> QuerySet[Request]:
    """Those that wait for an answer, the oldest first; none for who may not answer."""
    if not may(CLOSE, who().at):
        return Request.objects.none()
    return _here().filter(state=Request.State.OPEN).order_by("asked_at", "pk")


def _here() -> QuerySet[Request]:
    """Those of slips that the person may see, and of members where they may see all."""
    slips = visible(Document, SEE).filter(type="till.sale").values("pk")
    wanted = Q(sale__in=slips)
    return visible(Request, SEE).filter(wanted | Q(sale=None) if may(SEE, None) else wanted)


def _row(row: Request) -> pages.Row:
    sale = row.sale
    cells = {
        "asked": pages.Cell(row.asked_at),
        "about": pages.Cell(row.get_about_display()),
        "slip": pages.Cell(
            sale.number if sale else "",
            url=addresses.document("till.sale", sale.pk) if sale else "",
        ),
        "title": pages.Cell(row.title),
        "number": pages.Cell(row.tax_number),
        "amount": pages.Cell(sale.total if sale else None),
        "member": pages.Cell(
            row.member.code if row.member else "",
            url=addresses.master_of(Member, row.member_id) if row.member_id else "",
        ),
        "by": pages.Cell(row.done_by.name if row.done_by else ""),
        "note": pages.Cell(row.note),
    }
    return pages.Row(str(row.pk), cells)


def _deeds() -> tuple[pages.Action, ...]:
    if not may(CLOSE, who().at):
        return ()
    url, note = reverse("members-requests-close"), pages.Field("note", _("note"))
    return (
        pages.Action(_("Done"), url, method="post", tone="primary", asks=(note,)),
        pages.Action(
            _("Decline"), url, method="post", tone="danger", fields={"declined": "1"}, asks=(note,)
        ),
    )


@entry(permission=CLOSE, scope="units", field_policy="masked", methods=("POST",))
def requests_close(request: HttpRequest) -> HttpResponse:
    """Say of the ticked requests that they were done, or declined."""
    back = reverse("members-requests")
    ids = [pk for raw in request.POST.getlist("ids")[:SHOWN] if (pk := id_of(raw))]
    facts = {"note": request.POST.get("note", ""), "is_declined": "declined" in request.POST}
    known = set(_here().filter(pk__in=ids).values_list("pk", flat=True))
    try:
        for pk in ids:
            if pk in known:
                run(CLOSE, pk, facts)
    except Refusal as no:
        return show.go(request, back, toast=pages.Toast(parts.refused(no)[0].title))
    return show.go(request, back, toast=pages.Toast(_("%(n)s closed") % {"n": len(known)}))


@entry(permission=SEE_PAGE, scope="company", field_policy="masked")
def poster(request: HttpRequest) -> HttpResponse:
    """A sheet for the wall: the code that brings customers to their page."""
    page = _page()
    if page is None:
        raise Http404
    context = {
        **frame_context(request),
        "company": company_name(),
        "url": f"{page.address.rstrip('/')}/c/",
    }
    return HttpResponse(render_to_string("backoffice/poster.html", context, request))
