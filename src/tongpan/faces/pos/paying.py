"""Taking money by a customer's code at the till: begin, ask again, call off."""

import threading
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.business.till.actions import RING_UP
from tongpan.business.till.charges import provide
from tongpan.engines.payments import asking
from tongpan.engines.payments.charges import Charged
from tongpan.engines.payments.models import Attempt
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.reading import amount_of, body_of, id_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import visible

provide(Charged())
# A web server has few threads, and the counters need them: so many at once may wait for providers.
# Who finds no room asks again in a moment; what is written already is in nobody's way.
ROOM, PATIENCE_S = threading.BoundedSemaphore(2), 0.3


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("POST",))
@answers
def charge(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Charge the code that a customer shows; the same attempt sent again is charged once."""
    body = body_of(request)
    code = str(body.get("code") or "")[:40]
    given = {
        "sale": str(id_of(body.get("sale"))),
        "amount": amount_of(body.get("amount")),
        "total": amount_of(body.get("total")),
        "code": code,
    }
    return {
        "attempt": told(_asked(asking.begin(id_of(body.get("id")), given), may_send_again=True))
    }


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def ask(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Ask the provider again what became of an attempt of this till."""
    return {"attempt": told(_asked(_found(id_of(body_of(request).get("id")), till)))}


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def call_off(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Call an attempt off; what was charged already goes back."""
    attempt = _found(id_of(body_of(request).get("id")), till)
    if attempt.is_open:
        run("payments.attempt.cancel", attempt.pk)
        attempt = _asked(_found(attempt.pk, till))
    elif attempt.state == "charged" and not attempt.refunding:
        run("payments.refund.begin", attempt.pk, {"attempt": str(attempt.pk), "why": "till"})
        attempt.refresh_from_db()
    return {"attempt": told(attempt)}


def _asked(attempt: Attempt, *, may_send_again: bool = False) -> Attempt:
    """What became of it, if there is room to ask now."""
    if not attempt.is_open or not ROOM.acquire(timeout=PATIENCE_S):
        return attempt
    try:
        return asking.go_on(attempt, may_send_again=may_send_again)
    finally:
        ROOM.release()


def _found(pk: UUID, till: OrgUnit) -> Attempt:
    rows = visible(Attempt, "payments.attempt.charge").filter(till=till)
    found: Attempt | None = rows.select_related("account", "till", "store").filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    return found


def told(attempt: Attempt) -> dict[str, Any]:
    """What the screen needs to know of an attempt."""
    method = next((m for m in queries.methods() if m.pk == attempt.method), None)
    return {
        "id": str(attempt.pk),
        "state": attempt.state,
        "reason": attempt.reason,
        "amount": plain(attempt.amount),
        "provider": attempt.account.title,
        "method": method.code if method else "",
        "is_calling_off": attempt.cancel_asked_at is not None and attempt.is_open,
        "goes_back": attempt.refunding > 0,
    }
