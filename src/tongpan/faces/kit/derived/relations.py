"""The family of a document as a picture: what it came from, and what came of that."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.scope import may_somewhere


def drawn(
    document: Document, state: pages.State, kin: Iterable[Document], beside: Iterable[Document]
) -> tuple[pages.Related, ...]:
    """The firsts of the family, each with what came of it; the document itself in its `state`. What the type knows to stand `beside`
    the document, as the payment of a bill, is drawn below it. Alone it is no family."""
    shown = [one for one in kin if may_somewhere(f"{one.type}.view")]
    known = {document.pk, *(one.pk for one in shown)}
    added = [b for b in beside if b.pk not in known and may_somewhere(f"{b.type}.view")]
    if not shown and not added:
        return ()
    above: dict[UUID, UUID | None] = {
        one.pk: next((pk for pk in (one.follows_id, one.replaces_id) if pk in known), None)
        for one in (document, *shown)
    }
    above |= {one.pk: document.pk for one in added}
    below: dict[UUID | None, list[Document]] = {}
    for one in sorted((document, *shown, *added), key=lambda one: one.created_at):
        below.setdefault(above[one.pk], []).append(one)
    numbers = {one.pk: one.number for one in (document, *shown)}
    return tuple(_under(None, below, numbers, (document.pk, state)))


def _under(
    parent: UUID | None,
    below: dict[UUID | None, list[Document]],
    numbers: dict[UUID, str | None],
    current: tuple[UUID, pages.State],
) -> Iterator[pages.Related]:
    for one in below.get(parent, ()):
        yield pages.Related(
            title=str(document_type(one.type).title),
            number=one.number or _("no number yet"),
            url=addresses.document(one.type, one.pk),
            state=current[1] if one.pk == current[0] else values.state(one),
            note=" · ".join(_notes(one, numbers)),
            is_current=one.pk == current[0],
            below=tuple(_under(one.pk, below, numbers, current)),
        )


def _notes(one: Document, numbers: dict[UUID, str | None]) -> Sequence[str]:
    """Where and when, and what it stands for, if it stands for another one."""
    notes = [one.org_unit.name, formats.day(one.business_date)]
    if one.replaces_id and (number := numbers.get(one.replaces_id)):
        notes.append(_("instead of %(number)s") % {"number": number})
    return notes
