"""Bodies, queries and headers that nobody sends by mistake: each gets its answer, and no effect."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.faces.api.conftest import codes
from tongpan.base import env
from tongpan.faces.api import limits
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.models import ApiToken
from tongpan.kernel.org.scope import system

AT = "stock.transfer"
NOWHERE = "01900000-0000-7000-8000-000000000000"
LINE = '{"lines": [{"item": "10001", "quantity": %s}]}'

BODIES: dict[str, tuple[bytes, int, str]] = {
    "NaN": ((LINE % "NaN").encode(), 400, "json_invalid_number"),
    "Infinity": ((LINE % "-Infinity").encode(), 400, "json_invalid_number"),
    "an exponent": ((LINE % "1e400").encode(), 400, "json_invalid_number"),
    "a key twice": (b'{"note": "a", "note": "b"}', 400, "json_duplicate_key"),
    "half a character": (b'{"note": "\\ud800"}', 400, "text_invalid_unicode"),
    "half a character as key": (b'{"\\udfff": 1}', 400, "text_invalid_unicode"),
    "a null character": (b'{"note": "a\\u0000b"}', 400, "text_control_character"),
    "deep lists": (b'{"lines": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "json_too_deep"),
    "deep objects": (b'{"a":' * 40 + b"1" + b"}" * 40, 400, "json_too_deep"),
    "a string that never ends": (b'{"note": "' + b'\\"' * 50_000, 400, "json_syntax"),
    "5,000 digits": ((LINE % ("9" * 5000)).encode(), 400, "number_too_long"),
    "5,000 places": ((LINE % ("0." + "9" * 5000)).encode(), 400, "number_too_long"),
    "no object": (b"[1, 2]", 400, "json_not_object"),
    "no JSON": (b"{'note': 1}", 400, "json_syntax"),
    "UTF-16": ('{"note": "a"}'.encode("utf-16"), 400, "encoding"),
    "a byte order mark": (b"\xef\xbb\xbf{}", 400, "encoding"),
    "Latin-1": ('{"note": "é"}'.encode("latin-1"), 400, "encoding"),
    "too large": (b'{"note": "' + b"a" * (5 * 2**20) + b'"}', 413, "body_too_large"),
    "10,001 lines": (json.dumps({"lines": [{}] * 10_001}).encode(), 413, "batch_too_large"),
}


def test_hostile_bodies_are_refused_by_name(chain, program):
    zhou = program("zhou")

    answers = {name: zhou.raw(AT, content) for name, (content, _, _) in BODIES.items()}

    expected = {name: (status, code) for name, (_, status, code) in BODIES.items()}
    assert {n: (a.status_code, a.json()["code"]) for n, a in answers.items()} == expected
    assert not Document.unscoped.exists()


VALUES: dict[str, tuple[dict[str, Any], int, str]] = {
    "a number of 2^63": ({"quantity": str(2**63)}, 400, "number_out_of_range"),
    "24 digits": ({"quantity": "9" * 24}, 400, "number_out_of_range"),
    "full-width digits": ({"quantity": "１２"}, 400, "number_format"),
    "Arabic digits": ({"quantity": "٣"}, 400, "number_format"),
    "an underscore": ({"quantity": "1_000"}, 400, "number_format"),
    "an exponent as text": ({"quantity": "1e3"}, 400, "number_format"),
    "a space": ({"quantity": " 1"}, 400, "number_format"),
    "a boolean as number": ({"quantity": True}, 400, "number_format"),
    "a list as number": ({"quantity": [1]}, 400, "number_format"),
    "a negative number": ({"quantity": "-1"}, 422, "negative"),
    "too fine": ({"quantity": "0.0000001"}, 422, "off_step"),
    "an unknown field": ({"qty": "1"}, 400, "unknown_field"),
    "a worked-out field": ({"base_quantity": "1"}, 400, "unknown_field"),
    "an object as text": ({"lot": {"a": 1}}, 400, "not_text"),
    "a long text": ({"lot": "a" * 41}, 400, "text_too_long"),
    "a line break in a code": ({"lot": "a\nb"}, 400, "control_character"),
    "an item that is not there": ({"item": NOWHERE}, 422, "not_found_reference"),
    "a list as item": ({"item": ["10001"]}, 400, "not_text"),
    "an id that is none": ({"id": "1; drop table item"}, 400, "id_format"),
}


def test_hostile_values_are_refused_at_their_places(chain, program):
    zhou = program("zhou")
    good = {"item": "10001", "quantity": "1"}

    answers = {
        name: zhou.post(AT, {"unit": "W01", "lines": [good, line]})
        for name, (line, _, _) in VALUES.items()
    }

    expected = {name: (status, ["invalid", code]) for name, (_, status, code) in VALUES.items()}
    assert {n: (a.status_code, codes(a)) for n, a in answers.items()} == expected
    assert {a.json()["errors"][0]["row"] for a in answers.values()} == {2}
    assert not Document.unscoped.exists()


SPINES: dict[str, tuple[dict[str, Any], int, str]] = {
    "a day that is not there": ({"business_date": "2026-02-30"}, 400, "datetime_format"),
    "the year nought": ({"business_date": "0000-01-01"}, 400, "datetime_format"),
    "the year 9999": ({"business_date": "9999-12-31"}, 400, "datetime_format"),
    "a moment": ({"business_date": "2026-11-21T00:00:00+25:00"}, 400, "datetime_format"),
    "a read-only field": ({"state": "posted"}, 400, "read_only_field"),
    "somebody else's company": ({"company_id": NOWHERE}, 400, "unknown_field"),
    "a unit that is not there": ({"unit": "S99"}, 422, "not_found_reference"),
    "lines that are no list": ({"lines": {"0": {}}}, 400, "list_format"),
    "a line that is no object": ({"lines": ["milk"]}, 400, "object_format"),
    "a header that is no object": ({"header": []}, 400, "object_format"),
    "a long note": ({"note": "a" * 2001}, 400, "text_too_long"),
}


def test_hostile_spines_are_refused(chain, program):
    zhou = program("zhou")

    answers = {n: zhou.post(AT, {"unit": "W01", **part}) for n, (part, _, _) in SPINES.items()}

    expected = {name: (status, ["invalid", code]) for name, (_, status, code) in SPINES.items()}
    assert {n: (a.status_code, codes(a)) for n, a in answers.items()} == expected
    assert not Document.unscoped.exists()


def test_two_lines_of_one_id_are_refused(chain, program):
    line = {"id": str(env.new_id()), "item": "10001"}

    refused = program("zhou").post(AT, {"unit": "W01", "lines": [line, line]})

    assert codes(refused) == ["invalid", "line_twice"]


def test_a_line_of_another_document_cannot_be_taken(chain, program):
    zhou = program("zhou")
    first = zhou.post(AT, {"unit": "W01", "lines": [{"item": "10001", "quantity": "1"}]}).json()

    taken = zhou.post(AT, {"unit": "S01", "lines": [{"id": first["lines"][0]["id"]}]})

    assert taken.status_code == 409
    assert zhou.get(f"{AT}/{first['id']}").json()["lines"] == first["lines"]


QUERIES: dict[str, tuple[str, str]] = {
    "an order of one's own": ("ordering=cost_price", "filter_not_allowed"),
    "a field's inside": ("unit_cost__gt=5", "filter_not_allowed"),
    "another table": ("created_by__password__startswith=a", "filter_not_allowed"),
    "a connector": ("filter[_connector]=OR", "filter_not_allowed"),
    "a bracket": ("state)=draft", "filter_not_allowed"),
    "a filter twice": ("state=draft&state=void", "parameter_twice"),
    "a null character": ("q=%00", "text_control_character"),
    "an unknown state": ("state=open", "filter_value"),
    "an unknown unit": ("unit=S99", "filter_value"),
    "an unknown place": ("from_place=nowhere", "filter_value"),
    "a day that is not there": ("since=2026-02-30", "filter_value"),
    "no page": ("size=0", "page_size"),
    "a page of -1": ("size=-1", "page_size"),
    "an endless page": ("size=1000000000", "page_size"),
    "a page of ２": ("size=２", "page_size"),
    "a made-up cursor": ("cursor=WyIyMDI2LTExLTIxIiwgImEiXQ==", "cursor_invalid"),
    "a hidden field": ("fields=password", "unknown_field"),
}


def test_hostile_queries_are_refused(chain, program):
    zhou = program("zhou")

    answers = {n: zhou.client.get(f"/api/v1/{AT}?{query}") for n, (query, _) in QUERIES.items()}

    expected = {name: (400, code) for name, (_, code) in QUERIES.items()}
    assert {n: (a.status_code, a.json()["code"]) for n, a in answers.items()} == expected


def test_a_cursor_fits_only_the_list_it_came_from(chain, program):
    zhou = program("zhou")
    for _ in range(3):
        zhou.post(AT, {"unit": "W01"})
    cursor = zhou.get(AT, {"size": "1"}).json()["next_cursor"]

    same = zhou.get(AT, {"size": "2", "cursor": cursor})
    changed = zhou.get(AT, {"size": "1", "cursor": cursor[:-1] + "x"})
    elsewhere = zhou.get(AT, {"size": "1", "state": "draft", "cursor": cursor})

    assert len(same.json()["rows"]) == 2
    for refused in (changed, elsewhere):
        assert (refused.status_code, refused.json()["code"]) == (400, "cursor_invalid")


def test_another_content_type_is_refused(chain, program):
    zhou = program("zhou")

    for content_type in ("", "text/plain", "multipart/form-data", "text/json"):
        refused = zhou.raw(AT, b'{"unit": "W01"}', content_type)
        assert (refused.status_code, refused.json()["code"]) == (415, "content_type")


def test_a_compressed_body_is_not_unpacked(chain, program):
    refused = program("zhou").post(AT, {"unit": "W01"}, Content_Encoding="gzip")

    assert (refused.status_code, refused.json()["code"]) == (415, "content_encoding")


def test_another_method_is_refused_and_has_no_effect(chain, program):
    zhou = program("zhou")
    document_id = zhou.post(AT, {"unit": "W01"}).json()["id"]

    for method in ("delete", "patch", "trace", "options", "head"):
        refused = getattr(zhou.client, method)(f"/api/v1/{AT}/{document_id}/void")
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")

    assert zhou.get(f"{AT}/{document_id}").json()["state"] == "draft"


def test_a_method_override_is_refused(chain, program):
    refused = program("zhou").post(AT, {"unit": "W01"}, X_HTTP_Method_Override="DELETE")

    assert (refused.status_code, refused.json()["code"]) == (405, "method_not_allowed")


def test_an_odd_version_is_refused(chain, program):
    zhou = program("zhou")

    for etag in ("3", 'W/"3"', '"x"', '"1", "2"', '"' + "9" * 30 + '"'):
        refused = zhou.put(f"{AT}/{env.new_id()}", {"unit": "W01"}, If_Match=etag)
        assert (refused.status_code, refused.json()["code"]) == (400, "if_match_format")


def test_what_is_not_there_is_not_found_in_json(chain, program):
    zhou = program("zhou")

    for path in (f"{AT}/1", f"{AT}/{NOWHERE}", "stock.nothing", "nothing", f"{AT}/x/y/z", ""):
        refused = zhou.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
        assert refused.headers["Content-Type"] == "application/problem+json"


def test_an_action_that_is_none_and_a_field_that_it_has_not_are_refused(chain, program):
    zhou = program("zhou")
    at = f"{AT}/{zhou.post(AT, {'unit': 'W01'}).json()['id']}"

    assert zhou.post(f"{at}/explode").status_code == 404
    assert codes(zhou.post(f"{at}/void", {"force": True})) == ["invalid", "unknown_field"]
    assert codes(zhou.post(f"{at}/void", {"answers": "yes"})) == ["invalid", "list_format"]
    assert codes(zhou.post(f"{at}/comments", {"text": 5})) == ["invalid", "not_text"]
    mention = zhou.post(f"{at}/comments", {"text": "a", "mentions": ["wang"]})
    assert codes(mention) == ["invalid", "id_format"]


# -- who calls ----------------------------------------------------------------------------------


def test_nobody_is_asked_to_sign_in(chain):
    refused = Client().get(f"/api/v1/{AT}")

    assert (refused.status_code, refused.json()["code"]) == (401, "token_missing")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer tp_00", "Basic abc", "Bearer \u00e9\u4e2d", "x"]
)
def test_a_made_up_token_is_refused(chain, given):
    refused = Client().get(f"/api/v1/{AT}", HTTP_AUTHORIZATION=given)

    assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("change", [{"expires_at": None}, {"revoked_at": None}])
def test_an_expired_or_revoked_token_is_refused(chain, program, change):
    zhou = program("zhou")
    with system(reason="time passes"):
        moments = {"expires_at": env.now(), "revoked_at": env.now()}
        changed = {name: moments[name] for name in change}
        ApiToken.objects.filter(pk=zhou.token.pk).update(
            created_at=env.now().replace(year=2025), **changed
        )

    assert zhou.get(AT).status_code == 401


def test_a_person_who_was_switched_off_is_out_with_the_next_request(chain, program):
    zhou = program("zhou")
    chain.people["zhou"].is_active = False
    chain.people["zhou"].save()

    assert zhou.get(AT).status_code == 401


def test_a_busy_program_is_slowed_down_and_others_are_not(chain, program, monkeypatch):
    monkeypatch.setattr(limits, "BURST", 3.0)
    monkeypatch.setattr(limits, "RATE_PER_S", 0.001)
    wang, zhou = program("wang"), program("zhou")

    answers = [wang.get(AT) for _ in range(5)]

    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].json()["retryable"] is True
    assert zhou.get(AT).status_code == 200
