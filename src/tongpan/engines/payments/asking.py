"""Talking to providers, always between two actions: what is asked is written first, then sent.

Whatever dies in between leaves an open attempt, which a worker asks for until it is closed.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from tongpan.base import env
from tongpan.engines.payments.adapters import Asked, Forged, Provider, Said
from tongpan.engines.payments.adapters.known import PROVIDERS
from tongpan.engines.payments.models import Account, Attempt, Refund
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.scope import system


def charge(attempt_id: UUID, given: Mapping[str, Any]) -> Attempt:
    """Charge a code, or find out what became of it; `given` is the payload of `begin`."""
    return go_on(begin(attempt_id, given), may_send_again=True)


def begin(attempt_id: UUID, given: Mapping[str, Any]) -> Attempt:
    """Write down what is to be charged; nothing is sent yet."""
    attempt: Attempt = run("payments.attempt.begin", attempt_id, given).result
    return attempt


def go_on(attempt: Attempt, *, may_send_again: bool = False) -> Attempt:
    """Send an attempt that nobody has sent yet, or ask what became of it.

    Only if the provider never heard of it, and it `may_send_again`, it is sent once more, under its
    number.
    """
    attempt = whole(attempt)
    if not attempt.is_open or attempt.cancel_asked_at is not None:
        return ask(attempt)
    if attempt.sends == 0:
        return _sent(attempt, is_first=True)
    if attempt.account.is_by_hand:
        return attempt  # a person says it
    said = query(attempt)
    attempt = noted(attempt, "query", said)
    if said.state == "missing" and may_send_again and attempt.is_open and attempt.code:
        return _sent(attempt, is_first=False)
    return attempt


def _sent(attempt: Attempt, *, is_first: bool) -> Attempt:
    """Send it, after it is written that it is sent. Somebody else may just have done so."""
    written = run("payments.attempt.send", attempt.pk, {"is_first": is_first})
    if written.result is None:
        return go_on(attempt)
    attempt = written.result
    env.failpoint("payments.begun")
    said = provider_of(attempt).charge(attempt.account.merchant(), asked_of(attempt))
    env.failpoint("payments.sent")
    return noted(attempt, "charge", said)


def ask(attempt: Attempt) -> Attempt:
    """Ask the provider what became of an open attempt."""
    attempt = whole(attempt)
    if not attempt.is_open or attempt.account.is_by_hand:
        return attempt
    if attempt.cancel_asked_at is not None:
        return noted(attempt, "cancel", cancelled(attempt))
    return noted(attempt, "query", query(attempt))


def whole(attempt: Attempt) -> Attempt:
    """The attempt as it is now, with the code and the keys that no page is shown."""
    rows = Attempt.unscoped.select_related("account", "till", "store")
    return rows.get(pk=attempt.pk)


def call_off(attempt_id: UUID) -> Attempt:
    """Call an open attempt off; the provider closes it, and what had been paid goes back."""
    attempt = whole(run("payments.attempt.cancel", attempt_id).result)
    return noted(attempt, "cancel", cancelled(attempt))


def query(attempt: Attempt) -> Said:
    return provider_of(attempt).query(attempt.account.merchant(), asked_of(attempt))


def cancelled(attempt: Attempt) -> Said:
    return provider_of(attempt).cancel(attempt.account.merchant(), asked_of(attempt))


def give_back(refund: Refund) -> None:
    """Send a refund, or send it again: under its number it has one effect."""
    attempt = refund.attempt
    asked = replace(asked_of(attempt), refund_number=refund.pk.hex, refund_amount=refund.amount)
    said = provider_of(attempt).refund(attempt.account.merchant(), asked)
    with system(reason="what a provider answered"):
        run("payments.refund.note", refund.pk, _told(said))


def noted(attempt: Attempt, kind: str, said: Said) -> Attempt:
    """Keep an answer; the attempt as it is then."""
    with system(reason="what a provider answered"):
        told = _told(said) | {"kind": kind}
        after: Attempt = run("payments.attempt.note", attempt.pk, told).result
    return after


def receive(account: Account, headers: Mapping[str, str], body: bytes) -> str:
    """Take in what came through the door for a provider's notices; the state that it was given.

    Errors: Forged, and nothing is kept.
    """
    notice = PROVIDERS[account.provider].read_notice(account.merchant(), headers, body)
    if not notice.id or not notice.number:
        raise Forged("nothing is named")
    with system(reason="a provider's notice"):
        told = _told(notice.said) | {
            "account": str(account.pk), "notice": notice.id, "is_ours": notice.is_ours,
            "provider_number": notice.said.number,
        }  # fmt: skip
        told["number"] = notice.number
        return str(run("payments.notice.take", env.new_id(), told).result)


def provider_of(attempt: Attempt) -> Provider:
    return PROVIDERS[attempt.account.provider]


def asked_of(attempt: Attempt) -> Asked:
    return Asked(
        number=attempt.out_number, amount=attempt.amount, title=attempt.store.name,
        code=attempt.open_code(), store=attempt.store.code, till=attempt.till.code,
    )  # fmt: skip


def _told(said: Said) -> dict[str, Any]:
    return {
        "said": said.state, "amount": said.amount, "number": said.number, "reason": said.reason,
        "text": said.text,
    }  # fmt: skip
