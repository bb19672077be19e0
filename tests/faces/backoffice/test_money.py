"""The money page, what each unit earned, and that every figure of both opens."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from tests.business.treasury.stage import posted, sold, with_money
from tests.contracts.examples import Stage
from tests.faces.backoffice.conftest import text_of
from tongpan.faces.kit.derived.addresses import document, new_document
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system

Browse = Callable[[str, str], Client]
STATEMENTS_MAX = 16


@pytest.fixture
def chain(company: str) -> Stage:
    """A month of North: a sale in cash, one by WeChat yesterday, rent, and scrap that was sold."""
    stage = with_money()
    sold(stage, "CASH", 10)
    sold(stage, "WECHAT", 100, days_ago=1)
    posted(stage, "treasury.expense", {"paid_from": "B01"},
           {"purpose": "RENT", "amount": "200", "unit": "S01"})  # fmt: skip
    posted(stage, "treasury.income", {"paid_into": "X01"}, {"purpose": "SCRAP", "amount": "50"})
    return stage


def links(page: str) -> list[str]:
    found = [url.replace("&amp;", "&") for url in re.findall(r'href="(/money/[^"]+)"', page)]
    return [url for url in found if "as=sheet" not in url]


def rows(page: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", page[page.index("<tbody") :])


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    from tests.chain import NOON
    from tongpan.base import env

    with env.frozen(NOON):
        yield


def test_the_money_page_says_what_each_account_holds_and_what_waits(
    chain: Stage, browse: Browse
) -> None:
    client = browse("zhou", "hq")

    page = text_of(client, "/money/overview/")

    assert "−200.00" in strip_tags(page)
    assert "1,290.00" in page  # of WeChat
    assert "129.00" in page  # of the cash
    for url in links(page):
        text_of(client, url)
    statement = next(url for url in links(page) if "account=taken" in url)
    assert "LS-S01-1-26-" in text_of(client, statement)


def test_home_says_that_takings_wait_until_they_are_brought_in(
    chain: Stage, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    assert "笔收款待入账" in text_of(client, "/")

    posted(chain, "treasury.takings", {"paid_into": "B01"},
           {"store": "S01", "method": "WECHAT", "amount": "1290"},
           {"store": "S01", "method": "CASH", "amount": "129"})  # fmt: skip

    assert "笔收款待入账" not in text_of(client, "/")


def test_new_takings_begin_with_what_is_due(chain: Stage, browse: Browse) -> None:
    posted(chain, "treasury.takings", {"paid_into": "B01"},
           {"store": "S01", "method": "WECHAT", "amount": "290"})  # fmt: skip
    client = browse("zhou", "hq")

    page = client.get(new_document(document_type("treasury.takings")), follow=True).content.decode()

    assert 'value="1000"' in page or 'value="1000.00"' in page
    assert 'value="6.00"' in page or 'value="6"' in page  # what WeChat keeps of it


def test_takings_of_another_account_are_proposed_with_what_they_post(
    chain: Stage, browse: Browse
) -> None:
    """The safe instead of the bank: its lines come anew, and the draft opens with its postings."""
    with chain.as_("zhou", "hq"):
        draft = run("treasury.takings.save", payload={"header": {"paid_into": "X01"}}).subject

    page = text_of(browse("zhou", "hq"), document("treasury.takings", draft))

    assert 'value="129"' in page or 'value="129.00"' in page
    assert "¥129.00" in page  # of the postings


def test_what_a_unit_earned_opens_to_its_accounts_and_they_to_their_entries(
    chain: Stage, browse: Browse
) -> None:
    client = browse("zhou", "hq")

    page = text_of(client, "/money/results/?on_from=2026-11-01&on_to=2026-11-30")
    unit = next(url for url in links(page) if f"unit={chain.units['north'].pk}" in url)
    opened = text_of(client, unit)
    rent = next(url for url in links(opened) if "account=expense" in url)
    statement = text_of(client, rent)

    assert "1,255.75" in page  # 1,419.00 without tax
    assert "885.75" in page  # less 220 for the goods, 200 of rent, and with 50 for scrap
    assert "房租" in opened
    assert "FY-HQ-26-00001" in statement
    for url in links(opened):
        text_of(client, url)


def test_the_results_are_written_as_a_sheet(chain: Stage, browse: Browse) -> None:
    answer = browse("zhou", "hq").get("/money/results/?on_from=2026-11-01&as=sheet")

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    written = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in written] == ["机构", "北门店"]
    assert written[1][-1] == 885.75


def test_who_may_not_see_costs_sees_neither(chain: Stage, browse: Browse) -> None:
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="keeper", name="出纳")
        for code in ("finance.statement.view", "treasury.takings.*"):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=chain.people["zhao"], role=role, unit=chain.units["south"])
    client = browse("zhao", "south")

    assert "1,290.00" not in text_of(client, "/money/overview/")
    assert client.get("/money/results/").status_code == 404
    assert browse("lin", "north").get("/money/overview/").status_code == 404


@pytest.mark.parametrize("url", ["/money/overview/", "/money/results/"])
def test_they_cost_few_statements(chain: Stage, browse: Browse, url: str) -> None:
    client = browse("zhou", "hq")
    text_of(client, url)

    with CaptureQueriesContext(connection) as captured:
        text_of(client, url)

    assert len(captured) <= STATEMENTS_MAX, "\n".join(q["sql"][:150] for q in captured)
