"""A sale has no transaction but the one statement that writes it: real commits, real clashes."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.business.till.test_ringing_up import a_shop, booked, sell
from tests.chain import NOON, Chain, a_chain, on_shelf
from tests.conftest import OwnDatabase
from tests.promises.test_all_or_nothing import PowerCut
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.till.models import Sale
from tongpan.kernel.documents.models import Document, Request, Series
from tongpan.kernel.events.models import Event
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.models import Account, Posting
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.races
MANY = 20
MILK, PAID = {"milk": "1"}, {"CASH": "12.90"}


@pytest.fixture
def chain(own_database: OwnDatabase) -> Chain:
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
    on_shelf(chain, "north", milk=("10", "8.50"))
    return chain


def written() -> dict[str, int]:
    """How many rows there are of everything that a sale writes."""
    with system(reason="count"):
        return {
            "requests": Request.objects.count(),
            "documents": Document.objects.filter(type="till.sale").count(),
            "slips": Sale.objects.count(),
            "postings": Posting.objects.count(),
            "events": Event.objects.filter(name="till.sale.posted").count(),
            "numbers": sum(Series.objects.values_list("last", flat=True)),
        }


def more_than(before: dict[str, int]) -> set[int]:
    return {count - before[name] for name, count in written().items()}


def test_a_sale_is_two_statements_and_no_transaction_around_them(chain: Chain) -> None:
    sell(chain, MILK, PAID, request=env.new_id())

    with CaptureQueriesContext(connection) as seen:
        sell(chain, MILK, PAID, request=env.new_id())

    assert [query["sql"].split()[0] for query in seen] == ["select", "select"]


def test_the_first_sale_opens_its_accounts_and_is_written_once(chain: Chain) -> None:
    before = written()
    with system(reason="look"):
        assert not Account.unscoped.filter(role__in=("customer", "taken")).exists()

    sold = sell(chain, MILK, PAID, request=env.new_id())

    assert sold.document is not None
    assert sold.document.number == "LS-S01-1-26-000001"
    assert more_than(before) == {1}
    assert str(booked(chain)["cash"].normalize()) == "12.9"


@pytest.mark.parametrize("is_open", [False, True])
def test_a_power_cut_while_accounts_are_opened_leaves_nothing(chain: Chain, is_open: bool) -> None:
    """The sale was written and refused before they are opened, and is written again after."""

    def cut(execute: Any, sql: str, *rest: Any) -> Any:
        if "ledger_open_accounts" not in sql:
            return execute(sql, *rest)
        if is_open:
            execute(sql, *rest)
        raise PowerCut

    before, request = written(), env.new_id()
    with pytest.raises(PowerCut), connection.execute_wrapper(cut):
        sell(chain, MILK, PAID, request=request)
    assert more_than(before) == {0}

    assert not sell(chain, MILK, PAID, request=request).is_repeat
    assert more_than(before) == {1}


def test_one_request_sent_many_times_at_once_sells_once(
    chain: Chain, own_database: OwnDatabase
) -> None:
    sell(chain, MILK, PAID, request=env.new_id())
    before, request = written(), env.new_id()

    def send() -> Any:
        with env.frozen(NOON):
            return sell(chain, MILK, PAID, request=request)

    answers = own_database.at_once(*[send] * MANY)

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert sorted(answer.is_repeat for answer in answers) == [False] + [True] * (MANY - 1)
    assert more_than(before) == {1}


def test_what_is_short_leaves_nothing_and_names_the_line(chain: Chain) -> None:
    sell(chain, MILK, PAID, request=env.new_id())
    before = written()

    with pytest.raises(Refusal) as no:
        sell(chain, {"milk": "11"}, {"CASH": "141.90"}, request=env.new_id())

    assert no.value.code == "out_of_bounds"
    assert "鲜牛奶" in str(no.value.problems)
    assert more_than(before) == {0}
    assert [found for found in verify() if found.violations] == []
