"""Jobs: none lost, each with one effect, whatever dies in between."""

import multiprocessing
import os
import random
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tests.kernel.events.ringing import PLACES, ring, work_and_die
from tongpan.base import env
from tongpan.kernel.events import jobs
from tongpan.kernel.events.models import JobDone

KILLS = 200


@pytest.fixture(autouse=True)
def bell() -> Iterator[None]:
    kept = dict(jobs._jobs)
    jobs._jobs.clear()
    jobs.job("test.ring", tries=3)(ring)
    yield
    jobs._jobs.clear()
    jobs._jobs.update(kept)


def rang() -> list[str]:
    found = JobDone.objects.filter(job__startswith="rang").order_by("job")
    return [job.split()[1] for job in found.values_list("job", flat=True)]


def queue() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select task_name, status::text from procrastinate_jobs"
            " where task_name like 'test.%' order by id"
        )
        return list(cursor.fetchall())


def test_a_job_runs_in_its_company_as_the_program(own_database: Any) -> None:
    jobs.enqueue("test.ring", n=7)

    with jobs.schema_context("public"):
        jobs.work(wait=False)

    [row] = JobDone.objects.filter(job__startswith="rang")
    assert row.job == "rang 7 north job test.ring"
    assert queue() == []


def test_a_rolled_back_transaction_enqueues_nothing(own_database: Any) -> None:
    with transaction.atomic():
        jobs.enqueue("test.ring", n=1)
        transaction.set_rollback(True)

    assert queue() == []


def test_two_jobs_with_one_key_have_one_effect(own_database: Any) -> None:
    key = env.new_id()
    jobs.enqueue("test.ring", key=key, n=1)
    jobs.enqueue("test.ring", key=key, n=1)

    jobs.work(wait=False)

    assert rang() == ["1"]


def test_a_job_for_later_waits(own_database: Any) -> None:
    jobs.enqueue("test.ring", at=env.now() + timedelta(hours=1), n=1)

    jobs.work(wait=False)

    assert rang() == []
    assert queue() == [("test.ring", "todo")]


def test_a_failing_job_leaves_no_effect_and_is_tried_again_later(own_database: Any) -> None:
    jobs.enqueue("test.ring", n=1, fail=True)

    jobs.work(wait=False)

    with connection.cursor() as cursor:
        cursor.execute(
            "select attempts, scheduled_at - now() from procrastinate_jobs"
            " where task_name = 'test.ring'"  # the rescue of every minute may stand beside it
        )
        [(attempts, wait)] = cursor.fetchall()
    assert rang() == []
    assert attempts == 1
    assert timedelta(seconds=0) < wait <= timedelta(seconds=2)


def test_a_job_that_keeps_failing_stays_visible(own_database: Any) -> None:
    jobs.enqueue("test.ring", n=1, fail=True)
    with own_database.connect(user="postgres") as admin:
        for _ in range(3):
            jobs.work(wait=False)
            admin.execute("update procrastinate_jobs set scheduled_at = null")

    assert queue() == [("test.ring", "failed")]


def test_a_name_belongs_to_one_job() -> None:
    assert list(jobs.jobs()) == ["test.ring"]
    with pytest.raises(AssertionError, match="already"):
        jobs.job("test.ring")(ring)
    with pytest.raises(AssertionError, match="no job"):
        jobs.enqueue("test.unknown")
    with pytest.raises(AssertionError, match="no job"):
        jobs.enqueue_for_events("test.unknown", "north", [])


def test_a_job_with_a_schedule_is_enqueued_for_each_company(own_database: Any) -> None:
    jobs.job("test.nightly", cron="0 3 * * *")(lambda: None)

    tick = jobs.worker_app().tasks["every.test.nightly"]
    tick.func(timestamp=0)

    assert queue() == [("test.nightly", "todo")]


def test_old_keys_and_finished_jobs_are_forgotten(own_database: Any) -> None:
    at = env.now() - timedelta(days=jobs.KEEP_DONE_DAYS + 1)
    JobDone.objects.create(key=env.new_id(), job="old", done_at=at)
    JobDone.objects.create(key=env.new_id(), job="new", done_at=env.now())
    jobs.enqueue("test.ring", n=1)
    with own_database.connect(user="postgres") as admin:
        admin.execute("update procrastinate_jobs set status = 'failed'")
        admin.execute("update procrastinate_events set at = now() - interval '31 days'")
        jobs._queue.configure_task("tongpan.tidy").defer(timestamp=0)
        jobs._queue.configure_task("tongpan.rescue_stalled").defer(timestamp=0)

    jobs.work(wait=False)

    assert list(JobDone.objects.values_list("job", flat=True)) == ["new"]
    assert queue() == []


def test_the_worker_stops_when_it_is_told(own_database: Any) -> None:
    jobs.job("test.end")(lambda: os.kill(os.getpid(), signal.SIGTERM))
    jobs.enqueue("test.end")

    jobs.main()

    assert queue() == []


def test_no_events_make_no_jobs(own_database: Any) -> None:
    jobs.enqueue_for_events("test.ring", "north", [])

    assert queue() == []


def test_two_workers_with_one_job_have_one_effect(own_database: Any) -> None:
    """As when a worker that was only asleep wakes up after its job was given to another."""
    key = env.new_id()

    def go() -> bool:
        return jobs.perform("test.ring", "north", key, {"n": 1})

    answers = own_database.at_once(go, go, go, go)

    assert sorted(answers) == [False, False, False, True]
    assert rang() == ["1"]


@pytest.mark.races
def test_killed_workers_lose_no_job_and_double_no_effect(own_database: Any) -> None:
    """Each child works until it reaches a failpoint for the nth time, and is killed there."""
    chance = random.Random(20261121)
    fork = multiprocessing.get_context("fork")
    for n in range(KILLS * 2):
        jobs.enqueue("test.ring", n=n)
    connection.close()
    deaths = 0

    while deaths < KILLS:
        child = fork.Process(
            target=work_and_die, args=(chance.choice(PLACES), chance.randrange(2)), daemon=True
        )
        child.start()
        child.join(30)
        assert child.exitcode in (0, -9)
        if child.exitcode == 0:
            break
        deaths += 1
    jobs.work(wait=False, stalled_s=0.0)

    assert deaths >= KILLS * 3 // 4
    assert rang() == sorted(str(n) for n in range(KILLS * 2))
    assert queue() == []


def test_a_stalled_job_is_handed_out_again(own_database: Any) -> None:
    jobs.enqueue("test.ring", n=1)
    with own_database.connect(user="postgres") as admin:
        admin.execute("update procrastinate_jobs set status = 'doing'")

    jobs.work(wait=False)

    assert rang() == ["1"]
