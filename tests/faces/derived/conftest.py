"""The stage of derived screens: the cast, goods in the warehouse, and browsers of its people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.chain import Chain, a_chain, a_transfer, on_shelf
from tongpan.kernel.documents.gate import run


@dataclass
class Browser:
    """A signed-in person's browser, at a unit."""

    client: Client

    def get(self, url: str, **query: Any) -> Any:
        return self.client.get(url, query)

    def post(self, url: str, **fields: Any) -> Any:
        return self.client.post(url, fields)


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_stocked_chain)


def a_stocked_chain() -> Chain:
    chain = a_chain()
    on_shelf(chain, "warehouse", milk=("100", "8.50"), cola=("240", "2.00"), apple=("30", "6.00"))
    return chain


@pytest.fixture
def browse(chain: Chain, company: str, settings: Any) -> Callable[[str, str], Browser]:
    """`browse("wang", "warehouse")` is the browser of Wang, who works in the warehouse."""

    settings.DEFAULT_COMPANY = company

    def open_browser(person: str, at: str) -> Browser:
        client = Client()
        client.force_login(chain.people[person])
        session = client.session
        session["unit"] = str(chain.units[at].pk)
        session.save()
        return Browser(client)

    return open_browser


@pytest.fixture
def draft(chain: Chain) -> UUID:
    """A transfer of milk and cola from the warehouse to North, not yet posted."""
    with chain.as_("wang", "warehouse"):
        return a_transfer(chain, "warehouse", "north", {"milk": "40", "cola": "48"}).subject


@pytest.fixture
def sent(chain: Chain, draft: UUID) -> UUID:
    """The same transfer, posted."""
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.post", draft)
    return draft
