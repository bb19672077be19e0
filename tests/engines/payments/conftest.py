"""A store with a till, and accounts at a simulator that answers in this process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client

from tests.business.till.test_ringing_up import a_shop
from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.business.till.models import PaymentMethod
from tongpan.config import pay_simulator as sim
from tongpan.engines.payments import asking, clearing
from tongpan.engines.payments.models import OPEN, REFUND_OPEN, Attempt, Refund
from tongpan.engines.payments.simulated import use_simulator
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system

CODES = {"wechat": "1300000000000000", "alipay": "2800000000000000", "aggregator": "13"}
HERE = "http://127.0.0.1:1"
_keys: list[sim.Keys] = []  # made once: keys are slow to make


def a_chain_that_is_paid_by_code() -> Chain:
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
        PaymentMethod.objects.create(code="CODE", name="扫码收款（模拟）", is_by_provider=True)
        role = chain.people["lin"].grants.get().role
        RoleAction.objects.create(role=role, code="payments.attempt.charge")
        manager = chain.people["chen"].grants.get().role
        RoleAction.objects.create(role=manager, code="payments.*")
    on_shelf(chain, "north", milk=("10", "8.50"), cola=("48", "2.00"))
    return chain


@dataclass
class Wire:
    """The way to the simulator and back. What it would tell later waits in `waiting`."""

    simulator: sim.Simulator
    client: Client
    waiting: list[Callable[[], None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    is_cut: bool = False

    def ask(self, method: str, url: str, body: bytes, headers: dict[str, str], *,
            timeout_s: float, may_be_private: bool, **_given: int) -> env.Answered:  # fmt: skip
        parts = urlsplit(url)
        if parts.path.startswith("/pay/notify/"):
            kind = {k.lower(): v for k, v in headers.items()}.get("content-type", "text/plain")
            meta = {f"HTTP_{n.upper().replace('-', '_')}": v for n, v in headers.items()}
            answer = self.client.post(parts.path, body, content_type=kind, **meta)
            return env.Answered(answer.status_code, answer.content.decode())
        if self.is_cut:
            raise env.Unreachable("ConnectionRefusedError", was_sent=False)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self.asked.append(path)
        small = {name.lower(): value for name, value in headers.items()}
        status, heads, text = sim._of(self.simulator, method, path, small, body.decode())
        if status == 0:
            raise env.Unreachable("TimeoutError", was_sent=True)
        return env.Answered(status, text, {k.lower(): v for k, v in heads.items()})

    def tell(self) -> None:
        """Let the simulator tell what it has not told yet."""
        told, self.waiting = self.waiting, []
        for one in told:
            one()


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_chain_that_is_paid_by_code)


@pytest.fixture
def wire(chain: Chain, company: str, settings: Any, monkeypatch: Any, tmp_path: Any) -> Wire:
    settings.PAYMENTS_SIMULATOR, settings.DEFAULT_COMPANY = True, company
    if not _keys:
        _keys.append(sim.new_keys())
    simulator = sim.Simulator(_keys[0], pace_s=0.0)
    wire = Wire(simulator, Client(headers={"host": "127.0.0.1"}))
    monkeypatch.setattr(env, "ask", wire.ask)
    monkeypatch.setattr(
        sim.Simulator, "tell_later", lambda self, t: wire.waiting.append(lambda: self.tell(t))
    )
    monkeypatch.setattr(env, "sleep", lambda _s: None)
    place = tmp_path / "pay-simulator.json"
    sim.write_down(place, _keys[0], "http://127.0.0.1:9")
    with chain.as_("zhou", "hq"):
        method = PaymentMethod.objects.get(code="CODE").pk
        use_simulator(place, chain.units["north"].pk, method, HERE)
    return wire


@dataclass
class Counter:
    """A cashier at the till who takes payments by code."""

    chain: Chain
    wire: Wire

    def charge(self, end: str, provider: str = "wechat", *, amount: str = "12.90",
               sale: UUID | None = None, id: UUID | None = None,
               **more: Any) -> Attempt:  # fmt: skip
        code = {"wechat": "1300000000000000", "alipay": "2800000000000000"}[provider] + end
        given = {"sale": str(sale or env.new_id()), "amount": amount, "code": code} | more
        with self.chain.as_("lin", "till"):
            return asking.charge(id or env.new_id(), given)

    def ask(self, attempt: Attempt) -> Attempt:
        with self.chain.as_("lin", "till"):
            return asking.ask(Attempt.unscoped.get(pk=attempt.pk))

    def sell(self, attempt: Attempt, **more: Any) -> Outcome:
        milk = self.chain.items["milk"].pk
        paid = {"method": "CODE", "amount": "12.90", "attempt": str(attempt.pk)} | more
        payload = {"lines": [{"item": milk, "quantity": "1"}], "payments": [paid]}
        with self.chain.as_("lin", "till"):
            return run("till.sale.ring_up", payload=payload, request_id=attempt.sale)

    def clear(self, *, after_s: float) -> None:
        """What the worker does so long afterwards, with all that is open."""
        from datetime import timedelta

        moment = NOON + timedelta(seconds=after_s)
        with env.frozen(moment), system(reason="the worker"):
            for attempt in Attempt.unscoped.filter(state__in=OPEN):
                clearing.ask(str(attempt.pk))
            for refund in Refund.unscoped.filter(state__in=REFUND_OPEN):
                clearing.give_back(str(refund.pk))

    def charged(self) -> Decimal:
        """What customers paid in all and did not get back, by the simulator's book."""
        return sum(
            (
                Decimal(t["amount"]) * t["charges"] - Decimal(t["refunded"])
                for t in self.wire.simulator.book()
                if t["state"] == "charged"
            ),
            Decimal(0),
        )


@pytest.fixture
def counter(chain: Chain, wire: Wire) -> Counter:
    return Counter(chain, wire)
