"""Finding items by what people type and what scanners send."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import QuerySet

from tests.chain import Chain
from tests.masters.making import changed, saved
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import reference_of
from tongpan.kernel.documents.gate import run
from tongpan.masters.items.models import Item, SupplierItem
from tongpan.masters.items.queries import find_scanned, item_at, search_items
from tongpan.masters.items.rules.barcodes import check_digit
from tongpan.masters.search import matching, search_text


def names(text: str, limit: int = 20) -> list[str]:
    return [item.name for item in search_items(text, limit)]


FOUND_BY = {
    "可口可乐 500 mL": [
        "10003", "可乐", "乐", "可口", "kele", "kekoukele", "KKKL", "kl", "可乐 500", "500 可乐",
        "　ＫＫＫＬ ",
    ],
    "红烧牛肉面": ["牛肉", "hsn"],
    "红富士苹果": ["苹果"],
}  # fmt: skip


def test_an_item_is_found_by_code_name_pinyin_and_initials(as_zhou: Chain) -> None:
    found = {text: names(text)[:1] for texts in FOUND_BY.values() for text in texts}

    assert found == {text: [name] for name, texts in FOUND_BY.items() for text in texts}


def test_what_names_nothing_finds_nothing(as_zhou: Chain) -> None:
    texts = ["", "  ", "%", "_", "\\", "' or 1=1", "🙂", "可乐 牛奶", "zzz"]

    assert {text: names(text) for text in texts} == {text: [] for text in texts}


def test_a_pasted_page_is_refused_as_a_search(as_zhou: Chain) -> None:
    with pytest.raises(Refusal, match="search_too_long"):
        search_items("可乐" * 40)


def test_an_exact_code_comes_before_everything_that_begins_with_it(as_zhou: Chain) -> None:
    for code, name in (("50010", "大"), ("5001", "小"), ("X5001", "别"), ("50011", "中")):
        saved("items.item", code=code, name=name, base_unit="box")

    assert [item.code for item in search_items("5001")] == ["5001", "50010", "50011", "X5001"]
    assert [item.code for item in search_items("5001", 2)] == ["5001", "50010"]


def test_an_exact_barcode_comes_first(as_zhou: Chain) -> None:
    saved("items.barcode", code="6900350006025", item="10003")
    saved("items.item", code="69003500060251", name="别的", base_unit="box")

    assert names("6900350006025")[0] == "可口可乐 500 mL"
    assert "可口可乐 500 mL" in names("006025")


def test_an_archived_item_is_not_offered(as_zhou: Chain) -> None:
    run("items.item.archive", as_zhou.items["cola"].pk)

    assert names("可乐") == []


def test_forms_and_files_name_an_item_by_code_id_or_barcode(as_zhou: Chain) -> None:
    cola = as_zhou.items["cola"]
    saved("items.barcode", code="012345678905", item="10003")
    texts = ["10003", str(cola.pk), "012345678905", "0012345678905", "nobody", ""]

    found = reference_of(Item).find(texts)

    assert found == dict.fromkeys(texts[:4], cola)


# -- scans --------------------------------------------------------------------------------------


def test_a_scan_finds_the_item_and_the_unit_on_the_code(as_zhou: Chain) -> None:
    saved("items.barcode", code="6900350006025", item="10003")
    saved("items.barcode", code="16900350006022", item="10003", unit="case")

    bottle, case = find_scanned("6900350006025\r"), find_scanned("16900350006022")

    assert (bottle.item, bottle.unit.name, bottle.quantity) == (as_zhou.items["cola"], "瓶", 1)
    assert (case.item, case.unit.name, case.quantity) == (as_zhou.items["cola"], "箱", 1)


def scale(chain: Chain) -> None:
    changed("items.unit", chain.measures["kg"], size="1")
    saved("items.barcode", code="00077", item="10007", kind="scale")
    saved("items.barcode_layout", code="w13", name="秤", pattern="20IIIIIWWWWWC")
    saved("items.barcode_layout", code="s18", name="秤 18", pattern="21IIIIIPPPPPWWWWWC")


def test_a_scale_label_tells_item_weight_and_price(as_zhou: Chain) -> None:
    scale(as_zhou)
    thirteen, eighteen = "200007701250", "21000770186001250"

    short = find_scanned(thirteen + check_digit(thirteen))
    long = find_scanned(eighteen + check_digit(eighteen))

    assert (short.item.name, short.quantity, short.price) == (
        "红富士苹果", Decimal("1.250"), None,
    )  # fmt: skip
    assert (long.quantity, long.price) == (Decimal("1.250"), Decimal("18.60"))


def test_a_label_is_weighed_in_the_unit_of_its_code(as_zhou: Chain) -> None:
    scale(as_zhou)
    saved("items.unit", code="jin", name="斤", dimension="weight", size="0.5", step="0.001")
    saved("items.barcode", code="00078", item="10007", unit="jin", kind="scale")
    saved("items.barcode", code="00079", item="10001", kind="scale")
    jin, milk = "200007801250", "200007901250"

    found = find_scanned(jin + check_digit(jin))

    assert (found.unit.name, found.quantity) == ("斤", Decimal("2.5"))
    with pytest.raises(Refusal, match="label_not_a_weight"):
        find_scanned(milk + check_digit(milk))


def test_the_digits_of_a_scale_alone_are_no_barcode(as_zhou: Chain) -> None:
    scale(as_zhou)

    with pytest.raises(Refusal, match="barcode_unknown"):
        find_scanned("00077")


def test_a_scan_that_means_nothing_is_refused(as_zhou: Chain) -> None:
    scale(as_zhou)
    texts = {"6900350006025": "barcode_unknown", "2000099012508": "barcode_", "": "barcode_length"}

    for text, code in texts.items():
        with pytest.raises(Refusal, match=code):
            find_scanned(text)


def test_an_archived_item_cannot_be_scanned(as_zhou: Chain) -> None:
    saved("items.barcode", code="6900350006025", item="10003")
    run("items.item.archive", as_zhou.items["cola"].pk)

    with pytest.raises(Refusal, match="item_archived"):
        find_scanned("6900350006025")


# -- what a unit may do with an item ------------------------------------------------------------


def test_the_nearest_row_holds_and_the_latest_of_its_days(as_zhou: Chain) -> None:
    cola = as_zhou.items["cola"]
    saved("items.item_at_unit", item="10003", org_unit="HQ", valid_from="2026-01-01")
    saved(
        "items.item_at_unit",
        item="10003", org_unit="S01", valid_from="2026-06-01", status="discontinued",
        is_orderable="否",
    )  # fmt: skip
    north, south = as_zhou.units["north"], as_zhou.units["south"]

    def status(unit: object, on: date) -> str | None:
        row = item_at(cola, unit, on)  # type: ignore[arg-type]
        return row.status if row else None

    assert status(north, date(2026, 6, 1)) == "discontinued"
    assert status(north, date(2026, 5, 31)) == "normal"
    assert status(south, date(2026, 6, 1)) == "normal"
    assert status(south, date(2025, 12, 31)) is None


# -- a hundred thousand items -------------------------------------------------------------------


def many_items(chain: Chain) -> None:
    """As many items as a large chain has, with names that resemble one another."""
    words = ["可口", "百事", "雪碧", "纯净", "有机", "精选", "鲜榨", "冰镇"]
    kinds = ["汽水", "果汁", "酸奶", "饼干", "面包", "洗衣液", "纸巾", "牙膏"]
    texts = [search_text([], [a + b])[1:] for a in words for b in kinds]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into items_item (id, code, name, kind, specification, brand, variant,"
            " origin, base_unit_id, is_weighed, is_price_open, has_lots, tax_code, state,"
            " search_text)"
            " select gen_random_uuid(), 'M' || n, 'x', 'stocked', '', '', '', '', %s, false, false,"
            " false, '', 'active', ' m' || n || ' ' || (%s::text[])[1 + n %% 64]"
            " from generate_series(1, 30000) n",
            [chain.measures["box"].pk, texts],
        )


def plan_of(rows: QuerySet[Item]) -> str:
    """What the database would do in a company whose statistics are up to date.

    The program's own role may not analyse a table, so the planner is told what it would know:
    that reading the whole table is the dearest way.
    """
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    return str(rows.explain())


def test_a_search_among_many_items_uses_the_index(as_zhou: Chain) -> None:
    many_items(as_zhou)
    rows = Item.objects.filter(state="active")

    for text in ("可乐", "kkkl", "kl", "苹果", "kekoukele", "m29999", "10003"):
        word = text if len(text) > 2 else f" {text}"
        plan = plan_of(rows.filter(search_text__contains=word).order_by())
        assert matching(rows, text, limit=5), text
        assert "Index Scan on items_item_search" in plan, f"{text}: {plan}"


def test_an_item_of_a_supplier_is_named_by_both_codes(as_zhou: Chain) -> None:
    """By our code, by theirs where it is one item's, and by its id."""
    dairy = saved("parties.party", code="V/1", name="华东乳业", is_supplier=True)
    own = {
        item: saved("items.supplier_item", supplier=dairy, item=item, supplier_code=code)
        for item, code in (("10001", "A-1"), ("10002", "C"), ("10003", "C"))
    }
    find, one = reference_of(SupplierItem).find, own["10001"]

    found = find(["V/1/10001", "V/1/A-1", "V/1/C", "V/1/10004", "V2/10001", str(one.pk), "10001"])

    assert found == {"V/1/10001": one, "V/1/A-1": one, str(one.pk): one}
    assert find([str(one.pk)]) == {str(one.pk): one}
    assert reference_of(SupplierItem).code(one) == "V/1/10001"
