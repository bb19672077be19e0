"""What customers do by themselves, and what staff do with what they ask for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.membership.actions import joined_by
from tongpan.business.membership.models import Member
from tongpan.business.selfservice import queries
from tongpan.business.selfservice.models import Consent, Request
from tongpan.business.selfservice.rules import PRIVATE, TITLE_MAX, tax_number_of
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.events.jobs import job
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import declare_permission, who

JOIN, AGREE, WITHDRAW = (
    "selfservice.member.join", "selfservice.consent.give", "selfservice.consent.withdraw",
)  # fmt: skip
ASK_INVOICE, ASK_DATA = "selfservice.request.invoice", "selfservice.request.data"
CLOSE = "selfservice.request.close"
KIND = "selfservice.request"


def join(doing: Doing) -> None:
    """Let a customer join whose phone was proven by a code: payload `phone`, and `name`,
    `birthday` if they like; `consent` is the version of the rules that they agreed to.

    The result is the member.
    """
    version = str(doing.payload.get("consent") or "")
    joined_by(doing, Member.Via.PAGE)
    _keep(doing, doing.result, Consent.About.RULES, version)


def agree(doing: Doing) -> None:
    """Write down that a member agrees: payload `about` (rules or offers), `version`."""
    doing.require(None)
    _keep(doing, _member(doing), _about(doing), str(doing.payload.get("version") or "")[:40])


def withdraw(doing: Doing) -> None:
    """Write down that a member agrees no more: payload `about`."""
    doing.require(None)
    member, about = _member(doing), _about(doing)
    rows = Consent.objects.filter(member=member, about=about, withdrawn_at=None)
    doing.kind = "membership.member"
    if rows.update(withdrawn_at=doing.at):
        doing.changes = {f"consent_{about}": [True, None]}


def _keep(doing: Doing, member: Member, about: str, version: str) -> None:
    Consent.objects.filter(member=member, about=about, withdrawn_at=None).exclude(
        version=version
    ).update(withdrawn_at=doing.at)
    Consent.objects.get_or_create(
        member=member, about=about, withdrawn_at=None,
        defaults={"id": env.new_id(), "version": version, "given_at": doing.at},
    )  # fmt: skip
    doing.kind = "membership.member"
    doing.changes |= {f"consent_{about}": [None, version]}


def _member(doing: Doing) -> Member:
    found = Member.objects.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if found is None:
        raise Refusal("not_found")
    return found


def _about(doing: Doing) -> str:
    about = str(doing.payload.get("about"))
    if about not in Consent.About.values:
        raise Refusal("not_found")
    return about


# -- what customers ask for ------------------------------------------------------------------------


def ask_invoice(doing: Doing) -> None:
    """Ask for the invoice of a slip by the token that it bears: payload `token`, `is_company`,
    `title`, `tax_number`. The result is the request.

    Errors: Refusal not_found, invoice_nothing, invoice_known, or naming what is wrong.
    """
    sale = queries.sale_of_token(str(doing.payload.get("token") or ""))
    if sale is None:
        raise Refusal("not_found")
    doing.require(sale.document.org_unit)
    if sale.invoiceable <= 0:
        raise Refusal("invoice_nothing")
    title, number = PRIVATE, ""
    if doing.payload.get("is_company"):
        title = str(doing.payload.get("title") or "").strip()[:TITLE_MAX]
        number = tax_number_of(str(doing.payload.get("tax_number") or "")[:60])
        problems = [{"path": "title", "code": "invoice_title"}] if not title else []
        if not number:
            problems.append({"path": "tax_number", "code": "invoice_tax_number"})
        if problems:
            raise Refusal("invalid", problems=problems)
    row = Request(
        id=doing.subject, about=Request.About.INVOICE, sale=sale.document, title=title,
        tax_number=number, asked_at=doing.at,
    )  # fmt: skip
    _write(doing, row, "invoice_known")


def ask_data(doing: Doing) -> None:
    """Ask for a copy of one's data, or its erasure: payload `member`, `about`."""
    doing.require(None)
    about = str(doing.payload.get("about"))
    member = Member.objects.filter(pk=UUID(str(doing.payload.get("member")))).first()
    if member is None or about not in (Request.About.COPY, Request.About.ERASE):
        raise Refusal("not_found")
    row = Request(id=doing.subject, about=about, member=member, asked_at=doing.at)
    _write(doing, row, "asked_already")


def _write(doing: Doing, row: Request, known: str) -> None:
    doing.kind, doing.result = KIND, row
    doing.told = {"about": str(row.about)}
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refusal(known) from None


def close(doing: Doing) -> None:
    """Say that a request was done, or declined: payload `is_declined`, `note`."""
    rows = Request.objects.select_for_update(of=("self",)).select_related("sale__org_unit")
    row = rows.filter(pk=doing.subject).first()
    if row is None:
        raise Refusal("not_found")
    doing.require(row.sale.org_unit if row.sale is not None else None)
    if row.state != Request.State.OPEN:
        raise Refusal("request_closed")
    before: Any = str(row.state)
    is_declined = bool(doing.payload.get("is_declined"))
    row.state = Request.State.DECLINED if is_declined else Request.State.DONE
    row.done_at, row.done_by = doing.at, who().person
    row.note = str(doing.payload.get("note") or "").strip()[:120]
    row.save(update_fields=["state", "done_at", "done_by", "note"])
    doing.kind, doing.note = KIND, row.note
    doing.changes = {"state": [before, str(row.state)]}


@job("selfservice.night", tries=3, cron="40 20 * * *")
def night() -> None:
    """Codes of the days before are deleted."""
    top = OrgUnit.objects.filter(parent=None).order_by("path").first()
    if top is not None:
        queries.forget_codes(business_date(top, env.now()) - timedelta(days=1))


declare_permission(JOIN, _("Member: Join by themselves"), _("Customers do this; no role needs it."))
declare_permission(AGREE, _("Consent: Give by themselves"), _("Members do this; no role needs it."))
declare_permission(ASK_INVOICE, _("Request: Ask"), _("Customers do this; no role needs it."))
declare_permission(queries.SEE, _("Requests of customers: See"))
declare_permission(CLOSE, _("Requests of customers: Close"))
declare_event("selfservice.request.asked", _("Request of a customer: asked"))
for _code, _title, _run, _permission, _event in (
    (JOIN, _("Join by themselves"), join, JOIN, "membership.member.joined"),
    (AGREE, _("Agree"), agree, AGREE, None),
    (WITHDRAW, _("Withdraw"), withdraw, AGREE, None),
    (ASK_INVOICE, _("Ask for an invoice"), ask_invoice, ASK_INVOICE, "selfservice.request.asked"),
    (ASK_DATA, _("Ask for data"), ask_data, ASK_INVOICE, "selfservice.request.asked"),
    (CLOSE, _("Close a request"), close, CLOSE, None),
):
    register_action(
        Action(code=_code, title=_title, run=_run, permission=_permission, event=_event)
    )
