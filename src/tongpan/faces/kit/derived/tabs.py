"""What hangs on a document whatever its type: life, relations, history, comments, files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.histories import history_tab
from tongpan.faces.kit.derived.listing import hidden_fields
from tongpan.faces.kit.derived.postings import postings_tab
from tongpan.faces.kit.derived.relations import drawn
from tongpan.kernel.documents.lists import Around, around
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.noted import Noted, noted
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.showing import Standing
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import may


@dataclass(frozen=True)
class Hung:
    """What was read of all that hangs on a document: what stands around it, what was noted, rows by
    id."""

    around: Around
    noted: Noted
    known: dict[UUID, Any]

    @classmethod
    def of(cls, declared: DocumentType, body: Any) -> "Hung":
        document = body.document
        found = around(declared, document, *_beside(declared, body))
        for other in found.kin:  # the fact that names it need not ask again
            if other.pk == document.follows_id:
                document.follows = other
        return cls(found, noted(document.pk), loaded(body, document, *body.lines))


def tabs(
    declared: DocumentType,
    body: Any,
    hung: Hung,
    *,
    shown: Sequence[Any] | None = None,
    standing: Standing | None = None,
) -> pages.Tabs:
    """All tabs of a document that was saved; the postings of those lines that are `shown`."""
    state = values.state(body.document, standing)
    subject = body.document.pk
    hidden = hidden_fields(declared)
    return pages.Tabs(
        postings=postings_tab(declared, body, shown=shown, known=hung.known),
        related=drawn(body.document, state, hung.around.kin, hung.around.beside),
        history=history_tab(
            declared, subject, hidden=hidden, lines=body.lines, known=hung.known, read=hung.noted
        ),
        comments=tuple(pages.Comment(one.at, one.person, one.text) for one in hung.noted.comments),
        files=tuple(_files(declared, subject, hung.noted)),
        comment_url=addresses.comment(declared.code, subject),
        people_url=addresses.people(declared.code, subject),
        file_url=addresses.attach(declared.code, subject),
    )


def _beside(declared: DocumentType, body: Any) -> Iterable[QuerySet[Document]]:
    """What the type knows to stand beside it, as the payment of a bill."""
    told = declared.screens.get("beside")
    return () if told is None else (told(body),)


def _files(declared: DocumentType, document: UUID, noted: Noted) -> Iterable[pages.Attachment]:
    for one in noted.files:
        url = addresses.file(declared.code, document, one.id)
        size = formats.file_size(one.size)
        yield pages.Attachment(one.text, url, size, one.person, one.at)


# -- the life of a document --------------------------------------------------------------------


def people_of(document: Document, known: Mapping[UUID, str] | None = None) -> dict[Any, str]:
    """Who made, submitted, posted and reversed it, by id; in one statement, if not all of them
    are known."""
    acted = (
        document.created_by_id,
        document.submitted_by_id,
        document.posted_by_id,
        document.reversed_by_id,
    )
    ids = {person for person in acted if person is not None}
    if known is not None and ids <= known.keys():
        return dict(known)
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))


def timeline(
    declared: DocumentType,
    document: Document,
    *,
    standing: Standing | None = None,
    next_steps: Iterable[str] = (),
    people: Mapping[UUID, str] | None = None,
) -> tuple[pages.Step, ...]:
    """What has happened, what is now, and what comes next."""
    names = people_of(document, people)

    def done(title: str, at: Any, who: Any) -> pages.Step:
        return pages.Step(title, " · ".join(x for x in (formats.moment(at), names.get(who)) if x))

    steps = [done(_("Drafted"), document.created_at, document.created_by_id)]
    if document.submitted_at and document.state != State.DRAFT:
        steps.append(done(_("Submitted"), document.submitted_at, document.submitted_by_id))
    if document.posted_at:
        steps.append(done(_("Posted"), document.posted_at, document.posted_by_id))
    if document.state == State.REVERSED:
        steps.append(done(_("Reversed"), document.reversed_at, document.reversed_by_id))
    elif document.state == State.VOID:
        steps.append(pages.Step(_("Void"), formats.moment(document.changed_at)))
    elif document.state == State.DRAFT:
        steps[-1] = pages.Step(_("Draft"), steps[-1].note, "now")
        steps.append(pages.Step(_("Post"), stage="ahead"))
    elif document.state == State.SUBMITTED:
        steps.append(_waits(declared, document))
    if document.state in (State.DRAFT, State.SUBMITTED, State.POSTED):
        steps += _ahead(document, standing, list(next_steps))
    return tuple(steps)


def _waits(declared: DocumentType, document: Document) -> pages.Step:
    mine = may(declared.permission("post"), document.org_unit)
    note = _("It is your turn") if mine else _("Someone who may post it is asked")
    return pages.Step(_("Waiting to be posted"), note, "now", tone="wait")


def _ahead(
    document: Document, standing: Standing | None, next_steps: list[str]
) -> Iterable[pages.Step]:
    if standing is None or not standing.code or document.state != State.POSTED:
        return [pages.Step(title, stage="ahead") for title in next_steps]
    if standing.code == "done":
        return [pages.Step(str(standing.word))]
    share = formats.percent(standing.share, 0) if standing.share else ""
    return [
        pages.Step(str(standing.word), share, "now", tone="way"),
        *(pages.Step(title, stage="ahead") for title in next_steps),
    ]


def loaded(*rows: Any) -> dict[UUID, Any]:
    """The rows that were read along with these, by id, so that naming them asks for nothing."""
    found: dict[UUID, Any] = {}
    ahead = list(rows)
    while ahead:
        for near in ahead.pop()._state.fields_cache.values():
            if isinstance(near, models.Model) and near.pk not in found:
                found[near.pk] = near
                ahead.append(near)
    return found
