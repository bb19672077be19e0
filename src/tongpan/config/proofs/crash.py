"""`kill -9` of tills and of the database under load: what was acknowledged is there, once.

Tills sell as fast as they can and acknowledge each sale through a pipe after its commit. Whenever
one is killed, or the database is, the sale whose fate nobody knows is told again under its id.
"""

import argparse
import os
import signal
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.db import connection

from tongpan.base import env
from tongpan.config import embedded
from tongpan.config.laboratory import DATA, Laboratory, Worker, laboratory, named, put_on_shelves
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.checks import verify

HELP = "随时断电不丢账 · kill -9 of programs and of the database loses nothing"
TILLS, ITEMS = 3, 20
PLENTY = 1_000_000
ACKNOWLEDGED_MIN = 1000
RESTART_S_MAX = 5


@dataclass
class Load:
    """What the tills are doing, seen by everybody."""

    lab: Laboratory
    tills: list[Worker | None] = field(default_factory=lambda: [None] * TILLS)
    acknowledged: list[UUID] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    is_over: bool = False


def run(given: argparse.Namespace) -> Result:
    with laboratory() as lab:
        put_on_shelves(1, range(ITEMS), PLENTY, Decimal("1.00"))
        connection.close()
        load = Load(lab)
        threads = [threading.Thread(target=_sell, args=(load, n)) for n in range(TILLS)]
        for thread in threads:
            thread.start()
        try:
            restarts_s = _strike(load, given.kills)
            _wait_for(load, ACKNOWLEDGED_MIN)
        finally:
            load.is_over = True
            for thread in threads:
                thread.join(30)
        facts = {
            "kills": given.kills,
            "acknowledged": len(load.acknowledged),
            **_counted(load),
            "user_errors": len(load.odd),
            "violations": sum(len(found.violations) for found in verify()),
            "restart_s_max": round(max(restarts_s), 2),
        }
    bad = ("lost", "doubled", "violations", "user_errors")
    holds = (
        facts["acknowledged"] >= ACKNOWLEDGED_MIN
        and not any(facts[name] for name in bad)
        and facts["restart_s_max"] <= RESTART_S_MAX
    )
    return Result(holds=holds, facts=facts, text="\n".join(f"{k}: {v}" for k, v in facts.items()))


def _strike(load: Load, kills: int) -> list[float]:
    """Kill a till and the database in turn; answers how long until a sale was acknowledged."""
    restarts_s = [0.0]
    for n in range(kills):
        _wait_for(load, len(load.acknowledged) + 10)
        env.sleep(0.2 * env.jitter())
        if n % 2 == 0:
            till = load.tills[n % TILLS]
            if till is not None:
                till.kill()
        else:
            began_s = env.monotonic_s()
            _kill_database()
            embedded.start(DATA, dies_with_us=False)
            _wait_for(load, len(load.acknowledged) + 1)
            restarts_s.append(env.monotonic_s() - began_s)
    return restarts_s


def _kill_database() -> None:
    """The postmaster and every process of it, at once: a power cut without the power cut."""
    cluster = embedded.home(DATA) / "postgres"
    postmaster = int((cluster / "postmaster.pid").read_text().split()[0])
    children = [
        int(place.name)
        for place in Path("/proc").iterdir()
        if place.name.isdigit() and _parent(place) == postmaster
    ]
    for process in (postmaster, *children):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _parent(place: Path) -> int | None:
    try:
        return int((place / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


def _sell(load: Load, number: int) -> None:
    """Keep a till selling, in a new process whenever it was killed."""
    telling: UUID | None = None
    while not load.is_over:
        till = load.lab.start("tongpan.config.proofs.till")
        assert till.stdin is not None
        assert till.stdout is not None
        load.tills[number] = till
        try:
            if till.stdout.readline().strip() != "ready":
                env.sleep(0.1)
                continue
            while not load.is_over:
                telling = telling or env.new_id()
                till.stdin.write(f"{named(f'item {telling.int % ITEMS}')} {telling}\n")
                till.stdin.flush()
                answer = till.stdout.readline().strip()
                if answer == "sold":
                    load.acknowledged.append(telling)
                    telling = None
                elif answer == "lost":
                    env.sleep(0.05)
                elif not answer:
                    break
                else:
                    load.odd.append(answer)
                    telling = None
        except BrokenPipeError:
            continue
        finally:
            till.kill()
            till.wait()


def _wait_for(load: Load, acknowledged: int) -> None:
    give_up_at_s = env.monotonic_s() + 60
    while len(load.acknowledged) < acknowledged:
        if env.monotonic_s() > give_up_at_s:
            raise RuntimeError(f"No sale for a minute. {load.odd[-3:]}")
        env.sleep(0.005)


def _counted(load: Load) -> dict[str, int]:
    """Of all that was acknowledged: what is not there, and what is there more than once."""
    with load.lab.connect() as owner:
        rows = owner.execute(
            "select p.document, count(*) from posting p join entry e on e.posting = p.id"
            " and e.business_date = p.business_date where e.n = 1 group by p.document"
        ).fetchall()
    there = dict(rows)
    return {
        "lost": sum(told not in there for told in load.acknowledged),
        "doubled": sum(there.get(told, 0) > 1 for told in load.acknowledged),
    }
