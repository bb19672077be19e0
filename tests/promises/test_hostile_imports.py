"""Sheets and files that nobody sends by mistake, and what becomes of a long one meanwhile.

Which row of the list of hostile inputs each is of, stands in docs/internals/hostile-inputs.md.
"""

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from tests.faces.files.conftest import Browser, a_book
from tests.faces.files.conftest import browser as browser
from tests.faces.files.conftest import chain as chain
from tests.faces.files.test_long_sheets import long as long
from tests.faces.files.test_long_sheets import worker as worker
from tongpan.base.refusals import Refusal
from tongpan.engines.imports.files import read_file
from tongpan.faces.files.exports import download
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.models import Grant
from tongpan.masters.items.models import Item, ItemCategory

GOODS = ("code", "name", "base unit")
OPENING = ("document", "place", "item", "quantity", "unit cost")


def refused(browser: Browser, code: str, content: bytes, name: str = "a.xlsx") -> str:
    """What the page says of a sheet of which nothing may come in."""
    return browser.upload(code, content, name).content.decode()


@pytest.fixture
def zhou(browser: Any, monkeypatch: pytest.MonkeyPatch) -> Browser:
    monkeypatch.setattr("tongpan.faces.files.work.LONG", 2000)
    return browser("zhou")


def test_a_workbook_of_the_1904_calendar_has_the_days_that_were_meant() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["code", "from"])
    sheet.write_datetime(1, 1, date(2026, 11, 21), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()

    [table] = read_file("a.xlsx", out.getvalue())

    assert table.rows[1][1] == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["A1", "酸奶", "no such unit"]], "no such unit"),
        ([["=1+1", "酸奶", "box"]], "A code has no spaces"),
        ([["6.90123E+12", "酸奶", "box"]], "Excel has changed this"),
        ([["A1", "x" * 500, "box"]], "120"),
        ([["A1", "酸奶", "box"], ["A1", "牛奶", "box"]], "stands in row"),
        ([["A1", "a\x00b", "box"]], "a.csv is in an unknown e"),
    ],
)
def test_rows_that_cannot_be_are_named_and_nothing_comes_in(
    zhou: Browser, rows: list[list[str]], said: str
) -> None:
    content = "\n".join(",".join(row) for row in [GOODS, *rows]).encode()

    page = refused(zhou, "items.item", content, "a.csv")

    assert said in page
    assert not Item.objects.filter(code="A1").exists()


def test_a_circle_of_categories_and_stock_below_nothing_are_refused_by_row(zhou: Browser) -> None:
    circle = a_book(("code", "name", "parent"), ["CA", "甲", "CB"], ["CB", "乙", "CA"])
    below = a_book(OPENING, ["1", "W01", "10001", "-5", "8.50"], ["1", "W01", "99999", "5", "1"])

    pages = [refused(zhou, "items.category", circle), refused(zhou, "stock.opening", below)]

    assert "CB" in pages[0]
    assert "2 refused" in pages[0]
    assert "99999" in pages[1]
    assert "below zero" in pages[1] or "negative" in pages[1]
    assert not ItemCategory.objects.filter(code__in=("CA", "CB")).exists()
    assert not Document.unscoped.filter(type="stock.opening").exists()


def test_a_sheet_called_csv_that_is_a_zip_and_one_that_is_a_page(zhou: Browser) -> None:
    for name, content in (
        ("a.csv", b"PK\x03\x04 no zip"), ("a.csv", b"<html><table>"), ("a.xlsx", b"code,name"),
        ("../../a.csv", b"\xff\xfe\x00"),
    ):  # fmt: skip
        assert "a.csv" in refused(zhou, "items.item", content, name) or "a.xlsx" in refused(
            zhou, "items.item", content, name
        )


def test_a_long_import_of_somebody_who_lost_the_right_meanwhile_brings_nothing_in(
    worker: Any, browser: Any, long: None
) -> None:
    zhou = browser("zhou")
    waits = zhou.upload("items.item", a_book(GOODS, ["J1", "果酱", "box"], ["J2", "蜜", "box"]))
    worker()
    seen = zhou.get(waits.request["PATH_INFO"], follow=True)
    zhou.post(f"{seen.request['PATH_INFO']}/apply")
    Grant.objects.filter(person__username="zhou").delete()

    worker()

    assert not Item.objects.filter(code="J1").exists()


def test_a_damaged_file_is_no_fault_of_the_program() -> None:
    whole = a_book(GOODS, ["A1", "酸奶", "box"])
    for cut in range(1, len(whole), len(whole) // 40):
        with pytest.raises(Refusal):
            read_file("a.xlsx", whole[:cut])


def test_the_name_of_a_file_stays_within_its_header() -> None:
    answer = download(b"x", 'a"\r\nSet-Cookie: b=1; 报表.xlsx', "text/plain")

    assert answer["Content-Disposition"] == (
        "attachment; filename=\"a___Set-Cookie__b_1____.xlsx\"; filename*=UTF-8''a%22%0D%0A"
        "Set-Cookie%3A%20b%3D1%3B%20%E6%8A%A5%E8%A1%A8.xlsx"
    )
