"""Coming in, being signed out from elsewhere, and looking as somebody else: each written down."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.org import people, sessions
from tongpan.kernel.org.models import OpenSession, OrgUnit, Person, Role
from tongpan.kernel.org.scope import who

BEGIN, END = "org.session.begin", "org.session.end"
LOOK, LOOK_NO_MORE = "org.look.begin", "org.look.end"
DEVICE_MOST = 80
NOBODY = UUID(int=0)


def begin_session(doing: Doing) -> None:
    """Note that the acting person has come in: payload `key`, `device`."""
    person = who().person
    if person is None or not doing.payload.get("key"):
        raise Refusal("not_found")
    device = str(doing.payload.get("device", ""))[:DEVICE_MOST]
    sessions.begin(doing.subject, person, key=str(doing.payload["key"]), device=device)
    doing.changes = {"device": [None, device]}
    _permitted(doing, "org.session")


def end_session(doing: Doing) -> None:
    """End a session: one's own, or that of somebody over whom one stands."""
    session = OpenSession.objects.select_related("person").filter(pk=doing.subject).first()
    if session is None:
        raise Refusal("not_found")
    people.end_session(session)
    doing.changes = {"person": [None, session.person.pk]}
    _permitted(doing, "org.session")


def look(doing: Doing) -> None:
    """Begin to look as a person, the subject, or as a role: payload `role`, `unit`."""
    if "role" in doing.payload:
        named = as_id(doing.payload["role"]), as_id(doing.payload.get("unit"))
        role = Role.objects.filter(pk=named[0] or NOBODY).first()
        unit = OrgUnit.objects.filter(pk=named[1] or NOBODY).first()
        if role is None or unit is None:
            raise Refusal("not_found")
        people.held_in_role(role, unit)
        doing.org_unit, seen = unit, {"role": role.pk, "unit": unit.pk}
    else:
        person = Person.objects.filter(pk=doing.subject).first()
        if person is None:
            raise Refusal("not_found")
        people.refuse_to_look_as(person)
        seen = {"person": person.pk}
    doing.changes = {name: [None, pk] for name, pk in seen.items()}
    _permitted(doing, "org.look")


def look_no_more(doing: Doing) -> None:
    """Be oneself again."""
    people.require_somewhere(people.LOOK_AS)
    _permitted(doing, "org.look")


def _permitted(doing: Doing, kind: str) -> None:
    """The function that was called has asked for permission itself, or it is about oneself."""
    doing.is_permitted, doing.kind = True, kind


ACTIONS: tuple[tuple[str, Any, Any, str], ...] = (
    (BEGIN, _("Sign in"), begin_session, people.EDIT_PERSON),
    (END, _("End a session"), end_session, people.EDIT_PERSON),
    (LOOK, _("Look as somebody else"), look, people.LOOK_AS),
    (LOOK_NO_MORE, _("Be oneself again"), look_no_more, people.LOOK_AS),
)
for _code, _title, _run, _permission in ACTIONS:
    register_action(Action(code=_code, title=_title, run=_run, permission=_permission))
