"""The OpenAPI 3.1 description of the API, written from the registers alone.

A new type is described by being declared: its fields with kinds, choices, steps and help, its
actions, and the problems they answer.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongpan import __version__
from tongpan.faces.api import limits, masters, parameters, reading
from tongpan.faces.api.documents import PEOPLE, SPINE, posted_actions
from tongpan.faces.api.doors import Answer, Call
from tongpan.faces.api.problems import PROBLEM, STATUS
from tongpan.kernel.documents.actions.drafts import NOTE_MAX
from tongpan.kernel.documents.actions.parts import ROWS_MAX
from tongpan.kernel.documents.actions.talk import COMMENT_MAX
from tongpan.kernel.documents.fields import Field
from tongpan.kernel.documents.lists import PAGE_MAX
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import (
    Action,
    DocumentType,
    MasterType,
    document_types,
    master_types,
)
from tongpan.kernel.documents.sentences import sentences

Schema = dict[str, Any]

DECIMAL = r"^-?\d{1,18}(\.\d{1,6})?$"
UUID_TEXT: Schema = {"type": "string", "format": "uuid"}
DATE: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}


def describe(call: Call) -> Answer:
    """The description itself, in the caller's language."""
    call.parameters(())
    return Answer(openapi())


def openapi() -> Schema:
    """Everything that can be asked, said and refused, as one OpenAPI document."""
    types: list[DocumentType | MasterType] = [*document_types(), *master_types()]
    paths: Schema = _import_paths() | _paper_paths()
    schemas: Schema = _shared_schemas()
    for declared in document_types():
        schemas |= _document_schemas(declared)
        paths |= _document_paths(declared)
    for master in master_types():
        schemas |= _master_schemas(master)
        paths |= _master_paths(master)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tongpan",
            "version": __version__,
            "description": _(
                "Decimals are strings. Ids are made by the caller, so a request may be sent "
                "again. A document's version is its ETag."
            )
            + " "
            + _("A caller may send %(burst)s requests at once, and %(rate)s a second after that.")
            % {"burst": int(limits.BURST), "rate": int(limits.RATE_PER_S)},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": t.code, "description": str(t.help or t.title)} for t in types],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": _responses(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
        "x-language": get_language(),
        "x-codes": {
            code: {"status": STATUS.get(code, 422), "sentence": _(sentence)}
            for code, sentence in sorted(sentences().items())
        },
    }


# -- fields -------------------------------------------------------------------------------------


def _input(field: Field) -> Schema:
    """What a body may hold for a field."""
    schema = _typed(field, is_input=True)
    schema["type"] = [*([schema["type"]] if isinstance(schema["type"], str) else schema["type"])]
    if field.kind not in ("text", "note", "choice"):
        schema["type"].append("null")
    if "enum" in schema and field.kind != "flag":
        schema["enum"] = [*schema["enum"], ""] if "" not in schema["enum"] else schema["enum"]
    return _labelled(field, schema)


def _output(field: Field) -> Schema:
    """What an answer holds for a field."""
    schema = _typed(field, is_input=False)
    if field.kind == "reference":
        return _labelled(field, {"oneOf": [_ref("Named"), {"type": "null"}]})
    if field.kind not in ("text", "note"):
        schema["type"] = [schema["type"], "null"]
        schema.pop("enum", None)
    return _labelled(field, schema)


def _typed(field: Field, *, is_input: bool) -> Schema:
    if field.kind in ("text", "note"):
        length = field.max_length or reading.TEXT_MAX
        return {"type": "string", "maxLength": length} if is_input else {"type": "string"}
    if field.kind == "choice":
        return {"type": "string", "enum": [value for value, _label in field.choices]}
    if field.kind == "flag":
        return {"type": "boolean"}
    if field.kind == "date":
        return {"type": "string", "format": "date"}
    if field.kind == "integer":
        return {"type": "integer"}
    if field.kind == "reference":
        return {"type": "string", "maxLength": 120, "description": _("An id or a code.")}
    return {"type": "string", "pattern": DECIMAL, "x-step": str(field.step)}


def _labelled(field: Field, schema: Schema) -> Schema:
    texts = [str(field.help), schema.get("description", "")]
    choices = [f"{value}: {label}" for value, label in field.choices]
    described = " ".join(t for t in [*texts, "; ".join(choices)] if t)
    schema = {"title": str(field.label), **schema, "x-kind": field.kind}
    if field.is_required:
        schema["x-required-to-post"] = True
    return {**schema, "description": described} if described else schema


def _inputs(fields: tuple[Field, ...], **more: Schema) -> Schema:
    properties = {**more, **{f.name: _input(f) for f in fields}}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _outputs(fields: tuple[Field, ...], **more: Schema) -> Schema:
    properties = {**more, **{f.name: _output(f) for f in fields}}
    return {"type": "object", "properties": properties, "required": [*more]}


# -- schemas ------------------------------------------------------------------------------------


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _name(code: str, suffix: str = "") -> str:
    return "".join(part.capitalize() for part in code.replace(".", "_").split("_")) + suffix


def _shared_schemas() -> Schema:
    error = {
        "path": {"type": "string"}, "row": {"type": ["integer", "null"]},
        "code": {"type": "string"}, "message": {"type": "string"},
    }  # fmt: skip
    problem = {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "code": {"type": "string"}, "detail": {"type": "string"},
        "errors": {"type": "array", "items": _ref("Error")},
        "request_id": {"type": "string"}, "retryable": {"type": "boolean"},
        "answer": {"type": "string"}, "version": {"type": ["integer", "null"]},
    }  # fmt: skip
    comment = {
        "id": UUID_TEXT, "at": MOMENT, "author": _ref("Named"), "text": {"type": "string"},
        "mentions": {"type": "array", "items": UUID_TEXT},
    }  # fmt: skip
    attachment = {
        "id": UUID_TEXT, "name": {"type": "string"}, "media_type": {"type": "string"},
        "size": {"type": "integer"}, "added_by": _ref("Named"), "at": MOMENT,
    }  # fmt: skip
    account = {
        "key": UUID_TEXT, "org_unit": _ref("Named"), "role": {"type": "string"},
        "holder": UUID_TEXT, "unit": UUID_TEXT, "lot": {"type": "string"},
        "owner": {"type": ["string", "null"]}, "line": {"type": ["string", "null"]},
    }  # fmt: skip
    entry = {
        "posting": UUID_TEXT, "kind": {"type": "string"}, "business_date": DATE,
        "posted_at": MOMENT, "ledger": {"type": "string"}, "line": {"type": ["string", "null"]},
        "amount": {"type": "string"}, "source": _ref("Account"), "target": _ref("Account"),
        "value": {"type": ["string", "null"]},
    }  # fmt: skip
    change = {
        "at": MOMENT, "action": {"type": "string"}, "actor": _maybe_named(),
        "authorised_by": _maybe_named(), "via": {"type": "string"}, "note": {"type": "string"},
        "changes": {"type": "object"},
    }  # fmt: skip
    named = {"id": UUID_TEXT, "code": {"type": "string"}, "name": {"type": "string"}}
    optional = {"answer", "version", "value"}
    shapes: dict[str, Schema] = {
        "Named": named, "Error": error, "Problem": problem, "Comment": comment,
        "Attachment": attachment, "Account": account, "Entry": entry, "Change": change,
    }  # fmt: skip
    return {
        name: {
            "type": "object",
            "properties": properties,
            "required": [key for key in properties if key not in optional],
        }
        for name, properties in shapes.items()
    }


def _maybe_named() -> Schema:
    return {"oneOf": [_ref("Named"), {"type": "null"}]}


def _spine() -> Schema:
    kinds: Schema = {
        "number": {"type": ["string", "null"]},
        "state": {"type": "string", "enum": [*State.values]},
        "version": {"type": "integer"},
        "business_date": DATE,
        "currency": {"type": "string"},
        "total": {"type": ["string", "null"]},
        "note": {"type": "string"},
    }
    return {
        name: kinds.get(name, {"type": ["string", "null"], "format": "date-time"}) for name in SPINE
    }


def _document_schemas(declared: DocumentType) -> Schema:
    spine = _spine()
    named = {"unit": _maybe_named(), "other_unit": _maybe_named()}
    identity: Schema = {"id": UUID_TEXT, "type": {"type": "string"}}
    listed = {**identity, **named, **spine}
    row = _outputs(declared.header_fields, **listed)
    row["required"] = ["id"]
    whole_properties = {
        **listed,
        "follows": {"type": ["string", "null"], "format": "uuid"},
        "replaces": {"type": ["string", "null"], "format": "uuid"},
        **{name: _maybe_named() for name in PEOPLE},
        "header": _outputs(declared.header_fields),
        "lines": {"type": "array", "items": _outputs(declared.line_fields, id=UUID_TEXT)},
        "actions": {"type": "array", "items": {"type": "string"}},
        "result": UUID_TEXT,
    }
    whole = {
        "type": "object",
        "properties": whole_properties,
        "required": ["id", "type"],
        "description": _("Fields that you may not see are absent."),
    }
    name = _name(declared.code)
    return {
        name: whole,
        f"{name}Row": row,
        f"{name}Draft": _draft_schema(declared),
        f"{name}List": _list_of(f"{name}Row"),
    }


def _draft_schema(declared: DocumentType) -> Schema:
    lines = _inputs(declared.line_fields, id={**UUID_TEXT, "type": ["string", "null"]})
    properties: Schema = {
        "id": {**UUID_TEXT, "description": _("Only when it is created.")},
        "business_date": {**DATE, "type": ["string", "null"]},
        "note": {"type": ["string", "null"], "maxLength": NOTE_MAX},
        "unit": {"type": ["string", "null"], "maxLength": 120, "description": _("A unit's code.")},
        "follows": {**UUID_TEXT, "type": ["string", "null"]},
        "header": _inputs(declared.header_fields),
        "lines": {"type": "array", "items": lines, "maxItems": reading.LINES_MAX},
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _master_schemas(declared: MasterType) -> Schema:
    name = _name(declared.code)
    row = _outputs(masters.shown_fields(declared), id=UUID_TEXT)
    draft = _inputs(
        declared.form_fields, id={**UUID_TEXT, "description": _("Only when it is created.")}
    )
    for part in declared.parts:
        fields = part.fields(declared)
        inner = _inputs(fields, id={**UUID_TEXT, "description": _("That of a row which is there.")})
        shown = _outputs(fields, id=UUID_TEXT)
        about = {"description": str(part.help)} if part.help else {}
        row["properties"][part.name] = {"type": "array", "items": shown, **about}
        listed = {"type": "array", "items": inner, "maxItems": ROWS_MAX, **about}
        draft["properties"][part.name] = listed
    return {name: row, f"{name}Draft": draft, f"{name}List": _list_of(name)}


def _list_of(name: str) -> Schema:
    return {
        "type": "object",
        "properties": {
            "rows": {"type": "array", "items": _ref(name)},
            "next_cursor": {"type": ["string", "null"]},
        },
        "required": ["rows", "next_cursor"],
    }


# -- paths --------------------------------------------------------------------------------------


def _responses() -> Schema:
    titles = {
        "400": "Bad Request", "401": "Unauthorized", "403": "Forbidden", "404": "Not Found",
        "409": "Conflict", "412": "Precondition Failed", "413": "Content Too Large",
        "415": "Unsupported Media Type", "422": "Unprocessable Content",
        "429": "Too Many Requests", "503": "Service Unavailable",
    }  # fmt: skip
    return {
        f"Problem{status}": {
            "description": title,
            "content": {PROBLEM: {"schema": _ref("Problem")}},
        }
        for status, title in titles.items()
    }


READING = ("400", "401", "403", "404", "429", "503")
WRITING = (*READING, "409", "412", "413", "415", "422")


def _operation(
    tag: str, verb: str, summary: str, *, answer: Schema | None, status: tuple[str, ...] = ("200",),
    problems: tuple[str, ...] = READING, **more: Any,
) -> Schema:  # fmt: skip
    content = {"application/json": {"schema": answer}} if answer else {}
    responses: Schema = {s: {"description": summary, "content": content} for s in status}
    responses |= {s: {"$ref": f"#/components/responses/Problem{s}"} for s in problems}
    return {
        "tags": [tag],
        "operationId": f"{tag}.{verb}",
        "summary": summary,
        "responses": responses,
        **more,
    }


def _body(schema: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _query(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _path(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": UUID_TEXT}


def _key() -> Schema:
    return {
        "name": "Idempotency-Key", "in": "header",
        "schema": {"type": "string", "pattern": r"^[!-~]{1,200}$"},
        "description": _("The name of this request for ever: sent again, it is done once."),
    }  # fmt: skip


def _if_match() -> Schema:
    return {
        "name": "If-Match", "in": "header", "schema": {"type": "string"},
        "description": _("The ETag that you saw; another version there now is refused."),
    }  # fmt: skip


def _paging() -> Iterator[Schema]:
    yield _query(
        "size",
        {"type": "integer", "minimum": 1, "maximum": PAGE_MAX},
        _("How many rows a page holds."),
    )
    yield _query("cursor", {"type": "string"}, _("The next_cursor of the page before."))
    yield _chosen()


def _chosen() -> Schema:
    about = _(
        "The fields to show, separated by commas; one field of a part as lines.item. The id always"
        " comes along."
    )
    return _query("fields", {"type": "string"}, about)


def _document_paths(declared: DocumentType) -> Schema:
    code, name, title = declared.code, _name(declared.code), str(declared.title)
    one, whole = f"/api/v1/{code}/{{id}}", _ref(name)
    draft = _body(_ref(f"{name}Draft"))
    narrowing = [
        _query("q", {"type": "string"}, _("The beginning of a number, or a word of the note.")),
        _query("state", {"type": "string"}, ", ".join(State.values)),
        _query("unit", {"type": "string"}, _("Codes of units, separated by commas.")),
        _query("since", DATE, _("The first business date.")),
        _query("until", DATE, _("The last business date.")),
        _query("by", {"type": "string"}, _("Who made it: an id, or me.")),
        *(
            _query(f.name, {"type": "string"}, str(f.label))
            for f in parameters.link_filters(declared.header_fields, frozenset())
        ),
    ]
    filters = [*narrowing, *_paging()]
    paths: Schema = {
        f"/api/v1/{code}": {
            "get": _operation(code, "list", title, answer=_ref(f"{name}List"), parameters=filters),
            "post": _operation(code, "create", title, answer=whole, status=("200", "201"),
                               problems=WRITING, requestBody=draft, parameters=[_key()]),
        },
        one: {
            "parameters": [_path("id")],
            "get": _operation(code, "read", title, answer=whole, parameters=[_chosen()]),
            "put": _operation(code, "save", title, answer=whole, status=("200", "201"),
                              problems=WRITING, requestBody=draft,
                              parameters=[_key(), _if_match()]),
        },
    }  # fmt: skip
    if declared.follows:
        follows = {**_query("follows", UUID_TEXT, ", ".join(declared.follows)), "required": True}
        paths[f"/api/v1/{code}/proposal"] = {
            "get": _operation(code, "propose", title, answer=_ref(f"{name}Draft"),
                              problems=(*READING, "409", "422"), parameters=[follows]),
        }  # fmt: skip
    for verb, action in posted_actions(declared):
        paths[f"{one}/{verb}"] = {
            "parameters": [_path("id")],
            "post": _operation(code, verb, str(action.title), answer=whole, problems=WRITING,
                               requestBody=_action_body(action),
                               parameters=[_key(), _if_match()]),
        }  # fmt: skip
    return paths | _export_path(code, title, narrowing) | _hanging_paths(code, one)


def _action_body(action: Action) -> Schema:
    answers = {
        "type": "array", "items": {"type": "string"},
        "description": _("Codes of questions that are answered with yes."),
    }  # fmt: skip
    properties: Schema = {"answers": answers}
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if action.needs_reason:
        properties["reason"] = {"type": "string", "minLength": 1}
        schema["required"] = ["reason"]
    return {**_body(schema), "required": action.needs_reason}


def _hanging_paths(code: str, one: str) -> Schema:
    comment = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": COMMENT_MAX},
            "mentions": {"type": "array", "items": UUID_TEXT},
        },
        "required": ["text"],
        "additionalProperties": False,
    }
    here = [_path("id")]
    file_name = _query("name", {"type": "string"}, _("The file's name."))
    file_body = {"required": True, "content": {"application/octet-stream": {}}}
    return {
        f"{one}/comments": {
            "parameters": here,
            "get": _operation(code, "comments", _("Comments"), answer=_rows("Comment")),
            "post": _operation(code, "comment", _("Comment"), answer=_ref("Comment"),
                               status=("201",), problems=WRITING, requestBody=_body(comment)),
        },
        f"{one}/attachments": {
            "parameters": here,
            "get": _operation(code, "attachments", _("Files"), answer=_rows("Attachment")),
            "post": _operation(code, "attach", _("Attach a file"), answer=_ref("Attachment"),
                               status=("201",), problems=WRITING, parameters=[file_name],
                               requestBody=file_body),
        },
        f"{one}/history": {
            "parameters": here,
            "get": _operation(code, "history", _("History"), answer=_rows("Change")),
        },
        f"{one}/entries": {
            "parameters": here,
            "get": _operation(code, "entries", _("Entries"), answer=_rows("Entry")),
        },
    }  # fmt: skip


def _export_path(code: str, title: str, filters: list[Schema]) -> Schema:
    kinds: Schema = {"type": "string", "enum": ["xlsx", "csv"]}
    operation = _operation(
        code, "export", title, answer=None, parameters=[*filters, _query("format", kinds, "")]
    )
    book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    operation["responses"]["200"]["content"] = {book: {}, "text/csv": {}}
    return {f"/api/v1/{code}/export": {"get": operation}}


def _import_paths() -> Schema:
    """Sheets in: any kind of document or master data, and goods with all that belongs to them."""
    run = {
        "type": "object",
        "properties": {
            "id": UUID_TEXT, "sheet": {"type": "string"}, "file_name": {"type": "string"},
            "at": MOMENT, "state": {"type": "string"}, "counts": {"type": "object"},
        },
    }  # fmt: skip
    report = {
        "type": "object",
        "properties": {
            "import": {"oneOf": [run, {"type": "null"}]}, "counts": {"type": "object"},
            "errors": {"type": "array", "items": _ref("Error")},
        },
    }  # fmt: skip
    listed = {"type": "object", "properties": {"rows": {"type": "array", "items": run}}}
    flag: Schema = {"type": "string", "enum": ["true", "false"]}
    asked = [
        _query("name", {"type": "string"}, _("The file's name.")),
        _query("rehearse", flag, _("Only say what would become of each row.")),
        _query("skipping", flag, _("Import the rows without problems.")),
        _query("answers", {"type": "string"}, _("Codes of questions answered with yes.")),
    ]
    sheet = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    body = {"required": True, "content": {"application/octet-stream": {}}}
    return {
        "/api/v1/imports": {
            "get": _operation("imports", "list", _("Import and export"), answer=listed)
        },
        "/api/v1/imports/{id}": {
            "parameters": [sheet],
            "post": _operation("imports", "import", _("Import a sheet"), answer=report,
                               status=("200", "201"), problems=WRITING, parameters=asked,
                               requestBody=body),
        },
        "/api/v1/imports/{id}/undo": {
            "parameters": [_path("id")],
            "post": _operation("imports", "undo", _("Undo"), answer=run, problems=WRITING),
        },
    }  # fmt: skip


def _paper_paths() -> Schema:
    """What a print agent asks for its till, which the header Tongpan-Unit names."""
    text: Schema = {"type": "string"}
    paper = {
        "type": "object",
        "properties": {
            "id": UUID_TEXT, "way": {"type": "string", "enum": ["network", "device", "folder"]},
            "address": text, "title": text, "content": {"type": "string", "format": "byte"},
        },
    }  # fmt: skip
    taken = {"type": "object", "properties": {"paper": {"oneOf": [paper, {"type": "null"}]}}}
    states = {"type": "string", "enum": ["printed", "failed", "waiting"]}
    said = {"type": "object", "properties": {"state": states, "said": text}, "required": ["state"]}
    told = {"type": "object", "properties": {"id": UUID_TEXT}}
    return {
        "/api/v1/papers/take": {
            "post": _operation("papers", "take", _("Take what waits"), answer=taken,
                               problems=WRITING, requestBody=_body({"type": "object"})),
        },
        "/api/v1/papers/{id}/settle": {
            "parameters": [_path("id")],
            "post": _operation("papers", "settle", _("Say what was printed"), answer=told,
                               problems=WRITING, requestBody=_body(said)),
        },
    }  # fmt: skip


def _rows(name: str) -> Schema:
    return {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": _ref(name)}},
        "required": ["rows"],
    }


def _master_paths(declared: MasterType) -> Schema:
    code, name, title = declared.code, _name(declared.code), str(declared.title)
    one, row = f"/api/v1/{code}/{{id}}", _ref(name)
    draft = _body(_ref(f"{name}Draft"))
    filters = [
        _query("q", {"type": "string"}, _("The beginning of the code, or a part of the name.")),
        *(
            _query(f.name, {"type": "string"}, str(f.label))
            for f in masters.filter_fields(declared)
        ),
        *_paging(),
    ]
    paths: Schema = {
        f"/api/v1/{code}": {
            "get": _operation(code, "list", title, answer=_ref(f"{name}List"), parameters=filters),
            "post": _operation(code, "create", title, answer=row, status=("200", "201"),
                               problems=WRITING, requestBody=draft, parameters=[_key()]),
        },
        one: {
            "parameters": [_path("id")],
            "get": _operation(code, "read", title, answer=row, parameters=[_chosen()]),
            "put": _operation(code, "save", title, answer=row, status=("200", "201"),
                              problems=WRITING, requestBody=draft,
                              parameters=[_key(), _if_match()]),
        },
        f"{one}/history": {
            "parameters": [_path("id")],
            "get": _operation(code, "history", _("History"), answer=_rows("Change")),
        },
    }  # fmt: skip
    for verb, summary in (("archive", _("Archive")), ("restore", _("Take back into use"))):
        paths[f"{one}/{verb}"] = {
            "parameters": [_path("id")],
            "post": _operation(code, verb, summary, answer=row, problems=WRITING,
                               parameters=[_key()]),
        }  # fmt: skip
    return paths | _export_path(code, title, [])
