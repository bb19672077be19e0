"""Who does the day: a browser, a keyboard and a scanner. No pointer of any kind is touched.

A scanner's code comes as keys without a pause and Enter; everything else is a key that the till
shows. What the screen says is only read, as a cashier reads it.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from shutil import which
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, TimeoutError

from tongpan.base import env
from tongpan.business.shifts.rules import DENOMINATIONS
from tongpan.config.proofs.day.reckoning import POINTS_PAY, bill_of
from tongpan.config.proofs.day.script import Day, Exchange, Joining, Piece, Return, Sale, Turn
from tongpan.config.proofs.day.stage import PEOPLE, PIN
from tongpan.config.proofs.scanner import Scanner
from tongpan.config.proofs.shop import PASSWORD

WATCH = Path(__file__).with_name("watch.js").read_text()
PATIENCE_MS, TABS_MAX = 30_000, 60
MANAGER = "chen"
GLUED_EACH = 10  # of so many baskets one comes as one stream of keys, which no hand scans
CODES = {"code": "00", "mixed": "00", "confirm": "11", "unknown": "12", "declined": "13"}
KEY_OF_WAY = {"STORED": "Alt+2", "POINTS": "Alt+3"}


class Wrong(Exception):
    """The screen did not do what a cashier waits for."""


@dataclass(slots=True)
class Seen:
    """What was noted of the day."""

    hands: int = 0
    keys: int = 0
    scans_ms: list[float] = field(default_factory=list)
    glued_ms: list[float] = field(default_factory=list)  # of baskets that came as one stream
    scanned: int = 0
    pays_ms: list[float] = field(default_factory=list)
    codes_ms: list[float] = field(default_factory=list)
    lost_ms: list[float] = field(default_factory=list)  # whose first answer was lost on purpose
    told: list[Decimal] = field(default_factory=list)  # cash expected, on each shift's report
    wrong_totals: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)


def opened(browser: Browser, base: str) -> BrowserContext:
    context = browser.new_context(
        base_url=base, locale="zh-CN", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(WATCH)
    return context


def chromium(port: int) -> dict[str, Any]:
    """How the browser is started; it listens for tools on this machine's `port`."""
    path = which("chromium") or which("chromium-browser")
    return {
        "executable_path": path,
        "args": ["--no-sandbox", "--disable-gpu", f"--remote-debugging-port={port}"],
    }


class Hands:
    """Everything that is done at the till, in the words of a cashier."""

    def __init__(self, page: Page, scanner: Scanner, day: Day) -> None:
        self.page, self.scanner, self.day, self.seen = page, scanner, day, Seen()
        self.last = ""  # the number that was shown last
        self.codes = 0
        self.is_lost = self.is_glued = False
        self.doing = ""  # for whoever reads why it was broken off
        page.on("console", lambda m: self._said(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.seen.console.append(str(e)))

    def _said(self, text: str) -> None:
        if "ERR_" not in text:  # the browser itself says that the line was cut
            self.seen.console.append(text)

    # -- keys and eyes -----------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        self.scanner.settled()
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.scanner.settled()
        self.page.keyboard.type(text)

    def scan(self, code: str) -> None:
        self.scanner.scan(code)

    def tab_to(self, what: str) -> None:
        """Walk with Tab until something has the focus."""
        place = self.page.locator(what).first
        for _key in range(TABS_MAX):
            if place.evaluate("one => one === document.activeElement"):
                return
            self.press("Tab")
        raise Wrong(f"Tab does not lead to {what}.")

    def until(self, what: str, given: object = None) -> None:
        """Until the screen says so; looked at with each frame, as an eye does."""
        try:
            self.page.wait_for_function(what, arg=given, polling="raf", timeout=PATIENCE_MS)
        except TimeoutError as never:
            raise Wrong(f"{self.doing}: never {what} {given or ''}") from never

    def focused(self, name: str) -> None:
        self.until("(name) => document.activeElement?.id === name", name)

    def visible(self, what: str) -> None:
        self.until("(what) => document.querySelector(what)?.checkVisibility()", what)

    def gone(self, what: str) -> None:
        self.until("(what) => !document.querySelector(what)?.checkVisibility()", what)

    def rows(self, count: int) -> None:
        self.until("(n) => document.querySelectorAll('#rows tr').length === n", count)

    def mode(self, name: str) -> None:
        self.until("(name) => document.body.dataset.mode === name", name)

    def due(self, amount: Decimal) -> None:
        self.until("(text) => document.getElementById('due').innerText === text", f"¥{amount:,.2f}")

    def finished(self) -> tuple[str, Decimal]:
        """Number and amount of the slip that was just given out."""
        self.until(
            "(last) => { const now = document.querySelector('#finished .code')?.innerText;"
            " return now && now !== last; }",
            self.last,
        )
        self.last = self.page.locator("#finished .code").inner_text()
        shown = self.page.locator(".finished-head .num").inner_text()
        return self.last, Decimal(shown.strip("¥−").replace(",", ""))

    def look(self) -> None:
        """Take down what the page noted since it was looked at last."""
        self.scanner.settled()
        self.until("() => !window.painting")
        noted = self.page.evaluate("window.taken()")
        self.seen.hands += noted["hands"]
        self.seen.keys += noted["keys"]
        scans_ms = self.seen.glued_ms if self.is_glued else self.seen.scans_ms
        scans_ms += [ms for _code, ms in noted["scans"]]
        for is_code, ms in noted["pays"]:
            late = self.seen.lost_ms if self.is_lost else self.seen.pays_ms
            (self.seen.codes_ms if is_code else late).append(ms)

    # -- coming and going --------------------------------------------------------------------------

    def sign_in(self, person: str) -> None:
        self.page.goto("/sign-in/?next=/till/")
        self.type(person)
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        self.page.locator("button[name=till]").first.wait_for()
        self.tab_to("button[name=till]")
        self.look()
        self.press("Enter")
        self.focused("scan")

    def hand_over_to(self, person: str) -> None:
        self.press("F9")
        self.focused("clerk-code")
        self.type(person)
        self.press("Enter")
        self.focused("clerk-pin")
        self.type(PIN)
        self.look()
        with self.page.expect_navigation():
            self.press("Enter")
        self.ready()

    def ready(self) -> None:
        """The screen is there, with its catalogue."""
        there = self.page.locator("html[data-catalogue]:not([data-catalogue=''])")
        there.wait_for(timeout=PATIENCE_MS, state="attached")
        self.focused("scan")

    def open_shift(self, amount: Decimal) -> None:
        self.press("F10")
        self.focused("shift-float")
        self.type(str(amount))
        self.press("Enter")
        self.gone("#shift-box")

    def close_shift(self, there: Decimal, kept: Decimal) -> None:
        """Count what is in the drawer, blindly, and read the report."""
        self.press("F10")
        self.focused("shift-ok")
        self.press("Enter")
        self.focused("face-0")
        for _kind, face in DENOMINATIONS["CNY"]:
            pieces = int(there / face)
            there -= pieces * face
            self.type(str(pieces))
            self.press("Enter")
        if there:
            raise Wrong(f"{there} in cash is no coin.")
        self.focused("shift-kept")
        self.type(str(kept))
        self.press("Enter", "Enter")
        self.focused("shift-print")
        texts = self.page.locator("#shift-report .pair").all_inner_texts()
        told = [Decimal(m[1].replace(",", "")) for text in texts
                if (m := re.search(r"应有现金\s*¥?([\d,.]+)", text))]  # fmt: skip
        self.seen.told += told[:1]
        self.press("Escape")
        self.gone("#shift-box")
        self.look()

    # -- the day -----------------------------------------------------------------------------------

    def live(self, cash: tuple[Decimal, Decimal]) -> None:
        """The whole day; `cash` is what lies in the drawer at the end of each shift."""
        self.sign_in(MANAGER)
        kept = Decimal(0)
        for shift, person in enumerate(PEOPLE[:2]):
            self.hand_over_to(person)
            self.open_shift(self.day.floats[shift])
            for turn in self.day.turns:
                if turn.shift == shift:
                    self.do(turn)
                    self.look()
            kept = self.day.floats[1] if shift == 0 else Decimal(0)
            self.close_shift(cash[shift], kept)

    def do(self, turn: Turn) -> None:
        self.doing = str(turn)[:300]
        self.is_lost = isinstance(turn, Sale) and turn.odd == "lost"
        self.is_glued = isinstance(turn, Sale) and turn.nth % GLUED_EACH == GLUED_EACH - 1
        if isinstance(turn, Sale):
            self.sell(turn)
        elif isinstance(turn, Return):
            self.take_back(turn)
        elif isinstance(turn, Exchange):
            self.exchange(turn)
        else:
            self.join(turn)

    def put(self, piece: Piece) -> None:
        """One line of a basket onto the screen."""
        if not self.is_glued:
            self.scanner.reach()
        code = piece.ware.barcode
        if piece.by in ("weight", "price", "both"):
            self.scan(piece.label)
        elif piece.by == "times":
            self.scan(f"{piece.quantity}*{code}")
        elif piece.by == "code":
            self.scan(piece.ware.item_code)
        else:
            self.scan(code)
        self.seen.scanned += 1

    def put_all(self, pieces: list[Piece], rows: int = 0) -> None:
        """More lines, on top of so many that are there."""
        for n, piece in enumerate(pieces, start=rows + 1):
            self.put(piece)
            if piece.by == "key" and piece.quantity != 1:
                self.rows(n)
                self.press("*")
                self.focused("ask-value-input")
                self.type(str(piece.quantity))
                self.press("Enter")
                self.gone("#ask-value")
        self.rows(rows + len(pieces))

    def choose_member(self, nth: int) -> None:
        self.press("F4")
        self.focused("member-q")
        self.type(f"8{nth:09}")
        self.press("Enter")
        self.gone("#member-box")

    def sell(self, sale: Sale) -> None:
        half = len(sale.pieces) // 2
        if sale.odd in ("reload", "cut", "undone"):
            self.put_all(sale.pieces[:half])
            self.odd(sale, half)
            self.put_all(sale.pieces[half:], half)
            if sale.odd == "cut":
                self.back_online()
        else:
            self.put_all(sale.pieces)
        if sale.member is not None:
            self.choose_member(sale.member)
        if sale.odd == "parked":
            self.park_and_recall(len(sale.pieces))
        self.discounts(sale)
        self.pay(sale)
        sale.number, sale.shown = self.finished()
        if sale.shown != bill_of(sale).total:
            self.seen.wrong_totals.append(
                f"{sale.number}: {sale.shown} on the screen, not {bill_of(sale).total}"
            )

    def odd(self, sale: Sale, rows: int) -> None:
        if sale.odd == "reload":
            self.look()
            self.page.reload()
            self.ready()
            self.rows(rows)
        elif sale.odd == "cut":
            self.page.context.set_offline(True)
        else:
            self.put(sale.pieces[-1])
            self.rows(rows + 1)
            self.press("Control+z")
            self.rows(rows)

    def back_online(self) -> None:
        """No payment is taken while the line is cut; then everything is looked at again."""
        self.visible("#line-state")
        self.press("Enter")
        self.visible("#trouble .panel")
        self.mode("sell")
        self.page.context.set_offline(False)
        self.gone("#line-state")
        self.press("Escape")

    def park_and_recall(self, rows: int) -> None:
        self.press("F6")
        self.focused("park-label")
        self.type("blue coat")
        self.press("Enter")
        self.gone("#park-box")
        self.rows(0)
        self.press("F6")
        self.until("() => document.activeElement?.matches('[data-recall]')")
        self.press("Enter")
        self.gone("#park-box")
        self.rows(rows)

    def discounts(self, sale: Sale) -> None:
        for n, piece in enumerate(sale.pieces):
            if piece.percent_off:
                self.press(*["ArrowUp"] * len(sale.pieces), *["ArrowDown"] * n)
                self.discount(piece.percent_off, "dented")
        if sale.percent_off:
            self.discount(sale.percent_off, "neighbour", "F2")

    def discount(self, percent: int, reason: str, *more: str) -> None:
        self.press("F2")
        self.focused("off-value")
        self.press(*more, "Control+a")
        self.type(str(percent))
        self.tab_to("#off-reason")
        self.press("Control+a")
        self.type(reason)
        self.press("Enter")
        self.focused("off-code")
        self.type(MANAGER)
        self.press("Enter")
        self.focused("off-pin")
        self.type(PIN)
        self.press("Enter")
        self.gone("#off-box")

    # -- paying ------------------------------------------------------------------------------------

    def pay(self, sale: Sale) -> None:
        total = bill_of(sale).total
        self.press("Enter")
        self.mode("pay")
        if sale.pays == "member":
            self.press(KEY_OF_WAY["STORED"])
            self.due(total)
        elif sale.pays == "points" and total > POINTS_PAY:
            self.press(KEY_OF_WAY["POINTS"])
            self.press("Control+a")
            self.type(str(POINTS_PAY))
            self.press("Enter")
            self.due(total - POINTS_PAY)
        elif sale.pays == "note":
            self.due(total)
            self.type(str(int(total / 50 + 1) * 50))
        elif sale.pays == "mixed" and total > 20:
            self.type("20")
            self.press("Enter")
            self.due(total - 20)
        if sale.odd == "lost":
            self.lose_an_answer()
        if sale.pays in CODES:
            if sale.odd == "declined":
                self.scan(self.code("13"))
                self.visible("#trouble .panel.tone-act")
            self.scan(self.code(CODES[sale.pays]))
        else:
            self.press("Enter")

    def code(self, end: str) -> str:
        self.codes += 1
        return f"13{self.codes:014d}{end}"

    def lose_an_answer(self) -> None:
        """The server does what it is asked once, and its answer never comes."""
        lost: list[int] = []

        def lose(route: Route) -> None:
            if lost:
                route.continue_()
                return
            lost.append(route.fetch().status)
            route.abort()

        self.page.route("**/till/sell", lose, times=2)

    # -- what comes back ---------------------------------------------------------------------------

    def find_slip(self, sale: Sale) -> None:
        self.scan(sale.number)
        self.visible("#return-goods")
        self.until("() => document.activeElement?.matches('#return-rows input')")

    def choose(self, sale: Sale, piece: Piece) -> None:
        """Say how much of one line comes back; the lines are walked with Tab."""
        n = next(n for n, p in enumerate(sale.pieces) if p.ware == piece.ware)
        self.press(*["Tab"] * n)
        self.type(str(piece.quantity))

    def take_back(self, turn: Return) -> None:
        if turn.of is None:
            self.without_slip(turn)
        else:
            self.find_slip(turn.of)
            if turn.is_all:
                self.press("F2")
            else:
                self.choose(turn.of, turn.pieces[0])
            self.press("Enter")
            self.gone("#return-box")
        turn.number, turn.shown = self.finished()

    def without_slip(self, turn: Return) -> None:
        self.put_all(turn.pieces)
        self.press("F7")
        self.focused("return-number")
        self.press("F4")
        self.focused("noslip-reason")
        self.type("gift")
        self.press("Enter")
        self.focused("noslip-code")
        self.type(MANAGER)
        self.press("Tab")
        self.type(PIN)
        self.press("Enter")
        self.gone("#noslip-box")

    def exchange(self, turn: Exchange) -> None:
        self.put_all(turn.pieces)
        self.find_slip(turn.of)
        self.choose(turn.of, turn.back)
        self.press("F6")
        self.focused("return-reason")
        self.press("Enter")
        self.gone("#return-box")
        turn.number, turn.shown = self.finished()

    def join(self, turn: Joining) -> None:
        self.press("F4")
        self.focused("member-q")
        self.type(turn.phone)
        self.press("Enter")
        self.focused("member-name")
        self.press("Tab", "Tab", "Space", "Enter")
        self.gone("#member-box")
        self.press("F4")
        self.focused("member-amount")
        self.type(str(turn.amount))
        self.press("Enter")
        self.until("() => document.getElementById('member-said').innerText.includes('CZ-')")
        self.press("Escape")
        self.gone("#member-box")
        self.press("F4")  # whoever comes next is somebody else
        self.focused("member-amount")
        self.tab_to("[data-member-away]")
        self.press("Enter")
        self.gone("#member-box")


def picture(page: Page, folder: Path) -> None:
    """What the screen showed when it went wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(Error):
        page.screenshot(path=folder / f"counter-day-{env.token(3)}.png")
