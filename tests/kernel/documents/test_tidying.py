"""What is forgotten at night, and what is not."""

from datetime import timedelta

from tests.chain import Chain
from tongpan.base import env
from tongpan.kernel.documents import tidying
from tongpan.kernel.documents.models import Request
from tongpan.kernel.events.jobs import jobs
from tongpan.kernel.org.models import SignInAttempt


def test_old_requests_and_old_tries_are_forgotten_and_younger_ones_kept(chain: Chain) -> None:
    def days_ago(days: int) -> None:
        at = env.now() - timedelta(days=days)
        Request.objects.create(id=env.new_id(), action="a.b", digest=b"x", at=at)
        SignInAttempt.objects.create(means="pin", account="a", address="b", at=at)

    days_ago(101)
    days_ago(99)
    days_ago(0)
    before = Request.objects.count()

    tidying.forget_requests()
    tidying.forget_attempts()

    assert Request.objects.count() == before - 1
    assert SignInAttempt.objects.count() == 1


def test_both_run_every_night() -> None:
    crons = {name: job.cron for name, job in jobs().items() if ".forget_" in name}

    assert crons == {
        "documents.forget_requests": "37 3 * * *", "org.forget_attempts": "23 3 * * *",
    }  # fmt: skip
