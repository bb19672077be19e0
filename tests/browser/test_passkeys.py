"""A passkey in a real browser: made on one's own page, and shown instead of a password."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_every_screen import cookies
from tests.browser.walk import Look, chromium, context_for
from tests.chain import PASSWORD
from tests.faces.live.pages import Web, served

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def shop(served: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    return served


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_a_passkey_is_made_shown_and_removed(shop: Web, browser: Browser) -> None:
    here = f"http://localhost:{shop.port}"  # a site without a name has none
    context = context_for(browser, Look(1440, "en"))
    context.add_cookies([{**one, "domain": "localhost"} for one in cookies(shop, "zhou", "en")])
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    page.goto(f"{here}/me/sign-in/")
    page.get_by_text("New passkey").first.click()
    page.get_by_label("What the device is called").fill("Office computer")
    page.locator("[name=password]:visible").first.fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("link", name="Office computer")).to_be_visible()

    context.clear_cookies()
    page.goto(f"{here}/sign-in/?next=/me/sign-in/")
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Unlock and sign in").click()
    expect(page).to_have_url(f"{here}/me/sign-in/")

    page.get_by_role("link", name="Office computer").click()
    page.get_by_text("Remove", exact=True).first.click()
    page.locator("[name=password]:visible").first.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("None yet. With one you sign in")).to_be_visible()
    context.clear_cookies()
    page.goto(f"{here}/sign-in/passkey/")
    page.get_by_role("button", name="Unlock and sign in").click()
    expect(page.get_by_role("alert").filter(has_text=re.compile("passkey"))).to_be_visible()
