"""Paper and shifts in a real browser: a slip prints by itself, a shift from float to Z by keys."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import expect

from tests.browser.test_till import MILK, PICTURES, Open, browser, kept, opened, shop
from tests.browser.walk import FEW_LOOKS, Look, axe, sideways
from tests.faces.live.pages import Web, served
from tongpan.business.shifts.models import Shift
from tongpan.engines.printers.carrying import Journal, Paper, carry
from tongpan.engines.printers.models import PrintJob
from tongpan.engines.prints.strips import interpreted
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit, RoleAction
from tongpan.kernel.org.scope import system

__all__ = ["browser", "opened", "served", "shop"]  # fixtures
pytestmark = pytest.mark.browser


@pytest.fixture
def equipped(shop: Web) -> Web:
    """Lin keeps shifts and opens the drawer; the till has a printer that is a folder."""
    with schema_context(shop.database.schema), system(reason="the cast of the tests"):
        for code in ("till.shift.keep", "till.shift.look", "till.drawer.open"):
            role = shop.chain.people["lin"].grants.get().role
            RoleAction.objects.get_or_create(role=role, code=code)
        till = OrgUnit.objects.get(code="S01-1")
        given = {"till": str(till.pk), "way": "folder", "by": "agent", "width": "58"}
        run("printers.printer.save", payload=given)
    return shop


def papers(shop: Web, folder: Path) -> list[bytes]:
    """What an agent beside the till finds and prints, as files in a folder."""
    with schema_context(shop.database.schema), system(reason="an agent"):
        for job in PrintJob.unscoped.filter(state="waiting").order_by("made_at"):
            paper = Paper(job.pk, job.printer.way, "", bytes(job.content))
            came = carry(paper, Journal(folder / "journal"), folder=folder, devices=())
            run("printers.job.settle", job.pk, {"state": came.state, "said": came.said})
    return [path.read_bytes() for path in sorted(folder.glob("*.prn"))]


def test_a_sale_prints_by_itself_and_no_dialog_opens(
    equipped: Web, opened: Open, tmp_path: Path
) -> None:
    till = opened()
    till.page.evaluate("() => { window.print = () => { window.printed = true } }")
    till.scan(MILK)
    till.rows(1)

    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")
    till.see("已发到打印机", "#toast")

    (content,) = papers(equipped, tmp_path)
    grid = interpreted(content, 58).grid
    assert grid[0] == "[kick]"
    assert any("鲜牛奶 950 mL" in text for text in grid)
    assert not till.page.evaluate("window.printed")


def test_a_shift_from_float_to_z_by_keys_alone(equipped: Web, opened: Open, tmp_path: Path) -> None:
    till = opened()
    till.press("F10")
    expect(till.page.locator("#shift-float")).to_be_focused()
    till.page.keyboard.type("100")
    till.press("Enter")
    expect(till.page.locator("#shift-box")).not_to_be_visible()
    till.scan(MILK)
    till.rows(1)
    till.press("Enter", "Enter")
    till.see("LS-S01-1-", "#finished")

    till.press("F10")
    till.see("林", "#shift-since")
    till.press("Enter")
    expect(till.page.locator("#face-0")).to_be_focused()
    for pieces in ("1", "", "", "1", "", "2", "", "1", "4"):  # 100 + 10 + 2 + 0.50 + 0.40
        till.page.keyboard.type(pieces)
        till.press("Enter")
    expect(till.page.locator("#shift-sum")).to_have_text("¥112.90")
    expect(till.page.locator("#shift-kept")).to_be_focused()
    till.press("Enter", "Enter")
    till.see("交班报表", "#shift-report")
    till.see("JB-S01-1-", "#shift-report")
    expect(till.page.locator("#shift-print")).to_be_focused()
    with till.page.expect_response("**/till/shift/paper"):
        till.press("Enter")

    (shift,) = kept(equipped, Shift)
    assert (shift.expected, shift.difference, shift.kept) == (
        Decimal("112.90"), Decimal(0), Decimal(100),
    )  # fmt: skip
    printed = papers(equipped, tmp_path)
    assert any("JB-S01-1-" in "".join(interpreted(one, 58).grid) for one in printed)


def test_a_drawer_with_less_than_its_float_leaves_what_it_holds(
    equipped: Web, opened: Open
) -> None:
    till = opened()
    till.press("F10")
    expect(till.page.locator("#shift-float")).to_be_focused()
    till.page.keyboard.type("100")
    till.press("Enter")
    expect(till.page.locator("#shift-box")).not_to_be_visible()

    till.press("F10")
    till.see("林", "#shift-since")
    till.press("Enter")
    expect(till.page.locator("#face-0")).to_be_focused()
    for pieces in ("", "1", "", "", "", "", "", "", ""):
        till.page.keyboard.type(pieces)
        till.press("Enter")
    expect(till.page.locator("#shift-kept")).to_have_value("50.00")
    till.press("Enter", "Enter")
    till.see("JB-S01-1-", "#shift-report")

    (shift,) = kept(equipped, Shift)
    assert (shift.difference, shift.kept) == (Decimal(-50), Decimal(50))


def test_the_drawer_asks_why(equipped: Web, opened: Open, tmp_path: Path) -> None:
    till = opened()

    till.press("Alt+d")
    expect(till.page.locator("#drawer-reason")).to_be_focused()
    till.press("Enter")
    expect(till.page.locator("#drawer-box")).to_be_visible()
    till.page.keyboard.type("换零钱")
    till.press("Enter")
    till.see("钱箱开了", "#toast")

    assert [interpreted(one, 58).grid for one in papers(equipped, tmp_path)] == [["[kick]"]]


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_the_dialogs_look_right_and_leave_nobody_out(
    equipped: Web, opened: Open, look: Look
) -> None:
    till = opened("lin", look)
    PICTURES.mkdir(parents=True, exist_ok=True)

    def seen(name: str) -> None:
        till.page.screenshot(path=PICTURES / f"{name}-{look}.png")
        assert axe(till.page) == [], name
        assert sideways(till.page) == [], name

    till.press("Alt+d")
    expect(till.page.locator("#drawer-reason")).to_be_focused()
    seen("drawer")
    till.press("Escape")
    expect(till.page.locator("#drawer-box")).not_to_be_visible()
    till.press("F10")
    expect(till.page.locator("#shift-float")).to_be_focused()
    seen("shift-open")
    till.press("Enter")
    expect(till.page.locator("#shift-box")).not_to_be_visible()
    till.press("F10")
    expect(till.page.locator("#shift-since")).to_have_text(re.compile("¥0.00"))
    seen("shift-running")
    till.press("Enter")
    seen("shift-count")
    for _field in range(11):
        till.press("Enter")
    expect(till.page.locator("#shift-print")).to_be_focused()
    seen("shift-report")
