"""Clients that work side by side, each in a process of its own, round by round.

A client warms up, says `ready`, and answers each line it reads, the length of a round, with what
the round cost. It lives on between rounds, so rounds may be short and those of several ways of
doing the same may take turns: what disturbs the machine for a second then disturbs all of them.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

from tongpan.config.installation import ROOT
from tongpan.config.laboratory import COMPANY, Laboratory

ROUND_S = 0.25
WARM = 30

Measured = dict[str, float]


class Clients:
    """So many clients of one module, with the same arguments and each with a seed of its own."""

    def __init__(
        self, lab: Laboratory, module: str, arguments: Sequence[str], count: int, seed: int
    ) -> None:
        self.name = f"{arguments[0]} x{count}{' hot' if '--hot' in arguments else ''}"
        environ = {**lab.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
                   "TONGPAN_COMPANY": COMPANY}  # fmt: skip
        command = [sys.executable, "-m", module, *arguments]
        self.processes = [
            subprocess.Popen([*command, "--seed", str(seed * 100 + n)], cwd=ROOT, env=environ,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for n in range(count)
        ]  # fmt: skip
        for process in self.processes:
            assert _said(process) == "ready\n", f"A client could not start: {self.name}."

    def round(self, seconds: float) -> Measured:
        """Let them work for so long; CPU is that of one thing done, client and server."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{seconds}\n")
            process.stdin.flush()
        found = [json.loads(_said(process)) for process in self.processes]
        done = sum(f["done"] for f in found)
        measured = {
            "client_ms": sum(f["client_s"] for f in found) / done * 1e3,
            "server_ms": sum(f["server_s"] for f in found) / done * 1e3,
            "cpu_ms": sum(f["client_s"] + f["server_s"] for f in found) / done * 1e3,
            "per_s": sum(f["done"] / f["elapsed_s"] for f in found),
            "p50_ms": max(f["p50_ms"] for f in found),
            "p99_ms": max(f["p99_ms"] for f in found),
        }
        return {name: round(value, 3) for name, value in measured.items()}

    def close(self) -> None:
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def _said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@contextmanager
def clients(
    lab: Laboratory, module: str, arguments: Sequence[str], count: int = 1, seed: int = 0
) -> Iterator[Clients]:
    found = Clients(lab, module, arguments, count, seed)
    try:
        yield found
    finally:
        found.close()


def alone(found: Clients, seconds: float) -> Measured:
    """One round of so many seconds."""
    measured = found.round(seconds)
    print(f"{found.name} {measured}", file=sys.stderr, flush=True)
    return measured


def by_turns(ways: dict[str, Clients], seconds: float) -> dict[str, list[Measured]]:
    """Short rounds of every way in turn, until each has worked for so many seconds."""
    rounds: dict[str, list[Measured]] = {way: [] for way in ways}
    for _ in range(max(3, round(seconds / ROUND_S))):
        for way, found in ways.items():
            rounds[way].append(found.round(ROUND_S))
    for way, measured in rounds.items():
        print(f"{ways[way].name} {middle(measured)}", file=sys.stderr, flush=True)
    return rounds


def middle(rounds: Sequence[Measured]) -> Measured:
    """The round in the middle, figure by figure."""
    return {name: round(median(r[name] for r in rounds), 3) for name in rounds[0]}


def ratio(ours: Sequence[Measured], limit: Sequence[Measured]) -> float:
    """How many times the limit's CPU ours takes: the middle of the rounds that ran together."""
    pairs = zip(ours, limit, strict=True)
    return round(median(mine["cpu_ms"] / bare["cpu_ms"] for mine, bare in pairs), 2)


# -- in the client -------------------------------------------------------------------------------


def work(once: Callable[[], int], server_pid: int, *, warm: int = WARM) -> None:
    """Warm up, then work a round for each line; `once` answers how many things it did."""
    for _ in range(warm):
        once()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_round(once, server_pid, float(line))), flush=True)


def _round(once: Callable[[], int], server_pid: int, seconds: float) -> Measured:
    done, times = 0, []
    server_s, client_s, began_s = cpu_s(server_pid), time.process_time(), time.perf_counter()
    while (at_s := time.perf_counter()) < began_s + seconds:
        done += once()
        times.append(time.perf_counter() - at_s)
    times.sort()
    return {
        "done": done,
        "elapsed_s": time.perf_counter() - began_s,
        "client_s": time.process_time() - client_s,
        "server_s": cpu_s(server_pid) - server_s,
        "p50_ms": times[len(times) // 2] * 1e3,
        "p99_ms": times[int(len(times) * 0.99)] * 1e3,
    }


def cpu_s(pid: int) -> float:
    """The CPU seconds that a process has used, as finely as the system tells them."""
    try:
        with open(f"/proc/{pid}/schedstat") as stat:
            return int(stat.read().split()[0]) / 1e9
    except FileNotFoundError:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
