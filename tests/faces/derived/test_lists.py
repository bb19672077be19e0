"""Lists: what they show, to whom, and for how many statements."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import python_calamine

from tests.chain import Chain, a_transfer
from tests.faces.derived.conftest import Browser
from tongpan.kernel.documents.gate import run

Browse = Callable[[str, str], Browser]
STATEMENTS_MAX = 12


def several(chain: Chain, count: int) -> list[UUID]:
    with chain.as_("wang", "warehouse"):
        return [
            a_transfer(chain, "warehouse", "north", {"milk": "1", "cola": "2"}).subject
            for _ in range(count)
        ]


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_costs_few_statements_however_long_it_is(
    chain: Chain, browse: Browse, sent: UUID, count: int, django_assert_max_num_queries: Any
) -> None:
    several(chain, count)
    wang = browse("wang", "warehouse")

    with django_assert_max_num_queries(STATEMENTS_MAX):
        page = wang.get("/d/stock.transfer/")

    assert page.content.decode().count("<tr data-id=") == count + 1


def test_a_list_says_what_each_document_is_about_and_how_far_it_has_come(
    browse: Browse, sent: UUID
) -> None:
    html = browse("wang", "warehouse").get("/d/stock.transfer/").content.decode()

    assert "鲜牛奶 950 mL" in html
    assert "state-transit" in html


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"state": "posted"}, True),
        ({"state": "draft"}, False),
        ({"q": "db-w01"}, True),
        ({"q": "nothing"}, False),
        ({"date_from": "2026-11-21", "date_to": "2026-11-21"}, True),
        ({"date_to": "2026-11-20"}, False),
        ({"view": "drafts"}, False),
        ({"view": "nonsense", "after": ""}, True),
    ],
)
def test_filters_narrow_the_list(
    browse: Browse, sent: UUID, query: dict[str, str], is_found: bool
) -> None:
    html = browse("wang", "warehouse").get("/d/stock.transfer/", **query).content.decode()

    assert ("DB-W01-26-00001" in html) is is_found


def test_a_filter_by_place_names_the_place_on_its_chip(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    place = chain.places["warehouse"]

    html = (
        browse("wang", "warehouse").get("/d/stock.transfer/", from_place=place.pk).content.decode()
    )

    assert "DB-W01-26-00001" in html
    assert f": {place}" in html


def test_the_next_page_goes_on_where_the_first_ended(chain: Chain, browse: Browse) -> None:
    several(chain, 60)
    wang = browse("wang", "warehouse")

    first = wang.get("/d/stock.transfer/").content.decode()
    link = first.split('<div class="more"><a class="button" href="')[1].split('"')[0]
    second = wang.get("/d/stock.transfer/" + link.replace("&amp;", "&")).content.decode()

    ids = [
        part.split('"')[0] for page in (first, second) for part in page.split('<tr data-id="')[1:]
    ]
    assert len(ids) == len(set(ids)) == 60


def test_the_totals_of_a_list_that_is_all_there_come_with_it(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    several(chain, 2)

    html = browse("wang", "warehouse").get("/d/stock.transfer/").content.decode()

    assert "data-follows" not in html
    assert _totals(html) == ["3"]


def test_the_totals_of_a_longer_list_follow_and_are_of_all_of_it(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    several(chain, 51)
    wang = browse("wang", "warehouse")
    url = "/d/stock.transfer/?state=draft"

    first = wang.get(url).content.decode()
    totals = wang.client.get(url, headers={"X-Parts": "totals"}).content.decode()
    again = wang.client.get(url, headers={"X-Parts": "rows totals"}).content.decode()

    assert "data-follows" in first
    assert _totals(first) == []
    assert _totals(totals) == ["51"]
    assert "<tr" not in totals
    assert _totals(again) == ["51"]


def _totals(html: str) -> list[str]:
    """The figures of the line of totals."""
    line = html.partition('id="totals"')[2].partition('<span class="caps"')[0]
    return re.findall(r'<b class="num[^>]*>(\d+)', line)


def test_a_chosen_column_is_remembered(browse: Browse, sent: UUID) -> None:
    wang = browse("wang", "warehouse")

    wang.get("/d/stock.transfer/", columns=["number", "wanted_on"])
    html = wang.get("/d/stock.transfer/").content.decode()

    assert 'data-column="wanted_on"' in html
    assert 'data-column="state"' not in html


def test_a_batch_answers_for_each_document(chain: Chain, browse: Browse) -> None:
    good, short = several(chain, 2)
    with chain.as_("wang", "warehouse"):
        run(
            "stock.transfer.save",
            short,
            {"lines": [{"item": chain.items["milk"], "quantity": "5000"}]},
        )
    wang = browse("wang", "warehouse")

    page = wang.post("/d/stock.transfer/batch/post", ids=[str(good), str(short)])

    html = page.content.decode()
    assert page.status_code == 422
    assert "DB-W01-26-00001" in html  # the good one is posted
    assert "5000" in html  # and the other says what it lacks


def test_a_batch_of_returns_asks_for_the_reason(chain: Chain, browse: Browse, draft: UUID) -> None:
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.submit", draft)
    wang = browse("wang", "warehouse")

    without = wang.post("/d/stock.transfer/batch/return", ids=str(draft))
    with_one = wang.post("/d/stock.transfer/batch/return", ids=str(draft), reason=["", "太多"])

    assert without.status_code == 422
    assert with_one.status_code == 302


def test_an_export_holds_what_the_filter_lets_through(browse: Browse, sent: UUID) -> None:
    wang = browse("wang", "warehouse")

    answer = wang.get("/d/stock.transfer/export", state="posted")

    book = python_calamine.load_workbook(BytesIO(answer.content))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert "DB-W01-26-00001" in rows[1]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_another_stores_list_does_not_show_it(browse: Browse, sent: UUID) -> None:
    page = browse("zhao", "south").get("/d/stock.transfer/")

    assert page.status_code == 200
    assert "DB-W01" not in page.content.decode()


def test_a_list_that_may_not_be_seen_is_not_there(browse: Browse, sent: UUID) -> None:
    assert browse("lin", "north").get("/d/stock.opening/").status_code == 404


def test_what_things_cost_is_absent_for_who_may_not_see_it(chain: Chain, browse: Browse) -> None:
    with_cost = browse("wang", "warehouse").get("/d/stock.opening/").content.decode()
    without = browse("chen", "north")

    assert 'data-column="total"' in with_cost
    assert 'data-column="total"' not in without.get("/d/stock.opening/").content.decode()


def test_an_empty_view_says_that_only_it_is_empty(browse: Browse, sent: UUID) -> None:
    """It said what transfers are for and how to write the first, as if there were none."""
    page = browse("zhou", "hq").get("/d/stock.transfer/", view="drafts").content.decode()

    empty = page.split('class="empty"')[1].split("</main>")[0]
    assert "这个视图里没有单据" in empty
    assert 'href="/d/stock.transfer/"' in empty
    assert "/new" not in empty.split('class="actions"')[1].split("</div>")[0]


def test_a_view_is_named_found_by_its_key_and_taken_away(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    wang = browse("wang", "warehouse")
    address = "/d/stock.transfer/"
    assert "存为视图" not in wang.get(address).content.decode()
    assert "存为视图" in wang.get(address, state="posted", columns="number").content.decode()
    query = "state=posted&columns=number"

    kept = wang.post("/views/keep", page=address, query=query, name="已发出")
    listed = wang.get(address).content.decode()
    found = re.search(r'href="(\?[^"]*)"[^>]*data-key="(\d)"[^>]*>已发出', listed)
    assert kept.status_code == 302
    assert found is not None
    page = wang.client.get(address + found[1].replace("&amp;", "&")).content.decode()
    assert re.search(r'aria-current="true"[^>]*>已发出', page)
    assert "已发出" not in browse("zhou", "hq").get(address).content.decode()

    drop = re.search(r'action="(/views/[^"]+/drop)"', page)
    assert drop is not None
    assert browse("zhou", "hq").post(drop[1]).status_code == 404
    assert wang.post(drop[1]).status_code == 302
    assert "已发出" not in wang.get(address).content.decode()
    assert wang.post("/views/keep", page="//elsewhere/", query="", name="x").status_code == 404
