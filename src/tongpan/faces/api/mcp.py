"""The Model Context Protocol: what an assistant may look up, and drafts it may leave behind.

One address, `/api/mcp`, spoken to with an API token. Every tool asks the API itself, with the same
token, so scopes, read gate and limits are the same; no tool posts, reverses or archives anything.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import resolve
from django.utils.translation import gettext as _

from tongpan.base.refusals import Refusal
from tongpan.faces.api.bodies import json_body
from tongpan.faces.api.doors import Answer, Call
from tongpan.faces.api.writing import json_bytes
from tongpan.faces.kit.derived.values import is_drafted
from tongpan.kernel.documents.fields import Field
from tongpan.kernel.documents.registry import (
    DocumentType,
    MasterType,
    document_types,
    master_types,
)
from tongpan.kernel.org.scope import may_somewhere

VERSIONS = ("2025-06-18", "2025-03-26")  # the newest first
BAD_REQUEST, NO_METHOD, BAD_PARAMS = -32600, -32601, -32602
SENT_ALONG = ("HTTP_AUTHORIZATION", "HTTP_TONGPAN_UNIT", "HTTP_ACCEPT_LANGUAGE", "REMOTE_ADDR",
              "SERVER_NAME", "SERVER_PORT")  # fmt: skip
PARTS = ("history", "entries", "comments", "attachments")
Json = dict[str, Any]


class Wrong(Exception):
    """What was asked is not what the protocol, or a tool, can do."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Tool:
    """Something an assistant can do. `schema` says what it takes."""

    name: str
    title: str
    help: str
    schema: Json
    run: Callable[[Call, Json], tuple[bool, Any]]
    is_writing: bool = False

    def told(self) -> Json:
        return {
            "name": self.name,
            "title": self.title,
            "description": self.help,
            "inputSchema": {"type": "object", "additionalProperties": False, **self.schema},
            "annotations": {"readOnlyHint": not self.is_writing, "destructiveHint": False},
        }


def speak(call: Call) -> Answer:
    """Answer one message."""
    if call.caller.scopes is None:
        raise Refusal("token_missing")  # a browser's session is no key for a program
    message = json_body(call.request)
    method, number = message.get("method"), message.get("id")
    if message.get("jsonrpc") != "2.0" or not isinstance(method, str):
        return _failed(number, Wrong(BAD_REQUEST, "This is no JSON-RPC 2.0 message."))
    if number is None:  # a notification, which nobody waits for
        return Answer(None, status=202)
    params = message.get("params")
    try:
        answer = _answer(call, method, params if isinstance(params, dict) else {})
    except Wrong as wrong:
        return _failed(number, wrong)
    return Answer({"jsonrpc": "2.0", "id": number, "result": answer})


def _failed(number: Any, wrong: Wrong) -> Answer:
    error = {"code": wrong.code, "message": str(wrong)}
    return Answer({"jsonrpc": "2.0", "id": number, "error": error})


def _answer(call: Call, method: str, params: Json) -> Json:
    if method == "initialize":
        asked = params.get("protocolVersion")
        return {
            "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
            "capabilities": {"tools": {"listChanged": False}},
            "serverInfo": {"name": "tongpan", "title": "Tongpan 通盘", "version": "1"},
            "instructions": _("Ask `types` first. Drafts wait for a person to look at and post."),
        }
    if method == "ping":
        return {}
    if method == "tools/list":
        return {"tools": [tool.told() for tool in tools()]}
    if method == "tools/call":
        return _called(call, params)
    raise Wrong(NO_METHOD, f"There is no method {method[:60]}.")


def _called(call: Call, params: Json) -> Json:
    tool = next((t for t in tools() if t.name == params.get("name")), None)
    given = params.get("arguments") or {}
    if tool is None or not isinstance(given, dict):
        raise Wrong(BAD_PARAMS, "There is no such tool.")
    known = tool.schema.get("properties", {})
    if strange := sorted(set(given) - set(known)):
        raise Wrong(BAD_PARAMS, f"{tool.name} takes no {strange[0][:60]}.")
    if missing := [name for name in tool.schema.get("required", ()) if name not in given]:
        raise Wrong(BAD_PARAMS, f"{tool.name} needs {missing[0]}.")
    if wrong := [n for n, value in given.items() if not _fits(value, known[n]["type"])]:
        raise Wrong(BAD_PARAMS, f"{wrong[0]} is not of the type {known[wrong[0]]['type']}.")
    is_good, value = tool.run(call, given)
    text = json.dumps(value, ensure_ascii=False)
    said: Json = {"content": [{"type": "text", "text": text}], "isError": not is_good}
    return said | ({"structuredContent": value} if is_good else {})


KINDS: Mapping[str, type | tuple[type, ...]] = {"string": str, "object": dict, "array": list}


def _fits(value: Any, kind: str) -> bool:
    return isinstance(value, KINDS[kind])


# -- the tools -----------------------------------------------------------------------------------

TEXT: Json = {"type": "string"}


def tools() -> Iterator[Tool]:
    """What this token may do."""
    yield Tool(
        "types", _("Kinds of records"),
        _("Every kind of document and master data that may be seen, with its fields."),
        {"properties": {}}, _types,
    )  # fmt: skip
    yield Tool(
        "find", _("Find records"),
        _(
            "A page of the records of one kind. `filters` are the API's query parameters, such as"
            " q, state, unit, since, until, fields, size; `next_cursor` of a page goes into"
            " `cursor`."
        ),
        {
            "properties": {"type": TEXT, "filters": {"type": "object"}, "cursor": TEXT},
            "required": ["type"],
        },
        _find,
    )  # fmt: skip
    yield Tool(
        "read", _("Read a record"),
        _("One record whole, or its history, entries, comments or attachments."),
        {
            "properties": {"type": TEXT, "id": TEXT, "part": {**TEXT, "enum": list(PARTS)}},
            "required": ["type", "id"],
        },
        _read,
    )  # fmt: skip
    if any(may_somewhere(declared.permission("save")) for declared in _drafted()):
        yield Tool(
            "propose", _("Propose a document"),
            _("What a document of one kind would hold that follows an earlier one."),
            {
                "properties": {"type": TEXT, "follows": TEXT},
                "required": ["type", "follows"],
            },
            _propose,
        )  # fmt: skip
        yield Tool(
            "draft", _("Leave a draft"),
            _("Write a draft for a person to look at. With an id that draft is written anew."),
            {
                "properties": {
                    "type": TEXT, "id": TEXT, "unit": TEXT, "header": {"type": "object"},
                    "lines": {"type": "array"}, "note": TEXT, "follows": TEXT,
                    "business_date": TEXT,
                },
                "required": ["type", "header"],
            },
            _draft, is_writing=True,
        )  # fmt: skip


def _types(call: Call, given: Json) -> tuple[bool, Any]:
    documents = [_told(declared) for declared in document_types() if _may_see(declared)]
    masters = [_told(declared) for declared in master_types() if _may_see(declared)]
    return True, {"documents": documents, "masters": masters}


def _may_see(declared: DocumentType | MasterType) -> bool:
    return may_somewhere(declared.permission("view"))


def _told(declared: DocumentType | MasterType) -> Json:
    about = {"type": declared.code, "title": str(declared.title), "help": str(declared.help)}
    if isinstance(declared, MasterType):
        return about | {"fields": [_field(f) for f in declared.form_fields]}
    return about | {
        "header": [_field(f) for f in declared.header_fields],
        "lines": [_field(f) for f in declared.line_fields],
        "follows": list(declared.follows),
        "may_draft": declared in _drafted() and may_somewhere(declared.permission("save")),
    }


def _field(field: Field) -> Json:
    return {
        "name": field.name, "label": str(field.label), "kind": field.kind,
        "needed": field.is_required,
    }  # fmt: skip


def _find(call: Call, given: Json) -> tuple[bool, Any]:
    filters = {str(name): str(value) for name, value in (given.get("filters") or {}).items()}
    if given.get("cursor"):
        filters["cursor"] = given["cursor"]
    return _asked(call, "GET", f"/api/v1/{_known(given)}", filters)


def _read(call: Call, given: Json) -> tuple[bool, Any]:
    part = given.get("part")
    if part is not None and part not in PARTS:
        raise Wrong(BAD_PARAMS, f"part is one of {', '.join(PARTS)}.")
    path = f"/api/v1/{_known(given)}/{quote(given['id'], safe='')}"
    return _asked(call, "GET", f"{path}/{part}" if part else path)


def _propose(call: Call, given: Json) -> tuple[bool, Any]:
    path = f"/api/v1/{_known(given, _drafted())}/proposal"
    return _asked(call, "GET", path, {"follows": given["follows"]})


def _draft(call: Call, given: Json) -> tuple[bool, Any]:
    path = f"/api/v1/{_known(given, _drafted())}"
    body = {name: value for name, value in given.items() if name not in ("type", "id")}
    if "id" in given:
        return _asked(call, "PUT", f"{path}/{quote(given['id'], safe='')}", body=body)
    return _asked(call, "POST", path, body=body)


def _drafted() -> list[DocumentType]:
    """The types that people draft; a slip of a till is rung up."""
    return [declared for declared in document_types() if is_drafted(declared)]


def _known(given: Json, among: list[DocumentType] | None = None) -> str:
    types: list[DocumentType | MasterType] = [*(among or document_types())]
    types += () if among else master_types()
    if all(declared.code != given["type"] for declared in types):
        raise Wrong(BAD_PARAMS, f"There is no type {given['type'][:60]} here.")
    code: str = given["type"]
    return code


def _asked(
    call: Call, method: str, path: str, query: Mapping[str, str] = {}, *, body: Any = None
) -> tuple[bool, Any]:
    """What the API answers to this token: whether it is good, and the value."""
    sent = json_bytes(body) if body is not None else b""
    came = call.request.META
    request = WSGIRequest(
        {name: came[name] for name in SENT_ALONG if name in came}
        | {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": urlencode(query),
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": BytesIO(sent),
        }
    )
    found = resolve(path)
    response: HttpResponse = found.func(request, **found.kwargs)
    value = json.loads(response.content) if response.content else {}
    return response.status_code < 400, value
