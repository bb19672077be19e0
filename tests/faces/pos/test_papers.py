"""The till's own printer: slips that print by themselves, the drawer, and who carries them."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.chain import Chain
from tests.engines.printers.fake import FakePrinter, fake_printer
from tests.faces.pos.conftest import Machine
from tests.faces.pos.test_asking import line
from tongpan.base import env
from tongpan.config.commands.print_agent import Agent
from tongpan.engines.printers.carrying import Journal
from tongpan.engines.printers.models import Printer, PrintJob
from tongpan.engines.printers.sending import send
from tongpan.engines.prints.strips import Kick, interpreted
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import History
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.kernel.org.tokens import make_token

AtTill = Callable[..., Machine]
MILK = "6901234500017"


@pytest.fixture
def printer(chain: Chain, settings: Any, tmp_path: Path) -> Iterator[FakePrinter]:
    """North's till has a network printer that the server reaches."""
    settings.DATA = tmp_path
    for code in ("till.drawer.open",):
        for name in ("lin", "chen"):
            role = chain.people[name].grants.get().role
            RoleAction.objects.get_or_create(role=role, code=code)
    with fake_printer() as made:
        given = {"till": str(chain.units["till"].pk), "address": made.address, "width": "58"}
        with acting(chain.people["zhou"], chain.units["hq"]):
            run("printers.printer.save", payload=given)
        yield made


def carry_out() -> None:
    """What the worker would do now."""
    with system(reason="tests"):
        waiting = PrintJob.unscoped.filter(state="waiting").order_by("made_at")
        for pk in waiting.values_list("pk", flat=True):
            send(str(pk))


def sold(machine: Machine, way: str = "CASH") -> str:
    milk = machine.ask("scan", q=MILK)["line"]
    paid = [{"method": way, "amount": "12.90", "tendered": "12.90"}]
    return str(
        machine.tell("sell", id=env.new_id(), lines=[line(milk)], payments=paid)["slip"]["id"]
    )


def test_a_slip_prints_by_itself_and_opens_the_drawer_for_cash(
    printer: FakePrinter, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    slip, paper = sold(machine), env.new_id()

    machine.tell(f"slip/{slip}/paper", id=paper)
    machine.tell(f"slip/{slip}/paper", id=paper)  # the answer was lost, and it is asked again
    before = machine.ask("paper", id=paper)
    carry_out()
    after = machine.ask("paper", id=paper)

    assert (before["state"], after["state"]) == ("waiting", "printed")
    (content,) = printer.printed
    strip = interpreted(content, 58)
    assert isinstance(strip.parts[0], Kick)
    assert "重印" not in "".join(strip.grid)
    assert History.objects.filter(action="till.sale.print", subject=slip).count() == 1


def test_a_reprint_says_so_opens_nothing_and_is_written_down(
    printer: FakePrinter, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    slip = sold(machine)
    machine.tell(f"slip/{slip}/paper", id=env.new_id())

    machine.tell(f"slip/{slip}/paper", id=env.new_id())
    carry_out()

    strip = interpreted(printer.printed[1], 58)
    assert sum(text.strip() == "重印 2" for text in strip.grid) == 2
    assert not any(isinstance(part, Kick) for part in strip.parts)
    assert History.objects.filter(action="till.sale.print", subject=slip).count() == 2


def test_a_sale_without_cash_leaves_the_drawer_shut(
    printer: FakePrinter, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    slip = sold(machine, "WECHAT")

    machine.tell("kick", slip=slip, id=env.new_id())
    machine.tell(f"slip/{slip}/paper", id=env.new_id())
    carry_out()

    assert [isinstance(interpreted(c, 58).parts[0], Kick) for c in printer.printed] == [False]


def test_a_printer_without_paper_is_told_at_the_till_and_prints_later(
    printer: FakePrinter, at_the_till: AtTill
) -> None:
    machine, paper = at_the_till("lin"), env.new_id()
    printer.paper = 0x72
    machine.tell(f"slip/{sold(machine)}/paper", id=paper)
    carry_out()
    carry_out()
    told = machine.ask("paper", id=paper)
    printer.paper = 0x12
    carry_out()

    assert told["trouble"] == "打印机缺纸。"
    assert machine.ask("paper", id=paper)["state"] == "printed"


def test_the_drawer_opens_for_a_reason_that_is_kept(
    printer: FakePrinter, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")

    refused = machine.tell("drawer", id=env.new_id(), reason=" ")
    machine.tell("drawer", id=env.new_id(), reason="换零钱")
    carry_out()

    assert refused["refused"]["problems"][0]["message"] == "请填写开钱箱的原因。"
    assert [interpreted(content, 58).grid for content in printer.printed] == [["[kick]"]]
    assert History.objects.get(action="till.drawer.open").note == "换零钱"


def test_who_may_not_open_the_drawer_is_refused(printer: FakePrinter, at_the_till: AtTill) -> None:
    RoleAction.objects.filter(code="till.drawer.open").delete()

    answer = at_the_till("lin").client.post(
        "/till/drawer",
        f'{{"id": "{env.new_id()}", "reason": "x"}}',
        content_type="application/json",
    )

    assert answer.status_code == 404
    assert not PrintJob.unscoped.exists()


def test_a_till_without_a_printer_leaves_it_to_the_browser(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")

    answer = machine.tell(f"slip/{sold(machine)}/paper", id=env.new_id())

    assert answer["refused"]["code"] == "no_printer"
    assert not History.objects.filter(action="till.sale.print").exists()


# -- the agent beside the till -------------------------------------------------------------------


class Asked:
    """The server as an agent sees it; `lost` answers never arrive."""

    def __init__(self, token: str, till: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}", "Tongpan-Unit": till})
        self.lost = 0

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.client.post(f"/api/v1/papers/{path}", body, content_type="application/json")
        if self.lost:
            self.lost -= 1
            raise env.Unreachable("the line is cut")
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def agent(chain: Chain, printer: FakePrinter, tmp_path: Path) -> Agent:
    """The printer stands at the till's own computer, where an agent runs."""
    Printer.unscoped.update(by="agent", way="folder", address="")
    chen = chain.people["chen"]
    RoleAction.objects.get_or_create(role=chen.grants.get().role, code="printers.job.carry")
    with acting(chain.people["zhou"], chain.units["hq"]):
        _token, secret = make_token(chen, "打印", ["printers.job.carry"], days=30)
    server = Asked(secret, chain.units["till"].code)
    return Agent(server, Journal(tmp_path / "kept"), tmp_path / "out", ())  # type: ignore[arg-type]


def test_an_agent_prints_what_waits_for_its_till_once(
    agent: Agent, at_the_till: AtTill, tmp_path: Path
) -> None:
    machine, paper = at_the_till("lin"), env.new_id()
    assert agent.turn() > 0
    machine.tell(f"slip/{sold(machine)}/paper", id=paper)

    agent.turn()
    agent.turn()

    assert [path.stem for path in (tmp_path / "out").glob("*.prn")] == [str(paper)]
    assert machine.ask("paper", id=paper)["state"] == "printed"
    assert agent.printed == 1
    assert History.objects.filter(action="printers.job.take").count() == 1  # silence is not kept


def test_a_lost_answer_makes_no_second_paper(
    agent: Agent, at_the_till: AtTill, tmp_path: Path
) -> None:
    machine, paper = at_the_till("lin"), env.new_id()
    machine.tell(f"slip/{sold(machine)}/paper", id=paper)
    server: Any = agent.server
    taken = server.ask("take", {})["paper"]
    assert base64.b64decode(taken["content"]).endswith(b"\x1dVB\x00")
    PrintJob.unscoped.update(taken_at=env.now().replace(year=2020))  # nobody heard of it since
    first = tmp_path / "out" / f"{paper}.prn"

    server.lost = 0
    agent.turn()
    written = first.stat().st_mtime_ns
    PrintJob.unscoped.update(state="taken", taken_at=env.now().replace(year=2020))  # settling lost
    agent.turn()

    assert first.stat().st_mtime_ns == written
    assert PrintJob.unscoped.get(pk=UUID(str(paper))).state == "printed"


def test_an_agent_without_a_server_says_so_and_waits(
    agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    server: Any = agent.server
    server.lost = 2

    assert agent.turn() == agent.turn() == 5.0

    assert capsys.readouterr().err.count("the line is cut") == 1


def test_a_token_of_another_store_sees_no_papers(
    agent: Agent, chain: Chain, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    machine.tell(f"slip/{sold(machine)}/paper", id=env.new_id())
    nobody = Client(headers={"Authorization": "Bearer tp_x", "Tongpan-Unit": "S01-1"})

    answer = nobody.post("/api/v1/papers/take", {}, content_type="application/json")

    assert answer.status_code == 401
    assert PrintJob.unscoped.get().state == "waiting"
