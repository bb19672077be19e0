"""Selling on account at the till: a customer found by keys, and a PIN beyond what was agreed."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Route, expect

from tests.browser.test_till import (
    COLA,
    MILK,
    PICTURES,
    UNKNOWN,
    Open,
    browser,
    kept,
    opened,
    served,
    shop,
)
from tests.browser.walk import Look, axe, sideways
from tests.faces.live.pages import Web
from tests.faces.pos.conftest import PIN
from tongpan.business.till.models import Exchange, PaymentMethod, Sale
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.parties.models import Party
from tongpan.masters.search import search_text

__all__ = ["browser", "opened", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser


@pytest.fixture
def known(shop: Web) -> Web:
    """The shop with two customers whom it knows, one of whom may owe 20."""
    with system(reason="the cast of the tests"):
        PaymentMethod.objects.create(code="ACCOUNT", name="挂账", kind="account", position=900)
        for code, name, limit in (("K01", "第一中学食堂", 20), ("K02", "第一酒店", None)):
            Party.objects.create(
                code=code, name=name, is_customer=True, credit_limit=limit,
                search_text=search_text([code], [name]),
            )  # fmt: skip
        for person, code in (("lin", "till.sale.on_account"), ("chen", "sales.credit.exceed")):
            role = shop.chain.people[person].grants.get().role
            RoleAction.objects.get_or_create(role=role, code=code)
    return shop


@pytest.mark.parametrize("width", [1440, 390])
def test_a_customer_is_found_and_signs_for_what_they_owe(
    known: Web, opened: Open, width: int
) -> None:
    till = opened(look=Look(width))
    page = till.page
    till.scan(MILK)
    till.scan(MILK)
    till.rows(1)

    till.press("Enter", "Alt+4")
    expect(page.locator("#customer-q")).to_be_focused()
    page.keyboard.type("dy")  # both begin so
    till.press("Enter")
    expect(page.locator("#customer-list button").first).to_be_focused()
    assert [*axe(page), *sideways(page)] == []
    page.screenshot(path=PICTURES / f"account-found-{width}.png")
    till.press("Escape", "Alt+4")
    page.keyboard.type("k01")
    till.press("Enter")
    till.see("第一中学食堂", "#customer")
    page.screenshot(path=PICTURES / f"account-chosen-{width}.png")

    till.press("Enter")  # 25.80 is more than 20
    expect(page.locator("#credit-code")).to_be_focused()
    till.see("¥25.80", "#credit-text")
    assert [*axe(page), *sideways(page)] == []
    page.screenshot(path=PICTURES / f"account-limit-{width}.png")
    page.keyboard.type("chen")
    till.press("Tab")
    page.keyboard.type(PIN)
    till.press("Enter")

    till.see("LS-S01-1-", "#finished")
    sale = kept(known, Sale)[0]
    assert (sale.gross, sale.customer_id is not None) == (Decimal("25.80"), True)
    page.locator("#finished [data-look-slip]").click()
    till.see("第一中学食堂", "#slip-paper")
    number = re.findall(r"LS-S01-1-\d+-\d+", page.locator("#slip-paper").inner_text())[0]
    expect(page.locator("#slip-invoice")).to_have_attribute("href", re.compile("^/c/s/"))
    assert [*axe(page), *sideways(page)] == []
    page.screenshot(path=PICTURES / f"account-slip-{width}.png")

    till.press("Escape")
    till.scan(COLA)
    till.rows(1)
    till.scan(number)
    expect(till.page.locator("#return-goods")).to_be_visible()
    till.press("F6", "F2")
    till.see("第一中学食堂", "#return-sale")
    till.see("挂账减少 ¥22.30", "#return-ok")
    assert [*axe(page), *sideways(page)] == []
    page.screenshot(path=PICTURES / f"account-exchange-{width}.png")
    till.press("Enter")
    till.see("已换货，挂账减少¥22.30", "#finished")
    till.rows(0)
    assert kept(known, Exchange)[0].amount == Decimal("3.50")


def test_what_is_pressed_while_a_scan_is_looked_up_happens_after_it(
    known: Web, opened: Open
) -> None:
    till = opened()
    till.scan(MILK)
    till.rows(1)
    held: list[Route] = []
    till.page.route("**/till/scan?*", lambda route: held.append(route))
    till.scan(UNKNOWN)
    till.page.wait_for_function("() => !document.querySelector('#scan').value")

    till.press("Enter", "6", "5", "Backspace", "Enter", "Alt+4", "k", "0", "1", "Enter")
    expect(till.page.locator("#scan")).to_have_value("")
    held[0].continue_()

    till.see("第一中学食堂", "#customer")
    till.see("现金−6.00", "#sums")
    till.see(UNKNOWN, "#trouble")
    assert till.page.locator("#scan").input_value() == ""
