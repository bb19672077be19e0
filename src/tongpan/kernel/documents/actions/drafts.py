"""Saving a draft, copying, voiding: what happens before anything is posted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents import loading
from tongpan.kernel.documents.fields import (
    Field,
    Problem,
    Unreadable,
    as_id,
    plain,
    read,
    read_date,
    read_text,
)
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import difference, without_private
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import who

NOTE_MAX = 2000
YEARS = range(2000, 2100)  # a number shows two digits of the year
LABELS = {
    "note": _("note"), "business_date": _("business date"), "reason": _("reason"),
    "text": _("comment"),
}  # fmt: skip
SPINE_FIELDS = ("business_date", "note", "unit", "follows", "replaces")


def save_draft(doing: Doing) -> None:
    """Make a draft, or change one: its header, and its lines if any are given.

    The payload holds `business_date`, `note`, `unit` (a new draft's, else where the person is),
    `header` {field: value} and `lines` [{id?, field: value}]. What is left out stays as it was;
    lines that are left out of a given list are removed. Half-filled drafts are welcome.
    """
    declared = doing.action.type
    assert isinstance(declared, DocumentType)
    given, problems = _read_payload(declared, doing.payload)
    if problems:
        raise Refusal("invalid", problems=problems)
    is_new = not Document.unscoped.filter(pk=doing.subject).exists()
    doing.body = _begin(doing, declared) if is_new else _open(doing, declared)
    if not is_new:
        doing.require(doing.document.org_unit)  # at the unit it leaves as well as where it goes
    before = _picture(declared, doing.body)
    _apply(doing.body, declared, given)
    declared.complete(doing.body)
    doing.require(doing.document.org_unit)
    changes = difference(before, _picture(declared, doing.body))
    doing.changes = without_private(declared.body, without_private(declared.line, changes))
    _write(doing.body, declared, is_new=is_new)
    doing.told = {"version": doing.document.version}


def void(doing: Doing) -> None:
    """Put a draft away for good. It stays readable and never had a number or an effect."""
    doing.require(doing.document.org_unit)
    move_to(doing, State.VOID)


def move_to(doing: Doing, state: State, **also: Any) -> None:
    """Change the state of the document, with the fields that say who and when."""
    document = doing.document
    doing.changes["state"] = [document.state, state.value]
    document.state = state.value
    document.version += 1
    document.changed_at = doing.at
    for name, value in also.items():
        setattr(document, name, value)
    names = ["state", "version", "changed_at", *also]
    Document.unscoped.filter(pk=document.pk).update(**{n: getattr(document, n) for n in names})
    doing.told.setdefault("version", document.version)


def copy_payload(declared: DocumentType, body: Any) -> dict[str, Any]:
    """The payload that would draft a document like this one."""
    return {
        "header": {f.name: getattr(body, f.name) for f in declared.header_fields},
        "lines": [{f.name: getattr(n, f.name) for f in declared.line_fields} for n in body.lines],
        "note": body.document.note,
        "unit": body.document.org_unit,
    }


def said(doing: Doing, name: str, *, max_length: int) -> str:
    """A text of the payload, such as a reason or a remark; empty when it is not there.

    Errors: Refusal naming what is wrong with it.
    """
    try:
        return read_text(doing.payload.get(name) or "", max_length=max_length, has_lines=True)
    except Unreadable as wrong:
        raise Refusal("invalid", problems=[_problem(name, wrong)]) from None


def _read_payload(
    declared: DocumentType, payload: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    given: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in payload:
        if name not in (*SPINE_FIELDS, "header", "lines"):
            problems.append({"path": name, "code": "unknown_field", "name": name})
    header = payload.get("header") or {}
    if isinstance(header, Mapping):
        headers, wrong = read(declared.header_fields, [header], paths=[""])
        given["header"] = headers[0]
        problems += wrong
    else:
        problems.append({"path": "header", "code": "object_format"})
    if payload.get("lines") is not None:
        problems += _read_lines(declared, payload["lines"], given)
    readers = {"note": _read_note, "business_date": _read_business_date}
    for name in (name for name in readers if name in payload):
        try:
            given[name] = readers[name](payload[name])
        except Unreadable as error:
            problems.append(_problem(name, error))
    return given, problems


def _read_lines(declared: DocumentType, raw: Any, given: dict[str, Any]) -> list[Problem]:
    if declared.line is None and raw:
        return [{"path": "lines", "code": "unknown_field", "name": "lines"}]
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
        return [{"path": "lines", "code": "list_format"}]
    problems: list[Problem] = []
    rows: list[Mapping[str, Any]] = []
    ids: list[UUID | None] = []
    for number, row in enumerate(raw, start=1):
        path = f"lines.{number}"
        if not isinstance(row, Mapping):
            problems.append({"path": path, "code": "object_format"})
            continue
        line_id = as_id(row["id"]) if row.get("id") else None
        if row.get("id") and line_id is None:
            problems.append({"path": path, "code": "id_format", "given": str(row["id"])[:40]})
        elif line_id is not None and line_id in ids:
            problems.append({"path": path, "code": "line_twice", "given": str(line_id)})
        ids.append(line_id)
        rows.append({name: value for name, value in row.items() if name != "id"})
    if problems:
        return problems
    paths = [f"lines.{number}" for number in range(1, len(rows) + 1)]
    given["ids"] = ids
    given["lines"], problems = read(declared.line_fields, rows, paths=paths)
    return problems


def _read_note(raw: Any) -> str:
    return read_text("" if raw is None else raw, max_length=NOTE_MAX, has_lines=True)


def _read_business_date(raw: Any) -> date | None:
    if raw is None or raw == "":
        return None
    day = read_date(raw)
    if day.year not in YEARS:
        raise Unreadable("not_a_date", given=str(raw)[:40])
    return day


def _problem(path: str, wrong: Unreadable) -> Problem:
    return {"path": path, "label": str(LABELS[path]), "code": wrong.code, **wrong.facts}


def _begin(doing: Doing, declared: DocumentType) -> Any:
    """A new, empty draft where the person is, or at the unit that the payload names."""
    unit = _unit(doing.payload.get("unit"))
    person = who().person
    document = Document(
        id=doing.subject,
        type=declared.code,
        org_unit=unit,
        business_date=business_date(unit, doing.at),
        created_at=doing.at,
        created_by=person,
        changed_at=doing.at,
        version=0,
        follows=_followed(declared, doing.payload.get("follows")),
        replaces=_replaced(declared, doing.payload.get("replaces")),
    )
    body = declared.body(document=document)
    body.lines = []
    return body


def _open(doing: Doing, declared: DocumentType) -> Any:
    body = loading.load_locked(declared, doing.subject)
    if body.document.state != State.DRAFT:
        raise Refusal("wrong_state", state=body.document.get_state_display())
    if doing.version is not None and doing.version != body.document.version:
        raise Refusal("version_changed", version=body.document.version)
    return body


def _unit(named: Any) -> OrgUnit:
    if isinstance(named, OrgUnit):
        return named
    if not named:
        at = who().at
        if at is None:
            raise Refusal("invalid", problems=[{"path": "unit", "code": "required", "label": ""}])
        return at
    unit = OrgUnit.objects.filter(code=str(named)).first()
    if unit is None:
        problem = {"path": "unit", "code": "not_found_reference", "label": "", "given": str(named)}
        raise Refusal("invalid", problems=[problem])
    return unit


def _followed(declared: DocumentType, named: UUID | str | None) -> Document | None:
    if not named:
        return None
    found = Document.objects.filter(pk=_id(named)).first()
    if found is None or found.type not in declared.follows:
        raise Refusal("not_found")
    if found.state != State.POSTED:
        raise Refusal("wrong_state", state=found.get_state_display())
    return found


def _replaced(declared: DocumentType, named: UUID | str | None) -> Document | None:
    if not named:
        return None
    reversed_ones = Document.objects.filter(type=declared.code, state=State.REVERSED)
    found = reversed_ones.filter(pk=_id(named)).first()
    if found is None:
        raise Refusal("not_found")
    return found


def _id(named: UUID | str) -> UUID:
    found = as_id(named)
    if found is None:
        raise Refusal("not_found")
    return found


def _apply(body: Any, declared: DocumentType, given: Mapping[str, Any]) -> None:
    document = body.document
    _set(body, given["header"])
    document.business_date = given.get("business_date") or document.business_date
    document.note = given.get("note", document.note)
    if "lines" not in given or declared.line is None:
        return
    there = {line.pk: line for line in body.lines}
    body.lines = []
    for line_id, values in zip(given["ids"], given["lines"], strict=True):
        line = there.get(line_id) or declared.line(id=line_id or env.new_id(), document=document)
        _set(line, values)
        line.position = len(body.lines) + 1
        body.lines.append(line)


def _set(row: Any, values: Mapping[str, Any]) -> None:
    """Give a row its values; an emptied flag or the like falls back to what it is by itself."""
    for name, value in values.items():
        column = row._meta.get_field(name)
        is_filled = value is not None or column.null
        setattr(row, name, value if is_filled else column.get_default())


def _picture(declared: DocumentType, body: Any) -> dict[str, Any]:
    """Every value of the document as {path: value}, to tell what a change changed."""
    document = body.document
    picture: dict[str, Any] = {"business_date": document.business_date, "note": document.note}
    picture |= _values(declared.header_fields, body, "")
    for line in body.lines:
        picture |= _values(declared.line_fields, line, f"lines.{line.pk}.")
    return picture


def keep_lines(declared: DocumentType, body: Any, lines: list[Any]) -> dict[str, Any]:
    """Keep only these lines of a draft. Answers what it changed."""
    before = _picture(declared, body)
    body.lines = lines
    for position, line in enumerate(lines, start=1):
        line.position = position
    _write_lines(body, declared.line)
    changes = difference(before, _picture(declared, body))
    return without_private(declared.body, without_private(declared.line, changes))


def _values(fields: Sequence[Field], row: Any, prefix: str) -> dict[str, Any]:
    return {f"{prefix}{f.name}": plain(getattr(row, f.attribute)) for f in fields}


def _write(body: Any, declared: DocumentType, *, is_new: bool) -> None:
    document = body.document
    document.version += 1
    document.changed_at = env.now()
    if is_new:
        try:
            document.save(force_insert=True)
        except IntegrityError as error:  # somebody made one of this id at the same moment
            raise Refusal("request_conflict") from error
        body.document_id = document.pk
        body.save(force_insert=True)
    else:
        document.save(force_update=True)
        body.save(force_update=True)
    if declared.line is not None:
        _write_lines(body, declared.line)


def _write_lines(body: Any, model: Any) -> None:
    """Bring the stored lines to what they should be, in at most four statements."""
    rows = model.unscoped.filter(document=body.document)
    there = set(rows.values_list("pk", flat=True)) if body.lines else set()
    kept = [line for line in body.lines if line.pk in there]
    new = [line for line in body.lines if line.pk not in there]
    rows.exclude(pk__in=[line.pk for line in kept]).delete()
    names = [f.attname for f in model._meta.concrete_fields if f.name not in ("id", "document")]
    if kept:
        model.unscoped.bulk_create(
            kept, update_conflicts=True, unique_fields=["id"], update_fields=names
        )
    if new:
        try:
            model.unscoped.bulk_create(new)
        except IntegrityError as error:
            raise Refusal("request_conflict") from error


__all__ = ["copy_payload", "keep_lines", "move_to", "said", "save_draft", "void"]
