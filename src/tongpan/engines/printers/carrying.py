"""Carrying one paper to a printer, once: the same at the server and in the agent beside a till.

What was begun is remembered on disk before the first byte leaves, so that whoever was stopped in
the middle, or is told of the same paper again, prints nothing twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tongpan.base import env
from tongpan.engines.prints.escpos import DLE
from tongpan.engines.prints.labels import is_for_labels

CONNECT_S, PRINT_S, ANSWER_S = 3.0, 20.0, 0.3
KEEP_S = 30 * 24 * 3600
PAPER, OFFLINE = DLE + b"\x04\x04", DLE + b"\x04\x02"  # DLE EOT: real-time status
PAPER_END, COVER_OPEN, ERROR = 0x60, 0x04, 0x40
FIXED, FIXED_BITS = 0x12, 0x93  # bits that each answer has: a printer speaks, and no noise


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is to be printed: where, and its bytes."""

    id: UUID
    way: str
    address: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it: `state` is printed, failed or waiting; `said` the code of a sentence."""

    state: str
    said: str = ""


class Journal:
    """Which papers were begun and which were printed, a small file for each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, paper: UUID) -> str:
        """printed, begun or nothing."""
        for state in ("printed", "begun"):
            if (self.folder / f"{paper}.{state}").exists():
                return state
        return ""

    def note(self, paper: UUID, state: str) -> None:
        env.write_whole(self.folder, f"{paper}.{state}", b"")

    def forget(self, paper: UUID) -> None:
        (self.folder / f"{paper}.begun").unlink(missing_ok=True)

    def forget_old(self) -> None:
        """Forget those of a month ago; nobody asks for them again."""
        for path in env.files_older_than(self.folder, KEEP_S):
            path.unlink(missing_ok=True)


class NotReady(Exception):
    """Nothing was printed; the text is the code of the sentence that says why."""


def carry(paper: Paper, journal: Journal, *, folder: Path | None, devices: tuple[str, ...]) -> Came:
    """Print it, unless it was printed before. `folder` is where papers become files, `devices` the
    paths that may be printed to here."""
    before = journal.of(paper.id)
    if before:
        return Came("printed") if before == "printed" else Came("failed", "cut_off")
    try:
        if paper.way == "folder":
            if folder is None:
                raise NotReady("not_allowed_here")
            env.write_whole(folder, f"{paper.id}.prn", paper.content)
        else:
            with _wire(paper, devices) as wire:
                answers = not is_for_labels(paper.content)
                if answers:
                    refuse_trouble(wire)
                journal.note(paper.id, "begun")
                wire.say(paper.content, PRINT_S)
                if answers:
                    refuse_trouble(wire)
    except NotReady as why:
        if journal.of(paper.id):
            return Came("failed", str(why))  # it ran out in the middle
        return Came("failed" if str(why) == "not_allowed_here" else "waiting", str(why))
    except OSError:
        return (
            Came("failed", "cut_off") if journal.of(paper.id) else Came("waiting", "printer_away")
        )
    journal.note(paper.id, "printed")
    journal.forget(paper.id)
    return Came("printed")


@contextmanager
def _wire(paper: Paper, devices: tuple[str, ...]) -> Iterator[env.Wire]:
    try:
        if paper.way == "network":
            host, _colon, port = paper.address.partition(":")
            with env.network_printer(host, int(port or 9100), CONNECT_S) as wire:
                yield wire
        elif paper.address in devices:
            with env.device(paper.address) as wire:
                yield wire
        else:
            raise NotReady("not_allowed_here")
    except env.Unreachable:
        raise NotReady("printer_away") from None


def refuse_trouble(wire: env.Wire) -> None:
    """Ask a printer how it is. One that cannot answer is taken to be well.

    Errors: NotReady.

    Source: ESC/POS Command Reference, DLE EOT.
    """
    offline, paper = _asked(wire, OFFLINE), _asked(wire, PAPER)
    if paper & PAPER_END:
        raise NotReady("paper_out")
    if offline & COVER_OPEN:
        raise NotReady("cover_open")
    if offline & ERROR:
        raise NotReady("printer_error")


def _asked(wire: env.Wire, question: bytes) -> int:
    """The last status byte of the answer, or 0. What is no answer is not looked at."""
    wire.say(question, ANSWER_S)
    answer = wire.hear(ANSWER_S)
    is_status = bool(answer) and all(byte & FIXED_BITS == FIXED for byte in answer)
    return answer[-1] if is_status else 0
