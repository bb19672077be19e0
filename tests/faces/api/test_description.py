"""The OpenAPI description: it names everything that is declared, and what it says is true."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections

from tests.faces.api.trying import Tried, try_operation
from tongpan.faces.api.description import openapi
from tongpan.faces.kit.entry import entry_points
from tongpan.kernel.documents.registry import document_types, master_types
from tongpan.kernel.org.scope import system


def test_every_declared_type_is_described_with_its_fields(chain):
    with system(reason="a test"):
        described = openapi()

    for declared in document_types():
        draft = described["components"]["schemas"][_name(declared.code, "Draft")]["properties"]
        assert set(draft["header"]["properties"]) == set(declared.header)
        assert {*declared.columns, "id"} == set(draft["lines"]["items"]["properties"])
    for declared in master_types():
        draft = described["components"]["schemas"][_name(declared.code, "Draft")]["properties"]
        assert set(draft) == {*declared.fields, *(part.name for part in declared.parts), "id"}


def test_every_described_path_is_an_address_and_every_address_is_described(chain):
    # Files answer bytes; what is under no path is answered with 404.
    exempt = {"/api/", "/api/v1/openapi.json", "/api/v1/docs"}
    known = {
        re.sub(r"<str:\w+>", "{id}", point.route)
        for point in entry_points()
        if point.route.startswith("/api/v1") and "attachment_id" not in point.route
    } - exempt

    with system(reason="a test"):
        assert set(openapi()["paths"]) == known


def test_every_address_says_who_may_come_in(chain):
    ours = [point for point in entry_points() if point.route.startswith("/api/")]

    assert len(ours) > 100
    assert all(point.entry is not None and point.entry.permission for point in ours)


def test_the_description_is_for_who_signed_in_and_in_their_language(chain, program):
    answer = program("zhou").get("openapi.json", Accept_Language="en")

    told = answer.json()
    assert answer.status_code == 200
    assert told["openapi"] == "3.1.0"
    assert told["x-codes"]["not_positive"]["sentence"] == "{label} must be more than zero."
    assert told["paths"]["/api/v1/stock.transfer/{id}/reverse"]["post"]["summary"] == "Reverse"


@pytest.fixture
def program_itself() -> Iterator[Any]:
    """The program as a server calls it, but for one thing: the connection is the test's own."""
    ends = (signals.request_started, signals.request_finished)

    def answer(environ: Any, start_response: Any) -> Any:
        for end in ends:
            end.disconnect(close_old_connections)
        return WSGIHandler()(environ, start_response)

    yield answer
    for end in ends:
        end.connect(close_old_connections)


@pytest.mark.parametrize("code", ["stock.transfer", "items.item"])
def test_what_the_description_allows_is_answered_as_it_says(chain, program, program_itself, code):
    zhou = program("zhou")
    schema = schemathesis.openapi.from_dict(_only(code, zhou.get("openapi.json").json()))
    schema.app = program_itself
    headers = {"Authorization": f"Bearer {zhou.secret}", "Host": "testserver"}

    tried = Tried()
    for found in schema.get_all_operations():
        try_operation(found.ok(), headers, tried, examples=10)

    assert (tried.server_errors, tried.breaks) == ([], [])
    assert len(tried.statuses) > 50
    assert {200, 404} <= set(tried.statuses)


def _only(code: str, described: dict[str, Any]) -> dict[str, Any]:
    paths = described["paths"].items()
    kept = {
        path: item
        for path, item in paths
        if path.split("/")[3] == code and not path.endswith("attachments")
    }
    return json.loads(json.dumps({**described, "paths": kept}))


def _name(code: str, suffix: str) -> str:
    return "".join(part.capitalize() for part in code.replace(".", "_").split("_")) + suffix
