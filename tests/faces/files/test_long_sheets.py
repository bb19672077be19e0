"""Long sheets: a worker does them, and the page says how far it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase

from tests.faces.files.conftest import a_book
from tongpan.base import env
from tongpan.engines.imports.models import ImportRun
from tongpan.faces.files import importing, work
from tongpan.kernel.events import jobs
from tongpan.masters.items.models import Item

HEADS = ("code", "name", "base unit")


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "LONG", 1)


@pytest.fixture
def worker(chain: Any) -> Callable[[], int]:
    """Does what is queued; answers how much that was."""

    def do() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "delete from public.procrastinate_jobs where task_name = %s returning args",
                [work.JOB],
            )
            queued = [json.loads(row[0]) for row in cursor.fetchall()]
        for given in queued:
            with TestCase.captureOnCommitCallbacks(execute=True):
                jobs.perform(work.JOB, given["schema"], env.new_id(), given["args"])
        return len(queued)

    return do


def jams(*more: Any) -> bytes:
    return a_book(HEADS, ["JAM1", "草莓果酱", "box"], ["JAM2", "蓝莓果酱", "box"], *more)


def test_a_long_sheet_is_looked_at_and_imported_by_a_worker(worker, browser):
    zhou = browser("zhou")

    waits = zhou.upload("items.item", jams())
    assert "Every row is being tried" in waits.content.decode()
    assert worker() == 1
    seen = zhou.get(waits.request["PATH_INFO"], follow=True)
    assert "2 new" in seen.content.decode()
    assert not Item.objects.filter(code="JAM1").exists()

    waits = zhou.post(f"{seen.request['PATH_INFO']}/apply", follow=True)
    assert "The rows are being imported" in waits.content.decode()
    assert "sheet.xlsx" in zhou.get("/files/").content.decode()
    assert worker() == 1
    done = zhou.get(waits.request["PATH_INFO"], follow=True)

    assert "sheet.xlsx was imported: 2 new" in done.content.decode()
    assert Item.objects.filter(code__in=["JAM1", "JAM2"]).count() == 2
    assert ImportRun.objects.get().person.username == "zhou"


def test_problems_found_by_a_worker_are_shown_and_sent_out_to_mend(worker, browser):
    zhou = browser("zhou")
    waits = zhou.upload("items.item", jams(["JAM3", "果酱", "no such unit"]))
    worker()
    seen = zhou.get(waits.request["PATH_INFO"], follow=True)
    mend = zhou.get(f"{seen.request['PATH_INFO']}/problems")

    page = seen.content.decode()
    assert "1 refused" in page
    assert "no such unit" in page
    assert mend.status_code == 200
    assert worker() == 0  # what was found is not looked for again


def test_the_same_long_file_is_asked_about_and_imported_again_when_wished(worker, browser):
    zhou, book = browser("zhou"), jams()  # made once: a workbook knows the second of its making

    def import_it(**more: str) -> Any:
        waits = zhou.upload("items.item", book)
        worker()
        seen = zhou.get(waits.request["PATH_INFO"], follow=True)
        waits = zhou.post(f"{seen.request['PATH_INFO']}/apply", more, follow=True)
        worker()
        return zhou.get(waits.request["PATH_INFO"], follow=True)

    import_it()
    asked = import_it()
    again = import_it(answers="imported_before")

    assert "Import it again" in asked.content.decode()
    assert "was imported: 2 unchanged" in again.content.decode()


def test_a_second_click_is_no_second_import(worker, browser):
    zhou = browser("zhou")
    waits = zhou.upload("items.item", jams())
    worker()
    seen = zhou.get(waits.request["PATH_INFO"], follow=True)

    for _click in range(2):
        zhou.post(f"{seen.request['PATH_INFO']}/apply", follow=True)

    assert worker() == 1


def test_a_worker_that_fails_says_so_and_keeps_nothing(worker, browser, monkeypatch):
    zhou = browser("zhou")
    waits = zhou.upload("items.item", jams())
    worker()
    seen = zhou.get(waits.request["PATH_INFO"], follow=True)
    waits = zhou.post(f"{seen.request['PATH_INFO']}/apply", follow=True)

    def breaks(*_given: Any, **_more: Any) -> None:
        Item.objects.filter(code="10001").update(name="half")
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(importing, "imported", breaks)
    with pytest.raises(RuntimeError):
        worker()
    told = zhou.get(waits.request["PATH_INFO"], follow=True)

    assert "nothing was kept" in told.content.decode()
    assert not Item.objects.filter(name="half").exists()


def test_nobody_sees_how_far_somebody_elses_sheet_is(worker, browser):
    waits = browser("zhou").upload("items.item", jams())

    other = browser("wang").get(waits.request["PATH_INFO"])

    assert (other.status_code, other.url) == (302, "/files/import/items.item")
