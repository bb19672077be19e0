"""Master data over REST: every kind in the register, listed, read, saved, archived, restored."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet

from tongpan.base.refusals import Refusal
from tongpan.faces.api import parameters
from tongpan.faces.api.documents import CREATIONS, history_rows
from tongpan.faces.api.doors import Answer, Call
from tongpan.faces.api.reading import Malformed, read_id, read_row
from tongpan.faces.api.writing import field_values, json_bytes
from tongpan.kernel.documents.actions.parts import rows_of
from tongpan.kernel.documents.fields import Field, fields_of, links_of, read
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.documents.models import Request
from tongpan.kernel.documents.registry import MasterType, Part
from tongpan.kernel.org.scope import masked_fields, may_somewhere, visible

FILTERED_KINDS = frozenset({"choice", "flag", "reference"})


def list_masters(call: Call, declared: MasterType) -> Answer:
    """One page of a list, in the order of the key."""
    given = call.parameters(("q", *(f.name for f in filter_fields(declared)), *parameters.PAGING))
    chosen = parameters.chosen_fields(given, chosen_names(declared))
    size = parameters.page_size(given)
    rows = _wanted(declared, given)
    if (cursor := parameters.opened(declared.code, given)) is not None:
        key, last = json.loads(cursor)
        attribute = _key_attribute(declared)
        rows = rows.filter(Q(**{f"{attribute}__gt": key}) | Q(**{attribute: key, "pk__gt": last}))
    found = list(rows.order_by(_key_attribute(declared), "pk")[: size + 1])
    inner = None
    if len(found) > size:
        last_row = found[size - 1]
        inner = json.dumps([str(getattr(last_row, _key_attribute(declared))), str(last_row.pk)])
    shown = _rows(declared, found[:size], chosen)
    return Answer({"rows": shown, "next_cursor": parameters.sealed(inner, declared.code, given)})


def read_master(call: Call, declared: MasterType, row_id: UUID) -> Answer:
    """One row, with a digest of all that it holds as ETag; whole, or the fields asked for."""
    given = call.parameters(("fields",))
    chosen = parameters.chosen_fields(given, chosen_names(declared))
    answer = _whole(declared, row_id)
    return Answer(parameters.narrowed(answer.value, chosen), answer.status, answer.headers)


def create_master(call: Call, declared: MasterType) -> Answer:
    """A new row. Its id comes from the body, else from Idempotency-Key."""
    call.parameters(())
    body = call.body()
    try:
        row_id = UUID(read_id(body["id"])) if body.get("id") is not None else call.key
    except Malformed as wrong:
        problem = {"path": "id", "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None
    payload = read_row(declared, {k: v for k, v in body.items() if k != "id"})
    own_name = uuid5(CREATIONS, f"{declared.code}|{row_id}") if row_id else None
    request_id = call.key or own_name
    there = _there(declared, row_id) if row_id is not None else None
    if there is not None and request_id and not Request.objects.filter(pk=request_id).exists():
        raise Refusal("doc_id_conflict")  # it was made otherwise: this is no repeat
    outcome = _save(call, declared, row_id, payload, request_id)
    return _saved(declared, outcome, is_new=there is None)


def save_master(call: Call, declared: MasterType, row_id: UUID) -> Answer:
    """Make the row of this id, or change the fields that the body names."""
    call.parameters(())
    payload = read_row(declared, call.body())
    there = _there(declared, row_id)
    expected = call.request.headers.get("If-Match", "*").strip()
    if (
        there is not None
        and expected != "*"
        and expected != _whole(declared, row_id).headers["ETag"]
    ):
        raise Refusal("version_changed")
    if there is not None and call.request.headers.get("If-None-Match", "").strip() == "*":
        raise Refusal("doc_id_conflict")
    outcome = _save(call, declared, row_id, payload, call.key)
    return _saved(declared, outcome, is_new=there is None)


def act_on_master(call: Call, declared: MasterType, row_id: UUID, verb: str) -> Answer:
    """Archive a row, or take it back into use."""
    call.parameters(())
    if body := call.body():
        name = next(iter(body))[:60]
        problem = {"path": name, "code": "unknown_field", "name": name}
        raise Refusal("invalid", problems=[problem])
    if _there(declared, row_id) is None:
        raise Refusal("not_found")
    run(f"{declared.code}.{verb}", row_id, request_id=call.key)
    return _whole(declared, row_id)


def list_master_history(call: Call, declared: MasterType, row_id: UUID) -> Answer:
    """Who changed what when, the latest first."""
    call.parameters(())
    _whole(declared, row_id)
    return Answer({"rows": history_rows(row_id, _masked(declared))})


# -- rows ---------------------------------------------------------------------------------------


def shown_fields(declared: MasterType) -> tuple[Field, ...]:
    """The fields of a row that may be seen: those of its form and of its list."""
    masked = _masked(declared)
    listed = [n for n in declared.listed if n not in declared.fields and _is_column(declared, n)]
    names = tuple(n for n in (*declared.fields, *listed) if n not in masked)
    return fields_of(declared.model, names)


def chosen_names(declared: MasterType) -> tuple[str, ...]:
    """The names that `fields` may choose among: those of a row, its parts, and `part.field`."""
    names = ["id", *(f.name for f in shown_fields(declared))]
    for part in shown_parts(declared):
        inner = ("id", *(f.name for f in part_fields(declared, part)))
        names += [part.name, *(f"{part.name}.{name}" for name in inner)]
    return tuple(names)


def _is_column(declared: MasterType, name: str) -> bool:
    try:
        return bool(getattr(declared.model._meta.get_field(name), "concrete", False))
    except FieldDoesNotExist:
        return False


def _masked(declared: MasterType) -> frozenset[str]:
    return masked_fields(declared.model, declared.permission("view"))


def filter_fields(declared: MasterType) -> list[Field]:
    """The fields by which a list may be filtered: the key, and what has few values."""
    return [f for f in shown_fields(declared) if f.kind in FILTERED_KINDS or f.name == declared.key]


def _wanted(declared: MasterType, given: Mapping[str, str]) -> QuerySet[Any]:
    rows: QuerySet[Any] = visible(declared.model, declared.permission("view"))
    rows = rows.select_related(*links_of(shown_fields(declared)))
    known = {f.name: f for f in shown_fields(declared)}
    for name, text in given.items():
        if name == "q":
            rows = rows.filter(_found(declared, known, text))
        elif name in known:
            rows = rows.filter(**{name: _filter_value(known[name], text)})
    return rows


def _found(declared: MasterType, known: Mapping[str, Field], text: str) -> Q:
    """Rows whose key begins with the text or whose name holds it."""
    text = text.strip()[:100]
    condition = Q(pk__in=[])
    if declared.key in known and known[declared.key].kind == "text":
        condition |= Q(**{f"{declared.key}__istartswith": text})
    if "name" in known:
        condition |= Q(name__icontains=text)
    return condition


def _filter_value(field: Field, text: str) -> Any:
    if field.kind == "reference":
        return parameters.named_row(field, text)
    values, problems = read([field], [{field.name: text}], paths=[""])
    if problems or values[0][field.name] is None:
        raise parameters.wrong_value(field.name, text)
    return values[0][field.name]


def _key_attribute(declared: MasterType) -> str:
    (key,) = fields_of(declared.model, (declared.key,))
    return key.attribute


def shown_parts(declared: MasterType) -> list[Part]:
    """The parts whose rows may be seen."""
    return [p for p in declared.parts if may_somewhere(p.master.permission("view"))]


def part_fields(declared: MasterType, part: Part) -> tuple[Field, ...]:
    """The fields of a part's rows that may be seen."""
    masked = _masked(part.master)
    return tuple(f for f in part.fields(declared) if f.name not in masked)


def _rows(
    declared: MasterType, rows: Sequence[Any], chosen: frozenset[str] | None
) -> list[dict[str, Any]]:
    """Rows with their parts: one query for each part, however many rows there are."""
    ids = [row.pk for row in rows]
    parts = [p for p in shown_parts(declared) if parameters.asks_for(chosen, p.name)]
    theirs = [(p, part_fields(declared, p), rows_of(p, declared, ids)) for p in parts]
    found = []
    for row in rows:
        value = {"id": row.pk, **field_values(shown_fields(declared), row, frozenset())}
        for part, fields, there in theirs:
            value[part.name] = [
                {"id": one.pk, **field_values(fields, one, frozenset())}
                for one in there.get(row.pk, ())
            ]
        found.append(parameters.narrowed(value, chosen))
    return found


def _whole(declared: MasterType, row_id: UUID, status: int = 200) -> Answer:
    rows = visible(declared.model, declared.permission("view"))
    row = rows.select_related(*links_of(shown_fields(declared))).filter(pk=row_id).first()
    if row is None:
        raise Refusal("not_found")
    [value] = _rows(declared, [row], None)
    digest = hashlib.sha256(json_bytes(value)).hexdigest()[:32]
    return Answer(value, status, {"ETag": f'"{digest}"'})


# -- saving -------------------------------------------------------------------------------------


def _there(declared: MasterType, row_id: UUID) -> Any:
    """The row of this id; one that may not be seen is refused as if it were not there."""
    if not declared.model._base_manager.filter(pk=row_id).exists():
        return None
    row = visible(declared.model, declared.permission("view")).filter(pk=row_id).first()
    if row is None:
        raise Refusal("not_found")
    return row


def _save(
    call: Call,
    declared: MasterType,
    row_id: UUID | None,
    payload: Mapping[str, Any],
    request_id: UUID | None,
) -> Outcome:
    try:
        return run(f"{declared.code}.save", row_id, payload, request_id=request_id)
    except Refusal as refusal:
        if refusal.code != "request_conflict":
            raise
        code = "doc_id_conflict" if call.key is None else "idempotency_key_reused"
        raise Refusal(code) from None


def _saved(declared: MasterType, outcome: Outcome, *, is_new: bool) -> Answer:
    is_new = is_new and not outcome.is_repeat
    status = 201 if is_new else 200
    try:
        answer = _whole(declared, outcome.subject, status)
    except Refusal:  # they may save what they may not view
        answer = Answer({"id": outcome.subject}, status)
    if is_new:
        answer.headers["Location"] = f"/api/v1/{declared.code}/{outcome.subject}"
    return answer
