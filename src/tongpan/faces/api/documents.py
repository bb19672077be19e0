"""Documents over REST: every type in the register, its standard actions, and what hangs on one."""

from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpResponse

from tongpan.base.refusals import Refusal
from tongpan.faces.api import parameters
from tongpan.faces.api.bodies import raw_body
from tongpan.faces.api.doors import Answer, Call
from tongpan.faces.api.reading import Malformed, read_draft, read_id
from tongpan.faces.api.writing import field_values, named
from tongpan.faces.kit.derived.listing import hidden_fields
from tongpan.kernel.documents import lists
from tongpan.kernel.documents.actions.talk import COMMENT_MAX, FILE_MAX_BYTES
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Attachment, Blob, Comment, Document
from tongpan.kernel.documents.registry import (
    Action,
    DocumentType,
    actions_of,
    document_type,
)
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.queries import Recorded, entries_of
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import may, visible

HISTORY_MAX = 500
CREATIONS = uuid5(NAMESPACE_URL, "tongpan:creation")
PEOPLE = ("created_by", "submitted_by", "posted_by", "reversed_by")
SPINE = (
    "number", "state", "version", "business_date", "currency", "total", "note", "created_at",
    "changed_at", "submitted_at", "posted_at", "reversed_at",
)  # fmt: skip
# What has an address of its own is no action to post to.
ELSEWHERE = frozenset({"save", "comment", "attach"})
STANDARD = frozenset({"submit", "return", "post", "reverse", "amend", "void"})


def list_documents(call: Call, declared: DocumentType) -> Answer:
    """One page of a list: the latest business date first, filtered, without lines."""
    given = call.parameters((*parameters.document_filters(declared), *parameters.PAGING))
    chosen = parameters.chosen_fields(given, listed_names(declared))
    page = lists.page_of(
        declared,
        parameters.wanted_documents(declared, given),
        cursor=parameters.opened(declared.code, given),
        size=parameters.page_size(given),
    )
    rows = [_listed(declared, body, chosen) for body in page.rows]
    cursor = parameters.sealed(page.next_cursor, declared.code, given)
    return Answer({"rows": rows, "next_cursor": cursor})


def read_document(call: Call, declared: DocumentType, document_id: UUID) -> Answer:
    """One document, with its version as ETag; whole, or the fields that are asked for."""
    given = call.parameters(("fields",))
    chosen = parameters.chosen_fields(given, whole_names(declared))
    return _whole(declared, document_id, chosen=chosen)


def create_document(call: Call, declared: DocumentType) -> Answer:
    """A new draft. Its id comes from the body, else from Idempotency-Key; sent again, it is one."""
    call.parameters(())
    body = call.body()
    document_id = _body_id(body) or call.key
    payload = read_draft(declared, {k: v for k, v in body.items() if k != "id"})
    own_name = uuid5(CREATIONS, f"{declared.code}|{document_id}") if document_id else None
    # A document of this id that was made otherwise is no repeat: version 0 is never there.
    try:
        outcome = run(
            f"{declared.code}.save", document_id, payload,
            request_id=call.key or own_name, version=0,
        )  # fmt: skip
    except Refusal as refusal:
        raise _as_conflict(refusal, call, ("version_changed", "wrong_state")) from None
    return _saved(declared, outcome)


def save_document(call: Call, declared: DocumentType, document_id: UUID) -> Answer:
    """Make the draft of this id, or change it. What the body leaves out stays as it was."""
    call.parameters(())
    version, key = call.version, call.key
    if call.request.headers.get("If-None-Match", "").strip() == "*":
        version = 0
    payload = read_draft(declared, call.body())
    try:
        outcome = _save(declared, document_id, payload, key, version)
    except Refusal as refusal:
        if refusal.code in ("wrong_state", "version_changed"):
            _refuse_unseen(declared, document_id)  # its state is told to who may see it
        raise _as_conflict(refusal, call, ("wrong_state",) if version == 0 else ()) from None
    return _saved(declared, outcome)


def act_on_document(
    call: Call, declared: DocumentType, document_id: UUID, action: Action
) -> Answer:
    """Do an action to a document, such as `POST .../{id}/post`."""
    call.parameters(())
    body = call.body()
    answers = _answers(body.pop("answers", []))
    _refuse_strangers(action, body)
    _refuse_unseen(declared, document_id)
    try:
        outcome = run(
            action.code, document_id, body,
            request_id=call.key, version=call.version, answers=answers,
        )  # fmt: skip
    except Refusal as refusal:
        raise _as_conflict(refusal, call, ()) from None
    answer = _whole(declared, document_id)
    if isinstance(outcome.result, UUID):  # a document that the action made, as amend does
        answer.value["result"] = outcome.result
    return answer


def propose_document(call: Call, declared: DocumentType) -> Answer:
    """The draft that would follow a document: a body to look at, complete, and send."""
    given = call.parameters(("follows",))
    document_id = path_id(given.get("follows", ""))
    spine = visible(Document).filter(pk=document_id).first()
    if spine is None or spine.type not in declared.follows:
        raise Refusal("not_found")
    followed = _seen(document_type(spine.type), document_id)
    draft = declared.follows[spine.type](followed)
    return Answer(
        {
            "follows": document_id,
            "unit": draft["unit"].code if draft.get("unit") else None,
            "header": _as_sent(draft.get("header", {})),
            "lines": [_as_sent(line) for line in draft.get("lines", [])],
        }
    )


# -- what hangs on a document -------------------------------------------------------------------


def posted_actions(declared: DocumentType) -> list[tuple[str, Action]]:
    """The actions that are posted to a document, by the last part of their address."""
    found = [(a.code.removeprefix(f"{declared.code}."), a) for a in actions_of(declared.code)]
    return [(verb, action) for verb, action in found if action.states and verb not in ELSEWHERE]


def list_comments(call: Call, declared: DocumentType, document_id: UUID) -> Answer:
    """The comments on a document, the earliest first."""
    call.parameters(())
    _refuse_unseen(declared, document_id)
    rows = Comment.objects.filter(document=document_id).select_related("author")
    return Answer({"rows": [_comment(row) for row in rows]})


def add_comment(call: Call, declared: DocumentType, document_id: UUID) -> Answer:
    """Comment on a document; `mentions` are the ids of people to be told."""
    call.parameters(())
    _refuse_unseen(declared, document_id)
    payload = _comment_body(call.body())
    try:
        outcome = run(f"{declared.code}.comment", document_id, payload, request_id=call.key)
    except Refusal as refusal:
        raise _as_conflict(refusal, call, ()) from None
    if outcome.is_repeat:
        return list_comments(call, declared, document_id)
    return Answer(_comment(outcome.result), status=201)


def list_attachments(call: Call, declared: DocumentType, document_id: UUID) -> Answer:
    """The files on a document."""
    call.parameters(())
    _refuse_unseen(declared, document_id)
    rows = Attachment.objects.filter(document=document_id).select_related("added_by")
    return Answer({"rows": [_attachment(row) for row in rows]})


def add_attachment(call: Call, declared: DocumentType, document_id: UUID) -> Answer:
    """Attach the body, as it is, under `?name=`; Content-Type says what it is."""
    name = call.parameters(("name",)).get("name", "file")
    _refuse_unseen(declared, document_id)
    payload = {
        "name": name,
        "media_type": call.request.content_type,
        "content": raw_body(call.request, limit_bytes=FILE_MAX_BYTES),
    }
    outcome = run(f"{declared.code}.attach", document_id, payload)
    return Answer(_attachment(outcome.result), status=201)


def read_attachment(
    call: Call, declared: DocumentType, document_id: UUID, attachment_id: UUID
) -> HttpResponse:
    """The bytes of a file, to be saved and never shown in place."""
    call.parameters(())
    _refuse_unseen(declared, document_id)
    row = Attachment.objects.filter(document=document_id, pk=attachment_id).first()
    if row is None:
        raise Refusal("not_found")
    content = Blob.objects.values_list("content", flat=True).get(digest=row.digest)
    response = HttpResponse(bytes(content), content_type=row.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def list_history(call: Call, declared: DocumentType, document_id: UUID) -> Answer:
    """Who did what when, the latest first, with every value before and after that may be seen."""
    call.parameters(())
    _refuse_unseen(declared, document_id)
    return Answer({"rows": history_rows(document_id, hidden_fields(declared))})


def history_rows(subject: UUID, hidden: frozenset[str]) -> list[dict[str, Any]]:
    """The history of a document or a row of master data, less what is masked."""
    rows = list(history_of(subject)[:HISTORY_MAX])
    ids = {row.actor for row in rows} | {row.authorised_by for row in rows}
    people = {p.pk: named(p) for p in Person.objects.filter(pk__in=ids - {None})}
    return [
        {
            "at": row.at,
            "action": row.action,
            "actor": people.get(row.actor),
            "authorised_by": people.get(row.authorised_by),
            "via": row.via,
            "note": row.note,
            "changes": {
                path: change
                for path, change in row.changes.items()
                if path.rpartition(".")[2] not in hidden
            },
        }
        for row in rows
    ]


def list_entries(call: Call, declared: DocumentType, document_id: UUID) -> Answer:
    """What a document has put into the ledgers: every entry with both its accounts."""
    call.parameters(())
    _refuse_unseen(declared, document_id)
    entries = entries_of(document_id)
    ids = {end.org_unit for entry in entries for end in (entry.source, entry.target)}
    units = {unit.pk: unit for unit in OrgUnit.objects.filter(pk__in=ids)}
    return Answer({"rows": [r for entry in entries if (r := _entry(entry, units)) is not None]})


def _entry(entry: Recorded, units: dict[UUID, OrgUnit]) -> dict[str, Any] | None:
    """One entry. Money and the value of goods tell what they cost: only to who may see costs."""
    ends = (entry.source, entry.target)
    sees_cost = all(may("see.cost", units.get(end.org_unit)) for end in ends)
    if entry.source.ledger == "money" and not sees_cost:
        return None
    row = {
        "posting": entry.posting, "kind": entry.kind, "business_date": entry.business_date,
        "posted_at": entry.posted_at, "ledger": entry.source.ledger, "line": entry.line,
        "amount": entry.amount, "source": _account(entry.source, units),
        "target": _account(entry.target, units),
    }  # fmt: skip
    return {**row, "value": entry.value} if sees_cost else row


def _account(key: AccountKey, units: dict[UUID, OrgUnit]) -> dict[str, Any]:
    return {
        "key": key.key, "org_unit": named(units[key.org_unit]), "role": key.role,
        "holder": key.holder, "unit": key.unit, "lot": key.lot, "owner": key.owner,
        "line": key.line,
    }  # fmt: skip


# -- one document -------------------------------------------------------------------------------


def _seen(declared: DocumentType, document_id: UUID, *, with_lines: bool = True) -> Any:
    """A document with its lines, as far as the acting person may view them."""
    view, hidden = declared.permission("view"), hidden_fields(declared)
    links = links_of(f for f in declared.header_fields if f.name not in hidden)
    people = [f"document__{name}" for name in PEOPLE]
    spine = ("document", "document__org_unit", "document__other_unit", *people)
    body = (
        visible(declared.body, view).select_related(*spine, *links).filter(pk=document_id).first()
    )
    if body is None:
        raise Refusal("not_found")
    body.lines = []
    if declared.line is not None and with_lines:
        links = links_of(f for f in declared.line_fields if f.name not in hidden)
        rows = visible(declared.line, view).select_related(*links, *declared.reach)
        body.lines = list(rows.filter(document=document_id).order_by("position"))
    return body


def _refuse_unseen(declared: DocumentType, document_id: UUID) -> None:
    if not visible(declared.body, declared.permission("view")).filter(pk=document_id).exists():
        raise Refusal("not_found")


def _whole(
    declared: DocumentType,
    document_id: UUID,
    status: int = 200,
    chosen: frozenset[str] | None = None,
) -> Answer:
    body = _seen(declared, document_id, with_lines=parameters.asks_for(chosen, "lines"))
    document, hidden = body.document, hidden_fields(declared)
    value = _spine(declared, document, hidden)
    value |= {"follows": document.follows_id, "replaces": document.replaces_id}
    value |= {name: _name_of(getattr(document, name)) for name in PEOPLE}
    value["header"] = field_values(declared.header_fields, body, hidden)
    value["lines"] = [
        {"id": line.pk, **field_values(declared.line_fields, line, hidden)} for line in body.lines
    ]
    value["actions"] = [
        verb
        for verb, action in posted_actions(declared)
        if document.state in action.states and may(action.permission, document.org_unit)
    ]
    shown = parameters.narrowed(value, chosen, always=("id", "type"))
    return Answer(shown, status, {"ETag": f'"{document.version}"'})


def _listed(declared: DocumentType, body: Any, chosen: frozenset[str] | None) -> dict[str, Any]:
    hidden = hidden_fields(declared)
    row = _spine(declared, body.document, hidden)
    row |= field_values(declared.header_fields, body, hidden)
    return parameters.narrowed(row, chosen)


def _spine(declared: DocumentType, document: Document, hidden: frozenset[str]) -> dict[str, Any]:
    return {
        "id": document.pk,
        "type": document.type,
        "unit": _name_of(document.org_unit),
        "other_unit": _name_of(document.other_unit),
        **{name: getattr(document, name) for name in SPINE if name not in hidden},
    }


def listed_names(declared: DocumentType) -> tuple[str, ...]:
    """The names that `fields` may choose among, for the acting person."""
    hidden = hidden_fields(declared)
    own = [f.name for f in declared.header_fields]
    names = ("id", "type", "unit", "other_unit", *SPINE, *own)
    return tuple(name for name in names if name not in hidden)


def whole_names(declared: DocumentType) -> tuple[str, ...]:
    """The names that `fields` may choose among in one document: `header.place`, `lines.item`."""
    hidden = hidden_fields(declared)
    names = ("id", "type", "unit", "other_unit", *SPINE, "follows", "replaces", *PEOPLE)
    return (
        *(name for name in names if name not in hidden),
        "header",
        *(f"header.{f.name}" for f in declared.header_fields if f.name not in hidden),
        "lines",
        "lines.id",
        *(f"lines.{f.name}" for f in declared.line_fields if f.name not in hidden),
        "actions",
    )


def _name_of(row: Any) -> dict[str, Any] | None:
    return None if row is None else named(row)


def _comment(row: Comment) -> dict[str, Any]:
    return {
        "id": row.pk, "at": row.at, "author": named(row.author), "text": row.text,
        "mentions": row.mentions,
    }  # fmt: skip


def _attachment(row: Attachment) -> dict[str, Any]:
    return {
        "id": row.pk, "name": row.name, "media_type": row.media_type, "size": row.size,
        "added_by": named(row.added_by), "at": row.at,
    }  # fmt: skip


def _as_sent(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value.pk) if hasattr(value, "pk") else value
        for name, value in values.items()
        if value is not None
    }


# -- saving and acting --------------------------------------------------------------------------


def _save(
    declared: DocumentType,
    document_id: UUID,
    payload: dict[str, Any],
    key: UUID | None,
    version: int | None,
) -> Outcome:
    code = f"{declared.code}.save"
    try:
        return run(code, document_id, payload, request_id=key, version=version)
    except Refusal as refusal:
        if refusal.code != "request_conflict" or key is not None or version == 0:
            raise
    # Somebody made the draft of this id at the same moment: now it is there to be changed.
    return run(code, document_id, payload, version=version)


def _saved(declared: DocumentType, outcome: Outcome) -> Answer:
    document = outcome.document
    is_new = document is not None and document.version == 1 and not outcome.is_repeat
    address = {"Location": f"/api/v1/{declared.code}/{outcome.subject}"} if is_new else {}
    try:
        answer = _whole(declared, outcome.subject, 201 if is_new else 200)
    except Refusal:  # they may save what they may not view
        answer = Answer({"id": outcome.subject, "type": declared.code}, 201 if is_new else 200)
    answer.headers.update(address)
    return answer


def _as_conflict(refusal: Refusal, call: Call, taken: tuple[str, ...]) -> Refusal:
    """A conflict in the words of the request: its key or its id was used for something else."""
    if refusal.code == "request_conflict" and call.key is not None:
        return Refusal("idempotency_key_reused")
    if refusal.code in (*taken, "request_conflict"):
        return Refusal("doc_id_conflict")
    return refusal


def _refuse_strangers(action: Action, body: dict[str, Any]) -> None:
    """A standard action takes a reason or nothing; an area's own action checks its own payload."""
    if action.code.rpartition(".")[2] not in STANDARD:
        return
    allowed = {"reason"} if action.needs_reason else set()
    problems: list[dict[str, Any]] = [
        {"path": name[:120], "code": "unknown_field", "name": name[:60]}
        for name in body
        if name not in allowed
    ]
    if not isinstance(body.get("reason", ""), str):
        problems.append({"path": "reason", "code": "not_text", "label": "reason"})
    if problems:
        raise Refusal("invalid", problems=problems)


def _answers(given: Any) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Refusal("invalid", problems=[{"path": "answers", "code": "list_format"}])
    return given


def _comment_body(body: dict[str, Any]) -> dict[str, Any]:
    problems: list[dict[str, Any]] = [
        {"path": name[:120], "code": "unknown_field", "name": name[:60]}
        for name in body
        if name not in ("text", "mentions")
    ]
    text, mentions = body.get("text", ""), body.get("mentions", [])
    if not isinstance(text, str):
        problems.append({"path": "text", "code": "not_text", "label": "text"})
    elif len(text) > COMMENT_MAX:
        problems.append({"path": "text", "code": "text_too_long", "max_length": COMMENT_MAX})
    if not isinstance(mentions, list):
        problems.append({"path": "mentions", "code": "list_format"})
        mentions = []
    ids = []
    for number, one in enumerate(mentions[:100]):
        try:
            ids.append(read_id(one))
        except Malformed as wrong:
            problems.append({"path": f"mentions.{number}", "code": wrong.code, **wrong.facts})
    if problems:
        raise Refusal("invalid", problems=problems)
    return {"text": text, "mentions": ids}


def _body_id(body: dict[str, Any]) -> UUID | None:
    if body.get("id") is None:
        return None
    try:
        return UUID(read_id(body["id"]))
    except Malformed as wrong:
        problem = {"path": "id", "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None


def path_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("not_found") from None
