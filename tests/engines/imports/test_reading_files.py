"""Messy files are read, or refused by name; nothing is guessed where a guess could be wrong."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tongpan.base.refusals import Refusal
from tongpan.engines.imports.cells import Unclear, value_of
from tongpan.engines.imports.files import exact_number, read_file
from tongpan.engines.imports.headings import Column, find_headings, read_headings
from tongpan.engines.imports.packed import refuse_bombs
from tongpan.kernel.documents.fields import Field

FILES = Path(__file__).parent / "files"


def a_field(kind: str) -> Field:
    return Field(name="x", kind=kind, label="x", help="", is_required=False)


def a_book(*rows: list[Any]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("商品")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(y, x, cell, day)
            else:
                sheet.write(y, x, cell)
    book.close()
    return out.getvalue()


# -- files --------------------------------------------------------------------------------------


def test_an_excel_sheet_becomes_text_exact_numbers_and_dates() -> None:
    content = a_book(["编码", "价格", "日期"], ["a1", 0.1, date(2026, 1, 2)], [2001, 1e12, None])

    [table] = read_file("a.xlsx", content)

    assert table.rows == [
        ["编码", "价格", "日期"],
        ["a1", Decimal("0.1"), date(2026, 1, 2)],
        [Decimal(2001), Decimal(10**12), None],
    ]


def a_parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_a_parquet_file_becomes_text_exact_numbers_and_dates() -> None:
    day = date(2026, 1, 2)
    content = a_parquet(**{
        "编码": pa.array(["a1", "a2"]).dictionary_encode(), "价 \"格": [0.1, float("nan")],
        "small": pa.array([0.1, 2], pa.float32()), "count": pa.array([1, None], pa.uint32()),
        "exact": [Decimal("1.50"), Decimal("0.07")], "is_weighed": [True, None],
        "at": [datetime.fromisoformat(at) for at in ("2026-01-02", "2026-01-02T03:04")],
        "on": [day, None], "tags": [["x", "y"], None], "plain": [b" raw ", b""],
    })  # fmt: skip

    [table] = read_file("goods.bin", content)

    heads = ["编码", '价 "格', "small", "count", "exact", "is_weighed", "at", "on", "tags", "plain"]
    assert table.rows == [
        heads,
        ["a1", Decimal("0.1"), Decimal("0.1"), 1, Decimal("1.5"), True, day, day, "[x, y]", "raw"],
        ["a2", None, 2, None, Decimal("0.07"), None, "2026-01-02 03:04:00", None, None, None],
    ]


def test_a_parquet_file_that_is_damaged_or_too_large_is_refused_by_name() -> None:
    good = a_parquet(code=["a1"] * 100)
    tall = a_parquet(code=["a1"] * 200_001)
    heavy = a_parquet(code=[f"{n:09}" * 100_000 for n in range(480)])

    for name, content, refused in (
        ("a.parquet", good[:-30], "file_broken"), ("a.parquet", b"PAR1", "file_broken"),
        ("a.parquet", b"code\na1\n", "file_type_mismatch"), ("a.parquet", tall, "too_many_cells"),
        ("a.parquet", heavy, "file_too_large_unpacked"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=refused):
            read_file(name, content)


def test_an_old_excel_file_is_read_by_what_it_is() -> None:
    content = (FILES / "goods_template.xls").read_bytes()

    [table] = read_file("goods.xls", content)

    assert table.rows[1][:3] == ["名称*", "规格", "型号"]
    assert table.rows[2][10] == Decimal(2001)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_is_read_in_any_usual_encoding_and_separator(encoding: str, separator: str) -> None:
    lines = [["编码", "名称", "价格"], ["001", "可乐, 330ml", "3.5"], ["002", "牛奶", "8"]]
    quoted = [separator.join(f'"{cell}"' for cell in line) for line in lines]

    [table] = read_file("a.csv", "\r\n".join(quoted).encode(encoding))

    assert table.rows == lines
    assert table.separator == separator


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"  ", "file_empty"),
        ("a.xlsx", b"<html><table></table></html>", "file_type_mismatch"),
        ("a.csv", b"<html><table></table></html>", "file_type_mismatch"),
        ("a.csv", b"%PDF-1.7", "file_type_mismatch"),
        ("a.xlsx", b"code,name", "file_type_mismatch"),
        ("a.xlsx", b"PK\x03\x04 not a zip at all", "file_broken"),
        ("a.xls", b"\xd0\xcf\x11\xe0 not a workbook", "file_broken"),
        ("a.csv", b"a,b\xff\x00\x81", "file_encoding"),
        ("a.csv", b'a,b\n"c,d\n', "csv_parse"),
        ("a.csv", b"a," * 301, "too_many_cells"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_file(name, content)


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def test_a_workbook_with_macros_is_refused() -> None:
    with pytest.raises(Refusal, match="file_macro"):
        read_file("a.xlsm", zipped(xl__vbaProject_bin=b"x"))


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tongpan.engines.imports.packed.UNPACKED_MAX", 1000)
    with pytest.raises(Refusal, match="file_too_large_unpacked"):
        read_file("a.xlsx", zipped(xl__sheet_xml=b"0" * 2000))


SHEET = b"<worksheet><sheetData>%s</sheetData></worksheet>"
CELL = b'<row r="1"><c r="A1"><v>1</v></c></row>'
ROWS_OF_ODS = (
    b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell'
    b' table:number-columns-repeated="16384"%s></table:table-row>'
)
CORNERS = {
    "the last cell of all": SHEET % (CELL + b'<row r="9"><c r="XFD1048576"><v>1</v></c></row>'),
    "a row far below": SHEET % b'<row r="300000"><c s="1" r="A300000"><v>1</v></c></row>',
    "another quote and prefix": b"<x:c\nt=\"n\" r = 'zz1'><x:v>1</x:v></x:c>",
    "a cell that says no place": SHEET % b"<row><c><v>1</v></c></row>",
    "repeated cells": ROWS_OF_ODS % b' office:value="1"/',
}
HARMLESS = {
    "a format far out": SHEET % (CELL + b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
    "the last cell that is allowed": SHEET % b'<c r="KN200000"><v>1</v></c>',
    "empty cells to the end": ROWS_OF_ODS % b"/",
    "a picture": b"<" + b"\0" * (5 * 2**20),
}


@pytest.mark.parametrize("sheet", CORNERS.values(), ids=CORNERS)
def test_cells_that_would_ask_for_all_memory_are_refused_before_anything_reads_them(
    sheet: bytes,
) -> None:
    with pytest.raises(Refusal, match="too_many_cells"):
        read_file("a.xlsx", zipped(xl__worksheets__sheet1_xml=sheet))


@pytest.mark.parametrize("sheet", HARMLESS.values(), ids=HARMLESS)
def test_what_lies_far_out_and_holds_nothing_is_read(sheet: bytes) -> None:
    refuse_bombs("a.xlsx", zipped(xl__worksheets__sheet1_xml=sheet))


def test_a_workbook_that_lies_about_its_size_is_unpacked_no_further_than_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tongpan.engines.imports.packed.UNPACKED_MAX", 2**21)
    content = zipped(xl__sheet_xml=b"0" * 2**22)
    lying = content.replace((2**22).to_bytes(4, "little"), (9).to_bytes(4, "little"))

    with pytest.raises(Refusal, match="file_too_large_unpacked"):
        read_file("a.xlsx", lying)


def test_a_tag_without_an_end_is_no_way_around() -> None:
    with pytest.raises(Refusal, match="file_broken"):
        read_file("a.xlsx", zipped(xl__sheet_xml=b"<c " + b" " * 2**22))


def test_a_workbook_with_too_many_sheets_is_refused_and_none_is_left_out() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for _ in range(51):
        book.add_worksheet().write(0, 0, "code")
    book.close()

    with pytest.raises(Refusal, match="too_many_sheets"):
        read_file("a.xlsx", out.getvalue())


def test_what_we_wrote_against_formulas_comes_back_as_it_was() -> None:
    [table] = read_file("a.csv", "编码,名称\n1,'=1+1\n2,' -x\n3,'quoted'\n".encode())

    assert [row[1] for row in table.rows[1:]] == ["=1+1", " -x", "'quoted'"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_becomes_the_decimal_that_names_it(number: float) -> None:
    assert float(exact_number(number)) == number


# -- cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("text", Decimal(2001), "2001"),
        ("text", "007", "007"),
        ("reference", Decimal("6900350006025"), "6900350006025"),
        ("price", "1,234.50", Decimal("1234.50")),
        ("price", "￥ ３.５ ", Decimal("3.5")),
        ("price", "12元", Decimal(12)),
        ("price", "−3", Decimal(-3)),
        ("decimal", "13%", Decimal("0.13")),
        ("date", "2026年3月4日", "2026-3-4"),
        ("date", "2026/3/4", "2026/3/4"),
        ("date", "2026-03-04 00:00", "2026-03-04"),
        ("date", date(2026, 3, 4), date(2026, 3, 4)),
        ("flag", "√", "是"),
        ("flag", "N", "否"),
        ("text", None, None),
    ],
)
def test_a_cell_is_read_as_a_person_meant_it(kind: str, cell: Any, value: Any) -> None:
    assert value_of(cell, a_field(kind)) == value


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        ("text", "6.90123E+12", "code_looks_converted"),
        ("text", Decimal("1030107010000000000"), "code_looks_converted"),
        ("text", date(2026, 1, 2), "code_looks_converted"),
        ("price", "1,5", "number_format"),
        ("price", "0.1+0.2", "number_format"),
        ("price", "三", "number_format"),
        ("price", "1.234,5", "number_format"),
        ("date", "03/04/2026", "date_ambiguous"),
        ("date", Decimal(45000), "date_ambiguous"),
    ],
)
def test_what_could_mean_two_things_is_not_guessed(kind: str, cell: Any, code: str) -> None:
    with pytest.raises(Unclear) as caught:
        value_of(cell, a_field(kind))

    assert caught.value.code == code


# -- headings -----------------------------------------------------------------------------------

COLUMNS = [
    Column("code", ("编码", "code"), is_required=True),
    Column("name", ("名称", "name"), is_required=True),
    Column("barcode", ("条码", "barcode")),
    Column("price", ("价格", "price")),
]


@pytest.mark.parametrize(
    ("texts", "meant"),
    [
        (["编码", "名称"], {0: "code", 1: "name"}),
        (["名称*", "货号", "零售价（元）"], {0: "name", 1: "code", 2: "price"}),
        (["SKU", "Product Name", "EAN-13", "Unit Price"],
         {0: "code", 1: "name", 2: "barcode", 3: "price"}),
        (["商品编号", "品名", "基本条码", "备注"], {0: "code", 1: "name", 2: "barcode"}),
    ],
)  # fmt: skip
def test_headings_are_understood_in_the_words_of_many_systems(
    texts: list[str], meant: dict[int, str]
) -> None:
    headings = find_headings([texts], COLUMNS)

    assert headings.meant == meant


def test_the_heading_row_is_found_below_an_instruction() -> None:
    rows: list[list[Any]] = [
        ["1、带星号的为必填项", None],
        [None, None],
        ["编码*", "名称*"],
        ["1", "茶"],
    ]

    headings = find_headings(rows, COLUMNS)

    assert (headings.row, headings.missing) == (2, ())


def test_missing_unknown_and_doubled_headings_are_named() -> None:
    headings = find_headings([["编码", "编码", "颜色"]], COLUMNS)

    assert headings.missing == ("name",)
    assert headings.doubled == ("code",)
    assert headings.unknown == ("编码", "颜色")


def test_what_a_person_says_of_a_column_wins() -> None:
    headings = read_headings([["编码", "名称", "别名"]], 0, COLUMNS, {2: "name"})

    assert headings.meant == {0: "code", 2: "name"}
    assert headings.unknown == ("名称",)
