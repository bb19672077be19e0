"""What the screen is told of goods whose price is said, and of designs in many variants."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.chain import Chain
from tests.faces.pos.conftest import Machine
from tongpan.business.till.models import SaleLine
from tongpan.faces.pos.prices import PRICE_LEAVES
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import FamilyOption, Item, ItemFamily
from tongpan.masters.items.rules.barcodes import check_digit
from tongpan.masters.prices.models import Price

AtTill = Callable[..., Machine]


@pytest.fixture
def shirts(chain: Chain) -> ItemFamily:
    """Milk and cola as the variants of a family; apples, which have no price here, are another."""
    with system(reason="the cast of the tests"):
        Price.objects.filter(item=chain.items["apple"]).delete()
        family = ItemFamily.objects.create(code="TX", name="圆领衫")
        FamilyOption.objects.create(family=family, name="颜色", values="红, 蓝, 白")
        for name, variant in (("milk", "红"), ("cola", "蓝"), ("apple", "白")):
            Item.objects.filter(pk=chain.items[name].pk).update(family=family, variant=variant)
    return family


@pytest.fixture
def open_apple(chain: Chain) -> Item:
    """Apples without a price in any list: the cashier says it."""
    with system(reason="the cast of the tests"):
        apple = chain.items["apple"]
        Item.objects.filter(pk=apple.pk).update(is_price_open=True)
        Price.objects.filter(item=apple).delete()
    return apple


def test_a_family_is_found_by_its_code_or_name_and_opens_to_what_is_sold_here(
    shirts: ItemFamily, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")

    by_code, by_name, by_part = (machine.ask("scan", q=q) for q in ("tx", "圆领衫", "领衫"))
    told = machine.ask("family", id=shirts.pk)

    assert by_code["family"]["id"] == by_name["family"]["id"] == str(shirts.pk)
    assert [one["id"] for one in by_part["found"]] == [str(shirts.pk)]
    assert told["options"] == [{"name": "颜色", "values": ["红", "蓝", "白"]}]
    variants = {n["family"]["variant"]: (n["price"], n["stock"]) for n in told["lines"]}
    assert variants == {"红": ("12.9", "10"), "蓝": ("3.5", "48")}


def test_the_catalogue_says_both(
    chain: Chain, shirts: ItemFamily, open_apple: Item, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    said = machine.ask("catalogue")
    rows = {row[0]: row[10:12] for row in said["items"]}
    with system(reason="the family is called otherwise"):
        ItemFamily.objects.update(name="翻领衫")
    changed = machine.ask("catalogue", since=said["version"])["items"]

    assert rows[str(open_apple.pk)] == [True, [str(shirts.pk), "TX", "圆领衫", "白"]]
    assert rows[str(chain.items["milk"].pk)] == [False, [str(shirts.pk), "TX", "圆领衫", "红"]]
    assert {row[11][2] for row in changed if row[11]} == {"翻领衫"}


def test_an_open_price_is_sold_beside_one_that_somebody_gave_a_pin_for(
    chain: Chain, open_apple: Item, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    scan = machine.ask("scan", q=open_apple.code)["line"]
    assert (scan["price"], scan["is_price_open"]) == (None, True)
    milk = machine.ask("scan", q="6901234500017")["line"]
    sale = str(uuid4())
    goods = {"item": milk["item"], "unit": milk["unit"], "price": "10"}
    session = machine.client.session  # where the machine keeps that Chen gave the PIN
    session[PRICE_LEAVES] = [[sale, *goods.values(), str(chain.people["chen"].pk)]]
    session.save()

    lines = [
        {**goods, "quantity": "1"},
        {
            "item": scan["item"],
            "unit": scan["unit"],
            "quantity": "0.5",
            "price": "16",
            "remark": " a \n b",
        },
    ]
    sold = machine.tell(
        "sell", id=sale, lines=lines, payments=[{"method": "CASH", "amount": "18"}], remark="给老师"
    )

    assert sold["slip"]["total"] == "18"
    kept = SaleLine.unscoped.order_by("position").values_list("price", "remark")
    assert list(kept) == [(Decimal(10), None), (Decimal(16), "a b")]
    paper = machine.tell(f"slip/{sold['slip']['id']}/print")["html"]
    assert "a b" in paper
    assert "给老师" in paper


def test_a_price_on_a_label_of_the_scales_needs_no_asking(
    open_apple: Item, at_the_till: AtTill
) -> None:
    code = "210003100750"
    line = at_the_till("lin").ask("scan", q=code + check_digit(code))["line"]

    assert (line["price"], line["quantity"], line["has_amount"]) == ("7.5", "1", True)


def test_a_parked_basket_keeps_the_remark_of_its_receipt(chain: Chain, at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    basket: list[dict[str, Any]] = [{"item": str(chain.items["milk"].pk), "remark": "少冰"}]
    told = machine.tell("park", id=str(uuid4()), basket=basket, remark="打包")["parked"][0]

    assert (told["remark"], told["basket"][0]["remark"]) == ("打包", "少冰")
