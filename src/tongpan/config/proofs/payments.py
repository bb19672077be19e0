"""Payments by code while everything goes wrong: nobody pays twice, nothing is lost or left unknown.

Tills charge codes at a simulator, a process of its own, through the real web server, which is
killed in between; some tills die after the customer paid. The simulator does to each charge what
its code says. At the end, what customers paid is compared with what was sold. A twin whose guard is
off must charge twice.
"""

import argparse
import http.client
import json
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection

from tongpan.base import env
from tongpan.business.till.models import PaymentMethod
from tongpan.config import pay_simulator
from tongpan.config.laboratory import COMPANY, Laboratory, laboratory, named
from tongpan.config.proofs.crash import _free_port, kill_group
from tongpan.config.proofs.shop import cookies, furnish, payload_of, price_of, session_of_cashier
from tongpan.config.supervisor import web_command
from tongpan.engines.payments import actions, asking
from tongpan.engines.payments.models import OPEN, REFUND_OPEN, Attempt, AttemptState, Refund
from tongpan.engines.payments.simulated import FILE, use_simulator
from tongpan.faces.cli import Result
from tongpan.kernel.documents.gate import run as do
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.models import OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system

HELP = "扫码收款不重收、不丢失 · nobody pays twice by code, nothing is lost"
ITEMS, PAYERS, STORES = 20, 20, 2
WAIT_S, PACE_S, HANG_S = 0.4, 0.5, 0.6
CLEARED_AFTER_S = 60
DIES, CALLS_OFF = 17, 23  # of so many tills, one dies after paying; one calls a payment off
TWIN = 30
KINDS = ("00", *pay_simulator.FAULTS)


@dataclass
class Load:
    """What the tills are doing, seen by everybody."""

    lab: Laboratory
    port: int
    session: str
    attempts: int
    simulator: "Provider"
    web: "subprocess.Popen[bytes] | None" = None
    next: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: dict[UUID, tuple[UUID, str]] = field(default_factory=dict)  # attempt: sale, kind
    acknowledged: dict[UUID, Decimal] = field(default_factory=dict)  # sales, with what they cost
    died: int = 0
    odd: list[str] = field(default_factory=list)
    is_over: bool = False
    kills: int = 0

    def take(self) -> int | None:
        with self.lock:
            if self.next >= self.attempts:
                return None
            self.next += 1
            return self.next - 1


def run(given: argparse.Namespace) -> Result:
    began_s = env.monotonic_s()
    with laboratory(stores=STORES) as lab:
        furnish(STORES, ITEMS)
        place = lab.opened.data / FILE
        place.unlink(missing_ok=True)  # its keys are new each time
        load = Load(lab, _free_port(), session_of_cashier(), given.attempts, Provider(place))
        beside = [_child(load, "simulator")]
        settings.PAYMENTS_SIMULATOR, settings.PAYMENTS_WAIT_S = True, WAIT_S
        try:
            load.simulator.wait()
            load.simulator.behave(pace_s=PACE_S, hang_s=HANG_S)
            _set_up(load)
            connection.close()
            beside += [_child(load, name) for name in ("relay", "worker")]
            began_paying_s = env.monotonic_s()
            _pay_all(load)
            paying_s = round(env.monotonic_s() - began_paying_s, 1)
            cleared_s = _clear_up(load)
            facts = _counted(load) | {"paying_s": paying_s, "cleared_s": cleared_s}
            facts["violations"] = sum(len(found.violations) for found in verify())
            facts["twin_charged_twice"] = _twin(load)
        finally:
            for child in beside:
                child.kill()
                child.wait()
    facts["took_s"] = round(env.monotonic_s() - began_s, 1)
    bad = ("charged_twice", "lost", "unknown_open", "user_errors", "violations")
    least = given.attempts // (len(KINDS) + 3)
    holds = (
        not any(facts[name] for name in bad)
        and facts["twin_charged_twice"] > 0
        and min(facts["faults"].values()) >= min(least, 30)
    )
    return Result(holds=holds, facts=facts, text="\n".join(f"{k}: {v}" for k, v in facts.items()))


# -- the stage -----------------------------------------------------------------------------------


class Provider:
    """The simulator in its own process, as it is asked from here."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def wait(self) -> None:
        """Until it answers."""
        give_up_at_s = env.monotonic_s() + 30
        while env.monotonic_s() < give_up_at_s:
            try:
                self.book()
            except (OSError, ValueError, http.client.HTTPException):
                env.sleep(0.05)
            else:
                return
        raise RuntimeError("The simulator did not start.")

    def behave(self, **manner: float) -> None:
        self._ask("POST", "/simulator/manner", json.dumps(manner))

    def book(self) -> dict[str, Any]:
        """`trades` and how many notices were `told`, by the answer to them."""
        found: dict[str, Any] = json.loads(self._ask("GET", "/simulator/book"))
        return found

    def _ask(self, method: str, path: str, body: str = "") -> bytes:
        address = urlsplit(json.loads(self.place.read_text())["url"]).netloc
        link = http.client.HTTPConnection(address, timeout=10)
        try:
            link.request(method, path, body)
            return link.getresponse().read()
        finally:
            link.close()


def _set_up(load: Load) -> None:
    place = load.simulator.place
    with system(reason="the stage of a proof"):
        PaymentMethod.objects.create(
            id=named("code"), code="CODE", name="扫码（模拟）", is_by_provider=True
        )
        role = Role.objects.get(code="cashier")
        for code in ("payments.attempt.charge", "payments.refund.begin"):
            RoleAction.objects.create(role=role, code=code)
        top = OrgUnit.objects.get(code="lab")
        use_simulator(place, top.pk, named("code"), f"http://127.0.0.1:{load.port}")


def _environ(load: Load) -> dict[str, str]:
    return {
        **load.lab.environ, "TONGPAN_COMPANY": COMPANY, "TONGPAN_SECRET": settings.SECRET_KEY,
        "TONGPAN_PAYMENTS_SIMULATOR": "1", "TONGPAN_PAYMENTS_WAIT_S": str(WAIT_S),
    }  # fmt: skip


def _child(load: Load, name: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tongpan.config.children", name], env=_environ(load),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _keep_web(load: Load) -> None:
    """Start the web server whenever it is not there, as `./run` does."""
    while not load.is_over:
        load.web = subprocess.Popen(
            web_command("127.0.0.1", load.port), env=_environ(load), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while not load.is_over and load.web.poll() is None:
            env.sleep(0.02)
    kill_group(load.web)


# -- paying --------------------------------------------------------------------------------------


def _pay_all(load: Load) -> None:
    """All tills at work, and the web server killed now and then."""
    web = threading.Thread(target=_keep_web, args=(load,))
    payers = [threading.Thread(target=_payer, args=(load, n)) for n in range(PAYERS)]
    for thread in (web, *payers):
        thread.start()
    try:
        every = max(20, load.attempts // 4)
        while any(thread.is_alive() for thread in payers):
            if len(load.begun) >= every * (load.kills + 1) and load.next < load.attempts:
                env.sleep(0.3 * env.jitter())
                kill_group(load.web)
                load.kills += 1
            env.sleep(0.05)
        env.sleep(0.5)  # the last callbacks
    finally:
        load.is_over = True
        for thread in (*payers, web):
            thread.join(60)


def _payer(load: Load, number: int) -> None:
    till = Till(load, number)
    while (n := load.take()) is not None:
        till.serve(n)
    till.close()


class Till:
    """A till that takes money by code; whatever is not answered is asked again."""

    def __init__(self, load: Load, number: int) -> None:
        self.load = load
        csrf = env.token(16)
        unit = named(f"till {number % STORES}")
        self.headers = {
            "Host": "127.0.0.1", "Content-Type": "application/json", "Accept": "application/json",
            "X-CSRFToken": csrf, "Cookie": cookies(load.session, unit, csrf),
        }  # fmt: skip
        self.link: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self.link is not None:
            self.link.close()

    def ask(self, url: str, body: dict[str, Any]) -> Any:
        """The server's answer, however often it takes."""
        give_up_at_s = env.monotonic_s() + 60
        while env.monotonic_s() < give_up_at_s:
            try:
                if self.link is None:
                    self.link = http.client.HTTPConnection("127.0.0.1", self.load.port, timeout=10)
                self.link.request("POST", url, json.dumps(body), self.headers)
                answer = self.link.getresponse()
                text = answer.read()
                if answer.status == 200:
                    return json.loads(text)
                if answer.status < 500:
                    raise RuntimeError(f"{answer.status} {text[:200]!r}")
            except (OSError, http.client.HTTPException):
                self.close()
                self.link = None
            env.sleep(0.1)
        raise RuntimeError(f"No answer to {url} for a minute.")

    def serve(self, n: int) -> None:
        """One customer, from the code to the slip."""
        kind = KINDS[n % len(KINDS)]
        item = n % ITEMS
        amount = price_of(item)
        # Three protocols in turn: WeChat Pay's codes, Alipay's, and again.
        code = ("13" if n % 2 else "28") + f"{n:014d}" + kind
        sale, attempt = env.new_id(), env.new_id()
        with self.load.lock:
            self.load.begun[attempt] = (sale, kind)
        body = {"id": str(attempt), "sale": str(sale), "amount": str(amount),
                "total": str(amount), "code": code}  # fmt: skip
        try:
            said = self._until_closed(self.ask("/till/pay/charge", body), attempt, n)
            if said == "charged" and n % DIES == 0:
                self.load.died += 1  # the till dies here; the customer has paid
            elif said == "charged":
                self._sell(sale, attempt, item, amount)
        except Exception as failure:  # noqa: BLE001 - the proof counts it
            self.load.odd.append(repr(failure)[:300])

    def _until_closed(self, said: Any, attempt: UUID, n: int) -> str:
        for nth in range(4):
            if "refused" in said:
                raise RuntimeError(str(said)[:300])
            state = str(said["attempt"]["state"])
            if state not in OPEN:
                return state
            if nth == 2 and n % CALLS_OFF == 0:
                said = self.ask("/till/pay/call-off", {"id": str(attempt)})
                continue
            env.sleep(WAIT_S)
            said = self.ask("/till/pay/ask", {"id": str(attempt)})
        return "left open"  # the cashier goes on with the next customer

    def _sell(self, sale: UUID, attempt: UUID, item: int, amount: Decimal) -> None:
        basket = payload_of([(named(f"item {item}"), 1, amount)])
        paid = {"method": "CODE", "amount": str(amount), "attempt": str(attempt)}
        said = self.ask("/till/sell", {"id": str(sale), **basket, "payments": [paid]})
        if "slip" not in said:
            raise RuntimeError(str(said)[:300])
        self.load.acknowledged[sale] = amount


# -- afterwards ----------------------------------------------------------------------------------


def _clear_up(load: Load) -> float:
    """Wait until nothing is open; give back what was charged in vain, as a manager would, each with
    one click; and wait again. Answers how long it took."""
    began_s = env.monotonic_s()
    _wait_until_closed(began_s)
    cashier = Person.objects.get(pk=named("cashier"))
    for attempt in Attempt.unscoped.filter(
        state=AttemptState.CHARGED, used_at=None, refunding=0
    ).select_related("till"):
        with acting(cashier, attempt.till):
            do("payments.refund.begin", env.new_id(), {"attempt": str(attempt.pk), "why": "left"})
    _wait_until_closed(began_s)
    return round(env.monotonic_s() - began_s, 1)


def _wait_until_closed(began_s: float) -> None:
    while _open_now() and env.monotonic_s() - began_s < CLEARED_AFTER_S:
        env.sleep(0.2)


def _open_now() -> int:
    attempts = Attempt.unscoped.filter(state__in=OPEN).count()
    return attempts + Refund.unscoped.filter(state__in=REFUND_OPEN).count()


def _counted(load: Load) -> dict[str, Any]:
    """What customers paid, by sale, against what was sold."""
    net: dict[UUID, Decimal] = {}
    twice = 0
    told = load.simulator.book()
    book = told["trades"]
    for trade in book:
        sale = load.begun[UUID(hex=trade["number"])][0]
        twice += trade["charges"] > 1
        if trade["state"] == "charged":
            paid = Decimal(trade["amount"]) * trade["charges"] - Decimal(trade["refunded"])
            net[sale] = net.get(sale, Decimal(0)) + paid
    with load.lab.connect() as owner:
        sold: dict[UUID, Decimal] = dict(owner.execute(
            "select id, total from document where type = 'till.sale'"
        ).fetchall())  # fmt: skip
        used = dict(owner.execute(
            "select p.document, count(*) from till_payment p group by p.document"
        ).fetchall())  # fmt: skip
    charged = [t["number"] for t in book if t["state"] == "charged"]
    known = set(Attempt.unscoped.filter(state=AttemptState.CHARGED).values_list("pk", flat=True))
    kinds = Counter(
        pay_simulator.FAULTS.get(kind, "success") for _sale, kind in load.begun.values()
    )
    if load.odd:
        print("\n".join(load.odd[:5]), file=sys.stderr, flush=True)
    return {
        "attempts": len(load.begun),
        "faults": dict(kinds),
        "tills_died": load.died,
        "server_kills": load.kills,
        "sales": len(sold),
        "charged": len(charged),
        "refunded": Refund.unscoped.filter(state="done").count(),
        "charged_twice": twice + sum(
            paid > sold.get(sale, Decimal(0)) for sale, paid in net.items()
        ),
        "lost": sum(UUID(hex=number) not in known for number in charged)
        + sum(sale not in sold for sale in load.acknowledged)
        + sum(net.get(sale, Decimal(0)) < total for sale, total in sold.items())
        + sum(count != 1 for count in used.values()),
        "unknown_open": _open_now(),
        "notices": told["told"],
        "user_errors": len(load.odd),
    }  # fmt: skip


def _twin(load: Load) -> int:
    """Customers charged twice where each retry has a number of its own and nobody refuses it."""
    with load.lab.connect() as owner:
        owner.execute("drop index one_open_attempt_of_a_sale")
    guard = actions._refuse_second
    actions._refuse_second = lambda *_given: None
    load.simulator.behave(hang_s=0.1)
    settings.PAYMENTS_WAIT_S = 0.02
    cashier = Person.objects.get(pk=named("cashier"))
    till = OrgUnit.objects.select_related("parent").get(pk=named("till 0"))
    twice = 0
    try:
        for n in range(TWIN):
            sale, numbers = env.new_id(), [env.new_id(), env.new_id()]
            for number in numbers:
                given = {"sale": str(sale), "amount": "1.00", "code": f"13{n:014d}12"}
                with acting(cashier, till):
                    asking.charge(number, given)
            charges = {t["number"]: t["charges"] for t in load.simulator.book()["trades"]}
            twice += sum(charges.get(number.hex, 0) for number in numbers) > 1
    finally:
        actions._refuse_second = guard
    return twice
