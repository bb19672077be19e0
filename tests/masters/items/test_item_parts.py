"""Barcodes, units and prices on the item's own form: all of them at once, each as itself."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chain import Chain
from tests.masters.making import changed, problems_of, saved
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.kernel.documents.actions.parts import (
    ROWS_MAX,
    spelled,
    unspelled,
    values_now,
    version_in,
)
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.events.models import Event
from tongpan.masters.items.models import Barcode, Item, ItemUnit
from tongpan.masters.items.queries import search_items
from tongpan.masters.items.types import ITEM
from tongpan.masters.prices.models import Price

BOTTLE, CASE = "6900350006025", "16900350006022"


def cola(**payload: Any) -> Any:
    return changed("items.item", Item.objects.get(code="10003"), **payload)


def codes(code: str = "10003") -> list[tuple[str, str, bool]]:
    rows = Barcode.objects.filter(item__code=code, state="active").order_by("-is_main", "pk")
    return [(row.code, row.unit.name, row.is_main) for row in rows]


def test_a_new_item_comes_with_its_units_barcodes_and_prices(as_zhou: Chain) -> None:
    saved("prices.list", code="base", name="基础", org_unit="HQ", valid_from="2026-01-01")

    tea = saved(
        "items.item", code="20001", name="冰红茶", base_unit="瓶",
        units=[{"unit": "箱", "factor": "15"}],
        barcodes=[{"code": BOTTLE}, {"code": CASE, "unit": "箱", "is_main": "1"}],
        prices=[{"price_list": "base", "price": "3.5", "valid_from": "2026-01-01"}],
    )  # fmt: skip

    assert ItemUnit.objects.get(item=tea).factor == 15
    assert codes("20001") == [(CASE, "箱", True), (BOTTLE, "瓶", False)]
    assert Price.objects.get(item=tea).unit.name == "瓶"
    assert [item.code for item in search_items(BOTTLE)] == ["20001"]


def test_what_is_left_out_is_put_away_and_comes_back_as_the_same_row(as_zhou: Chain) -> None:
    cola(barcodes=[{"code": BOTTLE}, {"code": CASE, "unit": "case"}])
    known = Barcode.objects.get(code=CASE).pk

    cola(barcodes=[{"code": BOTTLE}])
    put_away = (codes(), [item.code for item in search_items(CASE)])
    cola(barcodes=[{"code": BOTTLE}, {"code": CASE, "unit": "case"}])

    assert put_away == ([(BOTTLE, "瓶", False)], [])
    assert Barcode.objects.get(code=CASE, state="active").pk == known
    assert [item.code for item in search_items(CASE)] == ["10003"]


def test_a_list_that_is_not_sent_stays_as_it_is(as_zhou: Chain) -> None:
    cola(barcodes=[{"code": BOTTLE}])

    cola(name="可乐")

    assert codes() == [(BOTTLE, "瓶", False)]
    assert ItemUnit.objects.get(item__code="10003").factor == 24


def test_a_row_is_known_by_its_id_and_keeps_what_was_not_said(as_zhou: Chain) -> None:
    cola(barcodes=[{"code": "COLA-1", "kind": "own"}])
    row = Barcode.objects.get(code="COLA-1")

    cola(barcodes=[{"id": str(row.pk), "code": "COLA-2"}])

    row.refresh_from_db()
    assert (row.code, row.kind, row.state) == ("COLA-2", "own", "active")


def test_the_row_that_was_marked_last_is_the_main_barcode(as_zhou: Chain) -> None:
    both = [{"code": BOTTLE, "is_main": "1"}, {"code": CASE, "is_main": "0"}]
    cola(barcodes=both)
    cola(barcodes=[both[0], {**both[1], "is_main": "1"}])

    assert codes() == [(CASE, "瓶", True), (BOTTLE, "瓶", False)]
    twice = problems_of(
        lambda: cola(barcodes=[*both[1:], *({"code": f"C{n}", "is_main": "1"} for n in (1, 2))])
    )
    alone = problems_of(
        lambda: saved("items.barcode", code="C3", item="10003", is_main="是")
    )  # fmt: skip
    assert twice == [("barcodes.3.is_main", "main_barcode_twice")]
    assert alone == [("is_main", "main_barcode_twice")]


def test_everything_that_is_wrong_is_said_at_once_by_field_and_row(as_zhou: Chain) -> None:
    saved("items.barcode", code="6900350006032", item="10004")
    before = Item.objects.get(code="10003").name

    problems = problems_of(
        lambda: cola(
            name="新名字",
            units=[{"unit": "bottle", "factor": "6"}, {"unit": "case", "factor": "many"},
                   {"unit": "box"}],
            barcodes=[{"code": BOTTLE}, {"code": "6900350006032"}, {"code": BOTTLE},
                      {"code": "6900350006024", "kind": "gtin"}, "no row", ],
            prices="1",
        )
    )  # fmt: skip

    assert problems == [
        ("units.1.unit", "factor_of_base"), ("units.2.factor", "not_a_number"),
        ("units.3.factor", "required"), ("barcodes.5", "object_format"),
        ("prices", "list_format"),
    ]  # fmt: skip
    stranger = {"id": str(as_zhou.units["hq"].pk)}
    assert problems_of(
        lambda: cola(
            barcodes=[{"code": BOTTLE}, {"code": "6900350006032"}, {"code": "0" + BOTTLE},
                      {"code": "6900350006024", "kind": "gtin"}, stranger]
        )
    ) == [
        ("barcodes.2.code", "duplicate"), ("barcodes.3.code", "duplicate"),
        ("barcodes.4.code", "barcode_check_digit"), ("barcodes.5", "part_row_unknown"),
    ]  # fmt: skip
    assert Item.objects.get(code="10003").name == before


def test_a_barcode_that_one_item_gave_up_may_be_another_one_s(as_zhou: Chain) -> None:
    cola(barcodes=[{"code": BOTTLE}])
    cola(barcodes=[])

    saved("items.item", code="20001", name="绿茶", base_unit="瓶", barcodes=[{"code": BOTTLE}])

    assert [item.code for item in search_items(BOTTLE)] == ["20001"]
    assert codes() == []


def test_two_items_may_exchange_barcodes_in_one_sheet(as_zhou: Chain) -> None:
    cola(barcodes=[{"code": BOTTLE}])
    rows = [{"code": "10004", "barcodes": f"{BOTTLE}=瓶"}, {"code": "10003", "barcodes": "NEW-1"}]

    run("items.item.save_many", payload={"rows": rows})

    assert (codes("10004"), codes()) == ([(BOTTLE, "瓶", False)], [("NEW-1", "瓶", False)])


def test_a_number_whose_check_digit_is_wrong_is_asked_about_once_and_then_taken(
    as_zhou: Chain,
) -> None:
    wrong = BOTTLE[:-1] + "4"
    item = Item.objects.get(code="10003")

    with pytest.raises(Question) as asked:
        cola(barcodes=[{"code": wrong}])
    run("items.item.save", item.pk, {"barcodes": [{"code": wrong}]}, answers=["own_barcode"])

    assert asked.value.code == "own_barcode"
    assert codes() == [(wrong, "瓶", False)]


def test_of_many_it_is_asked_only_where_somebody_could_answer_for_all(as_zhou: Chain) -> None:
    wrong, other = BOTTLE[:-1] + "4", BOTTLE[:-1] + "6"
    rows = [{"code": "10003", "barcodes": wrong}]
    sheet = {"rows": [{"code": "10003", "barcodes": other}], "asking": True, "skipping": True}

    run("items.item.save_many", payload={"rows": rows})
    assert codes() == [(wrong, "瓶", False)]

    asked = run("items.item.save_many", payload=sheet).result
    assert [p["question"] for p in asked.problems[0]] == ["own_barcode"]
    assert codes() == [(wrong, "瓶", False)]
    run("items.item.save_many", payload=sheet, answers=["own_barcode"])
    assert codes() == [(other, "瓶", False)]


def test_history_tells_each_value_before_and_after(as_zhou: Chain) -> None:
    item = cola(barcodes=[{"code": "COLA-1"}])
    row, unit = Barcode.objects.get(code="COLA-1"), ItemUnit.objects.get(item=item)

    cola(units=[{"id": str(unit.pk), "unit": "case", "factor": "12"}], barcodes=[])

    latest = history_of(item.pk)[0].changes
    assert latest[f"units.{unit.pk}.factor"] == ["24", "12"]
    assert latest[f"barcodes.{row.pk}.code"] == ["COLA-1", None]
    assert f"units.{unit.pk}.unit" not in latest
    assert history_of(unit.pk)[0].changes == {"factor": ["24", "12"]}
    assert history_of(row.pk)[0].changes == {"state": ["active", "archived"]}
    names = set(Event.objects.values_list("name", flat=True))
    assert {"items.item.saved", "items.barcode.saved", "items.item_unit.saved"} <= names


def test_whoever_saw_the_parts_as_they_were_is_told(as_zhou: Chain) -> None:
    item = cola(barcodes=[{"code": "COLA-1"}])
    seen = version_in(ITEM, item.pk)
    changed("items.barcode", Barcode.objects.get(code="COLA-1"), code="COLA-2")

    with pytest.raises(Refusal, match="version_changed"):
        run("items.item.save", item.pk, {"barcodes": [{"code": "COLA-3"}]}, version=seen)

    assert codes() == [("COLA-2", "瓶", False)]


def test_a_part_needs_its_own_permission(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        saved("prices.list", code="base", name="基础", org_unit="HQ", valid_from="2026-01-01")
    price = {"price_list": "base", "price": "1", "valid_from": "2026-01-01"}

    with chain.as_("wang", "warehouse"), pytest.raises(Forbidden):
        cola(prices=[price])  # a keeper of the warehouse may change items, and no prices

    assert not Price.objects.exists()


def test_nothing_is_written_where_nothing_differs(as_zhou: Chain) -> None:
    item = cola(barcodes=[{"code": BOTTLE, "unit": "bottle"}], units=[{"unit": "箱", "factor": 24}])
    count = version_in(ITEM, item.pk)

    cola(barcodes=[{"code": BOTTLE, "unit": "bottle"}], units=[{"unit": "case", "factor": "24.0"}])

    assert version_in(ITEM, item.pk) == count + 1  # that it was saved
    assert ItemUnit.objects.get(item=item).factor == Decimal(24)


def test_where_the_item_is_wrong_its_rows_are_still_read(as_zhou: Chain) -> None:
    assert problems_of(
        lambda: cola(base_unit="no such", barcodes=[{"code": BOTTLE, "unit": "no such"}])
    ) == [("base_unit", "not_found_reference"), ("barcodes.1.unit", "not_found_reference")]


def test_a_row_without_what_it_is_called_by_is_no_row_yet(as_zhou: Chain) -> None:
    assert problems_of(lambda: cola(barcodes=[{"code": ""}])) == [("barcodes.1.code", "required")]


def test_a_list_has_an_end_and_names_a_row_once(as_zhou: Chain) -> None:
    cola(barcodes=[{"code": "COLA-1", "kind": "own"}])
    row = str(Barcode.objects.get(code="COLA-1").pk)

    long = problems_of(lambda: cola(barcodes=[{"code": f"C{n}"} for n in range(ROWS_MAX + 1)]))
    twice = problems_of(
        lambda: cola(barcodes=[{"id": row, "code": "C1"}, {"id": row, "code": "C2"}])
    )

    assert long == [("barcodes", "too_many_part_rows")]
    assert twice == [("barcodes.2", "part_row_twice")]


def test_codes_do_not_change_places_in_one_step(as_zhou: Chain) -> None:
    cola(barcodes=[{"code": "A-1", "kind": "own"}, {"code": "B-1", "kind": "own"}])
    ids = {row.code: str(row.pk) for row in Barcode.objects.filter(item__code="10003")}

    problems = problems_of(
        lambda: cola(
            barcodes=[{"id": ids["A-1"], "code": "B-1"}, {"id": ids["B-1"], "code": "A-1"}]
        )
    )

    assert problems == [("barcodes.1.code", "duplicate"), ("barcodes.2.code", "duplicate")]
    assert {code for code, *_ in codes()} == {"A-1", "B-1"}


def test_what_an_item_holds_is_told_with_its_parts(as_zhou: Chain) -> None:
    item = cola(barcodes=[{"code": BOTTLE}, {"code": CASE, "unit": "箱"}])
    by_name = {part.name: part for part in ITEM.parts}
    rows = list(Barcode.objects.filter(item=item).order_by("code"))

    told = values_now(ITEM, item, ["name", "barcodes"])

    assert told["name"] == item.name
    assert [row["code"] for row in told["barcodes"]] == [row.code for row in rows][::-1]
    assert spelled(by_name["barcodes"], rows) == f"{CASE}=case；{BOTTLE}=bottle"


def test_rows_of_a_sheet_have_a_cell_for_each_part_and_are_refused_with_it(
    as_zhou: Chain,
) -> None:
    columns = [field.name for field in ITEM.sheet_fields]
    row = {"code": "10003", "barcodes": "A-1=nothing"}

    problems = problems_of(
        lambda: run("items.item.save_many", payload={"key": ["code"], "rows": [row]})
    )

    assert columns[-2:] == ["units", "barcodes"]
    assert problems == [("rows.0.barcodes.1.unit", "not_found_reference")]


@given(st.lists(st.tuples(st.from_regex(r"[0-9A-Z一-龥]{1,8}", fullmatch=True), st.booleans())))
def test_a_cell_is_read_as_it_is_spelled(given: list[tuple[str, bool]]) -> None:
    part = next(part for part in ITEM.parts if part.name == "barcodes")
    text = "；；".join(f" {code} = 箱" if has_unit else code for code, has_unit in given)

    assert unspelled(part, text) == [
        {"code": code, "unit": "箱" if has_unit else None} for code, has_unit in given
    ]
