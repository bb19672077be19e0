"""Who watches a stream, and which events they may learn of.

An event is told to who may see its subject: for `stock.transfer.posted` that is the permission
`stock.transfer.view` at the event's unit (or at its `other_unit`, as of a transfer's far end).
Told are its name, subject and unit, never its payload.
"""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import DisallowedHost
from django.db import close_old_connections, connection
from django.http import HttpRequest
from django_tenants.utils import schema_context

from tongpan.base.refusals import Refusal
from tongpan.kernel.companies.making import company_for_host
from tongpan.kernel.org.context import Acting, system
from tongpan.kernel.org.models import Person


@dataclass(frozen=True, slots=True)
class Change:
    """What is told of an event."""

    position: int
    name: str
    subject: UUID
    unit: UUID
    other_unit: UUID | None = None


@dataclass(frozen=True)
class Viewer:
    """A signed-in person at an open page, with what they held when it was last looked up."""

    schema: str
    acting: Acting

    def may_see(self, change: Change, paths: dict[UUID, str]) -> bool:
        """`paths` leads from a unit to its place in the tree; an unknown unit is seen by nobody."""
        held = self.acting.paths_where(f"{change.name.rpartition('.')[0]}.view")
        places = [paths.get(unit) for unit in (change.unit, change.other_unit) if unit]
        closed = tuple(self.acting.closed_where(change.name))
        return any(
            place.startswith(tuple(held)) and not place.startswith(closed)
            for place in places if place
        )  # fmt: skip


def identify(host: str, session_key: str) -> Viewer | None:
    """The viewer behind a session cookie; None when nobody is signed in at this host.

    Reads the database, so it runs in a thread.
    """
    close_old_connections()
    try:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        request = HttpRequest()
        request.META = {"HTTP_HOST": host, "SERVER_NAME": "", "SERVER_PORT": ""}
        schema = company_for_host(request.get_host()).schema_name
        with schema_context(schema), system(reason="live events"):
            request.session = SessionStore(session_key)
            person = get_user(request)
            if not isinstance(person, Person):
                return None
            acting = Acting(person)
            assert acting.held is not None  # read now: later there is no database at hand
            return Viewer(schema, acting)
    except (DisallowedHost, Refusal):
        return None
    finally:
        close_old_connections()
