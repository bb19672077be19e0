"""The second step of signing in: codes of an authenticator app, and recovery codes on paper.

Here a code is compared and used up; `sign_in` slows down guessing. The key of an app is worked
out, never stored: see `SecondFactor`.
"""

import base64
import hashlib
import hmac
import unicodedata

import pyotp
from django.conf import settings
from django.db.models import Q
from django.utils.crypto import salted_hmac
from pyotp.exceptions import OTPVerificationError

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.org.models import Grant, Passkey, Person, RecoveryCode, SecondFactor
from tongpan.kernel.org.people import require_over

STEPS_OFF = 1  # how many half minutes the clock of a phone may be away, either way
KEY_BYTES = 20  # as long as the hash; source: RFC 4226, section 4
CODES = 10
CODE_LETTERS = 10  # 50 bits


def is_on(person: Person) -> bool:
    """Whether the person is asked for a code after the password."""
    return SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).exists()


def is_required(person: Person) -> bool:
    """Whether a role that the person has, or will have, lets nobody in by a password alone."""
    today = env.now().date()
    return (
        Grant.objects.filter(person=person, role__needs_second_factor=True)
        .filter(Q(valid_until=None) | Q(valid_until__gte=today))
        .exists()
    )


def begin(person: Person) -> SecondFactor:
    """A new app for a person; the one in use stays until a code of the new one has come."""
    SecondFactor.objects.filter(person=person, confirmed_at=None).delete()
    return SecondFactor.objects.create(person=person)


def begun(person: Person) -> SecondFactor | None:
    """The app that the person is setting up."""
    return SecondFactor.objects.filter(person=person, confirmed_at=None).first()


def confirm(person: Person, typed: str) -> list[str]:
    """Use the app that was begun from now on, as its code shows that the person has it.

    Answers the recovery codes, which nobody can read again.

    Errors: Refusal("second_factor_not_begun" or "one_time_code_refused").
    """
    new = begun(person)
    if new is None:
        raise Refusal("second_factor_not_begun")
    if not _use_app(new, _plain(typed)):
        raise Refusal("one_time_code_refused", path="one_time_code")
    SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).delete()
    SecondFactor.objects.filter(pk=new.pk).update(confirmed_at=env.now())
    return renew_codes(person)


def renew_codes(person: Person) -> list[str]:
    """New recovery codes; those before open nothing any more.

    Errors: Refusal("second_factor_off").
    """
    if not is_on(person):
        raise Refusal("second_factor_off")
    codes = [_random_code() for _ in range(CODES)]
    RecoveryCode.objects.filter(person=person).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person=person, hashed=_hashed(person, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(person: Person) -> int:
    """How many recovery codes are not used."""
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def remove(person: Person) -> None:
    """Ask the person for the password alone again.

    Errors: Refusal("second_factor_off"); Forbidden for somebody who holds more than oneself.
    """
    require_over(person)
    if not is_on(person):
        raise Refusal("second_factor_off")
    SecondFactor.objects.filter(person=person).delete()
    RecoveryCode.objects.filter(person=person).delete()


def remove_all(person: Person) -> None:
    """Let a person who has lost everything in by the password alone: neither app nor passkey.

    Errors: as `remove`.
    """
    require_over(person)
    has_passkeys = Passkey.objects.filter(person=person).exists()
    if not (has_passkeys or is_on(person)):
        raise Refusal("second_factor_off")
    for model in (SecondFactor, RecoveryCode, Passkey):
        model._base_manager.filter(person=person).delete()


def use(person: Person, typed: str) -> bool:
    """Whether this is a code of the person's app, or one of their recovery codes; used up then."""
    code = _plain(typed)
    app = SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()
    if app is not None and _use_app(app, code):
        return True
    unused = RecoveryCode.objects.filter(person=person, used_at=None)
    return unused.filter(hashed=_hashed(person, code)).update(used_at=env.now()) == 1


def key_of(app: SecondFactor) -> str:
    """The key as an app wants it typed, in base 32."""
    return _keys(app)[0]


def address_of(app: SecondFactor, company: str) -> str:
    """What the picture says that an app reads from the screen."""
    made = pyotp.TOTP(key_of(app))
    return made.provisioning_uri(name=app.person.username, issuer_name=company)


def _use_app(app: SecondFactor, code: str) -> bool:
    """Compare with the codes of these moments, and take none that is not later than the last."""
    for key in _keys(app):
        try:
            step = pyotp.TOTP(key).verify_and_get_timecode(
                code, for_time=env.now(), valid_window=STEPS_OFF
            )
        except OTPVerificationError:
            continue
        later = SecondFactor.objects.filter(pk=app.pk, last_step__lt=step)
        return later.update(last_step=step) == 1
    return False


def _keys(app: SecondFactor) -> list[str]:
    """The key of an app; after it those that older keys of the installation would make."""
    name = f"second factor {app.pk}".encode()
    made = [
        hmac.new(str(secret).encode(), name, hashlib.sha256).digest()[:KEY_BYTES]
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return [base64.b32encode(key).decode() for key in made]


def _plain(typed: str) -> str:
    """A code as it is compared, however it was spaced and whatever the width of its digits."""
    wide = unicodedata.normalize("NFKC", typed[:64]).upper()
    return "".join(letter for letter in wide if letter.isalnum())


def _random_code() -> str:
    noise = hashlib.sha256(env.token(32).encode()).digest()
    return base64.b32encode(noise).decode()[:CODE_LETTERS]


def _hashed(person: Person, code: str) -> str:
    # Keyed, so that fifty bits cannot be tried out on a stolen copy of the database.
    text = f"{person.pk}|{code}"
    return salted_hmac("tongpan.recovery_code", text, algorithm="sha256").hexdigest()
