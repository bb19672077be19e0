"""The only door to the clock, to ids, to randomness and to other machines.

A test can own all of them.

Nothing else in Tongpan calls `datetime.now`, `uuid4` or `random` (a lint rule says so). A test or
a simulator replaces the clock with `frozen(...)`, and everything that is written carries that time.
Named failpoints live here too: they are off unless a test switches one on.
"""

import hashlib
import http.client
import ipaddress
import os
import random
import select
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

_clock: ContextVar[Callable[[], datetime] | None] = ContextVar("clock", default=None)
_random = random.SystemRandom()
# The millisecond and the noise of the id that was made last, by the real clock and by a frozen one.
_last_ids = {False: (0, 0), True: (0, 0)}
_one_id_at_a_time = threading.Lock()
_chances = b""
_failpoints: dict[str, Callable[[], None]] = {}


def now() -> datetime:
    """The present moment, with its time zone (UTC)."""
    clock = _clock.get()
    return clock() if clock else datetime.now(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Inside, `now()` is always `moment`."""
    assert moment.tzinfo is not None, "A moment without a time zone is no moment."
    token = _clock.set(lambda: moment)
    try:
        yield
    finally:
        _clock.reset(token)


def monotonic_s() -> float:
    """Seconds on a clock that never goes back; only differences mean something."""
    return time.monotonic()


def new_id() -> uuid.UUID:
    """A UUIDv7: unique for ever, and in the order in which this process made them.

    Within one millisecond each is a random step above the one before, so what was written at one
    moment keeps its order. A frozen clock has its own order, whatever was made outside of it.

    Source: RFC 9562, sections 5.7 and 6.2 (method 2).
    """
    clock = _clock.get()
    ms = time.time_ns() // 1_000_000 if clock is None else int(clock().timestamp() * 1000)
    ms &= (1 << 48) - 1
    is_frozen = clock is not None
    with _one_id_at_a_time:
        last_ms, last_noise = _last_ids[is_frozen]
        if ms == last_ms:
            noise = last_noise + 1 + _chance(4)
        else:
            noise = _chance(10) & ((1 << 73) - 1)  # the highest of 74 bits is room to count in
        _last_ids[is_frozen] = (ms, noise)
    return _version_7(ms, noise)


def _chance(size: int) -> int:
    """So many random bytes, fetched many at a time."""
    global _chances
    if len(_chances) < size:
        _chances = os.urandom(1024)
    drawn, _chances = _chances[:size], _chances[size:]
    return int.from_bytes(drawn, "big")


def _forget_last_id() -> None:
    """In a child process: else it would count on beside its parent."""
    global _one_id_at_a_time, _chances
    _chances = b""
    _last_ids.update({False: (0, 0), True: (0, 0)})
    _one_id_at_a_time = threading.Lock()


os.register_at_fork(after_in_child=_forget_last_id)


def id_of(moment: datetime, *names: object) -> uuid.UUID:
    """The id of something that has names of its own elsewhere: the same names, the same id.

    It sorts by `moment` as a new id would, so what was imported twice is recognised, and stands in
    the tables where its time is.

    Source: the form of RFC 9562, section 5.7, with SHA-256 of the names in place of chance.
    """
    ms = int(moment.timestamp() * 1000) & ((1 << 48) - 1)
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    return _version_7(ms, int.from_bytes(digest[:10], "big") >> 6)


def _version_7(ms: int, noise: int) -> uuid.UUID:
    """Of 48 bits of time and 74 of noise."""
    high, low = noise >> 62, noise & ((1 << 62) - 1)
    return uuid.UUID(int=(ms << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


def token(length: int = 32) -> str:
    """A secret of `length` random bytes, in hexadecimal."""
    return os.urandom(length).hex()


def jitter() -> float:
    """A number from 0 to 1, for waiting before a retry."""
    return _random.random()


def seeded(seed: int) -> random.Random:
    """A source of chance that is the same in every run, for demonstrations and simulations."""
    return random.Random(seed)


def sleep(seconds: float) -> None:
    """Wait; a simulator may replace it."""
    time.sleep(seconds)


def failpoint(name: str) -> None:
    """A place where a test may make the program fail. Does nothing otherwise."""
    if _failpoints and (strike := _failpoints.get(name)):
        strike()


@contextmanager
def failing(name: str, strike: Callable[[], None]) -> Iterator[None]:
    """Inside, reaching the failpoint `name` calls `strike`, which usually raises or kills."""
    _failpoints[name] = strike
    try:
        yield
    finally:
        _failpoints.pop(name, None)


# -- other machines ------------------------------------------------------------------------------

ANSWER_MAX = 64 * 1024
WEB_PORTS, FIRST_FREE_PORT = (80, 443), 1024  # the others below it belong to mail and the like
OURS = (".localhost", ".local", ".internal", ".home.arpa")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """No answer came, or we would not ask: the sentence says why.

    `was_sent` says whether anything may have reached the other machine.
    """

    def __init__(self, why: str, *, was_sent: bool = False) -> None:
        super().__init__(why)
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Answered:
    """What another machine said: its status, the beginning of its text, and its headers."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)  # names in small letters


def post(
    url: str, body: bytes, headers: dict[str, str], *, timeout_s: float, may_be_private: bool,
    answer_max: int = ANSWER_MAX,
) -> Answered:  # fmt: skip
    """Send `body` to an address and answer what came back, as `ask` does."""
    return ask(
        "POST", url, body, headers, timeout_s=timeout_s, may_be_private=may_be_private,
        answer_max=answer_max,
    )  # fmt: skip


def ask(
    method: str, url: str, body: bytes, headers: dict[str, str], *, timeout_s: float,
    may_be_private: bool, answer_max: int = ANSWER_MAX,
) -> Answered:  # fmt: skip
    """Ask an address something and answer what came back, up to so many bytes.

    Redirects are not followed.

    The name is looked up once, and what was found is what is asked; so a name that means a machine
    of our own network only later gets nothing.

    Errors: Unreachable, also for a machine of a private network unless it `may_be_private`.
    """
    was_sent = False
    parts = urlsplit(url)
    is_safe = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if is_safe else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        place = _looked_up(host, port, may_be_private=may_be_private)
        connection.sock = socket.create_connection(place, timeout_s)
        if is_safe:
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        was_sent = True
        with _cut_off_after(timeout_s, connection.sock):
            connection.request(method, target, body, {"Host": parts.netloc, **headers})
            response = connection.getresponse()
            text = response.read(answer_max).decode(errors="replace")
        heads = {name.lower(): value for name, value in response.getheaders()}
        return Answered(response.status, text, heads)
    except (OSError, http.client.HTTPException) as failure:
        why = f"{type(failure).__name__}: {failure}"
        raise Unreachable(why, was_sent=was_sent) from failure
    finally:
        connection.close()


@contextmanager
def _cut_off_after(timeout_s: float, sock: socket.socket) -> Iterator[None]:
    """The whole answer has so long: one that drips is cut, and what came of it is taken."""

    def cut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, which would wait

    timer = threading.Timer(timeout_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _looked_up(host: str, port: int, *, may_be_private: bool) -> tuple[str, int]:
    """The first machine that the name means."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    place = str(found[0][4][0])
    if not may_be_private and not _is_public(place):
        raise Unreachable(f"{host} is a machine of a private network")
    if not may_be_private and port not in WEB_PORTS and port < FIRST_FREE_PORT:
        raise Unreachable(f"port {port} is no port of the web")
    return place, port


def says_private(url: str) -> bool:
    """Whether an address itself says, without being looked up, that `post` would not ask it.

    >>> [says_private(f"http://{a}") for a in ("2130706433", "[::ffff:10.0.0.1]", "a.example:25")]
    [True, True, True]
    >>> [says_private(f"https://{a}") for a in ("a.example", "93.184.215.14:8443")]
    [False, False]
    """
    parts = urlsplit(url)
    host, port = (parts.hostname or "").rstrip("."), parts.port
    if port is not None and port not in WEB_PORTS and port < FIRST_FREE_PORT:
        return True
    if f".{host}".endswith(OURS):
        return True
    with suppress(OSError):  # 0x7f.1 and 2130706433 are addresses as well, as machines read them
        host = socket.inet_ntoa(socket.inet_aton(host))
    try:
        return not _is_public(host)
    except ValueError:  # a name
        return False


def _is_public(place: str) -> bool:
    """Whether a machine is of the open internet, also where an address of version 6 only wraps
    one of version 4."""
    address = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        address = wrapped or address
    return address.is_global and not address.is_multicast


# -- machines that are no programs ---------------------------------------------------------------

RAW_PORTS = range(9100, 9110)  # where network printers take what they print


class Wire:
    """A way to a printer: it is told bytes, and may say a few."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def say(self, content: bytes, timeout_s: float) -> None:
        """Send all of it. Errors: OSError, also when it does not take it in time."""
        until = time.monotonic() + timeout_s
        rest = memoryview(content)
        while rest:
            left_s = until - time.monotonic()
            if left_s <= 0 or not select.select([], [self._descriptor], [], left_s)[1]:
                raise TimeoutError("The printer takes no more.")
            rest = rest[os.write(self._descriptor, rest[:4096]) :]

    def hear(self, timeout_s: float) -> bytes:
        """What it says within this time; nothing from a printer that cannot speak."""
        with suppress(OSError):
            if select.select([self._descriptor], [], [], timeout_s)[0]:
                return os.read(self._descriptor, 64)
        return b""


@contextmanager
def network_printer(host: str, port: int, timeout_s: float) -> Iterator[Wire]:
    """A printer in our own network. Other ports and other networks are not for printers.

    Errors: Unreachable when nothing was sent, also because it is no machine of a private network.
    """
    try:
        if port not in RAW_PORTS:
            raise Unreachable(f"port {port} is no printer's")
        place, port = _looked_up(host, port, may_be_private=True)
        if _is_public(place):
            raise Unreachable(f"{host} is a machine of the open internet")
        connection = socket.create_connection((place, port), timeout_s)
    except OSError as failure:
        raise Unreachable(f"{type(failure).__name__}: {failure}") from failure
    with connection:
        yield Wire(connection.fileno())


@contextmanager
def device(path: str) -> Iterator[Wire]:
    """A printer that the system knows by the path of a device. Errors: Unreachable."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as failure:
        raise Unreachable(f"{type(failure).__name__}: {failure}") from failure
    try:
        yield Wire(descriptor)
    finally:
        os.close(descriptor)


def write_whole(folder: Path, name: str, content: bytes) -> None:
    """Write a file of a folder so that it is there whole or not at all, also after a power cut."""
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{name}.half"
    with half.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    half.replace(folder / name)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def files_older_than(folder: Path, seconds: float) -> list[Path]:
    """The files of a folder that were written longer ago than this."""
    if not folder.is_dir():
        return []
    before = time.time() - seconds
    return [path for path in folder.iterdir() if path.is_file() and path.stat().st_mtime < before]
