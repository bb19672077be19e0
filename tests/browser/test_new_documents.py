"""Documents begun from nothing in a real browser: what is refused stays where it was written."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Page, expect

from tests.browser.busy import be_busy
from tests.browser.test_every_screen import cookies
from tests.browser.walk import Look, chromium, context_for
from tests.faces.live.pages import Web, served
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import SupplierItem, SupplierPrice
from tongpan.masters.parties.models import Party
from tongpan.masters.search import search_text

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


def test_pasted_prices_and_units_stand_and_what_nobody_knows_is_kept(
    shop: Web, browser: Browser
) -> None:
    """The supplier's own price and unit come with the item, but the sheet's count."""
    chain = shop.chain
    with schema_context(shop.database.schema), system(reason="the cast of the tests"):
        dairy = Party.objects.get(code="V01")
        Party.objects.update(search_text=search_text(["V01"], [dairy.name]))
        own = SupplierItem.objects.create(
            supplier=dairy, item=chain.items["cola"], order_unit=chain.measures["case"]
        )
        SupplierPrice.objects.create(
            supplier_item=own, price=Decimal(96), is_tax_included=True, valid_from=date(2026, 1, 1)
        )
    page = page_of(shop, browser, "zhou")
    page.goto("/d/purchasing.order/new")
    choose(page, "supplier", "V01")
    choose(page, "place", chain.units["warehouse"].name)

    paste(page, "lines.0.item", "商品\t数量\t单位\t单价\n"
          "可口可乐 500 mL\t１，２００\t瓶\t￥3.85\n"
          "没有的商品\t3\n可口可乐 500 mL\t2")  # fmt: skip

    expect(page.locator(".toast")).to_contain_text("已粘贴 3 行，有 1 处没有找到")
    shown = [
        page.locator(f"[id='lines.{line}.{name}']")
        for line in (0, 2)
        for name in ("quantity", "unit", "price")
    ]
    units = {one: str(chain.measures[one].pk) for one in ("bottle", "case")}
    for field, value in zip(
        shown, ["1200", units["bottle"], "3.85", "2", units["case"], "96"], strict=True
    ):
        expect(field).to_have_value(value)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[id='lines.1.item']")).to_be_focused()
    expect(page.locator("[id='lines.1.item']")).to_have_value("没有的商品")

    paste(page, "lines.0.price", "3.9\n\n95")

    expect(shown[2]).to_have_value("3.9")
    expect(shown[5]).to_have_value("95")
    expect(page.locator("[id='lines.0.item']")).to_have_value("可口可乐 500 mL")


def paste(page: Page, field: str, text: str) -> None:
    page.locator(f"[id='{field}']").focus()
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )
