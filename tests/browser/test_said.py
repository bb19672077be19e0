"""What the cashier says of goods, in a real browser: a price, a variant, a remark."""

from decimal import Decimal

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import expect

from tests.browser.test_till import (
    COLA,
    MILK,
    PICTURES,
    Open,
    Till,
    browser,
    kept,
    opened,
    served,
    shop,
)
from tests.browser.walk import axe, sideways
from tests.faces.live.pages import Web
from tongpan.business.till.models import Sale, SaleLine
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import FamilyOption, Item, ItemFamily
from tongpan.masters.prices.models import Price

__all__ = ["browser", "opened", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser
SHIRTS = (("红", "S"), ("红", "M"), ("蓝", "M"))


@pytest.fixture
def wares(shop: Web) -> Web:
    """The price of milk is said at the till; there are shirts, red in two sizes and blue in one."""
    with schema_context(shop.database.schema), system(reason="the cast of the tests"):
        milk = shop.chain.items["milk"]
        Item.objects.filter(pk=milk.pk).update(is_price_open=True)
        listed = Price.objects.get(item=milk)
        listed.delete()
        shirts = ItemFamily.objects.create(code="TX", name="圆领短袖")
        FamilyOption.objects.create(family=shirts, name="颜色", values="蓝, 红")
        FamilyOption.objects.create(family=shirts, name="尺码", values="S, M")
        for number, values in enumerate(SHIRTS, start=1):
            shirt = Item(
                code=f"TX-{number}", name=f"短袖{''.join(values)}", family=shirts,
                variant=" / ".join(values), base_unit=milk.base_unit,
                tax_category_id=Item.objects.get(pk=milk.pk).tax_category_id, kind="service",
            )  # fmt: skip
            shirt.search_text = shirt.searched([])
            shirt.save()
            Price.objects.create(
                price_list=listed.price_list, item=shirt, unit=shirt.base_unit,
                price=Decimal(50 + number), valid_from=listed.valid_from,
            )  # fmt: skip
    return shop


def picture(till: Till, name: str) -> None:
    assert [*axe(till.page), *sideways(till.page)] == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    till.page.screenshot(path=PICTURES / f"{name}.png")


def test_a_price_a_variant_and_remarks_are_said_by_keys(wares: Web, opened: Open) -> None:
    till = opened()
    said = till.page.locator("#say-price-input")
    till.scan("2*" + MILK)
    expect(said).to_be_focused()
    till.scan("6901234510016")  # somebody scans on: no price has so many digits
    till.see("大于零", "#say-price-wrong")
    picture(till, "say-price")
    said.fill("9.80")
    till.press("Enter")
    till.see("¥19.60", "#due")

    till.scan("tx")
    till.see("圆领短袖 · TX", "#variants-title")
    rows = till.page.locator(".variant-row > b")
    expect(rows).to_have_text(["蓝", "红"])
    picture(till, "variants")
    till.scan(COLA)  # somebody scans on: its Enter chooses no variant
    till.rows(2)
    till.press("Delete")
    till.scan("tx")
    expect(till.page.locator("#variants-box")).to_be_visible()
    till.press("ArrowDown", "ArrowLeft", "Enter")  # blue in M, then red in M, red in S
    till.see("短袖红S", "#rows")
    till.see("¥70.60", "#due")

    till.press("Alt+r")
    till.page.keyboard.type("送人")
    till.press("Tab")
    till.page.keyboard.type("两点来取")
    picture(till, "remark")
    till.press("Enter")
    till.see("备注: 送人", "#rows")
    till.see("备注: 两点来取", "#coupons")
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")

    lines = {n.position: (n.price, n.remark) for n in kept(wares, SaleLine)}
    assert lines == {1: (Decimal("9.80"), None), 2: (Decimal("51"), "送人")}
    assert [s.gross for s in kept(wares, Sale)] == [Decimal("70.60")]
    till.page.locator("[data-look-slip]").click()
    till.see("送人", "#slip-paper")
    till.see("两点来取", "#slip-paper")
