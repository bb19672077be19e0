"""Baskets at the till before they are paid, in a real browser."""

import re
from decimal import Decimal

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import expect

from tests.browser.test_till import COLA, MILK, Open, Till, browser, kept, opened, shop
from tests.browser.walk import axe
from tests.faces.live.pages import Web, served
from tests.faces.pos.conftest import PIN
from tongpan.business.stock.models import Overage
from tongpan.business.till.models import Exchange, ParkedSale, Return, Sale, TakenOff
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.rules.barcodes import check_digit
from tongpan.masters.prices.models import Price

__all__ = ["browser", "opened", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser


def test_a_recalled_basket_says_what_changed_and_what_leaves_it_is_written_down(
    shop: Web, opened: Open
) -> None:
    with schema_context(shop.database.schema), system(reason="the cast"):
        role = shop.chain.people["chen"].grants.get().role
        for code in ("till.sale.discount_line", "till.sale.discount_receipt"):
            RoleAction.objects.create(role=role, code=code)
    till = opened()
    till.scan(MILK)
    till.rows(1)
    for keys in (("F2",), ("F2", "F2")):  # of the line, then of the receipt
        till.press(*keys)
        till.page.locator("#off-value").fill("10")
        till.page.locator("#off-reason").fill("临期")
        till.press("Enter")
        chen_allows(till)
    till.see("¥10.45", "#due")
    till.press("F6", "Enter")
    till.rows(0)
    with schema_context(shop.database.schema), system(reason="a price falls"):
        Price.objects.filter(item=shop.chain.items["milk"]).update(price=Decimal("9.90"))
    till.press("F6")
    till.page.locator("[data-recall]").click()
    till.see("¥12.90 → ¥9.90", "#trouble")
    till.see("折扣 10 % 要重新授权", "#trouble")
    till.see("整单: 折扣 10 % 要重新授权", "#coupons")
    till.see("¥9.90", "#due")
    till.press("Escape", "F2")  # the same discount stands in the box; its giver is asked anew
    expect(till.page.locator("#off-value")).to_have_value("10")
    till.press("Enter")
    chen_allows(till)
    till.see("¥8.91", "#due")
    till.press("F2")
    expect(till.page.locator("#off-value")).to_have_value("10")
    till.page.locator("#off-value").fill("0")
    till.press("Enter")
    expect(till.page.locator("#coupons")).to_be_empty()

    till.scan(COLA)
    till.rows(2)
    till.press("Delete")  # before the total was said: nothing is written down
    till.rows(1)
    till.scan("3*" + COLA)
    till.rows(2)
    till.press("Enter", "Escape", "-")
    till.press("Control+Delete")
    till.page.keyboard.type("钱不够")
    till.press("Enter")
    till.rows(0)
    expect(till.page.locator("#said")).to_contain_text("整单已作废")
    for _wait in range(50):
        if len(kept(shop, TakenOff)) == 2:
            break
        till.page.wait_for_timeout(100)

    assert kept(shop, ParkedSale) == []
    found = [(r.kind, r.amount, r.reason, len(r.lines)) for r in kept(shop, TakenOff)]
    assert found == [("line", Decimal("3.50"), "", 1), ("basket", Decimal("16.90"), "钱不够", 2)]


def chen_allows(till: Till) -> None:
    expect(till.page.locator("#off-code")).to_be_focused()
    till.page.keyboard.type("chen")
    till.press("Tab")
    till.page.keyboard.type(PIN)
    till.press("Enter")
    expect(till.page.locator("#off-box")).to_be_hidden()


def test_goods_are_exchanged_by_keyboard_with_a_scanned_slip(shop: Web, opened: Open) -> None:
    with schema_context(shop.database.schema), system(reason="the cast"):
        role = shop.chain.people["chen"].grants.get().role
        for code in ("till.sale.reverse", "till.return.reverse"):
            RoleAction.objects.get_or_create(role=role, code=code)
    till = opened()
    till.scan(MILK)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")
    number = till.page.locator("#finished .code").inner_text()
    till.scan("5*" + COLA)
    till.rows(1)

    till.scan(number)
    expect(till.page.locator("#return-goods")).to_be_visible()
    till.press("F6", "F2")
    till.see("差额 ¥4.60", "#return-swap")
    till.see("换货", "#return-title")
    till.see("顾客付款方式", "#return-by")
    till.page.locator("#return-tendered").fill("10")
    till.press("Enter")

    till.see("¥5.40", ".finished-change")
    till.rows(0)
    assert [r.amount for r in kept(shop, Exchange)] == [Decimal("12.90")]

    till.press("F8")
    till.see("换货", "#today-rows")
    till.page.locator("#today-rows [data-look-slip]").first.click()
    expect(till.page.locator("#slip-undo")).to_be_visible()
    till.press("F7")
    till.see("退 ¥4.60 给顾客", "#undo-note")
    till.page.keyboard.type("换错了")
    till.press("Enter")
    till.page.locator("#undo-code").fill("chen")
    till.page.locator("#undo-pin").fill(PIN)
    assert axe(till.page) == []
    till.press("Enter")

    till.see("退 ¥4.60 给顾客", "#trouble")
    assert all(r.reversed_at for r in kept(shop, Exchange))


def test_an_exchange_gives_what_the_books_lack_by_a_managers_pin(shop: Web, opened: Open) -> None:
    till = opened()
    till.scan(COLA)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")
    number = till.page.locator("#finished .code").inner_text()
    till.scan("11*" + MILK)
    till.rows(1)
    till.scan(number)
    expect(till.page.locator("#return-goods")).to_be_visible()
    till.press("F6", "F2")
    till.see("换货", "#return-title")
    till.see("138.40", "#return-ok")
    till.press("Enter")
    till.see("货在顾客手里，照卖", "#return-wrong")

    till.press("Alt+b")
    expect(till.page.locator("#beyond-code")).to_be_focused()
    till.page.keyboard.type("chen")
    till.press("Tab")
    till.page.keyboard.type(PIN)
    till.press("Enter")

    till.see("鲜牛奶 950 mL 1 盒", "#toast")
    till.rows(0)
    assert len(kept(shop, Exchange)) == 1
    assert [one.came_as for one in kept(shop, Overage)] == ["sold"]


def test_goods_without_a_slip_come_back_by_a_managers_pin(shop: Web, opened: Open) -> None:
    with schema_context(shop.database.schema), system(reason="the cast"):
        role = shop.chain.people["chen"].grants.get().role
        RoleAction.objects.create(role=role, code="till.return.without_slip")
    till = opened()
    till.scan("2*" + COLA)
    till.rows(1)
    till.press("F7", "F4")
    till.see("退款 ¥7.00", "#noslip-ok")
    till.page.keyboard.type("坏了")
    till.press("Enter")
    expect(till.page.locator("#noslip-code")).to_be_focused()
    till.page.keyboard.type("chen")
    till.press("Tab")
    till.page.keyboard.type(PIN)
    till.press("Enter")

    till.see("LT-S01-1-", "#finished")
    till.rows(0)
    assert [(r.gross, r.reason) for r in kept(shop, Return)] == [(Decimal("7.00"), "坏了")]


def ready(till: Till) -> None:
    expect(till.page.locator("html")).to_have_attribute("data-catalogue", re.compile("[1-9]"))


def test_scans_need_no_round_trip_and_go_on_while_the_server_is_gone(
    shop: Web, opened: Open
) -> None:
    till = opened()
    ready(till)
    asked: list[str] = []
    till.page.on("request", lambda request: asked.append(request.url))
    till.scan("10001")
    till.scan("2*" + COLA)
    till.rows(2)
    till.see("¥19.90", "#due")
    assert not [url for url in asked if "/till/scan" in url]

    till.page.route("**/till/**", lambda route: route.abort())
    till.scan("200003100368" + check_digit("200003100368"))
    till.rows(3)
    till.see("网络断开", "#line-state")
    till.see("促销待算", "#rows")
    till.press("Enter")
    till.see("网络断开时不能收款", "#trouble")
    expect(till.page.locator("body")).to_have_attribute("data-mode", "sell")
    till.press("Escape")
    with schema_context(shop.database.schema), system(reason="a price falls meanwhile"):
        Price.objects.filter(item=shop.chain.items["milk"]).update(price=Decimal("9.90"))

    till.page.unroute("**/till/**")
    till.see("¥12.90 → ¥9.90", "#trouble")
    expect(till.page.locator("#line-state")).to_be_hidden()
    expect(till.page.locator("#rows")).not_to_contain_text("促销待算")
    till.press("Escape", "Enter", "Enter")
    till.see("LS-S01-1-", "#finished")
    assert [s.gross for s in kept(shop, Sale)] == [Decimal("21.30")]
    till.said.clear()  # the browser itself says that the line was cut


def test_the_catalogue_survives_a_reload_and_a_closed_tab(shop: Web, opened: Open) -> None:
    till = opened()
    ready(till)
    till.scan(MILK)
    till.rows(1)
    context = till.page.context
    till.page.close()
    again = Till(context.new_page(), till.said)
    again.page.route("**/till/catalogue**", lambda route: route.abort())
    again.page.goto("/till/")
    again.rows(1)  # the basket is here
    ready(again)  # and the catalogue, without the server

    again.scan(COLA)

    again.rows(2)
    till.said.clear()
