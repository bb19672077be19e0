"""Items over the API."""

import pytest

from tests.faces.api.conftest import codes
from tongpan.base import env

AT = "items.item"
JAM = {"code": "JAM1", "name": "草莓果酱", "base_unit": "box"}


def test_an_item_is_made_changed_archived_and_restored(chain, program):
    zhou, row_id = program("zhou"), str(env.new_id())

    made = zhou.put(f"{AT}/{row_id}", JAM)
    changed = zhou.put(f"{AT}/{row_id}", {"brand": "果园"}, If_Match=made.headers["ETag"])
    archived = zhou.post(f"{AT}/{row_id}/archive")
    restored = zhou.post(f"{AT}/{row_id}/restore")

    assert made.status_code == 201, made.content
    assert made.json()["base_unit"]["name"] == "盒"
    assert (changed.status_code, changed.json()["brand"]) == (200, "果园")
    assert (archived.json()["state"], restored.json()["state"]) == ("archived", "active")
    actions = [row["action"] for row in zhou.get(f"{AT}/{row_id}/history").json()["rows"]]
    assert sorted(actions) == [f"{AT}.{verb}" for verb in ("archive", "restore", "save", "save")]


def test_an_item_has_its_barcodes_and_units_in_the_same_body(chain, program):
    zhou, row_id = program("zhou"), str(env.new_id())
    parts = {
        "barcodes": [{"code": "JAM-A"}, {"code": "JAM-B", "unit": "case", "is_main": True}],
        "units": [{"unit": "case", "factor": "12"}],
    }

    made = zhou.put(f"{AT}/{row_id}", {**JAM, **parts}).json()
    fewer = zhou.put(f"{AT}/{row_id}", {"barcodes": made["barcodes"][:1]}).json()
    wrong = zhou.put(f"{AT}/{row_id}", {"units": [{"unit": "case", "factor": 1.5, "size": 1}]})
    listed = zhou.get(AT, {"q": "JAM1", "fields": "code,barcodes"}).json()["rows"]

    assert [(b["code"], b["unit"]["code"]) for b in made["barcodes"]] == [
        ("JAM-B", "case"), ("JAM-A", "box"),
    ]  # fmt: skip
    assert [u["factor"] for u in fewer["units"]] == ["12"]
    assert [row["barcodes"][0]["code"] for row in listed] == ["JAM-B"]
    assert len(listed[0]["barcodes"]) == 1
    assert [e["path"] for e in wrong.json()["errors"]] == ["units.1.size"]


def test_of_an_item_only_what_is_asked_for_is_read(chain, program):
    zhou, row_id = program("zhou"), str(env.new_id())
    made = zhou.put(f"{AT}/{row_id}", {**JAM, "barcodes": [{"code": "JAM-A"}]})

    short = zhou.get(f"{AT}/{row_id}", {"fields": "name,barcodes.code"})
    listed = zhou.get(AT, {"q": "JAM1", "fields": "barcodes.code"}).json()["rows"]
    strange = zhou.get(f"{AT}/{row_id}", {"fields": "barcodes.price.cost"})

    barcodes = [{"id": made.json()["barcodes"][0]["id"], "code": "JAM-A"}]
    assert short.json() == {"id": row_id, "name": "草莓果酱", "barcodes": barcodes}
    assert short.headers["ETag"] == made.headers["ETag"]  # what was seen is what may be changed
    assert listed == [{"id": row_id, "barcodes": barcodes}]
    assert (strange.status_code, strange.json()["code"]) == (400, "unknown_field")


def test_an_older_version_of_an_item_is_refused(chain, program):
    zhou, row_id = program("zhou"), str(env.new_id())
    made = zhou.put(f"{AT}/{row_id}", JAM)
    zhou.put(f"{AT}/{row_id}", {"brand": "果园"})

    refused = zhou.put(f"{AT}/{row_id}", {"brand": "x"}, If_Match=made.headers["ETag"])

    assert (refused.status_code, refused.json()["code"]) == (412, "version_changed")


def test_an_item_sent_twice_is_one_and_another_under_its_id_a_conflict(chain, program):
    zhou, row_id = program("zhou"), str(env.new_id())

    answers = [zhou.post(AT, {**JAM, "id": row_id}) for _ in range(2)]
    other = zhou.post(AT, {**JAM, "id": row_id, "name": "蓝莓果酱"})

    assert [answer.status_code for answer in answers] == [201, 200]
    assert (other.status_code, other.json()["code"]) == (409, "doc_id_conflict")


def test_a_code_that_is_taken_is_named(chain, program):
    refused = program("zhou").post(AT, {**JAM, "code": chain.items["milk"].code})

    assert (refused.status_code, codes(refused)) == (422, ["invalid", "duplicate"])
    assert refused.json()["errors"][0]["path"] == "code"


def test_items_are_listed_by_page_found_and_filtered(chain, program):
    zhou = program("zhou")

    first = zhou.get(AT, {"size": "4", "fields": "code,name"}).json()
    second = zhou.get(AT, {"size": "4", "fields": "code", "cursor": first["next_cursor"]}).json()

    found = [row["code"] for row in first["rows"] + second["rows"]]
    assert found == sorted(item.code for item in chain.items.values())
    assert [r["code"] for r in zhou.get(AT, {"q": "牛奶"}).json()["rows"]] == ["10001"]
    weighed = zhou.get(AT, {"base_unit": "kg"}).json()["rows"]
    assert [row["id"] for row in weighed] == [str(chain.items["apple"].pk)]


@pytest.mark.parametrize("person", ["lin"])
def test_who_may_only_see_items_cannot_change_one(chain, program, person):
    milk = chain.items["milk"]

    read = program(person).get(f"{AT}/{milk.pk}")
    refused = program(person).put(f"{AT}/{milk.pk}", {"name": "x"})

    assert read.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
