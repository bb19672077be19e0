"""Two-step sign-in, as actions of the one gate: whose it is or was is written down, no secret is.

Who begins, renews or ends their own shows the password to the face first, as `check_sign_in` must
run outside a transaction.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org import passkeys, people, second_factor
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import who

BEGIN, TURN_ON = "org.second_factor.begin", "org.second_factor.turn_on"
RENEW_CODES, TURN_OFF = "org.second_factor.renew_codes", "org.second_factor.turn_off"
REMOVE = "org.person.remove_second_factor"
ADD_PASSKEY, REMOVE_PASSKEY = "org.passkey.add", "org.passkey.remove"

say(
    "second_factor_needed",
    noop("A role asks for two-step sign-in: it can be renewed, not ended."),
)
say("second_factor_own", noop("End your own on your own page, with your password."))


def begin(doing: Doing) -> None:
    """Begin to set up an app; the result is its row, from which its key is worked out."""
    doing.result = second_factor.begin(_oneself(doing))


def turn_on(doing: Doing) -> None:
    """Use the app from now on: payload `one_time_code`. The result is the recovery codes, once."""
    typed = str(doing.payload.get("one_time_code") or "")
    doing.result = second_factor.confirm(_oneself(doing), typed)


def renew_codes(doing: Doing) -> None:
    """Other recovery codes; the result is they, once."""
    doing.result = second_factor.renew_codes(_oneself(doing))


def turn_off(doing: Doing) -> None:
    """Sign in by the password alone again."""
    person = _oneself(doing)
    if second_factor.is_required(person):
        raise Refusal("second_factor_needed")
    second_factor.remove(person)


def remove(doing: Doing) -> None:
    """Take a colleague's app and passkeys away who has lost the phone and the paper."""
    person = Person.objects.filter(pk=doing.subject).first()
    if person is None:
        raise Refusal("not_found")
    if person == who().person:
        raise Refusal("second_factor_own")
    second_factor.remove_all(person)
    _permit(doing)


def add_passkey(doing: Doing) -> None:
    """Keep a passkey: payload `answer` of the browser, `challenge`, `site`, `origin`, `name`."""
    person, given = _oneself(doing), doing.payload
    name = str(given.get("name") or "").strip()
    if not name:
        label = str(_("name"))
        raise Refusal("invalid", problems=[{"path": "name", "code": "required", "label": label}])
    words = {n: str(given.get(n) or "") for n in ("challenge", "site", "origin")}
    made = passkeys.add(person, str(given.get("answer") or ""), name=name, **words)
    doing.result = made
    doing.changes = {"passkey": [None, made.name]}


def remove_passkey(doing: Doing) -> None:
    """Take the passkey away that is the subject."""
    gone = passkeys.remove(doing.subject)
    doing.subject = gone.person.pk
    doing.changes = {"passkey": [gone.name, None]}
    _permit(doing)


def _oneself(doing: Doing) -> Person:
    """The subject, who is the acting person; a program that holds a token of theirs is not."""
    person = who().person
    if person is None or person.pk != doing.subject or who().scopes is not None:
        raise Refusal("not_found")
    _permit(doing)
    return person


def _permit(doing: Doing) -> None:
    doing.is_permitted, doing.kind = True, "org.person"


ACTIONS: tuple[tuple[str, Any, Any], ...] = (
    (BEGIN, _("Begin to set up two-step sign-in"), begin),
    (TURN_ON, _("Turn on two-step sign-in"), turn_on),
    (RENEW_CODES, _("Make new recovery codes"), renew_codes),
    (TURN_OFF, _("Turn off two-step sign-in"), turn_off),
    (REMOVE, _("Remove two-step sign-in"), remove),
    (ADD_PASSKEY, _("Add a passkey"), add_passkey),
    (REMOVE_PASSKEY, _("Remove a passkey"), remove_passkey),
)
for _code, _title, _run in ACTIONS:
    register_action(Action(code=_code, title=_title, run=_run, permission=people.EDIT_PERSON))
