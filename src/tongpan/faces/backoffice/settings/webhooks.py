"""Webhooks: which programs are told what happens, and whether they took it."""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.engines.webhooks.models import EDIT, Delivery, DeliveryState, Endpoint
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.events import feed

SHOWN = 200
TONES: dict[str, pages.Tone] = {
    DeliveryState.FAILED.value: "act",
    DeliveryState.WAITING.value: "wait",
}


@dataclass(frozen=True)
class SecretPage:
    """The one page that shows a secret."""

    title: str
    name: str
    key: str
    url: str
    back_url: str

    template = "settings/webhook_secret.html"


@entry(permission=EDIT, scope="company", field_policy="masked")
def webhooks(request: HttpRequest) -> HttpResponse:
    """Every address that is told something."""
    new = pages.Action(
        _("New webhook"), reverse("settings-webhook-new"), key="N", icon="plus", tone="primary"
    )
    rows = Endpoint.objects.select_related("person")
    head = feed.head()
    return show.page(
        request,
        pages.ListPage(
            title=_("Webhooks"),
            help=pages.Help(
                _("Other programs are told what happens, as soon as it does, and signed.")
            ),
            columns=(
                pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
                pages.Column("url", _("address"), pages.Kind.CODE, 2, "detail"),
                pages.Column("events", _("events"), pages.Kind.CODE, 3),
                pages.Column("person", _("Person"), keep=3),
                pages.Column("behind", _("not sent yet"), pages.Kind.NUMBER, 2, "amount"),
                pages.Column("state", _("state"), keep=1, at="state"),
            ),
            rows=tuple(_row(one, head) for one in rows[:SHOWN]),
            primary=new,
            empty=pages.Empty(
                _("No webhook yet"),
                _("A program that wants to know at once gives you an address."),
                (replace(new, tone="", key=""),),
            ),
        ),
    )


def _row(one: Endpoint, head: int) -> pages.Row:
    url = reverse("settings-webhook", args=[one.pk])
    cells = {
        "name": pages.Cell(one.name, url=url),
        "url": pages.Cell(one.url),
        "events": pages.Cell(listed(one.events)),
        "person": pages.Cell(one.person.name),
        "behind": pages.Cell(head - one.position),
        "state": pages.Cell(_("active") if one.is_active else _("paused")),
    }
    return pages.Row(str(one.pk), cells, url=url)


@entry(permission=EDIT, scope="company", field_policy="masked")
def webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """One address, with what it was sent."""
    return show.page(request, _page(_found(webhook_id)))


def _found(webhook_id: UUID) -> Endpoint:
    one: Endpoint = parts.found(Endpoint.objects.select_related("person"), webhook_id)
    return one


def _page(one: Endpoint) -> pages.MasterPage:
    def to(verb: str) -> str:
        return reverse("settings-webhook-act", args=[one.pk, verb])

    facts = (
        pages.Fact(_("address"), pages.Cell(one.url), pages.Kind.CODE),
        pages.Fact(_("events"), pages.Cell(listed(one.events)), pages.Kind.CODE),
        pages.Fact(_("Told what this person may see"), pages.Cell(one.person.name)),
        pages.Fact(_("Position in the feed"), pages.Cell(one.position), pages.Kind.NUMBER),
        pages.Fact(_("made at"), pages.Cell(one.created_at), pages.Kind.TIME),
    )
    position = pages.Field(
        "position", _("After position"), "quantity", str(one.position), is_required=True,
        hint=_("0 is from the very beginning"),
    )  # fmt: skip
    return pages.MasterPage(
        title=one.name,
        side=(pages.Card(_("Webhook"), facts=facts),),
        main=(_deliveries(one), histories.history_card(one.pk)),
        tag=None if one.is_active else pages.Tag(_("paused")),
        back_url=reverse("settings-webhooks"),
        primary=pages.Action(
            _("Edit"), reverse("settings-webhook-edit", args=[one.pk]), key="E", tone="primary"
        ),
        actions=(
            pages.Action(_("Send a test event"), to("test"), method="post"),
            pages.Action(
                _("Pause") if one.is_active else _("Resume"), to("switch"), method="post",
                fields={"is_active": "" if one.is_active else "1"},
            ),
            pages.Action(_("Replay"), to("replay"), method="post", asks=(position,)),
            pages.Action(
                _("New secret"), to("renew"), method="post", tone="danger",
                confirm=pages.Confirm(
                    _("Give %(name)s a new secret?") % {"name": one.name},
                    _("What is sent from now on is signed with it; the old one is over at once."),
                    _("New secret"),
                ),
            ),
        ),
    )  # fmt: skip


def _deliveries(one: Endpoint) -> pages.Card:
    rows = one.deliveries.all()[:SHOWN]
    return pages.Card(
        _("Deliveries"),
        note=_("The latest %(n)s; they are kept for a month.") % {"n": SHOWN},
        columns=(
            pages.Column("at", _("When"), pages.Kind.TIME, 1, "date"),
            pages.Column("name", _("event"), pages.Kind.CODE, 1, "title"),
            pages.Column("position", _("Position"), pages.Kind.NUMBER, 3),
            pages.Column("tries", _("tries"), pages.Kind.NUMBER, 2, "amount"),
            pages.Column("said", _("answer"), keep=2, at="detail"),
            pages.Column("next", _("next try"), pages.Kind.TIME, 3),
            pages.Column("state", _("state"), keep=1, at="state"),
        ),
        rows=tuple(_delivery(one, row) for row in rows),
        empty=_("Nothing was sent yet."),
        is_compact=True,
    )


def _delivery(one: Endpoint, row: Delivery) -> pages.Row:
    url = reverse("settings-webhook-delivery", args=[one.pk, row.pk])
    said = " ".join(str(part) for part in (row.status, row.said[:60]) if part)
    cells = {
        "at": pages.Cell(row.tried_at or row.made_at),
        "name": pages.Cell(row.name, url=url),
        "position": pages.Cell(row.position),
        "tries": pages.Cell(row.tries),
        "said": pages.Cell(said),
        "next": pages.Cell(row.next_at),
        "state": pages.Cell(row.get_state_display(), tone=TONES.get(row.state, "")),
    }
    return pages.Row(str(row.pk), cells, url=url)


@entry(permission=EDIT, scope="company", field_policy="masked")
def delivery(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """What was sent once, and what came back."""
    one = _found(webhook_id)
    row: Delivery = parts.found(one.deliveries.all(), delivery_id)
    facts = (
        pages.Fact(_("event"), pages.Cell(row.name), pages.Kind.CODE),
        pages.Fact("webhook-id", pages.Cell(str(row.event)), pages.Kind.CODE),
        pages.Fact(_("state"), pages.Cell(row.get_state_display())),
        pages.Fact(_("tries"), pages.Cell(row.tries), pages.Kind.NUMBER),
        pages.Fact(_("tried at"), pages.Cell(row.tried_at), pages.Kind.TIME),
        pages.Fact(_("Took"), pages.Cell("" if row.took_ms is None else f"{row.took_ms} ms")),
        pages.Fact(_("next try"), pages.Cell(row.next_at), pages.Kind.TIME),
    )
    again = pages.Action(
        _("Send again"), reverse("settings-webhook-act", args=[one.pk, "send_again"]),
        method="post", tone="primary", fields={"delivery": str(row.pk)},
    )  # fmt: skip
    status = "" if row.status is None else str(row.status)
    return show.page(
        request,
        pages.MasterPage(
            title=row.name,
            side=(pages.Card(_("Delivery"), facts=facts),),
            main=(
                pages.Card(_("Sent"), text=row.body),
                pages.Card(_("Answer"), text=f"{status} {row.said}".strip(),
                           empty=_("Nothing came back yet.")),
            ),
            back_url=reverse("settings-webhook", args=[one.pk]),
            primary=again,
        ),
    )  # fmt: skip


@entry(permission=EDIT, scope="company", field_policy="masked", methods=("GET", "POST"))
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Make a webhook. The answer is the one page that shows its secret."""
    pk = parts.new_id(request)
    url = f"{reverse('settings-webhook-new')}?id={pk}"
    return parts.form(
        request,
        lambda typed: _form(_("New webhook"), url, typed, {}, reverse("settings-webhooks")),
        lambda typed: _secret(request, _saved(pk, typed)),
    )


@entry(permission=EDIT, scope="company", field_policy="masked", methods=("GET", "POST"))
def webhook_edit(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Change what an address is told."""
    one = _found(webhook_id)
    url = reverse("settings-webhook-edit", args=[one.pk])
    back = reverse("settings-webhook", args=[one.pk])
    now = {"name": one.name, "url": one.url, "events": "\n".join(one.events)}

    def act(typed: parts.Typed) -> HttpResponse:
        _saved(one.pk, typed)
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.form(request, lambda typed: _form(one.name, url, typed, now, back), act)


def _saved(pk: UUID, typed: parts.Typed) -> Endpoint:
    wanted = [name for name in re.split(r"[\s,;，、；]+", typed.get("events", "")) if name]
    payload = {"name": typed.get("name"), "url": typed.get("url"), "events": wanted}
    made: Endpoint = run("webhooks.endpoint.save", pk, payload).result or _found(pk)
    return made


def _form(
    title: str, url: str, typed: parts.Typed, now: dict[str, Any], back_url: str
) -> pages.FormPage:
    fields = (
        pages.Field(
            "name", _("name"), value=typed.get("name", now.get("name", "")), is_required=True,
            hint=_("the program that is told"),
        ),
        pages.Field(
            "url", _("address"), value=typed.get("url", now.get("url", "")), is_required=True,
        ),
        pages.Field(
            "events", _("events"), "note", typed.get("events", now.get("events", "*")),
            is_required=True,
            hint=_("one in each line; stock.* is all of stock, * is everything you may see"),
        ),
    )  # fmt: skip
    said = _("It is sent what happened to which document; the rest it asks the API for.")
    return parts.form_page(title, url, fields, back_url=back_url, said=said)


def _secret(request: HttpRequest, one: Endpoint) -> HttpResponse:
    page = SecretPage(
        _("The secret of %(name)s") % {"name": one.name}, one.name, one.secret, one.url,
        reverse("settings-webhook", args=[one.pk]),
    )  # fmt: skip
    answer = show.page(request, page)
    answer["Cache-Control"] = "no-store"
    return answer


FIELDS = ("position", "is_active", "delivery")


@entry(permission=EDIT, scope="company", field_policy="masked", methods=("POST",))
def webhook_act(request: HttpRequest, webhook_id: UUID, verb: str) -> HttpResponse:
    """Test, pause, replay, give a new secret, or send something again."""
    one = _found(webhook_id)
    back = reverse("settings-webhook", args=[one.pk])
    said = {
        "renew": "",
        "test": _("The test event is on its way."),
        "switch": _("Saved"),
        "replay": _("It is told again what happened after that."),
        "send_again": _("It is on its way again."),
    }

    if verb not in said:
        raise Http404

    def act() -> HttpResponse:
        payload = {name: request.POST[name] for name in request.POST if name in FIELDS}
        outcome = run(f"webhooks.endpoint.{verb}", one.pk, payload)
        if verb == "renew":
            return _secret(request, outcome.result)
        return show.go(request, back, toast=pages.Toast(said[verb]))

    return parts.deed(request, act, lambda: _page(_found(webhook_id)))
