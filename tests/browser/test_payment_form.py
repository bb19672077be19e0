"""What a form proposes for the supplier that is chosen, and what it leaves as it is."""

import re
from collections.abc import Iterator

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, expect

from tests.browser.walk import Look, chromium, context_for
from tests.business.purchasing.test_settling import billed, two_dairies
from tests.faces.live.pages import Web, served, signed_in
from tongpan.business.finance.models import SupplierPaymentLine

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser


@pytest.fixture
def shop(served: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """A served chain with a bill of each of two suppliers."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    two_dairies(served.chain)
    billed(served.chain)
    billed(served.chain, quantity="7", supplier="V02")
    return served


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_a_new_payment_proposes_the_bills_of_the_supplier_that_is_chosen(
    shop: Web, browser: Browser
) -> None:
    base = f"http://127.0.0.1:{shop.port}"
    context = context_for(browser, Look(1440), base)
    with schema_context(shop.database.schema):
        session = signed_in(shop.chain.people["zhou"])
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda e: said.append(str(e)))
    amounts = page.locator("tbody [data-column=amount] input")

    page.goto("/d/finance.supplier_payment/new")
    page.locator("#reference").fill("流水 88")
    page.locator("#supplier").click()
    page.locator("[role=option]", has_text="华东").click()
    expect(amounts.first).to_have_value("1130")
    assert page.locator("#reference").input_value() == "流水 88"
    assert re.search(r"/d/finance.supplier_payment/[0-9a-f-]{36}/$", page.url)

    page.locator("#supplier").click()
    page.locator("[role=option]", has_text="华南").click()
    expect(amounts.first).to_have_value("79.1")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        amounts.first.fill("79.00")

    with schema_context(shop.database.schema):
        assert [line.amount for line in SupplierPaymentLine.unscoped.all()] == [79]
    assert said == []
    context.close()


def test_what_somebody_ordered_stays_when_another_supplier_is_chosen(
    shop: Web, browser: Browser
) -> None:
    base = f"http://127.0.0.1:{shop.port}"
    context = context_for(browser, Look(1440), base)
    with schema_context(shop.database.schema):
        session = signed_in(shop.chain.people["zhou"])
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    page = context.new_page()

    page.goto("/d/purchasing.order/new")
    page.locator("#supplier").click()
    page.locator("[role=option]", has_text="华东").click()
    page.wait_for_url(re.compile(r"/d/purchasing.order/[0-9a-f-]{36}/$"))
    page.locator("tbody [role=combobox]").first.press_sequentially("牛奶")
    page.locator("[role=option]").first.click()
    page.locator("tbody [data-column=quantity] input").first.fill("24")
    page.locator("#supplier").click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("[role=option]", has_text="华南").click()

    expect(page.locator("tbody [data-column=quantity] input").first).to_have_value("24")
    page.reload()
    expect(page.locator("tbody [data-column=quantity] input").first).to_have_value("24")
    context.close()
