"""A job that leaves one row for every time it has its effect, for this process and its children."""

import os
import signal

from django.db import connection

from tongpan.base import env
from tongpan.kernel.events import jobs
from tongpan.kernel.org.context import who

PLACES = ["jobs.claimed", "jobs.run", "jobs.committed"]


def ring(event_id: str = "", n: int = 0, fail: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into job_done (key, job, done_at) values (%s, %s, now())",
            [env.new_id(), f"rang {event_id or n} {connection.schema_name} {who().reason}"],
        )
    if fail:
        raise ValueError("no bell")


def work_and_die(place: str, after: int) -> None:
    """Work in this process until the failpoint was passed so often, then die at once."""
    left = [after]

    def strike() -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with env.failing(place, strike):
        jobs.work(wait=False, concurrency=1, heartbeat_s=0.1, stalled_s=0.0)
