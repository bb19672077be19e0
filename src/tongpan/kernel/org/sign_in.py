"""Showing who one is: passwords, PINs, and how guessing is slowed down.

A try is written down as a failure, in a transaction of its own, before the secret is looked at.
So a hundred tries at one moment count each other, and a try that the caller rolls back still
counts; for the same reason these functions refuse to run inside another transaction. A name that
nobody has gets the same answer after the same work.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.db.models import Max
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org import rules, second_factor, sessions
from tongpan.kernel.org.context import who
from tongpan.kernel.org.models import OrgUnit, Person, SignInAttempt
from tongpan.kernel.org.people import require_over
from tongpan.kernel.org.scope import person_may
from tongpan.kernel.org.settings import Setting, declare_setting, value_of

Means = SignInAttempt.Means
PASSWORD, PIN, CODE = Means.PASSWORD, Means.PIN, Means.CODE


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a failure counts, how many are free, and the longest wait after that."""

    window: timedelta
    free: int
    longest_s: int


PASSWORD_LENGTH = declare_setting(
    Setting(
        code="org.password_length",
        kind="integer",
        default=rules.PASSWORD_LENGTH_MIN,
        least=rules.PASSWORD_LENGTH_MIN,
        most=64,
        unit=_("characters"),
        title=_("Shortest password"),
        help=_("For new passwords; those in use stay as they are."),
    )
)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Many people share the address of an office, and many clerks one till: they get more, sooner.
PER_ACCOUNT = {
    PASSWORD: Patience(DAY, 5, 900), PIN: Patience(DAY, 3, 3600), CODE: Patience(DAY, 5, 3600),
}  # fmt: skip
PER_ADDRESS = {
    PASSWORD: Patience(HOUR, 100, 900), PIN: Patience(HOUR, 30, 900), CODE: Patience(HOUR, 30, 900),
}  # fmt: skip


def check_sign_in(username: str, password: str, *, address: str) -> Person:
    """The person who signs in with this name and password, from this network address.

    Errors: Refusal("sign_in_refused"), the same for a wrong password, an unknown name and a person
    who is switched off; Refusal("sign_in_wait") with `wait_s` after too many failures.
    """
    return _checked(PASSWORD, username, password, address, lambda person: True)


def check_pin(code: str, pin: str, *, unit: OrgUnit) -> Person:
    """The clerk who takes over a shared till with their sign-in name (`code`) and PIN.

    Works only where somebody's session is open at this very unit, and for people who hold
    something there. The unit counts as the address. Who signs in with two steps does so with both.

    Errors: Forbidden("till_not_enrolled"); Refusal("second_step_needed"); Refusal as for
    `check_sign_in`.
    """
    _refuse_other_place(unit)
    person = _checked(
        PIN,
        code,
        pin,
        str(unit.pk),
        lambda person: any(
            unit.path.startswith(held.path) and held.is_valid_now()
            for held in person.held_permissions()
        ),
    )
    if second_factor.is_on(person) or second_factor.is_required(person):
        raise Refusal("second_step_needed")
    return person


def authorise(
    code: str, pin: str, *, permission: str, unit: OrgUnit, amount: Decimal | None = None
) -> Person:
    """The second person who puts their name to an action on somebody else's screen.

    The answer is given to `acting(..., authorised_by=...)` around that one action.

    Errors: Forbidden if they may not do it either, or authorise themselves; Refusal as for
    `check_sign_in`.
    """
    _refuse_other_place(unit)
    person = _checked(PIN, code, pin, str(unit.pk), lambda person: True)
    if person == who().person:
        raise Forbidden("authorised_by_oneself")
    if not person_may(person.held_permissions(), permission, unit, amount):
        raise Forbidden("forbidden", permission=permission, unit=unit.code)
    return person


def check_second_step(person: Person, typed: str, *, address: str) -> None:
    """Let a person on whose password was right: a code of their app, or a recovery code. It is
    used up by this.

    Errors: Refusal("one_time_code_refused"); Refusal("sign_in_wait") after too many failures.
    """
    attempt = _begin_attempt(CODE, person.username, address)
    if not second_factor.use(person, typed):
        raise Refusal("one_time_code_refused", path="one_time_code")
    SignInAttempt.objects.filter(pk=attempt.pk).update(is_success=True)


def _refuse_other_place(unit: OrgUnit) -> None:
    here = who().at
    if here is None or here.pk != unit.pk:
        raise Forbidden("till_not_enrolled", unit=unit.code)


def _checked(
    means: SignInAttempt.Means,
    name: str,
    secret: str,
    address: str,
    is_welcome: Callable[[Person], bool],
) -> Person:
    username = rules.sign_in_name(name)
    attempt = _begin_attempt(means, username, address)
    person = Person.objects.filter(username=username, is_active=True).first()
    kept = (person.password if means == PASSWORD else person.pin) if person else ""
    is_right = _is_secret(secret, kept)
    if person is None or not is_right or not is_welcome(person):
        raise Refusal("sign_in_refused")
    SignInAttempt.objects.filter(pk=attempt.pk).update(is_success=True)
    return person


def _is_secret(secret: str, kept: str) -> bool:
    """Whether `secret` was kept as this hash, after the same work when nothing was kept."""
    if len(secret) > rules.PASSWORD_LENGTH_MAX:
        return False
    if not kept:
        make_password(secret)
        return False
    return check_password(secret, kept)


# -- throttling --------------------------------------------------------------------------------


def _begin_attempt(means: SignInAttempt.Means, username: str, address: str) -> SignInAttempt:
    """Write down a try, or refuse it. Tries for one account wait for each other here.

    Errors: Refusal("sign_in_wait"); RuntimeError inside a transaction.
    """
    account, place = _hidden(username), _hidden(address)
    with transaction.atomic(durable=True):
        _stand_in_line(account, place)
        left_s = max(
            _wait_left_s(means, PER_ACCOUNT[means], account=account),
            _wait_left_s(means, PER_ADDRESS[means], address=place),
        )
        if left_s > 0:
            raise Refusal("sign_in_wait", wait_s=left_s)
        return SignInAttempt.objects.create(means=means, account=account, address=place)


def _stand_in_line(*names: str) -> None:
    """Let other tries for the same account or address finish counting first."""
    with connection.cursor() as cursor:
        for name in sorted(set(names)):  # in order, so that two tries never wait for one another
            key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
            cursor.execute("select pg_advisory_xact_lock(%s)", [key])


def _wait_left_s(means: str, patience: Patience, **whose: str) -> int:
    """Seconds until the next try. An account's success forgives it; an address is not forgiven,
    because who guesses others' passwords may well know their own."""
    tries = SignInAttempt.objects.filter(means=means, at__gt=env.now() - patience.window, **whose)
    if "account" in whose:
        last_success = tries.filter(is_success=True).aggregate(at=Max("at"))["at"]
        tries = tries.filter(at__gt=last_success) if last_success else tries
    failures = tries.filter(is_success=False)
    last = failures.aggregate(at=Max("at"))["at"]
    if last is None:
        return 0
    wait_s = rules.wait_s(failures.count(), free=patience.free, longest_s=patience.longest_s)
    left: timedelta = last + timedelta(seconds=wait_s) - env.now()
    return max(0, math.ceil(left / timedelta(seconds=1)))


def _hidden(text: str) -> str:
    return salted_hmac("tongpan.sign_in_attempt", text, algorithm="sha256").hexdigest()


def forget_attempts() -> int:
    """Delete the tries that no longer count; run now and then. Answers how many there were."""
    deleted, _by_model = SignInAttempt.objects.filter(at__lte=env.now() - DAY).delete()
    return deleted


# -- keeping secrets ---------------------------------------------------------------------------


def change_own_password(old: str, new: str, *, address: str) -> Person:
    """Let the acting person choose another password, once they have given the present one.

    Every session of theirs ends; the page signs this one in again.

    Errors: Refusal("sign_in_refused", "sign_in_wait" or "password_refused").
    """
    person = who().person
    assert person is not None, "Only a person has a password."
    check_sign_in(person.username, old, address=address)
    set_password(person, new)
    return person


def set_password(person: Person, password: str) -> None:
    """Keep a new password; every session of the person ends.

    Errors: Refusal("password_refused"); Forbidden for somebody who holds more than oneself.
    """
    require_over(person)
    rules.check_password(
        password,
        username=person.username,
        common=common_passwords(),
        length_min=value_of(PASSWORD_LENGTH),
    )
    person.set_password(password)
    person.session_round += 1
    person.save(update_fields=["password", "session_round"])
    sessions.end_all(person)


def set_pin(person: Person, pin: str) -> None:
    """Keep a new PIN for shared tills.

    Errors: Refusal("pin_refused"); Forbidden for somebody who holds more than oneself.
    """
    require_over(person)
    rules.check_pin_form(pin)
    person.pin = make_password(pin)
    person.save(update_fields=["pin"])


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that everybody tries first, in lower case."""
    return frozenset(Path(__file__).with_name("passwords.txt").read_text().split())
