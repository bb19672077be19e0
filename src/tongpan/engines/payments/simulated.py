"""Accounts at the simulator: what its file says, as accounts of a unit."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.engines.payments.adapters.known import PROVIDERS
from tongpan.engines.payments.models import Account
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import say

FILE = "pay-simulator.json"  # in the data folder
SIMULATED, SIMULATED_NAME = "SIMULATED", "扫码收款（模拟）"  # the payment method
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
PATHS = {"alipay": "/gateway.do"}

say("no_simulator", "No simulator was started here: ./tongpan simulate payments")


def use_simulator(place: Path, unit: UUID, method: UUID, ours: str) -> list[Account]:
    """Make, or renew, an account of each provider at the simulator that runs on this machine.

    `ours` is our own address, where it sends its notices; `method` the payment method.

    Errors: Refusal no_simulator.
    """
    if not place.exists():
        raise Refusal("no_simulator")
    kept = json.loads(place.read_text())
    made = []
    notify: dict[str, str] = {}
    for code, keys in kept["keys"].items():
        pk = env.id_of(BEGAN, "simulator", unit, code)
        notify[code] = f"{ours.rstrip('/')}/pay/notify/{pk}/"
        url = kept["url"] + PATHS.get(code, "")
        facts: dict[str, Any] = keys["facts"] | {"url": kept["url"], "notify_url": notify[code]}
        names = {f.name for f in PROVIDERS[code].facts}
        given = {
            "name": str(PROVIDERS[code].title), "provider": code, "unit": str(unit),
            "method": str(method), "url": url, "secrets": keys["secrets"],
            "facts": {name: text for name, text in facts.items() if name in names},
        }  # fmt: skip
        made.append(run("payments.account.save", pk, given).result)
    env.post(
        kept["url"] + "/simulator/notify", json.dumps(notify).encode(), {}, timeout_s=5,
        may_be_private=True,
    )  # fmt: skip
    return made
