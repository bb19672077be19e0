"""Every screen, in a real browser, as its people see it: nothing breaks, sticks out or stays
untranslated, at three widths and in every language. The pictures stay under build/pictures."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.busy import be_busy
from tests.browser.walk import (
    WIDTHS,
    Look,
    axe,
    chromium,
    context_for,
    settle,
    shot,
    sideways,
    words,
)
from tests.faces.live.pages import Web, serving, signed_in
from tongpan.faces.kit.menu import tabs
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_types, master_types
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures" / "screens"
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
        yield web


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
    }


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
        self.camera = page.context.new_cdp_session(page)
        self.findings: Findings = []
        self.said: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "/nothing/here/" not in str(message.location):
            self.said.append(message.text)

    def look(self, name: str, url: str, *, with_axe: bool, with_picture: bool) -> None:
        self.page.set_viewport_size({"width": 1440, "height": 900})
        answer = self.page.goto(url, wait_until="load")
        wrong = []
        if answer is not None and answer.status >= 400 and name != "nothing-here":
            wrong.append(f"status {answer.status}")
        for width, height in WIDTHS.items():
            if width != 1440:  # it was opened at that
                self.page.set_viewport_size({"width": width, "height": height})
            settle(self.page)
            wrong += [f"{width}: {text}" for text in sideways(self.page)]
            wrong += [f"{width}: {text}" for text in words(self.page, self.language, NAMES)]
            if with_axe and width == 1440:
                wrong += [f"{width}: {text}" for text in axe(self.page)]
            if with_picture and (self.language == "zh-hans" or width == 1024):
                file = PICTURES / self.language / f"{name}-{width}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(shot(self.camera))
        wrong += [f"console: {text}" for text in self.said]
        self.said.clear()
        new = [f"{name} {url} [{self.language}] {text}" for text in dict.fromkeys(wrong)]
        self.findings += new
        for text in new:
            print(text, flush=True)  # seen even if the walk is broken off


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
        is_chinese = language == "zh-hans"
        eye.look(name, url, with_axe=is_chinese, with_picture=language != "xx")
    context.close()

    assert not eye.findings, "\n" + "\n".join(eye.findings)


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
            eye.look(f"{person}-{theme}-{name}", url, with_axe=True, with_picture=True)
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
