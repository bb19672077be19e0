"""Looking at the program as somebody else sees it: a role at a unit, or a colleague.

What is looked at is kept in the session. While it lasts every request runs in a transaction of the
database that only reads, and whatever would write is refused before it begins.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.org.context import Held
from tongpan.kernel.org.models import OrgUnit, Person, Role
from tongpan.kernel.org.people import held_in_role, refuse_to_look_as
from tongpan.kernel.org.scope import acting

LOOK = "look"  # in the session
LASTS_S = 1800
END_URL = "/me/look/end"
STILL_DONE = (END_URL, "/sign-out/")  # what may be sent meanwhile
READING = frozenset({"GET", "HEAD", "OPTIONS"})
READ_ONLY = "25006"  # what the database says of a write in such a transaction


@dataclass(frozen=True)
class Look:
    """As whom a person looks. `held` is what the role gives; None is what the colleague holds."""

    title: str
    person: Person
    held: tuple[Held, ...] | None = None
    unit: OrgUnit | None = None


def begin(request: HttpRequest, seen: dict[str, str]) -> None:
    request.session[LOOK] = {**seen, "until": int(env.now().timestamp()) + LASTS_S}


def look_of(request: HttpRequest, person: Person) -> Look | None:
    """As whom the person looks now; None, and never again, when it is over or not allowed."""
    kept = request.session.get(LOOK)
    if kept is None:
        return None
    try:
        if kept["until"] < env.now().timestamp():
            raise Refusal("not_found")
        with acting(person):
            return _look(kept, person)
    except Refusal:
        del request.session[LOOK]
        return None


def _look(kept: dict[str, Any], person: Person) -> Look:
    if "person" in kept:
        seen = Person.objects.filter(pk=UUID(kept["person"])).first()
        if seen is None:
            raise Refusal("not_found")
        refuse_to_look_as(seen)
        return Look(seen.name, seen)
    role = Role.objects.filter(pk=UUID(kept["role"])).first()
    unit = OrgUnit.objects.filter(pk=UUID(kept["unit"])).first()
    if role is None or unit is None:
        raise Refusal("not_found")
    nobody = Person(
        name=role.name, username="-", language=person.language, theme=person.theme
    )  # fmt: skip
    return Look(f"{role.name} · {unit.name}", nobody, held_in_role(role, unit), unit)


def only_reads() -> None:
    """Have the database refuse every write in the transaction that is open."""
    with connection.cursor() as cursor:
        cursor.execute("set transaction read only")


def would_write(failure: BaseException) -> bool:
    """Whether it failed because something would have been written."""
    return getattr(failure.__cause__, "sqlstate", None) == READ_ONLY
