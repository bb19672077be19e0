"""Lists as files that can be edited and imported again: whole records, with the fields that the
person may see, named by the labels that an import recognises.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.engines.imports.drafts import DOCUMENT, SPINE, DraftSheet
from tongpan.engines.imports.templates import Template
from tongpan.faces.files.guard import guarded
from tongpan.faces.kit.derived.listing import hidden_fields
from tongpan.kernel.documents import lists
from tongpan.kernel.documents.actions.parts import rows_of, spelled
from tongpan.kernel.documents.fields import Field, links_of, reference_of
from tongpan.kernel.documents.lists import Wanted
from tongpan.kernel.documents.models import Document, Line
from tongpan.kernel.documents.registry import DocumentType, MasterType, Part
from tongpan.kernel.org.scope import masked_fields, may_somewhere, visible

ROWS_MAX = 1_000_000  # a sheet has room for a little more
AT_ONCE = 2000  # rows that are read together, with their parts
NUMBER_DIGITS = 15  # a spreadsheet keeps no more; a longer number is written as text
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | Decimal | int | date | bool | None


@dataclass(frozen=True)
class Export:
    """Headings and rows, read as they are written."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]


def export_documents(declared: DocumentType, wanted: Wanted) -> Export:
    """Documents with a row for each line; the fields of the header stand in every one of them."""
    sheet, hidden = DraftSheet(declared), hidden_fields(declared)
    columns = [n for n, f in sheet.fields().items() if f.name not in hidden]
    headings = [*(sheet.label(n) for n in columns), _("number"), _("state")]
    rows = _document_rows(declared, wanted, sheet, columns)
    return Export(declared.code, str(declared.title), headings, rows)


def _document_rows(
    declared: DocumentType, wanted: Wanted, sheet: DraftSheet, columns: Sequence[str]
) -> Iterator[list[Value]]:
    hidden, view = hidden_fields(declared), declared.permission("view")
    cursor, count = None, 0
    while count < ROWS_MAX:
        page = lists.page_of(declared, wanted, cursor=cursor, size=lists.PAGE_MAX)
        lines: dict[Any, list[Any]] = {}
        if declared.line is not None:
            links = links_of(f for f in declared.line_fields if f.name not in hidden)
            found = visible(declared.line, view).select_related(*links)
            of_page = found.filter(document__in=[b.document_id for b in page.rows])
            for line in of_page.order_by("position"):
                lines.setdefault(line.document_id, []).append(line)
        for body in page.rows:
            for line in lines.get(body.document_id, [None]):
                count += 1
                yield _document_row(sheet, columns, body, line)
        cursor = page.next_cursor
        if cursor is None:
            return


def _document_row(sheet: DraftSheet, columns: Sequence[str], body: Any, line: Any) -> list[Value]:
    document: Document = body.document
    row: list[Value] = []
    for name in columns:
        if name == DOCUMENT:
            row.append(str(document.pk))
        elif name in SPINE:
            row.append(getattr(document, name))
        elif name in sheet.header:
            row.append(_cell(sheet.header[name], body))
        else:
            row.append(None if line is None else _cell(sheet.lines[name], line))
    return [*row, document.number or "", str(document.get_state_display())]


def export_masters(declared: MasterType, among: QuerySet[Any] | None = None) -> Export:
    """Every row of a kind of master data that may be seen, or `among` them, in order of its key."""
    view = declared.permission("view")
    masked = masked_fields(declared.model, view)
    fields = [f for f in declared.form_fields if f.name not in masked]
    rows: QuerySet[Any] = visible(declared.model, view) if among is None else among
    # Many rows link to few others: read with each row those were most of the work.
    rows = rows.prefetch_related(*links_of(fields)).order_by(declared.key)[:ROWS_MAX]
    parts = [p for p in declared.parts if p.cell and may_somewhere(p.master.permission("view"))]
    headings = [str(f.label) for f in (*fields, *(part.column for part in parts))]
    shown = _master_rows(declared, rows, fields, parts)
    return Export(declared.code, str(declared.title), headings, shown)


def _master_rows(
    declared: MasterType, rows: QuerySet[Any], fields: Sequence[Field], parts: Sequence[Part]
) -> Iterator[list[Value]]:
    """Each row with its parts, every part spelled in one cell."""
    every = rows.iterator(AT_ONCE)
    while stretch := list(islice(every, AT_ONCE)):
        ids = [row.pk for row in stretch]
        theirs = [(part, rows_of(part, declared, ids)) for part in parts]
        for row in stretch:
            cells: list[Value] = [_cell(f, row) for f in fields]
            yield cells + [spelled(part, found.get(row.pk, ())) for part, found in theirs]


def blank(declared: DocumentType | MasterType) -> Export:
    """The headings alone: a sheet to be filled in and imported. Nobody writes which line of
    another document one follows."""
    if isinstance(declared, DocumentType):
        sheet, hidden = DraftSheet(declared), hidden_fields(declared)
        heads = [
            sheet.label(n)
            for n, f in sheet.fields().items()
            if f.name not in hidden and not (f.target and issubclass(f.target, Line))
        ]
    else:
        masked = masked_fields(declared.model, declared.permission("view"))
        heads = [str(f.label) for f in declared.sheet_fields if f.name not in masked]
    return Export(f"{declared.code}-blank", str(declared.title), heads, ())


def blank_of(template: Template) -> Export:
    """The same for a sheet that is composed of several types."""
    heads = [template.label(column.name) for column in template.columns()]
    return Export(f"{template.code}-blank", str(template.title), heads, ())


def _cell(field: Field, row: Any) -> Value:
    """A field as a cell: what an import of it reads back as the same value."""
    if field.target is not None:
        linked = getattr(row, field.name) if getattr(row, field.attribute) is not None else None
        return reference_of(field.target).code(linked) if linked is not None else None
    value = getattr(row, field.name)
    if field.kind == "choice":
        return _labels(field).get(value, str(value))
    if isinstance(value, Decimal):
        return value.normalize() + 0
    return value if isinstance(value, int | date | bool | None) else str(value)


def _labels(field: Field) -> Mapping[str, str]:
    return _in_words(field.choices, get_language())


@lru_cache(maxsize=256)
def _in_words(choices: tuple[tuple[str, Any], ...], _language: str | None) -> dict[str, str]:
    return {value: str(words) for value, words in choices}


# -- writing ------------------------------------------------------------------------------------


def as_file(export: Export, kind: str) -> HttpResponse:
    """An export as a file to be saved: xlsx, or csv."""
    content, media_type = (
        (as_csv(export), "text/csv; charset=utf-8") if kind == "csv" else (as_xlsx(export), XLSX)
    )
    return download(content, f"{export.name}-{env.now():%Y%m%d}.{kind}", media_type)


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    """Bytes that a browser saves and never shows."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def as_csv(export: Export) -> bytes:
    """UTF-8 with a mark, so that Excel sees the Chinese; quoted as RFC 4180 says."""
    out = io.StringIO(newline="")
    write = csv.writer(out).writerow
    write([guarded(heading) for heading in export.headings])
    for row in export.rows:
        write([_csv_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return format(value, "f")
    return guarded(value) if isinstance(value, str) else str(value)


def as_xlsx(export: Export) -> bytes:
    """A workbook with one sheet, written row by row so that its size does not matter."""
    with tempfile.TemporaryFile() as out:
        options = {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        }  # fmt: skip
        with xlsxwriter.Workbook(out, options) as book:
            sheet = book.add_worksheet(_sheet_name(export.title))
            bold = book.add_format({"bold": True, "bottom": 1})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.freeze_panes(1, 0)
            for x, heading in enumerate(export.headings):
                sheet.set_column(x, x, 16)
                sheet.write_string(0, x, guarded(heading), bold)
            for y, row in enumerate(export.rows, start=1):
                for x, value in enumerate(row):
                    _write(sheet, y, x, value, day)
        out.seek(0)
        return out.read()


def _write(sheet: Any, y: int, x: int, value: Value, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool | str):
        sheet.write_string(y, x, _csv_cell(value))
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day has no zone
        sheet.write_datetime(y, x, moment, day)
    elif len(Decimal(value).as_tuple().digits) > NUMBER_DIGITS:
        sheet.write_string(y, x, format(value, "f"))
    else:
        sheet.write_number(y, x, value)


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet"
