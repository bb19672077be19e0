"""A remark that names somebody: the people are proposed behind the @, by key and by finger."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_every_screen import cookies
from tests.browser.walk import Look, axe, chromium, context_for, sideways
from tests.chain import a_transfer, on_shelf
from tests.faces.live.pages import Web, served
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Comment

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser


@pytest.fixture
def shop(served: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    return served


@pytest.fixture
def sent(shop: Web) -> UUID:
    with schema_context(shop.database.schema):
        on_shelf(shop.chain, "warehouse", milk=("100", "8.50"))
        with shop.chain.as_("wang", "warehouse"):
            made = a_transfer(shop.chain, "warehouse", "north", {"milk": "4"}).subject
            run("stock.transfer.post", made)
    return made


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def remark(browser: Browser, shop: Web, sent: UUID, look: Look) -> Page:
    context = context_for(browser, look, f"http://127.0.0.1:{shop.port}")
    context.add_cookies(cookies(shop, "wang", "zh-hans"))
    page = context.new_page()
    page.goto(f"/d/stock.transfer/{sent}/")
    page.locator("#tab-comments").click()
    return page


def test_people_are_picked_by_keys_and_by_a_tap(shop: Web, browser: Browser, sent: UUID) -> None:
    page = remark(browser, shop, sent, Look(1440))
    said: list[str] = []
    page.on("pageerror", lambda e: said.append(str(e)))
    field = page.locator("form.write textarea")
    options = page.locator("[role=option]")

    field.click()
    page.keyboard.type("请 @")
    expect(options).to_have_count(3)
    assert axe(page) == []
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_be_focused()
    page.keyboard.type("lxy")
    expect(options).to_have_text(["林小雨lin"])
    page.keyboard.press("Enter")
    expect(field).to_have_value("请 @林小雨 ")
    page.keyboard.type("a@b.cn, @nobody")
    expect(page.locator(".write .none")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problem")).to_contain_text("@nobody")
    expect(field).to_have_value("请 @林小雨 a@b.cn, @nobody")
    field.fill("请 @林小雨 看")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#panel-comments .entries")).to_contain_text("请 @林小雨 看")

    page = remark(browser, shop, sent, Look(390))
    page.locator("form.write textarea").tap()
    page.keyboard.type("@zh")
    expect(options_of(page)).to_have_count(1)
    assert sideways(page) == []
    options_of(page).first.tap()
    expect(page.locator("form.write textarea")).to_have_value("@周敏 ")

    assert said == []
    with schema_context(shop.database.schema):
        assert Comment.unscoped.get().mentions == [shop.chain.people["lin"].pk]


def options_of(page: Page) -> Locator:
    return page.locator("[role=option]")
