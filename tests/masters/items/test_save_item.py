"""Items, their units, barcodes and categories, through the gate."""

from decimal import Decimal

import pytest

from tests.chain import Chain, on_shelf
from tests.masters.making import changed, problems_of, saved
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.masters.items.models import Barcode, Item, ItemCategory, ItemKind
from tongpan.masters.items.queries import base_quantity_of, measure_of
from tongpan.masters.items.types import begin_item


def test_an_item_needs_no_more_than_a_code_a_name_and_a_unit(as_zhou: Chain) -> None:
    item = saved("items.item", code="T-1/红", name="绿茶", base_unit="盒")

    found = Item.objects.get(pk=item.pk)
    assert (found.kind, found.is_weighed, found.state) == (ItemKind.STOCKED, False, "active")
    assert found.search_text == " t-1/红 绿茶 lvcha lc 茶 c "


def test_everything_that_is_wrong_with_an_item_is_said_at_once(as_zhou: Chain) -> None:
    problems = problems_of(
        lambda: saved(
            "items.item", code="=1+1", name="绿茶", base_unit="box", is_weighed="是", tax_code="12"
        )
    )

    assert problems == [
        ("code", "not_valid"), ("tax_code", "not_valid"), ("is_weighed", "weighed_needs_weight"),
    ]  # fmt: skip


def test_two_items_cannot_have_one_code(as_zhou: Chain) -> None:
    problems = problems_of(lambda: saved("items.item", code="10001", name="绿茶", base_unit="box"))

    assert problems == [("code", "duplicate")]


def test_the_base_unit_and_kind_are_frozen_by_the_first_posting(chain: Chain) -> None:
    milk = chain.items["milk"]
    with chain.as_("zhou", "hq"):
        changed("items.item", milk, base_unit="bottle")
        changed("items.item", milk, base_unit="box")
    on_shelf(chain, "north", milk=("10", "8.50"))

    with chain.as_("zhou", "hq"):
        problems = problems_of(
            lambda: changed("items.item", milk, base_unit="bottle", kind="service")
        )
        changed("items.item", milk, name="鲜奶 950 mL")

    assert problems == [("base_unit", "base_unit_frozen"), ("kind", "kind_frozen")]


def test_a_cashier_may_not_change_an_item(chain: Chain) -> None:
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        changed("items.item", chain.items["milk"], name="牛奶")

    assert Item.objects.get(pk=chain.items["milk"].pk).name == "鲜牛奶 950 mL"


def test_an_archived_item_is_not_found_and_can_be_taken_back(as_zhou: Chain) -> None:
    milk = as_zhou.items["milk"]

    run("items.item.archive", milk.pk)
    archived = Item.objects.get(pk=milk.pk).state
    run("items.item.restore", milk.pk)

    assert (archived, Item.objects.get(pk=milk.pk).state) == ("archived", "active")


# -- units of measure ---------------------------------------------------------------------------


def test_a_unit_of_weight_needs_a_size_and_a_count_has_none(as_zhou: Chain) -> None:
    without = problems_of(lambda: saved("items.unit", code="jin", name="斤", dimension="weight"))
    count = problems_of(lambda: saved("items.unit", code="bag", name="袋", size="2", step="-1"))

    assert without == [("size", "size_needed")]
    assert count == [("step", "negative")]


def test_weights_convert_by_size_and_boxes_by_factor(as_zhou: Chain) -> None:
    kg = changed("items.unit", as_zhou.measures["kg"], size="1")
    jin = saved("items.unit", code="jin", name="斤", dimension="weight", size="0.5", step="0.001")
    apple, cola = as_zhou.items["apple"], as_zhou.items["cola"]
    apple.base_unit = kg

    assert base_quantity_of(apple, jin, Decimal(3)) == Decimal("1.5")
    assert base_quantity_of(cola, as_zhou.measures["case"], Decimal(2)) == 48
    assert base_quantity_of(cola, None, Decimal(2)) == 2
    assert base_quantity_of(cola, jin, Decimal(2)) is None
    assert base_quantity_of(None, jin, Decimal(2)) is None
    with pytest.raises(Refusal, match="not_convertible"):
        measure_of(cola, jin)


def test_an_item_has_one_factor_for_each_other_unit(as_zhou: Chain) -> None:
    twice = problems_of(lambda: saved("items.item_unit", item="10003", unit="case", factor="12"))
    base = problems_of(lambda: saved("items.item_unit", item="10003", unit="bottle", factor="1"))
    zero = problems_of(lambda: saved("items.item_unit", item="10004", unit="case", factor="0"))

    assert twice == [("unit", "duplicate")]
    assert base == [("unit", "factor_of_base")]
    assert zero == [("factor", "not_positive")]


# -- categories ---------------------------------------------------------------------------------


def test_moving_a_category_moves_what_is_below_it(as_zhou: Chain) -> None:
    food = saved("items.category", code="food", name="食品")
    drinks = saved("items.category", code="drinks", name="饮料", parent="food")
    tea = saved("items.category", code="tea", name="茶饮", parent="饮料")
    other = saved("items.category", code="drinks2", name="酒水", parent="food")
    assert tea.path == "/food/drinks/tea/"

    changed("items.category", drinks, parent=None, code="beverages")

    paths = dict(ItemCategory.objects.values_list("name", "path"))
    assert paths == {
        "食品": "/food/", "饮料": "/beverages/", "茶饮": "/beverages/tea/",
        "酒水": "/food/drinks2/",
    }  # fmt: skip
    assert (food.pk, other.pk) == (food.pk, other.pk)


def test_a_category_cannot_stand_below_itself(as_zhou: Chain) -> None:
    food = saved("items.category", code="food", name="食品")
    saved("items.category", code="drinks", name="饮料", parent="food")

    problems = problems_of(lambda: changed("items.category", food, parent="drinks"))

    assert problems == [("parent", "category_cycle")]


# -- barcodes -----------------------------------------------------------------------------------


def test_a_number_of_goods_is_recognised_and_kept_in_one_form(as_zhou: Chain) -> None:
    upc = saved("items.barcode", code="012345678905", item="10003")
    own = saved("items.barcode", code="TEA-7", item="10005", unit="case")

    assert (upc.code, upc.kind, upc.unit) == ("0012345678905", "gtin", as_zhou.measures["bottle"])
    assert (own.code, own.kind, own.unit) == ("TEA-7", "own", as_zhou.measures["case"])


def test_a_misprinted_number_is_refused_unless_it_is_our_own_code(as_zhou: Chain) -> None:
    problems = problems_of(
        lambda: saved("items.barcode", code="6900350006024", item="10003", kind="gtin")
    )
    own = saved("items.barcode", code="6900350006024", item="10003", kind="own")

    assert problems == [("code", "barcode_check_digit")]
    assert own.kind == "own"


def test_one_barcode_means_one_item(as_zhou: Chain) -> None:
    saved("items.barcode", code="6900350006025", item="10003")

    problems = problems_of(lambda: saved("items.barcode", code="06900350006025", item="10004"))

    assert problems == [("code", "duplicate")]


def test_an_item_is_found_by_its_new_barcode(as_zhou: Chain) -> None:
    saved("items.barcode", code="6900350006025", item="10003")

    item = Item.objects.get(code="10003")
    assert item.search_text.startswith(" 10003 6900350006025 可口可乐")
    assert Barcode.objects.get(item=item).unit == as_zhou.measures["bottle"]


def test_a_layout_that_cannot_be_read_is_refused(as_zhou: Chain) -> None:
    problems = problems_of(
        lambda: saved("items.barcode_layout", code="scale", name="秤", pattern="20IIIIIC")
    )

    assert problems == [("pattern", "layout_without_amount")]


def test_the_first_item_is_proposed_the_highest_rate_and_the_next_what_most_have(
    as_zhou: Chain,
) -> None:
    Item.objects.update(tax_category=None)
    saved("taxes.category", code="T9", name="农产品", treatment="taxable")
    saved("taxes.category", code="T13", name="一般货物", treatment="taxable")
    for code, rate in (("T9", "0.09"), ("T13", "0.13")):
        saved("taxes.rate", category=code, rate=rate, valid_from="2026-01-01")
    first, second = Item(), Item()

    begin_item(first)
    saved("items.item", code="Z1", name="苹果", base_unit="盒", tax_category="T9")
    begin_item(second)

    assert first.tax_category is not None
    assert first.tax_category.code == "T13"
    assert second.tax_category is not None
    assert second.tax_category.code == "T9"
