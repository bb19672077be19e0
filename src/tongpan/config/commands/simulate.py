"""Providers that charge nobody, on this machine, so that anybody can try payments by code.

Its keys stand in the data folder; with --at the accounts of a store are made too. The web server
asks a simulator only if it was started with TONGPAN_PAYMENTS_SIMULATOR=1, as ./run
--with-payments does.
"""

import argparse
import sys
from typing import Any

from django.conf import settings

from tongpan.business.till.models import PaymentMethod
from tongpan.config import pay_simulator
from tongpan.engines.payments.simulated import FILE, SIMULATED, SIMULATED_NAME, use_simulator
from tongpan.faces.cli import Result
from tongpan.kernel.documents.gate import run as do
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system

NAME = "simulate"
HELP = "模拟支付机构，不收真钱 · payment providers that charge nobody"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("payments",), help="模拟什么 · what is simulated")
    parser.add_argument("--port", type=int, default=8190, help="端口 · port (8190)")
    parser.add_argument(
        "--at", default="", metavar="UNIT", help="给哪个门店用 · the code of a store that uses it"
    )
    parser.add_argument(
        "--ours", default="http://127.0.0.1:8000", metavar="URL",
        help="通盘的网址，回调用 · where Tongpan answers, for callbacks (http://127.0.0.1:8000)",
    )  # fmt: skip
    parser.add_argument(
        "--once", action="store_true", help="只建账户就结束 · make the accounts and end"
    )
    parser.add_argument(
        "--pace", type=float, default=3.0, help="顾客确认要几秒 · seconds until people confirm (3)"
    )


def run(given: argparse.Namespace) -> Result:
    place = settings.DATA / FILE
    keys = pay_simulator.kept_keys(place)
    simulator = pay_simulator.Simulator(keys, pace_s=given.pace)
    server = pay_simulator.server_of(simulator, given.port)
    url = f"http://127.0.0.1:{server.server_port}"
    pay_simulator.write_down(place, keys, url)
    facts: dict[str, Any] = {"url": url, "keys": str(place)}
    with server:
        if given.at:
            pay_simulator.serve_beside(server)
            facts["accounts"] = [one.title for one in accounts_at(given.at, given.ours)]
        if given.once:
            return Result(facts=facts, text=str(facts))
        print(f"模拟支付机构 · simulated providers: {url}", file=sys.stderr, flush=True)
        for digits, fault in pay_simulator.FAULTS.items():
            print(f"  …{digits}  {fault}", file=sys.stderr, flush=True)
        if given.at:
            pay_simulator.wait_for_ever()
        else:
            server.serve_forever()
    return Result(facts=facts)


def accounts_at(code: str, ours: str) -> list[Any]:
    """The accounts of a store at the simulator, and the payment method that says so."""
    settings.PAYMENTS_SIMULATOR = True
    with system(reason="accounts at the simulator"):
        unit = OrgUnit.objects.get(code=code)
        method = PaymentMethod.objects.filter(code=SIMULATED).first()
        if method is None:
            payload = {
                "code": SIMULATED, "name": SIMULATED_NAME, "is_by_provider": True,
                "position": 90,
            }  # fmt: skip
            method = do("till.payment_method.save", payload=payload).result
        return use_simulator(settings.DATA / FILE, unit.pk, method.pk, ours)
