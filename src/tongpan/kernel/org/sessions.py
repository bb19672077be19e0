"""Sessions in the company's own table, as Django keeps them, read with a statement made once; and
who is signed in on which device, so that each can be ended from elsewhere."""

from typing import Any
from uuid import UUID

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from tongpan.base import env
from tongpan.kernel.companies.rows import row_where
from tongpan.kernel.org.models import OpenSession, Person


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = row_where(
            self.model, "session_key = %s and expire_date > %s", [self.session_key, env.now()]
        )
        if found is None:
            self._session_key = None
        return found


def begin(pk: UUID, person: Person, *, key: str, device: str) -> OpenSession:
    """Note that a person has come in on a device."""
    return OpenSession.objects.create(id=pk, person=person, key=key, device=device)


def note_use(pk: UUID) -> None:
    """Note that a session is in use now."""
    OpenSession.objects.filter(pk=pk).update(seen_at=env.now())


def open_sessions() -> QuerySet[OpenSession]:
    """Every session that is neither ended nor over by itself, the last used first."""
    living = Session.objects.filter(expire_date__gt=env.now()).values("session_key")
    return OpenSession.objects.filter(ended_at=None, key__in=living).order_by("-seen_at", "-id")


def end(rows: QuerySet[OpenSession]) -> None:
    """Let nobody go on in these sessions."""
    Session.objects.filter(session_key__in=list(rows.values_list("key", flat=True))).delete()
    rows.update(ended_at=env.now())


def end_all(person: Person) -> None:
    """End every session of a person."""
    end(OpenSession.objects.filter(person=person, ended_at=None))
