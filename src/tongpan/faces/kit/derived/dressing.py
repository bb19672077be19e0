"""A paper in the dress of a print template: its texts, columns and signatures."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from html import unescape
from typing import Any, Literal, cast
from uuid import UUID

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.engines.prints import language
from tongpan.engines.prints.choosing import logo_of
from tongpan.engines.prints.kinds import OF_PARTY
from tongpan.engines.prints.models import PrintTemplate
from tongpan.faces.kit import cells, formats, pages
from tongpan.faces.kit.frame import company_name
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import masked_fields, visible, who
from tongpan.masters.parties.models import Party

HAS_NAMES = re.compile(r"\{[{%]")


def dressed(
    page: pages.PrintPage,
    template: PrintTemplate,
    read: Callable[[], Mapping[str, Any]],
) -> pages.PrintPage:
    """The paper as the template wants it. `read` is what it may write, asked for if it needs any.

    A text that cannot be written for this document is left out, and the page says so beside the
    paper: printing goes on.
    """
    texts = {name: getattr(template, name) for name in ("title", "head", "foot", "signatures")}
    said = read() if any(HAS_NAMES.search(text) for text in texts.values()) else {}
    written, warnings = dict[str, str](), list[str]()
    for name, text in texts.items():
        try:
            written[name] = language.write(text, said) if HAS_NAMES.search(text) else text
        except Refusal as wrong:
            written[name] = ""
            told = {"what": template.title_of(name), "text": sentence(wrong.code, wrong.facts)}
            warnings.append(_("%(what)s was left out. %(text)s") % told)
    names = [line.strip() for line in written["signatures"].splitlines() if line.strip()]
    return replace(
        page,
        title=" ".join(written["title"].split()) or page.title,
        above=written["head"].strip(),
        below=written["foot"].strip(),
        signatures=tuple((name, "") for name in names) if names else page.signatures,
        in_words=page.in_words if template.shows_words else "",
        spacing=cast('Literal["narrow", "usual", "wide"]', template.spacing),
        logo=logo_of(template),
        rows=tuple(map(_without_nothing, page.rows)) if template.columns else page.rows,
        warnings=(*page.warnings, *warnings),
    )


def _without_nothing(row: pages.Row) -> pages.Row:
    """A chosen column that nobody filled is there to be written in by hand."""
    return replace(row, cells={n: cell for n, cell in row.cells.items() if cell.value is not None})


def published(
    unit: OrgUnit,
    document: Mapping[str, Any],
    lines: Sequence[Mapping[str, str]],
    *,
    party: UUID | None = None,
    copy: int = 1,
) -> dict[str, Any]:
    """The names of `prints.kinds` with what stands for them: texts, of what the reader may see."""
    person = who().person
    return {
        "company": {"name": company_name()},
        "unit": {
            "name": unit.name, "code": unit.code, "entity": unit.entity.name,
            "credit_code": unit.entity.credit_code,
        },
        "document": dict(document),
        "party": _party(party) if party else {},
        "lines": list(lines),
        "printed": {
            "by": person.name if person else "", "at": formats.full_moment(env.now()),
            "copy": str(copy),
        },
    }  # fmt: skip


def _party(pk: UUID) -> dict[str, str]:
    row = visible(Party).filter(pk=pk).first()
    shown = [name for name in OF_PARTY if name not in masked_fields(Party)]
    return {name: str(getattr(row, name) or "") for name in shown} if row else {}


def rows_in_words(
    columns: Iterable[pages.Column], rows: Iterable[pages.Row]
) -> list[dict[str, str]]:
    """The lines of a paper as a template may write them."""
    known = list(columns)
    return [
        {c.name: in_words(row.cells.get(c.name, cells.EMPTY), c.kind) for c in known}
        for row in rows
    ]


def in_words(cell: pages.Cell, kind: pages.Kind) -> str:
    """A cell as its paper says it, as plain text."""
    if cell.value is None:
        return ""
    return unescape(strip_tags(cells.on_paper(cell, kind))).strip()
