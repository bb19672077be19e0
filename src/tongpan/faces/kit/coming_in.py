"""Coming in and going out by a browser, noted so that each session can be seen and ended."""

import re
from uuid import UUID

from django.contrib.auth import login, logout
from django.http import HttpRequest

from tongpan.base import env
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.session_actions import BEGIN, END
from tongpan.kernel.org import sessions
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import acting

BACKEND = "tongpan.kernel.org.backend.PersonBackend"
OPENED, SEEN = "opened", "seen"  # in the session: which one it is, and when that was last noted
NOTED_EVERY_S = 300
BROWSERS = (("Edg/", "Edge"), ("MicroMessenger/", "微信"), ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


def come_in(request: HttpRequest, person: Person, *, lasts_s: int) -> None:
    """Sign a person in here; whoever was here before is signed out."""
    before = request.session.get(OPENED)
    login(request, person, backend=BACKEND)
    request.session.set_expiry(lasts_s)
    request.session.save()
    pk = env.new_id()
    with acting(person):
        _end(before)
        run(BEGIN, pk, {"key": request.session.session_key, "device": device_of(request)})
    request.session[OPENED], request.session[SEEN] = str(pk), int(env.now().timestamp())


def go_out(request: HttpRequest) -> None:
    """Sign out here."""
    opened = request.session.get(OPENED)
    person = request.user
    if isinstance(person, Person):
        with acting(person):
            _end(opened)
    logout(request)


def note_use(request: HttpRequest) -> None:
    """Note now and then that the session is in use."""
    opened, now = request.session.get(OPENED), int(env.now().timestamp())
    if opened and now - request.session.get(SEEN, 0) > NOTED_EVERY_S:
        sessions.note_use(UUID(opened))
        request.session[SEEN] = now


def device_of(request: HttpRequest) -> str:
    """The browser and the system, as far as they say it: Chrome · Windows."""
    said = request.headers.get("User-Agent", "")
    named = [
        next((name for mark, name in known if re.search(re.escape(mark), said)), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(name for name in named if name)


def _end(opened: str | None) -> None:
    rows = sessions.open_sessions().select_related("person")
    row = rows.filter(pk=opened).first() if opened else None
    if row is not None:
        with acting(row.person):
            run(END, row.pk)
