"""Telling people what they should look at: a document that waits for them, or came back to them.

A subscriber of the feed writes the notices, in the transaction that moves its cursor, so an event
makes each notice once. Mentions in a comment are written with the comment itself.

What is no document has its notices too, by whoever knows of it: `notify`.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, IntegerField, QuerySet
from django.db.models.expressions import RawSQL

from tongpan.base import env
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Comment, Document, Notice, SavedView
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.events.registry import Happened, subscribe
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.people import who_may
from tongpan.kernel.org.scope import system

UNSEEN_MOST = 99
INTEGER = IntegerField()
_UNSEEN = """(select count(*) from (
    select from notice where person_id = %s and seen_at is null limit %s) unseen)"""


class Bell(NamedTuple):
    """What a page needs to know when it is drawn: unseen notices, where the feed stands, and
    whether the person has views of lists to be asked for."""

    unseen: int
    position: int
    has_views: bool = False


def with_bell(rows: "QuerySet[OrgUnit]", person: UUID) -> "QuerySet[OrgUnit]":
    """The rows with what `bell_of` reads from them: a page asks for both in one statement."""
    return rows.annotate(
        unseen_notices=RawSQL(_UNSEEN, [person, UNSEEN_MOST], output_field=INTEGER),
        feed_position=RawSQL("(select position from feed_state)", [], output_field=INTEGER),
        has_views=Exists(SavedView.objects.filter(person=person)),
    )


def bell_of(units: Sequence[Any]) -> Bell:
    """From the units of a person; one who holds nothing anywhere is told nothing."""
    if not units:
        return Bell(0, 0)
    return Bell(units[0].unseen_notices, units[0].feed_position, units[0].has_views)


def notices_of(person: UUID, limit: int = 100) -> list[Notice]:
    """A person's notices, the newest first."""
    rows = Notice.objects.filter(person=person).select_related(
        "document__org_unit", "document__other_unit"
    )
    return list(rows.order_by("-at")[:limit])


def see(person: UUID, notice: UUID | None = None) -> None:
    """Take a notice, or all of them, as seen."""
    rows = Notice.objects.filter(person=person, seen_at=None)
    if notice is not None:
        rows = rows.filter(pk=notice)
    rows.update(seen_at=env.now())


def notify(people: Iterable[UUID], kind: str, about: str, text: str) -> None:
    """Tell people of something that is no document. Who has not seen the last notice of the same
    is not told again: that one says the latest."""
    now = env.now()
    unseen = Notice.objects.filter(kind=kind, about=about, seen_at=None)
    unseen.filter(person__in=people).update(text=text, at=now)
    known = set(unseen.values_list("person_id", flat=True))
    Notice.objects.bulk_create(
        Notice(person_id=person, kind=kind, about=about, text=text, at=now)
        for person in dict.fromkeys(people)
        if person not in known
    )


def see_about(person: UUID, about: str) -> None:
    """Take all notices about the same as seen: the person looks at it."""
    Notice.objects.filter(person=person, about=about, seen_at=None).update(seen_at=env.now())


def tell(event: Happened) -> None:
    """Write the notices that follow from an event of a document."""
    document = Document.unscoped.filter(pk=event.subject).select_related("org_unit").first()
    if document is None:
        return
    verb = event.name.rpartition(".")[2]
    if verb == "submitted":
        people = _who_may_post(document) - {event.actor}
        _write(event, document, people, "submitted", "")
    elif verb == "returned":
        maker = document.submitted_by_id or document.created_by_id
        _write(event, document, {maker} - {event.actor}, "returned", "")
    elif verb == "commented":
        comment = Comment.unscoped.filter(pk=event.payload["comment"]).first()
        told = {UUID(one) for one in event.payload.get("mentions", ())} | {event.actor}
        text = comment.text if comment else ""
        _write(event, document, {document.created_by_id} - told, "comment", text)


def _who_may_post(document: Document) -> frozenset[UUID]:
    """The people who hold the permission at the document's unit, up to what it is worth."""
    unit, declared = document.org_unit, document_type(document.type)
    with system(reason="who may post it"):
        amount = declared.amount(load(declared, document.pk))
    return who_may(f"{document.type}.post", unit, amount)


def _write(
    event: Happened, document: Document, people: Iterable[UUID | None], kind: str, text: str
) -> None:
    known = Notice.objects.filter(document=document, kind=kind, at=event.occurred_at)
    told = set(known.values_list("person_id", flat=True))
    Notice.objects.bulk_create(
        Notice(person_id=person, document=document, kind=kind, text=text, at=event.occurred_at)
        for person in people
        if person is not None and person not in told
    )


subscribe(
    "documents.notices", ("*.submitted", "*.returned", "*.commented"), handle=tell, from_start=False
)
