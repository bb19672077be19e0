"""The stage of the till's tests: the cast, with a till in North, prices, and goods on the shelf."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.business.till.test_ringing_up import a_shop
from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.kernel.org.sign_in import set_pin
from tongpan.masters.items.models import Barcode, BarcodeLayout

PIN = "482617"


def a_till(chain: Chain) -> None:
    """What a shop needs to sell: a till, prices, ways of paying, barcodes, a scale, and PINs."""
    a_shop(chain)
    manager = chain.people["chen"].grants.get().role
    for code in ("till.sale.ring_up", "till.sale.change_price", "till.return.take_back"):
        RoleAction.objects.get_or_create(role=manager, code=code)
    for name, code, kind in (
        ("milk", "6901234500017", "gtin"),
        ("cola", "6901234510016", "gtin"),
        ("apple", "00031", "scale"),
    ):
        item = chain.items[name]
        Barcode.objects.create(item=item, unit=item.base_unit, code=code, kind=kind)
    BarcodeLayout.objects.create(code="W", name="重量", pattern="20IIIIIWWWWWC")
    BarcodeLayout.objects.create(code="P", name="金额", pattern="21IIIIIPPPPPC")
    kg = chain.measures["kg"]
    kg.size = 1
    kg.save()
    with env.frozen(NOON), acting(chain.people["zhou"], chain.units["hq"]):
        for name in ("lin", "chen"):
            set_pin(chain.people[name], PIN)


@dataclass
class Machine:
    """The browser of a machine at a till, with somebody signed in."""

    client: Client

    def ask(self, url: str, **query: Any) -> Any:
        answer = self.client.get(f"/till/{url}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def tell(self, url: str, **body: Any) -> Any:
        text = json.dumps(body, default=str)
        answer = self.client.post(f"/till/{url}", text, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_chain_with_a_till)


def a_chain_with_a_till() -> Chain:
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_till(chain)
    on_shelf(chain, "north", milk=("10", "8.50"), cola=("48", "2.00"), apple=("5.5", "6.00"))
    return chain


@pytest.fixture
def at_the_till(chain: Chain, company: str, settings: Any) -> Callable[..., Machine]:
    """`at_the_till("lin")` is the machine with Lin signed in, which was told to be North's till."""
    settings.DEFAULT_COMPANY = company

    def sign_in(person: str, till: str | None = "till") -> Machine:
        client = Client()
        client.force_login(chain.people[person])
        if till is not None:
            client.post("/till/choose/", {"till": str(chain.units[till].pk)})
        return Machine(client)

    return sign_in
