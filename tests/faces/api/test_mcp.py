"""An assistant with a token: it looks up what its person may see, and leaves drafts behind."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.chain import Chain, a_transfer, on_shelf
from tests.faces.api.conftest import Program
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.scope import system

Programs = Callable[..., Program]


def say(program: Program, method: str, params: Any = None, number: int | None = 1) -> Any:
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    message |= {"params": params} if params is not None else {}
    message |= {"id": number} if number is not None else {}
    return program.client.post("/api/mcp", json.dumps(message), content_type="application/json")


def use(program: Program, tool: str, **given: Any) -> Any:
    return say(program, "tools/call", {"name": tool, "arguments": given}).json()["result"]


def names(program: Program) -> list[str]:
    return [tool["name"] for tool in say(program, "tools/list").json()["result"]["tools"]]


def test_it_introduces_itself_in_a_version_that_both_know(chain: Chain, program: Programs) -> None:
    zhou = program("zhou")

    new = say(zhou, "initialize", {"protocolVersion": "2025-03-26"}).json()["result"]
    unknown = say(zhou, "initialize", {"protocolVersion": "1999-01-01"}).json()["result"]

    assert (new["protocolVersion"], unknown["protocolVersion"]) == ("2025-03-26", "2025-06-18")
    assert new["capabilities"] == {"tools": {"listChanged": False}}
    assert say(zhou, "notifications/initialized", number=None).status_code == 202
    assert say(zhou, "ping").json()["result"] == {}


def test_it_offers_what_its_token_may_do(chain: Chain, program: Programs) -> None:
    assert names(program("zhou")) == ["types", "find", "read", "propose", "draft"]
    assert names(program("zhou", "stock.transfer.view")) == ["types", "find", "read"]


def test_it_reads_what_its_person_may_see_and_nothing_else(chain: Chain, program: Programs) -> None:
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    zhou = program("zhou")
    narrow = program("zhou", "items.item.view")

    kinds = use(zhou, "types")["structuredContent"]
    found = use(zhou, "find", type="stock.opening", filters={"size": 1})["structuredContent"]
    [row] = found["rows"]
    whole = use(zhou, "read", type="stock.opening", id=row["id"])["structuredContent"]
    told = use(zhou, "read", type="stock.opening", id=row["id"], part="history")
    refused = use(narrow, "read", type="stock.opening", id=row["id"])

    assert "stock.opening" in {kind["type"] for kind in kinds["documents"]}
    assert whole["lines"][0]["unit_cost"] == "8.5"
    assert told["structuredContent"]["rows"]
    assert refused["isError"] is True
    assert "8.5" not in json.dumps(refused)
    assert [k["type"] for k in use(narrow, "types")["structuredContent"]["documents"]] == []


def test_it_leaves_a_draft_that_a_person_posts(chain: Chain, program: Programs) -> None:
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    zhou = program("zhou")
    header = {
        "from_place": str(chain.places["warehouse"].pk),
        "to_place": str(chain.places["north"].pk),
    }
    line = {"item": chain.items["milk"].code, "quantity": "4"}

    made = use(zhou, "draft", type="stock.transfer", header=header, lines=[line])
    pk = made["structuredContent"]["id"]
    again = use(
        zhou, "draft", type="stock.transfer", id=pk, header=header, lines=[line | {"quantity": 5}]
    )

    assert again["structuredContent"]["lines"][0]["quantity"] == "5"
    with system(reason="look"):
        assert Document.objects.get(pk=pk).state == "draft"
    assert "post" not in names(zhou)


def test_it_proposes_what_would_follow(chain: Chain, program: Programs) -> None:
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    with chain.as_("zhou", "hq"):
        sent = a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject
        run("stock.transfer.post", sent)

    said = use(program("zhou"), "propose", type="stock.transfer_receipt", follows=str(sent))

    assert said["structuredContent"]["lines"][0]["received"] == "4"


def test_what_is_refused_says_why(chain: Chain, program: Programs) -> None:
    said = use(program("zhou"), "draft", type="stock.transfer", header={"from_place": "NOWHERE"})

    assert said["isError"] is True
    told = json.loads(said["content"][0]["text"])
    assert told["errors"][0]["path"] == "from_place"


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("eat", {}),
        ("find", {}),
        ("find", {"type": "no.such"}),
        ("find", {"type": 7}),
        ("find", {"type": "items.item", "strange": "x"}),
        ("read", {"type": "items.item", "id": "1", "part": "secrets"}),
        ("draft", {"type": "till.sale", "header": {}}),
        ("draft", {"type": "items.item", "header": {}}),
    ],
)
def test_what_no_tool_can_do_is_an_error_of_the_protocol(
    chain: Chain, program: Programs, tool: str, given: dict[str, Any]
) -> None:
    answer = say(program("zhou"), "tools/call", {"name": tool, "arguments": given}).json()

    assert answer["error"]["code"] == -32602


@pytest.mark.parametrize("path", ["../../settings/people/", "x/../../../sign-out/", "%2e%2e/"])
def test_an_id_is_never_a_way_out_of_the_api(chain: Chain, program: Programs, path: str) -> None:
    said = use(program("zhou"), "read", type="items.item", id=path)

    assert said["isError"] is True
    assert json.loads(said["content"][0]["text"])["status"] in (400, 404)


def test_what_is_no_message_is_refused(chain: Chain, program: Programs) -> None:
    zhou = program("zhou")

    no_version = zhou.client.post(
        "/api/mcp", json.dumps({"id": 1, "method": "ping"}), content_type="application/json"
    )
    no_method = say(zhou, "resources/list")

    assert no_version.json()["error"]["code"] == -32600
    assert no_method.json()["error"]["code"] == -32601
    assert zhou.client.get("/api/mcp").status_code == 405


def test_who_has_no_token_is_not_heard(chain: Chain, program: Programs, client: Any) -> None:
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})

    nobody = client.post("/api/mcp", message, content_type="application/json")
    client.force_login(chain.people["zhou"], "tongpan.kernel.org.backend.PersonBackend")
    by_session = client.post("/api/mcp", message, content_type="application/json")

    assert nobody.status_code == 401
    assert by_session.status_code in (401, 403)
