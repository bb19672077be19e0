"""Jobs: work that runs after the commit, in a worker of its own.

The only door to the queue. A job is a function with a name; it runs for one company, in one
transaction, and has its effect once however often the queue hands it out, because that transaction
also writes the job's key into `job_done`. A posting never enqueues a job (the queue notifies, and
a notification takes a global lock at commit): it records an event, and the dispatcher enqueues.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django_tenants.utils import get_public_schema_name, schema_context
from procrastinate import App, RetryDecision
from procrastinate.contrib.django import DjangoApp
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job as QueuedJob
from procrastinate.retry import BaseRetryStrategy

from tongpan.base import env
from tongpan.kernel.companies.models import Company
from tongpan.kernel.events.registry import Happened
from tongpan.kernel.org.context import system

log = logging.getLogger(__name__)

LONGEST_RETRY_S = 3600
KEEP_FAILED_H = 30 * 24  # failed jobs stay visible for a month
KEEP_DONE_DAYS = 90  # a job's key is remembered at least so long


@dataclass(frozen=True, slots=True)
class Job:
    """A named piece of work, how often it is tried, and when it runs by itself."""

    name: str
    run: Callable[..., None]
    tries: int
    cron: str | None


_jobs: dict[str, Job] = {}
_queue = DjangoApp(connector=DjangoConnector())  # enqueues in the caller's transaction


def job(
    name: str, *, tries: int = 10, cron: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make the function a job. With `cron` ("*/5 * * * *") it also runs for each company by itself.

    It runs inside the company's schema as the program itself, in one transaction. Whatever it does
    outside this database may happen more than once.
    """

    def register(run: Callable[..., None]) -> Callable[..., None]:
        assert name not in _jobs, f"There is a job {name!r} already."
        _jobs[name] = Job(name, run, tries, cron)
        return run

    return register


def jobs() -> dict[str, Job]:
    """Every job by its name."""
    return dict(sorted(_jobs.items()))


def enqueue(name: str, *, key: UUID | None = None, at: datetime | None = None, **args: Any) -> None:
    """Have the job run for the present company after this transaction commits.

    `args` must be JSON. Two jobs with the same `key` have one effect.
    """
    assert name in _jobs, f"There is no job {name!r}."
    task = _queue.configure_task(name, schedule_at=at)
    task.defer(schema=_schema(), key=str(key or env.new_id()), args=args)


def enqueue_for_events(name: str, schema: str, events: Iterable[Happened]) -> None:
    """Have the job run once for each event, called with `event_id`."""
    assert name in _jobs, f"There is no job {name!r}."
    wanted: list[dict[str, Any]] = [
        {"schema": schema, "key": str(event.id), "args": {"event_id": str(event.id)}}
        for event in events
    ]
    if wanted:
        _queue.configure_task(name).batch_defer(*wanted)


def perform(name: str, schema: str, key: UUID, args: dict[str, Any]) -> bool:
    """Run the job unless its effect is there already; whether it ran."""
    with schema_context(schema), system(reason=f"job {name}"):
        with transaction.atomic():
            if not _claim(key, name):
                return False
            env.failpoint("jobs.claimed")
            _jobs[name].run(**args)
            env.failpoint("jobs.run")
        env.failpoint("jobs.committed")
        return True


def _claim(key: UUID, name: str) -> bool:
    """Write that the job is done. Whoever comes second waits for the first, then finds it so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into job_done (key, job, done_at) values (%s, %s, %s) on conflict do nothing",
            [key, name, env.now()],
        )
        return bool(cursor.rowcount)


@dataclass(frozen=True)
class _Retry(BaseRetryStrategy):
    """Growing delays with some chance in them, until the tries are used up."""

    tries: int

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> RetryDecision | None:
        if job.attempts + 1 >= self.tries:
            return None
        wait_s = min(2.0 ** (job.attempts + 1), LONGEST_RETRY_S) * (0.5 + env.jitter() / 2)
        return RetryDecision(retry_at=env.now() + timedelta(seconds=wait_s))


def worker_app() -> DjangoApp:
    """An app with every job as a task, for a worker."""
    app = DjangoApp(connector=DjangoConnector())
    for each in _jobs.values():
        app.task(name=each.name, retry=_Retry(each.tries))(_task(each.name))
        if each.cron:
            tick = app.task(name=f"every.{each.name}", queueing_lock=f"every.{each.name}")
            app.periodic(cron=each.cron)(tick(_tick(each.name)))
    rescue = app.task(name="tongpan.rescue_stalled", pass_context=True, queueing_lock="rescue")
    app.periodic(cron="* * * * *")(rescue(_rescue))
    tidy = app.task(name="tongpan.tidy", pass_context=True, queueing_lock="tidy")
    app.periodic(cron="17 3 * * *")(tidy(_tidy))
    return app


def _task(name: str) -> Callable[..., None]:
    def task(schema: str, key: str, args: dict[str, Any]) -> None:
        perform(name, schema, UUID(key), args)

    return task


def _tick(name: str) -> Callable[..., None]:
    """Enqueue the job once for each company; the time of the tick is part of nothing."""

    def tick(timestamp: int) -> None:
        for schema in companies():
            with schema_context(schema):
                enqueue(name)

    return tick


async def _rescue(context: Any, timestamp: int) -> None:
    await rescue(context.app)


async def rescue(app: App, *, stalled_s: float = 30.0) -> int:
    """Hand out again the jobs of workers that no longer give a sign of life; how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_s))
    for one in stalled:
        log.warning("The job %s lost its worker and runs again.", one.id)
        await app.job_manager.retry_job(one)
    return len(stalled)


async def _tidy(context: Any, timestamp: int) -> None:
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_H, include_failed=True, include_cancelled=True, include_aborted=True
    )
    await asyncio.to_thread(forget_done)


def forget_done() -> None:
    """Delete the keys of jobs that nobody will hand out again."""
    before = env.now() - timedelta(days=KEEP_DONE_DAYS)
    for schema in companies():
        with schema_context(schema), connection.cursor() as cursor:
            cursor.execute("delete from job_done where done_at < %s", [before])


def companies() -> list[str]:
    """The schemas of all companies."""
    with schema_context(get_public_schema_name()):
        found = Company.objects.exclude(schema_name=get_public_schema_name())
        return list(found.order_by("pk").values_list("schema_name", flat=True))


def _schema() -> str:
    return str(connection.schema_name)  # type: ignore[attr-defined]


def work(
    *,
    wait: bool = True,
    concurrency: int = 2,
    polling_s: float = 5.0,
    heartbeat_s: float = 10.0,
    stalled_s: float = 30.0,
) -> None:
    """Run a worker until it is told to stop (SIGTERM, SIGINT), or until no job is left."""

    async def serve() -> None:
        app = worker_app()
        pool = DjangoConnector().get_worker_connector()
        with app.replace_connector(pool) as on_pool:
            async with on_pool.open_async():
                await rescue(on_pool, stalled_s=stalled_s)
                await on_pool.run_worker_async(
                    wait=wait,
                    concurrency=concurrency,
                    fetch_job_polling_interval=polling_s,
                    update_heartbeat_interval=heartbeat_s,
                    stalled_worker_timeout=stalled_s,
                    shutdown_graceful_timeout=5.0,
                    delete_jobs="successful",
                    install_signal_handlers=threading.current_thread() is threading.main_thread(),
                )

    asyncio.run(serve())


def main() -> None:
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    work()
