"""Sending a delivery, and trying again later and later while the other side does not take it."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from tongpan.base import env
from tongpan.engines.webhooks.models import EDIT, Delivery, DeliveryState
from tongpan.engines.webhooks.signing import signed
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.notices import notify
from tongpan.kernel.events import jobs
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.people import who_may

# After how long it is tried again; a day and a half in all, as receivers are told to expect.
WAITS_S = (5, 300, 1800, 7200, 18000, 36000, 50400)
TIMEOUT_S = 10.0
SAID_MAX = 400
TELL_AFTER = 3  # tries, half an hour: what passes by itself needs nobody


@jobs.job("webhooks.send")
def send(delivery: str) -> None:
    """Try a delivery once. It counts as taken when the other side answers 2xx.

    It may be sent more than once: the other side knows it by its `webhook-id`.
    """
    rows = Delivery.objects.select_for_update().select_related("endpoint")
    one = rows.filter(pk=UUID(delivery)).first()
    if one is None or one.state != DeliveryState.WAITING or not one.endpoint.is_active:
        return
    now = env.now()
    headers = signed(one.endpoint.key, str(one.event), now, one.body)
    headers |= {"content-type": "application/json", "user-agent": "Tongpan-Webhooks"}
    began = env.monotonic_s()
    try:
        answer = env.post(
            one.endpoint.url, one.body.encode(), headers, timeout_s=TIMEOUT_S,
            may_be_private=settings.WEBHOOKS_PRIVATE,
        )  # fmt: skip
    except env.Unreachable as why:
        one.status, one.said = None, str(why)[:SAID_MAX]
    else:
        one.status, one.said = answer.status, answer.text[:SAID_MAX].replace("\0", "")
    one.took_ms = int((env.monotonic_s() - began) * 1000)
    one.tried_at, one.tries = now, one.tries + 1
    _settle(one)
    one.save()


def _settle(one: Delivery) -> None:
    one.next_at = None
    if one.status is not None and 200 <= one.status < 300:
        one.state = DeliveryState.DELIVERED
    elif one.status == 410:  # gone for good: nothing else is sent there
        one.state = DeliveryState.FAILED
        run("webhooks.endpoint.switch", one.endpoint_id, {"is_active": False})
        _tell(one, "webhook_gone")
    elif one.tries > len(WAITS_S):  # out of patience
        one.state = DeliveryState.FAILED
        _tell(one, "webhook_failing")
    else:
        if one.tries == TELL_AFTER:
            _tell(one, "webhook_failing")
        wait_s = WAITS_S[one.tries - 1] * (1 + env.jitter() / 5)
        one.next_at = env.now() + timedelta(seconds=wait_s)
        jobs.enqueue(SEND, at=one.next_at, delivery=str(one.pk))


def _tell(one: Delivery, kind: str) -> None:
    """Tell whose endpoint it is, and those who look after endpoints in the whole company."""
    top = OrgUnit.objects.order_by("path").first()
    assert top is not None, "A company has a unit."
    people = who_may(EDIT, top) | {one.endpoint.person_id}
    notify(people, kind, str(one.endpoint_id), one.endpoint.name)


SEND = "webhooks.send"
