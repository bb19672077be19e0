"""The books are checked once a night and whenever somebody asks, and what was found is kept."""

from typing import Any

import pytest
from django.db import connection

from tests.chain import Chain
from tests.kernel.documents.test_gate import events_of
from tongpan.kernel.documents import integrity
from tongpan.kernel.events.jobs import jobs
from tongpan.kernel.org.scope import system


def checked() -> dict[str, Any]:
    with system(reason="the cast of the tests"):
        integrity.check(asked_by="zhou")
    last = integrity.last_check()
    assert last is not None
    return dict(last.findings)


def test_nothing_was_checked_in_the_beginning(chain: Chain) -> None:
    assert integrity.last_check() is None


def test_what_was_found_is_kept_and_told(chain: Chain) -> None:
    findings = checked()

    last = integrity.last_check()
    assert last is not None
    assert findings["asked_by"] == "zhou"
    assert findings["entries"] > 0
    assert findings["stock_value"] == findings["inventory_account"] == "1510.000000"
    assert {one["violations"] for one in findings["invariants"]} == {0}
    assert all(one["checked"] >= 0 for one in findings["invariants"])
    assert integrity.is_sound(findings)
    [event] = events_of(last.pk)
    assert event[0] == "ledger.integrity.checked"


def test_books_that_do_not_agree_are_not_sound(chain: Chain) -> None:
    sound = checked()
    apart = {**sound, "stock_value": "1510.01"}
    damaged = {**sound, "invariants": [{**sound["invariants"][0], "violations": 1}]}

    assert [integrity.is_sound(f) for f in (sound, apart, damaged)] == [True, False, False]


@pytest.mark.parametrize("asks", ["zhou", None])
def test_a_check_that_is_asked_for_is_queued(chain: Chain, asks: str | None) -> None:
    person = chain.people[asks].pk if asks else None

    integrity.ask(person)

    with connection.cursor() as cursor:
        cursor.execute(
            "select args->'args'->>'asked_by' from procrastinate_jobs where task_name = %s",
            [integrity.JOB],
        )
        assert cursor.fetchall() == [(str(person) if person else None,)]
    assert jobs()[integrity.JOB].cron == "40 4 * * *"
