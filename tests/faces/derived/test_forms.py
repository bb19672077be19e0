"""Forms: drafts that save themselves, and the actions that send them."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.chain import Chain, a_transfer
from tests.faces.derived.conftest import Browser
from tongpan.base import env
from tongpan.business.stock.models import TransferLine
from tongpan.faces.kit.derived import forms
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.sign_in import set_pin

Browse = Callable[[str, str], Browser]


def written(chain: Chain, **more: Any) -> dict[str, Any]:
    """What a browser sends of a transfer of four boxes of milk to North."""
    fields = {
        "version": "0",
        "from_place": str(chain.places["warehouse"].pk),
        "to_place": str(chain.places["north"].pk),
        "lines.0.id": "",
        "lines.0.item": str(chain.items["milk"].pk),
        "lines.0.quantity": "4",
    }
    return {**fields, **more}


def save(browser: Browser, document: Any, fields: dict[str, Any]) -> Any:
    return browser.post(f"/d/stock.transfer/{document}/save", **fields)


def test_a_new_draft_is_kept_and_told_its_address(chain: Chain, browse: Browse) -> None:
    new = env.new_id()

    answer = save(browse("wang", "warehouse"), new, written(chain))

    told = answer.json()
    assert told["version"] == 1
    assert told["url"] == f"/d/stock.transfer/{new}/"
    assert set(told["line_ids"]) == {"0"}
    assert Document.unscoped.get(pk=new).state == "draft"


def test_the_same_form_sent_twice_makes_one_draft(chain: Chain, browse: Browse) -> None:
    new, wang = env.new_id(), browse("wang", "warehouse")

    first = save(wang, new, written(chain)).json()
    second = save(wang, new, written(chain)).json()

    assert second["version"] == first["version"]
    assert second["line_ids"] == first["line_ids"]


def test_what_was_written_after_a_lost_answer_is_kept_too(chain: Chain, browse: Browse) -> None:
    new, wang, lost = env.new_id(), browse("wang", "warehouse"), str(env.new_id())

    save(wang, new, written(chain, request_id=lost))  # kept, but the answer never arrives
    again = written(chain, request_id=lost) | {"lines.0.quantity": "7"}
    answer = save(wang, new, again)

    assert answer.status_code == 200
    page = wang.get(f"/d/stock.transfer/{new}/").content.decode()
    assert 'name="lines.0.quantity" value="7"' in page


def test_a_change_by_somebody_else_meanwhile_is_told(chain: Chain, browse: Browse) -> None:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "1"}).subject
        run("stock.transfer.save", draft, {"note": "theirs"})

    answer = save(browse("wang", "warehouse"), draft, written(chain, version="1"))

    assert answer.status_code == 409
    assert Document.unscoped.get(pk=draft).note == "theirs"


def test_a_value_that_means_nothing_is_said_beside_its_field_and_the_rest_is_kept(
    chain: Chain, browse: Browse
) -> None:
    new, wang = env.new_id(), browse("wang", "warehouse")
    fields = written(chain, note="bring ice") | {"lines.3.quantity": "a few", "lines.3.id": ""}

    answer = save(wang, new, fields)

    assert answer.status_code == 200
    assert list(answer.json()["problems"]) == ["lines.3.quantity"]
    assert Document.unscoped.get(pk=new).note == "bring ice"


@pytest.mark.parametrize("index", ["²", "-1", "99999999999999999999", "x"])
def test_a_line_without_a_plain_number_is_no_line(chain: Chain, browse: Browse, index: str) -> None:
    new = env.new_id()

    answer = save(
        browse("wang", "warehouse"), new, written(chain) | {f"lines.{index}.quantity": "1"}
    )

    assert answer.status_code == 200
    assert len(answer.json()["line_ids"]) == 1


def test_the_primary_action_sends_what_is_on_the_screen(chain: Chain, browse: Browse) -> None:
    new, wang = env.new_id(), browse("wang", "warehouse")

    answer = wang.post(f"/d/stock.transfer/{new}/do/post?request={env.new_id()}", **written(chain))

    assert answer.status_code == 302
    document = Document.unscoped.get(pk=new)
    assert (document.state, document.number) == ("posted", "DB-W01-26-00001")


def test_a_double_click_posts_once(chain: Chain, browse: Browse) -> None:
    new, wang = env.new_id(), browse("wang", "warehouse")
    address = f"/d/stock.transfer/{new}/do/post?request={env.new_id()}"

    first = wang.post(address, **written(chain))
    second = wang.post(address, **written(chain))

    assert (first.status_code, second.status_code) == (302, 302)
    assert Document.unscoped.get(pk=new).number == "DB-W01-26-00001"


def test_short_goods_are_said_at_the_line_and_the_draft_is_kept(
    chain: Chain, browse: Browse
) -> None:
    new, wang = env.new_id(), browse("wang", "warehouse")
    fields = written(chain) | {"lines.0.quantity": "500"}

    answer = wang.post(f"/d/stock.transfer/{new}/do/post?request={env.new_id()}", **fields)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#lines.0.quantity"' in html
    assert 'id="lines.0.quantity-wrong"' in html
    assert Document.unscoped.get(pk=new).state == "draft"


def test_the_toast_after_posting_takes_it_back(chain: Chain, browse: Browse, draft: UUID) -> None:
    wang = browse("wang", "warehouse")
    wang.post(f"/d/stock.transfer/{draft}/do/post")

    page = wang.get(f"/d/stock.transfer/{draft}/").content.decode()
    assert 'data-seconds="7"' in page
    wang.post(f"/d/stock.transfer/{draft}/do/reverse", reason="撤销", request=str(env.new_id()))

    assert Document.unscoped.get(pk=draft).state == "reversed"


def test_who_may_not_post_hands_it_in(chain: Chain, browse: Browse) -> None:
    with chain.as_("lin", "north"):
        draft = a_transfer(chain, "north", "south", {"milk": "1"}).subject
    lin = browse("lin", "north")

    html = lin.get(f"/d/stock.transfer/{draft}/").content.decode()
    assert "/do/post?request=" in html  # only with a second person
    assert 'name="pin"' in html
    answer = lin.post(f"/d/stock.transfer/{draft}/do/submit")

    assert answer.status_code == 302
    assert Document.unscoped.get(pk=draft).state == "submitted"


def test_posting_without_leave_is_refused_on_the_page(chain: Chain, browse: Browse) -> None:
    with chain.as_("lin", "north"):
        draft = a_transfer(chain, "north", "south", {"milk": "1"}).subject

    answer = browse("lin", "north").post(f"/d/stock.transfer/{draft}/do/post")

    assert answer.status_code == 403
    assert Document.unscoped.get(pk=draft).state == "draft"


def test_a_manager_who_is_there_authorises_it_with_a_pin(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    with system(reason="a PIN for the manager"):
        set_pin(chain.people["chen"], "4711")
    with chain.as_("chen", "north"):
        from tongpan.kernel.documents.following import prefill

        receipt = run(
            "stock.transfer_receipt.save", payload=prefill("stock.transfer_receipt", sent)
        )
        run("stock.transfer_receipt.post", receipt.subject)
    with chain.as_("lin", "north"):
        draft = a_transfer(chain, "north", "south", {"milk": "1"}).subject
    lin = browse("lin", "north")

    wrong = lin.post(f"/d/stock.transfer/{draft}/do/post", second="chen", pin="1234")
    right = lin.post(f"/d/stock.transfer/{draft}/do/post", second="chen", pin="4711")

    assert wrong.status_code == 422
    assert right.status_code == 302
    html = lin.get(f"/d/stock.transfer/{draft}/").content.decode()
    assert "陈店长" in html  # history names who authorised it


def test_the_receipt_of_a_transfer_is_drafted_from_it(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    chen = browse("chen", "north")

    answer = chen.post(
        f"/d/stock.transfer/{sent}/follow/stock.transfer_receipt?request={env.new_id()}"
    )
    form = chen.get(answer["Location"]).content.decode()

    assert 'name="lines.0.received"' in form
    assert 'value="40"' in form
    assert 'name="lines.0.item"' not in form  # it comes from the transfer
    posted = chen.post(answer["Location"] + "do/post")
    assert posted.status_code == 302


def test_a_copy_is_another_draft(browse: Browse, sent: UUID) -> None:
    wang = browse("wang", "warehouse")

    answer = wang.post(f"/d/stock.transfer/{sent}/copy?request={env.new_id()}")

    assert answer.status_code == 302
    assert str(sent) not in answer["Location"]
    assert 'name="lines.1.quantity" value="48"' in wang.get(answer["Location"]).content.decode()


def test_a_form_is_not_taken_without_its_token(chain: Chain, browse: Browse) -> None:
    wang = browse("wang", "warehouse")
    wang.client.handler.enforce_csrf_checks = True

    assert save(wang, env.new_id(), written(chain)).status_code == 403


def test_an_address_that_changes_things_changes_nothing_when_a_link_leads_there(
    browse: Browse, draft: UUID
) -> None:
    wang = browse("wang", "warehouse")

    assert wang.get(f"/d/stock.transfer/{draft}/do/post").status_code == 302
    assert wang.get(f"/d/stock.transfer/{draft}/save").status_code == 405
    assert Document.unscoped.get(pk=draft).state == "draft"


def test_a_search_in_a_line_brings_units_and_stock(
    chain: Chain, browse: Browse, draft: UUID
) -> None:
    answer = browse("wang", "warehouse").get(f"/d/stock.transfer/{draft}/pick/item", q="kele")

    (found,) = json.loads(answer.content)["results"]
    assert found["title"] == "可口可乐 500 mL"
    assert [unit["title"] for unit in found["cells"]["unit"]] == ["瓶", "箱"]
    assert found["cells"]["available"] == "240 瓶"


def test_a_place_is_found_in_a_header_field(chain: Chain, browse: Browse) -> None:
    answer = browse("wang", "warehouse").get("/pick/places.place", q="中心")

    titles = [one["title"] for one in json.loads(answer.content)["results"]]
    assert titles == [str(chain.places["warehouse"])]


def test_a_table_that_is_not_theirs_to_look_up_is_not_there(browse: Browse) -> None:
    assert browse("lin", "north").get("/pick/prices.pricelist", q="a").status_code == 404


def test_lots_are_asked_for_only_where_some_item_is_kept_by_lots(
    chain: Chain, browse: Browse
) -> None:
    wang, new = browse("wang", "warehouse"), env.new_id()
    save(wang, new, written(chain))
    without = wang.get(f"/d/stock.transfer/{new}/").content.decode()

    with chain.as_("zhou", "hq"):
        run("items.item.save", chain.items["milk"].pk, {"has_lots": True})
    asked = wang.get(f"/d/stock.transfer/{new}/").content.decode()
    save(wang, new, written(chain, **{"version": "1", "lines.0.lot": "L-7"}))
    with chain.as_("zhou", "hq"):
        run("items.item.save", chain.items["milk"].pk, {"has_lots": False})
    has_one = wang.get(f"/d/stock.transfer/{new}/").content.decode()

    assert 'data-column="lot"' not in without
    assert "item,lot,quantity" not in without  # what a paste from a sheet fills
    assert 'data-column="lot"' in asked
    assert 'value="L-7"' in has_one  # what stands on a line is never hidden


def test_a_draft_for_a_unit_where_one_may_not_write_is_refused_by_its_name(
    chain: Chain, browse: Browse
) -> None:
    new, elsewhere = env.new_id(), str(chain.places["south"].pk)

    answer = save(browse("wang", "warehouse"), new, written(chain, from_place=elsewhere))

    told = answer.json()["parts"]["problem"]
    assert answer.status_code == 422
    assert str(chain.units["south"].name) in told
    assert str(chain.units["warehouse"].name) in told
    assert not Document.unscoped.filter(pk=new).exists()


def test_a_document_of_others_is_not_there_however_it_is_written(
    chain: Chain, browse: Browse
) -> None:
    with chain.as_("zhou", "hq"):
        theirs = a_transfer(chain, "north", "south", {"milk": "1"}).subject

    answer = save(browse("wang", "warehouse"), theirs, written(chain, version="1"))

    assert answer.status_code == 404


def test_a_problem_at_the_top_says_line_and_field(chain: Chain, browse: Browse) -> None:
    new, wang = env.new_id(), browse("wang", "warehouse")
    fields = written(chain, **{"lines.0.quantity": "a dozen"})

    answer = wang.post(f"/d/stock.transfer/{new}/do/post", **fields)

    panel = answer.content.decode().split('id="problem"')[1].split("</ul>")[0]
    assert answer.status_code == 422
    assert "第 1 行：数量：a dozen 不是数字。" in panel


def test_a_document_list_leads_to_the_sheet_that_brings_documents_in(browse: Browse) -> None:
    wang = browse("wang", "warehouse")

    assert "/files/import/stock.opening" in wang.get("/d/stock.opening/").content.decode()
    assert "/files/import/" not in wang.get("/d/stock.transfer_receipt/").content.decode()


def test_what_a_form_does_not_take_whole_is_left_as_it_is(
    chain: Chain, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, wang = env.new_id(), browse("wang", "warehouse")
    second = {
        "lines.1.id": "",
        "lines.1.item": str(chain.items["cola"].pk),
        "lines.1.quantity": "7",
    }
    save(wang, new, written(chain, **second))
    monkeypatch.setattr(forms, "LINES_MAX", 1)

    page = wang.get(f"/d/stock.transfer/{new}/").content.decode()
    refused = save(wang, new, written(chain, version="1", **second))

    assert "这张草稿的行数超过了表单能容纳的 1 行" in page
    assert 'name="lines.0.quantity"' not in page
    assert f"{new}/do/void" in page
    assert refused.status_code == 422
    assert "表单最多 1 行" in refused.json()["parts"]["problem"]
    assert TransferLine.unscoped.filter(document=new).count() == 2
