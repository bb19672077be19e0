"""Asking for what is open, later and later, until it is closed; nobody has to look."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from tongpan.base import env
from tongpan.engines.payments import asking
from tongpan.engines.payments.models import OPEN, REFUND_OPEN, Attempt, Refund
from tongpan.engines.payments.rules import is_to_be_called_off
from tongpan.kernel.documents.gate import run
from tongpan.kernel.events import jobs
from tongpan.kernel.events.registry import chore

AT_ONCE = 50
# The dispatcher hands out what is due, and puts it off meanwhile, so that it is handed out once.
HAND_OUT = """
update {table} set asks = least(asks + 1, 30000), next_at = %s where id in (
    select id from {table} where next_at <= %s and state = any(%s)
    order by next_at limit %s for update skip locked
) returning id
"""


def hand_out() -> bool:
    """Enqueue a job for each attempt and refund that is due; whether there was any."""
    due = 0
    for table, states, job in (
        (Attempt._meta.db_table, OPEN, ASK),
        (Refund._meta.db_table, REFUND_OPEN, BACK),
    ):
        now = env.now()
        later = now + timedelta(seconds=8 * settings.PAYMENTS_WAIT_S)
        with connection.cursor() as cursor:
            cursor.execute(HAND_OUT.format(table=table), [later, now, list(states), AT_ONCE])
            found = [row[0] for row in cursor.fetchall()]
        for pk in found:
            jobs.enqueue(job, which=str(pk))
        due += len(found)
    return due > 0


@jobs.job("payments.ask", tries=1)
def ask(which: str) -> None:
    """Ask for an open attempt once; call off what nobody heard of or nobody confirms."""
    rows = Attempt.unscoped.select_related("account", "till", "store")
    attempt = rows.filter(pk=UUID(which), state__in=OPEN).first()
    if attempt is None or attempt.account.is_by_hand:
        return
    if attempt.cancel_asked_at is not None:
        asking.noted(attempt, "cancel", asking.cancelled(attempt))
        return
    said = asking.query(attempt)
    after = asking.noted(attempt, "query", said)
    wait_s = settings.PAYMENTS_WAIT_S
    if after.is_open and is_to_be_called_off(said, attempt.sent_at, env.now(), wait_s):
        run("payments.attempt.cancel", attempt.pk)


@jobs.job("payments.give_back", tries=1)
def give_back(which: str) -> None:
    """Send an open refund once."""
    rows = Refund.unscoped.select_related("attempt__account", "attempt__till", "attempt__store")
    refund = rows.filter(pk=UUID(which), state__in=REFUND_OPEN).first()
    if refund is not None and not refund.attempt.account.is_by_hand:
        asking.give_back(refund)


ASK, BACK = "payments.ask", "payments.give_back"
chore(hand_out, name="payments.hand_out", every_s=0.5)
