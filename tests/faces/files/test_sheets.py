"""Sheets out and in again, as people with a browser do it."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

from python_calamine import CalamineWorkbook

from tests.chain import a_transfer, on_shelf
from tests.faces.files.conftest import a_book
from tongpan.engines.imports import drafts
from tongpan.engines.imports.models import ImportRun
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item, ItemCategory, UnitOfMeasure
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

TRANSFERS = ("document", "from", "to", "item", "quantity")


def rows_of(content: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


def test_items_go_out_are_edited_and_come_in_again(chain, browser):
    zhou = browser("zhou")
    out = zhou.get("/files/export/items.item")
    heads, *rows = rows_of(out.content)
    brand, code = heads.index("brand"), heads.index("code")
    for row in rows:
        row[brand] = "北方" if row[code] == "10001" else row[brand]

    done = zhou.bring_in("items.item", a_book(heads, *rows))

    assert out.headers["Content-Disposition"].startswith('attachment; filename="items.item-2026')
    assert len(rows) == len(chain.items)
    assert done.redirect_chain[-1][0] == "/files/"
    assert list(Item.objects.filter(brand="北方").values_list("code", flat=True)) == ["10001"]
    assert ImportRun.objects.get().counts == {"new": 0, "changed": 1, "same": 6, "refused": 0}


def test_transfers_are_drafted_from_a_sheet_one_for_each_name(chain, browser):
    book = a_book(
        TRANSFERS,
        ["A", "W01", "S01", "10001", 4],
        ["", "", "", "10005", 2],
        ["B", "W01", "S02", "10001", 1],
    )

    browser("zhou").bring_in("stock.transfer", book)

    drafts = Document.unscoped.filter(type="stock.transfer").order_by("other_unit__code")
    assert [(d.state, d.org_unit.code, d.other_unit.code) for d in drafts] == [
        ("draft", "W01", "S01"),
        ("draft", "W01", "S02"),
    ]
    lines = drafts[0].transferline_set(manager="unscoped").order_by("position")
    assert [(n.item.code, n.quantity) for n in lines] == [("10001", 4), ("10005", 2)]


def test_the_same_file_is_asked_about_and_then_doubles_nothing(chain, browser):
    zhou, book = browser("zhou"), a_book(TRANSFERS, ["A", "W01", "S01", "10001", 4])
    zhou.bring_in("stock.transfer", book)

    asked = zhou.bring_in("stock.transfer", book)
    again = zhou.bring_in("stock.transfer", book, answers="imported_before")

    assert asked.status_code == 422
    assert "imported on 2026-11-21" in asked.content.decode()
    assert again.redirect_chain
    assert Document.unscoped.count() == 1


def test_problems_are_shown_at_their_cells_and_nothing_is_kept(chain, browser):
    zhou = browser("zhou")
    book = a_book(
        TRANSFERS,
        ["A", "W01", "S01", "10001", 4],
        ["A", "W01", "S01", "99999", "many"],
    )

    seen = zhou.upload("stock.transfer", book)
    refused = zhou.post(f"{seen.request['PATH_INFO']}/apply")
    mend = rows_of(zhou.get(f"{seen.request['PATH_INFO']}/problems").content)

    page = seen.content.decode()
    assert "many is not a number" in page
    assert "rows refused: 2" in page  # the other row of a document goes with it
    assert refused.status_code == 422
    assert not Document.unscoped.exists()
    assert [row[:5] for row in mend[1:]] == [
        ["A", "W01", "S01", "10001", 4.0],
        ["A", "W01", "S01", "99999", "many"],
    ]
    assert mend[1][-1] == "Another row of this document has a problem."


def test_a_misprinted_number_is_asked_about_for_the_whole_sheet(chain, browser):
    wrong = "6901234567890"  # its last digit should be 2
    book = a_book(("code", "name", "base unit", "barcode"), ["N1", "汽水", "box", wrong],
                  ["N2", "果汁", "box", "6901234567892"])  # fmt: skip
    zhou = browser("zhou")
    seen = zhou.upload("goods", book)

    alone = zhou.post(f"{seen.request['PATH_INFO']}/apply", {"skipping": "1"}, follow=True)
    assert "The last digit of 6901234567890 should be 2." in seen.content.decode()
    assert "1 row: take it all the same." in seen.content.decode()
    assert alone.status_code == 200
    assert list(Item.objects.filter(code__in=("N1", "N2")).values_list("code", flat=True)) == ["N2"]

    said = {"skipping": "1", "answers": ["own_barcode", "imported_before"]}
    seen = zhou.upload("goods", book)
    zhou.post(f"{seen.request['PATH_INFO']}/apply", said, follow=True)
    assert Item.objects.get(code="N1").barcodes.get().code == wrong


def test_what_has_no_problem_may_come_in_alone(chain, browser):
    book = a_book(TRANSFERS, ["A", "W01", "S01", "10001", 4], ["B", "W01", "S02", "99999", 1])

    browser("zhou").bring_in("stock.transfer", book, skipping="1")

    assert [d.other_unit.code for d in Document.unscoped.all()] == ["S01"]


def test_an_import_of_documents_is_undone_whole(chain, browser):
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    zhou = browser("zhou")
    zhou.bring_in(
        "stock.transfer",
        a_book(TRANSFERS, ["A", "W01", "S01", "10001", 4], ["B", "W01", "S02", "10001", 1]),
    )
    one, _other = Document.unscoped.filter(type="stock.transfer").order_by("id")
    with chain.as_("zhou", "hq"):
        run("stock.transfer.post", one.pk)

    zhou.post(f"/files/undo/{ImportRun.objects.get().pk}")

    found = Document.unscoped.filter(type="stock.transfer")
    assert sorted(found.values_list("state", flat=True)) == ["reversed", "void"]
    assert ImportRun.objects.get().state == "undone"


def test_documents_are_undone_as_far_as_it_goes_and_the_first_that_cannot_is_named(chain, browser):
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    zhou = browser("zhou")
    zhou.bring_in(
        "stock.transfer",
        a_book(TRANSFERS, ["A", "W01", "S01", "10001", 4], ["B", "W01", "S02", "10001", 1]),
    )
    one, other = Document.unscoped.filter(type="stock.transfer").order_by("other_unit__code")
    with chain.as_("zhou", "hq"):
        run("stock.transfer.post", one.pk)
        receipt = run(
            "stock.transfer_receipt.save", payload=prefill("stock.transfer_receipt", one.pk)
        )
        follow = receipt.subject
        run("stock.transfer_receipt.post", follow)

    told = zhou.post(f"/files/undo/{ImportRun.objects.get().pk}")
    page = told.content.decode()

    number = Document.unscoped.get(pk=one.pk).number
    assert told.status_code == 422
    assert f"1 of 2 documents were undone. {number} was not" in page
    assert Document.unscoped.get(pk=follow).number in page  # what builds on it
    assert Document.unscoped.get(pk=other.pk).state == "void"
    assert ImportRun.objects.get().state == "done"


def test_an_import_of_items_is_undone_whole(chain, browser):
    zhou = browser("zhou")
    zhou.bring_in(
        "items.item",
        a_book(["code", "name", "base unit"], ["JAM1", "果酱", "box"], ["10001", "牛奶", "box"]),
    )

    zhou.post(f"/files/undo/{ImportRun.objects.get().pk}")

    assert Item.objects.get(code="JAM1").state == "archived"
    assert Item.objects.get(code="10001").name == "鲜牛奶 950 mL"


def test_drafts_go_out_are_edited_and_come_in_as_the_same_drafts(chain, browser):
    with chain.as_("zhou", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "4", "tea": "1"}).subject
    zhou = browser("zhou")
    heads, *rows = rows_of(zhou.get("/files/export/stock.transfer").content)
    rows[0][heads.index("quantity")] = 6

    zhou.bring_in("stock.transfer", a_book(heads, *rows))

    assert Document.unscoped.count() == 1
    lines = Document.unscoped.get(pk=draft).transferline_set(manager="unscoped")
    assert list(lines.order_by("position").values_list("quantity", flat=True)) == [6, 1]


def test_a_name_that_looks_like_a_formula_comes_back_as_it_was(chain, browser):
    name = '=HYPERLINK("http://example.com")'
    with chain.as_("zhou", "hq"):
        run("items.item.save", chain.items["milk"].pk, {"name": name})
    zhou = browser("zhou")

    book = zhou.get("/files/export/items.item")
    text = zhou.get("/files/export/items.item?format=csv").content.decode("utf-8-sig")
    zhou.bring_in("items.item", book.content)

    exported = [row for row in csv.reader(io.StringIO(text)) if row[0] == "10001"]
    assert exported[0][1] == f"'{name}"
    assert any(f"'{name}" in row for row in rows_of(book.content))
    assert Item.objects.get(code="10001").name == name
    assert ImportRun.objects.get().counts["same"] == len(chain.items)


def test_an_export_holds_what_the_list_and_the_person_may_show(chain, browser):
    opening = on_shelf(chain, "north", milk=("10", "8.50"))
    with chain.as_("zhou", "warehouse"):
        a_transfer(chain, "warehouse", "south", {"milk": "1"})

    chen = rows_of(browser("chen").get("/files/export/stock.opening").content)
    zhou = rows_of(browser("zhou").get("/files/export/stock.opening").content)
    drafts = rows_of(browser("zhou").get("/files/export/stock.transfer?state=posted").content)
    foreign = rows_of(browser("chen").get("/files/export/stock.transfer").content)

    assert "unit cost" in zhou[0]
    assert zhou[1][zhou[0].index("unit cost")] == 8.5
    assert chen[1][0] == str(opening)
    assert "unit cost" not in chen[0]
    assert len(drafts) == len(foreign) == 1


def test_who_may_not_save_may_not_import(chain, browser):
    lin = browser("lin")

    refused = lin.get("/files/import/items.item")
    pages = lin.get("/files/").content.decode()

    assert refused.status_code == 404
    assert "/files/import/stock.transfer" in pages
    assert "/files/import/items.item" not in pages


def test_nobody_sees_or_undoes_what_another_uploaded(chain, browser):
    zhou, wang = browser("zhou"), browser("wang")
    book = a_book(TRANSFERS, ["A", "W01", "S01", "10001", 4])
    seen = zhou.upload("stock.transfer", book)
    zhou.post(f"{seen.request['PATH_INFO']}/apply")

    assert wang.get(seen.request["PATH_INFO"]).status_code == 404
    wang.post(f"/files/undo/{ImportRun.objects.get().pk}")
    assert ImportRun.objects.get().state == "done"


def test_columns_can_be_chosen_and_left_out(chain, browser):
    zhou = browser("zhou")
    book = a_book(["单据", "出", "入", "货", "数"], ["A", "W01", "S01", "10001", 4])
    seen = zhou.upload("stock.transfer", book)
    names = ["", "from_place", "to_place", "item", "quantity"]

    zhou.post(f"{seen.request['PATH_INFO']}/apply", {f"column.{n}": c for n, c in enumerate(names)})

    assert Document.unscoped.get().other_unit.code == "S01"


def test_a_file_that_is_no_sheet_is_refused_with_a_sentence(chain, browser):
    zhou = browser("zhou")

    page = zhou.upload("stock.transfer", b"<html></html>", "sheet.xlsx")

    assert page.status_code == 422
    assert "is not what its name says" in page.content.decode()


def test_an_empty_sheet_names_the_columns_that_an_import_knows(chain, browser):
    zhou = browser("zhou")

    heads = rows_of(zhou.get("/files/blank/stock.transfer").content)[0]
    zhou.bring_in("stock.transfer", a_book(heads, ["A", None, None, "W01", "S01", None, "10001"]))

    assert heads[:7] == ["document", "business date", "note", "from", "to", "wanted on", "item"]
    assert Document.unscoped.count() == 1


def test_a_first_list_of_goods_makes_the_categories_and_units_that_it_names(chain, browser):
    with system(reason="the cast of the tests"):
        taxed = TaxCategory.objects.create(code="T13", name="一般货物")
        TaxRate.objects.create(category=taxed, rate=Decimal("0.13"), valid_from=date(2020, 1, 1))
    zhou = browser("zhou")
    book = a_book(
        ["商品编码", "商品名称", "单位", "税率", "分类"],
        ["X1", "牙膏", "支", "13%", "个人护理"],
        ["X2", "毛巾", "条", 0.13, "个人护理"],
        ["X3", "牛奶", "盒", 13, "乳品"],
    )

    seen = zhou.upload("goods", book)
    here = seen.request["PATH_INFO"]
    page = seen.content.decode()
    assert "Not known yet" in page
    names = ["支", "条", "个人护理", "乳品"]
    assert all(f'name="make" value="{name}" checked' in page for name in names)
    some = zhou.post(f"{here}/make", {"make": [*names[:3], "沙发"]}, follow=True).content.decode()
    assert 'name="make" value="乳品"' in some  # it was not ticked
    assert 'name="make" value="支"' not in some
    again = zhou.post(f"{here}/make", {"make": names}, follow=True)
    assert "Not known yet" not in again.content.decode()
    zhou.post(f"{here}/apply", follow=True)

    with system(reason="look at what came in"):
        items = list(Item.objects.filter(code__startswith="X").order_by("code"))
        assert [i.base_unit.name for i in items] == ["支", "条", "盒"]
        assert [i.category.name for i in items] == ["个人护理", "个人护理", "乳品"]
        assert {i.tax_category for i in items} == {taxed}
        assert ItemCategory.objects.count() == 2


def test_names_are_made_only_by_those_who_may_make_them(chain, browser):
    wang = browser("wang")
    with system(reason="the cast of the tests"):
        RoleAction.objects.filter(role__code="warehouse", code="items.*").delete()
        for code in ("items.item", "items.barcode", "items.item_unit", "prices.price"):
            role = Role.objects.get(code="warehouse")
            RoleAction.objects.create(role=role, code=f"{code}.save")
    book = a_book(["商品编码", "商品名称", "单位"], ["X1", "牙膏", "支"])

    seen = wang.upload("goods", book)
    wang.post(f"{seen.request['PATH_INFO']}/make", {"make": ["支"]})

    assert "Not known yet" not in seen.content.decode()
    with system(reason="look at what there is"):
        assert not UnitOfMeasure.objects.filter(name="支").exists()


def test_the_prices_of_a_list_of_goods_go_into_the_price_list_that_is_chosen(chain, browser):
    with system(reason="the cast of the tests"):
        company, north = (
            PriceList.objects.create(
                code=code, name=code, org_unit=chain.units[unit], valid_from=date(2026, 1, 1)
            )
            for code, unit in (("ALL", "hq"), ("NORTH", "north"))
        )
    zhou, heads = browser("zhou"), ["商品编码", "商品名称", "单位", "零售价"]

    zhou.bring_in("goods", a_book(heads, ["X1", "牙膏", "盒", 12.5]))
    zhou.bring_in("goods", a_book(heads, ["X1", "牙膏", "盒", 11]), price_list=str(north.pk))

    with system(reason="look at what came in"):
        found = list(Price.objects.order_by("price").values_list("price_list", "price"))
    assert found == [(north.pk, 11), (company.pk, Decimal("12.5"))]


def test_without_a_price_list_it_is_said_that_prices_are_left_out(chain, browser):
    book = a_book(["商品编码", "商品名称", "单位", "零售价"], ["X1", "牙膏", "盒", 12.5])

    page = browser("zhou").upload("goods", book).content.decode()

    assert "prices are left out" in page
    assert "neither sold nor ordered" in page  # it has no column of taxes either


def test_the_export_of_a_list_is_what_the_list_shows(chain, browser):
    zhou = browser("zhou")
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    with chain.as_("zhou", "hq"):
        a_transfer(chain, "warehouse", "north", {"milk": "1"})

    items = zhou.get("/m/items.item/", {"q": "10001"}).content.decode()
    transfers = zhou.get("/d/stock.transfer/", {"state": "draft"}).content.decode()

    def exported(page: str, code: str) -> list[list[Any]]:
        start = page.index(f"/files/export/{code}")
        return rows_of(zhou.get(page[start : page.index('"', start)].replace("&amp;", "&")).content)

    _heads, *rows = exported(items, "items.item")
    assert [row[0] for row in rows] == ["10001"]
    assert len(exported(transfers, "stock.transfer")) == 1 + len(
        Document.unscoped.filter(type="stock.transfer", state="draft")
    )
    assert "/files/import/goods" in items


def test_goods_come_first_with_an_empty_sheet_and_slips_are_no_sheet(chain, browser):
    zhou = browser("zhou")

    page = zhou.get("/files/").content.decode()
    heads = rows_of(zhou.get("/files/blank/of/goods").content)[0]

    assert page.index("/files/import/goods") < page.index("/files/import/stock.opening")
    assert "/files/blank/of/goods" in page
    assert "/files/import/till.sale" not in page
    assert {"code", "name", "base unit", "barcode", "price"} <= set(heads)
    assert zhou.get("/files/blank/of/items.item").status_code == 404
    assert zhou.get("/files/import/till.sale").status_code == 404


OPENING = ("place", "item", "quantity", "unit cost")


def openings() -> list[Document]:
    return list(Document.unscoped.filter(type="stock.opening").order_by("org_unit__code"))


def test_opening_stock_is_brought_in_and_posted_and_undone_whole(chain, browser):
    zhou = browser("zhou")
    book = a_book(
        OPENING,
        ["W01", "10001", 10, "8.5"],
        ["", "10002", 4, "2"],  # the place of the row above
        ["S01", "10001", 3, "9"],
    )

    seen = zhou.upload("stock.opening", book).content.decode()
    zhou.bring_in("stock.opening", book)

    assert "2 documents with 3 lines will be posted." in seen
    north, warehouse = openings()
    assert (north.state, north.org_unit.code, north.total) == ("posted", "S01", 27)
    assert (warehouse.state, warehouse.org_unit.code, warehouse.total) == ("posted", "W01", 93)
    assert ImportRun.objects.get().counts["posted"] == 2

    zhou.post(f"/files/undo/{ImportRun.objects.get().pk}")

    assert [found.state for found in openings()] == ["reversed", "reversed"]


def test_what_could_not_be_posted_is_said_of_its_cell_and_the_rest_comes_in(chain, browser):
    zhou = browser("zhou")
    book = a_book(
        OPENING, ["W01", "10001", 10, "8.5"], ["W01", "10002", 4, ""], ["W01", "?", 1, 1],
        ["W01", "10003", -1, 1],
    )  # fmt: skip

    seen = zhou.upload("stock.opening", book)
    page = seen.content.decode()
    zhou.post(f"{seen.request['PATH_INFO']}/apply", {"skipping": "1"})

    assert "unit cost is needed" in page.lower()
    assert "1 document with 1 lines will be posted." in page
    (opening,) = openings()
    assert (opening.state, opening.total) == ("posted", 85)


def test_opening_stock_may_come_in_as_drafts_as_well(chain, browser):
    zhou = browser("zhou")
    seen = zhou.upload("stock.opening", a_book(OPENING, ["W01", "10001", 10, ""]))

    zhou.post(f"{seen.request['PATH_INFO']}/apply", {"posting": "0"})

    assert [found.state for found in openings()] == ["draft"]


def test_who_may_not_post_opening_stock_brings_in_drafts(chain, browser):
    with system(reason="the cast of the tests"):
        RoleAction.objects.filter(code__in=["*", "stock.*", "stock.opening.*"]).exclude(
            role__code="owner"
        ).delete()
        role = Role.objects.create(code="typist", name="录入")
        for code in ("stock.opening.save", "stock.opening.view", "items.item.view", "see.cost",
                     "places.place.view", "items.unit.view"):  # fmt: skip
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=chain.people["chen"], role=role, unit=chain.units["warehouse"])
    chen = browser("chen")

    seen = chen.upload("stock.opening", a_book(OPENING, ["W01", "10001", 10, "8.5"]))
    chen.post(f"{seen.request['PATH_INFO']}/apply", {"posting": "1"})

    assert "will be posted" not in seen.content.decode()
    assert [found.state for found in openings()] == ["draft"]


def test_a_long_list_without_names_becomes_several_documents(chain, browser, monkeypatch):
    monkeypatch.setattr(drafts, "LINES_MAX", 2)
    rows = [["W01" if n == 0 else "", "10001", 1, 1] for n in range(5)]

    browser("zhou").bring_in("stock.opening", a_book(OPENING, *rows))

    assert sorted(found.total for found in openings()) == [1, 2, 2]
    assert {found.org_unit.code for found in openings()} == {"W01"}


def test_rows_of_one_document_that_contradict_each_other_are_refused(chain, browser):
    book = a_book(TRANSFERS, ["A", "W01", "S01", "10001", 4], ["A", "W01", "S02", "10005", 2])

    page = browser("zhou").upload("stock.transfer", book).content.decode()

    assert "differs from the first row of this document" in page


def test_documents_lines_and_refused_rows_are_counted_apart(chain, browser):
    """Two documents of five rows, one of which names no item."""
    zhou = browser("zhou")
    book = a_book(
        OPENING,
        ["W01", "10001", 10, "8.5"], ["W01", "10002", 4, "2"],
        ["S01", "10001", 3, "9"], ["S01", "nothing", 1, "1"],
        ["S01", "10002", 2, "2"],
    )  # fmt: skip

    seen = zhou.upload("stock.opening", book).content.decode()
    zhou.bring_in("stock.opening", book, skipping="1")

    assert "new documents: 2 · lines in them: 4 · rows refused: 1" in seen
    counts = ImportRun.objects.get().counts
    assert counts == {
        "new": 2, "changed": 0, "same": 0, "refused": 1, "lines": 4, "posted": 2,
    }  # fmt: skip
    shown = zhou.get("/files/").content.decode()
    assert "new documents: 2 · posted: 2 · lines in them: 4 · rows refused: 1" in shown


def test_of_a_document_with_a_name_all_rows_are_refused_and_counted(chain, browser):
    zhou = browser("zhou")
    book = a_book(
        ("document", *OPENING),
        ["a", "W01", "10001", 10, "8.5"], ["a", "W01", "nothing", 1, "1"],
        ["b", "S01", "10001", 3, "9"],
    )  # fmt: skip

    seen = zhou.upload("stock.opening", book).content.decode()

    assert "new documents: 1 · lines in them: 1 · rows refused: 2" in seen
