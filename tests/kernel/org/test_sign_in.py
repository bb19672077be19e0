"""Showing who one is, and how guessing is slowed down."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import argon2
import pytest
from argon2 import _password_hasher
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import identify_hasher
from django.db import connection, transaction

from tests.kernel.org.conftest import Chain, a_person
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org import sign_in
from tongpan.kernel.org.backend import PersonBackend
from tongpan.kernel.org.hashing import PasswordHasher
from tongpan.kernel.org.models import Person, SignInAttempt
from tongpan.kernel.org.people import end_sessions, switch_off, switch_on
from tongpan.kernel.org.scope import NoScope, acting, system
from tongpan.kernel.org.sign_in import (
    authorise,
    change_own_password,
    check_pin,
    check_sign_in,
    forget_attempts,
    set_password,
    set_pin,
)

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
RIGHT, WRONG = "blue bicycle", "green bicycle"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> Iterator[None]:
    """The real hash, with a parameter that costs a test nothing."""
    with patch.multiple(PasswordHasher, time_cost=1, memory_cost=8):
        yield


@pytest.fixture
def lin(chain: Chain) -> Person:
    person = a_person("lin", sells=(chain.north, "till.sale.*"))
    with system(reason="test"):
        set_password(person, RIGHT)
        set_pin(person, "1357")
    return person


def outcome(username: str, password: str, address: str = "10.0.0.1") -> Any:
    try:
        return check_sign_in(username, password, address=address)
    except Refusal as refusal:
        return (refusal.code, refusal.facts)


REFUSED = ("sign_in_refused", {})


# -- passwords ----------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["lin", " LIN ", "ｌｉｎ"])
def test_a_person_signs_in_however_they_write_their_name(lin: Person, username: str) -> None:
    assert outcome(username, RIGHT) == lin


def test_passwords_and_pins_are_kept_as_argon2id(lin: Person) -> None:
    assert identify_hasher(lin.password).algorithm == "argon2"
    assert lin.password.startswith("argon2$argon2id$")
    assert lin.pin.startswith("argon2$argon2id$")


def test_a_wrong_password_an_unknown_name_and_a_switched_off_person_get_one_answer(
    lin: Person,
) -> None:
    wrong, unknown = outcome("lin", WRONG), outcome("nobody", WRONG)
    with system(reason="test"):
        switch_off(lin)
    switched_off = outcome("lin", RIGHT)

    assert wrong == unknown == switched_off == REFUSED


@pytest.mark.parametrize("username", ["lin", "nobody", "new"])
def test_the_same_work_is_done_for_every_name(lin: Person, username: str) -> None:
    """One hash and as many queries, so that neither time nor load tells who is there."""
    a_person("new")
    with CountedHashes() as hashes, CountedQueries() as queries:
        outcome(username, WRONG)

    assert (hashes.count, queries.count) == (1, 7)


class CountedHashes:
    """Counts how often a secret is hashed, whether to keep it or to compare it."""

    def __init__(self) -> None:
        self.count = 0
        names = ("hash_secret", "verify_secret")
        self._patches = [patch.object(_password_hasher, n, self._counted(n)) for n in names]
        self._patches[0] = patch.object(argon2.low_level, names[0], self._counted(names[0]))

    def _counted(self, name: str) -> Any:
        real = getattr(argon2.low_level, name)

        def hash_(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            return real(*args, **kwargs)

        return hash_

    def __enter__(self) -> "CountedHashes":
        for one in self._patches:
            one.start()
        return self

    def __exit__(self, *error: Any) -> None:
        for one in self._patches:
            one.stop()


class CountedQueries:
    """Counts what is asked of the database, savepoints aside."""

    count = 0

    def __enter__(self) -> "CountedQueries":
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    def __exit__(self, *error: Any) -> None:
        self._wrapper.__exit__(*error)


def test_an_endless_password_is_refused_without_hashing_it(lin: Person) -> None:
    with CountedHashes() as hashes:
        assert outcome("lin", "x" * 10**6) == REFUSED

    assert hashes.count == 0


# -- throttling ---------------------------------------------------------------------------------


def test_after_five_failures_one_waits_twice_as_long_each_time(lin: Person) -> None:
    at, waits = NOON, []
    for _ in range(9):
        with env.frozen(at):
            assert outcome("lin", WRONG) == REFUSED
            waits.append(outcome("lin", RIGHT)[1]["wait_s"] if len(waits) >= 4 else 0)
        at += timedelta(seconds=waits[-1])

    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16]


def test_the_wait_ends_on_the_second_and_a_success_forgives(lin: Person) -> None:
    with env.frozen(NOON):
        for _ in range(5):
            outcome("lin", WRONG)
    with env.frozen(NOON + timedelta(milliseconds=999)):
        assert outcome("lin", RIGHT) == ("sign_in_wait", {"wait_s": 1})
    with env.frozen(NOON + timedelta(seconds=1)):
        assert outcome("lin", RIGHT) == lin
    with env.frozen(NOON + timedelta(seconds=2)):
        assert [outcome("lin", WRONG) for _ in range(5)] == [REFUSED] * 5


def test_the_longest_wait_is_a_quarter_of_an_hour(lin: Person) -> None:
    hidden = sign_in._hidden("lin")
    SignInAttempt.objects.bulk_create(
        SignInAttempt(means="password", account=hidden, address=str(n), at=NOON) for n in range(500)
    )

    with env.frozen(NOON):
        assert outcome("lin", RIGHT) == ("sign_in_wait", {"wait_s": 900})
    with env.frozen(NOON + timedelta(minutes=15)):
        assert outcome("lin", RIGHT) == lin


def test_an_unknown_name_waits_like_a_known_one(lin: Person) -> None:
    with env.frozen(NOON):
        known = [outcome("lin", WRONG, address="10.0.0.1") for _ in range(7)]
        unknown = [outcome("nobody", WRONG, address="10.0.0.2") for _ in range(7)]

    assert known == unknown
    assert known[-1] == ("sign_in_wait", {"wait_s": 1})


def test_guessing_many_names_from_one_address_is_slowed_down_even_with_a_success_between(
    lin: Person,
) -> None:
    with env.frozen(NOON):
        for n in range(99):
            assert outcome(f"name{n}", WRONG, address="6.6.6.6") == REFUSED
        assert outcome("lin", RIGHT, address="6.6.6.6") == lin
        assert outcome("name99", WRONG, address="6.6.6.6") == REFUSED
        assert outcome("lin", RIGHT, address="6.6.6.6") == ("sign_in_wait", {"wait_s": 1})
        assert outcome("lin", RIGHT, address="10.0.0.1") == lin


def test_waiting_tries_are_not_counted(lin: Person) -> None:
    with env.frozen(NOON):
        for _ in range(50):
            outcome("lin", WRONG)

    assert SignInAttempt.objects.count() == 5


def test_old_failures_are_forgotten(lin: Person) -> None:
    with env.frozen(NOON):
        for _ in range(5):
            outcome("lin", WRONG)
    with env.frozen(NOON + timedelta(days=1)):
        assert outcome("lin", WRONG) == REFUSED
        assert outcome("lin", RIGHT) == lin
        assert forget_attempts() == 5
        assert SignInAttempt.objects.count() == 2


def test_attempts_keep_neither_names_nor_addresses(lin: Person) -> None:
    outcome("my secret password", WRONG, address="10.9.8.7")

    kept = str(SignInAttempt.objects.values_list("account", "address").get())
    assert "secret" not in kept
    assert "10.9.8.7" not in kept


def test_a_try_inside_a_transaction_is_a_mistake_of_the_program(own_database: Any) -> None:
    """Rolled back, it would never have happened, and guessing would be free."""
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        check_sign_in("lin", WRONG, address="10.0.0.1")


def let_through_of_twelve(own_database: Any) -> int:
    with system(reason="test"):
        set_password(Person.objects.create(username="lin", name="Lin"), RIGHT)
    at = env.now()

    def guess() -> Any:
        with env.frozen(at):
            return outcome("lin", WRONG)

    answers = own_database.at_once(*[guess] * 12)

    assert {answer[0] for answer in answers} <= {"sign_in_refused", "sign_in_wait"}
    return answers.count(REFUSED)


@pytest.mark.races
def test_tries_at_one_moment_count_each_other(own_database: Any) -> None:
    assert let_through_of_twelve(own_database) == 5


@pytest.mark.races
def test_the_twin_without_the_line_lets_more_through(own_database: Any) -> None:
    def start_together(*_names: str) -> None:
        together.wait(10)

    together = threading.Barrier(12)
    with patch.object(sign_in, "_stand_in_line", start_together):
        assert let_through_of_twelve(own_database) > 5


# -- PINs ---------------------------------------------------------------------------------------


def pin_outcome(chain: Chain, code: str, pin: str) -> Any:
    try:
        return check_pin(code, pin, unit=chain.till)
    except Refusal as refusal:
        return (refusal.code, refusal.facts)


@pytest.fixture
def manager(chain: Chain) -> Person:
    person = a_person(
        "manager", does=(chain.north, "till.*"), up_to=(chain.north, "stock.*", "500")
    )
    with system(reason="test"):
        set_pin(person, "9080")
    return person


def test_a_clerk_takes_over_a_till_that_is_open(chain: Chain, lin: Person, manager: Person) -> None:
    with acting(manager, at=chain.till):
        assert pin_outcome(chain, "lin", "1357") == lin
        assert pin_outcome(chain, "lin", "1358") == REFUSED
        assert pin_outcome(chain, "lin", RIGHT) == REFUSED
        assert pin_outcome(chain, "nobody", "1357") == REFUSED


def test_a_pin_is_no_password(lin: Person) -> None:
    assert outcome("lin", "1357") == REFUSED


def test_a_pin_works_only_on_the_till_where_somebody_acts(
    chain: Chain, lin: Person, manager: Person
) -> None:
    with pytest.raises(NoScope):
        check_pin("lin", "1357", unit=chain.till)
    for elsewhere in (chain.north, chain.south, None):
        with acting(manager, at=elsewhere), pytest.raises(Forbidden, match="till_not_enrolled"):
            check_pin("lin", "1357", unit=chain.till)


def test_a_pin_works_only_for_people_of_that_store(chain: Chain, manager: Person) -> None:
    stranger = a_person("stranger", sells=(chain.south, "till.sale.*"))
    with system(reason="test"):
        set_pin(stranger, "24680")

    with acting(manager, at=chain.till):
        assert pin_outcome(chain, "stranger", "24680") == REFUSED


def test_pins_are_throttled_harder_than_passwords(
    chain: Chain, lin: Person, manager: Person
) -> None:
    at, waits = NOON, []
    for _ in range(16):
        with env.frozen(at), acting(manager, at=chain.till):
            assert pin_outcome(chain, "lin", "2580") == REFUSED
            waits.append(pin_outcome(chain, "lin", "1357")[1]["wait_s"] if len(waits) >= 2 else 0)
        at += timedelta(seconds=waits[-1])

    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]


# -- a second person ----------------------------------------------------------------------------


def test_a_manager_authorises_what_they_may_and_no_more(
    chain: Chain, lin: Person, manager: Person
) -> None:
    def ask(permission: str, amount: int | None = None) -> Person:
        return authorise(
            "manager",
            "9080",
            permission=permission,
            unit=chain.till,
            amount=None if amount is None else Decimal(amount),
        )

    with acting(lin, at=chain.till):
        assert ask("stock.transfer.post", 500) == manager
        with pytest.raises(Forbidden, match="forbidden"):
            ask("stock.transfer.post", 501)
        with pytest.raises(Forbidden, match="forbidden"):
            ask("money.refund.post")


def test_nobody_authorises_themselves(chain: Chain, lin: Person) -> None:
    with acting(lin, at=chain.till), pytest.raises(Forbidden, match="authorised_by_oneself"):
        authorise("lin", "1357", permission="till.sale.post", unit=chain.till)


def test_a_wrong_pin_authorises_nothing(chain: Chain, lin: Person, manager: Person) -> None:
    with acting(lin, at=chain.till), pytest.raises(Refusal, match="sign_in_refused"):
        authorise("manager", "9081", permission="till.sale.post", unit=chain.till)


# -- sessions and secrets -----------------------------------------------------------------------


def test_every_session_ends_when_the_password_changes_or_the_person_is_switched_off(
    lin: Person,
) -> None:
    rounds = [lin.get_session_auth_hash()]

    with system(reason="test"):
        for end in (
            lambda: set_password(lin, RIGHT),
            lambda: switch_off(lin),
            lambda: end_sessions(lin),
        ):
            end()
            rounds.append(Person.objects.get(pk=lin.pk).get_session_auth_hash())
        switch_on(lin)
        rounds[0] = Person.objects.get(pk=lin.pk).get_session_auth_hash() + rounds[0]

    assert len(set(rounds)) == 4
    assert rounds[0].startswith(rounds[3])  # switching on revives no session and starts none


def test_a_session_of_somebody_switched_off_has_nobody(lin: Person) -> None:
    assert PersonBackend().get_user(lin.pk) == lin
    with system(reason="test"):
        switch_off(lin)

    assert PersonBackend().get_user(lin.pk) is None


def test_django_signs_people_in_through_the_same_gate(lin: Person, rf: Any) -> None:
    request = rf.post("/", REMOTE_ADDR="10.0.0.5")

    assert authenticate(request, username="lin", password=RIGHT) == lin
    assert authenticate(request) is None
    with pytest.raises(Refusal, match="sign_in_refused"):
        authenticate(request, username="lin", password=WRONG)
    assert SignInAttempt.objects.count() == 2


def test_one_changes_ones_own_password_knowing_the_old_one(lin: Person) -> None:
    with acting(lin):
        with pytest.raises(Refusal, match="sign_in_refused"):
            change_own_password(WRONG, "red bicycle", address="10.0.0.1")
        with pytest.raises(Refusal, match="password_refused"):
            change_own_password(RIGHT, "lin", address="10.0.0.1")
        change_own_password(RIGHT, "red bicycle", address="10.0.0.1")

    assert outcome("lin", RIGHT) == REFUSED
    assert outcome("lin", "red bicycle") == lin


def test_nobody_takes_over_a_person_who_holds_more_than_they_do(chain: Chain, lin: Person) -> None:
    owner = a_person("owner", does=(chain.hq, "*"))
    editor = a_person(
        "editor", edits=(chain.north, "org.person.edit"), sells=(chain.north, "till.*")
    )
    elsewhere = a_person(
        "elsewhere", edits=(chain.south, "org.person.edit"), sells=(chain.south, "till.*")
    )

    with acting(editor):
        set_password(lin, "a new bicycle")
        for touch in (
            lambda: set_password(owner, "a new bicycle"),
            lambda: set_pin(owner, "1357"),
            lambda: switch_off(owner),
            lambda: switch_on(owner),
            lambda: end_sessions(owner),
        ):
            with pytest.raises(Forbidden):
                touch()
    with acting(elsewhere), pytest.raises(Forbidden):
        set_password(lin, "a new bicycle")
    with acting(lin), pytest.raises(Forbidden):
        set_password(editor, "a new bicycle")
    with acting(owner):
        set_password(lin, "another bicycle")


def test_the_list_of_common_passwords_is_used(lin: Person) -> None:
    with system(reason="test"), pytest.raises(Refusal, match="password_refused") as refused:
        set_password(lin, "QWERTY123")

    assert [problem["code"] for problem in refused.value.problems] == ["password_common"]
