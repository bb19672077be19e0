"""The print agent beside a till: takes what its till prints, and prints it, each paper once.

`print-agent --server URL --till CODE --token TOKEN`, or the token in TONGPAN_TOKEN. It prints to
network printers, to USB printers (/dev/usb/lp*, /dev/lp*, and others named with --device), and into
a folder (--folder). What was begun is remembered in --journal, so a paper is not printed twice.
"""

import argparse
import base64
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from tongpan.base import env
from tongpan.config.installation import CannotRun
from tongpan.engines.printers.carrying import Journal, Paper, carry
from tongpan.faces.cli import Result

NAME, NEEDS = "print-agent", "nothing"
HELP = "收银机旁的打印程序 · prints what a till's slips are"
ASK_EVERY_S, AFTER_SILENCE_S, TIMEOUT_S = 1.0, 5.0, 15.0
ANSWER_MAX = 2**20
FORGET_EVERY = 3600  # turns
DEVICES = tuple(f"/dev/{folder}lp{n}" for folder in ("usb/", "") for n in range(10))
SAID = {
    "printer_away": "打印机没有应答 · the printer does not answer",
    "paper_out": "打印机缺纸 · the printer has no paper",
    "cover_open": "打印机开盖 · the printer's cover is open",
    "printer_error": "打印机出错 · the printer has an error",
    "cut_off": "打印中断，请看纸有没有出来 · cut off while printing: look whether it is there",
    "not_allowed_here": "本机不打印到那里，见 --device 和 --folder · see --device and --folder",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", required=True, help="服务器地址 · such as https://shop.example")
    parser.add_argument(
        "--till", required=True, metavar="CODE", help="收银机编号 · the till's code"
    )
    parser.add_argument("--token", default="", help="接口令牌 · or in TONGPAN_TOKEN")
    parser.add_argument("--device", action="append", default=[], help="可打印的设备 · a device")
    parser.add_argument("--folder", type=Path, help="文件打印的目录 · where files are written")
    parser.add_argument("--journal", type=Path, help="已打印记录 · what was printed already")
    parser.add_argument("--turns", type=int, default=0, help="问几次后结束 · end after so many")


def run(given: argparse.Namespace) -> Result:
    token = given.token or os.environ.get("TONGPAN_TOKEN", "")
    if not token:
        raise CannotRun("缺少令牌：--token 或 TONGPAN_TOKEN。\nA token is needed.")
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    journal = given.journal or state / "tongpan" / "printed" / given.till.replace("/", "_")
    agent = Agent(
        Server(given.server.rstrip("/"), token, given.till), Journal(journal),
        folder=given.folder, devices=(*DEVICES, *given.device),
    )  # fmt: skip
    print(f"{given.till}: {given.server}", file=sys.stderr, flush=True)
    turns = 0
    while not given.turns or turns < given.turns:
        turns += 1
        env.sleep(agent.turn())
        if turns % FORGET_EVERY == 1:
            agent.journal.forget_old()
    return Result(facts={"printed": agent.printed, "turns": turns}, text=f"{agent.printed}")


@dataclass(frozen=True)
class Server:
    """The server, asked with a token for one till."""

    url: str
    token: str
    till: str

    def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Errors: env.Unreachable; Refused when it says no."""
        headers = {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
            "Tongpan-Unit": self.till, "User-Agent": "Tongpan-Print-Agent",
        }  # fmt: skip
        answer = env.post(
            f"{self.url}/api/v1/papers/{path}", json.dumps(body).encode(), headers,
            timeout_s=TIMEOUT_S, may_be_private=True, answer_max=ANSWER_MAX,
        )  # fmt: skip
        if answer.status >= 400:
            raise Refused(f"{answer.status} {answer.text[:200]}")
        found: dict[str, Any] = json.loads(answer.text)
        return found


class Refused(Exception):
    """The server answered, and said no."""


@dataclass
class Agent:
    """One till's printing: `turn` does what there is, and says how long to wait."""

    server: Server
    journal: Journal
    folder: Path | None
    devices: tuple[str, ...]
    printed: int = 0
    _said: str = field(default="", repr=False)

    def turn(self) -> float:
        try:
            given = self.server.ask("take", {})["paper"]
            if given is None:
                self.say("")
                return ASK_EVERY_S
            paper = Paper(
                UUID(given["id"]), given["way"], given["address"],
                base64.b64decode(given["content"]),
            )  # fmt: skip
            came = carry(paper, self.journal, folder=self.folder, devices=self.devices)
            self.server.ask(f"{paper.id}/settle", {"state": came.state, "said": came.said})
        except (env.Unreachable, Refused, ValueError, KeyError) as why:
            # What was printed is in the journal; it is told when the server gives it out again.
            self.say(f"服务器没有应答 · no answer from the server: {why}")
            return AFTER_SILENCE_S
        self.printed += came.state == "printed"
        self.say(f"{given['title']}: {SAID.get(came.said, came.said)}" if came.said else "")
        return 0.0 if came.state == "printed" else ASK_EVERY_S

    def say(self, text: str) -> None:
        """Say something once, not every second."""
        if text and text != self._said:
            print(text, file=sys.stderr, flush=True)
        self._said = text
