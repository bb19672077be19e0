"""Payments by code that need somebody: what is unknown, charged in vain, or does not match."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.business.stored_value.documents import CARD_SALE, TOP_UP
from tongpan.business.till.documents import SALE
from tongpan.engines.payments import asking
from tongpan.engines.payments.actions import GIVE_BACK, RESOLVE, VIEW
from tongpan.engines.payments.models import (
    OPEN,
    REFUND_OPEN,
    Attempt,
    AttemptState,
    NoticeIn,
    NoticeState,
    Refund,
)
from tongpan.engines.payments.reasons import in_words
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may, may_somewhere, visible, who

SHOWN = 200
PAID_BY_CODE = (SALE.code, TOP_UP.code, CARD_SALE.code)
IN_VAIN_AFTER = timedelta(minutes=2)  # so long a till may take from the charge to the sale


def open_attempts() -> QuerySet[Attempt]:
    """What is not closed, and what was charged for a sale that never came, or was undone."""
    late = env.now() - IN_VAIN_AFTER
    undone = Document.unscoped.filter(type__in=PAID_BY_CODE, state=State.REVERSED).values("pk")
    in_vain = Q(state=AttemptState.CHARGED, refunding=0)
    unused = Q(used_at=None, closed_at__lt=late) | Q(sale__in=undone)
    rows = visible(Attempt, VIEW).filter(Q(state__in=OPEN) | (in_vain & unused))
    return rows.select_related("account", "till", "store").order_by("begun_at")


def open_refunds() -> QuerySet[Refund]:
    """What is asked back and not closed, and what the provider refused."""
    rows = visible(Refund, VIEW).filter(state__in=[*REFUND_OPEN, "failed"])
    return rows.select_related("attempt__account", "attempt__till").order_by("begun_at")


def mismatches() -> QuerySet[NoticeIn]:
    """Notices that spoke of other money, or another merchant."""
    rows = visible(NoticeIn, VIEW).filter(state=NoticeState.MISMATCH)
    return rows.select_related("account__org_unit").order_by("at")


def to_clear_up(units: Sequence[OrgUnit]) -> pages.Waiting | None:
    """What the home page says of it, to those who may clear it up."""
    if not any(may(RESOLVE, unit) for unit in units) or not _is_used():
        return None
    found = list(
        open_attempts()
        .order_by()
        .values_list("begun_at")
        .union(
            open_refunds().order_by().values_list("begun_at"),
            mismatches().order_by().values_list("at"),
            all=True,
        )[:SHOWN]
    )
    if not found:
        return None
    since = formats.moment(min(row[0] for row in found))
    return pages.Waiting(
        len(found), _("Payments to clear up"), reverse("payments"), since=since, tone="act"
    )


_unused_until_s: dict[str, float] = {}  # by company, on the clock that never goes back


def _is_used() -> bool:
    """Whether anybody ever paid by code. A company where nobody did is asked once a minute."""
    schema, now_s = connection.schema_name, env.monotonic_s()  # type: ignore[attr-defined]
    if now_s < _unused_until_s.get(schema, 0.0):
        return False
    is_used = Attempt.unscoped.exists() or NoticeIn.unscoped.exists()
    if not is_used:
        _unused_until_s[schema] = now_s + 60
    return is_used


@entry(permission=VIEW, scope="units", field_policy="masked")
def payments(request: HttpRequest) -> HttpResponse:
    """What needs somebody, the oldest first."""
    rows = [_of_attempt(one) for one in open_attempts()[:SHOWN]]
    rows += [_of_refund(one) for one in open_refunds()[:SHOWN]]
    rows += [_of_notice(one) for one in mismatches()[:SHOWN]]
    return show.page(
        request,
        pages.ListPage(
            title=_("Payments to clear up"),
            help=pages.Help(
                _(
                    "The program asks providers by itself until it knows. What stays here needs"
                    " somebody who looks at the provider's own list."
                )
            ),
            columns=(
                pages.Column("at", _("When"), pages.Kind.TIME, 1, "date"),
                pages.Column("what", _("What"), pages.Kind.LINK, 1, "title"),
                pages.Column("provider", _("provider"), keep=2, at="detail"),
                pages.Column("where", _("till"), keep=3),
                pages.Column("amount", _("amount"), pages.Kind.MONEY, 1, "amount"),
                pages.Column("said", _("What was said last"), keep=2),
                pages.Column("state", _("state"), keep=1, at="state"),
            ),
            rows=tuple(rows),
            empty=pages.Empty(
                _("Nothing to clear up"), _("Every payment by code is known to be paid or not.")
            ),
        ),
    )


def _row(pk: UUID, url: str, tone: pages.Tone = "wait", **cells: Any) -> pages.Row:
    kept = {name: pages.Cell(value) for name, value in cells.items()}
    kept["what"] = pages.Cell(cells["what"], url=url)
    kept["state"] = pages.Cell(cells["state"], tone=tone)
    return pages.Row(str(pk), kept, url=url)


def _of_attempt(one: Attempt) -> pages.Row:
    is_in_vain = one.state == AttemptState.CHARGED
    return _row(
        one.pk, reverse("payment", args=[one.pk]), "act" if is_in_vain else "wait",
        at=one.begun_at, provider=one.account.title, where=one.till.name, amount=one.amount,
        what=_("Charged, and no sale") if is_in_vain else _("Payment by code"),
        said=in_words(one.reason), state=one.get_state_display(),
    )  # fmt: skip


def _of_refund(one: Refund) -> pages.Row:
    attempt = one.attempt
    return _row(
        one.pk, reverse("payment", args=[attempt.pk]), "act" if one.state == "failed" else "wait",
        at=one.begun_at, provider=attempt.account.title, where=attempt.till.name,
        amount=one.amount, what=_("Refund"), said=in_words(one.reason),
        state=one.get_state_display(),
    )  # fmt: skip


def _of_notice(one: NoticeIn) -> pages.Row:
    url = reverse("payment-notice", args=[one.pk])
    return _row(
        one.pk, url, "act", at=one.at, provider=one.account.title,
        where=one.account.org_unit.name, amount=one.amount, what=_("Notice that does not match"),
        said=_why(one), state=one.get_state_display(),
    )  # fmt: skip


def _why(one: NoticeIn) -> str:
    return _("another merchant") if one.why == "merchant" else _("another amount")


# -- one of them ---------------------------------------------------------------------------------


@entry(permission=VIEW, scope="units", field_policy="masked")
def payment(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """One payment: what was asked, and everything that was said."""
    return show.page(request, _page(_found(attempt_id)))


def _found(attempt_id: UUID) -> Attempt:
    rows = visible(Attempt, VIEW).select_related("account", "till", "store", "begun_by")
    one: Attempt = parts.found(rows, attempt_id)
    return one


def _page(one: Attempt) -> pages.MasterPage:
    facts = (
        pages.Fact(_("state"), pages.Cell(one.get_state_display())),
        pages.Fact(_("amount"), pages.Cell(one.amount), pages.Kind.MONEY),
        pages.Fact(_("provider"), pages.Cell(one.account.title)),
        pages.Fact(_("till"), pages.Cell(f"{one.store.name} {one.till.name}")),
        pages.Fact(_("Our number"), pages.Cell(one.out_number), pages.Kind.CODE),
        pages.Fact(_("provider's number"), pages.Cell(one.number), pages.Kind.CODE),
        pages.Fact(_("Code ends in"), pages.Cell(one.code_end), pages.Kind.CODE),
        pages.Fact(_("begun at"), pages.Cell(one.begun_at), pages.Kind.TIME),
        *_paid_for(one),
        pages.Fact(_("Sale recorded"), pages.Cell(one.used_at), pages.Kind.TIME),
        pages.Fact(_("Person"), pages.Cell(one.begun_by.name if one.begun_by else "")),
    )
    return pages.MasterPage(
        title=_("Payment by code"),
        side=(pages.Card(_("Payment"), facts=facts),),
        main=(_answers(one), _refunds(one), histories.history_card(one.pk)),
        tag=pages.Tag(one.get_state_display()),
        back_url=reverse("payments"),
        actions=tuple(_deeds(one)),
    )


def _paid_for(one: Attempt) -> Iterator[pages.Fact]:
    """The document that it is for, if it is there: a slip, or a top-up, perhaps still a draft."""
    found = visible(Document).filter(pk=one.sale, type__in=PAID_BY_CODE).first()
    if found is not None:
        url = addresses.document(found.type, found.pk)
        name = found.number or found.get_state_display()
        yield pages.Fact(_("Document"), pages.Cell(name, url=url), pages.Kind.LINK)


def _deeds(one: Attempt) -> list[pages.Action]:
    def to(verb: str) -> str:
        return reverse("payment-act", args=[one.pk, verb])

    evidence = pages.Field(
        "evidence", _("How you know"), "note", is_required=True,
        hint=_("such as: stands in the provider's list of 14:05, number 4200…"),
    )  # fmt: skip
    deeds: list[pages.Action] = []
    if one.is_open:
        deeds.append(pages.Action(_("Ask the provider again"), to("ask"), method="post"))
        if may(RESOLVE, one.till):
            charged, declined = _("The customer was charged"), _("The customer was not charged")
            for outcome, title in (("charged", charged), ("declined", declined)):
                deeds.append(
                    pages.Action(
                        title, to("resolve"), method="post", asks=(evidence,),
                        fields={"outcome": outcome},
                    )
                )  # fmt: skip
    is_in_vain = open_attempts().filter(pk=one.pk, state=AttemptState.CHARGED).exists()
    if is_in_vain and may(GIVE_BACK, one.till):
        deeds.append(pages.Action(_("Give it back"), to("give-back"), method="post"))
    for refund in one.refunds.filter(state__in=REFUND_OPEN):
        if may(RESOLVE, one.till):
            back, not_back = _("The refund arrived"), _("The refund was refused")
            for outcome, title in (("refunded", back), ("refused", not_back)):
                deeds.append(
                    pages.Action(
                        title, to("resolve-refund"), method="post", asks=(evidence,),
                        fields={"outcome": outcome, "refund": str(refund.pk)},
                    )
                )  # fmt: skip
    return deeds


def _answers(one: Attempt) -> pages.Card:
    kinds = {
        "charge": _("charge"), "query": _("query"), "cancel": _("call off"),
        "refund": _("Refund"), "notice": _("notice"), "person": _("a person"),
    }  # fmt: skip
    said = {
        "charged": _("charged"), "declined": _("not charged"), "unknown": _("unknown"),
        "waiting": _("waiting for the customer"), "cancelled": _("closed"),
        "missing": _("not known there"), "refunded": _("given back"), "refused": _("refused"),
    }  # fmt: skip
    rows = tuple(
        pages.Row(
            str(row.pk),
            {
                "at": pages.Cell(row.at),
                "kind": pages.Cell(kinds.get(row.kind, row.kind)),
                "said": pages.Cell(said.get(row.said, row.said)),
                "amount": pages.Cell(row.amount),
                "reason": pages.Cell(in_words(row.reason)),
            },
        )
        for row in one.answers.order_by("-at", "-id")[:SHOWN]
    )
    return pages.Card(
        _("What was said"),
        note=_("Answers are only added, never changed."),
        columns=(
            pages.Column("at", _("When"), pages.Kind.TIME, 1, "date"),
            pages.Column("kind", _("asked"), keep=1, at="title"),
            pages.Column("said", _("answer"), keep=1, at="state"),
            pages.Column("amount", _("amount"), pages.Kind.MONEY, 2, "amount"),
            pages.Column("reason", _("reason"), keep=2, at="detail"),
        ),
        rows=rows,
        empty=_("Nothing was said yet."),
        is_compact=True,
    )


def _refunds(one: Attempt) -> pages.Card:
    rows = tuple(
        pages.Row(
            str(row.pk),
            {
                "at": pages.Cell(row.begun_at),
                "amount": pages.Cell(row.amount),
                "why": pages.Cell(row.why),
                "reason": pages.Cell(in_words(row.reason)),
                "state": pages.Cell(row.get_state_display()),
            },
        )
        for row in one.refunds.all()
    )
    return pages.Card(
        _("Refunds"),
        columns=(
            pages.Column("at", _("When"), pages.Kind.TIME, 1, "date"),
            pages.Column("why", _("reason"), keep=2, at="detail"),
            pages.Column("reason", _("answer"), keep=3),
            pages.Column("amount", _("amount"), pages.Kind.MONEY, 1, "amount"),
            pages.Column("state", _("state"), keep=1, at="state"),
        ),
        rows=rows,
        empty=_("Nothing went back."),
        is_compact=True,
    )


@entry(permission=VIEW, scope="units", field_policy="masked", methods=("POST",))
def payment_act(request: HttpRequest, attempt_id: UUID, verb: str) -> HttpResponse:
    """Ask again, say what became of it, or give it back."""
    one = _found(attempt_id)
    back = reverse("payment", args=[one.pk])
    said = {name: request.POST.get(name, "") for name in ("outcome", "evidence")}

    def act() -> HttpResponse:
        told = _("Saved")
        if verb == "ask":
            after = asking.ask(one)
            told = _("The provider says: %(said)s") % {"said": after.get_state_display()}
        elif verb == "resolve":
            run("payments.attempt.resolve", one.pk, said)
        elif verb == "give-back":
            run("payments.refund.begin", env.new_id(), {"attempt": str(one.pk), "why": _by()})
            told = _("It is on its way back.")
        elif verb == "resolve-refund":
            named = as_id(request.POST.get("refund", "")) or one.pk
            refund = parts.found(one.refunds.all(), named)
            run("payments.refund.resolve", refund.pk, said)
        else:
            raise Http404
        return show.go(request, back, toast=pages.Toast(told))

    return parts.deed(request, act, lambda: _page(_found(attempt_id)))


def _by() -> str:
    person = who().person
    return person.name if person else ""


@entry(permission=VIEW, scope="units", field_policy="masked", methods=("GET", "POST"))
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """A notice that does not match; whoever looked into it says what it was."""
    rows = visible(NoticeIn, VIEW).select_related("account__org_unit")
    one: NoticeIn = parts.found(rows, notice_id)
    url = reverse("payment-notice", args=[one.pk])

    def page() -> pages.MasterPage:
        facts = (
            pages.Fact(_("state"), pages.Cell(one.get_state_display())),
            pages.Fact(_("reason"), pages.Cell(_why(one))),
            pages.Fact(_("amount"), pages.Cell(one.amount), pages.Kind.MONEY),
            pages.Fact(_("provider"), pages.Cell(one.account.title)),
            pages.Fact(_("Our number"), pages.Cell(one.number), pages.Kind.CODE),
            pages.Fact(_("at"), pages.Cell(one.at), pages.Kind.TIME),
        )
        seen = pages.Action(
            _("I looked into it"), url, method="post", tone="primary",
            asks=(pages.Field("evidence", _("What it was"), "note", is_required=True),),
        )  # fmt: skip
        is_open = one.state == NoticeState.MISMATCH and may_somewhere(RESOLVE)
        return pages.MasterPage(
            title=_("Notice that does not match"),
            side=(pages.Card(_("Notice"), facts=facts),),
            main=(histories.history_card(one.pk),),
            back_url=reverse("payments"),
            primary=seen if is_open else None,
        )

    def act() -> HttpResponse:
        said = {"outcome": "charged", "evidence": request.POST.get("evidence", "")}
        run("payments.notice.see", one.pk, said)
        return show.go(request, reverse("payments"), toast=pages.Toast(_("Saved")))

    if request.method != "POST":
        return show.page(request, page())
    return parts.deed(request, act, page)
