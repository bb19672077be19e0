"""What may be asked about personal data, as actions of the one gate: each with its reason, each in
the log. A look at it counts too, and nobody looks at many in an hour."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents import personal
from tongpan.kernel.documents.actions.posting import reason
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import History
from tongpan.kernel.documents.personal import Subject, declare_subject, find_subject
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org import people
from tongpan.kernel.org.models import (
    ApiToken,
    Grant,
    OpenSession,
    Passkey,
    Person,
    PersonContact,
    RecoveryCode,
    SecondFactor,
)
from tongpan.kernel.org.scope import who

HANDLE, SEE_PERSONAL = "org.personal.handle", "see.personal"
COPY, SET_ASIDE = "org.personal.copy", "org.personal.set_aside"
PUT_BACK, ERASE = "org.personal.put_back", "org.personal.erase"
REVEAL = "org.person.reveal"
REVEALS_MOST = 30  # an hour
_reveals = [REVEAL]

say(
    "reveals_wait",
    noop("You have looked at personal data {most} times in an hour. Wait a while."),
)
say("personal_set_aside", noop("This personal data was set aside or erased."))
say("personal_not_set_aside", noop("This personal data was not set aside."))
say("personal_erased", noop("This personal data was erased already."))
say("person_still_signs_in", noop("{name} may still sign in. Switch them off first."))


# -- looking -------------------------------------------------------------------------------------


def reveal(doing: Doing) -> None:
    """Write down that somebody looks at how a colleague is reached, in full."""
    people.require_somewhere(people.EDIT_PERSON)
    people.require_somewhere(SEE_PERSONAL)
    _count_reveal(doing, Person)
    doing.is_permitted, doing.kind = True, "org.person"


def declare_reveal(subject: Subject) -> None:
    """Let those look in full, for a reason, who hold `<code>.reveal` and may see personal data."""

    def look(doing: Doing) -> None:
        """Write down that somebody looks at personal data in full, and why."""
        people.require_somewhere(SEE_PERSONAL)
        doing.note = reason(doing)
        doing.require(None)
        doing.kind = subject.code
        _count_reveal(doing, subject.model)

    action = Action(
        code=f"{subject.code}.reveal",
        title=_("Look at personal data"),
        run=look,
        permission=f"{subject.code}.reveal",
        needs_reason=True,
    )
    register_action(action)
    _reveals.append(action.code)


def _count_reveal(doing: Doing, model: type[models.Model]) -> None:
    if not model._base_manager.filter(pk=doing.subject).exists():
        raise Refusal("not_found")
    person = who().person
    actor = person.pk if person else None
    an_hour_ago = doing.at - timedelta(hours=1)
    shown = History.objects.filter(actor=actor, action__in=_reveals, at__gt=an_hour_ago)
    if shown.count() >= REVEALS_MOST:
        raise Refusal("reveals_wait", most=REVEALS_MOST)


# -- what a person may ask for -------------------------------------------------------------------


def copy(doing: Doing) -> None:
    """Everything that is kept about somebody; the result. Payload: `kind`, `reason`."""
    subject, row = _asked(doing)
    doing.result = personal.copy_of(subject, row)


def set_aside(doing: Doing) -> None:
    """Keep somebody's personal data and do nothing else with it: payload `kind`, `reason`."""
    subject, row = _asked(doing)
    personal.set_aside(subject, row, at=doing.at)


def put_back(doing: Doing) -> None:
    """Use what was set aside again: payload `kind`, `reason`."""
    subject, row = _asked(doing)
    personal.put_back(subject, row)


def erase(doing: Doing) -> None:
    """Overwrite somebody's personal data, for good: payload `kind`, `reason`."""
    subject, row = _asked(doing)
    personal.erase(subject, row, at=doing.at)


def _asked(doing: Doing) -> tuple[Subject, Any]:
    doing.require(None)
    people.require_somewhere(SEE_PERSONAL)
    doing.note = reason(doing)
    subject = find_subject(str(doing.payload.get("kind")))
    rows: Any = subject.model._base_manager if subject else None
    row = rows.select_for_update(of=("self",)).filter(pk=doing.subject).first() if rows else None
    if subject is None or row is None:
        raise Refusal("not_found")
    doing.kind = subject.code
    return subject, row


# -- colleagues ----------------------------------------------------------------------------------


def _guard(person: Person) -> None:
    """Who still signs in is still reached; and nobody touches who holds more than they do."""
    people.require_over(person)
    if person.is_active:
        raise Refusal("person_still_signs_in", name=person.name)


def _erase(person: Person) -> None:
    """Leave a number where the name was: what they did goes on naming the row."""
    alias = env.token(4)
    person.username, person.name, person.pin = f"#{alias}", f"#{alias}", ""
    person.set_unusable_password()
    person.save(update_fields=["username", "name", "pin", "password"])
    OpenSession.objects.filter(person=person).update(device="")
    ApiToken.objects.filter(person=person).update(name="")
    for model in (SecondFactor, RecoveryCode, Passkey):
        model._base_manager.filter(person=person).delete()


def _more(person: Person) -> Mapping[str, Any]:
    def told(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return {
        "name": person.name,
        "sign_in_name": person.username,
        "language": person.language,
        "may_sign_in": person.is_active,
        "made": told(person.created_at),
        "roles": [
            {"role": grant.role.name, "unit": grant.unit.name, "from": str(grant.valid_from or ""),
             "until": str(grant.valid_until or "")}
            for grant in Grant.objects.filter(person=person).select_related("role", "unit")
        ],
        "sessions": [
            {"device": one.device, "begun": told(one.begun_at), "ended": told(one.ended_at)}
            for one in OpenSession.objects.filter(person=person).order_by("begun_at")
        ],
        "tokens": [
            {"name": one.name, "made": told(one.created_at), "used": told(one.last_used_at)}
            for one in ApiToken.objects.filter(person=person).order_by("created_at")
        ],
        "passkeys": [
            {"name": one.name, "made": told(one.made_at), "used": told(one.used_at)}
            for one in Passkey.objects.filter(person=person).order_by("made_at")
        ],
        "did": History.objects.filter(actor=person.pk).count(),
    }  # fmt: skip


declare_subject(
    Subject(
        code="org.person",
        title=_("Colleague"),
        model=Person,
        table=PersonContact,
        named=lambda person: (person.name, person.username),
        sought=lambda text: (
            Q(name__icontains=text) | Q(username__iexact=text) | Q(contact__phone=text)
        ),
        guard=_guard,
        erase=_erase,
        more=_more,
    )
)


# -- the register --------------------------------------------------------------------------------

ACTIONS: tuple[tuple[str, Any, Any, str], ...] = (
    (COPY, _("Copy personal data"), copy, "copied"),
    (SET_ASIDE, _("Set personal data aside"), set_aside, "restricted"),
    (PUT_BACK, _("Use personal data again"), put_back, "released"),
    (ERASE, _("Erase personal data"), erase, "erased"),
)
for _code, _title, _run, _past in ACTIONS:
    register_action(
        Action(
            code=_code, title=_title, run=_run, permission=HANDLE, needs_reason=True,
            event=declare_event(f"org.personal.{_past}", f"{_code}: {_past}"),
        )
    )  # fmt: skip
register_action(
    Action(code=REVEAL, title=_("Look at personal data"), run=reveal, permission=SEE_PERSONAL)
)
