"""How far posted documents have come, and which of them still wait to be received."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType, document_type, document_types
from tongpan.kernel.documents.showing import HowFar, Standing, how_far
from tongpan.kernel.org.scope import may_somewhere, units_where, visible, who

COUNTED_MAX = 200


def standings_of(declared: DocumentType, bodies: Iterable[Any]) -> Mapping[UUID, Standing]:
    """How far the posted documents have come, as the type tells it from their accounts."""
    tell: HowFar | None = declared.screens.get("standings")
    if tell is None:
        return {}
    return tell([body for body in bodies if body.document.state == State.POSTED])


def standings_of_many(documents: Iterable[Document]) -> Mapping[UUID, Standing]:
    """The same of documents of several types, in one statement for all of them."""
    posted: dict[str, list[Document]] = {}
    for document in documents:
        if document.state == State.POSTED:
            posted.setdefault(document.type, []).append(document)
    telling = ((document_type(code).screens.get("standings"), of) for code, of in posted.items())
    return how_far([(tell, of) for tell, of in telling if tell is not None])


def seen_alike(types: Iterable[DocumentType], verb: str) -> list[list[DocumentType]]:
    """The types in groups whose permission of this verb the person holds at the same units: one
    statement can ask for all of a group."""
    groups: dict[Any, list[DocumentType]] = {}
    for declared in types:
        code = declared.permission(verb)
        at = tuple(who().paths_where(code)), tuple(who().closed_where(code))
        groups.setdefault(at, []).append(declared)
    return list(groups.values())


def received_by(earlier: DocumentType) -> list[DocumentType]:
    """The types by which the acting person receives what such documents send, order or ask for."""
    # Only what is received is waited for; whether a bill comes is not in our hands.
    if not getattr(earlier.screens.get("standings"), "is_open", ""):
        return []
    return [
        declared
        for declared in document_types()
        if earlier.code in declared.follows
        and ("verb" in declared.screens or earlier.code in declared.screens.get("waits_at", {}))
        and may_somewhere(declared.permission("save"))
    ]


def _waits_at(earlier: DocumentType, receipt: DocumentType) -> Q:
    """Those that wait where the person may receive: at the other end, if there is one."""
    units = units_where(receipt.permission("save"))
    told = receipt.screens.get("waits_at", {}).get(earlier.code)
    if told is not None:
        return Q(told(units))
    return Q(other_unit__in=units) | Q(other_unit=None, org_unit__in=units)


def awaited(earlier: DocumentType) -> QuerySet[Document] | None:
    """The posted documents that came here and that nobody has received whole, if such a type is
    received by the person: of the newest of them, those whose lines have something left.

    Of a document that is open the first line tells it, so only what was received is read whole.
    """
    receipts = received_by(earlier)
    told: HowFar | None = earlier.screens.get("standings")
    if not receipts or told is None:
        return None
    here = Q()
    for receipt in receipts:
        here |= _waits_at(earlier, receipt)
    rows = visible(Document, earlier.permission("view")).filter(type=earlier.code)
    newest = rows.filter(here, state=State.POSTED).order_by("-business_date", "-pk")[:COUNTED_MAX]
    is_open = RawSQL(f"({told.is_open})", [], output_field=BooleanField())
    return rows.filter(pk__in=newest.values("pk")).filter(is_open)
