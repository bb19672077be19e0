"""The second step of signing in: codes of an app, used once, and codes on paper."""

import base64
import hashlib
import hmac
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from tests.kernel.org.conftest import Chain, a_person
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org import second_factor
from tongpan.kernel.org.hashing import PasswordHasher
from tongpan.kernel.org.models import Grant, Person, RecoveryCode, Role, SecondFactor
from tongpan.kernel.org.scope import acting, system
from tongpan.kernel.org.sign_in import (
    check_pin,
    check_second_step,
    check_sign_in,
    set_password,
    set_pin,
)

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
RIGHT = "blue bicycle"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> Iterator[None]:
    with patch.multiple(PasswordHasher, time_cost=1, memory_cost=8):
        yield


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with env.frozen(NOON):
        yield


@pytest.fixture
def lin(chain: Chain) -> Person:
    person = a_person("lin", sells=(chain.north, "till.sale.*"))
    with system(reason="test"):
        set_password(person, RIGHT)
    return person


def code_of(key: str, at: datetime = NOON) -> str:
    """What an app shows: RFC 6238, written here once more."""
    moment = struct.pack(">Q", int(at.timestamp()) // 30)
    mac = hmac.new(base64.b32decode(key), moment, hashlib.sha1).digest()
    part = mac[mac[-1] & 15 :][:4]
    return f"{(struct.unpack('>I', part)[0] & 0x7FFFFFFF) % 10**6:06}"


def turned_on(person: Person) -> tuple[str, list[str]]:
    """The key of an app that is in use, and the recovery codes; the code of noon is used up."""
    key = second_factor.key_of(second_factor.begin(person))
    return key, second_factor.confirm(person, code_of(key))


def step(person: Person, typed: str) -> str:
    try:
        check_second_step(person, typed, address="10.0.0.1")
    except Refusal as refusal:
        return refusal.code
    return "in"


def test_an_app_is_in_use_once_it_has_shown_its_code(lin: Person) -> None:
    app = second_factor.begin(lin)
    key = second_factor.key_of(app)
    with pytest.raises(Refusal, match="one_time_code_refused"):
        second_factor.confirm(lin, "000000")
    before = second_factor.is_on(lin)
    codes = second_factor.confirm(lin, f" {code_of(key)[:3]} {code_of(key)[3:]} ")

    assert not before
    assert second_factor.is_on(lin)
    assert second_factor.begun(lin) is None
    assert len(set(codes)) == second_factor.codes_left(lin) == 10
    assert len(base64.b32decode(key)) == 20
    assert f"secret={key}" in second_factor.address_of(app, "北方")


def test_a_pin_takes_nobody_past_the_second_step(chain: Chain, lin: Person) -> None:
    keeper = a_person("keeper", does=(chain.north, "till.*"))
    with system(reason="test"):
        set_pin(lin, "1357")

    def taken_over() -> str:
        with acting(keeper, at=chain.till):
            try:
                return check_pin("lin", "1357", unit=chain.till).username
            except Refusal as refusal:
                return refusal.code

    assert taken_over() == "lin"
    role = Role.objects.get(grants__person=lin)
    Role.objects.filter(pk=role.pk).update(needs_second_factor=True)
    assert taken_over() == "second_step_needed"
    Role.objects.filter(pk=role.pk).update(needs_second_factor=False)
    turned_on(lin)
    assert taken_over() == "second_step_needed"


def test_a_code_opens_once_and_none_before_it_does_either(lin: Person) -> None:
    key, _ = turned_on(lin)
    later = NOON + timedelta(minutes=5)
    with env.frozen(later):
        wide = code_of(key, later).translate({ord("0") + n: ord("０") + n for n in range(10)})
        said = [
            step(lin, wide),
            step(lin, code_of(key, later)),
            step(lin, code_of(key, later - timedelta(seconds=30))),
            step(lin, code_of(key, later + timedelta(seconds=30))),
            step(lin, code_of(key, later + timedelta(seconds=60))),
        ]

    no = "one_time_code_refused"
    assert said == ["in", no, no, "in", no]


def test_a_recovery_code_stands_in_once_however_it_is_written(lin: Person) -> None:
    _, codes = turned_on(lin)

    assert step(lin, codes[0].lower().replace("-", " ")) == "in"
    assert step(lin, codes[0]) == "one_time_code_refused"
    assert second_factor.codes_left(lin) == 9
    new = second_factor.renew_codes(lin)
    assert step(lin, codes[1]) == "one_time_code_refused"
    assert step(lin, new[0]) == "in"


def test_guessing_codes_is_slowed_down_apart_from_passwords(lin: Person) -> None:
    key, _ = turned_on(lin)
    said = [step(lin, f"{n:06}") for n in range(5)]

    assert said == ["one_time_code_refused"] * 5
    assert step(lin, code_of(key, NOON + timedelta(seconds=30))) == "sign_in_wait"
    assert check_sign_in("lin", RIGHT, address="10.0.0.1") == lin


def test_another_app_takes_over_only_when_it_has_shown_its_code(lin: Person) -> None:
    old, codes = turned_on(lin)
    second_factor.begin(lin)
    new = second_factor.key_of(second_factor.begin(lin))
    later = NOON + timedelta(minutes=1)
    with env.frozen(later):
        assert step(lin, code_of(new, later)) == "one_time_code_refused"
        assert step(lin, code_of(old, later)) == "in"
        second_factor.confirm(lin, code_of(new, later))
        assert step(lin, code_of(old, later + timedelta(seconds=30))) == "one_time_code_refused"
        assert step(lin, codes[0]) == "one_time_code_refused"

    assert new != old


def test_the_database_holds_neither_key_nor_code(lin: Person) -> None:
    key, codes = turned_on(lin)
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select string_agg(row_to_json(s)::text, '') from second_factor s)"
            " || (select string_agg(row_to_json(r)::text, '') from recovery_code r)"
        )
        kept = cursor.fetchone()[0]

    assert key not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_an_older_key_of_the_installation_still_opens(lin: Person, settings: Any) -> None:
    key, _ = turned_on(lin)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    later = NOON + timedelta(minutes=1)
    with env.frozen(later):
        assert step(lin, code_of(key, later)) == "in"


def test_who_looks_after_people_takes_it_away_but_not_of_who_holds_more(
    chain: Chain, lin: Person
) -> None:
    turned_on(lin)
    office = a_person("office", people=(chain.hq, "org.person.edit"), sells=(chain.hq, "till.*"))
    clerk = a_person("clerk", people=(chain.north, "org.person.edit"))
    with acting(clerk), pytest.raises(Forbidden):
        second_factor.remove(lin)
    with acting(office):
        second_factor.remove(lin)
        with pytest.raises(Refusal, match="second_factor_off"):
            second_factor.remove(lin)

    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert step(lin, "") == "one_time_code_refused"


def test_what_is_off_has_no_codes_and_nothing_to_confirm(lin: Person) -> None:
    with pytest.raises(Refusal, match="second_factor_off"):
        second_factor.renew_codes(lin)
    with pytest.raises(Refusal, match="second_factor_not_begun"):
        second_factor.confirm(lin, "123456")


def test_a_role_asks_for_it_as_long_as_it_is_held(lin: Person) -> None:
    before = second_factor.is_required(lin)
    Role.objects.update(needs_second_factor=True)
    asked = second_factor.is_required(lin)
    Grant.objects.update(valid_until=date(2026, 11, 20))

    assert (before, asked, second_factor.is_required(lin)) == (False, True, False)
