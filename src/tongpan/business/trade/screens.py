"""What screens show of trade besides its fields: how far things came, and what is open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.business.finance.queries import left_open, open_bills
from tongpan.kernel.documents.showing import Standing, Text
from tongpan.kernel.org.scope import units_where

# The accounts of the lines of some documents: what came in is what was promised, what went out is
# what became of it.
COME = """
select l.document_id, bool_and(a.inflow = a.outflow), avg(a.outflow / a.inflow)
  from {table} l
  join account a on a.line = l.id and a.ledger = 'promise' and a.role = %s
  where l.document_id = any(%s) and a.inflow > 0
  group by l.document_id
"""


def come_standings(
    table: str,
    role: str,
    none: Text,
    some: Text,
    done: Text,
    *,
    then: tuple[str, ...] = (),
    at_first: str = "waiting",
) -> Callable[[Sequence[Any]], Mapping[UUID, Standing]]:
    """How far posted documents have come, as the accounts of their lines tell."""

    def tell(bodies: Sequence[Any]) -> Mapping[UUID, Standing]:
        with connection.cursor() as cursor:
            cursor.execute(COME.format(table=table), [role, [b.document_id for b in bodies]])
            rows: list[tuple[UUID, bool, Decimal]] = cursor.fetchall()
        return {document: standing(is_done, share) for document, is_done, share in rows}

    def standing(is_done: bool, share: Decimal) -> Standing:
        if is_done:
            return Standing("done", done, then=then)
        return Standing("partly", some, share) if share else Standing(at_first, none)

    return tell


def open_of(body: Any) -> Iterable[tuple[Text, Decimal]]:
    """What of a bill or a delivery was paid or taken off, and what is open."""
    left = left_open([body.document_id])[body.document_id]
    yield _("Settled"), body.document.total - left
    yield _("Still open"), left


def still_open(code: str, role: str) -> Callable[[], Q]:
    """The documents of a type of which something is still to be paid."""
    return lambda: Q(pk__in=open_bills(list(units_where(f"{code}.view")), role))


def overdue(code: str, role: str) -> Callable[[], Q]:
    """Those that should have been paid by yesterday."""
    is_open = still_open(code, role)
    return lambda: is_open() & Q(due_on__lt=timezone.localtime(env.now()).date())
