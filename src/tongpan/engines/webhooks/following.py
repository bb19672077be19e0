"""Going along the feed for each endpoint, and writing down what it is to be told."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from tongpan.base import env
from tongpan.engines.webhooks.models import Delivery, DeliveryState, Endpoint
from tongpan.engines.webhooks.sending import SEND
from tongpan.kernel.events import feed, jobs
from tongpan.kernel.events.registry import Happened, chore, pattern_of
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.people import who_may

AT_ONCE = 500  # positions of the feed that are looked at in one transaction
KEEP_DAYS = 30


def follow() -> bool:
    """Write down what the feed has for each endpoint; whether there may be more."""
    head = feed.head()
    behind = Endpoint.objects.filter(is_active=True, position__lt=head)
    moved = [_follow(pk, head) for pk in behind.values_list("pk", flat=True)]
    return any(moved)


def _follow(pk: Any, head: int) -> bool:
    with transaction.atomic():
        rows = Endpoint.objects.select_for_update(skip_locked=True).filter(pk=pk, is_active=True)
        endpoint = rows.first()
        if endpoint is None:
            return False
        until = min(head, endpoint.position + AT_ONCE)
        told = feed.read(endpoint.position, until, pattern_of(endpoint.events))
        write_down(endpoint, _seen_by(endpoint, told))
        endpoint.position = until
        endpoint.save(update_fields=["position"])
    return until < head


def _seen_by(endpoint: Endpoint, events: Iterable[Happened]) -> list[Happened]:
    """Those of things that the endpoint's person may see where they happened."""
    found = list(events)
    units = OrgUnit.objects.in_bulk({event.org_unit for event in found})
    may: dict[tuple[str, Any], bool] = {}
    for event in found:
        key = (event.name.rpartition(".")[0], event.org_unit)
        if key not in may:
            unit = units.get(event.org_unit)
            holders = who_may(f"{key[0]}.view", unit) if unit is not None else frozenset()
            may[key] = endpoint.person_id in holders
    return [e for e in found if may[e.name.rpartition(".")[0], e.org_unit]]


def write_down(endpoint: Endpoint, events: Sequence[Happened]) -> None:
    """Have the endpoint be told of these; of what it was told before, once more."""
    if not events:
        return
    codes = dict(
        OrgUnit.objects.filter(pk__in={e.org_unit for e in events}).values_list("pk", "code")
    )
    now = env.now()
    rows = [
        Delivery(
            endpoint=endpoint, event=event.id, position=event.position, name=event.name,
            body=_body(event, codes.get(event.org_unit, "")), made_at=now, next_at=now,
        )
        for event in events
    ]  # fmt: skip
    Delivery.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["endpoint", "event"],
        update_fields=["state", "tries", "made_at", "next_at"],
    )
    ids = Delivery.objects.filter(endpoint=endpoint, event__in=[e.id for e in events])
    for pk in ids.order_by("position").values_list("pk", flat=True):
        jobs.enqueue(SEND, delivery=str(pk))


def _body(event: Happened, unit: str) -> str:
    """What is sent: what happened to what. What it looks like now, the other side asks the API,
    which shows its token what that may see."""
    kind = event.name.rpartition(".")[0]
    data = {
        "id": str(event.subject),
        "type": kind,
        "unit": unit,
        "position": event.position,
        "url": f"/api/v1/{kind}/{event.subject}",
    }
    if number := event.payload.get("number"):
        data["number"] = number
    return json.dumps(
        {"type": event.name, "timestamp": event.occurred_at.isoformat(), "data": data},
        ensure_ascii=False,
    )


def forget_old() -> None:
    """Delete what was told, or given up, a month ago."""
    before = env.now() - timedelta(days=KEEP_DAYS)
    Delivery.objects.filter(made_at__lt=before).exclude(state=DeliveryState.WAITING).delete()


chore(follow, name="webhooks.follow", every_s=0.5)
chore(forget_old, name="webhooks.forget_old", every_s=3600)
