"""The members' own page: joining, coming in by a code, what they have, and what they ask for."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.coupons import queries as coupons
from tongpan.business.membership import queries as membership
from tongpan.business.membership.models import Member
from tongpan.business.punchcards import queries as cards
from tongpan.business.selfservice import queries
from tongpan.business.selfservice.actions import AGREE, ASK_DATA, JOIN, WITHDRAW
from tongpan.business.selfservice.models import Consent
from tongpan.engines.messages import texting
from tongpan.faces.customers.door import (
    address_of,
    let_go,
    let_in,
    limited,
    member_of,
    page_here,
    said_by,
    shown,
    today,
)
from tongpan.faces.kit import formats
from tongpan.faces.kit.entry import PUBLIC, entry
from tongpan.faces.kit.frame import company_name
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.rules import phone_of

PHONE_MAX, CODE_MAX = 30, 12


@entry(permission=PUBLIC, scope="own", field_policy="none")
@limited
def home(request: HttpRequest) -> HttpResponse:
    """What a member has; or the door, for who has not shown a code yet."""
    member = member_of(request)
    if member is None:
        return _door(request, {})
    return _own(request, member)


@entry(permission=PUBLIC, scope="none", field_policy="none", methods=("POST",))
@limited
def code(request: HttpRequest) -> HttpResponse:
    """Send a code to a phone. Whether it is a member's is not said."""
    page_here()
    typed = request.POST.get("phone", "")[:PHONE_MAX]
    try:
        phone = _mobile(typed)
        made = queries.make_code(phone, address_of(request))
        text = _("%(company)s: your code is %(code)s. It holds for 5 minutes. Tell nobody.")
        texting.send(phone, text % {"company": company_name(), "code": made})
    except Refusal as no:
        return _door(request, {"phone": typed, "said": said_by(no)}, status=422)
    return _door(request, {"phone": phone, "was_sent": True})


@entry(permission=PUBLIC, scope="none", field_policy="none", methods=("POST",))
@limited
def enter(request: HttpRequest) -> HttpResponse:
    """Come in with the code; who is new joins, if they agree to the rules."""
    page = page_here()
    given = {name: request.POST.get(name, "")[:60] for name in ("phone", "name", "birthday")}
    typed, right = request.POST.get("code", "")[:CODE_MAX], ""
    try:
        phone = _mobile(given["phone"])
        known = queries.try_code(phone, typed)
        right = typed  # it stays typed while something else is asked for
        member = queries.member_by_phone(phone)
        if member is None:
            member = _joined(request, given | {"phone": phone}, page.code)
        queries.use_code(known)
    except Refusal as no:
        is_new = no.code == "consent_first"
        facts = {"said": said_by(no), "was_sent": True, "is_new": is_new, "code": right, **given}
        return _door(request, facts, status=422)
    if "offers" in request.POST:
        run(AGREE, member.pk, {"about": "offers", "version": page.code})
    let_in(request, member)
    return HttpResponseRedirect(reverse("own"))


def _joined(request: HttpRequest, given: dict[str, str], version: str) -> Member:
    if "rules" not in request.POST:
        raise Refusal("consent_first")
    found: Member = run(JOIN, env.new_id(), {**given, "consent": version}).result
    return found


def _mobile(typed: str) -> str:
    phone = phone_of(typed[:PHONE_MAX])
    if len(phone) != 11 or not phone.isdecimal():
        raise Refusal("phone_format", path="phone", given=typed)
    return phone


@entry(permission=PUBLIC, scope="own", field_policy="none", methods=("POST",))
@limited
def leave(request: HttpRequest) -> HttpResponse:
    """Go out: the browser is nobody's again."""
    let_go(request)
    return HttpResponseRedirect(reverse("own"))


def _door(request: HttpRequest, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    page = page_here()
    return shown(request, "customers/door.html", {"page": page, **facts}, status=status)


# -- what they have --------------------------------------------------------------------------------


def _own(
    request: HttpRequest, member: Member, *, said: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    on = today()
    standing = membership.standing_of(member.pk, on)
    agreed = queries.consents(member.pk)
    facts = {
        "member": member,
        "page": page_here(),
        "said": said,
        "points": standing.points(on),
        "lapsing": [(lot, n) for lot, n in standing.live(on).items()][:3],
        "owed": standing.debt,
        "principal": formats.money(standing.principal, "CNY"),
        "bonus": formats.money(standing.bonus, "CNY"),
        "stored_until": _day(standing.stored_until) if standing.stored else "",
        "is_stored_over": standing.is_stored_over(on),
        "coupons": [
            {"code": key, "name": one.name, "until": _day(one.valid_until)}
            for key, one in coupons.look((), member.pk, on).items()
        ],
        "cards": [
            {"name": one.name, "left": int(one.left), "until": _day(one.valid_until),
             "is_over": one.valid_until is not None and one.valid_until < on}
            for one in cards.look(member.pk).values()
        ],
        "receipts": [
            {"id": row.pk, "on": formats.day(row.business_date), "number": row.number,
             "store": (row.org_unit.parent or row.org_unit).name,
             "total": formats.money(row.total, "CNY")}
            for row in queries.receipts_of(member.pk)
        ],
        "consents": [
            {"about": about.value, "title": about.label, "given": agreed.get(about.value)}
            for about in Consent.About
        ],
        "requests": queries.requests_of(member.pk),
    }  # fmt: skip
    return shown(request, "customers/own.html", facts, status=status)


def _day(day: Any) -> str:
    return formats.day(day) if day is not None else ""


@entry(permission=PUBLIC, scope="own", field_policy="none")
@limited
def receipt(request: HttpRequest, slip: UUID) -> HttpResponse:
    """One slip of the member, with its lines and the way to its invoice."""
    member = member_of(request)
    found = queries.receipt_of(member.pk, slip) if member is not None else None
    if found is None:
        raise Http404
    facts = {
        "number": found.document.number,
        "at": formats.full_moment(found.document.posted_at),
        "store": found.store.name,
        "lines": [
            {"name": line.item.name, "amount": formats.money(line.gross),
             "sum": f"{formats.quantity(line.quantity, line.unit.name)} × "
                    f"{formats.price(line.price)}"}
            for line in found.lines
        ],
        "total": formats.money(found.gross, "CNY"),
        "token": found.invoice_token if found.invoiceable > 0 else "",
        "invoice": queries.invoice_of(found.document_id),
    }  # fmt: skip
    return shown(request, "customers/receipt.html", facts)


# -- what they agree to and ask for ----------------------------------------------------------------


@entry(permission=PUBLIC, scope="own", field_policy="none", methods=("POST",))
@limited
def consent(request: HttpRequest) -> HttpResponse:
    """Agree, or agree no more."""
    member = member_of(request)
    if member is None:
        return HttpResponseRedirect(reverse("own"))
    facts = {"about": request.POST.get("about", "")[:10], "version": page_here().code}
    run(AGREE if "agree" in request.POST else WITHDRAW, member.pk, facts)
    return HttpResponseRedirect(reverse("own"))


@entry(permission=PUBLIC, scope="own", field_policy="none", methods=("POST",))
@limited
def data(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of what is kept, or its erasure."""
    member = member_of(request)
    if member is None:
        return HttpResponseRedirect(reverse("own"))
    facts = {"member": str(member.pk), "about": request.POST.get("about", "")[:10]}
    try:
        run(ASK_DATA, env.new_id(), facts)
    except Refusal as no:
        if no.code == "not_found":
            raise
        return _own(request, member, said=tuple(said_by(no)), status=422)
    return HttpResponseRedirect(reverse("own"))
