"""Files to send out: an empty template, rows to edit and import again, and rows with problems.

Text is written as text: what begins like a formula is never one.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from tongpan.engines.imports.files import Cell, Table
from tongpan.engines.imports.headings import Headings
from tongpan.engines.imports.rows import Row
from tongpan.engines.imports.templates import Template
from tongpan.kernel.documents.sentences import sentence


def blank_sheet(template: Template) -> bytes:
    """A sheet with the headings of a template, stars behind the required ones."""
    heads = [f"{template.label(c.name)}{'*' if c.is_required else ''}" for c in template.columns()]
    return _book([heads], marked=())


def sheet_of(template: Template, rows: Iterable[Any]) -> bytes:
    """Masters of a template's first part, in the columns that an import of it reads."""
    part = template.parts[0]
    own = {f.name for f in part.master.form_fields}
    take = {name: column for name, column in part.take.items() if name in own}
    heads: list[Cell] = [template.label(column) for column in take.values()]
    lines = [[_shown(getattr(row, name)) for name in take] for row in rows]
    return _book([heads, *lines], marked=())


def sheet_of_problems(table: Table, headings: Headings, rows: Sequence[Row]) -> bytes:
    """The same sheet with the refused rows alone, each with what is wrong behind it.

    It can be mended and imported as it is: the column of problems means nothing to an import.
    """
    place = {name: position for position, name in headings.meant.items()}
    width = max(len(row) for row in table.rows)
    top = [*_filled(table.rows[headings.row], width), _("Problems")]
    lines, marked = [top], []
    for row in rows:
        if not row.problems:
            continue
        said = "；".join(sentence(problem["code"], problem) for problem in row.problems)
        marked += [(len(lines), place[p["path"]]) for p in row.problems if p["path"] in place]
        lines.append([*_filled(table.rows[row.number - 1], width), said])
    return _book(lines, marked=marked)


def _filled(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells, *[None] * (width - len(cells))]


def _shown(value: Any) -> Cell:
    if value is None or isinstance(value, Decimal | bool | date | str):
        return value
    return str(getattr(value, "code", value))


def _book(lines: Sequence[Sequence[Cell]], marked: Iterable[tuple[int, int]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    looks = {
        "head": book.add_format({"bold": True}),
        "wrong": book.add_format({"bg_color": "#FDE2E1"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    wrong = set(marked)
    for y, line in enumerate(lines):
        for x, cell in enumerate(line):
            look = looks["wrong"] if (y, x) in wrong else looks["head"] if y == 0 else None
            _write(sheet, y, x, cell, look, looks["day"])
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _write(sheet: Any, y: int, x: int, cell: Cell, look: Any, day: Any) -> None:
    if cell is None:
        sheet.write_blank(y, x, None, look)
    elif isinstance(cell, bool):
        sheet.write_string(y, x, "是" if cell else "否", look)
    elif isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= 15:
        sheet.write_number(y, x, float(cell), look)  # a spreadsheet has no other numbers
    elif isinstance(cell, date):
        sheet.write_datetime(y, x, cell, look or day)
    else:
        sheet.write_string(y, x, str(cell), look)
