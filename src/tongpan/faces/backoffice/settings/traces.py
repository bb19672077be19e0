"""Where else somebody is named: told by place, for a person to decide what becomes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tongpan.faces.kit import pages
from tongpan.faces.kit.derived import addresses
from tongpan.kernel.documents.models import Attachment, Comment, Document, History
from tongpan.kernel.documents.personal import Subject
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.documents.traces import Trace, traces_of
from tongpan.kernel.org.scope import system


@dataclass(frozen=True)
class Place:
    """Where a text stands, in words: on what, in which of its columns."""

    what: str
    column: str
    url: str = ""


def places_of(subject: Subject, row: Any) -> list[Place]:
    """Everywhere that somebody is named, whatever the acting person may open of it."""
    with system(reason="where somebody is named"):
        found = traces_of(subject, row)
        documents = Document.unscoped.in_bulk({one.subject for one in found if one.subject})
        return list(dict.fromkeys(_told(found, documents)))


def _told(found: list[Trace], documents: Mapping[UUID, Document]) -> Iterator[Place]:
    for one in found:
        column = _column(one)
        master = addresses.master_type_of(one.model)
        if document := documents.get(one.subject) if one.subject else None:
            declared = document_type(document.type)
            number = document.number or document.get_state_display()
            url = addresses.document(declared.code, document.pk)
            yield Place(f"{declared.title} {number}", column, url)
        elif master and one.subject:
            code = one.model._base_manager.values_list(master.key, flat=True).get(pk=one.subject)
            yield Place(f"{master.title} {code}", column, addresses.master(master, one.subject))
        else:
            name = one.model._meta.verbose_name
            yield Place(str(name) if isinstance(name, Promise) else _("Other texts"), column)


def _column(one: Trace) -> str:
    said = {Comment: _("Comment"), Attachment: _("File"), History: _("History")}
    name = one.model._meta.get_field(one.column).verbose_name  # type: ignore[union-attr]
    return said.get(one.model) or (str(name) if isinstance(name, Promise) else "")


def card(subject: Subject, row: Any, url: str, *, is_asked: bool) -> pages.Card:
    """The places, once they are asked for: all texts are read for it."""
    title = _("Named elsewhere")
    search = pages.Action(_("Search remarks"), url)
    note = _("Remarks, reasons, comments and names of files stay as they were written. What is "
             "inside of files is not searched.")  # fmt: skip
    if not is_asked:
        return pages.Card(title, text=note, link=search)
    rows = tuple(
        pages.Row(
            str(n),
            {"what": pages.Cell(place.what, url=place.url), "column": pages.Cell(place.column)},
            url=place.url,
        )
        for n, place in enumerate(places_of(subject, row))
    )
    return pages.Card(
        title,
        columns=(
            pages.Column("what", _("Named in"), pages.Kind.LINK, 1, "title"),
            pages.Column("column", _("Field"), keep=1, at="detail"),
        ),
        rows=rows,
        empty=_("Nobody named them anywhere else."),
        foot=note,
        is_compact=True,
    )
