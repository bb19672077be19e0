"""Every screen, in a real browser, as its people see it: nothing breaks, sticks out or stays
untranslated, at three widths and in every language. The pictures stay under build/pictures: each
screen in Chinese at each width, in English at the middle one, and whatever is wrong."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django_tenants.utils import schema_context
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.busy import be_busy
from tests.browser.walk import (
    AXE,
    WIDTHS,
    Look,
    axe,
    chromium,
    context_for,
    seen,
    settle,
    shot,
    sideways,
)
from tests.chain import Chain
from tests.faces.help import pictures
from tests.faces.live.pages import Web, serving, signed_in
from tongpan.business.finance.models import MoneyPlace
from tongpan.faces.help.chapters import SIZES
from tongpan.faces.kit.menu import tabs
from tongpan.faces.kit.tours import TOURS
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_types, master_types
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import ItemAtUnit

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures" / "screens"
# Where the pictures of the guide go, when they are taken anew: `./tongpan dev pictures`.
TAKEN = os.environ.get("TONGPAN_PICTURES", "")
FOLDERS = {"zh-hans": "zh", "en": "en"}
MILK, COLA = "6901234500017", "6901234510016"
# Data, file formats and names, which are the same in every language.
NAMES = (
    "North", "Tongpan", "tongpan", "CNY", "REST", "OpenAPI", "Excel", "CSV", "XLSX", "xlsx", "csv",
    "xls", "Ctrl", "Enter", "Esc", "Space", "Shift", "PIN", "API", "JSON", "GTIN", "parquet",
    "Parquet", "RETAIL", "WALLET", "CASH", "WECHAT", "MAIN", "English", "IIIII", "PPPPP", "WWWWW",
    "bottle", "box", "case", "food", "drinks", "owner", "warehouse", "manager", "cashier",
    "zhou", "wang", "lin", "zhao", "chen",
)  # fmt: skip
LANGUAGES = {"zh-hans": "zh-CN", "en": "en", "xx": "en"}
Findings = list[str]


@pytest.fixture(scope="module")
def shop(shared_database: Any) -> Iterator[Web]:
    """One shop for all of these: they look at it and change nothing but a person's language."""
    with pytest.MonkeyPatch.context() as patched, serving(shared_database) as web:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
        web.__dict__["documents"] = be_busy(web.chain)
        _some_is_short(web.chain)
        yield web


def _some_is_short(chain: Chain) -> None:
    """What a store asks for, and what it hands over, are proposed."""
    with system(reason="the cast of the tests"):
        for name in ("cola", "water", "tea"):
            ItemAtUnit.unscoped.create(
                item=chain.items[name], org_unit=chain.units["south"],
                valid_from=date(2026, 1, 1), stock_min=Decimal(24),
            )  # fmt: skip
        safe = MoneyPlace(unit=chain.units["north"], code="C01", name="北门店保险柜", kind="cash")
        safe.save()
    chain.__dict__["safe"] = safe


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def screens(shop: Web) -> dict[str, str]:
    """The name and the address of every screen that the owner can come to."""
    found = _by_hand(shop)
    found |= {f"tab-{tab.job}-{tab.code}": tab.url for tab in tabs()}
    documents: dict[str, UUID] = shop.__dict__["documents"]
    with (
        closing(connection),
        schema_context(shop.database.schema),
        system(reason="look at every screen"),
    ):
        for declared in document_types():
            row = documents.get(declared.code) or _any(declared.code)
            if "save" in declared.verbs:
                found[f"{declared.code}-new"] = f"/d/{declared.code}/new"
            if row is not None:
                found[f"{declared.code}-one"] = f"/d/{declared.code}/{row}/"
                found[f"{declared.code}-print"] = f"/d/{declared.code}/{row}/print"
        found["draft"] = f"/d/stock.transfer/{documents['draft']}/"
        for master in master_types():
            row = master.model._base_manager.values_list("pk", flat=True).first()
            found[f"{master.code}-new"] = f"/m/{master.code}/new"
            if row is not None:
                found[f"{master.code}-one"] = f"/m/{master.code}/{row}/"
    return found


def _by_hand(shop: Web) -> dict[str, str]:
    chain = shop.chain
    milk, south, north = chain.items["milk"].pk, chain.units["south"].pk, chain.units["north"].pk
    dairy, bank = chain.__dict__["dairy"].pk, chain.__dict__["bank"].pk
    return {
        "home": "/",
        "first-steps": "/first-steps/",
        "notices": "/notices/",
        "stock-value": "/stock/?mode=value",
        "stock-short": "/stock/?view=short",
        "stock-nothing": "/stock/?q=zzzz",
        "stock-card": f"/stock/card/?item={milk}&unit={north}",
        "stock-card-transit": f"/stock/card/?item={milk}&unit={south}&at=in_transit",
        "items.item-milk": f"/m/items.item/{milk}/",
        "party-dairy": f"/m/parties.party/{dairy}/",
        "statement-dairy": f"/money/statement/?party={dairy}",
        "statement-bank": f"/money/statement/?place={bank}",
        "switch": "/switch/",
        "nothing-here": "/nothing/here/",
        "requisition-short": f"/d/stock.requisition/new?place={chain.places['south'].pk}",
        "takings-due": f"/d/treasury.takings/new?paid_into={chain.__dict__['safe'].pk}",
        "promotion-steps": "/d/promotions.promotion/new?kind=spend_save",
        "promotion-set": "/d/promotions.promotion/new?kind=set_price",
        "till-choose": "/till/choose/",
        "till": "/till/",
        "till-takings": "/till/",
        "till-paying": "/till/",  # the last of them: the till keeps its state
    }


def _scan(page: Page) -> None:
    """The first till, with three things in the basket."""
    if page.locator("#scan").count() == 0:
        page.get_by_role("button", name="1 号机").first.click()
    expect(page.locator("#scan")).to_be_focused()
    if page.locator("#rows tr").count() == 0:
        for code in (MILK, COLA, COLA):
            page.keyboard.type(code)
            page.keyboard.press("Enter")
    expect(page.locator("#rows tr")).to_have_count(2)


def _pay(page: Page) -> None:
    _scan(page)
    page.keyboard.press("Enter")
    expect(page.locator("#tender")).to_be_focused()


def _count_takings(page: Page) -> None:
    _scan(page)
    page.keyboard.press("F10")
    page.locator("#shift-box [data-do=takings]").click()
    expect(page.locator("#takings-rows tr").first).to_be_visible()


# What is done on a screen before it is looked at.
SCENES: dict[str, Callable[[Page], None]] = {
    "till": _scan, "till-paying": _pay, "till-takings": _count_takings,
}  # fmt: skip


def _any(code: str) -> UUID | None:
    return Document.unscoped.filter(type=code).values_list("pk", flat=True).first()


def cookies(shop: Web, person: str, language: str) -> list[Any]:
    # Under the browser's driver Django has another connection; it must not outlive its database.
    with closing(connection), schema_context(shop.database.schema):
        key = signed_in(shop.chain.people[person])
        Person.objects.filter(username=person).update(language=language)
    at = {"domain": "127.0.0.1", "path": "/"}
    return [
        {"name": "sessionid", "value": key, **at},
        {"name": "django_language", "value": language, **at},
    ]


class Eye:
    """One page of a browser, which writes down what is wrong with every screen it is shown."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language
        self.with_axe = language == "zh-hans"
        if self.with_axe:
            page.add_init_script(path=AXE)  # half a million characters, sent once
        self.camera = page.context.new_cdp_session(page)
        self.findings: Findings = []
        self.said: list[str] = []
        self.stops: dict[int, set[tuple[str, str]]] = {width: set() for width in WIDTHS}
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "/nothing/here/" not in str(message.location):
            self.said.append(message.text)

    def look(self, name: str, url: str) -> None:
        self.page.set_viewport_size({"width": 1440, "height": 900})
        answer = self.page.goto(url, wait_until="load")
        SCENES.get(name, lambda page: None)(self.page)
        wrong = []
        if answer is not None and answer.status >= 400 and name != "nothing-here":
            wrong.append(f"status {answer.status}")
        for width, height in WIDTHS.items():
            if width != 1440:  # it was opened at that
                self.page.set_viewport_size({"width": width, "height": height})
            found, stops = seen(self.page, self.language, NAMES)
            self.stops[width] |= stops
            if self.with_axe and width == 1440:
                found += axe(self.page)
            wrong += [f"{width}: {text}" for text in found]
            self._take(name, width)
            if found or self.language == "zh-hans" or (self.language == "en" and width == 1024):
                file = PICTURES / self.language / f"{name}-{width}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(shot(self.camera))
        wrong += [f"console: {text}" for text in self.said]
        self.said.clear()
        new = [f"{name} {url} [{self.language}] {text}" for text in dict.fromkeys(wrong)]
        self.findings += new
        for text in new:
            print(text, flush=True)  # seen even if the walk is broken off

    def _take(self, name: str, width: int) -> None:
        """A picture for the guide, if it shows this screen and they are taken anew."""
        one = pictures.Shown(FOLDERS.get(self.language, ""), name, width)
        if not TAKEN or one not in pictures.shown():
            return
        picture = Image.open(BytesIO(shot(self.camera))).convert("RGB")
        file = Path(TAKEN) / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        picture.resize(SIZES[width], Image.Resampling.LANCZOS).save(file, quality=62, method=6)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_whole_at_three_widths_and_in_every_language(
    shop: Web, browser: Browser, language: str
) -> None:
    wanted = screens(shop)
    assert len(wanted) > 60
    look = Look(1440, LANGUAGES[language])
    context = context_for(browser, look, f"http://127.0.0.1:{shop.port}")
    context.add_cookies(cookies(shop, "zhou", language))
    eye = Eye(context.new_page(), language)
    for name, url in wanted.items():
        eye.look(name, url)
    context.close()

    assert not eye.findings, "\n" + "\n".join(eye.findings)
    assert {
        one.screen for one in pictures.shown()
    } <= wanted.keys()  # the guide shows screens that are
    declared = {(tour, stop.at) for tour, stops in TOURS.items() for stop in stops}
    assert declared - eye.stops[1440] == set()  # each place of a tour is there for somebody,
    reached = {tour for tour, _ in eye.stops[390]}
    assert reached == TOURS.keys()  # and a tour has places on a phone too


def test_a_tour_is_walked_by_keys_gives_the_focus_back_and_is_remembered(
    shop: Web, browser: Browser
) -> None:
    context = context_for(browser, Look(390), f"http://127.0.0.1:{shop.port}")
    context.add_cookies(cookies(shop, "zhou", "zh-hans"))
    page = context.new_page()
    page.goto("/stock/")
    help_ = page.locator(".help summary")
    help_.click()
    page.get_by_role("button", name="带我看一圈").click()

    expect(page.get_by_role("dialog", name="看哪个数")).to_be_visible()
    expect(page.locator("[data-tour-next]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#tour-title")).to_have_text("条件")
    assert sideways(page) + axe(page) == []
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#tour-title")).to_have_text("看哪个数")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    settle(page)
    words = page.locator("[data-tour-words]").bounding_box()
    assert words is not None
    assert 0 <= words["x"] <= 390 - words["width"]
    assert 0 <= words["y"] <= 844 - words["height"]
    page.keyboard.press("Escape")

    expect(page.locator("#tour")).to_be_hidden()
    expect(help_).to_be_focused()
    help_.click()
    expect(page.get_by_role("button", name="带我看一圈")).to_contain_text("看过")
    context.close()


def test_hasty_hands_reach_a_new_count_and_enter_twelve_by_one_scan(
    shop: Web, browser: Browser
) -> None:
    context = context_for(browser, Look(1440), f"http://127.0.0.1:{shop.port}")
    context.add_cookies(cookies(shop, "wang", "zh-hans"))
    page = context.new_page()
    page.goto("/stock/")
    page.keyboard.press("Control+k")
    page.keyboard.type("xjpd")
    page.keyboard.press("Enter")  # before anything was found

    scan = page.locator("[data-grid] [data-scan]")
    expect(scan).to_be_focused()  # the head is filled in
    for code in ("0000000000", f"12*{MILK}", "3*10003"):  # unknown, a barcode, an item's own code
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        shown = "[aria-invalid]" if code.startswith("0") else "tr.flash"
        expect(page.locator(shown).first).to_be_visible()

    counted = page.locator("[data-grid] tbody [name$='.counted']")
    expect(counted.nth(1)).to_have_value("3")
    assert counted.nth(0).input_value() == "12"
    context.close()


def test_the_dark_has_contrast_and_a_stranger_sees_whole_screens(
    shop: Web, browser: Browser
) -> None:
    findings: Findings = []
    few = {"home": "/", "stock": "/stock/", "integrity": "/integrity/"}
    milk = shop.chain.items["milk"].pk
    few["item"] = f"/m/items.item/{milk}/"
    for person, theme, shown in (
        ("zhou", "dark", few),
        ("zhao", "light", {n: u for n, u in few.items() if n != "integrity"}),
        ("lin", "light", {"home": "/"}),
    ):
        look = Look(1440, "zh-CN", theme)
        context = context_for(browser, look, f"http://127.0.0.1:{shop.port}")
        context.add_cookies(cookies(shop, person, "zh-hans"))
        eye = Eye(context.new_page(), "zh-hans")
        for name, url in shown.items():
            eye.look(f"{person}-{theme}-{name}", url)
        findings += eye.findings
        context.close()

    assert not findings, "\n" + "\n".join(findings)


def test_without_the_sight_of_costs_no_figure_of_them_is_on_an_item(
    shop: Web, browser: Browser
) -> None:
    milk = shop.chain.items["milk"].pk
    context = context_for(browser, Look(1440), f"http://127.0.0.1:{shop.port}")
    context.add_cookies(cookies(shop, "zhao", "zh-hans"))
    page = context.new_page()
    page.goto(f"/m/items.item/{milk}/")
    text = page.locator("main").inner_text()
    context.close()

    assert "鲜牛奶" in text
    assert not re.search("成本|库存金额|8\\.50", text)
