"""The stage of the figures that open: a chain that has bought, sent, sold and counted."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.browser.busy import be_busy
from tests.chain import Chain, a_chain


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_busy_chain)


def a_busy_chain() -> Chain:
    chain = a_chain()
    chain.__dict__["documents"] = be_busy(chain)
    return chain


@pytest.fixture
def documents(chain: Chain) -> dict[str, UUID]:
    """A posted document of each type, by its code."""
    found: dict[str, UUID] = chain.__dict__["documents"]
    return found


@pytest.fixture
def browse(chain: Chain, company: str, settings: Any) -> Callable[[str, str], Client]:
    """`browse("zhou", "hq")` is the browser of Zhou, who works at the headquarters."""
    settings.DEFAULT_COMPANY = company

    def open_browser(person: str, at: str) -> Client:
        client = Client()
        client.force_login(chain.people[person])
        session = client.session
        session["unit"] = str(chain.units[at].pk)
        session.save()
        return client

    return open_browser


def text_of(client: Client, url: str, **headers: str) -> str:
    """The page at this address, which must be there."""
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, answer.content[:400]
    text: str = answer.content.decode()
    return text
