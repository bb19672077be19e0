"""An item written whole in a real browser: lines typed, a photograph shrunk, variants made."""

import re
import zlib
from collections.abc import Iterator
from contextlib import closing
from struct import pack
from typing import Any

import pytest
from django.db import connection
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_every_screen import LANGUAGES, Eye, Findings, cookies
from tests.browser.walk import Look, chromium, context_for
from tests.chain import PASSWORD
from tests.faces.live.pages import Web, served
from tests.masters.items.pictures import a_chunk
from tests.masters.making import saved
from tongpan.masters.items.models import Barcode, Item, ItemPicture, ItemUnit

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser
BOTTLE = "6900350006025"


@pytest.fixture
def shop(served: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    with served.chain.as_("zhou", "hq"):
        saved("prices.list", code="RETAIL", name="零售价", org_unit="HQ", valid_from="2026-01-01")
        family = saved(
            "items.family", code="T100", name="短袖",
            options=[{"name": "颜色", "values": "红, 蓝"}, {"name": "尺码", "values": "S, M"}],
        )  # fmt: skip
        saved("items.item", code="T100-01-S", name="短袖 红 S", base_unit="盒", family="T100",
              variant="红 / S")  # fmt: skip
    served.__dict__["family"] = family
    return served


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def a_photograph(width: int = 2400, height: int = 1800) -> bytes:
    """A large picture as a real encoder would make it: a tray with a line through it."""
    rows = bytearray()
    for y in range(height):
        is_line = abs(y - height // 2) < 40
        rows += b"\0" + (b"\x1b\x5f\xaa" if is_line else b"\xe8\xf0\xf9") * width
    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = a_chunk(b"IDAT", zlib.compress(bytes(rows), 1))
    return b"\x89PNG\r\n\x1a\n" + a_chunk(b"IHDR", header) + data + a_chunk(b"IEND", b"")


def page_of(shop: Web, browser: Browser, language: str = "zh-hans") -> Page:
    context = context_for(browser, Look(1440, LANGUAGES[language]), f"http://127.0.0.1:{shop.port}")
    context.add_cookies(cookies(shop, "zhou", language))
    return context.new_page()


def kept(shop: Web) -> dict[str, Any]:
    """What the database holds of the cola."""
    with closing(connection), schema_context(shop.database.schema):
        item = Item.objects.get(code="10003")
        return {
            "barcodes": list(
                Barcode.objects.filter(item=item, state="active")
                .order_by("-is_main", "pk").values_list("code", "unit__name")
            ),
            "factors": list(ItemUnit.objects.filter(item=item).values_list("factor", flat=True)),
            "pictures": list(
                ItemPicture.objects.filter(item=item).values_list("media_type", "width", "height")
            ),
        }  # fmt: skip


def test_an_item_is_written_whole(shop: Web, browser: Browser) -> None:
    page, cola = page_of(shop, browser), shop.chain.items["cola"].pk
    page.goto(f"/m/items.item/{cola}/edit")
    grid = page.locator("[data-grid=barcodes]")
    grid.locator("[name='barcodes.0.code']").fill(BOTTLE)
    grid.locator("[name='barcodes.1.code']").fill("COLA-1")
    unit = grid.locator("tr").nth(2).locator("[role=combobox]")
    unit.fill("箱")
    grid.locator(".list-box [role=option]").first.click()
    grid.locator("[name='barcodes.1.is_main']").select_option("1")
    page.locator("[name='units.0.factor']").fill("dozen")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#problem")).to_contain_text("其他单位 第 1 行")
    assert page.locator("[name='barcodes.1.code']").input_value() == "COLA-1"
    page.locator("[name='units.0.factor']").fill("12")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("可口可乐")
    assert kept(shop)["barcodes"] == [("COLA-1", "箱"), (BOTTLE, "瓶")]
    assert kept(shop)["factors"] == [12]

    page.set_input_files("[data-pictures] input[type=file]", [
        {"name": "tray.png", "mimeType": "image/png", "buffer": a_photograph()},
    ])  # fmt: skip
    shown = page.locator(".pictures img")
    expect(shown).to_have_count(1)
    expect(page.locator(".picture img")).not_to_have_js_property("naturalWidth", 0)
    assert kept(shop)["pictures"] == [("image/jpeg", 1600, 1200)]


def test_an_item_written_while_the_session_ended_is_there_after_signing_in(
    shop: Web, browser: Browser
) -> None:
    page = page_of(shop, browser)
    page.goto("/m/items.item/new")
    page.locator("#code").fill("77001")
    page.locator("#name").fill("桂花茶")
    page.locator("#base_unit").fill("盒")
    page.locator(".list-box [role=option]").first.click()
    page.locator("[name='barcodes.0.code']").fill(BOTTLE)
    page.locator("[name='barcodes.1.code']").fill("TEA-1")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.locator("[name=username]").fill("zhou")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.locator("#name")).to_have_value("桂花茶")
    expect(page.locator("[name='barcodes.1.code']")).to_have_value("TEA-1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("桂花茶")
    page.goto("/m/items.item/new")
    expect(page.locator("#name")).to_have_value("")


@pytest.mark.timeout(600)
def test_the_screens_of_goods_are_whole_in_every_language(shop: Web, browser: Browser) -> None:
    cola, family = shop.chain.items["cola"].pk, shop.__dict__["family"].pk
    page = page_of(shop, browser)
    page.goto(f"/m/items.item/{cola}/")
    page.set_input_files("[data-pictures] input[type=file]", [
        {"name": f"图{n}", "mimeType": "image/png", "buffer": a_photograph(600 + n, 400)}
        for n in range(3)
    ])  # fmt: skip
    expect(page.locator(".pictures img")).to_have_count(3)
    with closing(connection), schema_context(shop.database.schema):
        variant = Item.objects.get(code="T100-01-S").pk
    screens = {
        "goods-item-edit": f"/m/items.item/{cola}/edit",
        "goods-item-new": "/m/items.item/new",
        "goods-item-pictures": f"/m/items.item/{cola}/",
        "goods-item-list": "/m/items.item/",
        "goods-variant": f"/m/items.item/{variant}/",
        "goods-family": f"/m/items.family/{family}/",
        "goods-family-edit": f"/m/items.family/{family}/edit",
        "goods-family-variants": f"/m/items.family/{family}/variants",
    }
    findings: Findings = []
    for language in LANGUAGES:
        eye = Eye(page_of(shop, browser, language), language)
        for name, url in screens.items():
            eye.look(name, url)
        findings += eye.findings
    assert findings == []
