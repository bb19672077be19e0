"""The browser of the settings' tests: Zhou may everything, Zhao looks after the south store."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.chain import Chain, a_chain
from tongpan.kernel.org.models import Grant, Person, Role, RoleAction
from tongpan.kernel.org.scope import system


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_chain_with_a_keeper)


def a_chain_with_a_keeper() -> Chain:
    chain = a_chain()
    with system(reason="the cast of the tests"):
        Person.objects.update(language="en")
        keeper = Role.objects.create(code="keeper", name="店务")
        for code in ("org.unit.edit", "org.grant.edit", "org.setting.edit"):
            RoleAction.objects.create(role=keeper, code=code)
        Grant.objects.create(person=chain.people["zhao"], role=keeper, unit=chain.units["south"])
    return chain


@pytest.fixture
def browse(chain: Chain, company: str, settings: Any) -> Callable[..., Client]:
    """`browse("zhou")` is the browser of Zhou, who works at the headquarters."""
    settings.DEFAULT_COMPANY = company

    def open_browser(person: str, at: str = "hq") -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(chain.people[person])
        session = client.session
        session["unit"] = str(chain.units[at].pk)
        session.save()
        return client

    return open_browser


@pytest.fixture
def zhou(browse: Callable[..., Client]) -> Client:
    return browse("zhou")


@pytest.fixture
def zhao(browse: Callable[..., Client]) -> Client:
    return browse("zhao", "south")
