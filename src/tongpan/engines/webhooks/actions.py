"""Making, changing and replaying endpoints, as actions of the one gate."""

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.engines.webhooks.following import write_down
from tongpan.engines.webhooks.models import EDIT, Delivery, DeliveryState, Endpoint
from tongpan.engines.webhooks.sending import SEND
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events import feed, jobs
from tongpan.kernel.events.registry import Happened, declare_event, events, pattern_of
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.people import require_over, require_somewhere
from tongpan.kernel.org.permissions import declare_permission
from tongpan.kernel.org.rules import EVERYTHING
from tongpan.kernel.org.scope import who

TEST = "webhooks.test.sent"
NAME_MAX, URL_MAX, EVENTS_MAX = 60, 400, 50
WANTED = re.compile(r"[a-z0-9_*]+(\.[a-z0-9_*]+)*")

declare_permission(EDIT, _("Webhooks: Edit"))
say("webhook_url", noop("Write the whole address, as in https://example.com/tongpan."))
say("webhook_private", noop("This is a machine of your own network, or a port that is not of the"
                            " web. Write a public address."))  # fmt: skip
say("webhook_events", noop("No event is called {given}."))
say("webhook_position", noop("Write a position from 0 to {head}."))


def save(doing: Doing) -> None:
    """Make an endpoint or change it: payload `name`, `url`, `events` (a list of names).

    A new one is told what happens from now on, and what oneself may see.
    """
    _permit(doing)
    person = who().person
    if person is None:
        raise Refusal("not_found")
    before = Endpoint.objects.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if before is not None:
        require_over(before.person)
    values = _read(doing)
    now = before or Endpoint(
        pk=doing.subject, person=person, created_at=env.now(), position=feed.head()
    )
    for name, value in values.items():
        if before is None or getattr(now, name) != value:
            doing.changes[name] = [None if before is None else getattr(now, name), value]
            setattr(now, name, value)
    now.save()
    doing.result = now


def _read(doing: Doing) -> dict[str, Any]:
    said = doing.payload
    problems: list[Problem] = []
    name, url = str(said.get("name") or "").strip(), str(said.get("url") or "").strip()
    if not name:
        problems.append({"path": "name", "code": "required", "label": _("name")})
    elif len(name) > NAME_MAX:
        facts = {"label": _("name"), "max_length": NAME_MAX}
        problems.append({"path": "name", "code": "too_long", **facts})
    elif Endpoint.objects.filter(name=name).exclude(pk=doing.subject).exists():
        facts = {"label": _("name"), "given": name}
        problems.append({"path": "name", "code": "duplicate", **facts})
    if not _is_address(url):
        problems.append({"path": "url", "code": "webhook_url"})
    elif not settings.WEBHOOKS_PRIVATE and env.says_private(url):
        problems.append({"path": "url", "code": "webhook_private"})
    wanted = [str(one).strip() for one in said.get("events") or () if str(one).strip()]
    problems += [
        {"path": "events", "code": "webhook_events", "given": one}
        for one in wanted[: EVENTS_MAX + 1]
        if not _is_wanted(one)
    ]
    if not wanted:
        problems.append({"path": "events", "code": "required", "label": _("events")})
    elif len(wanted) > EVENTS_MAX:
        facts = {"label": _("events"), "max_length": EVENTS_MAX}
        problems.append({"path": "events", "code": "too_long", **facts})
    if problems:
        raise Refusal("invalid", problems=problems)
    return {"name": name, "url": url, "events": sorted(set(wanted))}


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    has_name = parts.username is not None or parts.password is not None
    return parts.scheme in ("http", "https") and is_whole and not has_name and len(url) <= URL_MAX


def _is_wanted(name: str) -> bool:
    """Whether any event that there is fits."""
    if not WANTED.fullmatch(name):
        return False
    fits = re.compile(pattern_of([name]))
    return any(fits.match(known) for known in events())


def renew(doing: Doing) -> None:
    """Give an endpoint another secret; the old one signs nothing from now on."""
    one = _there(doing)
    one.generation += 1
    one.save(update_fields=["generation"])
    doing.changes = {"generation": [one.generation - 1, one.generation]}
    doing.result = one


def switch(doing: Doing) -> None:
    """Stop telling an endpoint anything, or go on: payload `is_active`. It misses nothing."""
    one = _there(doing)
    is_active = bool(doing.payload.get("is_active"))
    doing.changes = {"is_active": [one.is_active, is_active]}
    one.is_active = is_active
    one.save(update_fields=["is_active"])
    if is_active:
        _send_waiting(one)


def replay(doing: Doing) -> None:
    """Tell an endpoint everything after a `position` of the feed once more."""
    one = _there(doing)
    head, given = feed.head(), str(doing.payload.get("position", "")).strip()
    if not given.isdecimal() or int(given) > head:
        problem = {"path": "position", "code": "webhook_position", "head": head}
        raise Refusal("invalid", problems=[problem])
    doing.changes = {"position": [one.position, int(given)]}
    one.position = int(given)
    one.save(update_fields=["position"])


def send_again(doing: Doing) -> None:
    """Send one delivery of an endpoint again, at once: payload `delivery`."""
    one = _there(doing)
    rows = one.deliveries.select_for_update().filter(pk=UUID(str(doing.payload["delivery"])))
    found = rows.first()
    if found is None:
        raise Refusal("not_found")
    doing.changes = {"sent": [None, found.name]}
    found.state, found.tries, found.next_at = DeliveryState.WAITING, 0, env.now()
    found.save()
    jobs.enqueue(SEND, delivery=str(found.pk))


def test(doing: Doing) -> None:
    """Send an event that means nothing, to see whether the other side takes it."""
    one = _there(doing)
    unit = who().at or OrgUnit.objects.order_by("path").first()
    assert unit is not None, "A company has a unit."
    now = env.now()
    person = who().person
    event = Happened(
        position=feed.head(), id=env.new_id(), business_date=now.date(), name=TEST,
        subject=one.pk, org_unit=unit.pk, actor=person.pk if person else None,
        authorised_by=None, occurred_at=now, payload={},
    )  # fmt: skip
    write_down(one, [event])


def _there(doing: Doing) -> Endpoint:
    """The endpoint, for whoever may edit it and may do at least what its person may."""
    _permit(doing)
    one = Endpoint.objects.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if one is None:
        raise Refusal("not_found")
    require_over(one.person)
    return one


def _permit(doing: Doing) -> None:
    """A program with a token for little may not have itself told what its person may see."""
    require_somewhere(EDIT)
    if not who().is_in_scopes(EVERYTHING):
        raise Forbidden("forbidden", permission=EDIT)
    doing.is_permitted, doing.kind = True, "webhooks.endpoint"


def _send_waiting(one: Endpoint) -> None:
    for delivery in Delivery.objects.filter(endpoint=one, state=DeliveryState.WAITING):
        jobs.enqueue(SEND, delivery=str(delivery.pk))


for _code, _title, _run, _past in (
    ("save", _("Save a webhook"), save, "saved"),
    ("renew", _("New secret of a webhook"), renew, "renewed"),
    ("switch", _("Pause or resume a webhook"), switch, "switched"),
    ("replay", _("Replay a webhook"), replay, "replayed"),
    ("send_again", _("Send again"), send_again, "sent_again"),
    ("test", _("Send a test event"), test, "tested"),
):
    _event = declare_event(f"webhooks.endpoint.{_past}", _title)
    register_action(
        Action(
            code=f"webhooks.endpoint.{_code}", title=_title, run=_run, permission=EDIT, event=_event
        )
    )
declare_event(TEST, _("A test event"))
