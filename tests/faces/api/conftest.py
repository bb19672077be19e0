"""Programs that call the API: each has a token of one person of the cast."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.chain import NOON, Chain, a_chain
from tongpan.base import env
from tongpan.faces.api import limits
from tongpan.kernel.org.scope import acting
from tongpan.kernel.org.tokens import make_token


class Program:
    """A client with somebody's token, that says and hears JSON."""

    def __init__(self, chain: Chain, person: str, *scopes: str) -> None:
        who = chain.people[person]
        with acting(who):
            self.token, self.secret = make_token(who, "test", scopes or _all_of(who), days=30)
        self.client = Client(headers={"authorization": f"Bearer {self.secret}"})

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=_dashed(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("put", path, body, headers)

    def raw(self, path: str, content: bytes, content_type: str = "application/json") -> Any:
        return self.client.post(f"/api/v1/{path}", content, content_type=content_type)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        send = getattr(self.client, method)
        content = json.dumps(body, default=str) if body is not None else ""
        return send(
            f"/api/v1/{path}", content, content_type="application/json", headers=_dashed(headers)
        )


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _all_of(person: Any) -> tuple[str, ...]:
    return tuple(held.code for held in person.held_permissions())


@pytest.fixture
def chain(company: str, staged: Any, settings: Any) -> Iterator[Chain]:
    settings.DEFAULT_COMPANY = company
    limits.forget_all()
    with env.frozen(NOON):
        yield staged(a_chain)


@pytest.fixture
def program(chain: Chain) -> Callable[..., Program]:
    """`program("zhou")` is a program with all of Zhou's rights, with more words only with those."""

    def of(person: str, *scopes: str) -> Program:
        return Program(chain, person, *scopes)

    return of


def codes(response: Any) -> list[str]:
    """The codes of everything that a response complains of."""
    told = response.json()
    return [told["code"], *(error["code"] for error in told["errors"])]
