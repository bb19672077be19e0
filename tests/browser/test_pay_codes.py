"""A code at the till, in a real browser: paid, declined, and unknown until it is known."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, expect

from tests.browser.test_till import MILK, PICTURES, Till, _signed_in, browser, served, shop
from tests.browser.walk import Look, axe, sideways
from tests.conftest import COMPANY
from tests.faces.live.pages import Web
from tongpan.base import env
from tongpan.business.membership.models import Member, WalletRule
from tongpan.business.till.models import PaymentMethod, Sale
from tongpan.config import pay_simulator as sim
from tongpan.engines.payments.models import Attempt
from tongpan.engines.payments.simulated import use_simulator
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.models import Person, RoleAction
from tongpan.kernel.org.scope import acting, system

__all__ = ["browser", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser
PAID, DECLINED, UNANSWERED, UNCONFIRMED = (
    f"1300000000000000{end}" for end in ("00", "13", "12", "11")
)


@pytest.fixture(autouse=True)
def simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the web server starts: it may ask a simulator, and does not wait for it for long."""
    monkeypatch.setenv("TONGPAN_PAYMENTS_SIMULATOR", "1")
    monkeypatch.setenv("TONGPAN_PAYMENTS_WAIT_S", "1")


@pytest.fixture
def till(shop: Web, browser: Browser, settings: Any, tmp_path: Path) -> Iterator[Till]:
    """The screen of North's till, where codes are charged by a simulator."""
    settings.PAYMENTS_SIMULATOR = True
    keys = sim.new_keys()
    simulator = sim.Simulator(keys, pace_s=0.5, hang_s=2.0)
    server = sim.server_of(simulator, 0)
    sim.serve_beside(server)
    place = tmp_path / "keys.json"
    sim.write_down(place, keys, f"http://127.0.0.1:{server.server_port}")
    lin, chain = shop.chain.people["lin"], shop.chain
    with schema_context(COMPANY), system(reason="the cast of the tests"):
        method = PaymentMethod.objects.create(code="CODE", name="扫码（模拟）", is_by_provider=True)
        card = PaymentMethod.objects.create(code="CARD", name="刷卡", is_by_provider=True)
        RoleAction.objects.create(role=lin.grants.get().role, code="payments.attempt.charge")
    with schema_context(COMPANY), acting(chain.people["zhou"], chain.units["hq"]):
        use_simulator(place, chain.units["north"].pk, method.pk, f"http://127.0.0.1:{shop.port}")
        told = {"name": "终端", "provider": "terminal", "method": str(card.pk), "facts": {},
                "unit": str(chain.units["north"].pk)}  # fmt: skip
        run("payments.account.save", env.new_id(), told)
    simulator.notify.clear()  # nobody tells: it must be asked for
    page = _signed_in(shop, browser, "lin", Look(1440)).new_page()
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    page.goto("/till/")
    page.get_by_role("button", name="1 号机").click()
    expect(page.locator("#scan")).to_be_focused()
    yield Till(page, said)
    server.shutdown()
    server.server_close()
    assert said == []


def test_a_card_is_paid_once_the_cashier_types_the_terminals_slip(till: Till) -> None:
    page = till.page
    till.scan(MILK)
    till.rows(1)
    page.keyboard.press("Enter")
    page.locator("[data-method=CARD]").click()
    page.keyboard.press("Enter")
    expect(page.locator("#terminal-slip")).to_be_focused()
    page.keyboard.press("F2")  # refused; the basket stands
    expect(page.locator("#terminal-box")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    till.see("凭证号", "#terminal-wrong")
    page.reload()  # what was begun is asked about again
    expect(page.locator("#terminal-slip")).to_be_focused()
    assert axe(page) == []
    page.keyboard.type("004417")
    page.keyboard.press("Enter")
    expect(page.locator("#finished")).to_contain_text("000001", timeout=20_000)

    with schema_context(COMPANY), system(reason="looking"):
        known = list(Attempt.unscoped.order_by("begun_at").values_list("state", "number"))
    assert known == [("declined", ""), ("charged", "004417")]


def test_codes_are_paid_declined_and_unknown_until_they_are_known(till: Till) -> None:
    page = till.page
    for nth, code in enumerate((PAID, DECLINED, UNANSWERED)):
        till.scan(MILK)
        till.rows(1)
        till.press("Enter")
        till.scan(code)
        if code == DECLINED:
            till.see("余额不足", "#trouble")
            till.see("模拟", "#trouble")
            assert axe(page) == []
            assert sideways(page) == []
            page.set_viewport_size({"width": 390, "height": 844})  # a phone says it as well
            expect(page.locator("#trouble .panel")).to_be_in_viewport(ratio=1)
            expect(page.locator(".pay")).to_be_in_viewport()
            assert sideways(page) == []
            page.set_viewport_size({"width": 1440, "height": 900})
            page.locator("[data-code-do=calm]").click()
            page.keyboard.type(PAID[0])  # another code of the same customer, in two pieces
            page.wait_for_timeout(200)
            till.scan(PAID[1:])
        if code == UNANSWERED:
            till.see("不要重复收款", "#trouble")
            page.reload()  # whatever happens to the page, it is asked for
        expect(page.locator("#finished")).to_contain_text(f"00000{nth + 1}", timeout=20_000)

    with schema_context(COMPANY), system(reason="looking"):
        states = list(Attempt.unscoped.order_by("begun_at").values_list("state", flat=True))
        used = Attempt.unscoped.exclude(used_at=None).count()
        assert Sale.unscoped.count() == 3
    assert states == ["charged", "declined", "charged", "charged"]
    assert used == 3


def test_a_top_up_by_a_code_survives_a_lost_answer_and_a_reload(till: Till) -> None:
    page = till.page
    with schema_context(COMPANY), system(reason="the cast of the tests"):
        role = Person.objects.get(username="lin").grants.get().role
        for code in ("membership.member.find", "stored_value.top_up.*"):
            RoleAction.objects.create(role=role, code=code)
        WalletRule.objects.create(
            code="LAW", valid_from=date(2026, 1, 1), unregistered_max=1000, registered_max=5000,
            named_from=10000,
        )  # fmt: skip
        Member.objects.create(code="HY1", phone="13800000001", joined_on=date(2026, 1, 2))
    page.reload()
    expect(page.locator("#scan")).to_be_focused()
    till.press("F4")
    expect(page.locator("#member-q")).to_be_focused()
    page.keyboard.type("HY1")
    till.press("Enter")
    till.see("138", "#member")
    for code in (DECLINED, UNANSWERED):
        till.press("F4")
        expect(page.locator("#member-amount")).to_be_focused()
        page.locator("#member-methods button", has_text="扫码").click()
        page.keyboard.type("100")
        till.press("Enter")
        expect(page.locator("#member-code")).to_be_focused()
        assert [*axe(page), *sideways(page)] == []
        till.see("收 ¥100.00", "#member-ok")
        page.screenshot(path=PICTURES / "top-up-code.png")
        till.scan(code)
        till.see("余额不足" if code == DECLINED else "不要重复收款", "#trouble")
    page.screenshot(path=PICTURES / "top-up-unknown.png")
    page.reload()

    till.see("100.00", "#said")
    till.see("储值", "#member")
    page.screenshot(path=PICTURES / "top-up-done.png")
    with schema_context(COMPANY), system(reason="looking"):
        assert Document.unscoped.get(type="stored_value.top_up").state == "posted"
        states = Attempt.unscoped.order_by("begun_at").values_list("state", flat=True)
        assert list(states) == ["declined", "charged"]
        assert Attempt.unscoped.exclude(used_at=None).count() == 1


def test_who_waits_for_a_confirmation_calls_it_off_by_the_key_on_the_button(till: Till) -> None:
    till.scan(MILK)
    till.rows(1)
    till.press("Enter")
    till.scan(UNCONFIRMED)
    till.see("F2", "[data-code-do=off]")

    till.press("F2")

    till.see("其他收款方式", "#trouble")
    till.rows(1)
    with schema_context(COMPANY), system(reason="looking"):
        assert Attempt.unscoped.get().state == "declined"
