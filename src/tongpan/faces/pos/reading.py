"""Reading what the screen sends: ids, amounts and lines in the forms that they must have."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest

from tongpan.base.refusals import Refusal
from tongpan.business.till.baskets import REMARK_MAX
from tongpan.business.till.queries import as_id
from tongpan.kernel.documents.sentences import say

LINES_MAX, DIGITS_MAX = 500, 24

say("not_yours", "This is not yours to do here. Ask somebody who may.")


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request.

    Errors: Refusal object_format.
    """
    try:
        body = orjson.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or (b"\\u" in request.body and not _may_be_kept(body)):
        raise Refusal("object_format")
    return body


def _may_be_kept(body: dict[str, Any]) -> bool:
    """Whether the database takes all the texts in it: no half characters, and none of nothing."""
    try:
        text = json.dumps(body, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text


def id_of(raw: Any) -> UUID:
    """Errors: Refusal id_format."""
    try:
        return as_id(str(raw))
    except ValueError:
        raise Refusal("id_format", given=str(raw)[:60]) from None


def amount_of(raw: Any) -> str:
    """Plain digits as they were sent, so that the same request is the same words again.

    Errors: Refusal not_a_number.
    """
    text = str(raw)
    try:
        is_fine = len(text) <= DIGITS_MAX and Decimal(text).is_finite()
    except InvalidOperation:
        is_fine = False
    if not is_fine or "e" in text.lower():
        raise Refusal("not_a_number", given=text[:DIGITS_MAX])
    return text


def rows_of(raw: Any) -> Sequence[Mapping[str, Any]]:
    """Errors: Refusal list_format."""
    is_rows = isinstance(raw, list) and all(isinstance(row, dict) for row in raw)
    if not is_rows or len(raw) > LINES_MAX:
        raise Refusal("list_format")
    rows: list[Mapping[str, Any]] = raw
    return rows


def remark_of(raw: Mapping[str, Any]) -> str:
    """What was typed about a line, or about the whole receipt: one line of text."""
    return " ".join(str(raw.get("remark") or "").split())[:REMARK_MAX]


def payments_of(raw: Any) -> list[dict[str, str]]:
    return [
        {
            "method": str(row.get("method"))[:60],
            "amount": amount_of(row.get("amount")),
            "tendered": amount_of(row.get("tendered") or row.get("amount")),
            **({"attempt": str(id_of(row["attempt"]))} if row.get("attempt") else {}),
        }
        for row in rows_of(raw)
    ]
