"""Bodies and scans that no till of ours sends: refused in words, and nothing is sold or parked.

Which row of the list of hostile inputs each is of, stands in docs/internals/hostile-inputs.md.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.business.till.test_ringing_up import a_shop as a_shop
from tests.faces.pos.conftest import Machine
from tests.faces.pos.conftest import at_the_till as at_the_till
from tests.faces.pos.conftest import chain as chain
from tongpan.business.till.models import ParkedSale, Sale

ID = "0192f0c0-0000-7000-8000-000000000001"
BODIES = {
    "NaN": b'{"id": "%s", "lines": [{"quantity": NaN}], "payments": []}' % ID.encode(),
    "half a character": b'{"id": "%s", "label": "\\ud800", "lines": [], "basket": [{"item": "1"}]}'
    % ID.encode(),
    "half a character inside": b'{"id": "%s", "basket": [{"name": "\\udfff"}]}' % ID.encode(),
    "a null character": b'{"id": "%s", "label": "a\\u0000", "basket": []}' % ID.encode(),
    "a null character inside": b'{"id": "%s", "basket": [{"name": "\\u0000"}]}' % ID.encode(),
    "deep": b'{"lines": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "5,000 digits": b'{"id": "%s", "lines": [{"quantity": %s}]}' % (ID.encode(), b"9" * 5000),
    "no object": b"[1]",
    "no JSON": b"{'id': 1}",
    "UTF-16": '{"id": 1}'.encode("utf-16"),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("door", ["sell", "park"])
def test_what_no_till_sends_is_refused_in_words(
    at_the_till: Callable[..., Machine], door: str, body: bytes
) -> None:
    client = at_the_till("lin").client

    answer = client.post(f"/till/{door}", body, content_type="application/json")

    assert answer.status_code in (200, 400, 404, 422), answer.content[:300]
    assert b"Traceback" not in answer.content
    assert not Sale.unscoped.exists()
    assert not ParkedSale.unscoped.exists()


SCANS = {
    "=1+1": "=1+1", "a page": "https://example.com/?a=1", "an object": '{"a": 1}',
    "two codes": "69012345000176901234510016" * 3, "wrong check digit": "6901234500018",
    "a weight of nothing": "2000031000000", "a null character": "a\0b", "half": "\ud800"[:0] + "�",
}  # fmt: skip


@pytest.mark.parametrize("text", SCANS.values(), ids=SCANS)
def test_a_scan_is_data_and_answered(at_the_till: Callable[..., Machine], text: str) -> None:
    answer: Any = at_the_till("lin").client.get("/till/scan", {"q": text})

    assert answer.status_code in (200, 400), answer.content[:300]
    if answer.status_code == 200:
        told = answer.json()
        assert "line" not in told or told["line"] is None
