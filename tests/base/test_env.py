"""Ids keep the order in which they were made; other machines are asked with care."""

import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread

import pytest

from tongpan.base import env

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_ids_of_one_moment_keep_their_order() -> None:
    with env.frozen(NOON):
        made = [env.new_id() for _ in range(1000)]

    assert made == sorted(set(made))
    assert {i.version for i in made} == {7}
    assert {i.int >> 80 for i in made} == {int(NOON.timestamp() * 1000)}


def test_a_moment_that_is_gone_back_to_keeps_its_order() -> None:
    made = []
    for _ in range(20):
        with env.frozen(NOON):
            made.append(env.new_id())
        env.new_id()

    assert made == sorted(set(made))


def test_threads_never_make_the_same_id() -> None:
    made: list[object] = []
    work = [Thread(target=lambda: made.extend(env.new_id() for _ in range(2000))) for _ in range(4)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()

    assert len(set(made)) == 8000


def test_a_child_does_not_count_on_beside_its_parent() -> None:
    with env.frozen(NOON):
        env.new_id()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, env.new_id().bytes)
            os._exit(0)
        os.waitpid(child, 0)
        theirs, ours = int.from_bytes(os.read(reading, 16), "big"), env.new_id().int

    assert abs(theirs - ours) > 1 << 40  # a step is at most 2**32


def test_an_id_of_names_is_always_the_same() -> None:
    assert env.id_of(NOON, "slip", 7) == env.id_of(NOON, "slip", 7)
    assert env.id_of(NOON, "slip", 7) != env.id_of(NOON, "slip", 8)
    assert env.id_of(NOON, "slip", 7).version == 7


PRIVATE = (
    "127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost.",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "100.100.100.200", "169.254.169.254", "10.0.0.8",
    "printer.local", "224.0.0.1", "0.0.0.0", "hooks.example:25", "[fe80::1]",
)  # fmt: skip
PUBLIC = ("hooks.example", "hooks.example:8443", "93.184.215.14", "[2606:2800:21f::1]:443")


@pytest.mark.parametrize("host", PRIVATE)
def test_an_address_of_our_own_network_is_seen_through_however_it_is_written(host: str) -> None:
    assert env.says_private(f"http://{host}/hook")
    with pytest.raises(env.Unreachable):
        env.post(f"http://{host}/hook", b"", {}, timeout_s=0.01, may_be_private=False)


@pytest.mark.parametrize("host", PUBLIC)
def test_an_address_of_the_open_internet_is_taken(host: str) -> None:
    assert not env.says_private(f"https://{host}/hook")


def test_an_answer_that_drips_is_cut_when_its_time_is_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            asker, _ = server.accept()
            with asker, suppress(OSError):
                asker.recv(1000)
                asker.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while True:
                    asker.sendall(b"x")
                    asker.settimeout(0.05)
                    with suppress(TimeoutError):
                        if not asker.recv(1):
                            return

        Thread(target=drip, daemon=True).start()
        url, began = f"http://127.0.0.1:{server.getsockname()[1]}/", env.monotonic_s()
        answer = env.post(url, b"", {}, timeout_s=0.4, may_be_private=True)

    assert (answer.status, set(answer.text)) == (200, {"x"})
    assert env.monotonic_s() - began < 5
