"""Levels of price and the customer's display in a real browser: the third piece, the member."""

import re
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.test_till import MILK, PICTURES, Open, browser, kept, opened, served, shop
from tests.browser.walk import axe, sideways
from tests.business.promotions.stage import approved
from tests.faces.live.pages import Web
from tongpan.business.membership.models import EarnRule, Programme
from tongpan.business.pricing.models import PriceLevel
from tongpan.business.till.models import SaleLine
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.prices.models import Price

__all__ = ["browser", "opened", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser
BEGAN = date(2026, 1, 1)


@pytest.fixture
def levels(shop: Web) -> Web:
    """Milk is 12.90, for members 11.90, from three on 10.90; from 30 on 1 is taken off."""
    with shop.chain.as_("zhou", "hq"):
        step = {"part": "step", "least": "30", "off": "1"}
        approved("spend_save", {"part": "all"}, step, title="满三十减一")
    with system(reason="the cast of the tests"):
        programme = Programme.objects.create(code="P", name="积分")
        EarnRule.objects.create(
            code="BASE", name="每元一分", programme=programme, points=1, valid_from=BEGAN
        )
        role = shop.chain.people["lin"].grants.get().role
        for code in ("member.find", "member.join"):
            RoleAction.objects.create(role=role, code=f"membership.{code}")
        milk = Price.objects.get(item=shop.chain.items["milk"])
        for buyer, many, price in (("members", 1, "11.90"), ("everybody", 3, "10.90")):
            PriceLevel.objects.create(
                price_list=milk.price_list, item=milk.item, unit=milk.unit, buyer=buyer,
                from_quantity=many, price=Decimal(price), valid_from=BEGAN,
            )  # fmt: skip
    return shop


def test_the_third_piece_and_the_member_change_the_price_and_the_customer_sees_it(
    levels: Web, opened: Open
) -> None:
    till = opened()
    page = till.page
    second = page.context.new_page()
    second.goto(page.url.rstrip("/") + "/display")
    expect(second.locator("#idle")).to_be_visible()
    assert [*axe(second), *sideways(second)] == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    second.screenshot(path=PICTURES / "display-idle.png")
    page.bring_to_front()

    till.scan("2*" + MILK)
    till.rows(1)
    till.see("¥25.80", "#due")
    expect(second.locator("#total")).to_have_text("¥25.80")
    till.press("F4")
    expect(page.locator("#member-q")).to_be_focused()
    page.keyboard.type("13812345678")
    till.press("Enter")
    expect(page.locator("#member-name")).to_be_focused()
    page.locator("#member-consent").focus()
    till.press("Space", "Enter")
    till.see("会员价 · 原价", "#rows")
    till.see("¥23.80", "#due")
    till.scan(MILK)
    till.see("满 3 件", "#rows")
    till.see("¥31.70", "#due")
    assert [*axe(page), *sideways(page)] == []
    page.screenshot(path=PICTURES / "levels.png")
    expect(second.locator("#total")).to_have_text("¥31.70")
    expect(second.locator("#saved")).to_have_text("¥7.00")  # 6 by the price, 1 by the promotion
    expect(second.locator("#rows")).to_contain_text("满三十减一")
    expect(second.locator("#rows .amount")).to_have_text("31.70")
    expect(second.locator("#rows li")).to_be_in_viewport(ratio=1)
    expect(second.locator("#total")).to_be_in_viewport(ratio=1)
    assert [*axe(second), *sideways(second)] == []
    second.screenshot(path=PICTURES / "display.png")
    second.set_viewport_size({"width": 390, "height": 844})
    assert [*axe(second), *sideways(second)] == []
    second.screenshot(path=PICTURES / "display-390.png")

    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")
    expect(second.locator("#thanks")).to_be_visible()
    (line,) = kept(levels, SaleLine)
    assert (line.price, line.price_from_id) == (Decimal("10.90"), None)
    assert line.price_level_id is not None


def test_cut_off_the_till_shows_the_prices_of_members_and_quantities_itself(
    levels: Web, opened: Open
) -> None:
    till = opened()
    page = till.page
    expect(page.locator("html")).to_have_attribute("data-catalogue", re.compile(r"[1-9]"))
    till.press("F4")
    page.keyboard.type("13812345678")
    till.press("Enter")
    expect(page.locator("#member-name")).to_be_focused()
    page.locator("#member-consent").focus()
    till.press("Space", "Enter")
    expect(page.locator("#member-box")).to_be_hidden()
    page.route("**/till/**", lambda route: route.abort())

    till.scan(MILK)
    till.see("会员价 · 原价", "#rows")
    till.see("促销待算", "#rows")
    till.scan("2*" + MILK)
    till.see("满 3 件", "#rows")
    till.see("¥32.70", "#due")
    page.unroute("**/till/**")
    till.see("¥31.70", "#due")  # thirty are reached: the promotion joins when the line is back
    till.said.clear()  # the browser itself says that the line was cut
