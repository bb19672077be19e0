"""The stock matrix by hand: a cell opens, arrows move, T sends goods to it, Esc closes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.busy import be_busy
from tests.browser.test_every_screen import cookies
from tests.browser.walk import Look, axe, chromium, context_for
from tests.faces.live.pages import Web, served

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser
PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures" / "screens"


@pytest.fixture
def page(served: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    be_busy(served.chain)
    signed_in = cookies(served, "zhou", "zh-hans")
    with chromium() as browser:
        context = context_for(browser, Look(1440), f"http://127.0.0.1:{served.port}")
        context.add_cookies(signed_in)
        opened = context.new_page()
        opened.goto("/stock/")
        yield opened
        context.close()


def test_a_cell_opens_beside_itself_and_leads_on(page: Page) -> None:
    south = page.locator("tr", has_text="鲜牛奶").locator("a[data-peek]").nth(2)
    south.click()
    peek = page.locator(".peek")
    expect(peek).to_contain_text("南站店 · 鲜牛奶 950 mL")
    expect(peek).to_contain_text("在途")
    assert axe(page) == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / "peek-1440.png"))
    box, row = peek.bounding_box(), page.locator("tr", has_text="鲜牛奶").bounding_box()
    assert box is not None
    assert row is not None
    assert box["y"] >= row["y"] + row["height"], "It never covers the row that it explains."

    page.keyboard.press("ArrowLeft")
    expect(peek).to_contain_text("北门店 · 鲜牛奶")
    page.keyboard.press("Escape")
    expect(peek).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(south).to_be_focused()

    page.keyboard.press("t")
    page.wait_for_url("**/d/stock.transfer/**")
    expect(page.locator("[data-grid] [name$='.quantity']").first).to_be_focused()
    assert "鲜牛奶 950 mL" in page.locator("#form input").evaluate_all(
        "(all) => all.map((one) => one.value)"
    )

    page.goto("/stock/")
    page.locator("tr", has_text="鲜牛奶").locator("a[data-peek]").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/stock/card/**")
    expect(page.locator("h1")).to_have_text("库存卡")
