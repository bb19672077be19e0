"""At 14:00 another price holds: an open till asks for it from that minute on, and no sooner."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.business.till.test_ringing_up import a_shop
from tests.chain import Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.till.models import SaleLine
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.rules import business_date_at
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.prices.models import Price
from tongpan.masters.prices.queries import price_of
from tongpan.masters.prices.rules import clock_at

DAY = date(2026, 11, 21)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.fixture
def chain(company: str) -> Chain:
    """Milk costs 12.90; from 14:00 to 18:00 of this day it costs 9.90."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(at("12:00")):
        a_shop(chain)
        usual = Price.objects.get(item=chain.items["milk"])
        for clock, price in (("14:00", "9.90"), ("18:00", "12.90")):
            Price.objects.create(
                price_list=usual.price_list, item=usual.item, unit=usual.unit,
                price=Decimal(price), valid_from=DAY, from_clock=clock,
            )  # fmt: skip
    on_shelf(chain, "north", milk=("10", "8.50"))
    return chain


def sell_milk(chain: Chain, clock: str, price: str, day: date = DAY) -> UUID:
    with env.frozen(at(clock, day)), acting(chain.people["lin"], chain.units["till"]):
        lines = [{"item": chain.items["milk"].pk, "quantity": "1", "price": price}]
        paid = [{"method": "CASH", "amount": price}]
        return run("till.sale.ring_up", payload={"lines": lines, "payments": paid}).subject


@pytest.mark.parametrize(
    ("clock", "price", "since"),
    [
        ("13:59:59", "12.90", "2026-01-01"),
        ("14:00", "9.90", "2026-11-21 14:00"),
        ("17:59", "9.90", "2026-11-21 14:00"),
        ("18:00", "12.90", "2026-11-21 18:00"),
    ],
)
def test_a_sale_is_at_the_price_of_its_minute_and_says_which(
    chain: Chain, clock: str, price: str, since: str
) -> None:
    sold = sell_milk(chain, clock, price)

    line = SaleLine.unscoped.select_related("price_from__price_list").get(document=sold)
    assert line.price == Decimal(price)
    assert str(line.price_from) == f"零售价 · {since}"


@pytest.mark.parametrize(("clock", "price"), [("13:59", "9.90"), ("14:00", "12.90")])
def test_the_other_price_is_refused(chain: Chain, clock: str, price: str) -> None:
    with pytest.raises(Refusal) as no:
        sell_milk(chain, clock, price)

    assert [p["code"] for p in no.value.problems] == ["price_differs"]


def test_past_midnight_a_shop_is_still_in_the_day_before(chain: Chain) -> None:
    with system(reason="the cast of the tests"):
        for unit in (chain.units["north"], chain.units["till"]):
            type(unit).objects.filter(pk=unit.pk).update(day_cut="04:00")
            unit.refresh_from_db()
        Price.objects.filter(from_clock="18:00").delete()

    sold = sell_milk(chain, "01:00", "9.90", DAY + timedelta(days=1))

    assert SaleLine.unscoped.get(document=sold).business_date == DAY


def test_other_days_are_asked_for_at_their_beginning_or_end(chain: Chain) -> None:
    milk, north = chain.items["milk"], chain.units["north"]
    Price.objects.filter(from_clock="18:00").delete()

    with env.frozen(at("15:00")):
        today = price_of(milk, north, DAY).price
    with env.frozen(at("15:00", DAY - timedelta(days=1))):
        ahead = price_of(milk, north, DAY).price
    with env.frozen(at("08:00", DAY + timedelta(days=1))):
        looking_back = price_of(milk, north, DAY).price

    assert (today, ahead, looking_back) == (Decimal("9.90"), Decimal("12.90"), Decimal("9.90"))


@settings(max_examples=60)
@given(
    seconds=st.lists(st.integers(0, 4 * 86400), min_size=2, max_size=6).map(sorted),
    cut=st.times().map(lambda time: time.replace(second=0, microsecond=0)),
)
def test_time_never_takes_a_price_back(seconds: list[int], cut: object) -> None:
    moments = [at("00:00") + timedelta(seconds=s) for s in seconds]
    days = [business_date_at(moment, SHANGHAI, cut) for moment in moments]  # type: ignore[arg-type]

    told = [(day, clock_at(m, SHANGHAI, day)) for m, day in zip(moments, days, strict=True)]

    assert told == sorted(told)
