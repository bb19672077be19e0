"""The members' own page on a phone and a screen, in both languages."""

import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django_tenants.utils import schema_context
from playwright.sync_api import expect

from tests.browser.test_till import PICTURES, browser, served, shop
from tests.browser.walk import axe, sideways
from tests.faces.live.pages import Web
from tongpan.business.membership.models import Programme
from tongpan.business.selfservice.models import MembersPage
from tongpan.engines.messages import texting
from tongpan.kernel.org.scope import system

__all__ = ["browser", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser
PHONE = "13812345678"


@pytest.fixture(autouse=True)
def simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that is started then keeps text messages in its data folder."""
    monkeypatch.setenv("TONGPAN_SMS", texting.SIMULATOR)


def test_a_customer_joins_on_a_phone_in_both_languages(shop: Web, browser: Any) -> None:
    with schema_context(shop.database.schema), system(reason="the cast of the tests"):
        Programme.objects.create(code="P", name="积分")
        MembersPage.objects.create(
            code="2026-1", valid_from=date(2026, 1, 1), address="https://shop.example",
            rules="一、积分自获得之月起二十四个月内有效。\n二、储值金额长期有效。",
            rules_en="1. Points last 24 months.\n2. Stored value does not end.",
        )  # fmt: skip
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.goto(f"http://127.0.0.1:{shop.port}/c/")
    page.screenshot(path=PICTURES / "own-door-390.png")
    assert [*axe(page), *sideways(page)] == []
    page.locator("input[name=phone]").fill(PHONE)
    page.keyboard.press("Enter")
    expect(page.locator("input[name=code]")).to_be_focused()
    sent = max((settings.DATA / texting.FOLDER).glob("*.txt"))
    found = re.search(r"\D(\d{6})\D", sent.read_text().split("\n")[1])
    sent.unlink()
    assert found is not None
    page.locator("input[name=code]").fill(found[1])
    page.locator("summary").click()
    page.locator("input[name=rules]").check()
    page.screenshot(path=PICTURES / "own-join-390.png", full_page=True)
    assert [*axe(page), *sideways(page)] == []
    page.keyboard.press("Enter")

    expect(page.locator("h2").first).to_be_visible()
    page.locator("summary").first.click()
    page.screenshot(path=PICTURES / "own-390.png", full_page=True)
    assert [*axe(page), *sideways(page)] == []
    page.get_by_role("button", name="English").click()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.screenshot(path=PICTURES / "own-en-1440.png", full_page=True)
    assert [*axe(page), *sideways(page)] == []
    assert said == []
    page.close()
