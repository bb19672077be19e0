"""A file as people send it, read into plain tables of cells. Nothing in it is run or followed.

Excel (.xlsx, .xls, .ods), parquet, and CSV in whatever encoding and with whatever separator. A cell
is text, an exact number, a date, a flag or nothing: a float from Excel becomes the shortest decimal
that names it, because that is what the person typed.
"""

import csv
import io
import math
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from tongpan.base.collector import uncollected
from tongpan.base.refusals import Refusal
from tongpan.engines.imports.packed import (
    COLUMNS_MAX,
    ROWS_MAX,
    SHEETS_MAX,
    UNPACKED_MAX,
    refuse_bombs,
)

Cell = str | Decimal | date | bool | None

FILE_MAX = 30 * 1024 * 1024
SEPARATORS = ",\t;|"
CELL_MAX = 100_000  # characters; what is longer was not meant for a cell
_ZIP, _OLE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `encoding` and `separator` say how a CSV was understood: a person may say else."""

    name: str
    rows: list[list[Cell]]
    encoding: str = ""
    separator: str = ""


def read_file(name: str, content: bytes, *, encoding: str = "", separator: str = "") -> list[Table]:
    """The tables in a file, by what it is and not by what it is called.

    Errors: Refusal file_empty, file_too_large, file_too_large_unpacked, file_macro, file_broken,
            too_many_cells, too_many_sheets, file_type_mismatch, file_encoding, csv_parse.
    """
    if not content.strip():
        raise Refusal("file_empty", name=name)
    if len(content) > FILE_MAX:
        raise Refusal("file_too_large", name=name, max_mb=FILE_MAX // 1024**2)
    if content.startswith(_ZIP):
        refuse_bombs(name, content)
        return _spreadsheet(name, content)
    if content.startswith(_OLE):
        return _spreadsheet(name, content)
    if content.startswith(_PARQUET):
        return [_parquet(name, content)]
    is_called_else = name.lower().endswith((".xls", ".xlsx", ".xlsm", ".ods", ".parquet"))
    if is_called_else or content.lstrip().startswith((b"<", b"%PDF")):
        raise Refusal("file_type_mismatch", name=name)
    return [_csv(name, content, encoding=encoding, separator=separator)]


# -- spreadsheets -------------------------------------------------------------------------------


@uncollected()
def _spreadsheet(name: str, content: bytes) -> list[Table]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        tables = []
        if len(book.sheet_names) > SHEETS_MAX:
            raise Refusal("too_many_sheets", name=name, sheets=SHEETS_MAX)
        for sheet_name in book.sheet_names:
            sheet = book.get_sheet_by_name(sheet_name)
            if sheet.total_height > ROWS_MAX or sheet.total_width > COLUMNS_MAX:
                raise Refusal("too_many_cells", rows=ROWS_MAX, columns=COLUMNS_MAX)
            rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
            for row in rows:
                row[:] = map(_cell, row)  # in place: a large sheet is not held twice
            tables.append(Table(sheet_name, rows))
    except CalamineError:
        raise Refusal("file_broken", name=name) from None
    return [table for table in tables if any(_is_filled(row) for row in table.rows)]


def _cell(raw: object) -> Cell:
    if type(raw) is str:  # as most of them are
        return _text(raw)
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return exact_number(raw)
    if isinstance(raw, datetime):
        return raw.date() if raw.time() == time(0) else raw.isoformat(sep=" ")
    if isinstance(raw, date):
        return raw
    if isinstance(raw, time | timedelta):
        return str(raw)
    return _text(str(raw)) if raw is not None else None


def exact_number(number: int | float) -> Decimal:
    """The shortest decimal that a float stands for, without an exponent.

    >>> exact_number(0.1), exact_number(2001.0), exact_number(6.9e12)
    (Decimal('0.1'), Decimal('2001'), Decimal('6900000000000'))
    """
    text = format(Decimal(repr(number)), "f")
    return Decimal(text.removesuffix(".0"))


def _text(raw: str) -> str | None:
    return raw.replace("\u00a0", " ").strip() or None


def _is_filled(row: list[Cell]) -> bool:
    return any(cell is not None for cell in row)


# -- parquet ------------------------------------------------------------------------------------

_SIMPLE = ("BOOLEAN", "DATE", "TIME", "TIMESTAMP", "DOUBLE", "VARCHAR")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


def _parquet(name: str, content: bytes) -> Table:
    """A table out of another program's data: its columns are the headings of the first row.

    The size is asked of the file's own list of contents before anything is unpacked.
    """
    import duckdb  # here: it takes long to load, and few need it

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(content)
        file.flush()
        try:
            with duckdb.connect(config={"threads": 2, "memory_limit": "512MB"}) as base:
                return _table_of(base, name, file.name)
        except duckdb.Error:
            raise Refusal("file_broken", name=name) from None


def _table_of(base: Any, name: str, path: str) -> Table:
    source = "read_parquet(?, binary_as_string = true, hive_partitioning = false)"
    columns = base.execute(f"describe select * from {source}", [path]).fetchall()
    sizes = "select sum(total_uncompressed_size) from parquet_metadata(?)"
    height = base.execute("select sum(num_rows) from parquet_file_metadata(?)", [path]).fetchone()
    unpacked = base.execute(sizes, [path]).fetchone()
    if (height[0] or 0) > ROWS_MAX or len(columns) > COLUMNS_MAX:
        raise Refusal("too_many_cells", rows=ROWS_MAX, columns=COLUMNS_MAX)
    if (unpacked[0] or 0) > UNPACKED_MAX:
        raise Refusal("file_too_large_unpacked", name=name, max_mb=UNPACKED_MAX // 1024**2)
    wanted = ", ".join(_column(column, kind) for column, kind, *_more in columns)
    found = base.execute(f"select {wanted} from {source}", [path])
    rows: list[list[Cell]] = [[_text(str(column)) for column, *_more in columns]]
    while stretch := found.fetchmany(2000):
        rows += [[_value(raw) for raw in row] for row in stretch]
    return Table(name, rows)


def _column(name: str, kind: str) -> str:
    """A column as it is where a cell can hold it, else as text: lists, times with zones, uuids."""
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == "FLOAT":  # by way of its text, else 0.1 becomes 0.10000000149
        return f"cast(cast({quoted} as varchar) as double)"
    is_simple = kind in _SIMPLE or kind.startswith("DECIMAL") or kind.removeprefix("U") in _WHOLE
    return quoted if is_simple else f"left(cast({quoted} as varchar), {CELL_MAX})"


def _value(raw: object) -> Cell:
    """Numbers are exact already, but for floats, which are the decimals that they stand for."""
    if isinstance(raw, float) and not math.isfinite(raw):
        return None
    return raw.normalize() + 0 if isinstance(raw, Decimal) else _cell(raw)


# -- CSV ----------------------------------------------------------------------------------------


def _csv(name: str, content: bytes, *, encoding: str, separator: str) -> Table:
    encoding, text = _decoded(name, content, encoding)
    separator = separator or _separator_of(text)
    rows: list[list[Cell]] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for line in lines:
            rows.append([_written(cell) for cell in line])
            if len(rows) > ROWS_MAX or len(line) > COLUMNS_MAX:
                raise Refusal("too_many_cells", rows=ROWS_MAX, columns=COLUMNS_MAX)
    except csv.Error:
        raise Refusal("csv_parse", row=lines.line_num) from None
    return Table(name, rows, encoding, separator)


def _decoded(name: str, content: bytes, encoding: str) -> tuple[str, str]:
    if encoding:
        guesses = [encoding]
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        guesses = ["utf-16"]
    else:
        guesses = ["utf-8-sig", "gb18030"]  # Chinese Excel saves CSV in the second
    for guess in guesses:
        try:
            text = content.decode(guess)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\x00" not in text:
            return guess, text
    raise Refusal("file_encoding", name=name)


def _separator_of(text: str) -> str:
    """The separator under which most lines have the same number of cells, and more than one."""
    lines = text.splitlines()[:50]

    def agreement(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        usual = max(set(widths), key=widths.count) if widths else 0
        return (widths.count(usual), usual) if usual > 1 else (0, 0)

    return max(SEPARATORS, key=agreement)


def _written(cell: str) -> str | None:
    """Our own CSV files put ' before what a spreadsheet would take for a formula."""
    text = _text(cell)
    is_ours = text is not None and text[0] == "'" and text[1:].lstrip()[:1] in tuple("=+-@")
    return text[1:] if text and is_ours else text
