"""The stream of live events, from a commit in one process to the page of another."""

import http.client
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
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
from tongpan.kernel.events import dispatcher
from tongpan.kernel.events.recording import record
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import system

POSTED = declare_event("stock.transfer.posted", "Transfer posted")
PAID = declare_event("people.salary.paid", "Salary paid")


@dataclass
class Web:
    """A web server of the real program, in a process of its own."""

    chain: Chain
    port: int
    database: Any

    def page(self, person: str, *, after: int | None = None, header: bool = True) -> "Page":
        return Page(self, signed_in(self.chain.people[person]), after, header)


class Page:
    """An open page: reads the stream in a thread, message by message."""

    def __init__(self, web: Web, cookie: str, after: int | None, header: bool = True) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
        headers = {"Cookie": f"sessionid={cookie}", "Host": "127.0.0.1"}
        address = "/live"
        if after is not None and header:
            headers["Last-Event-ID"] = str(after)
        elif after is not None:
            address = f"/live?after={after}"
        self.link.request("GET", address, headers=headers)
        self.answer = self.link.getresponse()
        self.status = self.answer.status
        self.messages: list[dict[str, str]] = []
        self.is_over = False
        if self.status == 200:
            self.thread = threading.Thread(target=self._read, daemon=True)
            self.thread.start()
            wait(lambda: any(m.get("event") == "hello" for m in self.messages))

    def _read(self) -> None:
        message: dict[str, str] = {}
        try:
            while line := self.answer.readline().decode():
                if line == "\n":
                    self.messages.append(message)
                    message = {}
                else:
                    name, _, value = line.rstrip("\n").partition(": ")
                    message[name] = value
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self.is_over = True

    def told(self) -> list[tuple[int, str, str]]:
        """The position, name and subject of every change."""
        changes = [m for m in list(self.messages) if m.get("event") == "change"]
        data = [(int(m["id"]), json.loads(m["data"])) for m in changes]
        return [(place, told["name"], told["subject"]) for place, told in data]

    def close(self) -> None:
        if self.link.sock:
            self.link.sock.shutdown(socket.SHUT_RDWR)
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
def web(own_database: Any) -> Iterator[Web]:
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
        yield Web(chain, port, own_database)
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
    statuses = {name: Page(web, cookie, None).status for name, cookie in
                {"none": "", "wrong": "x" * 32, "broken": '"\\'}.items()}  # fmt: skip

    assert statuses == {"none": 401, "wrong": 401, "broken": 401}


def test_other_addresses_and_methods_are_refused(web: Web) -> None:
    def status(method: str, address: str, host: str = "127.0.0.1") -> int:
        link = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
        cookie = f"sessionid={signed_in(web.chain.people['zhou'])}"
        link.request(method, address, headers={"Host": host, "Cookie": cookie})
        return link.getresponse().status

    assert status("POST", "/live") == 405
    assert status("GET", "/live/other") == 404
    assert status("GET", "/live", host="evil.example") == 401


def test_a_goodbye_ends_the_streams_at_once(web: Web) -> None:
    pages = [web.page("zhou") for _ in range(3)]

    with connection.cursor() as cursor:
        cursor.execute("select pg_notify('live', 'bye')")

    wait(lambda: all(page.is_over for page in pages), at_most_s=3)


def test_streams_outlive_a_lost_database_connection(web: Web) -> None:
    page = web.page("zhou")
    with web.database.connect(user="postgres") as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    connection.close()

    subject = happen(web, "north")

    wait(page.told)
    assert page.told() == [(1, POSTED, subject)]


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
