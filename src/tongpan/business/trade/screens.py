"""What screens show of trade besides its fields: how far things came, and what is open."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.business.finance.queries import left_open, open_bills
from tongpan.kernel.documents.showing import Come, HowFar, Standing, Text, lines_come
from tongpan.kernel.org.scope import today_here, units_where


def come_standings(
    table: str,
    role: str,
    none: Text,
    some: Text,
    done: Text,
    *,
    then: tuple[str, ...] = (),
    at_first: str = "waiting",
) -> HowFar:
    """How far posted documents have come, as the accounts of their lines tell."""

    def word(come: Come) -> Standing:
        if come.is_done:
            return Standing("done", done, then=then)
        return Standing("partly", some, come.share) if come.share else Standing(at_first, none)

    return lines_come(table, "promise", role, word)


def left_of(body: Any, standing: Standing | None) -> Decimal:
    """What of a document is open, to us or to the other: read, unless its standing says it."""
    if standing is not None and standing.left is not None:
        return standing.left
    return abs(left_open([body.document_id])[body.document_id])


def open_of(body: Any, standing: Standing | None = None) -> Iterable[tuple[Text, Decimal]]:
    """What of a bill or a delivery was paid or taken off, and what is open."""
    left = left_of(body, standing)
    yield _("Settled"), body.document.total - left
    yield _("Still open"), left


def still_open(code: str, role: str) -> Callable[[], Q]:
    """The documents of a type of which something is still to be paid."""
    return lambda: Q(pk__in=open_bills(list(units_where(f"{code}.view")), role))


def overdue(code: str, role: str) -> Callable[[], Q]:
    """Those that should have been paid by yesterday."""
    is_open = still_open(code, role)
    return lambda: is_open() & Q(due_on__lt=today_here())
