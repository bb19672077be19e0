"""`bench till_scan --items 100000`: from a scanner's last key to the line on the screen.

The real web server and a real Chromium. The till loads its catalogue of so many items; then codes
come, each at 300 characters a second and ended by Enter. A line counts as shown when the frame that
has it was painted. Two things are asked of the same page:

- `scan_*`: as the fastest hands scan, five codes a second and every sixth glued to the one before
  it. Their p99 is held against the limit.
- `glued_*`: thirty codes glued into one stream, 21 labels a second, which no hand does. All of them
  must be shown and none asked of the server; how long they wait in their queue is told.

The pace is taken from the page's own notes of the keys of the stream: below 200 a second nothing
was measured, and it does not hold. How long the first load takes, the next start of the same
browser, what the catalogue takes of memory, and the page's processor time for each scan are told.
"""

import argparse
import random
from collections.abc import Sequence
from decimal import Decimal
from shutil import which
from statistics import fmean, quantiles
from typing import Any, NamedTuple

from django.db import connection
from playwright.sync_api import CDPSession, Page, sync_playwright

from tongpan.base import env
from tongpan.config.laboratory import laboratory, named
from tongpan.config.proofs.scanner import PACE_PER_S, Scanner, free_port
from tongpan.config.proofs.serving import served
from tongpan.config.proofs.shop import BEGAN, cookies, furnish, price_of, session_of_cashier
from tongpan.faces.cli import Result
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Barcode, Item, UnitOfMeasure
from tongpan.masters.items.rules.barcodes import check_digit
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.search import search_text

HELP = "扫码上屏 · from a scanner's last key to the line, with the till's own catalogue"
ON_SHELF, SCANS, A_BASKET, SLOWEST_PER_S = 200, 300, 30, 200
LIMIT_MS, FEWEST, BATCH = 100.0, 1000, 5000

# Notes when each code ended, and when the frame was painted that first shows its line.
WATCH = """
() => {
  window.scans = { ended: {}, shown: {}, gaps_ms: [] };
  let typed = "", at = 0;
  addEventListener("keydown", (event) => {
    if (typed) scans.gaps_ms.push(event.timeStamp - at);
    at = event.timeStamp;
    if (event.key.length === 1) typed += event.key;
    if (event.key === "Enter") { if (typed) scans.ended[typed] = event.timeStamp; typed = ""; }
  }, true);
  new MutationObserver(() => {
    const cells = [...document.querySelectorAll("#rows .under .code")];
    const codes = cells.map((one) => one.textContent);
    const fresh = codes.filter((code) => !(code in scans.shown));
    for (const code of fresh) scans.shown[code] = null;
    if (fresh.length) requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => {
        for (const code of fresh) scans.shown[code] = performance.now();
      };
      painted.port2.postMessage(0);
    });
  }).observe(document.getElementById("rows"), { childList: true });
}
"""


def run(given: argparse.Namespace) -> Result:
    items = max(FEWEST, given.items)
    with laboratory(stores=1) as lab:
        furnish(1, ON_SHELF)
        _stock_up(items)
        session = session_of_cashier()
        with served(lab) as port:
            facts = {"items": items} | _measured(port, session)
        connection.close()
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    holds = (
        facts["scan_p99_ms"] < LIMIT_MS
        and facts["shown"] == facts["glued_shown"] == facts["scans"]
        and facts["characters_per_s"] >= SLOWEST_PER_S
        and not facts["asked_the_server"]
    )
    return Result(holds=holds, facts=facts, text=text)


def _code(n: int) -> str:
    body = f"690{n:09d}"
    return body + check_digit(body)


def _stock_up(items: int) -> None:
    """So many items with barcodes and prices; the first of them stand on the shelf already."""
    with system(reason="the stage of a measurement"):
        piece, retail = UnitOfMeasure.objects.get(), PriceList.objects.get()
        first = Item.objects.get(code="I0")
        for begin in range(ON_SHELF, items, BATCH):
            more = range(begin, min(begin + BATCH, items))
            Item.objects.bulk_create(
                Item(id=named(f"item {n}"), code=f"I{n}", name=f"商品 {n}", base_unit=piece,
                     tax_category_id=first.tax_category_id,
                     search_text=search_text([f"I{n}", _code(n)], [f"商品 {n}"]))
                for n in more
            )  # fmt: skip
            Price.objects.bulk_create(
                Price(price_list=retail, item_id=named(f"item {n}"), unit=piece,
                      price=price_of(n), valid_from=BEGAN)
                for n in more
            )  # fmt: skip
        for begin in range(0, items, BATCH):
            Barcode.objects.bulk_create(
                Barcode(item_id=named(f"item {n}"), unit=piece, code=_code(n), kind="gtin")
                for n in range(begin, min(begin + BATCH, items))
            )
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _measured(port: int, session: str) -> dict[str, Any]:
    base = f"http://127.0.0.1:{port}"
    pairs = dict(
        one.split("=", 1) for one in cookies(session, named("till 0"), "bench" * 8).split("; ")
    )
    tools = free_port()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium") or which("chromium-browser"),
            args=["--no-sandbox", "--disable-gpu", f"--remote-debugging-port={tools}"],
        )
        context = browser.new_context(base_url=base)
        context.add_cookies([{"name": n, "value": v, "url": base} for n, v in pairs.items()])
        page = context.new_page()
        load_s = _opened(page)
        page.close()
        page = context.new_page()
        again_s = _opened(page)
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url) if "/till/scan" in one.url else None)
        page.evaluate(WATCH)
        figures = context.new_cdp_session(page)
        figures.send("Performance.enable", {"timeDomain": "threadTicks"})
        heap_mb = _figure(figures, "JSHeapUsedSize", is_tidied=True) / 1e6
        scanner = Scanner(tools)
        known = int(page.evaluate("Number(document.documentElement.dataset.catalogue)"))
        drawn = random.Random(1).sample(range(known), 2 * SCANS)
        by_hand = _scanned(page, scanner, figures, drawn[:SCANS], is_glued=False)
        glued = _scanned(page, scanner, figures, drawn[SCANS:], is_glued=True)
        scanner.close()
        browser.close()
    return {
        "scans": SCANS, "shown": len(by_hand.times_ms), "asked_the_server": len(asked),
        "load_s": load_s, "next_start_s": again_s, "page_mb": round(heap_mb),
        "page_ms_a_scan": by_hand.page_ms, "scan_p50_ms": _cut(by_hand, 50),
        "scan_p99_ms": _cut(by_hand, 99), "scan_max_ms": round(max(by_hand.times_ms), 1),
        "glued_shown": len(glued.times_ms), "characters_per_s": glued.characters_per_s,
        "glued_page_ms_a_scan": glued.page_ms, "glued_p50_ms": _cut(glued, 50),
        "glued_p99_ms": _cut(glued, 99),
    }  # fmt: skip


class _Scanned(NamedTuple):
    times_ms: list[float]
    characters_per_s: int
    page_ms: float  # of the page's processor, for each scan


def _cut(scanned: _Scanned, percent: int) -> float:
    return round(quantiles(scanned.times_ms, n=100)[percent - 1], 1)


def _figure(figures: CDPSession, name: str, *, is_tidied: bool = False) -> float:
    """One of the page's own figures: seconds of processor of its main thread, or bytes."""
    if is_tidied:
        figures.send("HeapProfiler.collectGarbage")
    found = figures.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in found if one["name"] == name))


def _opened(page: Page) -> float:
    """The till's screen with its catalogue; how many seconds that took."""
    began_s = env.monotonic_s()
    page.goto("/till/")
    page.locator("#scan").wait_for()
    page.locator("html[data-catalogue]:not([data-catalogue=''])").wait_for(timeout=600_000)
    return float(round(Decimal(env.monotonic_s() - began_s), 1))


def _scanned(
    page: Page, scanner: Scanner, figures: CDPSession, drawn: Sequence[int], *, is_glued: bool
) -> _Scanned:
    """Scan in baskets, each let go at its end; what the page noted of them."""
    page.evaluate("() => { scans.gaps_ms = []; }")
    worked_s = _figure(figures, "TaskDuration")
    for begin in range(0, len(drawn), A_BASKET):
        page.locator("#scan").focus()
        for n in drawn[begin : begin + A_BASKET]:
            scanner.scan(_code(n))
            if is_glued:
                env.sleep(1 / PACE_PER_S)
            else:
                scanner.reach()
        scanner.settled()
        page.wait_for_timeout(500)
        page.keyboard.press("Control+Delete")
        page.keyboard.press("Enter")
        page.locator("#rows tr").first.wait_for(state="detached")
    worked_s = _figure(figures, "TaskDuration") - worked_s
    noted = page.evaluate("scans")
    ended, shown = noted["ended"], noted["shown"]
    codes = [code for code in map(_code, drawn) if code in ended and shown.get(code)]
    return _Scanned(
        times_ms=[shown[code] - ended[code] for code in codes],
        characters_per_s=round(1000 / fmean(noted["gaps_ms"])),
        page_ms=round(worked_s * 1000 / len(drawn), 1),
    )
