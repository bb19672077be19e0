"""Sheets of documents: the rows that belong together become one draft, by the same action as a
person's. What a draft lacks is said when it is posted, so half-filled rows are welcome.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.engines.imports.actions import Planned, Report, Told, nobody
from tongpan.engines.imports.files import Table
from tongpan.engines.imports.headings import Column, find_headings, read_headings
from tongpan.engines.imports.models import ImportedRow, ImportRun, ImportState
from tongpan.engines.imports.rows import Row, rows_of
from tongpan.engines.imports.templates import LANGUAGES
from tongpan.kernel.documents import loading
from tongpan.kernel.documents.actions.posting import problems_of
from tongpan.kernel.documents.fields import Field, fields_of, plain, reference_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType, document_type
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.scope import may, who

say("document_refused", noop("Another row of this document has a problem."))
say(
    "undone_in_part",
    noop(
        "{done} of {of} documents were undone. {number} was not, nor those after it: mend what is "
        "said of it and undo again, which goes on from there."
    ),
)

say("differs_in_document", noop("{label} differs from the first row of this document."))
say("may_not_post_here", noop("You may not post this at {unit}: import it as a draft."))
say(
    "stays_draft",
    noop("{count:document stays a draft/documents stay drafts}: open to see what is missing."),
)

DOCUMENT = "document"
LINES_MAX = 1000  # lines of a document that no row gives a name: more begin another
SPINE = ("business_date", "note")
DRAFTS = uuid5(NAMESPACE_URL, "tongpan:imported-draft")


@dataclass(frozen=True)
class DraftSheet:
    """The columns of a sheet of one type of document: a name for each document, then its fields.

    Rows with the same text in the column `document` are one document; a row without goes with the
    one above. A document's id there means that very draft. Where no row has such a name, rows of
    one header are a document, as long as it may be.
    """

    type: DocumentType
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.type.code

    @property
    def title(self) -> Any:
        return self.type.title

    @property
    def is_posted(self) -> bool:
        """Whether what such a sheet makes may be posted as it comes in."""
        return bool(self.type.screens.get("posted_from_sheet"))

    @cached_property
    def header(self) -> dict[str, Field]:
        return {f.name: f for f in self.type.header_fields}

    @cached_property
    def lines(self) -> dict[str, Field]:
        """The fields of a line, by the name of their column; the header's names come first."""
        taken = {DOCUMENT, *SPINE, *self.header}
        return {f"line_{f.name}" if f.name in taken else f.name: f for f in self.type.line_fields}

    def fields(self) -> dict[str, Field]:
        """The field behind each column."""
        name = Field(DOCUMENT, "text", _("document"), "", is_required=False)
        spine = {f.name: f for f in fields_of(Document, SPINE)}
        return {DOCUMENT: name, **spine, **self.header, **self.lines}

    def columns(self) -> Sequence[Column]:
        """What the headings may be called: by name, and by label in every language."""
        required = {n for n, f in (*self.header.items(), *self.lines.items()) if f.is_required}
        return [Column(n, self._labels(n), n in required) for n in self.fields()]

    def label(self, name: str) -> str:
        """What a column is called in the reader's language; two of one name are told apart."""
        found = self.fields()
        text = str(found[name].label)
        twins = [other for other, f in found.items() if str(f.label) == text]
        return text if len(twins) == 1 else f"{text} {name}"

    def _labels(self, name: str) -> tuple[str, ...]:
        said = []
        for language in LANGUAGES:
            with override(language):
                said.append(self.label(name))
        return tuple(dict.fromkeys(said))


def plan_drafts(
    table: Table,
    sheet: DraftSheet,
    *,
    heading_row: int | None = None,
    chosen: Mapping[int, str] | None = None,
) -> Planned:
    """Understand a sheet of documents without looking at the database."""
    columns = sheet.columns()
    if heading_row is None and chosen is None:
        headings = find_headings(table.rows, columns)
    else:
        headings = read_headings(table.rows, heading_row or 0, columns, chosen)
    template: Any = sheet  # it answers what reading rows asks of a template
    rows = list(rows_of(table.rows, headings, template))
    planned = Planned(template, headings, rows, len(rows))
    for code, names in (("column_missing", headings.missing), ("column_doubled", headings.doubled)):
        planned.problems += [
            {"path": name, "code": code, "label": sheet.label(name)} for name in names
        ]
    if not planned.rows:
        planned.problems.append({"path": "", "code": "no_rows"})
    return planned


def rehearse_drafts(
    planned: Planned, content: bytes, *, posting: bool = False, told: Told = nobody
) -> Report:
    """Draft all of it and take it back. With `posting`, what could not be posted is refused."""
    digest = hashlib.sha256(content).digest()
    with transaction.atomic():
        report = _carry_out(planned, digest, writing=None, posting=posting, told=told)
        transaction.set_rollback(True)
    return report


def import_drafts(
    planned: Planned,
    *,
    file_name: str,
    content: bytes,
    answers: Sequence[str] = (),
    skipping: bool = False,
    posting: bool = False,
    told: Told = nobody,
) -> Report:
    """Draft every document of a sheet, or none; with `skipping`, those without problems.

    With `posting`, they are posted as well, each in a transaction of its own once all are drafted;
    what is refused then stays a draft. The same file makes the same documents, so importing it
    twice doubles nothing.

    Errors: Refusal invalid or import_has_problems; Question imported_before; Forbidden.
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
            template=planned.template.code, file_name=file_name[:200], digest=digest,
            person=who().person, at=env.now(),
        )  # fmt: skip
        report = _carry_out(planned, digest, writing=writing, posting=posting, told=told)
        if report.counts["refused"] and not skipping:
            problems = [{**p, "row": row.number} for row in report.rows for p in row.problems]
            count = report.counts["refused"]
            raise Refusal("import_has_problems", problems=problems, count=count)
        writing.counts = report.counts
        writing.save(update_fields=["counts"])
    report.run = writing
    if posting:
        _post(report, writing)
    return report


def _post(report: Report, imported: ImportRun) -> None:
    """Post what was drafted, in the order of the sheet."""
    refused = 0
    for record in imported.rows.order_by("position"):
        request_id = uuid5(imported.pk, f"post {record.subject}")
        try:
            run(f"{record.type}.post", record.subject, request_id=request_id)
        except Refusal:
            refused += 1
    report.counts["posted"] = imported.rows.count() - refused
    if refused:
        report.problems.append({"path": "", "code": "stays_draft", "count": refused})
    imported.counts = report.counts
    imported.save(update_fields=["counts"])


def undo_drafts(import_id: UUID, *, told: Told = nobody) -> ImportRun:
    """Take a whole import of documents back: drafts become void, posted ones are reversed, and a
    draft that was there before is as it was.

    Each document is a transaction of its own; what was undone stays so if a later one is refused,
    and undoing again goes on from there.

    Errors: Refusal not_found, already_undone; undone_in_part, with what refused a document.
    """
    imported = ImportRun.objects.filter(pk=import_id).first()
    if imported is None:
        raise Refusal("not_found")
    if imported.state == ImportState.UNDONE:
        raise Refusal("already_undone")
    records = list(imported.rows.order_by("-position"))
    for done, record in enumerate(records):
        try:
            _undo_one(record)
        except Refusal as refusal:
            raise _in_part(record, refusal, done, len(records)) from refusal
        told(done + 1)
    imported.state = ImportState.UNDONE
    imported.save(update_fields=["state"])
    return imported


def _in_part(record: ImportedRow, refusal: Refusal, done: int, of: int) -> Refusal:
    """Which document could not be undone and why, and how many were before it."""
    number = Document.unscoped.values_list("number", flat=True).get(pk=record.subject)
    problems = refusal.problems or [{"path": "", "code": refusal.code, **refusal.facts}]
    what = number or str(document_type(record.type).title)
    return Refusal("undone_in_part", problems=problems, number=what, done=done, of=of)


def _undo_one(record: ImportedRow) -> None:
    state = Document.unscoped.values_list("state", flat=True).get(pk=record.subject)
    request_id = uuid5(record.run_id, str(record.subject))
    if state == State.POSTED:
        reason = {"reason": gettext("The import was undone.")}
        run(f"{record.type}.reverse", record.subject, reason, request_id=request_id)
    elif state in (State.DRAFT, State.SUBMITTED) and record.is_new:
        run(f"{record.type}.void", record.subject, request_id=request_id)
    elif state == State.DRAFT:
        run(f"{record.type}.save", record.subject, record.before, request_id=request_id)


# -- carrying out -------------------------------------------------------------------------------


@dataclass(slots=True)
class Group:
    """The rows of one document, and what its header is as far as rows above said it."""

    name: str
    rows: list[Row] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)
    is_named: bool = True


def _carry_out(
    planned: Planned, digest: bytes, *, writing: ImportRun | None, posting: bool, told: Told
) -> Report:
    template: Any = planned.template
    sheet: DraftSheet = template
    counts: Counter[str] = Counter(new=0, changed=0, same=0, refused=0, lines=0)
    written: list[ImportedRow] = []
    done = 0
    for group in _documents(sheet, planned.rows):
        record = _draft_what_is_good(sheet, group, digest, posting=posting)
        done += len(group.rows)
        told(done)
        bad = sum(bool(row.problems) for row in group.rows)
        counts["refused"] += bad
        if record is not None:
            counts["new" if record.is_new else "changed"] += 1
            counts["lines"] += len(group.rows) - bad
            written.append(record)
    if writing is not None:
        for position, record in enumerate(written):
            record.run, record.position = writing, position
        ImportedRow.objects.bulk_create(written, batch_size=2000)
    every = list(planned.rows)
    return Report(dict(counts), every, planned.problems, len(every))


def _documents(sheet: DraftSheet, rows: Iterable[Row]) -> list[Group]:
    """The rows of each document, by what the sheet calls it, else by what its header says."""
    found: dict[str, Group] = {}
    heads = (*SPINE, *sheet.header)
    rows = list(rows)
    meant = _meant(sheet, rows)
    name, above = "", dict[str, Any]()
    for row in rows:
        name = str(row.values.get(DOCUMENT) or name)
        said = {n: v for n in heads if (v := row.values.get(n)) is not None}
        if name:
            group = found.setdefault(name, Group(name))
            for head, value in said.items():
                first = group.header.setdefault(head, value)
                if meant.get((head, first), first) != meant.get((head, value), value):
                    label = sheet.label(head)
                    row.problems.append(
                        {"path": head, "code": "differs_in_document", "label": label}
                    )
        else:
            above = above | said
            said = {head: meant.get((head, value), value) for head, value in above.items()}
            group = _unnamed(found, said, above)
        group.rows.append(row)
    return list(found.values())


def _meant(sheet: DraftSheet, rows: Sequence[Row]) -> dict[tuple[str, Any], Any]:
    """What each text in the columns of a header names: S01 and 人民路店 may be one place."""
    meant: dict[tuple[str, Any], Any] = {}
    for name, column in sheet.header.items():
        if column.target is None:
            continue
        texts = {v for row in rows if isinstance(v := row.values.get(name), str)}
        found = reference_of(column.target).find(list(texts))
        meant |= {(name, text): row.pk for text, row in found.items()}
    return meant


def _unnamed(found: dict[str, Group], said: dict[str, Any], header: dict[str, Any]) -> Group:
    """The document of what a header says that has room for another line."""
    base = "|".join(f"{name}={value}" for name, value in sorted(said.items()))
    for part in count(1):
        key = f"{base}|{part}"
        group = found.setdefault(key, Group(key, header=header, is_named=False))
        if len(group.rows) < LINES_MAX:
            return group
    raise AssertionError("There is always another part.")


def _draft_what_is_good(
    sheet: DraftSheet, group: Group, digest: bytes, *, posting: bool
) -> ImportedRow | None:
    """Save one draft; None if it was refused, with the problems put to their rows.

    Of a document that somebody named, all rows come in or none; of others, those that are good.
    """
    while True:
        good = [row for row in group.rows if not row.problems]
        if not good or (group.is_named and len(good) < len(group.rows)):
            break
        record = _draft(sheet, group, good, digest, posting=posting)
        if record is not None:
            return record
        if not any(row.problems for row in good):  # it was about the document as a whole
            break
    if group.is_named:
        _refuse_whole(group.rows)
    return None


def _draft(
    sheet: DraftSheet, group: Group, rows: Sequence[Row], digest: bytes, *, posting: bool
) -> ImportedRow | None:
    name = group.name
    subject = _id_of(name) or uuid5(DRAFTS, f"{digest.hex()}|{sheet.code}|{name}")
    try:
        with transaction.atomic():
            before = _before(sheet.type, subject)
            run(f"{sheet.code}.save", subject, _payload(sheet, group, rows))
            if posting:
                _refuse_unready(sheet.type, subject)
    except Forbidden:
        raise
    except Refusal as refusal:
        _put_to_rows(sheet, rows, refusal)
        return None
    return ImportedRow(
        number=rows[0].number, type=sheet.code, subject=subject, is_new=before is None,
        before=before or {},
    )  # fmt: skip


def _refuse_unready(declared: DocumentType, subject: UUID) -> None:
    """Refuse what the person could not post as it stands."""
    body = loading.load(declared, subject)
    problems = problems_of(declared, body)
    if not problems and not may(
        declared.permission("post"), body.document.org_unit, declared.amount(body)
    ):
        unit = body.document.org_unit.name
        problems = [{"path": "", "code": "may_not_post_here", "unit": unit}]
    if problems:
        raise Refusal("invalid", problems=problems)


def _id_of(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _before(declared: DocumentType, subject: UUID) -> dict[str, Any] | None:
    """The payload that brings a draft back to what it is now; None for a new one."""
    if not Document.unscoped.filter(pk=subject).exists():
        return None
    body = loading.load(declared, subject)
    lines = [{"id": str(line.pk)} | _raw(declared.line_fields, line) for line in body.lines]
    header = _raw(declared.header_fields, body)
    day, note = str(body.document.business_date), body.document.note
    return {"header": header, "lines": lines, "business_date": day, "note": note}


def _raw(fields: Sequence[Field], row: Any) -> dict[str, Any]:
    return {f.name: plain(getattr(row, f.attribute)) for f in fields}


def _payload(sheet: DraftSheet, group: Group, rows: Sequence[Row]) -> dict[str, Any]:
    """A draft as its rows say."""
    payload: dict[str, Any] = {"header": {}, "lines": []}
    for name, value in group.header.items():
        place = payload if name in SPINE else payload["header"]
        place[name] = value
    payload["lines"] = [
        {f.name: row.values[c] for c, f in sheet.lines.items() if c in row.values} for row in rows
    ]
    return payload


def _put_to_rows(sheet: DraftSheet, rows: Sequence[Row], refusal: Refusal) -> None:
    columns = {f.name: column for column, f in sheet.lines.items()}
    about = [problem for problem in refusal.problems if str(problem["path"]).startswith("lines.")]
    for problem in about:
        parts = str(problem["path"]).split(".")
        row = rows[int(parts[1]) - 1]
        path = columns.get(parts[2], "") if len(parts) == 3 else ""
        row.problems.append({**problem, "path": path})
    whole = [problem for problem in refusal.problems if problem not in about]
    if not refusal.problems:
        whole = [{"path": "", "code": refusal.code, **refusal.facts}]
    for problem in whole:
        name = str(problem["path"]).rpartition(".")[2]
        rows[0].problems.append({**problem, "path": name if name in sheet.fields() else ""})
    if whole:
        _refuse_whole(rows)


def _refuse_whole(rows: Sequence[Row]) -> None:
    """The rows of a refused document stay together, so that the file to mend is complete."""
    for row in rows:
        if not row.problems:
            row.problems.append({"path": "", "code": "document_refused"})


def draft_sheet(code: str) -> DraftSheet:
    """The sheet of a type of document."""
    return DraftSheet(document_type(code))
