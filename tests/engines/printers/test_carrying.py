"""A paper is carried to a printer once, whatever happens on the way."""

import os
import tty
from pathlib import Path
from uuid import UUID

import pytest

from tests.engines.printers.fake import fake_printer
from tongpan.base import env
from tongpan.engines.printers.carrying import Came, Journal, Paper, carry
from tongpan.engines.prints.escpos import Roll


def a_paper(way: str = "network", address: str = "") -> Paper:
    roll = Roll(58)
    roll.text("通盘")
    roll.cut()
    return Paper(env.new_id(), way, address, roll.content)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def carried(paper: Paper, journal: Journal, folder: Path | None = None, *devices: str) -> Came:
    return carry(paper, journal, folder=folder, devices=devices)


@pytest.mark.parametrize("is_mute", [False, True])
def test_a_network_printer_prints_a_paper_once(journal: Journal, is_mute: bool) -> None:
    with fake_printer() as printer:
        printer.is_mute = is_mute
        paper = a_paper(address=printer.address)

        first, again = carried(paper, journal), carried(paper, journal)

    assert first == again == Came("printed")
    assert [content for content in printer.printed if content] == [paper.content]


@pytest.mark.parametrize(
    ("paper", "offline", "said"),
    [(0x72, 0x12, "paper_out"), (0x12, 0x16, "cover_open"), (0x12, 0x52, "printer_error")],
)
def test_a_printer_that_is_not_ready_says_why_and_gets_nothing(
    journal: Journal, paper: int, offline: int, said: str
) -> None:
    with fake_printer() as printer:
        printer.paper, printer.offline = paper, offline
        one = a_paper(address=printer.address)
        came = carried(one, journal)
        printer.paper = printer.offline = 0x12
        later = carried(one, journal)

    assert came == Came("waiting", said)
    assert later == Came("printed")
    assert b"".join(printer.printed) == one.content


def test_a_printer_that_is_off_is_tried_again(journal: Journal) -> None:
    with fake_printer() as printer:
        address = printer.address

    assert carried(a_paper(address=address), journal) == Came("waiting", "printer_away")


def test_what_was_cut_off_in_the_middle_is_not_printed_again_by_itself(journal: Journal) -> None:
    with fake_printer() as printer:
        one = a_paper(address=printer.address)
        journal.note(one.id, "begun")

        assert carried(one, journal) == Came("failed", "cut_off")
        assert printer.printed == []


def test_paper_that_runs_out_in_the_middle_is_told(journal: Journal) -> None:
    with fake_printer() as printer:
        printer.breaks_after = 4
        came = carried(a_paper(address=printer.address), journal)

    assert came.state == "failed"
    assert came.said in ("paper_out", "cut_off")


def test_a_file_for_each_paper(journal: Journal, tmp_path: Path) -> None:
    one = a_paper("folder")

    assert carried(one, journal, tmp_path / "out") == Came("printed")

    assert (tmp_path / "out" / f"{one.id}.prn").read_bytes() == one.content
    assert carried(a_paper("folder"), journal) == Came("failed", "not_allowed_here")


def test_a_device_is_written_to_only_where_this_computer_allows_it(journal: Journal) -> None:
    printer, device = os.openpty()  # a line that can be spoken to from both ends
    tty.setraw(device)
    path = os.ttyname(device)
    one = a_paper("device", path)

    refused = carried(a_paper("device", "/etc/passwd"), journal, None, path)
    came = carried(one, journal, None, path)
    got = os.read(printer, 4096)
    os.close(printer)
    os.close(device)

    assert refused == Came("failed", "not_allowed_here")
    assert came == Came("printed")
    assert one.content in got


@pytest.mark.parametrize("address", ["127.0.0.1:22", "8.8.8.8:9100"])
def test_nothing_is_sent_to_what_is_no_printer_of_our_network(
    journal: Journal, address: str
) -> None:
    assert carried(a_paper(address=address), journal) == Came("waiting", "printer_away")


def test_notes_of_a_month_ago_are_forgotten(journal: Journal) -> None:
    old, new = UUID(int=1), UUID(int=2)
    journal.note(old, "printed")
    journal.note(new, "printed")
    os.utime(journal.folder / f"{old}.printed", (0, 0))

    journal.forget_old()

    assert (journal.of(old), journal.of(new)) == ("", "printed")
