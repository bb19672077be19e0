"""The ten most common jobs, done by hand: how many clicks and keys each costs. The chapter of the
guide says the same figures, in both languages."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Error, Locator, Page, expect

from tests.browser.busy import be_busy
from tests.browser.walk import Look, chromium, context_for
from tests.chain import a_transfer
from tests.faces.live.pages import Web, serving, signed_in
from tongpan.base import env
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.till.models import Sale
from tongpan.faces.help.chapters import GUIDE
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.items.models import ItemAtUnit

pytestmark = [pytest.mark.browser, pytest.mark.long]  # 25 s of processor

MILK, COLA = "6901234500017", "6901234510016"
# What a hand needs, in seconds: it is how the chapter says how long a job takes.
KEY, CLICK, SCAN = 0.3, 1.5, 1.5
TAKEN = Path(__file__).resolve().parents[2] / "build" / "pictures" / "jobs"


@dataclass
class Hands:
    """Somebody at the screen. What the hands do is counted; the scanner is counted apart."""

    page: Page
    clicks: int = 0
    keys: int = 0
    scans: int = 0

    def click(self, on: Locator) -> None:
        on.click()
        self.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def scan(self, code: str) -> None:
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        self.scans += 1

    def see(self, text: str | re.Pattern[str], where: str = "main") -> None:
        expect(self.page.locator(where)).to_contain_text(text)

    @property
    def cost(self) -> tuple[int, int, int]:
        """Clicks, keys, and seconds."""
        seconds = self.clicks * CLICK + self.keys * KEY + self.scans * SCAN
        return self.clicks, self.keys, max(1, round(seconds))


@pytest.fixture(scope="module")
def shop(shared_database: Any) -> Iterator[Web]:
    """A busy chain, in which a store asks, three documents wait, and goods are on their way."""
    with pytest.MonkeyPatch.context() as patched, serving(shared_database) as web:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
        documents = be_busy(web.chain)
        _more_waits(web)
        web.__dict__["documents"] = documents
        yield web


def _more_waits(web: Web) -> None:
    chain = web.chain
    with system(reason="the cast of the tests"):
        for role, codes in {
            "warehouse": ("purchasing.order.view", "purchasing.receipt.*"),
            "manager": ("treasury.*", "see.sales", "till.sale.view", "see.money"),
            "cashier": ("till.*",),
        }.items():
            of = chain.people[{"warehouse": "wang", "manager": "chen", "cashier": "lin"}[role]]
            for code in codes:
                RoleAction.objects.get_or_create(role=of.grants.get().role, code=code)
        ItemAtUnit.unscoped.create(
            item=chain.items["cola"], org_unit=chain.units["south"], valid_from=date(2026, 1, 1),
            stock_min=Decimal(24),
        )  # fmt: skip
        MoneyPlace.unscoped.create(
            unit=chain.units["north"], code="C01", name="北门店保险柜", kind=MoneyPlace.Kind.CASH
        )
    with env.frozen(env.now()), acting(chain.people["zhao"], chain.units["south"]):
        for quantity in ("1", "3"):
            run(
                "stock.transfer.submit",
                a_transfer(chain, "south", "north", {"tea": quantity}).subject,
            )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def page_of(shop: Web, browser: Browser, person: str, url: str) -> Hands:
    base = f"http://127.0.0.1:{shop.port}"
    context = context_for(browser, Look(1440), base)
    with schema_context(shop.database.schema):
        session = signed_in(shop.chain.people[person])
    at = {"domain": "127.0.0.1", "path": "/"}
    context.add_cookies([
        {"name": "sessionid", "value": session, **at},
        {"name": "django_language", "value": "zh-hans", **at},
    ])  # fmt: skip
    context.set_default_timeout(8_000)
    page = context.new_page()
    page.goto(url)
    return Hands(page)


def at_the_till(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "lin", "/till/")
    hands.page.get_by_role("button", name="1 号机").click()
    expect(hands.page.locator("#scan")).to_be_focused()
    return hands


def sell(shop: Web, browser: Browser) -> Hands:
    hands = at_the_till(shop, browser)
    for code in (MILK, COLA, COLA):
        hands.scan(code)
    expect(hands.page.locator("#rows tr")).to_have_count(2)

    hands.press("Enter", "Enter")

    hands.see("LS-S01-1-", "#finished")
    return hands


def take_back(shop: Web, browser: Browser) -> Hands:
    with schema_context(shop.database.schema):
        sale = Sale.unscoped.select_related("document").order_by("-pk").first()
        assert sale is not None
        number = str(sale.document.number)
    hands = at_the_till(shop, browser)

    hands.press("F7")
    hands.scan(number)
    expect(hands.page.locator("#return-rows input").first).to_be_focused()
    hands.type("1")
    hands.press("Enter")

    hands.see(re.compile("LT-S01-1-"), "#finished")
    return hands


def receive(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "wang", "/")

    hands.click(hands.page.locator("#waiting a", has_text="采购订单"))
    hands.see("CG-W01")
    hands.press("Control+Enter")
    expect(hands.page.locator("#form")).to_be_visible()
    hands.press("Control+Enter")

    hands.see("已审核")
    return hands


def ask_for_what_is_short(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "zhao", "/")

    hands.press("Control+k")
    hands.type("xjy")
    hands.press("Enter")
    hands.page.wait_for_url("**/d/stock.requisition/**")
    expect(hands.page.locator("[data-grid] [name$='.quantity']").first).to_have_value("23")
    hands.press("Control+Enter")

    hands.see("YH-S02-")
    return hands


def move_twelve(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "zhou", "/stock/")
    row = hands.page.locator("tr", has_text="可口可乐")

    hands.click(row.locator("a[data-peek]").nth(1))
    expect(hands.page.locator(".peek")).to_be_visible()
    hands.press("t")
    expect(hands.page.locator("[data-grid] [name$='.quantity']").first).to_be_focused()
    hands.type("12")
    hands.press("Control+Enter")

    hands.see("DB-W01-")
    return hands


def approve(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "zhou", "/")

    hands.click(hands.page.locator("#waiting a", has_text="调拨单待审核"))
    expect(hands.page.locator("#rows tr")).to_have_count(3)
    hands.press("Control+a", "Shift+A")

    hands.see("待我审核 0", ".views")
    return hands


def count(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "wang", "/")

    hands.press("Control+k")
    hands.type("xjpd")
    hands.press("Enter")
    expect(hands.page.locator("[data-scan]").first).to_be_focused()
    for code, counted in (
        (MILK, "74"), (COLA, "99"), ("10007", "30"), ("10005", "8"), ("10006", "46"),
    ):  # fmt: skip
        hands.type(f"{counted}*")
        hands.scan(code)
        expect(hands.page.locator("tr.flash [name$='.counted']").last).to_have_value(counted)
    hands.press("Control+Enter")

    hands.see("PD-W01-")
    return hands


def find(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "chen", "/")

    hands.press("Control+k")
    hands.type("xnn")
    hands.press("Enter")

    hands.see("鲜牛奶 950 mL")
    hands.see("北门店")
    return hands


def ask_why(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "zhou", "/stock/")

    hands.click(hands.page.locator("tr", has_text="鲜牛奶").locator("a[data-peek]").nth(1))
    hands.click(hands.page.locator(".peek a").first)
    hands.see("库存卡")
    hands.see("结存")
    return hands


def close_the_day(shop: Web, browser: Browser) -> Hands:
    hands = page_of(shop, browser, "chen", "/")
    hands.see(re.compile("▲|▼"), "#figures")  # today against the same weekday is there at once

    hands.click(hands.page.locator("#waiting a", has_text="入账"))
    expect(hands.page.locator("[data-grid] [name$='.amount']").first).to_have_value(re.compile("."))
    hands.press("Control+Enter")

    hands.see("RZ-S01-")
    return hands


JOBS: tuple[Callable[[Web, Browser], Hands], ...] = (
    sell, take_back, receive, ask_for_what_is_short, move_twelve, approve, count, find, ask_why,
    close_the_day,
)  # fmt: skip


@pytest.mark.timeout(300)
def test_the_ten_most_common_jobs_cost_what_the_guide_says(shop: Web, browser: Browser) -> None:
    costs, wrong = [], []
    for job in JOBS:
        hands = None
        try:
            hands = job(shop, browser)
            costs.append(hands.cost)
        except (AssertionError, Error) as error:
            wrong.append(f"{job.__name__}: {error}")
            costs.append((0, 0, 0))
        for context in browser.contexts:
            TAKEN.mkdir(parents=True, exist_ok=True)
            context.pages[0].screenshot(path=TAKEN / f"{job.__name__}.png")
            context.close()
    print(costs)

    assert not wrong, "\n\n".join(wrong)
    assert said("zh") == said("en") == costs


def said(language: str) -> list[tuple[int, int, int]]:
    """Clicks, keys and seconds of each job, as the chapter says them."""
    text = (GUIDE / language / "ten-jobs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|.*\| (\d+) \| (\d+) \| (\d+) \|$", text, re.M)
    return [(int(clicks), int(keys), int(seconds)) for clicks, keys, seconds in rows]
