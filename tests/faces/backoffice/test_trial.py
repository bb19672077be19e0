"""The trial balance: equal sums, every figure opens to entries that come to it, and whose it is."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from python_calamine import CalamineWorkbook

from tests.business.treasury.stage import posted, sold, with_money
from tests.chain import NOON
from tests.contracts.examples import Stage
from tests.faces.backoffice.conftest import text_of
from tongpan.base import env
from tongpan.business.treasury.trial import (
    AT_THE_CREDIT,
    CLASSES,
    ROLES,
    Held,
    entities,
    together,
    trial,
)
from tongpan.kernel.documents.showing import words_of_account
from tongpan.kernel.org.models import Grant

Browse = Callable[[str, str], Client]
NOVEMBER = "on_from=2026-11-01&on_to=2026-11-30"
TODAY = NOON.date()
STATEMENTS_MAX = 12


@pytest.fixture
def chain(staged: Any) -> Stage:
    return staged(with_books)


def with_books() -> Stage:
    """North sold, today and in October; headquarters paid rent, and North got money for scrap."""
    stage = with_money()
    sold(stage, "CASH", 10)
    sold(stage, "WECHAT", 100, days_ago=40)
    posted(stage, "treasury.expense", {"paid_from": "B01"},
           {"purpose": "RENT", "amount": "200", "unit": "S01"})  # fmt: skip
    posted(stage, "treasury.income", {"paid_into": "X01"}, {"purpose": "SCRAP", "amount": "50"})
    return stage


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with env.frozen(NOON):
        yield


def sheet(client: Client, asked: str = NOVEMBER) -> dict[str, list[Decimal]]:
    """The six figures of each row, by its name, as they are exported."""
    answer = client.get(f"/money/trial/?{asked}&as=sheet")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = book.get_sheet_by_index(0).to_python()[1:]
    return {str(row[0]): [Decimal(str(n)) for n in row[1:]] for row in rows}


MONEY_ROLES = """
import django

django.setup()
from tongpan.kernel.ledger.roles import roles

print(*sorted(role.role for role in roles() if role.ledger == "money"))
"""


def test_every_kind_of_money_account_has_its_class_once() -> None:
    """Asked of a program by itself: tests of the ledger declare roles of their own."""
    named = [r for of in CLASSES.values() for r in of]

    said = subprocess.run(
        [sys.executable, "-c", MONEY_ROLES], capture_output=True, text=True, check=True
    )

    assert sorted(named) == said.stdout.split()


def test_it_says_what_was_held_what_moved_and_what_is_left(chain: Stage, browse: Browse) -> None:
    found = sheet(browse("zhou", "hq"))

    assert found["收银已收"] == [1290, 0, 129, 0, 1419, 0]
    assert found["现金与银行"] == [0, 0, 50, 200, 0, 150]  # the bank is below zero
    assert found["费用"] == [0, 0, 200, 0, 200, 0]
    assert found["其他收入"] == [0, 0, 0, 50, 0, 50]
    total = found["合计"]
    assert total[0] == total[1] > 0
    assert total[2] == total[3] > 0
    assert total[4] == total[5] > 0


def test_every_figure_opens_to_entries_that_come_to_it(chain: Stage, browse: Browse) -> None:
    client = browse("zhou", "hq")
    page = client.get(f"/money/trial/?{NOVEMBER}").content.decode()

    figures = sheet(client)

    urls = dict.fromkeys(re.findall(r'href="(/money/statement/[^"]+)"', page))
    assert len(urls) > 8
    for url in urls:
        said = strip_tags(text_of(client, url.replace("&amp;", "&")))
        role = re.search("account=([a-z_]+)", url)
        assert role is not None
        title = str(words_of_account("money", role[1]).title)
        *_opening, debit, credit, at_debit, at_credit = figures[title]
        came, went, left = debit, credit, at_debit - at_credit
        if role[1] in AT_THE_CREDIT:  # what we owe or earned is above zero
            came, went, left = credit, debit, -left
        told = f"进 ¥{came:,.2f}出 ¥{went:,.2f}结存 ¥{left:,.2f}".replace("¥-", "−¥")
        assert told in re.sub(r"\s+(?=[进出结])", "", said), role[1]


def test_an_account_opens_to_whose_they_are(chain: Stage, browse: Browse) -> None:
    client = browse("zhou", "hq")

    found = sheet(client, f"{NOVEMBER}&account=taken")
    page = text_of(client, f"/money/trial/?{NOVEMBER}&account=taken")

    assert sorted(row[4] for row in found.values()) == [129, 1290, 1419]
    assert found["合计"][4] == 1419
    assert "holder=" in page


def test_a_statement_of_a_member_s_account_names_nobody(chain: Stage, browse: Browse) -> None:
    client = browse("zhou", "hq")
    whose = chain.people["zhou"].pk  # any id: it is not looked at

    assert client.get(f"/money/trial/?account=wallet&{NOVEMBER}").status_code == 200
    page = text_of(client, f"/money/statement/?account=wallet&holder={whose}&{NOVEMBER}")
    assert "储值本金" in page


def test_it_is_printed_with_both_sums(chain: Stage, browse: Browse) -> None:
    page = text_of(browse("zhou", "hq"), f"/money/trial/?{NOVEMBER}&as=paper")

    assert "科目余额表" in page
    assert "tfoot" in page


@pytest.mark.parametrize("asked", ["", "on_to=2026-10-31", "on_from=no&entity=no&account=no"])
def test_what_cannot_be_read_is_left_out(chain: Stage, browse: Browse, asked: str) -> None:
    page = text_of(browse("zhou", "hq"), f"/money/trial/?{asked}")

    assert ("2026-10" if "10-31" in asked else "2026-11") in page


def test_who_does_not_see_all_of_an_entity_sees_no_books(chain: Stage, browse: Browse) -> None:
    Grant.objects.filter(person=chain.people["zhou"]).update(unit=chain.units["north"])

    page = text_of(browse("zhou", "north"), "/money/trial/")

    assert "没有可以查看的账套" in page
    assert "1,419.00" not in page


def test_it_takes_few_statements(chain: Stage, browse: Browse) -> None:
    client = browse("zhou", "hq")
    client.get(f"/money/trial/?{NOVEMBER}")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(f"/money/trial/?{NOVEMBER}")

    assert len(asked) <= STATEMENTS_MAX


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=some.integers(0, 60), long=some.integers(0, 60))
def test_any_days_balance_and_follow_each_other(chain: Stage, first: int, long: int) -> None:
    since = TODAY - timedelta(days=first)
    until = since + timedelta(days=long)

    with chain.as_("zhou", "hq"):
        for entity in entities():
            found = trial(entity.pk, since, until)
            later = trial(entity.pk, until + timedelta(days=1), date(2027, 12, 31))

            total = together(found.values())
            assert total == Held(Decimal(0), total.debit, total.debit)
            assert {role for role, _holder in found} <= set(ROLES)
            for key in found.keys() | later.keys():
                before = found.get(key, Held())
                assert before.closing == later.get(key, Held(before.closing)).opening
