"""Importing sheets of masters: rehearsed, upserted by code, undone as a whole."""

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.chain import Chain, a_chain
from tests.masters.making import saved
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.engines.imports.actions import Planned, Report, import_sheet, plan, rehearse, undo
from tongpan.engines.imports.files import Table, read_file
from tongpan.engines.imports.models import ImportedRow, ImportRun
from tongpan.engines.imports.sheets import blank_sheet, sheet_of, sheet_of_problems
from tongpan.engines.imports.templates import Template, template, templates
from tongpan.faces.files.exports import as_xlsx, export_masters
from tongpan.kernel.documents.actions.parts import version_in
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import master_type
from tongpan.masters.items.models import Barcode, Item, ItemUnit, SupplierPrice
from tongpan.masters.parties.models import Party, PartyContact
from tongpan.masters.prices.models import Price

FILES = Path(__file__).parent / "files"


@pytest.fixture
def chain(company: str) -> Chain:
    return a_chain()


@pytest.fixture
def as_zhou(chain: Chain) -> Iterator[Chain]:
    with chain.as_("zhou", "hq"):
        yield chain


def csv_of(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def planned(content: bytes, code: str = "goods", **more: Any) -> Planned:
    [table] = read_file("a.csv", content)
    return plan(table, template(code), **more)


def imported(content: bytes, code: str = "goods", **more: Any) -> Report:
    return import_sheet(planned(content, code), file_name="a.csv", content=content, **more)


GOODS = csv_of(
    "货号,品名,单位,条码,装箱数,箱单位,零售价",
    "10003,可口可乐 500 mL,瓶,6900350006025,24,箱,3.50",
    "20001,冰红茶,瓶,6900350006032,,,4.00",
    "20002,绿茶,瓶,,,,",
)


def goods_plan() -> Planned:
    [table] = read_file("a.csv", GOODS)
    return plan(table, template("goods"), heading_row=0, chosen={5: "case_unit"})


def import_goods(content: bytes = GOODS, **more: Any) -> Report:
    return import_sheet(goods_plan(), file_name="商品.csv", content=content, **more)


def a_price_list() -> dict[str, str]:
    saved("prices.list", code="base", name="基础", org_unit="HQ", valid_from="2026-01-01")
    return {"price_list": "base", "valid_from": "2026-01-01"}


def test_one_row_makes_item_barcode_case_and_price(as_zhou: Chain) -> None:
    report = import_goods(given=a_price_list())

    tea = Item.objects.get(code="20001")
    assert report.counts == {"new": 2, "changed": 1, "same": 0, "refused": 0}
    assert (tea.name, tea.base_unit.name) == ("冰红茶", "瓶")
    assert set(Barcode.objects.values_list("code", "item__code")) == {
        ("6900350006025", "10003"), ("6900350006032", "20001"),
    }  # fmt: skip
    assert ItemUnit.objects.get(item__code="10003").factor == 24
    assert set(Price.objects.values_list("item__code", "price")) == {
        ("10003", Decimal("3.5")), ("20001", Decimal(4)),
    }  # fmt: skip


def test_a_row_is_told_everything_that_is_wrong_with_it_at_once(as_zhou: Chain) -> None:
    content = csv_of(
        "货号,品名,单位,税率,零售价,装箱数,箱单位",
        "20001,冰红茶,没有这单位,77%,abc,,",
        "20002,,瓶,,x,,",
        "20002,绿茶,斗,,1,,",
        "20003,花茶,瓶,,1,y,箱",
    )
    report = rehearse(planned(content), a_price_list())

    assert {row.number: [(p["path"], p["code"]) for p in row.problems] for row in report.rows} == {
        2: [
            ("price", "number_format"), ("base_unit", "not_found_reference"),
            ("tax_category", "not_found_reference"),
        ],
        3: [("price", "number_format"), ("name", "required")],
        4: [("code", "row_repeated"), ("base_unit", "not_found_reference")],
        5: [("case_factor", "number_format")],
    }  # fmt: skip
    assert report.counts == {"new": 0, "changed": 0, "same": 0, "refused": 4}
    assert not Item.objects.filter(code__startswith="2000").exists()


def test_importing_again_changes_nothing_and_is_asked_about(as_zhou: Chain) -> None:
    given = a_price_list()
    import_goods(given=given)

    with pytest.raises(Question, match="imported_before"):
        import_goods(given=given)
    again = import_goods(given=given, answers=["imported_before"])

    assert again.counts == {"new": 0, "changed": 0, "same": 3, "refused": 0}
    assert not ImportedRow.objects.filter(run=again.run).exists()


def test_a_rehearsal_tells_what_would_happen_and_writes_nothing(as_zhou: Chain) -> None:
    report = rehearse(goods_plan())

    assert report.counts == {"new": 2, "changed": 1, "same": 0, "refused": 0}
    assert not Item.objects.filter(code="20001").exists()
    assert not ImportRun.objects.exists()


def test_a_parquet_file_is_rehearsed_imported_and_undone_like_a_sheet(as_zhou: Chain) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({
        "货号": ["20001", "20002"], "品名": ["冰红茶", "绿茶"], "单位": ["瓶", "桶"],
        "装箱数": pa.array([15, None], pa.int32()), "箱单位": ["箱", None],
    }), out)  # fmt: skip
    [table] = read_file("goods.parquet", out.getvalue())
    plans = plan(table, template("goods"), heading_row=0, chosen={4: "case_unit"})

    report = import_sheet(
        plans, file_name="goods.parquet", content=out.getvalue(), skipping=True
    )  # fmt: skip

    assert report.counts == {"new": 1, "changed": 0, "same": 0, "refused": 1}
    assert ItemUnit.objects.get(item__code="20001").factor == 15
    book = sheet_of_problems(table, plans.headings, report.rows)
    lines = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [line[0] for line in lines] == ["货号", "20002"]
    assert report.run is not None
    undo(report.run.pk)
    assert Item.objects.get(code="20001").state == "archived"


BAD = csv_of(
    "编码,名称,基本单位,称重,税收分类编码",
    "30001,好茶,瓶,否,",
    "30002,苹果,桶,否,12",
    ",没有编码,瓶,否,",
    "6.90123E+12,变样,瓶,否,",
    "30001,重复,瓶,否,",
    "30005,苹果,瓶,是,12",
)


def test_every_problem_is_told_at_its_cell(as_zhou: Chain) -> None:
    report = rehearse(planned(BAD, "items.item"))

    assert report.counts == {"new": 1, "changed": 0, "same": 0, "refused": 5}
    assert {row.number: [(p["path"], p["code"]) for p in row.problems] for row in report.rows} == {
        2: [],
        3: [("base_unit", "not_found_reference")],
        4: [("code", "required")],
        5: [("code", "code_looks_converted")],
        6: [("code", "row_repeated")],
        7: [("tax_code", "not_valid"), ("is_weighed", "weighed_needs_weight")],
    }


def test_one_bad_row_stops_all_unless_it_is_skipped(as_zhou: Chain) -> None:
    with pytest.raises(Refusal, match="import_has_problems") as caught:
        imported(BAD, "items.item")
    assert not Item.objects.filter(code="30001").exists()
    assert {problem["row"] for problem in caught.value.problems} == {3, 4, 5, 6, 7}

    report = imported(BAD, "items.item", skipping=True)

    assert report.counts["refused"] == 5
    assert Item.objects.get(code="30001").name == "好茶"


def test_an_empty_cell_and_a_missing_column_leave_things_as_they_are(as_zhou: Chain) -> None:
    run("items.item.save", as_zhou.items["milk"].pk, {"brand": "北方", "specification": "盒装"})

    imported(csv_of("编码,名称,品牌", "10001,鲜奶,"), "items.item")

    milk = Item.objects.get(code="10001")
    assert (milk.name, milk.brand, milk.specification) == ("鲜奶", "北方", "盒装")


def test_columns_that_are_not_clear_stop_the_import(as_zhou: Chain) -> None:
    content = csv_of("编码,编码,名称", "1,2,茶")

    assert [(p["path"], p["code"]) for p in planned(content, "items.item").problems] == [
        ("code", "column_doubled")
    ]
    with pytest.raises(Refusal, match="invalid"):
        imported(content, "items.item")


def test_a_whole_import_is_undone(as_zhou: Chain) -> None:
    run("items.item.save", as_zhou.items["cola"].pk, {"name": "可乐"})
    report = import_goods(given=a_price_list())
    assert report.run is not None

    undo(report.run.pk)

    assert Item.objects.get(code="10003").name == "可乐"
    assert Item.objects.get(code="20001").state == "archived"
    assert set(Barcode.objects.values_list("state", flat=True)) == {"archived"}
    with pytest.raises(Refusal, match="already_undone"):
        undo(report.run.pk)


def test_what_was_changed_since_is_not_undone_over_somebodys_head(as_zhou: Chain) -> None:
    report = import_goods()
    tea = Item.objects.get(code="20001")
    run("items.item.save", tea.pk, {"name": "柠檬茶"})
    assert report.run is not None

    with pytest.raises(Refusal) as caught:
        undo(report.run.pk)

    assert [(p["code"], p["row"]) for p in caught.value.problems] == [("changed_since", 3)]
    assert Item.objects.get(code="20002").state == "active"


def test_a_cashier_imports_nothing(chain: Chain) -> None:
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        rehearse(goods_plan())


# -- sheets of other systems --------------------------------------------------------------------


def test_the_goods_sheet_of_another_system_is_understood(as_zhou: Chain) -> None:
    content = (FILES / "goods_template.xls").read_bytes()
    [table] = read_file("goods.xls", content)
    saved("items.category", code="drinks", name="饮料")

    understood = plan(table, template("goods"))
    report = rehearse(understood)

    names = {understood.headings.texts[n]: name for n, name in understood.headings.meant.items()}
    assert names == {
        "名称*": "name", "规格": "specification", "品牌": "brand", "类别": "category",
        "基本单位*": "base_unit", "副单位": "case_unit", "基本条码*": "barcode",
        "副条码": "case_barcode", "比例": "case_factor", "零售价": "price",
    }  # fmt: skip
    assert report.counts["new"] == 2, [row.problems for row in report.rows]
    assert report.rows[0].values["code"] == "2001"


def test_the_supplier_sheet_of_another_system_needs_a_code_and_says_so(as_zhou: Chain) -> None:
    content = (FILES / "vendor_template.xls").read_bytes()
    [table] = read_file("vendor.xls", content)

    understood = plan(table, template("parties.party"))

    assert [(p["path"], p["code"]) for p in understood.problems] == [("code", "column_missing")]
    assert {understood.headings.texts[n] for n in understood.headings.meant} == {
        "名称*", "纳税人识别号", "开户行", "账号", "备注",
    }  # fmt: skip


def test_personal_values_are_not_copied_into_the_record_of_an_import(as_zhou: Chain) -> None:
    imported(csv_of("编码,名称,供应商,账号", "V1,銮江,是,6228480402564890018"), "parties.party")
    imported(csv_of("往来单位,姓名,电话", "V1,陈十一,13812345678"), "parties.contact")

    kept = str(list(ImportedRow.objects.values_list("before", "after")))
    assert Party.objects.get().bank_account == "6228480402564890018"
    assert PartyContact.objects.get().phone == "13812345678"
    for private in ("6228480402564890018", "13812345678", "陈十一"):
        assert private not in kept


# -- sheets that we send out --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["goods", "items.item", "parties.party", "prices.price"])
def test_a_blank_sheet_is_understood_by_its_own_import(as_zhou: Chain, kind: str) -> None:
    wanted: Template = template(kind)

    [table] = read_file("a.xlsx", blank_sheet(wanted))

    headings = plan(table, wanted).headings
    assert set(headings.meant.values()) == set(wanted.fields())
    assert (headings.unknown, headings.missing, headings.doubled) == ((), (), ())


def test_every_master_type_can_be_imported() -> None:
    assert {"items.item", "parties.party", "goods"} <= {each.code for each in templates()}
    for each in templates():
        assert each.columns()


def test_export_edit_import_is_a_round_trip(as_zhou: Chain) -> None:
    run("items.item.save", as_zhou.items["milk"].pk, {"specification": "=1+1", "name": "@奶"})
    everything = list(Item.objects.select_related("base_unit", "category", "family"))

    content = sheet_of(template("items.item"), everything)
    [table] = read_file("a.xlsx", content)
    report = import_sheet(plan(table, template("items.item")), file_name="a.xlsx", content=content)

    assert report.counts == {"new": 0, "changed": 0, "same": len(everything), "refused": 0}


def test_refused_rows_come_back_in_the_same_sheet_and_can_be_mended(as_zhou: Chain) -> None:
    understood = planned(BAD, "items.item")
    report = rehearse(understood)
    [table] = read_file("a.csv", BAD)

    content = sheet_of_problems(table, understood.headings, report.rows)

    [back] = read_file("a.xlsx", content)
    assert [row[1] for row in back.rows] == ["名称", "苹果", "没有编码", "变样", "重复", "苹果"]
    assert all(row[5] for row in back.rows)
    assert plan(back, template("items.item")).headings.meant == understood.headings.meant


def test_text_that_looks_like_a_formula_is_sent_out_as_text(as_zhou: Chain) -> None:
    table = Table("t", [["编码", "名称"], ["=HYPERLINK(1)", "x"]])
    understood = plan(table, template("items.item"))

    content = sheet_of_problems(table, understood.headings, rehearse(understood).rows)

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python()[1][0] == "=HYPERLINK(1)"


def test_a_spreadsheet_may_have_no_more_rows_than_we_read() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet().write(0, 400, "x")
    book.close()

    with pytest.raises(Refusal, match="too_many_cells"):
        read_file("wide.xlsx", out.getvalue())


# -- an item with its barcodes and units in one row ---------------------------------------------


def an_exported(code: str = "items.item") -> list[list[str]]:
    """The rows of an export, as a spreadsheet shows them."""
    book = as_xlsx(export_masters(master_type(code)))
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()


def brought_back(rows: list[list[str]], code: str = "items.item") -> Report:
    table = Table("a", [[cell or None for cell in row] for row in rows])
    content = repr(rows).encode()
    return import_sheet(plan(table, template(code)), file_name="a", content=content)


def parts_of(code: str) -> tuple[list[tuple[str, str]], list[tuple[str, Decimal]]]:
    barcodes = Barcode.objects.filter(item__code=code, state="active").order_by("-is_main", "pk")
    units = ItemUnit.objects.filter(item__code=code, state="active").order_by("factor")
    return [(b.code, b.unit.name) for b in barcodes], [(u.unit.name, u.factor) for u in units]


@pytest.mark.parametrize("code", ["items.item", "goods"])
def test_an_export_carries_all_barcodes_and_units_and_changes_nothing_when_it_comes_back(
    as_zhou: Chain, code: str
) -> None:
    cola = Item.objects.get(code="10003")
    run("items.item.save", cola.pk, {"barcodes": [
        {"code": "6900350006025"}, {"code": "COLA-1", "unit": "case", "is_main": True},
    ]})  # fmt: skip
    rows = an_exported()
    version = version_in(master_type("items.item"), cola.pk)

    report = brought_back(rows, code)

    line = dict(zip(rows[0], next(row for row in rows if row[0] == "10003"), strict=True))
    assert line["全部条码"] == "COLA-1=case；6900350006025=bottle"
    assert line["其他单位"] == "case=24"
    assert report.counts == {"new": 0, "changed": 0, "same": 7, "refused": 0}
    assert version_in(master_type("items.item"), cola.pk) == version


def test_an_edited_export_changes_exactly_what_was_edited_and_can_be_undone(
    as_zhou: Chain,
) -> None:
    cola = Item.objects.get(code="10003")
    run("items.item.save", cola.pk, {"barcodes": [
        {"code": "6900350006025"}, {"code": "COLA-1", "unit": "case", "kind": "own"},
    ]})  # fmt: skip
    rows = an_exported()
    barcodes, units = rows[0].index("全部条码"), rows[0].index("其他单位")
    line = next(row for row in rows if row[0] == "10003")
    line[barcodes], line[units] = "COLA-1=case; 6900350006032\nCOLA-2＝盒", "箱=12；盒=3"
    before = parts_of("10003")

    report = brought_back(rows)

    assert report.counts == {"new": 0, "changed": 1, "same": 6, "refused": 0}
    assert parts_of("10003") == (
        [("COLA-1", "箱"), ("6900350006032", "瓶"), ("COLA-2", "盒")],
        [("盒", Decimal(3)), ("箱", Decimal(12))],
    )
    assert report.run is not None
    undo(report.run.pk)
    assert parts_of("10003") == before


def test_an_import_of_barcodes_that_were_changed_since_is_not_undone(as_zhou: Chain) -> None:
    rows = an_exported()
    rows = [rows[0], next(row for row in rows if row[0] == "10003")]
    rows[1][rows[0].index("全部条码")] = "COLA-1"
    report = brought_back(rows)
    cola = Item.objects.get(code="10003")
    run("items.item.save", cola.pk, {"barcodes": [{"code": "COLA-1"}, {"code": "COLA-2"}]})

    assert report.run is not None
    with pytest.raises(Refusal) as refused:
        undo(report.run.pk)

    assert [problem["code"] for problem in refused.value.problems] == ["changed_since"]


def test_a_wrong_barcode_in_a_cell_is_named_in_its_column(as_zhou: Chain) -> None:
    saved("items.barcode", code="COLA-1", item="10004")
    rows = [["编码", "全部条码", "其他单位"], ["10003", "COLA-1；COLA-2=桶", "箱=much"]]
    [refused] = rehearse(plan(Table("a", rows), template("items.item"))).rows

    assert [(p["path"], p["code"]) for p in refused.problems] == [
        ("units", "not_a_number"), ("barcodes", "duplicate"), ("barcodes", "not_found_reference"),
    ]  # fmt: skip
    rows[1][1:] = ["COLA-1", ""]
    [refused] = rehearse(plan(Table("a", rows), template("items.item"))).rows
    assert [(p["path"], p["code"]) for p in refused.problems] == [("barcodes", "duplicate")]


def test_a_suppliers_price_list_comes_in_by_codes_and_goes_out_so(as_zhou: Chain) -> None:
    """The item is called as we do, by its barcode, or as the supplier does; a code that the
    supplier uses twice names neither."""
    supplier = saved("parties.party", code="V/1", name="华东乳业", is_supplier=True)
    saved("items.barcode", code="6900350006049", item="10003", unit="bottle")
    for item, own in (("10001", "A-1"), ("10002", "B/2"), ("10003", ""), ("10004", "C"),
                      ("10005", "C")):  # fmt: skip
        saved("items.supplier_item", supplier=supplier, item=item, supplier_code=own)
    rows = ("V/1/10001,8.5,yes,2026-12-01", "V/1/B/2,1024.50,yes,2026/12/1",
            "V/1/6900350006049,3,no,2026-12-01", "V/1/C,4,no,2026-12-01")  # fmt: skip
    sheet = csv_of("item of a supplier,agreed price,tax included,valid from", *rows)

    report = imported(sheet, "items.supplier_price", skipping=True)
    again = imported(sheet.replace(b"8.5", b"8.6"), "items.supplier_price", skipping=True)
    out = an_exported("items.supplier_price")

    assert report.counts == {"new": 3, "changed": 0, "same": 0, "refused": 1}
    assert [p["given"] for row in report.rows for p in row.problems] == ["V/1/C"]
    assert again.counts == {"new": 0, "changed": 1, "same": 2, "refused": 1}
    prices = {str(p.supplier_item.item.code): p.price for p in SupplierPrice.objects.all()}
    assert prices == {"10001": Decimal("8.6"), "10002": Decimal("1024.5"), "10003": Decimal(3)}
    assert {row[0] for row in out[1:]} == {"V/1/10001", "V/1/10002", "V/1/10003"}
