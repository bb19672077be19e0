"""Asking: every address, by everybody, in two companies and in two worlds."""

import io
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from multiprocessing import get_context
from typing import Any
from zlib import compress, decompress

from django.db import connection, transaction
from django.test import Client
from django_tenants.utils import schema_context

from tests.access.asking import Request, requests
from tests.access.cast import MARKS, Cast, Viewer
from tests.access.secrets import found_in, quiet
from tests.chain import NOON
from tongpan.base import env
from tongpan.faces.api import limits
from tongpan.faces.kit.entry import PUBLIC, SIGNED_IN, EntryPoint, entry_points

TRIES = (  # to show who one is
    "/sign-in/", "/switch/", "/till/clerk", "/till/authorise", "/till/customer/allow",
    "/me/sign-in/begin", "/me/sign-in/renew", "/me/sign-in/off", "/me/sign-in/passkey",
)  # fmt: skip
CLOSED = (401, 403, 404, 405)


@dataclass
class Found:
    """What a walk found. `answers` are those that a second world is held to, packed."""

    asked: int = 0
    hit: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True)
class Walk:
    """How everybody asks: at which host, with which methods, and whether lists are searched too."""

    cast: Cast
    host: str
    with_queries: bool = False
    methods: tuple[str, ...] = ("GET", "POST", "PUT")
    are_answers_kept: bool = False
    is_elsewhere: bool = False  # what is asked for belongs to another company
    points: Sequence[EntryPoint] = field(default_factory=entry_points)

    def by(self, viewers: Sequence[Viewer], processes: int) -> Found:
        """All of it, by so many processes at once."""
        connection.close()
        with ProcessPoolExecutor(processes, get_context("fork")) as pool:
            parts = pool.map(self.by_one, viewers)
            return _together(list(parts))

    def by_one(self, viewer: Viewer) -> Found:
        """Ask every address for everything, as this viewer. Nothing that is asked stays."""
        found = Found()
        inside = schema_context(self.cast.company)
        with closing(connection), inside, env.frozen(NOON), _listening() as log:
            client = self.cast.client(viewer, self.host)
            marks = forbidden_marks(self.cast, viewer, is_elsewhere=self.is_elsewhere)
            for point in self.points:
                for request in self._requests(viewer, point):
                    limits.forget_all()
                    answer = _ask(client, request)
                    may = expected(viewer, request, is_elsewhere=self.is_elsewhere)
                    _judge(self.cast, f"{viewer.name} {request.method} {request.url}", may,
                           request, answer, marks, log, found)  # fmt: skip
                    if self.are_answers_kept and request.method == "GET":
                        found.answers[viewer.name, request.url] = _packed(answer)
        print(f"{viewer.name}: {found.asked}", file=sys.stderr, flush=True)
        return found

    def _requests(self, viewer: Viewer, point: EntryPoint) -> Iterator[Request]:
        asked = requests(self.cast, point, with_queries=self.with_queries)
        wanted = (request for request in asked if request.method in self.methods)
        if comes_in(viewer, point):
            yield from wanted
        else:  # a closed door is closed, whatever is asked for behind it
            seen = set()
            for request in wanted:
                if request.method not in seen:
                    seen.add(request.method)
                    yield request


def _together(parts: Sequence[Found]) -> Found:
    whole = Found()
    for part in parts:
        whole.asked += part.asked
        whole.hit |= part.hit
        whole.opened |= part.opened
        whole.leaks += part.leaks
        whole.wrong += part.wrong
        whole.answers |= part.answers
        whole.statuses += part.statuses
    return whole


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    headers: dict[str, str]
    content: bytes


def _ask(client: Client, request: Request) -> Answer:
    """Ask, and take back whatever it did; but a try to sign in is remembered, whatever comes."""
    is_remembered = request.path in TRIES
    cookies = SimpleCookie(client.cookies)
    with nullcontext() if is_remembered else transaction.atomic():
        if request.method == "GET":
            answer: Any = client.get(request.url)
        elif request.path.startswith("/api/"):
            call = getattr(client, request.method.lower())
            answer = call(request.url, data=b"{}", content_type="application/json")
        else:
            answer = client.post(request.url, request.sent)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        client.cookies = cookies  # whoever signed out is here again
        if not is_remembered:
            transaction.set_rollback(True)
    return Answer(answer.status_code, dict(answer.headers), content)


def _judge(
    cast: Cast, what: str, may: bool, request: Request, answer: Answer, marks: dict[bytes, str],
    log: io.StringIO, found: Found,
) -> None:  # fmt: skip
    found.asked += 1
    found.statuses[answer.status_code] += 1
    is_let_in = not _says_no(answer)
    if answer.status_code >= 500:
        last = log.getvalue().strip().splitlines()[-1:]
        found.wrong.append(f"{what}: {answer.status_code} {''.join(last)}")
    if may:
        found.hit.add(request.point.route)
        if is_let_in:
            found.opened.add(request.point.route)
    elif is_let_in:
        found.wrong.append(f"{what}: {answer.status_code}, where a no was expected")
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
    for mark in {*found_in(answer.content, marks), *found_in(heads, marks)}:
        found.leaks.append(f"{what}: {marks[mark]} {mark.decode()}")
    if said := log.getvalue():
        personal = (*MARKS["personal"], *MARKS["sensitive"], *cast.secrets)
        for mark in [m for m in personal if m.decode() in said]:
            found.leaks.append(f"log after {what}: {mark.decode()}")
        log.truncate(0)
        log.seek(0)


def comes_in(viewer: Viewer, point: EntryPoint) -> bool:
    """Whether the door itself is open to this person."""
    entry = point.entry
    if entry is None or entry.permission == PUBLIC:
        return True
    if not viewer.is_here:
        return False
    return entry.permission == SIGNED_IN or viewer.holds(entry.permission)


def expected(viewer: Viewer, request: Request, *, is_elsewhere: bool) -> bool:
    """Whether this person may come in there, worked out from what they hold and nothing else."""
    if not comes_in(viewer, request.point):
        return False
    thing, entry = request.thing, request.point.entry
    if thing is None or entry is None or entry.permission == PUBLIC:
        return True
    if is_elsewhere:  # there the id is free, and something new may be made of it
        makes = request.path.endswith(("/save", "/pictures/add"))
        return request.method == "PUT" or makes or "/pick/" in request.path
    return not thing.units or viewer.holds_at(f"{thing.code}.view", thing.units)


def forbidden_marks(cast: Cast, viewer: Viewer, *, is_elsewhere: bool) -> dict[bytes, str]:
    """What this person may see nowhere, with what it is."""
    marks: dict[bytes, str] = dict.fromkeys(cast.secrets, "secret")
    if is_elsewhere:
        for kind, values in MARKS.items():
            marks |= dict.fromkeys(values, f"{kind} of another company")
        noted = {thing.mark for things in cast.things.values() for thing in things if thing.mark}
        return marks | dict.fromkeys(noted, "a row of another company")
    warehouse, hq = cast.stage.units["warehouse"], cast.stage.units["hq"]
    for kind, values in MARKS.items():
        units = (warehouse,) if kind == "cost" else (hq,)
        at_all = viewer.holds(f"see.{kind}") if kind != "cost" else viewer.sees(kind, units)
        if not at_all:
            marks |= dict.fromkeys(values, kind)
    for things in cast.things.values():
        for thing in things:
            if thing.mark and not viewer.holds_at(f"{thing.code}.view", thing.units):
                marks[thing.mark] = f"a row of {thing.code}"
    return marks


def _says_no(answer: Answer) -> bool:
    """By its status, by leading to a door, or as the till does, in words."""
    if answer.status_code == 302:
        return answer.headers["Location"].startswith(("/sign-in/", "/till/choose/"))
    return answer.status_code in CLOSED or answer.content.startswith(b'{"refused"')


def _packed(answer: Answer) -> tuple[int, bytes]:
    return answer.status_code, compress(quiet(answer.content))


def difference(first: bytes, second: bytes) -> str:
    """Where two packed answers begin to differ, in words."""
    one, other = decompress(first), decompress(second)
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    near = slice(max(0, at - 80), at + 80)
    return f"{one[near].decode(errors='replace')!r} or {other[near].decode(errors='replace')!r}"


@contextmanager
def _listening() -> Iterator[io.StringIO]:
    """Everything that the program logs meanwhile."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield said
    finally:
        root.removeHandler(handler)
