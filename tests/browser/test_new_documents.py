"""Documents begun from nothing in a real browser: what is refused stays where it was written."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.busy import be_busy
from tests.browser.test_every_screen import cookies
from tests.browser.walk import Look, chromium, context_for
from tests.faces.live.pages import Web, served

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser


@pytest.fixture
def shop(served: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    served.__dict__["documents"] = be_busy(served.chain)
    return served


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def page_of(shop: Web, browser: Browser, person: str) -> Page:
    context = context_for(browser, Look(1440, "zh-CN"), f"http://127.0.0.1:{shop.port}")
    context.add_cookies(cookies(shop, person, "zh-hans"))
    return context.new_page()


def choose(page: Page, field: str, name: str) -> None:
    """Look for a row by its name in a field of the header, and take the first that is found."""
    page.locator(f"#{field}").fill(name)
    page.locator(".list-box [role=option]", has_text=name).first.click()


def test_a_draft_for_somebody_elses_shelf_is_refused_where_it_was_written(
    shop: Web, browser: Browser
) -> None:
    page, south = page_of(shop, browser, "wang"), shop.chain.units["south"]
    page.goto("/d/stock.loss/new")

    choose(page, "place", south.name)
    page.locator("#note").fill("两盒压坏")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#problem")).to_contain_text(f"你不能给 {south.name} 写报损/其他出库")
    expect(page).to_have_url(re.compile("/d/stock.loss/new$"))
    assert page.locator("#note").input_value() == "两盒压坏"


def test_a_line_with_nothing_but_its_usual_figure_is_no_line_yet(
    shop: Web, browser: Browser
) -> None:
    page = page_of(shop, browser, "zhou")
    page.goto("/d/coupons.issue/new")
    lines = page.locator("[data-grid=lines] tbody tr")

    page.locator("[id='lines.0.tag']").press_sequentially("新客")

    expect(lines).to_have_count(2)
    expect(lines.nth(1).locator("td").first).to_have_text("")
    expect(page.locator("[id='lines.1.pieces']")).to_have_value("1")
