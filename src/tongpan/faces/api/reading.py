"""What a body must look like before the gate sees it: the shape of JSON, field by field.

Screens and sheets are lenient (full-width digits, labels for choices, dates in several forms); a
program is not guessed at. Meaning is checked behind the gate, the same for every door.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.drafts import NOTE_MAX
from tongpan.kernel.documents.fields import Field, Problem
from tongpan.kernel.documents.registry import DocumentType, MasterType

LINES_MAX = 10_000
TEXT_MAX = 20_000
YEARS = range(2000, 2100)
NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LIMIT = Decimal(10) ** 18  # of what a ledger's column holds
DRAFT = ("business_date", "note", "unit", "follows", "header", "lines")
SPINE = frozenset(
    {"type", "number", "state", "version", "other_unit", "currency", "total", "replaces",
     "created_at", "created_by", "changed_at", "submitted_at", "submitted_by", "posted_at",
     "posted_by", "reversed_at", "reversed_by", "actions"}
)  # fmt: skip


class Malformed(Exception):
    """A value of the wrong form: a code and its facts."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts


def read_draft(declared: DocumentType, given: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a save, from a body whose every part has its form.

    Errors: Refusal("invalid") with a problem for each part that has not.
    """
    problems: list[Problem] = []
    payload: dict[str, Any] = {}
    for name, raw in given.items():
        if name not in DRAFT:
            problems.append(_stranger(name, name, SPINE))
        elif name == "header":
            payload[name] = _row(declared.header_fields, raw, "", problems)
        elif name == "lines":
            payload[name] = _rows(name, declared.line_fields, raw, problems)
        else:
            with _noting(problems, name, name):
                payload[name] = _spine(name, raw)
    if problems:
        raise Refusal("invalid", problems=problems)
    return payload


def read_row(declared: MasterType, given: Mapping[str, Any]) -> dict[str, Any]:
    """The payload that saves a row of master data and its parts, checked in the same way."""
    problems: list[Problem] = []
    parts = {part.name: part for part in declared.parts}
    own = {name: raw for name, raw in given.items() if name not in parts}
    payload = _row(declared.form_fields, own, "", problems)
    for name in (name for name in given if name in parts):
        payload[name] = _rows(name, parts[name].fields(declared), given[name], problems)
    if problems:
        raise Refusal("invalid", problems=problems)
    return payload


def _spine(name: str, raw: Any) -> Any:
    if raw is None:
        return None
    if name == "business_date":
        return _date(raw)
    if name == "follows":
        return read_id(raw)
    if name == "note":
        return _text(raw, NOTE_MAX)
    return _link(raw, "code")


def _rows(
    name: str, fields: Sequence[Field], raw: Any, problems: list[Problem]
) -> list[dict[str, Any]]:
    """A list of rows: the lines of a document, or a part of a row of master data."""
    if not isinstance(raw, list):
        problems.append({"path": name, "code": "list_format"})
        return []
    if len(raw) > LINES_MAX:
        raise Refusal("batch_too_large", max_lines=LINES_MAX)
    ids: set[str] = set()
    lines = []
    for number, given in enumerate(raw, start=1):
        path = f"{name}.{number}"
        bare = {k: v for k, v in given.items() if k != "id"} if isinstance(given, dict) else given
        line = _row(fields, bare, path, problems)
        if isinstance(given, dict) and given.get("id") is not None:
            with _noting(problems, f"{path}.id", "id"):
                line["id"] = read_id(given["id"])
                if line["id"] in ids:
                    raise Malformed("line_twice", given=line["id"])
                ids.add(line["id"])
        lines.append(line)
    return lines


def _row(fields: Sequence[Field], raw: Any, path: str, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        problems.append({"path": path or "header", "code": "object_format"})
        return {}
    known = {f.name: f for f in fields}
    row: dict[str, Any] = {}
    for name, given in raw.items():
        where = f"{path}.{name}" if path else name
        if name not in known:
            problems.append(_stranger(where, name, frozenset()))
        else:
            with _noting(problems, where, str(known[name].label)):
                row[name] = _value(known[name], given)
    return row


@contextmanager
def _noting(problems: list[Problem], path: str, label: str) -> Iterator[None]:
    """What is malformed inside is noted, and reading goes on with the next value."""
    try:
        yield
    except Malformed as wrong:
        problems.append({"path": path, "label": label, "code": wrong.code, **wrong.facts})


def _stranger(path: str, name: str, read_only: frozenset[str]) -> Problem:
    code = "read_only_field" if name in read_only else "unknown_field"
    return {"path": path[:120], "code": code, "name": name[:60]}


def _value(field: Field, raw: Any) -> Any:
    if raw is None:
        return None
    if field.kind in ("text", "note"):
        return _text(raw, field.max_length or TEXT_MAX)
    if field.kind == "choice":
        return _choice(field, raw)
    if field.kind == "flag":
        if not isinstance(raw, bool):
            raise Malformed("flag_format")
        return raw
    if field.kind == "date":
        return _date(raw)
    if field.kind == "reference":
        return _link(raw, "id")
    return _number(raw, is_whole=field.kind == "integer")


def _text(raw: Any, max_length: int) -> str:
    if not isinstance(raw, str):
        raise Malformed("not_text")
    if len(raw) > max_length:
        raise Malformed("text_too_long", max_length=max_length)
    return raw


def _choice(field: Field, raw: Any) -> str:
    values = [value for value, _ in field.choices]
    if raw != "" and raw not in values:
        raise Malformed("not_a_choice", given=str(raw)[:40], choices=", ".join(values))
    return str(raw)


def _date(raw: Any) -> date:
    if not (isinstance(raw, str) and DAY.fullmatch(raw)):
        raise Malformed("datetime_format", given=str(raw)[:40])
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise Malformed("datetime_format", given=raw) from None
    if day.year not in YEARS:
        raise Malformed("datetime_format", given=raw)
    return day


def read_id(raw: Any) -> str:
    try:
        return str(UUID(raw if isinstance(raw, str) else ""))
    except ValueError:
        raise Malformed("id_format", given=str(raw)[:60]) from None


def _link(raw: Any, preferred: str) -> str:
    """A reference by id or code; what a list answered (`{"id", "code", "name"}`) will do too."""
    if isinstance(raw, dict) and set(raw) <= {"id", "code", "name"}:
        raw = raw.get(preferred) or raw.get("id") or raw.get("code")
    if not isinstance(raw, str):
        raise Malformed("not_text")
    return _text(raw, 120)


def _number(raw: Any, *, is_whole: bool) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise Malformed("number_format", given=str(raw)[:40])
    text = (
        raw if isinstance(raw, str) else format(raw, "f") if isinstance(raw, Decimal) else str(raw)
    )
    if not NUMBER.fullmatch(text):
        raise Malformed("number_format", given=text[:40])
    limit = Decimal(2**31) if is_whole else LIMIT
    if abs(Decimal(text)) >= limit:
        raise Malformed("number_out_of_range", given=text[:40], lowest=1 - limit, highest=limit - 1)
    return text
