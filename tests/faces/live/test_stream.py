"""The stream of live events, from a commit in one process to the page of another."""

import asyncio
import contextlib
import http.client
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from tests.chain import Chain, a_chain
from tongpan.base import env
from tongpan.faces.live import asgi, hub
from tongpan.faces.live.hub import Stream
from tongpan.faces.live.seeing import Change
from tongpan.kernel.events import dispatcher
from tongpan.kernel.events.recording import record
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import Grant, Person
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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = own_database.environ | {
        "TONGPAN_SECRET": settings.SECRET_KEY,
        "TONGPAN_COMPANY": own_database.schema,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port),
         "--log-level", "warning", "--workers-kill-timeout", "5", "--no-ws",
         "tongpan.config.asgi:application"],
        env=environ,
    )  # fmt: skip
    try:
        chain = a_chain()
        wait(lambda: answers(port), at_most_s=40)
        yield Web(chain, own_database, port=port)
    finally:
        process.terminate()
        process.wait(15)


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def test_a_page_is_told_what_changed_where_the_person_may_see_it(web: Web) -> None:
    owner, manager = web.page("zhou"), web.page("zhao")

    north = happen(web, "north")
    south = happen(web, "south")
    from_north = happen(web, "north", other_unit=web.chain.units["south"].pk, amount="9.90")
    paid = happen(web, "south", name=PAID)

    wait(lambda: len(owner.told()) == 4)
    wait(lambda: len(manager.told()) >= 2)
    assert [subject for _, _, subject in owner.told()] == [north, south, from_north, paid]
    assert manager.told() == [(2, POSTED, south), (3, POSTED, from_north)]
    assert "9.90" not in str(owner.messages)


def test_after_a_reconnect_nothing_was_missed(web: Web) -> None:
    page = web.page("zhou")
    first = happen(web, "north")
    wait(page.told)
    page.close()
    missed = [happen(web, "north") for _ in range(3)]

    back = web.page("zhou", after=page.told()[-1][0])
    last = happen(web, "north")
    wait(lambda: len(back.told()) == 4)

    assert [subject for _, _, subject in page.told()] == [first]
    assert back.told() == [(n + 2, POSTED, s) for n, s in enumerate([*missed, last])]
    assert "id" not in back.messages[0]


def test_a_page_may_say_in_its_address_where_it_was(web: Web) -> None:
    subjects = [happen(web, "north") for _ in range(3)]

    page = web.page("zhou", after=1, header=False)

    wait(lambda: len(page.told()) == 2)
    assert [subject for _, _, subject in page.told()] == subjects[1:]


@pytest.mark.parametrize("after", [99, 10**17])
def test_a_page_from_another_time_is_told_to_fetch_everything(web: Web, after: int) -> None:
    happen(web, "north")

    page = web.page("zhou", after=after)

    wait(lambda: any(m.get("event") == "reset" for m in page.messages))
    assert page.messages[-1] == {"id": "1", "event": "reset", "data": "{}"}


def test_a_new_page_learns_where_the_feed_stands(web: Web) -> None:
    happen(web, "north")

    page = web.page("zhou")

    assert page.messages[0] == {"retry": "2000", "id": "1", "event": "hello", "data": "{}"}


def test_nobody_listens_without_a_session(web: Web) -> None:
    cookies = ["", "x" * 32, '"\\', "a=b; sessionid"]

    assert [web.open(cookie).status for cookie in cookies] == [401] * 4


def test_other_addresses_and_methods_are_refused(web: Web) -> None:
    assert web.page("zhou", method="POST").status == 405
    assert web.page("zhou", path="/live/other").status == 404
    assert web.page("zhou", kind="websocket").status == 404
    assert web.page("zhou", host="evil.example").status == 401


def test_a_company_that_is_not_there_has_no_stream(web: Web) -> None:
    cookie = signed_in(web.chain.people["zhou"])
    settings.DEFAULT_COMPANY = "nowhere"

    assert web.open(cookie).status == 401


def test_a_full_server_says_so(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "STREAMS_MOST", 1)
    first = web.page("zhou")

    assert web.page("zhou").status == 503
    first.close()
    assert web.page("zhou").status == 200


def test_who_signs_out_or_is_switched_off_is_told_no_more(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "LOOK_AGAIN_S", 0.05)
    page = web.page("zhou")
    env.sleep(0.2)
    assert not page.is_over

    Person.objects.filter(username="zhou").update(is_active=False)

    wait(lambda: page.is_over)


def test_whose_grant_ends_is_told_no_more(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "LOOK_AGAIN_S", 0.05)
    page = web.page("zhao")
    with system(reason="test"):
        Grant.objects.filter(person=web.chain.people["zhao"]).delete()
    env.sleep(0.5)

    happen(web, "south")
    env.sleep(0.3)

    assert page.told() == []


def test_a_quiet_stream_pings_and_says_where_it_is(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "PING_S", 0.05)
    page = web.page("zhao")
    happen(web, "north")

    wait(lambda: page.messages[-1].get("id") == "1")
    assert page.messages[-1] == {"id": "1", "": "ping"}


def test_a_slow_page_is_sent_the_newest_change_of_each_subject() -> None:
    stream = Stream(viewer=None)  # type: ignore[arg-type]
    one, other, unit = env.new_id(), env.new_id(), env.new_id()

    for place, subject in enumerate([one, other, one], start=1):
        stream.tell(Change(place, POSTED, subject, unit))
    _, changes, _ = stream.take()

    assert [(c.position, c.subject) for c in changes] == [(2, other), (3, one)]
    assert stream.take() == (False, [], 0)


def test_a_page_that_is_too_slow_is_told_to_fetch_everything() -> None:
    stream = Stream(viewer=None)  # type: ignore[arg-type]

    for place in range(hub.UNSENT_MOST + 3):
        stream.tell(Change(place, POSTED, env.new_id(), env.new_id()))
    is_reset, changes, _ = stream.take()

    assert is_reset
    assert len(changes) == 2


def test_a_database_that_was_set_back_resets_the_pages(web: Web) -> None:
    page = web.page("zhou")
    happen(web, "north")
    wait(page.told)
    with web.database.connect(user="postgres") as admin:
        admin.execute("update feed_state set position = 0")
        admin.execute("select pg_notify('live', 'north')")

    wait(lambda: page.messages[-1].get("event") == "reset")
    assert page.messages[-1]["id"] == "0"


def test_a_payload_that_names_no_unit_stops_nothing(web: Web) -> None:
    page = web.page("zhou")

    happen(web, "north", other_unit="far away")

    wait(page.told)


def test_a_goodbye_ends_the_streams_at_once(served: Web) -> None:
    pages = [served.page("zhou") for _ in range(3)]

    with connection.cursor() as cursor:
        cursor.execute("select pg_notify('live', 'bye')")

    wait(lambda: all(page.is_over for page in pages), at_most_s=3)


def test_streams_of_a_real_server_outlive_a_lost_database_connection(served: Web) -> None:
    page = served.page("zhou")
    with served.database.connect(user="postgres") as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    connection.close()
    subject = happen(served, "north")
    wait(page.told)
    page.close()
    missed = happen(served, "north")

    back = served.page("zhou", after=1)

    wait(back.told)
    assert (page.told(), back.told()) == ([(1, POSTED, subject)], [(2, POSTED, missed)])


def test_many_pages_hear_within_the_promised_time(web: Web) -> None:
    """A smoke test of S1 with ten pages; the figure with a hundred is the bench's."""
    pages = [web.page("zhou") for _ in range(10)]
    took = []
    for _ in range(10):
        began = env.monotonic_s()
        subject = happen(web, "north")
        for page in pages:
            wait(lambda page=page, subject=subject: subject in str(page.told()[-1:]))
        took.append(env.monotonic_s() - began)

    assert sorted(took)[5] < 0.3
