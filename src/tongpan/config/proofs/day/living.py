"""The day from the first key to the last comparison.

A laboratory company behind the real web server, with the payments' simulator beside it; a headless
Chromium at one till; two cashiers after each other. What it must come to is worked out apart, and
compared with slips, shelf, drawer, ways of paying, accounts, members and both shift reports.

Then two twins: a sale that is rung up once more behind the script's back, and one that the script
believes in and nobody rang up. Both must be noticed, and so must a hand on the mouse.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import ROUND_DOWN
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.db import connection
from playwright.sync_api import Error, Page, sync_playwright

from tongpan.base import env
from tongpan.config.installation import ROOT
from tongpan.config.laboratory import laboratory, named
from tongpan.config.proofs.day.hands import Hands, Seen, Wrong, chromium, opened, picture
from tongpan.config.proofs.day.reckoning import TENTH, Before, differences, must_be
from tongpan.config.proofs.day.script import Day, Return, Sale, the_day
from tongpan.config.proofs.day.script import Exchange as Swap
from tongpan.config.proofs.day.stage import found, furnish_day, use_codes
from tongpan.config.proofs.payments import Provider
from tongpan.config.proofs.scanner import Scanner, free_port
from tongpan.config.proofs.serving import served
from tongpan.config.proofs.shop import price_of
from tongpan.engines.payments.models import Attempt, AttemptState
from tongpan.engines.payments.simulated import FILE
from tongpan.faces.cli import Result
from tongpan.kernel.documents.gate import run as act
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import acting, system

WAIT_S, PACE_S, HANG_S = 1.0, 0.3, 1.5
FEWEST, SHOWN_MOST = 10, 20
PICTURES = ROOT / "build" / "pictures" / "till"


def run(given: argparse.Namespace) -> Result:
    sales = max(FEWEST, given.sales)
    day = the_day(sales, max(2, sales // 20), max(1, sales // 40))
    began_s = env.monotonic_s()
    with laboratory(stores=1) as lab:
        had = furnish_day(day)
        place = lab.opened.data / FILE
        place.unlink(missing_ok=True)  # its keys are new each time
        settings.PAYMENTS_SIMULATOR = True
        simulated = {"TONGPAN_PAYMENTS_SIMULATOR": "1", "TONGPAN_PAYMENTS_WAIT_S": str(WAIT_S)}
        with served(lab, "simulator", **simulated) as port:
            provider = Provider(place)
            provider.wait()
            provider.behave(pace_s=PACE_S, hang_s=HANG_S)
            use_codes(place, port)
            connection.close()
            lived_s = env.monotonic_s()
            seen, twin_hands, why = _live(day, had, f"http://127.0.0.1:{port}")
            lived_s = env.monotonic_s() - lived_s
        differs = list(differences(must_be(day, had), found(day, had, seen.told)))
        violations = sum(len(checked.violations) for checked in verify())
        facts = _facts(day, seen) | {
            "violations": violations, "differences": len(differs), "broke_off": why,
            "unknown_open": _unknown(), "differs": differs[:SHOWN_MOST],
            "twin_doubled_noticed": _doubled(day, had, seen), "twin_mouse_events": twin_hands,
            "twin_dropped_noticed": _dropped(day, had, seen), "day_s": round(lived_s, 1),
        }  # fmt: skip
        connection.close()
    facts["took_s"] = round(env.monotonic_s() - began_s, 1)
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=_holds(facts, sales), facts=facts, text=text)


def _holds(facts: dict[str, Any], sales: int) -> bool:
    none = ("violations", "differences", "mouse_events", "unknown_open", "wrong_totals",
            "console_errors", "broke_off")  # fmt: skip
    some = ("twin_doubled_noticed", "twin_dropped_noticed", "twin_mouse_events", "keys")
    return (
        not any(facts[name] for name in none)
        and all(facts[name] for name in some)
        and (facts["sales"], facts["shifts"]) == (sales, 2)
        and facts["scans_shown"] == facts["scans"]
    )


def _live(day: Day, had: Before, base: str) -> tuple[Seen, int, str]:
    """The day at the till, then one touch of the mouse; why it was broken off, if it was."""
    with sync_playwright() as playwright:
        port = free_port()
        browser = playwright.chromium.launch(**chromium(port))
        page = opened(browser, base).new_page()
        scanner = Scanner(port)
        hands, why = Hands(page, scanner, day), ""
        try:
            hands.live(_drawer(day, had))
        except (Error, AssertionError, Wrong) as wrong:
            why = f"{type(wrong).__name__}: {wrong}"[:900]
            picture(page, PICTURES)
        twin_hands = _touched(page)
        scanner.close()
        browser.close()
    return hands.seen, twin_hands, why


def _drawer(day: Day, had: Before) -> Any:
    """What lies in the drawer when each shift counts it: less what is missed."""
    return tuple(shift.counted for shift in must_be(day, had).shifts)


def _touched(page: Page) -> int:
    """How many hands the page notes when there is one."""
    page.mouse.click(5, 5)
    noted: int = page.evaluate("window.taken().hands")
    return noted


def _facts(day: Day, seen: Seen) -> dict[str, Any]:
    done = [sale for sale in day.all_of(Sale) if sale.number]
    return {
        "sales": len(done),
        "returns": sum(bool(turn.number) for turn in day.all_of(Return)),
        "exchanges": sum(bool(turn.number) for turn in day.all_of(Swap)),
        "shifts": len(seen.told), "mouse_events": seen.hands, "keys": seen.keys,
        "scans": seen.scanned, "scans_shown": len(seen.scans_ms) + len(seen.glued_ms),
        "scan_p50_ms": _cut(seen.scans_ms, 50), "scan_p99_ms": _cut(seen.scans_ms, 99),
        "glued_scans": len(seen.glued_ms), "glued_p99_ms": _cut(seen.glued_ms, 99),
        "pay_p50_ms": _cut(seen.pays_ms, 50), "pay_p99_ms": _cut(seen.pays_ms, 99),
        "pay_by_code_p50_ms": _cut(seen.codes_ms, 50),
        "pay_answer_lost_p50_ms": _cut(seen.lost_ms, 50),
        "wrong_totals": seen.wrong_totals[:SHOWN_MOST],
        "console_errors": seen.console[:SHOWN_MOST],
    }  # fmt: skip


def _cut(times_ms: list[float], percent: int) -> float:
    if len(times_ms) <= 1:  # no parts
        return 0.0
    return round(quantiles(times_ms, n=100, method="inclusive")[percent - 1], 1)


def _unknown() -> int:
    """Payments of which nobody knows the end."""
    ended = (AttemptState.CHARGED, AttemptState.DECLINED)
    with system(reason="looking at a day"):
        return Attempt.unscoped.exclude(state__in=ended).count()


# -- twins -----------------------------------------------------------------------------------------


def _doubled(day: Day, had: Before, seen: Seen) -> int:
    """What is noticed when a sale is in the books that nobody made at the till."""
    price = price_of(0).quantize(TENTH, ROUND_DOWN)
    with _cashier():
        act("till.sale.ring_up", payload={
            "lines": [{"item": str(named("item 0")), "quantity": "1"}],
            "payments": [{"method": "CASH", "amount": str(price)}],
        })  # fmt: skip
    return len(list(differences(must_be(day, had), found(day, had, seen.told))))


def _dropped(day: Day, had: Before, seen: Seen) -> int:
    """What is noticed when a sale that was made at the till is in no books."""
    sale = day.all_of(Sale)[0]
    lost = replace(sale, number=f"{sale.number} lost")
    believed = replace(day, turns=[*day.turns, lost])
    books = found(day, had, seen.told)
    return len(list(differences(must_be(believed, had), books)))


@contextmanager
def _cashier() -> Iterator[None]:
    till = OrgUnit.objects.select_related("parent").get(pk=named("till 0"))
    with acting(Person.objects.get(pk=named("cashier")), till):
        yield
