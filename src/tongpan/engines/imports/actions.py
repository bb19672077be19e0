"""Importing a sheet, rehearsing it, and undoing it, by the actions that save and archive many rows.

A sheet is worked through in stretches, so that a long one needs no more memory than a short one.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.collector import uncollected
from tongpan.base.refusals import Question, Refusal
from tongpan.engines.imports.files import Table
from tongpan.engines.imports.headings import Headings, find_headings, read_headings
from tongpan.engines.imports.models import ImportedRow, ImportRun, ImportState
from tongpan.engines.imports.rows import Row, SheetRows, payload_of
from tongpan.engines.imports.templates import Part, Template
from tongpan.kernel.documents.actions.batches import Batch
from tongpan.kernel.documents.actions.parts import values_now
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import MasterType, master_type
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.documents.writing import copy_values
from tongpan.kernel.org.scope import who
from tongpan.kernel.org.visibility import field_classes

say("file_empty", noop("{name} is empty."))
say("file_too_large_unpacked", noop("{name} is larger than {max_mb} MB when it is unpacked."))
say("file_macro", noop("{name} holds macros. Save it without them, as .xlsx."))
say("file_broken", noop("{name} cannot be read. Open it, save it again and try once more."))
say("file_type_mismatch", noop("{name} is not what its name says. Save it as .xlsx or .csv."))
say("file_encoding", noop("{name} is in an unknown encoding. Save it as UTF-8 or .xlsx."))
say("csv_parse", noop("A quotation mark is not closed near line {row}."))
say("too_many_sheets", noop("{name} has more than {sheets} sheets. Keep the ones that are meant."))
say("too_many_cells", noop("A sheet has at most {rows} rows and {columns} columns."))
say("column_missing", noop("No column was found for {label}."))
say("column_doubled", noop("Two columns are called {label}. Choose one."))
say("no_rows", noop("There is no row below the headings."))
say("code_looks_converted", noop("Excel has changed this: {given}. Format the column as text."))
say("number_format", noop("{given} is not a number that can only be read one way."))
say("date_ambiguous", noop("{given}: which is the month? Write the date as 2026-11-21."))
say("imported_before", noop("This file was imported on {on}. Import it again?"))
say("import_has_problems", noop("{count:row has/rows have} problems; nothing was imported."))
say("already_undone", noop("This import has been undone."))
say("changed_since", noop("Row {row} was changed after the import."))
say(
    "changed_since_import",
    noop(
        "{name} was not undone, and nothing has changed: {count} of its rows were changed after "
        "the import. Change those back, or archive by hand what should go."
    ),
)


PRIVATE = ("personal", "sensitive", "secret")
AT_ONCE = 2000  # rows that are saved together
SHOWN = 100  # rows that a report keeps besides the refused ones


Told = Callable[[int], None]  # is called with the number of rows that are done


def nobody(_done: int) -> None:
    """Progress that nobody wants to know."""


@dataclass(slots=True)
class Planned:
    """A sheet understood: its headings and rows, and what stands in the way of all of them.

    `row_count` counts the rows below the headings, empty ones too.
    """

    template: Template
    headings: Headings
    rows: Iterable[Row]
    row_count: int
    problems: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """One master that was made or changed, as an `ImportedRow` keeps it."""

    number: int
    type: str
    subject: UUID
    is_new: bool
    before: dict[str, Any]
    after: dict[str, Any]


KEPT = (
    "id", "run_id", "position", "number", "type", "subject", "is_new", "before", "after",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of a whole sheet: values that all its rows have, and the questions that
    they answered for every row that raises them. Without an answer such a row is refused."""

    given: Mapping[str, Any]
    answers: frozenset[str] = frozenset()


@dataclass(slots=True)
class Report:
    """What became of a sheet's rows: new, changed, same, refused. `run` is None for a rehearsal.

    Of a sheet of documents, new, changed and posted count documents, `lines` counts the rows that
    are lines of those, and refused the rows that are not.

    `rows` are the first ones and every refused one, of `row_count`.
    """

    counts: dict[str, int]
    rows: list[Row]
    problems: list[dict[str, Any]]
    row_count: int = 0
    run: ImportRun | None = None


def plan(
    table: Table,
    template: Template,
    *,
    heading_row: int | None = None,
    chosen: Mapping[int, str] | None = None,
) -> Planned:
    """Understand a sheet without looking at the database. A person may say what its columns are."""
    columns = template.columns()
    if heading_row is None and chosen is None:
        headings = find_headings(table.rows, columns)
    else:
        headings = read_headings(table.rows, heading_row or 0, columns, chosen)
    below = len(table.rows) - headings.row - 1
    planned = Planned(template, headings, SheetRows(table.rows, headings, template), below)
    for name in headings.missing:
        if name in template.key_columns():  # others are missed only where a row is new
            facts = {"path": name, "label": template.label(name)}
            planned.problems.append({"code": "column_missing", **facts})
    for name in headings.doubled:
        facts = {"path": name, "label": template.label(name)}
        planned.problems.append({"code": "column_doubled", **facts})
    if not planned.rows:
        planned.problems.append({"path": "", "code": "no_rows"})
    return planned


def rehearse(
    planned: Planned, given: Mapping[str, Any] | None = None, *, told: Told = nobody
) -> Report:
    """Do all of it and take it back: what a person sees is what will happen."""
    with transaction.atomic():
        report = _carry_out(planned, Said(given or {}), writing=None, told=told)
        transaction.set_rollback(True)
    return report


def import_sheet(
    planned: Planned,
    *,
    file_name: str,
    content: bytes,
    given: Mapping[str, Any] | None = None,
    answers: Sequence[str] = (),
    skipping: bool = False,
    told: Told = nobody,
) -> Report:
    """Import a sheet: all rows or none; with `skipping`, those without problems.

    Importing the same file twice changes nothing, and is asked about first.

    Errors: Refusal invalid if the columns are not clear; import_has_problems; Forbidden;
            Question imported_before.
    """
    digest = hashlib.sha256(content).digest()
    if planned.problems:
        raise Refusal("invalid", problems=planned.problems)
    earlier = ImportRun.objects.filter(
        digest=digest, template=planned.template.code, state=ImportState.DONE
    ).first()
    if earlier is not None and "imported_before" not in answers:
        raise Question("imported_before", on=earlier.at.date(), run=str(earlier.pk))
    with transaction.atomic():
        writing = ImportRun.objects.create(
            template=planned.template.code,
            file_name=file_name[:200],
            digest=digest,
            person=who().person,
            at=env.now(),
        )
        said = Said(given or {}, frozenset(answers))
        report = _carry_out(planned, said, writing=writing, told=told)
        if report.counts["refused"] and not skipping:
            problems = [{**p, "row": row.number} for row in report.rows for p in row.problems]
            count = report.counts["refused"]
            raise Refusal("import_has_problems", problems=problems, count=count)
        writing.counts = report.counts
        writing.save(update_fields=["counts"])
    report.run = writing
    return report


def undo(import_id: UUID, *, told: Told = nobody) -> ImportRun:
    """Take a whole import back: what it made is archived, what it changed is as before.

    What was written is gone through twice, to look and to take back; `told` hears of both halves.

    Errors: Refusal already_undone; changed_since_import, naming every row that was changed since.
    """
    with transaction.atomic():
        imported = ImportRun.objects.select_for_update().filter(pk=import_id).first()
        if imported is None:
            raise Refusal("not_found")
        if imported.state == ImportState.UNDONE:
            raise Refusal("already_undone")
        done = _refuse_changed_since(imported, told)
        for (kind, is_new), stretch in _backwards(imported):
            done += len(stretch)
            if is_new:
                run(f"{kind}.archive_many", payload={"ids": [done.subject for done in stretch]})
            else:
                rows = [{**done.before, "id": done.subject} for done in stretch]
                run(f"{kind}.save_many", payload={"rows": rows})
            told(done // 2)
        imported.state = ImportState.UNDONE
        imported.save(update_fields=["state"])
    return imported


# -- carrying out -------------------------------------------------------------------------------


def _carry_out(planned: Planned, said: Said, *, writing: ImportRun | None, told: Told) -> Report:
    report = Report(dict.fromkeys(("new", "changed", "same", "refused"), 0), [], planned.problems)
    count, rows = 0, iter(planned.rows)
    while True:
        with uncollected():
            if not (stretch := list(islice(rows, AT_ONCE))):
                return report
            written = _import(stretch, planned.template, said)
            if writing is not None:
                copy_values(ImportedRow, KEPT, _kept(writing, written, count))
                count += len(written)
            _count(report, stretch, written, planned.template)
        told(report.row_count)


def _kept(writing: ImportRun, written: Sequence[Written], first: int) -> Iterator[tuple[Any, ...]]:
    for n, w in enumerate(written, start=first):
        yield env.new_id(), writing.pk, n, w.number, w.type, w.subject, w.is_new, w.before, w.after


def _count(
    report: Report, stretch: Sequence[Row], written: Sequence[Written], template: Template
) -> None:
    """A row is new when what its first part says is."""
    fates = {record.number: "changed" for record in written}
    for record in written:
        if record.is_new and record.type == template.parts[0].type:
            fates[record.number] = "new"
    counted = Counter("refused" if r.problems else fates.get(r.number, "same") for r in stretch)
    for fate, count in counted.items():
        report.counts[fate] += count
    room = max(0, SHOWN - len(report.rows))
    report.row_count += len(stretch)
    report.rows += [row for n, row in enumerate(stretch) if n < room or row.problems]


def _import(stretch: Sequence[Row], template: Template, said: Said) -> list[Written]:
    """Save the parts of each row that has no problem: all parts of it, or none.

    A problem that is found after another part of the row was saved takes the whole stretch back,
    and it is done again without that row.
    """
    _look_further([row for row in stretch if row.problems], template, said)
    while True:
        rows = [row for row in stretch if not row.problems]
        with transaction.atomic():
            written: list[Written] = []
            for part in template.parts:
                written += _save_part([row for row in rows if not row.problems], part, said)
            refused = {row.number for row in rows if row.problems}
            if refused.isdisjoint(record.number for record in written):
                return written
            transaction.set_rollback(True)


def _look_further(rows: Sequence[Row], template: Template, said: Said) -> None:
    """What else is wrong with rows that have a problem already, so that nobody mends one cell to
    meet the next. Nothing stays of it; a column that was told of is not told of twice."""
    if not rows:
        return
    told = {row.number: len(row.problems) for row in rows}
    with transaction.atomic():
        for part in template.parts:  # the rest of a row is of no use without what it belongs to
            _save_part([row for row in rows if len(row.problems) == told[row.number]], part, said)
        transaction.set_rollback(True)
    for row in rows:
        first, found = row.problems[: told[row.number]], row.problems[told[row.number] :]
        columns = {problem["path"] for problem in first}
        row.problems = [*first, *(p for p in found if p["path"] not in columns)]


def _save_part(rows: Sequence[Row], part: Part, said: Said) -> list[Written]:
    """Save one part of every row; nothing is written where nothing differs."""
    if any(name not in said.given for name in part.given):
        return []
    whole = {name: said.given[name] for name in part.given}
    having = [r for r in rows if all(r.values.get(c) not in (None, "") for c in part.needs)]
    if not having:
        return []
    payload = {
        "rows": [payload_of(row, part.take, whole) for row in having],
        "key": part.key,
        "skipping": True,
        "asking": True,
    }
    batch: Batch = run(f"{part.type}.save_many", payload=payload, answers=said.answers).result
    for place, problems in batch.problems.items():
        having[place].problems += [{**p, "path": _column(part, p["path"])} for p in problems]
    is_open = _open_fields(part.master)
    return [
        Written(
            having[place].number, part.type, saved.subject, saved.is_new,
            {n: v for n, v in saved.before.items() if n in is_open},
            {n: v for n, v in saved.after.items() if n in is_open},
        )
        for place, saved in batch.saved.items()
    ]  # fmt: skip


def _column(part: Part, path: str) -> str:
    """The column of the sheet that a problem is about: barcodes.2.code is about the barcodes."""
    return part.take.get(path.partition(".")[0], "")


def _open_fields(declared: MasterType) -> set[str]:
    open_ones = {n for n, kind in field_classes(declared.model).items() if kind not in PRIVATE}
    return open_ones | {part.name for part in declared.parts}


# -- taking it back -----------------------------------------------------------------------------


def _backwards(imported: ImportRun) -> Iterator[tuple[tuple[str, bool], list[ImportedRow]]]:
    """What was written, the last first, in stretches of one type, each row in one of them once."""
    written = imported.rows.order_by("-position").iterator(AT_ONCE)
    for kind, records in groupby(written, key=lambda record: (record.type, record.is_new)):
        stretch: dict[UUID, ImportedRow] = {}
        for record in records:
            if record.subject in stretch or len(stretch) == AT_ONCE:
                yield kind, list(stretch.values())
                stretch = {}
            stretch[record.subject] = record
        yield kind, list(stretch.values())


def _refuse_changed_since(imported: ImportRun, told: Told) -> int:
    """Look whether all is as the import left it; how much was looked at."""
    problems: list[dict[str, Any]] = []
    seen: set[UUID] = set()
    looked_at = 0
    for (kind, _is_new), stretch in _backwards(imported):
        looked_at += len(stretch)
        told(looked_at // 2)
        declared = master_type(kind)
        there = declared.model._default_manager.in_bulk([record.subject for record in stretch])
        for record in stretch:
            if record.subject in seen:  # only the last of its changes can still be seen
                continue
            seen.add(record.subject)
            row = there.get(record.subject)
            now_is = values_now(declared, row, record.after) if row else None
            if now_is != record.after:
                problems.append({"path": "", "code": "changed_since", "row": record.number})
    if problems:
        problems.sort(key=lambda problem: int(problem["row"]))
        name, count = imported.file_name, len(problems)
        raise Refusal("changed_since_import", problems=problems, name=name, count=count)
    return looked_at
