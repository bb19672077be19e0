"""Importing a sheet, rehearsing it, and undoing it: every row by the same action as a person's."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.engines.imports.files import Table
from tongpan.engines.imports.headings import Headings, find_headings, read_headings
from tongpan.engines.imports.models import ImportedRow, ImportRun, ImportState
from tongpan.engines.imports.rows import Row, doubled_keys, payload_of, rows_of
from tongpan.engines.imports.templates import Part, Template
from tongpan.kernel.documents.fields import plain, read
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import master_type
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.scope import who
from tongpan.kernel.org.visibility import field_classes

say("file_empty", noop("{name} is empty."))
say("file_too_large_unpacked", noop("{name} is larger than {max_mb} MB when it is unpacked."))
say("file_macro", noop("{name} holds macros. Save it without them, as .xlsx."))
say("file_broken", noop("{name} cannot be read. Open it, save it again and try once more."))
say("file_type_mismatch", noop("{name} is not what its name says. Save it as .xlsx or .csv."))
say("file_encoding", noop("{name} is in an unknown encoding. Save it as UTF-8 or .xlsx."))
say("csv_parse", noop("A quotation mark is not closed near line {row}."))
say("too_many_cells", noop("A sheet has at most {rows} rows and {columns} columns."))
say("column_missing", noop("No column was found for {label}."))
say("column_doubled", noop("Two columns are called {label}. Choose one."))
say("no_rows", noop("There is no row below the headings."))
say("code_looks_converted", noop("Excel has changed this: {given}. Format the column as text."))
say("number_format", noop("{given} is not a number that can only be read one way."))
say("date_ambiguous", noop("{given}: which is the month? Write the date as 2026-11-21."))
say("row_repeated", noop("{given} stands in row {row} already."))
say("imported_before", noop("This file was imported on {on}. Import it again?"))
say("import_has_problems", noop("{count} rows have problems; nothing was imported."))
say("already_undone", noop("This import has been undone."))
say("changed_since", noop("Row {row} was changed after the import."))


PRIVATE = ("personal", "sensitive", "secret")


@dataclass(slots=True)
class Planned:
    """A sheet understood: its headings and rows, and what stands in the way of all of them."""

    template: Template
    headings: Headings
    rows: list[Row]
    problems: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """What became of a sheet's rows: new, changed, same, refused. `run` is None for a rehearsal."""

    counts: dict[str, int]
    rows: list[Row]
    problems: list[dict[str, Any]]
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
    planned = Planned(template, headings, list(rows_of(table.rows, headings, template)))
    for name in headings.missing:
        if name in template.key_columns():  # others are missed only where a row is new
            facts = {"path": name, "label": template.label(name)}
            planned.problems.append({"code": "column_missing", **facts})
    for name in headings.doubled:
        facts = {"path": name, "label": template.label(name)}
        planned.problems.append({"code": "column_doubled", **facts})
    if not planned.rows:
        planned.problems.append({"path": "", "code": "no_rows"})
    doubled_keys(planned.rows, template)
    return planned


def rehearse(planned: Planned, given: Mapping[str, Any] | None = None) -> Report:
    """Do all of it and take it back: what a person sees is what will happen."""
    with transaction.atomic():
        report = _carry_out(planned, given or {}, writing=None)
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
        report = _carry_out(planned, given or {}, writing=writing)
        if report.counts["refused"] and not skipping:
            problems = [{**p, "row": row.number} for row in report.rows for p in row.problems]
            count = report.counts["refused"]
            raise Refusal("import_has_problems", problems=problems, count=count)
        writing.counts = report.counts
        writing.save(update_fields=["counts"])
    report.run = writing
    return report


def undo(import_id: UUID) -> ImportRun:
    """Take a whole import back: what it made is archived, what it changed is as before.

    Errors: Refusal already_undone; invalid, naming every row that was changed since.
    """
    with transaction.atomic():
        imported = ImportRun.objects.select_for_update().filter(pk=import_id).first()
        if imported is None:
            raise Refusal("not_found")
        if imported.state == ImportState.UNDONE:
            raise Refusal("already_undone")
        written = list(imported.rows.order_by("-position"))
        _refuse_changed_since(written)
        for done in written:
            if done.is_new:
                run(f"{done.type}.archive", done.subject)
            else:
                run(f"{done.type}.save", done.subject, done.before)
        imported.state = ImportState.UNDONE
        imported.save(update_fields=["state"])
    return imported


# -- carrying out -------------------------------------------------------------------------------


def _carry_out(planned: Planned, given: Mapping[str, Any], *, writing: ImportRun | None) -> Report:
    counts: Counter[str] = Counter(new=0, changed=0, same=0, refused=0)
    written: list[ImportedRow] = []
    for row in planned.rows:
        problems = list(row.problems)
        done: list[ImportedRow] = []
        if not problems:
            try:
                with transaction.atomic():
                    for part in planned.template.parts:
                        done += _save_part(row, part, given)
            except Forbidden:
                raise
            except Refusal as refusal:
                problems, done = _as_columns(refusal, part), []
        row.problems = problems
        counts[_fate(planned.template, problems, done)] += 1
        written += done
    if writing is not None:
        for position, record in enumerate(written):
            record.run, record.position = writing, position
        ImportedRow.objects.bulk_create(written, batch_size=2000)
    return Report(dict(counts), planned.rows, planned.problems)


def _fate(template: Template, problems: Sequence[Any], done: Sequence[ImportedRow]) -> str:
    """A row is new when what its first part says is."""
    if problems:
        return "refused"
    if not done:
        return "same"
    is_new = done[0].is_new and done[0].type == template.parts[0].type
    return "new" if is_new else "changed"


def _save_part(row: Row, part: Part, given: Mapping[str, Any]) -> list[ImportedRow]:
    """Save one part of a row; nothing is written where nothing differs."""
    if any(row.values.get(column) in (None, "") for column in part.needs):
        return []
    if any(name not in given for name in part.given):
        return []
    payload = payload_of(row, part.take, {name: given[name] for name in part.given})
    declared = part.master
    values, problems = read(declared.form_fields, [payload], paths=[""])
    if problems:
        raise Refusal("invalid", problems=problems)
    candidate = declared.model(**{k: v for k, v in values[0].items() if v is not None})
    declared.complete(candidate)
    known = _known(part, candidate)
    attributes = {f.name: f.attribute for f in declared.form_fields}
    set_names = [name for name, value in values[0].items() if value not in (None, "")]
    after = {name: plain(getattr(candidate, attributes[name])) for name in set_names}
    before = {name: plain(getattr(known, attributes[name])) for name in set_names} if known else {}
    if known is not None and before == after:
        return []
    classes = field_classes(declared.model)
    open_names = [name for name in set_names if classes[name] not in PRIVATE]
    subject = known.pk if known is not None else env.new_id()
    run(f"{part.type}.save", subject, {name: payload[name] for name in set_names})
    return [
        ImportedRow(
            number=row.number, type=part.type, subject=subject, is_new=known is None,
            before={name: before[name] for name in open_names if name in before},
            after={name: after[name] for name in open_names},
        )
    ]  # fmt: skip


def _known(part: Part, candidate: Any) -> Any:
    """The row that a sheet's row means, by its key as it is kept."""
    key = {name: getattr(candidate, name, None) for name in part.key}
    return part.master.model._default_manager.filter(**key).first()


def _as_columns(refusal: Refusal, part: Part) -> list[dict[str, Any]]:
    """The problems of a part, at the columns of the sheet that they come from."""
    if not refusal.problems:
        return [{"path": "", "code": refusal.code, **refusal.facts}]
    return [{**p, "path": part.take.get(p["path"], "")} for p in refusal.problems]


def _refuse_changed_since(written: Sequence[ImportedRow]) -> None:
    problems = []
    latest: dict[UUID, ImportedRow] = {}
    for record in written:  # the last first
        latest.setdefault(record.subject, record)
    for record in latest.values():
        declared = master_type(record.type)
        row = declared.model._default_manager.filter(pk=record.subject).first()
        attributes = {f.name: f.attribute for f in declared.form_fields}
        now_is = (
            {name: plain(getattr(row, attributes[name])) for name in record.after} if row else {}
        )
        if now_is != record.after:
            problems.append({"path": "", "code": "changed_since", "row": record.number})
    if problems:
        raise Refusal("invalid", problems=problems)
