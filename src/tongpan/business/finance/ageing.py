"""How old what is owed is (账龄): open items by the days since they were due."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from tongpan.base.numbers import ZERO
from tongpan.business.books import CNY
from tongpan.business.finance import accounts
from tongpan.business.finance.models import OpenItem
from tongpan.business.finance.queries import Left, left_of_account
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.org.models import OrgUnit

BANDS = (0, 30, 60, 90)  # the last day of each band; what is older has one of its own


@dataclass(slots=True)
class Aged:
    """What is to be paid by how many days it is over, and what is to be taken off it."""

    bands: list[Decimal] = field(default_factory=lambda: [ZERO] * (len(BANDS) + 1))
    credit: Decimal = ZERO  # below zero

    def add(self, amount: Decimal, days_over: int) -> None:
        if amount < 0:
            self.credit += amount
        else:
            self.bands[bisect_left(BANDS, days_over)] += amount

    @property
    def overdue(self) -> Decimal:
        return sum(self.bands[1:], ZERO)

    @property
    def total(self) -> Decimal:
        return sum(self.bands, self.credit)


def due_days(items: Iterable[tuple[UUID, str]]) -> dict[UUID, date]:
    """When each of these ids, of documents of a type, is due, where it has such a day: a bill has,
    an advance has not."""
    return {pk: day for rows in due_rows(items) for pk, day in rows}


def due_rows(items: Iterable[tuple[UUID, str]]) -> list[QuerySet[Any]]:
    """The same, not read yet, type by type."""
    of_type: dict[str, list[UUID]] = {}
    for pk, code in items:
        of_type.setdefault(code, []).append(pk)
    bodies: list[tuple[Any, list[UUID]]] = [
        (document_type(code).body, ids) for code, ids in of_type.items()
    ]
    return [
        body.unscoped.filter(pk__in=ids, due_on__isnull=False).values_list("pk", "due_on")
        for body, ids in bodies
        if any(column.name == "due_on" for column in body._meta.concrete_fields)
    ]


def days_over(due: date | None, on: date) -> int:
    """How many days ago it should have been paid; without a day it is never late."""
    return 0 if due is None else max(0, (on - due).days)


def aged(found: Iterable[Left], due: dict[UUID, date], on: date) -> Aged:
    """These open items together."""
    whole = Aged()
    for left in found:
        whole.add(left.amount, days_over(due.get(left.item.pk), on))
    return whole


def aged_by_party(side: str, units: Sequence[OrgUnit], on: date) -> dict[UUID, Aged]:
    """What is open at these units with each supplier or customer."""
    rows = list(
        Account.unscoped.filter(
            ledger="money", unit=CNY, role__in=accounts.SIDES[side].roles,
            org_unit__in=[unit.pk for unit in units], line__isnull=False,
        ).exclude(inflow=F("outflow"))
    )  # fmt: skip
    types = OpenItem.unscoped.filter(pk__in=[row.line for row in rows]).values_list("pk", "type")
    due, found = due_days(types), dict[UUID, Aged]()
    for row in rows:
        assert row.line is not None, "Those without one were left out."
        late = days_over(due.get(row.line), on)
        found.setdefault(row.holder, Aged()).add(left_of_account(row), late)
    return found
