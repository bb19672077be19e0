"""Lists as spreadsheets: the rows and columns of the screen, with real numbers and dates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from tongpan.faces.kit.derived import values
from tongpan.faces.kit.derived.listing import LEFT, SUMMARY, first_lines, left_of
from tongpan.kernel.documents import lists
from tongpan.kernel.documents.fields import Field, links_of
from tongpan.kernel.documents.lists import Wanted
from tongpan.kernel.documents.registry import DocumentType

ROWS_MAX = 1_000_000  # a sheet has room for a little more


def list_sheet(declared: DocumentType, wanted: Wanted, fields: Sequence[Field]) -> bytes:
    """Everything that the filters let through; what a sheet has no room for is told of."""
    return _written(declared, _listed(declared, wanted, fields), fields)


def _listed(
    declared: DocumentType, wanted: Wanted, fields: Sequence[Field]
) -> Iterator[Sequence[Any]]:
    count, cursor = 0, None
    while count < ROWS_MAX:
        page = lists.page_of(declared, wanted, cursor=cursor, size=lists.PAGE_MAX)
        yield from _rows(declared, page.rows, fields)
        count, cursor = count + len(page.rows), page.next_cursor
        if cursor is None:
            return
    yield [_("Older ones are not in this sheet: choose a shorter period.")]


def chosen_sheet(declared: DocumentType, ids: Iterable[UUID], fields: Sequence[Field]) -> bytes:
    """The ticked rows, as far as they may be seen."""
    spine = ("document", "document__org_unit", "document__other_unit", "document__created_by")
    rows = lists.wanted_rows(declared, replace(Wanted())).filter(pk__in=list(ids))
    found = rows.select_related(*spine, *links_of(declared.header_fields))
    in_order = list(found.order_by(*lists.ORDERS["latest"]))
    return _written(declared, _rows(declared, in_order, fields), fields)


def _rows(
    declared: DocumentType, bodies: Sequence[Any], fields: Sequence[Field]
) -> Iterable[Sequence[Any]]:
    firsts = first_lines(declared, bodies) if any(f.name == SUMMARY for f in fields) else {}
    left = left_of(declared, fields, bodies)
    worked_out: Mapping[str, Mapping[UUID, Any]] = {SUMMARY: firsts, LEFT: left}
    for body in bodies:
        yield [
            worked_out[f.name].get(body.document_id, "")
            if f.name in worked_out
            else _value(declared, f, body)
            for f in fields
        ]


def _written(
    declared: DocumentType, rows: Iterable[Sequence[Any]], fields: Sequence[Field]
) -> bytes:
    return write([values.title_of(f) for f in fields], rows, str(declared.title))


def _value(declared: DocumentType, field: Field, body: Any) -> Any:
    if field.name == "state":
        return values.state(body.document).word
    source = body.document if values.of_spine(declared, field.name) else body
    value = getattr(source, field.attribute)
    if value is None:
        return ""
    if field.target is not None:
        return values.label(getattr(source, field.name))
    return values.shown(field, source, value) if field.kind in ("flag", "choice") else value


def write(heads: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """A workbook with one sheet, written row by row so that its size does not matter. Text stays
    text, so nothing in it is ever run as a formula."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
            sheet.set_column(column, column, 16)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    local = timezone.localtime(value).replace(tzinfo=None)
                    sheet.write_datetime(number, column, local, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, datetime(*value.timetuple()[:3]), day)  # noqa: DTZ001 - a day has no zone
                elif isinstance(value, Decimal | int) and not isinstance(value, bool):
                    sheet.write_number(number, column, value)
                else:
                    sheet.write_string(number, column, str(value))
    return out.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\")[:31] or "Sheet"
