"""API tokens: shown once, kept hashed, never wider than their person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.kernel.org.conftest import Chain, a_person
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org.models import ApiToken, Person
from tongpan.kernel.org.people import switch_off, switch_on
from tongpan.kernel.org.permissions import declare_permission
from tongpan.kernel.org.scope import acting, may, system
from tongpan.kernel.org.tokens import make_token, revoke_token, token_person

POST = "stock.transfer.post"
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def lin(chain: Chain) -> Person:
    declare_permission(POST, "Post transfers")
    return a_person("lin", does=(chain.north, "stock.*"))


@pytest.fixture
def raw(lin: Person) -> str:
    with env.frozen(NOON), acting(lin):
        _token, raw = make_token(lin, "Web shop", [POST], days=30)
    return raw


def test_a_token_names_its_person_and_scopes_and_is_kept_only_hashed(lin: Person, raw: str) -> None:
    with env.frozen(NOON):
        token = token_person(raw)

    assert token is not None
    assert (token.person, token.scopes) == (lin, [POST])
    assert len(raw) == 67
    assert raw not in str(ApiToken.objects.values().get())


@pytest.mark.parametrize("other", ["", "tp_", "tp_" + "0" * 64, "x" * 10**5])
def test_another_text_is_nobody(raw: str, other: str) -> None:
    with env.frozen(NOON):
        assert token_person(other) is None
        assert token_person(raw[:-1]) is None


def test_a_token_ends_when_it_expires(raw: str) -> None:
    with env.frozen(NOON + timedelta(days=30, microseconds=-1)):
        assert token_person(raw) is not None
    with env.frozen(NOON + timedelta(days=30)):
        assert token_person(raw) is None


def test_a_token_ends_when_it_is_revoked(lin: Person, raw: str) -> None:
    with acting(lin):
        revoke_token(ApiToken.objects.get())

    with env.frozen(NOON):
        assert token_person(raw) is None


def test_a_token_ends_with_its_person_and_does_not_come_back(lin: Person, raw: str) -> None:
    with env.frozen(NOON), system(reason="test"):
        switch_off(lin)
        assert token_person(raw) is None
        switch_on(lin)
        assert token_person(raw) is None


@pytest.mark.parametrize(
    ("scopes", "days", "code"),
    [
        (["*"], 30, "token_scope_exceeds"),
        (["org.grant.edit"], 30, "token_scope_exceeds"),
        ([POST, "see.cost"], 30, "token_scope_exceeds"),
        (["no.such.thing"], 30, "permission_unknown"),
        ([POST], 0, "token_lifetime"),
        ([POST], 367, "token_lifetime"),
    ],
)
def test_a_token_cannot_do_more_than_its_person_nor_live_for_ever(
    lin: Person, scopes: list[str], days: int, code: str
) -> None:
    with acting(lin), pytest.raises(Refusal, match=code):
        make_token(lin, "x", scopes, days=days)


def test_nobody_makes_or_revokes_the_token_of_somebody_who_holds_more(
    chain: Chain, lin: Person, raw: str
) -> None:
    stranger = a_person("stranger", edits=(chain.north, "org.person.edit"))

    with acting(stranger):
        with pytest.raises(Forbidden):
            make_token(lin, "x", [POST], days=1)
        with pytest.raises(Forbidden):
            revoke_token(ApiToken.objects.get())


def test_a_token_loses_what_its_person_loses(chain: Chain, lin: Person, raw: str) -> None:
    lin.grants.all().delete()

    with env.frozen(NOON):
        token = token_person(raw)
        assert token is not None
        with acting(token.person, at=chain.north, via="api", scopes=token.scopes):
            assert not may(POST, chain.north)


def test_its_use_is_noted_once_a_minute(raw: str, django_assert_num_queries: Any) -> None:
    for seconds, queries in ((0, 2), (1, 1), (60, 1), (61, 2)):
        with env.frozen(NOON + timedelta(seconds=seconds)), django_assert_num_queries(queries):
            token_person(raw)

    assert ApiToken.objects.get().last_used_at == NOON + timedelta(seconds=61)
