"""A transfer over the API, as a program of a warehouse sees it."""

from typing import Any

from tests.chain import Chain, on_shelf
from tests.faces.api.conftest import codes
from tongpan.base import env
from tongpan.kernel.documents.models import Document

AT = "stock.transfer"


def a_body(chain: Chain, quantity: str = "4", **more: Any) -> dict[str, Any]:
    return {
        "unit": "W01",
        "header": {
            "from_place": str(chain.places["warehouse"].pk),
            "to_place": str(chain.places["north"].pk),
        },
        "lines": [{"item": chain.items["milk"].code, "quantity": quantity}],
        **more,
    }


def test_a_transfer_is_drafted_posted_and_read_back(chain, program):
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    wang = program("wang")

    made = wang.post(AT, a_body(chain))
    assert made.status_code == 201, made.content.decode()
    posted = wang.post(f"{AT}/{made.json()['id']}/post")
    read = wang.get(f"{AT}/{made.json()['id']}").json()

    assert made.status_code == 201, made.content
    assert made.headers["Location"] == f"/api/v1/{AT}/{made.json()['id']}"
    assert posted.status_code == 200, posted.content
    assert read["state"] == "posted"
    assert read["number"].startswith("DB-W01-")
    assert read["lines"][0]["quantity"] == "4"
    assert read["lines"][0]["item"]["name"] == "鲜牛奶 950 mL"
    assert set(read["actions"]) == {"reverse", "amend"}


def test_a_program_reads_only_the_fields_that_it_asks_for(chain, program):
    wang = program("wang")
    draft = wang.post(AT, a_body(chain, note="带冰袋")).json()
    one = f"{AT}/{draft['id']}"

    short = wang.get(one, {"fields": "note,header.to_place,lines.item"})
    head = wang.get(one, {"fields": "state"}).json()

    assert short.headers["ETag"] == '"1"'
    assert short.json() == {
        "id": draft["id"],
        "type": AT,
        "note": "带冰袋",
        "header": {"to_place": draft["header"]["to_place"]},
        "lines": [{"id": draft["lines"][0]["id"], "item": draft["lines"][0]["item"]}],
    }
    assert head == {"id": draft["id"], "type": AT, "state": "draft"}
    assert wang.get(one, {"fields": "lines"}).json()["lines"] == draft["lines"]
    for strange in ("lines.password", "header", "to_place", "lines.item.cost"):
        asked = wang.get(one, {"fields": strange})
        assert asked.status_code == (200 if strange == "header" else 400), strange
        if strange != "header":
            assert asked.json()["code"] == "unknown_field"


def test_fields_that_are_masked_cannot_be_asked_for(chain, program):
    owner, manager = program("zhou"), program("chen")
    body = {
        "unit": chain.units["north"].code,
        "header": {"place": str(chain.places["north"].pk)},
        "lines": [{"item": chain.items["milk"].code, "quantity": "4", "unit_cost": "8.5"}],
    }
    made = owner.post("stock.opening", body)
    assert made.status_code == 201, made.content.decode()
    one = f"stock.opening/{made.json()['id']}"

    seen = owner.get(one, {"fields": "lines.unit_cost"}).json()["lines"][0]
    unseen = manager.get(one, {"fields": "lines.unit_cost"})

    assert seen["unit_cost"] == "8.5"
    assert (unseen.status_code, unseen.json()["code"]) == (400, "unknown_field")
    assert "unit_cost" not in manager.get(one, {"fields": "lines"}).json()["lines"][0]


def test_the_same_creation_sent_twice_is_one_document(chain, program):
    wang, document_id = program("wang"), str(env.new_id())

    first = wang.post(AT, a_body(chain, id=document_id))
    second = wang.post(AT, a_body(chain, id=document_id))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Document.unscoped.filter(pk=document_id).count() == 1


def test_another_document_under_a_known_id_is_a_conflict(chain, program):
    wang, document_id = program("wang"), str(env.new_id())
    wang.post(AT, a_body(chain, id=document_id))

    other = wang.post(AT, a_body(chain, "5", id=document_id))

    assert (other.status_code, other.json()["code"]) == (409, "doc_id_conflict")
    assert wang.get(f"{AT}/{document_id}").json()["lines"][0]["quantity"] == "4"


def test_creating_over_a_document_that_was_put_there_is_a_conflict(chain, program):
    wang, document_id = program("wang"), str(env.new_id())
    put = wang.put(f"{AT}/{document_id}", a_body(chain))

    other = wang.post(AT, a_body(chain, id=document_id))

    assert put.status_code == 201
    assert (other.status_code, other.json()["code"]) == (409, "doc_id_conflict")


def test_an_idempotency_key_makes_a_retry_safe_and_other_use_a_conflict(chain, program):
    wang = program("wang")

    first = wang.post(AT, a_body(chain), Idempotency_Key="order-17")
    again = wang.post(AT, a_body(chain), Idempotency_Key="order-17")
    other = wang.post(AT, a_body(chain, "5"), Idempotency_Key="order-17")
    elsewhere = wang.post(f"{AT}/{first.json()['id']}/submit", Idempotency_Key="order-17")

    assert first.json()["id"] == again.json()["id"]
    assert (first.status_code, again.status_code) == (201, 200)
    for refused in (other, elsewhere):
        assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")


def test_an_odd_idempotency_key_is_refused(chain, program):
    wang = program("wang")

    for key in ("", "a b", "键", "x" * 1000):
        refused = wang.post(AT, a_body(chain), Idempotency_Key=key)
        assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_format")


def test_an_older_version_is_refused_with_the_present_one(chain, program):
    wang, document_id = program("wang"), str(env.new_id())
    made = wang.put(f"{AT}/{document_id}", a_body(chain))

    changed = wang.put(f"{AT}/{document_id}", {"note": "late"}, If_Match=made.headers["ETag"])
    refused = wang.put(f"{AT}/{document_id}", {"note": "no"}, If_Match=made.headers["ETag"])

    assert changed.status_code == 200
    assert changed.json()["lines"] == made.json()["lines"]
    assert (refused.status_code, refused.json()["code"]) == (412, "version_changed")
    assert refused.json()["version"] == changed.json()["version"]


def test_every_short_line_is_named_and_nothing_is_posted(chain, program):
    on_shelf(chain, "warehouse", milk=("3", "8.50"), tea=("1", "3.00"))
    wang = program("wang")
    body = a_body(chain)
    body["lines"].append({"item": chain.items["tea"].code, "quantity": "2"})
    document_id = wang.post(AT, body).json()["id"]

    refused = wang.post(f"{AT}/{document_id}/post")

    assert refused.status_code == 409
    assert [(e["row"], e["code"]) for e in refused.json()["errors"]] == [(1, "short"), (2, "short")]
    assert wang.get(f"{AT}/{document_id}").json()["state"] == "draft"


def test_problems_speak_the_language_that_was_asked_for(chain, program):
    wang = program("wang")
    document_id = wang.post(AT, {**a_body(chain), "lines": []}).json()["id"]

    refused = wang.post(f"{AT}/{document_id}/post", Accept_Language="en")

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "There is no line yet. Add at least one."
    assert refused.headers["Content-Language"] == "en"
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["request_id"] == refused.headers["X-Request-ID"]


def test_a_reversal_needs_a_reason_and_leaves_history_and_entries(chain, program):
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    wang = program("wang")
    at = f"{AT}/{wang.post(AT, a_body(chain)).json()['id']}"
    wang.post(f"{at}/post")

    without = wang.post(f"{at}/reverse")
    reversed_ = wang.post(f"{at}/reverse", {"reason": "sent to the wrong store"})

    assert (without.status_code, codes(without)) == (422, ["invalid", "reason_needed"])
    assert reversed_.json()["state"] == "reversed"
    assert [row["via"] for row in wang.get(f"{at}/history").json()["rows"]] == ["api"] * 3
    kinds = [(row["ledger"], row["kind"]) for row in wang.get(f"{at}/entries").json()["rows"]]
    assert kinds.count(("stock", "post")) == kinds.count(("stock", "reverse")) == 1


def test_an_amendment_tells_the_new_draft(chain, program):
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    wang = program("wang")
    document_id = wang.post(AT, a_body(chain)).json()["id"]
    wang.post(f"{AT}/{document_id}/post")

    amended = wang.post(f"{AT}/{document_id}/amend", {"reason": "one more"})

    draft = wang.get(f"{AT}/{amended.json()['result']}").json()
    assert (draft["state"], draft["replaces"]) == ("draft", document_id)


def test_a_receipt_is_proposed_from_what_is_on_its_way(chain, program):
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    wang, chen = program("wang"), program("chen")
    sent = wang.post(AT, a_body(chain)).json()["id"]
    wang.post(f"{AT}/{sent}/post")

    proposal = chen.get("stock.transfer_receipt/proposal", {"follows": sent})
    made = chen.post("stock.transfer_receipt", proposal.json())
    posted = chen.post(f"stock.transfer_receipt/{made.json()['id']}/post")

    assert proposal.status_code == 200, proposal.content
    assert made.status_code == 201, made.content
    assert posted.status_code == 200, posted.content
    assert posted.json()["follows"] == sent
    assert posted.json()["lines"][0]["received"] == "4"


def test_comments_and_files_hang_on_a_document(chain, program):
    wang = program("wang")
    at = f"{AT}/{wang.post(AT, a_body(chain)).json()['id']}"

    commented = wang.post(f"{at}/comments", {"text": "by noon, please"})
    attached = wang.raw(f"{at}/attachments?name=list.csv", b"milk,4\n", "text/csv")
    disguised = wang.raw(f"{at}/attachments?name=x.html", b"<script>", "text/html")

    assert commented.status_code == 201, commented.content
    assert [c["text"] for c in wang.get(f"{at}/comments").json()["rows"]] == ["by noon, please"]
    assert attached.status_code == 201, attached.content
    file = wang.get(f"{at}/attachments/{attached.json()['id']}")
    assert file.content == b"milk,4\n"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert (disguised.status_code, codes(disguised)[1]) == (422, "file_kind")


def test_a_list_is_filtered_paged_and_sparse(chain, program):
    wang = program("wang")
    made = [wang.post(AT, a_body(chain, str(n))).json()["id"] for n in range(1, 6)]
    wang.post(f"{AT}/{made[0]}/void")

    first = wang.get(AT, {"state": "draft", "size": "3", "fields": "state,from_place"}).json()
    second = wang.get(
        AT,
        {"state": "draft", "size": "3", "fields": "state", "cursor": first["next_cursor"]},
    ).json()

    assert [row["id"] for row in first["rows"] + second["rows"]] == sorted(made[1:], reverse=True)
    assert second["next_cursor"] is None
    assert set(first["rows"][0]) == {"id", "state", "from_place"}
    assert set(second["rows"][0]) == {"id", "state"}
    place = chain.places["south"].pk
    assert wang.get(AT, {"to_place": str(place)}).json()["rows"] == []
