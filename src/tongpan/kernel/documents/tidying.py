"""Forgetting, once a night, what nobody will ask for again.

The queue forgets its own jobs: see `events.jobs`.
"""

from datetime import timedelta

from tongpan.base import env
from tongpan.kernel.documents.models import Request
from tongpan.kernel.events.jobs import job
from tongpan.kernel.org import sign_in

# A till that was away for a whole season still finds its requests known. Later the ids of what
# they made are taken, so that nothing is posted twice.
REQUEST_DAYS = 100


@job("org.forget_attempts", tries=2, cron="23 3 * * *")
def forget_attempts() -> None:
    """Tries to sign in that no longer count."""
    sign_in.forget_attempts()


@job("documents.forget_requests", tries=2, cron="37 3 * * *")
def forget_requests() -> None:
    """Requests so old that nobody sends them again."""
    Request.objects.filter(at__lt=env.now() - timedelta(days=REQUEST_DAYS)).delete()
