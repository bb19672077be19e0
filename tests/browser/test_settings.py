"""The settings in a real browser: every page whole, and a role made by ticking."""

import re
from collections.abc import Iterator

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, expect

from tests.browser.test_every_screen import LANGUAGES, Eye, Findings, cookies
from tests.browser.walk import Look, chromium, context_for
from tests.faces.live.pages import Web, served
from tongpan.kernel.org.models import Grant, LegalEntity, Role
from tongpan.kernel.org.scope import system

__all__ = ["served"]  # a fixture
pytestmark = pytest.mark.browser


@pytest.fixture
def shop(served: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    return served


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def screens(shop: Web) -> dict[str, str]:
    north, lin = shop.chain.units["north"].pk, shop.chain.people["lin"].pk
    with schema_context(shop.database.schema), system(reason="look at every screen"):
        entity, role = LegalEntity.objects.earliest("pk").pk, Role.objects.get(code="manager").pk
        grant = Grant.objects.filter(person=lin).earliest("pk").pk
    return {
        "people": "/settings/people/",
        "person": f"/settings/people/{lin}/",
        "person-new": "/settings/people/new",
        "person-edit": f"/settings/people/{lin}/edit",
        "grant": f"/settings/people/{lin}/give",
        "grant-end": f"/settings/grants/{grant}/",
        "access": "/settings/access/",
        "person-access": f"/settings/people/{lin}/access",
        "personal": "/settings/personal/",
        "personal-whose": f"/settings/personal/org.person/{lin}/",
        "sign-in": "/me/sign-in/",
        "roles": "/settings/roles/",
        "role": f"/settings/roles/{role}/",
        "units": "/settings/units/",
        "unit": f"/settings/units/{north}/",
        "unit-new": f"/settings/units/new?parent={north}",
        "unit-move": f"/settings/units/{north}/move",
        "entities": "/settings/entities/",
        "entity": f"/settings/entities/{entity}/",
        "entity-kind": f"/settings/entities/{entity}/kind",
        "tokens": "/settings/tokens/",
        "token-new": "/settings/tokens/new",
        "webhooks": "/settings/webhooks/",
        "webhook-new": "/settings/webhooks/new",
        "choices": "/settings/choices/",
        "choice": "/settings/choices/prints.paper/",
        "numbers": "/settings/numbers/",
        "number": "/settings/numbers/stock.transfer/",
    }


@pytest.mark.timeout(600)
def test_every_page_of_the_settings_is_whole_in_every_language(shop: Web, browser: Browser) -> None:
    findings: Findings = []
    for language, locale in LANGUAGES.items():
        context = context_for(browser, Look(1440, locale), f"http://127.0.0.1:{shop.port}")
        context.add_cookies(cookies(shop, "zhou", language))
        eye = Eye(context.new_page(), language)
        for name, url in screens(shop).items():
            eye.look(f"settings-{name}", url)
        findings += eye.findings
        context.close()

    assert not findings, "\n" + "\n".join(findings)


def test_a_role_is_ticked_together(shop: Web, browser: Browser) -> None:
    context = context_for(browser, Look(1440, "en"), f"http://127.0.0.1:{shop.port}")
    context.add_cookies(cookies(shop, "zhou", "en"))
    page = context.new_page()
    page.goto("/settings/roles/new")
    page.fill("#code", "sender")
    page.fill("#name", "Sender")
    page.click("summary:has-text('Stock')")
    page.check("[data-code='stock.transfer.*']")
    covered = page.locator("[data-code='stock.transfer.post']")
    assert covered.is_checked()
    assert covered.is_disabled()
    page.uncheck("[data-code='stock.transfer.*']")
    assert covered.is_checked()
    assert covered.is_enabled()
    page.uncheck("[data-code='stock.transfer.save']")
    page.uncheck("[data-code='stock.transfer.reverse']")
    page.fill("[name='limit.stock.transfer.post']", "500")
    page.click("text=Save")
    page.wait_for_url(re.compile("/settings/roles/[0-9a-f-]{36}/$"))
    page.uncheck("[data-code='stock.transfer.view']")
    page.click("text=Look at the changes")
    expect(page.get_by_text("May do no longer")).to_be_in_viewport()
    expect(page.locator("[name='confirmed']")).to_be_in_viewport()
    context.close()

    with schema_context(shop.database.schema), system(reason="look"):
        role = Role.objects.get(code="sender")
        held = {action.code: action.amount_max for action in role.actions.all()}
    assert held == {"stock.transfer.post": 500, "stock.transfer.view": None}
