"""Who sees and does what: the same requests by people with other rights."""

import pytest
from django.test import Client

from tests.chain import PASSWORD, on_shelf
from tests.faces.api.conftest import codes
from tests.faces.api.test_documents import AT, a_body


@pytest.fixture
def draft(chain, program) -> str:
    """A transfer from the warehouse to North, drafted by Wang."""
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    return program("wang").post(AT, a_body(chain)).json()["id"]


@pytest.mark.parametrize(
    ("person", "sees"), [("wang", True), ("chen", True), ("zhou", True), ("zhao", False)]
)
def test_both_ends_see_a_transfer_and_a_third_store_does_not(draft, program, person, sees):
    caller = program(person)

    listed = [row["id"] for row in caller.get(AT).json()["rows"]]
    answers = [
        caller.get(f"{AT}/{draft}{rest}").status_code
        for rest in ("", "/history", "/entries", "/comments", "/attachments")
    ]

    assert listed == ([draft] if sees else [])
    assert answers == [200 if sees else 404] * 5


@pytest.mark.parametrize("verb", ["post", "submit", "void", "return", "reverse"])
def test_an_unseen_document_cannot_be_acted_on_and_says_no_more_than_a_missing_one(
    draft, program, verb
):
    zhao = program("zhao")

    unseen = zhao.post(f"{AT}/{draft}/{verb}", {"reason": "x"} if verb in ("return",) else None)
    missing = zhao.post(f"{AT}/{draft[:-1]}0/{verb}")

    assert (unseen.status_code, missing.status_code) == (404, 404)
    assert unseen.json()["detail"] == missing.json()["detail"]


def test_who_sees_a_draft_but_may_not_post_it_is_refused(draft, program):
    chen = program("chen")

    refused = chen.post(f"{AT}/{draft}/post")

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "post" not in chen.get(f"{AT}/{draft}").json()["actions"]
    assert program("wang").post(f"{AT}/{draft}/post").status_code == 200


def test_a_token_reaches_no_further_than_its_scopes(draft, program):
    reader = program("wang", "stock.transfer.view")

    read = reader.get(f"{AT}/{draft}")
    refused = reader.post(f"{AT}/{draft}/post")
    other = reader.get("stock.opening")

    assert read.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (other.status_code, other.json()["code"]) == (403, "forbidden")


def test_costs_are_absent_for_who_may_not_see_them(chain, program):
    opening = on_shelf(chain, "north", milk=("10", "8.50"))

    chen = program("chen").get(f"stock.opening/{opening}").json()
    zhou = program("zhou").get(f"stock.opening/{opening}").json()
    changes = program("chen").get(f"stock.opening/{opening}/history").content.decode()
    entries = program("chen").get(f"stock.opening/{opening}/entries").json()["rows"]

    assert zhou["lines"][0]["unit_cost"] == "8.5"
    assert zhou["total"] == "85"
    assert "unit_cost" not in chen["lines"][0]
    assert "total" not in chen
    assert "8.5" not in changes
    assert [row["ledger"] for row in entries] == ["stock"]
    assert "value" not in entries[0]


def test_a_session_reads_and_needs_the_csrf_token_to_write(chain, program):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(chain.people["zhou"], backend="tongpan.kernel.org.backend.PersonBackend")

    read = strict.get(f"/api/v1/{AT}")
    refused = strict.post(f"/api/v1/{AT}", "{}", content_type="application/json")
    strict.cookies["csrftoken"] = "a" * 32
    accepted = strict.post(
        f"/api/v1/{AT}", '{"unit": "W01"}', content_type="application/json",
        headers={"X-CSRFToken": "a" * 32},
    )  # fmt: skip

    assert read.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert accepted.status_code == 201, accepted.content


def test_a_draft_for_a_unit_where_one_may_nothing_is_refused(chain, program):
    refused = program("chen").post("stock.opening", {"unit": "S02"})

    assert (refused.status_code, codes(refused)) == (403, ["forbidden"])
    assert PASSWORD not in refused.content.decode()
