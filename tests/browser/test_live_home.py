"""A sale rung up elsewhere changes the figures of an open home page, without a reload."""

from contextlib import closing
from decimal import Decimal
from statistics import median

import pytest
from django.db import connection
from django_tenants.utils import schema_context
from playwright.sync_api import expect

from tests.browser.busy import be_busy
from tests.browser.test_every_screen import cookies
from tests.browser.walk import Look, chromium, context_for
from tests.faces.live.pages import Web, served
from tongpan.base import env
from tongpan.kernel.documents.gate import run
from tongpan.kernel.events import dispatcher
from tongpan.kernel.org.scope import acting, system

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser
SALES = 5


def ring_up(shop: Web) -> float:
    """One milk is sold; answers the moment of the commit, after which the feed is numbered."""
    chain = shop.chain
    with closing(connection), schema_context(shop.database.schema):
        with acting(chain.people["lin"], chain.units["till"]):
            payload = {
                "lines": [{"item": chain.items["milk"].pk, "quantity": "1"}],
                "payments": [{"method": "CASH", "amount": "12.90"}],
            }
            run("till.sale.ring_up", payload=payload)
        at = env.monotonic_s()
        with system(reason="the dispatcher's round"):
            dispatcher.number()
    return at


def test_a_sale_changes_the_figure_of_an_open_page(
    served: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    be_busy(served.chain)
    with chromium() as browser:
        context = context_for(browser, Look(1440), f"http://127.0.0.1:{served.port}")
        context.add_cookies(cookies(served, "zhou", "zh-hans"))
        page = context.new_page()
        page.goto("/")
        page.wait_for_selector("html[data-live=on]", state="attached")
        expect(page.locator("#figures")).to_contain_text("¥158.40")
        expect(page.locator("#connection .word")).to_have_text("实时")
        waits = []
        for number in range(1, SALES + 1):
            page.wait_for_timeout(1000)
            at = ring_up(served)
            total = f"¥{Decimal('158.40') + Decimal('12.90') * number}"
            page.locator("#figures", has_text=total).wait_for()
            waits.append(env.monotonic_s() - at)
        expect(page.locator("#ticker li").first).to_contain_text("12.90")
        context.close()
    print(f"commit to changed figure: median {median(waits):.3f} s, longest {max(waits):.3f} s")
    assert median(waits) < 3  # the bench holds it to 0.3; here other tests are running
