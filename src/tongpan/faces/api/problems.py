"""How the API says no, in one place: every refusal becomes problem JSON (RFC 9457).

A body has `code` for programs, `detail` for people, `errors` for every field at once, and nothing
of the program's inside.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_noop as _

from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.faces.api.writing import json_bytes
from tongpan.kernel.documents.sentences import explain, say

PROBLEM = "application/problem+json"
RETRY_AFTER_S = 2

# Whatever is not named here is a rule of the business: 422.
STATUS: dict[str, int] = {
    "json_invalid_number": 400, "json_duplicate_key": 400, "json_too_deep": 400,
    "json_syntax": 400, "json_not_object": 400, "number_too_long": 400,
    "number_format": 400, "number_out_of_range": 400, "datetime_format": 400, "id_format": 400,
    "flag_format": 400, "list_format": 400, "object_format": 400,
    "text_invalid_unicode": 400, "text_control_character": 400, "text_too_long": 400,
    "encoding": 400, "content_encoding": 415, "content_type": 415, "body_too_large": 413,
    "batch_too_large": 413, "unknown_field": 400, "read_only_field": 400, "not_text": 400,
    "control_character": 400, "too_long": 400, "not_a_number": 400, "too_many_digits": 400,
    "not_a_date": 400, "line_twice": 400,
    "filter_not_allowed": 400, "filter_value": 400, "parameter_twice": 400, "page_size": 400,
    "cursor_invalid": 400, "search_too_long": 400, "if_match_format": 400,
    "idempotency_key_format": 400,
    "token_missing": 401, "token_invalid": 401,
    "forbidden": 403, "csrf": 403,
    "not_found": 404, "unknown_action": 404,
    "method_not_allowed": 405,
    "wrong_state": 409, "request_conflict": 409, "idempotency_key_reused": 409,
    "doc_id_conflict": 409, "followed": 409, "out_of_bounds": 409, "posting_conflict": 409,
    "reversed_already": 409, "state_changed": 409,
    "version_changed": 412,
    "import_has_problems": 422,
    "rate_limited": 429,
    "internal": 500,
    "busy": 503,
}  # fmt: skip
RETRYABLE = frozenset({429, 503})

say("json_invalid_number", _("{given} is not a number here: write plain digits, such as 12.50."))
say("json_duplicate_key", _("The key {name} stands twice in one object."))
say("json_too_deep", _("Objects and lists may be nested {max_depth} deep."))
say("json_syntax", _("This is not JSON: line {line}, column {column}."))
say("json_not_object", _("The body must be a JSON object."))
say("number_too_long", _("{given}… has more digits than any number here."))
say("number_format", _("{given} is not a number that can only be read one way."))
say("number_out_of_range", _("{given} is out of range: {lowest} to {highest}."))
say("datetime_format", _("{given} is not a date here. Write it as 2026-11-21."))
say("id_format", _("{given} is not an id."))
say("flag_format", _("Write true or false."))
say("list_format", _("A list belongs here."))
say("object_format", _("An object belongs here."))
say("text_invalid_unicode", _("The text holds half a character."))
say("text_control_character", _("The text holds a character that cannot be kept."))
say("text_too_long", _("The text is longer than {max_length} characters."))
say("encoding", _("Send UTF-8 without a byte order mark."))
say("content_encoding", _("Compressed bodies are not read."))
say("content_type", _("Send application/json, not {given}."))
say("body_too_large", _("The body is larger than {max_mb} MB."))
say("batch_too_large", _("There are more than {max_lines} lines."))
say("read_only_field", _("{name} is worked out and cannot be set."))
say("line_twice", _("Two lines have the id {given}."))
say("filter_value", _("{given} is no value of the filter {name}."))
say("parameter_twice", _("The parameter {name} stands twice."))
say("page_size", _("A page holds 1 to {size_max} rows."))
say("if_match_format", _('If-Match holds one version, such as "3".'))
say("idempotency_key_format", _("An idempotency key has 1 to 200 visible ASCII characters."))
say("idempotency_key_reused", _("This idempotency key was sent before with another request."))
say("doc_id_conflict", _("There is already another thing with this id."))
say("token_missing", _("Sign in, or send a token."))
say("token_invalid", _("The token is unknown, expired or revoked."))
say("csrf", _("The page that sent this is not trusted. Load it again."))
say("method_not_allowed", _("This is not possible here: {method}."))
say("rate_limited", _("Too many requests. Try again in {wait_s} seconds."))
say("internal", _("Something went wrong on our side. Nothing was changed."))


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal: of its code, else of the problems it lists."""
    if refusal.code in STATUS:
        return STATUS[refusal.code]
    if isinstance(refusal, Forbidden):
        return 403
    if isinstance(refusal, Question):
        return 409
    # A body that cannot be read is 400, even where it breaks rules of the business as well.
    return min((STATUS.get(problem["code"], 422) for problem in refusal.problems), default=422)


def problem(refusal: Refusal, request_id: str) -> HttpResponse:
    """The response to a refusal."""
    status = status_of(refusal)
    told = explain(refusal)
    body: dict[str, Any] = {
        "type": f"/api/v1/docs#{refusal.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": refusal.code,
        "detail": told["detail"],
        "errors": [_error(one) for one in told["problems"]],
        "request_id": request_id,
        "retryable": status in RETRYABLE,
    }
    if isinstance(refusal, Question):
        body["answer"] = refusal.code
    if refusal.code == "version_changed":
        body["version"] = refusal.facts.get("version")
    response = HttpResponse(json_bytes(body), status=status, content_type=PROBLEM)
    if status in RETRYABLE:
        response["Retry-After"] = str(refusal.facts.get("wait_s", RETRY_AFTER_S))
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="tongpan"'
    return response


def _error(one: dict[str, Any]) -> dict[str, Any]:
    path = str(one.get("path", ""))
    parts = path.split(".")
    row = one.get("row")
    if row is None and parts[0] == "lines" and len(parts) > 1 and parts[1].isdigit():
        row = int(parts[1])
    return {"path": path, "row": row, "code": one["code"], "message": one["message"]}
