"""What an answer makes of an attempt or a refund, and when somebody asks again. No database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tongpan.engines.payments.adapters import Said
from tongpan.engines.payments.models import OPEN, AttemptState, RefundState

LONGEST = 120  # waits, between two times that an open one is asked for
MISSING_AFTER, WAITING_AFTER = 6, 12  # waits, until it is called off


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an attempt when an answer comes."""

    state: str
    amount: Decimal
    sends: int
    sent_at: datetime
    is_cancelling: bool


def state_after(now: Standing, kind: str, said: Said, at: datetime, wait_s: float) -> str:
    """The state of an attempt after an answer to `kind`. What is not certain changes nothing.

    Money that came stays known to have come. What was certain not to come may come all the same, if
    the provider says so later: then it was charged. Once it is called off, only the provider's word
    that it is closed closes it, and no "charged" that crossed it on the way counts.
    """
    if said.state == "charged":
        if said.amount is not None and said.amount != now.amount:
            return AttemptState.UNKNOWN if now.state in OPEN else now.state
        return now.state if now.is_cancelling else AttemptState.CHARGED
    if now.state not in OPEN:
        return now.state
    if said.state in ("declined", "cancelled"):
        return AttemptState.DECLINED
    if said.state == "waiting":
        return AttemptState.WAITING
    if said.state == "missing" and kind == "cancel" and is_over(now.sent_at, at, wait_s):
        return AttemptState.DECLINED  # it was asked long ago, and nothing of it is on its way
    if said.reason == "not_sent" and kind == "charge" and now.sends == 1:
        return AttemptState.DECLINED  # nobody but us ever heard of it
    return AttemptState.UNKNOWN


def is_over(sent_at: datetime, at: datetime, wait_s: float, waits: int = MISSING_AFTER) -> bool:
    """Whether so long has passed that no request of ours can still be on its way."""
    return at - sent_at > timedelta(seconds=waits * wait_s)


def is_to_be_called_off(
    said: Said, sent_at: datetime, at: datetime, wait_s: float
) -> bool:  # fmt: skip
    """Whether an attempt that nobody heard of, or that nobody confirms, is called off."""
    waits = {"missing": MISSING_AFTER, "waiting": WAITING_AFTER}.get(said.state)
    return waits is not None and is_over(sent_at, at, wait_s, waits)


def refund_after(state: str, said: Said) -> str:
    """The state of a refund after an answer."""
    if state not in (RefundState.BEGUN, RefundState.UNKNOWN):
        return state
    if said.state == "refunded":
        return RefundState.DONE
    if said.state == "refused":
        return RefundState.FAILED
    return RefundState.UNKNOWN


def next_ask(at: datetime, asks: int, wait_s: float) -> datetime:
    """When an open one is asked for again: later and later.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 21, 4, tzinfo=UTC)
    >>> [(next_ask(noon, n, 5.0) - noon).seconds for n in (0, 1, 5, 20)]
    [5, 10, 160, 600]
    """
    return at + timedelta(seconds=wait_s * min(2 ** min(asks, 10), LONGEST))
