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
from tongpan.kernel.documents.models import Document, Notice
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
    bell = zhou.get("/notices/")
    assert "Did not work in the background: sheet.xlsx" in bell.content.decode()
    notice = Notice.objects.get(seen_at=None)
    told = zhou.get(f"/notices/{notice.pk}/", follow=True)

    assert "nothing was kept" in told.content.decode()
    assert not Item.objects.filter(name="half").exists()
    assert not Notice.objects.filter(seen_at=None).exists()


def test_what_came_in_while_nobody_looked_stands_at_the_bell(worker, browser):
    zhou = browser("zhou")
    waits = zhou.upload("items.item", jams())
    worker()
    seen = zhou.get(waits.request["PATH_INFO"], follow=True)
    zhou.post(f"{seen.request['PATH_INFO']}/apply")
    worker()

    bell = zhou.get("/notices/").content.decode()
    assert "Done in the background: sheet.xlsx" in bell
    notice = Notice.objects.get(kind="sheet_done")
    assert zhou.get(f"/notices/{notice.pk}/").url == "/files/"
    assert browser("wang").get(f"/notices/{notice.pk}/").status_code == 404
    assert "sheet.xlsx" not in browser("wang").get("/notices/").content.decode()


def test_nobody_sees_how_far_somebody_elses_sheet_is(worker, browser):
    waits = browser("zhou").upload("items.item", jams())

    other = browser("wang").get(waits.request["PATH_INFO"])

    assert (other.status_code, other.url) == (302, "/files/import/items.item")


# -- taken back ---------------------------------------------------------------------------------


@pytest.fixture
def imported(worker: Callable[[], int], browser: Any) -> ImportRun:
    """Two jams that Zhou brought in by a long sheet."""
    zhou = browser("zhou")
    waits = zhou.upload("items.item", jams())
    worker()
    seen = zhou.get(waits.request["PATH_INFO"], follow=True)
    waits = zhou.post(f"{seen.request['PATH_INFO']}/apply", follow=True)
    worker()
    zhou.get(waits.request["PATH_INFO"], follow=True)
    return ImportRun.objects.get()


def undo(zhou: Any, run: ImportRun) -> Any:
    return zhou.post(f"/files/undo/{run.pk}", follow=True)


def states() -> list[str]:
    return list(Item.objects.filter(code__in=["JAM1", "JAM2"]).values_list("state", flat=True))


def test_a_long_import_is_undone_by_a_worker_that_tells_how_far_it_is(worker, browser, imported):
    zhou = browser("zhou")

    waits = undo(zhou, imported)
    listed = zhou.get("/files/").content.decode()
    before = states()
    worked = worker()
    done = zhou.get(waits.request["PATH_INFO"], follow=True)

    assert "The import is being undone" in waits.content.decode()
    assert "being undone" in listed
    assert f"/files/undo/{imported.pk}" not in listed
    assert (before, worked, states()) == (["active"] * 2, 1, ["archived"] * 2)
    assert "The import of sheet.xlsx was undone." in done.content.decode()


def test_few_long_documents_are_undone_by_a_worker_too(worker, browser, chain, monkeypatch):
    monkeypatch.setattr(work, "LONG", 2)
    zhou = browser("zhou")
    heads = ("document", "from", "to", "item", "quantity")
    lines = [["A" if n < 2 else "", "W01", "S01", "10001", n] for n in (1, 2)]
    zhou.bring_in("stock.transfer", a_book(heads, *lines))
    monkeypatch.setattr(work, "LONG", 1)
    run = ImportRun.objects.get()

    waits = undo(zhou, run)
    worker()

    assert run.rows.count() == 1
    assert "The import is being undone" in waits.content.decode()
    assert Document.unscoped.get(pk=run.rows.get().subject).state == "void"


def test_a_second_click_is_no_second_undo(worker, browser, imported):
    zhou = browser("zhou")

    undo(zhou, imported)
    second = undo(zhou, imported)
    worked = worker()
    third = undo(zhou, imported)

    assert "The import is being undone" in second.content.decode()
    assert worked == 1
    assert "This import has been undone." in third.content.decode()
    assert worker() == 0


def test_what_was_changed_since_is_named_row_by_row_and_may_be_tried_again(
    worker, browser, imported
):
    zhou = browser("zhou")
    Item.objects.filter(code="JAM2").update(name="我的果酱")
    waits = undo(zhou, imported)
    worker()
    told = zhou.get(waits.request["PATH_INFO"], follow=True).content.decode()
    Item.objects.filter(code="JAM2").update(name="蓝莓果酱")

    undo(zhou, imported)
    worker()

    assert "sheet.xlsx was not undone" in told
    assert "1 of its rows were changed" in told
    assert "Row 3 was changed after the import." in told
    assert f"/files/undo/{imported.pk}" in told
    assert states() == ["archived"] * 2


def test_an_undo_whose_worker_is_gone_can_be_begun_again(worker, browser, imported, monkeypatch):
    zhou = browser("zhou")
    undo(zhou, imported)
    with connection.cursor() as cursor:  # the worker's machine was switched off
        cursor.execute("delete from public.procrastinate_jobs where task_name = %s", [work.JOB])
    soon = worker()
    monkeypatch.setattr(work, "LOST_S", -(10**9))

    listed = zhou.get("/files/").content.decode()
    undo(zhou, imported)

    assert soon == 0
    assert f"/files/undo/{imported.pk}" in listed
    assert worker() == 1


def test_nobody_undoes_somebody_elses_import(worker, browser, imported):
    answer = undo(browser("wang"), imported)

    assert "It is not there, or you may not see it." in answer.content.decode()
    assert (worker(), states()) == (0, ["active"] * 2)
