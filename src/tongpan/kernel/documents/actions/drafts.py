"""Saving a draft, copying, voiding: what happens before anything is posted."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents import loading
from tongpan.kernel.documents.fields import Field, Problem, Unreadable, plain, read, read_date
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import difference
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import who

NOTE_MAX = 2000
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
    before = _picture(declared, doing.body)
    _apply(doing.body, declared, given)
    declared.complete(doing.body)
    doing.require(doing.document.org_unit)
    doing.changes = difference(before, _picture(declared, doing.body))
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


def _read_payload(
    declared: DocumentType, payload: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    given: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in payload:
        if name not in (*SPINE_FIELDS, "header", "lines"):
            problems.append({"path": name, "code": "unknown_field", "name": name})
    headers, wrong = read(declared.header_fields, [payload.get("header") or {}], paths=[""])
    given["header"] = headers[0]
    problems += wrong
    if payload.get("lines") is not None:
        rows = list(payload["lines"])
        given["ids"] = [row.get("id") for row in rows]
        bare = [{k: v for k, v in row.items() if k != "id"} for row in rows]
        paths = [f"lines.{n}" for n in range(1, len(rows) + 1)]
        given["lines"], wrong = read(declared.line_fields, bare, paths=paths)
        problems += wrong
    if "note" in payload:
        given["note"] = str(payload["note"] or "")[:NOTE_MAX]
    if payload.get("business_date"):
        try:
            given["business_date"] = read_date(payload["business_date"])
        except Unreadable as error:
            problems.append({"path": "business_date", "code": error.code, **error.facts})
    return given, problems


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
        replaces_id=doing.payload.get("replaces"),
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
    found = Document.objects.filter(pk=named).first()
    if found is None or found.type not in declared.follows:
        raise Refusal("not_found")
    if found.state != State.POSTED:
        raise Refusal("wrong_state", state=found.get_state_display())
    return found


def _apply(body: Any, declared: DocumentType, given: Mapping[str, Any]) -> None:
    document = body.document
    for name, value in given["header"].items():
        setattr(body, name, value)
    document.business_date = given.get("business_date", document.business_date)
    document.note = given.get("note", document.note)
    if "lines" not in given:
        return
    assert declared.line is not None, f"{declared.code} has no lines."
    there = {str(line.pk): line for line in body.lines}
    body.lines = []
    for line_id, values in zip(given["ids"], given["lines"], strict=True):
        line = there.pop(str(line_id), None) or declared.line(
            id=UUID(str(line_id)) if line_id else env.new_id(), document=document
        )
        for name, value in values.items():
            setattr(line, name, value)
        line.position = len(body.lines) + 1
        body.lines.append(line)


def _picture(declared: DocumentType, body: Any) -> dict[str, Any]:
    """Every value of the document as {path: value}, to tell what a change changed."""
    document = body.document
    picture: dict[str, Any] = {"business_date": document.business_date, "note": document.note}
    picture |= _values(declared.header_fields, body, "")
    for line in body.lines:
        picture |= _values(declared.line_fields, line, f"lines.{line.pk}.")
    return picture


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


__all__ = ["copy_payload", "move_to", "save_draft", "void"]
