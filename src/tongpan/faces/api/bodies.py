"""One strict reader for every body of the API: what is ambiguous elsewhere is refused here.

Python's own reader lets the last of two equal keys win, takes NaN and 1e400 for numbers, keeps
half a surrogate pair, and gives up with an exception on deep nesting or long numbers.
"""

import json
import re
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from tongpan.base.refusals import Refusal

BODY_MAX_BYTES = 4 * 1024 * 1024
DEPTH_MAX = 32
NUMBER_MAX_DIGITS = 40

# A string whole (also one that never ends), or a bracket outside of strings.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?$)|[\[\]{}]', re.DOTALL)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00")


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The object that a request carries; an empty body is an empty object.

    Errors: Refusal naming what is wrong with the body, before anything was done with it.
    """
    content = raw_body(request, limit_bytes=BODY_MAX_BYTES)
    if not content:
        return {}
    if request.content_type != "application/json":
        raise Refusal("content_type", given=(request.content_type or "")[:60])
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Refusal("encoding")
    given = read_json(content)
    if not isinstance(given, dict):
        raise Refusal("json_not_object")
    return given


def raw_body(request: HttpRequest, *, limit_bytes: int) -> bytes:
    """The bytes of a body as they were sent, at most `limit_bytes` of them."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal("content_encoding")
    try:
        told = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        told = 0
    content = b"" if told > limit_bytes else request.read(limit_bytes + 1)
    if told > limit_bytes or len(content) > limit_bytes:
        raise Refusal("body_too_large", max_mb=limit_bytes // 2**20)
    return content


def read_json(content: bytes) -> Any:
    """A JSON text in UTF-8 as values: decimals exact, keys single, texts that can be kept."""
    if content.startswith(_MARKS):
        raise Refusal("encoding")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Refusal("encoding") from None
    _refuse_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise Refusal("json_syntax", line=error.lineno, column=error.colno) from None
    if "\\u" in text:
        _refuse_text(value)
    return value


def refuse_text(text: str) -> None:
    """Errors: Refusal if a text holds what no database column can."""
    if "\x00" in text:
        raise Refusal("text_control_character")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Refusal("text_invalid_unicode")


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise Refusal("json_too_deep", max_depth=DEPTH_MAX)
        elif mark in "]}":
            depth -= 1


def _refuse_text(value: Any) -> None:
    if isinstance(value, str):
        refuse_text(value)
    elif isinstance(value, list):
        for part in value:
            _refuse_text(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            refuse_text(key)
            _refuse_text(part)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refusal("json_duplicate_key", name=twice[:60])
    return found


def _decimal(token: str) -> Decimal:
    if "e" in token.lower():
        raise Refusal("json_invalid_number", given=token[:40])
    if len(token) > NUMBER_MAX_DIGITS:
        raise Refusal("number_too_long", given=token[:40])
    return Decimal(token)


def _integer(token: str) -> int:
    if len(token) > NUMBER_MAX_DIGITS:
        raise Refusal("number_too_long", given=token[:40])
    return int(token)


def _constant(token: str) -> Any:
    raise Refusal("json_invalid_number", given=token)
