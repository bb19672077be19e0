"""Long sheets: what a person would wait for is done by a worker, and a page shows how far it is.
So is the undoing of a long import.

What is asked and what became of it stands in a file beside the upload, each person's own, for as
long as the upload. A file and not a table, so that progress shows before the work is committed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext_noop as noop
from django.utils.translation import override

from tongpan.base import env
from tongpan.base.refusals import Question, Refusal
from tongpan.engines.imports.actions import Planned, Report
from tongpan.engines.imports.models import ImportRun
from tongpan.engines.imports.rows import Row
from tongpan.faces.files import importing, uploads
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.notices import notify
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.jobs import enqueue, job
from tongpan.kernel.org.context import acting
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import who

LONG = 2000  # rows; fewer are done while the person looks on
TOLD_PROBLEMS = 200  # of a refusal; it says itself how many there are
TELL_S = 0.5  # how often the page can learn more
LOST_S = 3600  # a work that told nothing for so long has lost its worker, and may begin anew
JOB = "files.sheet"

say("work_failed", noop("This did not work, and nothing was kept. Try again."))


@dataclass(frozen=True)
class Work:
    """What is asked of a sheet: to look at it, or to import it, as its columns were understood; or
    to undo the import `run`, which has a digest of its own, because its file is gone."""

    code: str
    digest: str
    step: Literal["look", "import", "undo"]
    chosen: Mapping[int, str] = field(default_factory=dict)
    price_list: str = ""
    answers: tuple[str, ...] = ()
    skipping: bool = False
    posting: bool = False  # of documents: they are posted as they come in
    run: str = ""

    @property
    def key(self) -> str:
        """The same wish has the same key."""
        said = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def about(self) -> str:
        """What a notice of it is about: the page that says what became of it."""
        return f"{self.code}/{self.digest}/{self.key}"

    def looking(self) -> "Work":
        """The look that comes before this import."""
        return replace(self, step="look", answers=(), skipping=False)


def undoing(run: ImportRun) -> Work:
    """The work of taking this import back."""
    digest = hashlib.sha256(run.pk.bytes).hexdigest()
    return Work(run.template, digest, "undo", run=str(run.pk))


@dataclass
class Progress:
    """How far a work is: rows done of all rows, and when it is over a report or a refusal."""

    work: Work
    name: str
    of: int
    done: int = 0
    report: Report | None = None
    refusal: Refusal | None = None
    is_lost: bool = False

    @property
    def is_over(self) -> bool:
        return self.report is not None or self.refusal is not None

    @property
    def is_under_way(self) -> bool:
        return not self.is_over and not self.is_lost

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // max(1, self.of))


def is_long(plan: Planned) -> bool:
    """Whether a worker should do it."""
    return not plan.problems and plan.row_count > LONG


def ask(work: Work, name: str, *, of: int) -> str:
    """Have a worker do it soon, anew if it was done before. The work's key.

    What is under way is not begun again: a second click is no second import.
    """
    person, at = who().person, who().at
    assert person is not None, "A work is somebody's."
    before = found(work.digest, work.key)
    if before is not None and before.is_under_way:
        return work.key
    _write(Progress(work, name, of=of))
    unit = str(at.pk) if at else None
    enqueue(JOB, person=str(person.pk), unit=unit, digest=work.digest, wish=work.key)
    return work.key


def found(digest: str, key: str) -> Progress | None:
    """How far the acting person's work is; None if nobody asked for it, or it is long ago."""
    file = uploads.beside(digest, f"{key}.work")
    return _read(file) if key.isalnum() and file.is_file() else None


def forget(work: Work) -> None:
    """What was found is no longer so: it will be looked at anew."""
    uploads.beside(work.digest, f"{work.key}.work").unlink(missing_ok=True)


def under_way() -> Iterator[Progress]:
    """The acting person's imports that a worker has before it."""
    for file in uploads.all_beside("work"):
        progress = _read(file)
        if progress.work.step == "import" and progress.is_under_way:
            yield progress


@job(JOB, tries=1)
def carry_out(person: str, unit: str | None, digest: str, wish: str) -> None:
    """Do a work as the person who asked for it, and write down what became of it."""
    asker = Person.objects.get(pk=UUID(person))
    at = OrgUnit.objects.filter(pk=UUID(unit)).first() if unit else None
    with acting(asker, at, via="import"), override(asker.language or None):
        progress = found(digest, wish)
        if progress is None or progress.is_over:
            return
        # Undoing keeps what it can of documents, one by one, and rows of masters all or none;
        # what is posted is posted one by one as well.
        is_whole = progress.work.step != "undo" and not progress.work.posting
        fault: Exception | None = None
        try:
            with transaction.atomic():  # of a fault of the program nothing stays
                try:
                    with transaction.atomic() if is_whole else nullcontext():
                        progress.report = _done(progress)
                except Refusal as refusal:
                    progress.refusal = refusal
        except Exception as found_fault:  # noqa: BLE001 - the edge: it is raised when all is kept
            fault, progress.refusal = found_fault, Refusal("work_failed")
            _write(progress)
        if progress.work.step != "look":
            kind = "sheet_done" if progress.report is not None else "sheet_failed"
            notify([asker.pk], kind, progress.work.about, progress.name)
        # The file itself is known here; the folder is the acting person's, who is gone by then.
        file = _file(progress)
        transaction.on_commit(lambda: _write(progress, file))
        if fault is not None:
            transaction.on_commit(partial(_fail, fault))  # the queue keeps it, and so does the bell


def _fail(fault: Exception) -> None:
    raise fault


def _done(progress: Progress) -> Report:
    work = progress.work
    told_at = env.monotonic_s()

    def told(done: int) -> None:
        nonlocal told_at
        progress.done = done
        if env.monotonic_s() - told_at >= TELL_S:
            told_at = env.monotonic_s()
            _write(progress)

    if work.step == "undo":
        counts = importing.undone(UUID(work.run), told=told).counts
        return Report(dict(counts), [], [], progress.of)
    one = importing.sheet(work.code)
    name, content = uploads.kept(work.digest)
    plan = importing.planned(one, importing.table_of(name, content), work.chosen)
    if work.step == "look":
        return importing.rehearsed(
            one, plan, content, price_list=work.price_list, posting=work.posting, told=told,
        )  # fmt: skip
    return importing.imported(
        one, plan, name=name, content=content, answers=work.answers, skipping=work.skipping,
        price_list=work.price_list, posting=work.posting, told=told,
    )  # fmt: skip


# -- the file -----------------------------------------------------------------------------------


def _file(progress: Progress) -> Path:
    return uploads.beside(progress.work.digest, f"{progress.work.key}.work")


def _write(progress: Progress, file: Path | None = None) -> None:
    """Replaced as a whole: who reads meanwhile sees what was there before."""
    file = file or _file(progress)
    said = {
        "work": asdict(progress.work), "name": progress.name,
        "of": progress.of, "done": progress.done,
        "report": progress.report and _report_out(progress.report),
        "refusal": progress.refusal and _refusal_out(progress.refusal),
    }  # fmt: skip
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(said, cls=DjangoJSONEncoder), encoding="utf-8")
    beside.replace(file)


def _read(file: Path) -> Progress:
    said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    work = said["work"]
    chosen = {int(place): name for place, name in work["chosen"].items()}
    return Progress(
        Work(**{**work, "chosen": chosen, "answers": tuple(work["answers"])}),
        said["name"], said["of"], said["done"],
        said["report"] and _report_in(said["report"]),
        said["refusal"] and _refusal_in(said["refusal"]),
        is_lost=file.stat().st_mtime < env.now().timestamp() - LOST_S,
    )  # fmt: skip


def _report_out(report: Report) -> dict[str, Any]:
    rows = [
        [row.number, {n: plain(v) for n, v in row.values.items()}, row.problems]
        for row in report.rows
    ]
    return {
        "counts": report.counts,
        "rows": rows,
        "row_count": report.row_count,
        "problems": report.problems if report.run else [],
    }


def _report_in(said: dict[str, Any]) -> Report:
    rows = [Row(number, values, problems) for number, values, problems in said["rows"]]
    return Report(said["counts"], rows, said.get("problems", []), said["row_count"])


def _refusal_out(refusal: Refusal) -> dict[str, Any]:
    is_question = isinstance(refusal, Question)
    return {
        "code": refusal.code, "facts": refusal.facts, "problems": refusal.problems[:TOLD_PROBLEMS],
        "is_question": is_question,
    }  # fmt: skip


def _refusal_in(said: dict[str, Any]) -> Refusal:
    kind = Question if said["is_question"] else Refusal
    return kind(said["code"], problems=said["problems"], **said["facts"])
