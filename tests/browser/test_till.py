"""The till in a real browser: keys, scanner, lost answers, reloads, and how it looks."""

import re
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.walk import FEW_LOOKS, Look, axe, chromium, context_for, sideways
from tests.business.promotions.stage import approved
from tests.chain import on_shelf
from tests.faces.live.pages import Web, served, signed_in
from tests.faces.pos.conftest import PIN, a_till
from tongpan.business.stock.models import Overage
from tongpan.business.till.models import ParkedSale, Return, Sale, SaleShare
from tongpan.kernel.org.models import Person, RoleAction
from tongpan.kernel.org.scope import system

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser
SCANNED_EVERY_S = 0.01
MILK, COLA, UNKNOWN = "6901234500017", "6901234510016", "6909999999993"
PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures" / "till"


@pytest.fixture
def shop(served: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """A served chain with a till in North and goods on its shelf."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    with system(reason="the cast of the tests"):
        a_till(served.chain)
    on_shelf(served.chain, "north", milk=("10", "8.50"), cola=("48", "2.00"), apple=("5.5", "6.00"))
    return served


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Till:
    """The screen and its keyboard; `keys` counts what a person pressed, scans aside."""

    def __init__(self, page: Page, said: list[str]) -> None:
        self.page, self.said, self.keys = page, said, 0

    def scan(self, code: str) -> None:
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def see(self, text: str | re.Pattern[str], where: str = "body") -> None:
        expect(self.page.locator(where)).to_contain_text(text)

    def rows(self, count: int) -> None:
        expect(self.page.locator("#rows tr")).to_have_count(count)


Open = Callable[..., Till]


@pytest.fixture
def opened(shop: Web, browser: Browser) -> Iterator[Open]:
    """`opened("lin")` is the till's screen with Lin signed in; the console stays silent."""
    tills: list[Till] = []

    def open_(person: str = "lin", look: Look = Look(1440)) -> Till:
        context = _signed_in(shop, browser, person, look)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: said.append(str(e)))
        page.goto("/till/")
        page.get_by_role("button", name="1 号机").click()
        expect(page.locator("#scan")).to_be_focused()
        tills.append(Till(page, said))
        return tills[-1]

    yield open_
    for till in tills:
        assert till.said == []


def _signed_in(shop: Web, browser: Browser, person: str, look: Look) -> BrowserContext:
    base = f"http://127.0.0.1:{shop.port}"
    context = context_for(browser, look, base)
    with schema_context(shop.database.schema):
        session = signed_in(shop.chain.people[person])
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    return context


def kept(shop: Web, model: type[Any]) -> list[Any]:
    with schema_context(shop.database.schema):
        return list(model.unscoped.order_by("pk"))


def test_goods_for_cash_cost_two_keys_after_the_scans(shop: Web, opened: Open) -> None:
    till = opened()
    for code in (MILK, COLA, COLA):
        till.scan(code)
    till.rows(2)

    till.press("Enter", "Enter")

    till.see("LS-S01-1-", "#finished")
    assert till.keys == 2
    assert [s.gross for s in kept(shop, Sale)] == [Decimal("19.90")]
    till.rows(0)


def test_scanners_that_end_with_tab_or_meet_an_input_method_are_understood(opened: Open) -> None:
    till = opened()
    till.page.keyboard.type(MILK)
    till.page.keyboard.press("Tab")
    till.rows(1)
    till.page.keyboard.press("Tab")
    expect(till.page.locator("#scan")).not_to_be_focused()  # by itself it goes on, as everywhere
    till.page.locator("#scan").focus()

    eaten = ImeKeys(till.page)
    eaten.take("a", "b")
    eaten.words("阿爸")  # the digit chose one of its words
    eaten.goes_on_with("1", "0", "0", "3", "Enter")
    till.see("ab1003", "#trouble")
    eaten.take("w", "x", "y", "z", "Enter")
    till.see("wxyz", "#trouble")
    expect(till.page.locator("#scan")).to_have_value("")

    eaten.take("n", "i")
    till.page.wait_for_timeout(200)
    eaten.take("Enter")  # a hand: the letters are the input method's to finish
    eaten.words("ni")
    expect(till.page.locator("#scan")).to_have_value("ni")
    till.rows(1)


class ImeKeys:
    """An input method between the keys and the page, as Chromium tells of it.

    The keys say themselves when they were pressed: on a busy machine each takes longer to arrive
    than a scanner takes for all of them.
    """

    def __init__(self, page: Page) -> None:
        self.door, self.begun, self.at = page.context.new_cdp_session(page), "", 0.0

    def take(self, *keys: str) -> None:
        """Keys that the input method has for itself."""
        self.at = time.time()
        for key in keys:
            code = key if key == "Enter" else f"Key{key.upper()}"
            self._press("rawKeyDown", key="Process", code=code, windowsVirtualKeyCode=229)
            if key != "Enter":
                self.begun += key
                end = len(self.begun)
                composed = {"text": self.begun, "selectionStart": end, "selectionEnd": end}
                self.door.send("Input.imeSetComposition", composed)

    def goes_on_with(self, *keys: str) -> None:
        """Keys that it lets pass, right after those before."""
        for key in keys:
            code, text = ("Enter", "\r") if key == "Enter" else (f"Digit{key}", key)
            number = ord(text)
            self._press("keyDown", key=key, code=code, text=text, windowsVirtualKeyCode=number)

    def _press(self, kind: str, **told: Any) -> None:
        self.at += SCANNED_EVERY_S
        self.door.send("Input.dispatchKeyEvent", {"type": kind, "timestamp": self.at, **told})

    def words(self, text: str) -> None:
        self.door.send("Input.insertText", {"text": text})
        self.begun = ""


def test_a_note_of_a_hundred_costs_five_keys_and_shows_the_change(opened: Open) -> None:
    till = opened()
    till.scan(MILK)
    till.rows(1)

    till.press("Enter", "1", "0", "0", "Enter")

    till.see("¥87.10", ".finished-change")
    assert till.keys == 5


def test_a_lost_answer_is_asked_again_and_recorded_once(shop: Web, opened: Open) -> None:
    till = opened()
    lost: list[int] = []

    def lose(route: Route) -> None:
        """The server does it, and the answer never comes back."""
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    till.page.route("**/till/sell", lose)
    till.scan(MILK)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")

    till.see("先前已经记上", "#finished")
    assert lost == [200]
    assert len(kept(shop, Sale)) == 1
    till.said.clear()  # the browser itself says that the line was cut


def test_a_sale_that_waits_for_its_answer_survives_a_reload(shop: Web, opened: Open) -> None:
    till = opened()
    till.page.route("**/till/sell", lambda route: route.abort())
    till.scan(MILK)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("还没有回音", "#trouble")

    till.page.unroute("**/till/sell")
    till.page.reload()

    till.see("LS-S01-1-", "#finished")
    assert len(kept(shop, Sale)) == 1
    till.said.clear()


def test_a_reload_keeps_the_basket(opened: Open) -> None:
    till = opened()
    till.scan("3*" + MILK)
    till.scan(COLA)
    till.rows(2)

    till.page.reload()

    till.rows(2)
    till.see("¥42.20", "#due")


def test_an_unknown_code_stays_in_sight_and_stops_nothing(opened: Open) -> None:
    till = opened()
    till.scan(MILK)
    till.scan(UNKNOWN)
    till.see(UNKNOWN, "#trouble")
    assert till.page.evaluate("document.documentElement.dataset.lastSound") == "unknown"

    till.scan(COLA)

    till.rows(2)


def test_a_basket_is_parked_with_a_label_and_taken_up(shop: Web, opened: Open) -> None:
    till = opened()
    till.scan(MILK)
    till.rows(1)
    till.press("F6")
    till.page.keyboard.type("红衣服")
    till.press("Enter")
    till.rows(0)
    expect(till.page.locator("#parked-count")).to_have_text("1")
    assert [p.label for p in kept(shop, ParkedSale)] == ["红衣服"]

    till.press("F6")
    till.page.get_by_role("button", name="红衣服").click()

    till.rows(1)
    assert kept(shop, ParkedSale) == []


def test_goods_come_back_with_the_slip(shop: Web, opened: Open) -> None:
    till = opened()
    till.scan("3*" + MILK)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")
    number = till.page.locator("#finished .code").inner_text()

    till.press("F7")
    till.scan(number)
    expect(till.page.get_by_label("鲜牛奶 950 mL")).to_be_visible()
    till.press("Escape", "F7")  # looked at and left: the next slip is taken as well
    till.scan(number)
    till.page.get_by_label("鲜牛奶 950 mL").fill("1")
    till.page.locator("#return-reason").fill("变质")
    till.press("Enter")

    till.see("LT-S01-1-", "#finished")
    assert [(r.gross, r.reason) for r in kept(shop, Return)] == [(Decimal("12.90"), "变质")]


def test_money_goes_back_in_another_way_only_with_somebody_who_may(shop: Web, opened: Open) -> None:
    with schema_context(shop.database.schema), system(reason="the cast of the tests"):
        role = Person.objects.get(username="chen").grants.get().role
        RoleAction.objects.create(role=role, code="till.return.pay_back_otherwise")
    till = opened()
    till.scan(MILK)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")

    till.press("F7")
    till.scan(till.page.locator("#finished .code").inner_text())
    till.page.get_by_label("鲜牛奶 950 mL").fill("1")
    till.page.get_by_label("微信支付").fill("12.90")
    till.press("Enter")
    till.see("微信支付：这一单没有用它付过款。", "#return-wrong")
    till.see("仍然退 ¥12.90", "#return-ok")
    PICTURES.mkdir(parents=True, exist_ok=True)
    till.page.screenshot(path=PICTURES / "another-way.png")
    assert kept(shop, Return) == []
    till.page.locator("#return-code").fill("chen")
    till.page.locator("#return-pin").fill(PIN)
    till.press("Enter")

    till.see("LT-S01-1-", "#finished")
    assert [r.gross for r in kept(shop, Return)] == [Decimal("12.90")]


def test_the_slip_says_how_many_and_at_what_price(opened: Open) -> None:
    till = opened()
    till.scan("3*" + MILK)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")

    till.page.locator("#finished [data-look-slip]").click()

    sold = till.page.locator("#slip-paper .sold")
    expect(sold.get_by_text("3 × 12.90")).to_be_visible()
    expect(sold.get_by_text("38.70")).to_be_visible()


def test_what_was_paid_in_two_ways_goes_back_in_the_same_two(shop: Web, opened: Open) -> None:
    till = opened()
    till.scan("3*" + MILK)
    till.rows(1)
    till.press("Enter", "5", "Enter")
    till.page.get_by_role("button", name="微信支付").click()
    till.press("Enter")
    till.see("LS-S01-1-", "#finished")
    number = till.page.locator("#finished .code").inner_text()

    till.press("F7")
    till.scan(number)
    expect(till.page.get_by_label("鲜牛奶 950 mL")).to_be_visible()
    till.press("F2")

    expect(till.page.get_by_label("现金")).to_have_value("5.00")
    expect(till.page.get_by_label("微信支付")).to_have_value("33.70")


def test_the_till_leads_back_to_the_office(opened: Open) -> None:
    till = opened()

    till.page.get_by_role("link", name="后台").click()

    till.page.wait_for_url(re.compile(r"/$"))


def test_quantity_deletion_and_undo_by_keys(opened: Open) -> None:
    till = opened()
    till.scan(COLA)
    till.rows(1)
    till.press("+")
    till.see("¥7.00", "#due")
    till.press("*")
    till.page.keyboard.type("6")
    till.press("Enter")
    till.see("¥21.00", "#due")

    till.press("Alt+u")
    till.see("箱", "#rows")
    till.press("Delete")
    till.rows(0)
    till.press("Control+z", "Control+z", "-")

    till.see("¥17.50", "#due")


def test_a_manager_lets_a_price_pass_on_the_cashiers_screen(shop: Web, opened: Open) -> None:
    till = opened()
    till.scan(MILK)
    till.rows(1)
    till.press("F3")
    for text in ("9.90", "chen", PIN):
        till.page.keyboard.type(text)
        till.press("Enter")
    till.see("陈店长 授权", "#rows")
    till.see("¥9.90", "#said")  # and the last scan does not say the old price

    till.press("Enter", "Enter")

    till.see("LS-S01-1-", "#finished")
    assert [s.gross for s in kept(shop, Sale)] == [Decimal("9.90")]


def test_a_scan_while_paying_is_goods_and_no_amount(opened: Open) -> None:
    till = opened()
    till.scan(MILK)
    till.rows(1)
    till.press("Enter")

    till.scan(COLA)

    till.rows(2)
    till.see("¥16.40", "#due")
    expect(till.page.locator("#tender")).to_have_value("")


def test_several_ways_of_paying_make_one_sale(shop: Web, opened: Open) -> None:
    till = opened()
    till.scan(MILK)
    till.rows(1)
    till.press("Enter", "5", "Enter")
    till.see("¥7.90", "#due")

    till.page.get_by_role("button", name="微信支付").click()
    till.press("Enter")

    till.see("LS-S01-1-", "#finished")
    assert len(kept(shop, Sale)) == 1


def test_a_short_shelf_is_named_and_mended_with_one_click(shop: Web, opened: Open) -> None:
    till = opened()
    till.scan("12*" + MILK)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("没有成交", "#trouble")

    till.page.get_by_role("button", name="改成 10 盒").click()
    till.press("Enter", "Enter")

    till.see("LS-S01-1-", "#finished")
    assert [s.gross for s in kept(shop, Sale)] == [Decimal("129.00")]


def test_goods_at_hand_that_the_books_lack_are_sold_by_a_managers_pin(
    shop: Web, opened: Open
) -> None:
    till = opened()
    till.scan(f"12*{MILK}")
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("货在顾客手里，照卖", "#trouble")

    till.press("Alt+b")
    expect(till.page.locator("#beyond-code")).to_be_focused()
    assert [*axe(till.page), *sideways(till.page)] == []
    till.page.keyboard.type("chen")
    till.press("Tab")
    till.page.keyboard.type("0000")
    till.press("Enter")
    till.see("PIN", "#beyond-wrong")
    till.page.keyboard.type(PIN)
    till.press("Enter")

    till.see("LS-S01-1-", "#finished")
    till.see("鲜牛奶 950 mL 2 盒", "#toast")
    assert [sale.gross for sale in kept(shop, Sale)] == [Decimal("154.80")]
    assert kept(shop, Overage)[0].came_as == "sold"


def test_every_state_looks_right_at_every_width(shop: Web, opened: Open) -> None:
    wrong: list[str] = []
    for look in FEW_LOOKS:
        with schema_context(shop.database.schema):
            language = "en" if look.language == "en" else "zh-hans"
            Person.objects.filter(username="chen").update(language=language)
        till = opened("chen", look)
        for name, goes in _states(till):
            goes()
            till.page.wait_for_timeout(250)
            PICTURES.mkdir(parents=True, exist_ok=True)
            till.page.screenshot(path=str(PICTURES / f"{name}-{look.name}.png"))
            found = [*sideways(till.page), *axe(till.page)]
            wrong += [f"{name} [{look.name}] {text}" for text in found]
        till.page.close()

    assert wrong == []


def _states(till: Till) -> list[tuple[str, Callable[[], None]]]:
    def fill() -> None:
        for code in ("2*" + MILK, COLA, "10007"):
            till.scan(code)
        till.rows(3)

    def box(name: str) -> Callable[[], None]:
        def show() -> None:
            till.press("Escape")
            till.page.evaluate(
                "document.querySelectorAll('dialog[open]').forEach((d) => d.close())"
            )
            till.press(name)

        return show

    def back() -> None:
        till.press("Escape")
        till.page.keyboard.press("Escape")

    def finish() -> None:
        back()
        till.press("Enter", "1", "0", "0", "Enter")
        expect(till.page.locator("#finished")).to_be_visible()

    def search() -> None:
        till.page.keyboard.type("ke")
        expect(till.page.locator("#found")).to_be_visible()

    def look() -> None:
        till.page.locator("[data-look-slip]").first.click()
        expect(till.page.locator("#slip-paper .slip")).to_be_visible()

    return [
        ("empty", lambda: None),
        ("basket", fill),
        ("unknown", lambda: till.scan(UNKNOWN)),
        ("found", search),
        ("pay", lambda: [till.press("Escape", "Escape", "Escape", "Enter", "5", "0")]),  # type: ignore[list-item, func-returns-value]
        ("price", lambda: [till.press("Escape"), box("F3")()]),  # type: ignore[list-item, func-returns-value]
        ("park", box("F6")),
        ("done", finish),
        ("slip", look),
        ("return", box("F7")),
        ("today", box("F8")),
        ("takings", box("F10")),
        ("clerk", box("F9")),
        ("more", box("F1")),
    ]


def test_a_discount_with_a_manager_s_pin_and_a_promotion_by_keys_only(
    shop: Web, opened: Open
) -> None:
    with schema_context(shop.database.schema), system(reason="the cast of the tests"):
        role = Person.objects.get(username="chen").grants.get().role
        RoleAction.objects.create(role=role, code="till.sale.discount_line")
        goods = {"part": "goods", "item": shop.chain.items["milk"].pk}
        with shop.chain.as_("zhou", "hq"):
            approved("nth_percent", goods, title="第二件半价", nth=2, percent="50")
    till = opened()

    till.scan("3*" + MILK)
    till.see("第二件半价 −6.45", "#rows")
    till.see("第二件半价 · 再", "#hints")
    till.scan(COLA)
    till.rows(2)
    till.press("F2")
    till.page.keyboard.type("20")
    till.press("Tab")
    till.page.keyboard.type("罐子瘪了")
    till.press("Enter")
    till.see("需要有权限的人", "#off-wrong")
    till.page.keyboard.type("chen")
    till.press("Tab")
    till.page.keyboard.type(PIN)
    till.press("Enter")
    till.see("打折: 罐子瘪了 −0.70", "#rows")
    till.see("¥35.05", "#due")
    PICTURES.mkdir(parents=True, exist_ok=True)
    till.page.screenshot(path=PICTURES / "taken-off.png")
    till.press("Alt+w")
    till.see("已用上", "#why-rows")
    assert axe(till.page) == []
    till.page.screenshot(path=PICTURES / "why.png")
    till.press("Escape")
    till.press("Enter", "Enter")

    till.see("LS-S01-1-", "#finished")
    (sale,) = kept(shop, Sale)
    assert sale.gross == Decimal("35.05")
    with schema_context(shop.database.schema):
        kinds = list(SaleShare.unscoped.order_by("kind").values_list("kind", "by_whom__username"))
    assert kinds == [("line", "chen"), ("promotion", None)]
