"""What hangs on a document whatever its type: life, relations, history, comments, files."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.histories import history_tab
from tongpan.faces.kit.derived.listing import hidden_fields
from tongpan.faces.kit.derived.postings import postings_tab
from tongpan.kernel.documents.lists import related
from tongpan.kernel.documents.models import Attachment, Comment, Document, State
from tongpan.kernel.documents.registry import DocumentType, document_type
from tongpan.kernel.documents.showing import Standing
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import may, may_somewhere


def tabs(declared: DocumentType, body: Any, *, shown: Sequence[Any] | None = None) -> pages.Tabs:
    """All tabs of a document that was saved; the postings of those lines that are `shown`."""
    document = body.document
    subject = document.pk
    return pages.Tabs(
        postings=postings_tab(declared, body, shown=shown),
        related=tuple(_related(declared, body)),
        history=history_tab(declared, subject, hidden=hidden_fields(declared), lines=body.lines),
        comments=tuple(_comments(document)),
        files=tuple(_files(declared, document)),
        comment_url=addresses.comment(declared.code, subject),
        people_url=addresses.people(declared.code, subject),
        file_url=addresses.attach(declared.code, subject),
    )


def _related(of_type: DocumentType, body: Any) -> Iterable[pages.Related]:
    """What it came from and what came of it, and what the type knows to stand beside it."""
    document = body.document
    found = related(document)
    beside = of_type.screens.get("beside", lambda body: ())(body)
    known = {document.pk, *(other.pk for other in found)}
    for other in (*found, *(one for one in beside if one.pk not in known)):
        declared = document_type(other.type)
        if not may_somewhere(declared.permission("view")):
            continue
        yield pages.Related(
            relation=_relation(document, other),
            title=str(declared.title),
            number=other.number or _("no number yet"),
            url=addresses.document(other.type, other.pk),
            state=values.state(other),
            note=other.org_unit.name,
        )


def _relation(document: Document, other: Document) -> str:
    if document.follows_id == other.pk:
        return _("From")
    if document.replaces_id == other.pk:
        return _("Replaces")
    if other.replaces_id == document.pk:
        return _("Replaced by")
    if other.follows_id == document.pk:
        return _("Followed by")
    return _("Beside it")


def _comments(document: Document) -> Iterable[pages.Comment]:
    for row in Comment.unscoped.filter(document=document).select_related("author"):
        yield pages.Comment(row.at, row.author.name, row.text)


def _files(declared: DocumentType, document: Document) -> Iterable[pages.Attachment]:
    for row in Attachment.unscoped.filter(document=document).select_related("added_by"):
        url = addresses.file(declared.code, document.pk, row.pk)
        size = formats.file_size(row.size)
        yield pages.Attachment(row.name, url, size, row.added_by.name, row.at)


# -- the life of a document --------------------------------------------------------------------


def people_of(document: Document) -> dict[Any, str]:
    """Who made, submitted, posted and reversed it, by id, in one statement."""
    acted = (
        document.created_by_id,
        document.submitted_by_id,
        document.posted_by_id,
        document.reversed_by_id,
    )
    ids = {person for person in acted if person is not None}
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))


def timeline(
    declared: DocumentType,
    document: Document,
    *,
    standing: Standing | None = None,
    next_steps: Iterable[str] = (),
) -> tuple[pages.Step, ...]:
    """What has happened, what is now, and what comes next."""
    names = people_of(document)

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
    if standing is None or document.state != State.POSTED:
        return [pages.Step(title, stage="ahead") for title in next_steps]
    if standing.code == "done":
        return [pages.Step(str(standing.word))]
    share = formats.percent(standing.share, 0) if standing.share else ""
    return [
        pages.Step(str(standing.word), share, "now", tone="way"),
        *(pages.Step(title, stage="ahead") for title in next_steps),
    ]
