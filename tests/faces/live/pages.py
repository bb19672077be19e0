"""Open pages and where they are opened, for the tests of the stream."""

import asyncio
import atexit
import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tests.chain import Chain, a_chain
from tests.faces.live.nest import Nest
from tongpan.base import env
from tongpan.faces.live import asgi
from tongpan.kernel.events import dispatcher
from tongpan.kernel.events.recording import record
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import system

POSTED = declare_event("stock.transfer.posted", "Transfer posted")
PAID = declare_event("people.salary.paid", "Salary paid")


@dataclass
class Web:
    """Where pages are opened: by calling the program on a loop, or at a real server's port."""

    chain: Chain
    database: Any
    loop: asyncio.AbstractEventLoop | None = None
    port: int = 0

    def page(
        self, person: str, *, after: int | None = None, header: bool = True, **more: Any
    ) -> "Page":
        return self.open(signed_in(self.chain.people[person]), after, header, **more)

    def open(
        self, cookie: str, after: int | None = None, header: bool = True, **more: Any
    ) -> "Page":
        headers = {"cookie": f"sessionid={cookie}", "host": more.pop("host", "127.0.0.1")}
        query = ""
        if after is not None and header:
            headers["last-event-id"] = str(after)
        elif after is not None:
            query = f"after={after}"
        if self.loop:
            return CalledPage(self.loop, headers, query, **more)
        return ServedPage(self.port, headers, query)


class Page:
    """An open page: what it was sent, message by message."""

    def __init__(self) -> None:
        self.status = 0
        self.messages: list[dict[str, str]] = []
        self.is_over = False

    def greeted(self) -> None:
        wait(lambda: self.status)
        if self.status == 200:
            wait(lambda: any(m.get("event") == "hello" for m in self.messages))

    def told(self) -> list[tuple[int, str, str]]:
        """The position, name and subject of every change."""
        changes = [m for m in list(self.messages) if m.get("event") == "change"]
        data = [(int(m["id"]), json.loads(m["data"])) for m in changes]
        return [(place, told["name"], told["subject"]) for place, told in data]


def parsed(text: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in text.split("\n"))
    return {name: value for name, _, value in pairs}


class CalledPage(Page):
    """A page whose stream is a call of the program on an event loop of this process."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        headers: dict[str, str],
        query: str,
        *,
        method: str = "GET",
        path: str = "/live",
        kind: str = "http",
    ) -> None:
        super().__init__()
        self.loop = loop
        self.leave = asyncio.Event()
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": kind, "method": method, "path": path, "headers": raw,
                 "query_string": query.encode()}  # fmt: skip
        self.call = asyncio.run_coroutine_threadsafe(
            asgi.application(scope, self.receive, self.send), loop
        )
        self.greeted()

    async def receive(self) -> dict[str, Any]:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.status = message.get("status", self.status)
        if message["type"] == "http.response.body":
            texts = message["body"].decode().split("\n\n")
            self.messages += [parsed(text) for text in texts if text]
            self.is_over = not message.get("more_body", False)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.leave.set)
        self.call.result(5)


class ServedPage(Page):
    """A page whose stream comes from a real web server; a thread reads it."""

    def __init__(self, port: int, headers: dict[str, str], query: str) -> None:
        super().__init__()
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.link.request("GET", f"/live?{query}", headers=headers)
        self.socket = self.link.sock
        self.answer = self.link.getresponse()
        self.status = self.answer.status
        threading.Thread(target=self._read, daemon=True).start()
        self.greeted()

    def _read(self) -> None:
        text = ""
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            while line := self.answer.readline().decode():
                text += line
                if line == "\n":
                    self.messages.append(parsed(text.strip()))
                    text = ""
        self.is_over = True

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)  # else closing waits for the reader's next line
        self.link.close()


def wait(until: Callable[[], object], *, at_most_s: float = 15.0) -> None:
    deadline = env.monotonic_s() + at_most_s
    while not until():
        assert env.monotonic_s() < deadline, "It did not happen."
        env.sleep(0.01)


def signed_in(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def happen(
    web: Web, unit: str, *, name: str = POSTED, subject: UUID | None = None, **payload: Any
) -> str:
    """An event in the unit, numbered at once; answers its subject."""
    subject = subject or env.new_id()
    with system(reason="test"):
        record(name, subject, web.chain.units[unit].pk, payload, env.now().date())
    dispatcher.number()
    return str(subject)


@pytest.fixture
def web(own_database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """The program on an event loop of its own in this process."""
    monkeypatch.setattr(settings, "DEFAULT_COMPANY", own_database.schema)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield Web(a_chain(), own_database, loop=loop)
    finally:
        asyncio.run_coroutine_threadsafe(_call_off(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        asgi._hubs.pop(loop, None)


async def _call_off() -> None:
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@pytest.fixture
def served(own_database: Any) -> Iterator[Web]:
    """The program in a web server of its own, as it runs for people."""
    with serving(own_database) as web:
        yield web


@contextlib.contextmanager
def serving(own_database: Any) -> Iterator[Web]:
    """A web server of its own for this database, with the cast in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _nest(own_database).serving(own_database.name, port):
        chain = a_chain()
        wait(lambda: answers(port), at_most_s=40)
        warm(port)
        yield Web(chain, own_database, port=port)


_nests: dict[frozenset[tuple[str, str]], Nest] = {}


def _nest(own_database: Any) -> Nest:
    """One for all tests of this process whose servers read the same from the environment; each
    says which database it serves."""
    environ = own_database.environ | {
        "TONGPAN_SECRET": settings.SECRET_KEY,
        "TONGPAN_COMPANY": own_database.schema,
        "TONGPAN_PSEUDO": "1",
    }
    said = {
        k: v for k, v in environ.items() if k.startswith("TONGPAN_") and k != "TONGPAN_DATABASE"
    }
    key = frozenset(said.items())
    if key not in _nests:
        _nests[key] = Nest(environ)
        atexit.register(_nests[key].close)
    return _nests[key]


def warm(port: int) -> None:
    """Ask for a first page, for which a new process imports and reads whatever pages need: on a
    busy machine that takes longer than any page may take afterwards."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(link):
        link.request("GET", "/sign-in/")
        assert link.getresponse().status == 200


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
