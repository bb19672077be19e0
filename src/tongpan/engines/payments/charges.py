"""What was charged, for whoever is paid by it: the till gets this when the program starts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

import orjson
from django.db.models import QuerySet

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.engines.payments.actions import ask_back
from tongpan.engines.payments.models import OPEN, Attempt, AttemptState
from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import Doing


def unknown_between(till: UUID, since: datetime, until: datetime) -> tuple[int, Decimal]:
    """How many attempts that a till began in a stretch of time are not cleared up by now, and the
    money that they are about."""
    rows = Attempt.unscoped.filter(
        till=till, state__in=OPEN, begun_at__gte=since, begun_at__lt=until
    )
    found = list(rows.values_list("amount", flat=True))
    return len(found), sum(found, ZERO)


class Taken(Protocol):
    """A charge that shall pay for a sale."""

    @property
    def attempt(self) -> UUID: ...
    @property
    def sale(self) -> UUID: ...
    @property
    def store(self) -> UUID: ...
    @property
    def method(self) -> UUID: ...
    @property
    def amount(self) -> Decimal: ...


class Charged:
    """Charges of the present company."""

    def look(self, attempts: Sequence[UUID]) -> Call:
        return Call("payments_look(%s)", (list(attempts),))

    def take(self, taken: Iterable[Taken], at: datetime) -> Call:
        rows = [
            {
                "attempt": one.attempt, "sale": one.sale, "store": one.store,
                "method": one.method, "amount": one.amount,
            }
            for one in taken
        ]  # fmt: skip
        return Call("payments_take(%s, %s)", (orjson.dumps(rows, default=plain).decode(), at))

    def charged(self, document: UUID, store: UUID, method: UUID) -> Decimal:
        rows = self._free(document, store, method).values_list("amount", flat=True)
        return sum(rows, ZERO)

    def use(self, document: UUID, store: UUID, method: UUID, amount: Decimal, at: datetime) -> bool:
        found = list(self._free(document, store, method).select_for_update(of=("self",)))
        if sum((one.amount for one in found), ZERO) != amount:
            return False
        for one in found:
            one.used_at = at
        Attempt.unscoped.bulk_update(found, ["used_at"])
        return True

    def _free(self, document: UUID, store: UUID, method: UUID) -> QuerySet[Attempt]:
        """What was charged for it, as `payments_look` says of sales that it can pay."""
        return Attempt.unscoped.filter(
            sale=document, store=store, method=method, state=AttemptState.CHARGED, used_at=None,
            refunding=0, cancel_asked_at=None,
        )  # fmt: skip

    def give_back(self, doing: Doing, sale: UUID, method: UUID, amount: Decimal) -> bool:
        """In parts, if several attempts paid for the sale, the earliest first."""
        rows = Attempt.unscoped.select_for_update(of=("self",)).filter(
            sale=sale, method=method, state=AttemptState.CHARGED, used_at__isnull=False
        )
        found = list(rows.order_by("id"))
        if amount > sum((one.amount - one.refunding for one in found), ZERO):
            return False
        for one in found:
            part = min(amount, one.amount - one.refunding)
            if part > 0:
                ask_back(one, part, doing, pk=env.new_id(), slip=doing.subject)
                amount -= part
        return True
