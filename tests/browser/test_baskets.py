"""Baskets at the till before they are paid, in a real browser."""

from decimal import Decimal

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import expect

from tests.browser.test_till import COLA, MILK, Open, browser, kept, opened, shop
from tests.faces.live.pages import Web, served
from tests.faces.pos.conftest import PIN
from tongpan.business.till.models import Exchange, ParkedSale, Return, TakenOff
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.prices.models import Price

__all__ = ["browser", "opened", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser


def test_a_recalled_basket_says_what_changed_and_what_leaves_it_is_written_down(
    shop: Web, opened: Open
) -> None:
    till = opened()
    till.scan(MILK)
    till.rows(1)
    till.press("F6", "Enter")
    till.rows(0)
    with schema_context(shop.database.schema), system(reason="a price falls"):
        Price.objects.filter(item=shop.chain.items["milk"]).update(price=Decimal("9.90"))
    till.press("F6")
    till.page.locator("[data-recall]").click()
    till.see("¥12.90 → ¥9.90", "#trouble")
    till.see("¥9.90", "#due")
    till.press("Escape")

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
    till.page.wait_for_function("!JSON.parse(localStorage.getItem(Object.keys(localStorage)"
                                ".find((n) => n.startsWith('till-owed')))).length")  # fmt: skip

    assert kept(shop, ParkedSale) == []
    found = [(r.kind, r.amount, r.reason, len(r.lines)) for r in kept(shop, TakenOff)]
    assert found == [("line", Decimal("3.50"), "", 1), ("basket", Decimal("16.90"), "钱不够", 2)]


def test_goods_are_exchanged_by_keyboard_with_a_scanned_slip(shop: Web, opened: Open) -> None:
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
    till.page.locator("#return-tendered").fill("10")
    till.press("Enter")

    till.see("¥5.40", ".finished-change")
    till.rows(0)
    assert [r.amount for r in kept(shop, Exchange)] == [Decimal("12.90")]


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
