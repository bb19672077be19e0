"""Two tills and a web session, each in a fresh process, want a member's last yuan and last points:
exactly one gets them, in every round. Then two tills want the same coupon.

Beside it runs a twin whose ledger takes no row locks. It must overspend, or the race proves
nothing. Both hesitate for a moment between looking and writing, so that they meet.
"""

import argparse
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from uuid import UUID

from django.conf import settings

from tongpan.base import env
from tongpan.business.membership import accounts as at
from tongpan.business.membership.postings import used_moves
from tongpan.business.membership.rules import Standing, Use, month_of
from tongpan.business.till.accounts import counter
from tongpan.business.till.postings import sale_moves
from tongpan.config.laboratory import COMPANY, Laboratory, Worker, laboratory, named
from tongpan.config.proofs import coupons
from tongpan.config.proofs.race import HESITATE, NO_LOCK, Piece
from tongpan.config.proofs.shop import (
    by_member,
    cookies,
    furnish,
    furnish_members,
    price_of,
    session_of_cashier,
)
from tongpan.config.supervisor import web_command
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.posting import open_accounts
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system

HELP = "最后一元和最后的积分只用一次 · the last yuan and the last points are spent once"
TILLS = 2
TWIN_ROUNDS = 60
PATIENCE_S, STARTS_S = 15, 30
WEB_WAY_S = 0.012
CSRF = "c" * 32
SHORT = {"out_of_bounds", "balance_moved", "stored_value_short", "points_short"}


def run(given: argparse.Namespace) -> Result:
    twin_rounds = min(given.rounds, TWIN_ROUNDS)
    held = race(given.rounds, HESITATE)
    twin = race(twin_rounds, HESITATE, NO_LOCK)
    facts = {
        "rounds": given.rounds,
        "contestants": TILLS + 1,
        **held,
        "twin_rounds": twin_rounds,
        "twin_overspent": twin["overspent"],
        "twin_violations": twin["violations"],
        **coupons.raced(given.rounds, twin_rounds),
    }
    bad = ("overspent", "user_errors", "violations")
    holds = (
        held["won"] == given.rounds
        and held["won_by_web"] > 0
        and not any(held[name] for name in bad)
        and twin["overspent"] > 0
        and facts["coupons_won"] == given.rounds
        and not any(facts[f"coupons_{name}"] for name in bad)
        and facts["coupons_twin_overspent"] > 0
    )
    return Result(holds=holds, facts=facts, text="\n".join(f"{k}: {v}" for k, v in facts.items()))


def race(rounds: int, *changes: tuple[str, str]) -> dict[str, int]:
    """Run so many rounds on a ledger with these changes, and count what became of them."""
    counted = {"won": 0, "won_by_web": 0, "overspent": 0, "user_errors": 0}
    with laboratory(stores=TILLS + 1) as lab, ExitStack() as stack:
        lab.install_ledger(*changes)
        furnish(TILLS + 1, rounds)
        furnish_members(rounds)
        _open_all(rounds)
        tills = [lab.start("tongpan.config.proofs.till", f"till {n}") for n in range(TILLS)]
        for till in tills:
            stack.callback(till.kill)
        web = stack.enter_context(_web(lab))
        for till in tills:
            assert _answer(till) == "ready"
        for n in range(rounds):
            _count(counted, _one_round(n, tills, web))
        counted["overspent"] += _overspent()
        counted["violations"] = sum(len(found.violations) for found in verify())
    return counted


def _one_round(n: int, tills: list[Worker], web: "WebTill") -> list[str]:
    """All three at once; the tills a little later, by chance, because the web's way is longer."""
    member, answers = named(f"member {n}"), [""]

    def sell() -> None:
        answers[0] = web.sell(n, member)

    thread = threading.Thread(target=sell)
    thread.start()
    env.sleep(env.jitter() * WEB_WAY_S)
    for till in tills:
        assert till.stdin is not None
        till.stdin.write(f"{n} {env.new_id()} {member}\n")
        till.stdin.flush()
    told = [_answer(till) for till in tills]
    thread.join()
    return [answers[0], *told]


def _count(counted: dict[str, int], answers: list[str]) -> None:
    sold = answers.count("sold")
    counted["won"] += sold == 1
    counted["won_by_web"] += answers[0] == "sold" and sold == 1
    odd = [a for a in answers if a not in ("sold", "refused")]
    counted["user_errors"] += len(odd)
    for answer in odd:
        print(answer, file=sys.stderr, flush=True)


def _overspent() -> int:
    """How many members have less than nothing, of stored value or of points."""
    money = balances(Where(ledger="money", roles=["wallet"]))
    points = balances(Where(ledger="points", roles=["points"]))
    over = {row.holder for row in money if row.amount > 0}
    return len(over | {row.holder for row in points if row.amount < 0})


def _open_all(members: int) -> None:
    """All accounts of these sales: whoever opens one makes the others wait, and here nothing but
    the lock shall do that."""
    with system(reason="the stage of a proof"):
        top = OrgUnit.objects.get(code="lab").pk
    keys: set[AccountKey] = set()
    for s in range(TILLS + 1):
        store = named(f"store {s}")
        pieces = [Piece(env.new_id(), named(f"item {n}")) for n in range(members)]
        moves = list(sale_moves(store, store, pieces, net=Decimal(1), tax=Decimal(1), taken=[]))
        for n in range(members):
            one = Standing(named(f"member {n}"), "", top, True, programme=named("programme"))
            use = Use(
                one, month_of(env.now().date()), "2999-12", Decimal(1),
                spent=[("2999-12", Decimal(1))], points_amount=Decimal(1), principal=Decimal(1),
            )  # fmt: skip
            moves += used_moves(use, store, counter(store))
            keys.add(at.points(top, one.member, named("programme"), "2999-12"))
        keys |= {key for m in moves for key in (m.source, m.target, *(m.feeds or ()))}
    open_accounts(list(keys))


# -- the web session -------------------------------------------------------------------------------


class WebTill:
    """A till in a browser: what it sends goes through the real web server."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session

    def sell(self, n: int, member: UUID) -> str:
        """Ring up one of an item for the last of a member, and answer what became of it."""
        price = price_of(n)
        line = {"item": str(named(f"item {n}")), "unit": str(named("piece"))}
        body = {
            "id": str(env.new_id()),
            "member": str(member),
            "lines": [line | {"quantity": "1", "price": str(price)}],
            "payments": by_member(price),
        }
        try:
            said = json.loads(self.ask("POST", "/till/sell", json.dumps(body)))
        except (OSError, ValueError, http.client.HTTPException) as error:
            return f"error {error!r}"
        if "slip" in said:
            return "sold"
        told = said.get("refused", {})
        codes = {told.get("code"), *(p.get("code") for p in told.get("problems", ()))}
        return "refused" if codes & SHORT else f"error {told}"

    def ask(self, method: str, address: str, body: str = "") -> bytes:
        till = named(f"till {TILLS}")
        sent = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(sent):
            sent.request(method, address, body, {
                "Cookie": cookies(self.session, till, CSRF), "X-CSRFToken": CSRF,
                "Content-Type": "application/json", "Host": "127.0.0.1",
                "Referer": f"http://127.0.0.1:{self.port}/",
            })  # fmt: skip
            return sent.getresponse().read()


@contextmanager
def _web(lab: Laboratory) -> Iterator[WebTill]:
    """The real web server in processes of its own, and a session in which the cashier is in."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    web = WebTill(port, session_of_cashier())
    environ = {
        **lab.environ, "TONGPAN_COMPANY": COMPANY,
        "TONGPAN_SECRET": settings.SECRET_KEY,  # with which the till's cookie is signed
    }  # fmt: skip
    server = subprocess.Popen(
        web_command("127.0.0.1", port), env=environ, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = env.monotonic_s() + STARTS_S
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                web.ask("GET", "/till/parked")
                break
            assert env.monotonic_s() < deadline, "The web server did not start."
            env.sleep(0.2)
        yield web
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)


def _answer(till: Worker) -> str:
    assert till.stdout is not None
    return till.stdout.readline().strip()
