"""Slips that were rung up elsewhere come in many at a time, each checked as at the till."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.business.promotions.stage import approved
from tests.business.till.test_ringing_up import a_shop, booked
from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.promotions.models import PromotionDocument
from tongpan.business.stock import queries
from tongpan.business.till import sold
from tongpan.business.till.models import Sale, SaleShare
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, History
from tongpan.kernel.events.models import Event
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.usefixtures("company")
YESTERDAY = NOON - timedelta(days=1)


@pytest.fixture
def chain() -> Chain:
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
    on_shelf(chain, "north", milk=("100", "8.50"), cola=("100", "2.00"))
    return chain


def a_slip(chain: Chain, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": env.id_of(YESTERDAY, name),
        "till": "S01-1",
        "at": YESTERDAY,
        "lines": [{"item": chain.items["milk"].pk, "quantity": "2", "amount": "19.99"}],
        "payments": [{"method": "CASH", "amount": "19.99"}],
        **more,
    }


def bring(chain: Chain, person: str = "zhou", **slips: list[dict[str, Any]]) -> Any:
    with chain.as_(person, "hq"):
        return run("till.sale.bring_in", payload=slips).result


def test_what_was_asked_for_then_is_what_is_posted(chain: Chain) -> None:
    done = bring(chain, sales=[a_slip(chain, "a"), a_slip(chain, "b")])

    assert done == {"sales": 2, "returns": 0, "known": 0, "lines": 2}
    with system(reason="looking"):
        numbers = list(Document.objects.filter(type="till.sale").values_list("number", flat=True))
        first = Sale.objects.select_related("document").get(pk=env.id_of(YESTERDAY, "a"))
    assert sorted(numbers) == ["LS-S01-1-26-000001", "LS-S01-1-26-000002"]
    assert first.gross == Decimal("19.99")
    assert first.document.posted_at == YESTERDAY
    assert booked(chain)["cash"] == Decimal("39.98")


def test_what_brought_in_goods_had_cost_counts_when_they_were_sold(chain: Chain) -> None:
    bring(chain, sales=[a_slip(chain, "a")])
    north = chain.units["north"].pk

    def cost(until: datetime) -> list[tuple[bool, UUID | None, Decimal | None]]:
        days = sold.Days(
            now=[NOON.date()], then=[YESTERDAY.date()], stores=[north], zone="Asia/Shanghai",
            until=until, has_cost=True,
        )  # fmt: skip
        return [(one.is_now, one.id, one.cost) for one in sold.read(days, ["cost"])["cost"]]

    assert cost(YESTERDAY - timedelta(minutes=1)) == []
    assert cost(YESTERDAY) == [(False, north, Decimal("17.00"))]


def test_the_events_of_slips_tell_their_numbers(chain: Chain) -> None:
    sold, back = ("a", "b"), ("c", "d")
    bring(
        chain,
        sales=[a_slip(chain, name) for name in sold],
        returns=[a_slip(chain, name) for name in back],
    )

    with system(reason="looking"):
        slips = Document.objects.filter(type__startswith="till.")
        numbers = dict(slips.values_list("pk", "number"))
    told = {event.subject: event.payload for event in Event.objects.filter(subject__in=numbers)}
    assert len(numbers) == 4
    assert {pk: payload["number"] for pk, payload in told.items()} == numbers


def test_a_slip_that_is_known_is_left_as_it_is(chain: Chain) -> None:
    bring(chain, sales=[a_slip(chain, "a")])
    done = bring(chain, sales=[a_slip(chain, "a"), a_slip(chain, "b")])

    assert (done["sales"], done["known"]) == (1, 1)
    assert booked(chain)["cash"] == Decimal("39.98")


def test_ten_slips_take_as_many_statements_as_one(chain: Chain) -> None:
    bring(chain, sales=[a_slip(chain, "warm")])
    with CaptureQueriesContext(connection) as one:
        bring(chain, sales=[a_slip(chain, "a")])
    with CaptureQueriesContext(connection) as ten:
        bring(chain, sales=[a_slip(chain, f"b{n}") for n in range(10)])

    assert len(ten) == len(one)


def test_each_slip_has_its_own_history(chain: Chain) -> None:
    bring(chain, sales=[a_slip(chain, "a")])

    row = History.objects.get(subject=env.id_of(YESTERDAY, "a"))
    assert row.action == "till.sale.ring_up"


def test_everything_wrong_is_said_at_once_and_nothing_is_posted(chain: Chain) -> None:
    unpaid = a_slip(chain, "a", payments=[])
    with pytest.raises(Refusal) as no:
        bring(chain, sales=[unpaid, a_slip(chain, "b"), a_slip(chain, "c", payments=[])])

    found = [(p["path"], p["code"]) for p in no.value.problems]
    assert found == [("sales.1.payments", "not_paid"), ("sales.3.payments", "not_paid")]
    with system(reason="looking"):
        assert not Document.objects.filter(type="till.sale").exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"at": NOON + timedelta(minutes=1)}, "invalid"),
        ({"till": "W01"}, "not_a_till"),
        ({"till": "?"}, "not_a_till"),
    ],
)
def test_a_slip_of_tomorrow_or_of_no_till_is_refused(
    chain: Chain, more: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as no:
        bring(chain, sales=[a_slip(chain, "a", **more)])

    assert no.value.code == code


def test_a_cashier_may_not_bring_slips_in(chain: Chain) -> None:
    with pytest.raises(Forbidden):
        bring(chain, "lin", sales=[a_slip(chain, "a")])


def test_goods_come_back_without_a_slip_at_what_those_on_the_shelf_cost(chain: Chain) -> None:
    before = booked(chain)
    done = bring(chain, returns=[a_slip(chain, "a", reason="没有小票")])

    after = booked(chain)
    assert done["returns"] == 1
    assert after["inventory"] - before["inventory"] == Decimal("17.00")
    assert before["cash"] - after["cash"] == Decimal("19.99")
    milk = chain.items["milk"]
    assert queries.stock_of(chain.places["north"], [milk])[milk.pk].on_hand == 102


def test_what_held_then_is_taken_off_and_no_budget_is_overspent(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        milk = {"part": "goods", "item": chain.items["milk"]}
        over = approved("percent_off", milk, percent="10", budget="3", title="早市九折")
        later = approved("percent_off", milk, percent="50", title="今天五折")
    yesterday = YESTERDAY.date()
    PromotionDocument.unscoped.filter(pk=over).update(begins_on=yesterday, ends_on=yesterday)
    PromotionDocument.unscoped.filter(pk=later).update(begins_on=NOON.date())
    line = {"item": chain.items["milk"].pk, "quantity": "2", "amount": "20.00"}
    before = {"is_before": True, "lines": [line], "payments": [{"method": "CASH"}]}

    slips = [a_slip(chain, name, **before) for name in ("a", "b", "c")]
    bring(chain, sales=[*slips, a_slip(chain, "as it was")])

    with system(reason="looking"):
        gross = [Sale.objects.get(pk=slip["id"]).gross for slip in slips]
        shares = list(SaleShare.unscoped.values_list("promotion", "reason", "amount"))
        as_it_was = Sale.objects.get(pk=env.id_of(YESTERDAY, "as it was")).gross
    assert (gross, as_it_was) == (
        [Decimal("18.00"), Decimal("19.00"), Decimal("20.00")], Decimal("19.99")
    )  # fmt: skip
    assert sorted(shares, key=lambda one: one[2]) == [
        (over, "早市九折", Decimal("1.00")), (over, "早市九折", Decimal("2.00"))
    ]  # fmt: skip
