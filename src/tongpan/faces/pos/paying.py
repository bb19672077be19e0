"""Taking money by a customer's code, or a card, at the till: begin, ask, confirm, call off."""

import threading
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tongpan.base.refusals import Refusal
from tongpan.business.shifts.queries import provide_unknown
from tongpan.business.till import queries
from tongpan.business.till.actions import RING_UP
from tongpan.business.till.charges import provide
from tongpan.engines.payments import asking
from tongpan.engines.payments.actions import terminals
from tongpan.engines.payments.charges import Charged, unknown_between
from tongpan.engines.payments.models import Attempt, PayCodeRange
from tongpan.engines.payments.reasons import in_words
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.reading import amount_of, body_of, id_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import visible

provide(Charged())
provide_unknown(unknown_between)
# A web server has few threads, and the counters need them: so many at once may wait for providers.
# Who finds no room asks again in a moment; what is written already is in nobody's way.
ROOM, PATIENCE_S = threading.BoundedSemaphore(2), 0.3


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("POST",))
@answers
def charge(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Charge the code that a customer shows; the same attempt sent again is charged once.

    A way of paying by a terminal that the cashier reads is named by `method`, without a code.
    """
    body = body_of(request)
    code = str(body.get("code") or "")[:40]
    given = {
        "sale": str(id_of(body.get("sale"))),
        "amount": amount_of(body.get("amount")),
        "total": amount_of(body.get("total")),
        "code": code,
        "method": None if code else str(_method(body.get("method"))),
    }
    return {
        "attempt": told(_asked(asking.begin(id_of(body.get("id")), given), may_send_again=True))
    }


def _method(code: Any) -> UUID | None:
    return next((one.pk for one in queries.methods() if one.code == code), None)


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def confirm(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """What the cashier read at the terminal: charged with the slip's number, declined, unknown."""
    body = body_of(request)
    attempt = _found(id_of(body.get("id")), till)
    said = {name: str(body.get(name) or "")[:40] for name in ("outcome", "slip")}
    run("payments.attempt.confirm", attempt.pk, said)
    return {"attempt": told(_found(attempt.pk, till))}


def boot_of(till: OrgUnit) -> dict[str, Any]:
    """What the till must know of codes and terminals before the first payment."""
    return {
        "code_ranges": [
            [one.first, one.last, one.digits_min, one.digits_max]
            for one in PayCodeRange.objects.all()
        ],
        "terminals": [str(method) for method in terminals(till)],
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
        "reason": in_words(attempt.reason),
        "amount": plain(attempt.amount),
        "provider": attempt.account.title,
        "method": method.code if method else "",
        "is_calling_off": attempt.cancel_asked_at is not None and attempt.is_open,
        "goes_back": attempt.refunding > 0,
    }
