"""API tokens: keys for programs, each for one person and for no more than that person may."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.org.models import ApiToken, Person
from tongpan.kernel.org.people import person_holds, require_over
from tongpan.kernel.org.permissions import is_known
from tongpan.kernel.org.rules import covers
from tongpan.kernel.org.settings import Setting, declare_setting, value_of

DAYS_MAX = 366
DAYS_MOST = declare_setting(
    Setting(
        code="org.token_days",
        kind="integer",
        default=DAYS_MAX,
        least=1,
        most=DAYS_MAX,
        unit=_("days"),
        title=_("Longest life of an API token"),
        help=_("For new tokens."),
    )
)
MARK = "tp_"  # so that a scanner for leaked secrets can tell what it found
NOTE_USE_EVERY = timedelta(minutes=1)


def make_token(
    person: Person, name: str, scopes: Iterable[str], *, days: int, pk: UUID | None = None
) -> tuple[ApiToken, str]:
    """Make a token and answer it with its secret, which nobody can ever read again.

    Errors: Refusal("permission_unknown", "token_scope_exceeds" or "token_lifetime"); Forbidden for
    the token of somebody who holds more than oneself.
    """
    require_over(person)
    wanted = sorted(set(scopes))
    held = [one.code for one in person_holds(person)]
    for scope in wanted:
        if not is_known(scope):
            raise Refusal("permission_unknown", path="scopes", given=scope)
    if missing := [scope for scope in wanted if not any(covers(code, scope) for code in held)]:
        raise Refusal("token_scope_exceeds", path="scopes", missing=", ".join(missing))
    days_max = value_of(DAYS_MOST)
    if not 1 <= days <= days_max:
        raise Refusal("token_lifetime", path="days", days_max=days_max)
    raw = MARK + env.token(32)
    token = ApiToken.objects.create(
        id=pk or env.new_id(),
        person=person,
        name=name,
        hashed=_hashed(raw),
        scopes=wanted,
        expires_at=env.now() + timedelta(days=days),
    )
    return token, raw


def token_person(raw: str) -> ApiToken | None:
    """The living token of this secret, with its person; None for every other text.

    The caller runs the request inside `acting(token.person, at, via="api", scopes=token.scopes)`.
    """
    now = env.now()
    token = (
        ApiToken.objects.select_related("person")
        .filter(hashed=_hashed(raw), revoked_at=None, expires_at__gt=now, person__is_active=True)
        .first()
    )
    if token is not None:
        _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    # Once a minute at most, so that a busy program does not write a row with every request.
    now = env.now()
    is_stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
    if token.last_used_at is None or token.last_used_at < now - NOTE_USE_EVERY:
        ApiToken.objects.filter(is_stale, pk=token.pk).update(last_used_at=now)


def revoke_token(token: ApiToken) -> None:
    """End a token for good."""
    require_over(token.person)
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=env.now())


def _hashed(raw: str) -> str:
    # A plain hash is enough: 32 random bytes cannot be guessed, however fast the hash.
    return hashlib.sha256(raw.encode()).hexdigest()
