"""`kill -9` of the web server and of the database under load: what was acknowledged is there, once.

Tills sell as fast as they can through the real web server, and count a sale as acknowledged when
its answer says so. Whenever the server or the database is killed, the sale whose fate nobody knows
is told again under its id, as the screen of a till does.
"""

import argparse
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from tongpan.base import env
from tongpan.config import embedded
from tongpan.config.laboratory import COMPANY, DATA, Laboratory, laboratory, named
from tongpan.config.proofs.shop import cookies, furnish, payload_of, price_of, session_of_cashier
from tongpan.config.supervisor import web_command
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.checks import verify

HELP = "随时断电不丢账 · kill -9 of the web server and of the database loses nothing"
TILLS, ITEMS = 3, 20
ACKNOWLEDGED_MIN = 1000
RESTART_S_MAX = 5
PATIENCE_S = 10


@dataclass
class Load:
    """What the tills are doing, seen by everybody."""

    lab: Laboratory
    port: int
    session: str
    web: "subprocess.Popen[bytes] | None" = None
    acknowledged: list[UUID] = field(default_factory=list)
    told: set[UUID] = field(default_factory=set)
    odd: list[str] = field(default_factory=list)
    is_over: bool = False


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=TILLS) as lab:
        furnish(TILLS, ITEMS)
        load = Load(lab, _free_port(), session_of_cashier())
        connection.close()
        work = [threading.Thread(target=_keep_web, args=(load,))]
        work += [threading.Thread(target=_sell, args=(load, n)) for n in range(TILLS)]
        for thread in work:
            thread.start()
        try:
            _wait_for(load, 1)
            restarts_s = _strike(load, given.kills)
            _wait_for(load, ACKNOWLEDGED_MIN)
        finally:
            load.is_over = True
            for thread in work:
                thread.join(30)
        facts = {
            "kills": given.kills,
            "acknowledged": len(load.acknowledged),
            **_counted(load),
            "user_errors": len(load.odd),
            "violations": sum(len(found.violations) for found in verify()),
            "restart_s_max": round(max(restarts_s), 2),
            "web_restart_s_max": round(max(restarts_s[::2], default=0), 2),
            "database_restart_s_max": round(max(restarts_s[1::2], default=0), 2),
        }
        if load.odd:
            facts["first_error"] = load.odd[0]
    bad = ("lost", "doubled", "strange", "gaps", "violations", "user_errors")
    holds = (
        facts["acknowledged"] >= ACKNOWLEDGED_MIN
        and not any(facts[name] for name in bad)
        and facts["restart_s_max"] <= RESTART_S_MAX
    )
    return Result(holds=holds, facts=facts, text="\n".join(f"{k}: {v}" for k, v in facts.items()))


# -- killing -------------------------------------------------------------------------------------


def _strike(load: Load, kills: int) -> list[float]:
    """Kill web server and database in turn; answers how long until a sale was acknowledged."""
    restarts_s = []
    for n in range(kills):
        _wait_for(load, len(load.acknowledged) + 10)
        env.sleep(0.2 * env.jitter())
        began_s = env.monotonic_s()
        if n % 2 == 0:
            _kill_web(load)
        else:
            _kill_database()
            embedded.start(DATA, dies_with_us=False)
        _wait_for(load, len(load.acknowledged) + 1)
        restarts_s.append(env.monotonic_s() - began_s)
    return restarts_s


def _kill_web(load: Load) -> None:
    """The web server and its workers, at once."""
    kill_group(load.web)


def kill_group(process: "subprocess.Popen[bytes] | None") -> None:
    """End a process and what it started. Another may stand in its place before it is gone."""
    assert process is not None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


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
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _parent(place: Path) -> int | None:
    try:
        return int((place / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


# -- serving and selling -------------------------------------------------------------------------


def _keep_web(load: Load) -> None:
    """Start the web server whenever it is not there, as `./run` does."""
    environ = {
        **load.lab.environ, "TONGPAN_COMPANY": COMPANY,
        "TONGPAN_SECRET": settings.SECRET_KEY,  # with which the tills' cookies are signed
    }  # fmt: skip
    while not load.is_over:
        load.web = subprocess.Popen(
            web_command("127.0.0.1", load.port), env=environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while not load.is_over and load.web.poll() is None:
            env.sleep(0.02)
    _kill_web(load)


def _sell(load: Load, number: int) -> None:
    """Keep a till selling; a sale that was not answered is told again until it is."""
    csrf = env.token(16)
    headers = {
        "Host": "127.0.0.1", "Content-Type": "application/json", "Accept": "application/json",
        "X-CSRFToken": csrf, "Cookie": cookies(load.session, named(f"till {number}"), csrf),
    }  # fmt: skip
    telling: UUID | None = None
    while not load.is_over:
        link = http.client.HTTPConnection("127.0.0.1", load.port, timeout=PATIENCE_S)
        try:
            while not load.is_over:
                telling = telling or env.new_id()
                load.told.add(telling)
                item = telling.int % ITEMS
                basket = payload_of([(named(f"item {item}"), 1, price_of(item))])
                body = json.dumps({"id": str(telling), **basket})
                link.request("POST", "/till/sell", body, headers)
                answer = link.getresponse()
                text = answer.read()
                if answer.status != 200:  # the server is there, and its database is not
                    env.sleep(0.05)
                    break
                said = json.loads(text)
                if "slip" in said:
                    load.acknowledged.append(telling)
                else:
                    load.odd.append(text.decode())
                telling = None
        except (OSError, http.client.HTTPException):
            env.sleep(0.05)
        finally:
            link.close()


def _wait_for(load: Load, acknowledged: int) -> None:
    give_up_at_s = env.monotonic_s() + 60
    while len(load.acknowledged) < acknowledged:
        if env.monotonic_s() > give_up_at_s:
            raise RuntimeError(f"No sale for a minute. {load.odd[-3:]}")
        env.sleep(0.005)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


# -- counting ------------------------------------------------------------------------------------


def _counted(load: Load) -> dict[str, int]:
    """Acknowledged and not there; posted more than once; there and never told; gaps in numbers."""
    with load.lab.connect() as owner:
        posted = dict(owner.execute(
            "select d.id, count(*) from document d join posting p on p.document = d.id"
            " where d.type = 'till.sale' group by d.id"
        ).fetchall())  # fmt: skip
        (gaps,) = owner.execute(
            "select coalesce(sum(last), 0) - (select count(*) from document"
            " where type = 'till.sale') from number_series where key like 'till.sale|%'"
        ).fetchone() or (0,)
    return {
        "lost": sum(told not in posted for told in load.acknowledged),
        "doubled": sum(count > 1 for count in posted.values()),
        "strange": sum(sale not in load.told for sale in posted),
        "gaps": int(gaps),
    }
