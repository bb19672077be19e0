"""How far posted documents have come, and which of them still wait to be received."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import DocumentType, document_types
from tongpan.kernel.documents.showing import Standing
from tongpan.kernel.org.scope import may_somewhere, units_where, visible

COUNTED_MAX = 200


def standings_of(declared: DocumentType, bodies: Iterable[Any]) -> Mapping[UUID, Standing]:
    """How far the posted documents have come, as the type tells it from their accounts."""
    tell = declared.screens.get("standings")
    posted = [body for body in bodies if body.document.state == State.POSTED]
    if tell is None or not posted:
        return {}
    told: Mapping[UUID, Standing] = tell(posted)
    return told


def received_by(earlier: DocumentType) -> list[DocumentType]:
    """The types by which the acting person receives what such documents send, order or ask for."""
    # Only what is received is waited for; whether a bill comes is not in our hands.
    if "standings" not in earlier.screens:
        return []
    return [
        declared
        for declared in document_types()
        if earlier.code in declared.follows
        and "verb" in declared.screens
        and may_somewhere(declared.permission("save"))
    ]


def _waits_at(earlier: DocumentType, receipt: DocumentType) -> Q:
    """Those that wait where the person may receive: at the other end, if there is one."""
    units = units_where(receipt.permission("save"))
    told = receipt.screens.get("waits_at", {}).get(earlier.code)
    if told is not None:
        return Q(told(units))
    here = Q(document__other_unit__in=units)
    return here | Q(document__other_unit=None, document__org_unit__in=units)


def awaited(earlier: DocumentType) -> list[Any]:
    """Posted documents that came here and that nobody has received whole, the oldest first."""
    receipts = received_by(earlier)
    if not receipts:
        return []
    here = Q()
    for receipt in receipts:
        here |= _waits_at(earlier, receipt)
    bodies = list(
        visible(earlier.body, earlier.permission("view"))
        .filter(here, document__state=State.POSTED)
        .select_related("document", "document__org_unit")
        .order_by("-document__posted_at")[:COUNTED_MAX]
    )
    told = standings_of(earlier, bodies)
    return [b for b in reversed(bodies) if b.pk in told and told[b.pk].code != "done"]
