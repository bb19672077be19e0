"""Shifts on the till's screen: what it asks, what it must not say before the count, and paper."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.chain import Chain
from tests.faces.pos.conftest import Machine
from tests.faces.pos.test_asking import line, sell
from tests.faces.pos.test_papers import carry_out, printer
from tongpan.base import env
from tongpan.engines.prints.strips import interpreted
from tongpan.kernel.org.models import RoleAction, SettingValue

__all__ = ["printer"]  # a fixture
AtTill = Callable[..., Machine]


@pytest.fixture(autouse=True)
def keepers(chain: Chain) -> None:
    """Lin keeps shifts; Chen may look into them and closes days."""
    for name, codes in (
        ("lin", ("till.shift.keep",)),
        ("chen", ("till.shift.keep", "till.shift.look", "till.shift.view", "till.day.close")),
    ):
        role = chain.people[name].grants.get().role
        for code in codes:
            RoleAction.objects.get_or_create(role=role, code=code)


def begun(machine: Machine, amount: str = "100") -> None:
    assert machine.tell("shift/open", id=env.new_id(), float=amount) == {"is_open": True}
    milk = machine.ask("scan", q="10001")["line"]
    sell(machine, [line(milk)], "12.90")


def closed(machine: Machine, **more: Any) -> Any:
    counts = [{"kind": "note", "face": "100", "pieces": 1},
              {"kind": "coin", "face": "0.5", "pieces": "25"}]  # fmt: skip
    return machine.tell("shift/close", id=env.new_id(), counts=counts, kept="100", **more)


def test_the_count_is_blind(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    begun(machine)

    told = machine.ask("shift")

    assert told["shift"]["float"] == "¥100.00"
    assert "12.9" not in str(told)
    assert machine.ask("takings")["refused"]["code"] == "counted_blind"
    assert machine.client.get("/till/shift/report").status_code == 404
    assert machine.tell("shift/paper", id=env.new_id())["refused"]["code"] == "no_printer"


def test_a_manager_may_look_into_a_running_shift(at_the_till: AtTill) -> None:
    begun(at_the_till("lin"))

    report = at_the_till("chen").ask("shift/report")["report"]

    rows = {row["text"]: row["value"] for row in report}
    assert rows["应有现金"] == "¥112.90"
    assert rows["销售 × 1"] == "12.90"
    assert "left" in at_the_till("chen").ask("takings")


def test_the_report_says_what_was_over_and_short_and_prints(
    printer: Any, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    begun(machine)

    done = closed(machine, remark="少一枚硬币")
    machine.tell("shift/paper", id=env.new_id(), shift=done["id"])
    carry_out()

    rows = {row["text"]: row["value"] for row in done["report"]}
    assert rows["长短款"] == "−¥0.40"
    assert rows["上交现金"] == "12.50"
    assert rows["· 钱箱少了 ¥0.40。"] == ""
    grid = interpreted(printer.printed[-1], 58).grid
    assert any(text.startswith("长短款") and text.endswith("-￥0.40") for text in grid)
    assert "备注" in "".join(grid)
    assert machine.ask("shift")["float"] == "100"


def test_a_store_that_needs_shifts_says_so_before_the_first_payment(
    chain: Chain, at_the_till: AtTill
) -> None:
    SettingValue.objects.create(unit=chain.units["north"], code="till.shift_needed", value=True)
    machine = at_the_till("lin")

    before = machine.client.get("/till/").content.decode()
    begun(machine)
    after = machine.client.get("/till/").content.decode()

    assert '"is_missing": true' in before
    assert '"is_missing": false' in after


def test_a_till_whose_clerks_keep_no_shifts_has_none_of_it(
    chain: Chain, at_the_till: AtTill
) -> None:
    RoleAction.objects.filter(role=chain.people["lin"].grants.get().role,
                              code="till.shift.keep").delete()  # fmt: skip

    page = at_the_till("lin").client.get("/till/").content.decode()

    assert "shift-box" not in page
    assert '"is_kept": false' in page


def test_the_day_lists_shifts_and_what_was_odd_and_closes_all_the_same(
    chain: Chain, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    begun(machine)
    closed(machine)
    chen = at_the_till("chen").client

    before = chen.get("/sales/tills/", follow=True).content.decode()
    chen.post("/sales/tills/close", {"store": str(chain.units["north"].pk)})
    after = chen.get("/sales/tills/", follow=True).content.decode()

    assert "JB-S01-1-" in before
    assert "钱箱少了 ¥0.40。" in before
    assert "日结人" in after
    assert "日结人" not in before
