"""Ids are in the order in which they were made, also within one moment and in several threads."""

import os
from datetime import UTC, datetime
from threading import Thread

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
