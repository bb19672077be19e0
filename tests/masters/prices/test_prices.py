"""Which price holds where and when."""

from datetime import date
from decimal import Decimal

import pytest

from tests.chain import Chain
from tests.masters.making import problems_of, saved
from tongpan.base.refusals import Refusal
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.prices.queries import base_prices_of, price_of

JUNE = date(2026, 6, 1)


def a_list(code: str, unit: str, since: str, until: str | None = None) -> None:
    saved("prices.list", code=code, name=code, org_unit=unit, valid_from=since, valid_until=until)


def a_price(code: str, price: str, since: str = "2026-01-01", **more: str) -> None:
    saved("prices.price", price_list=code, price=price, valid_from=since, item="10003", **more)


@pytest.fixture
def lists(as_zhou: Chain) -> Chain:
    a_list("base", "HQ", "2026-01-01")
    a_list("spring", "HQ", "2026-03-01", "2026-03-31")
    a_list("north", "S01", "2026-05-01")
    a_price("base", "3.00")
    a_price("base", "3.20", "2026-06-01")
    a_price("spring", "2.50")
    a_price("north", "2.80")
    return as_zhou


def test_the_nearest_list_wins_and_then_the_one_that_began_last(lists: Chain) -> None:
    expected = {
        ("south", "2026-01-01"): "3.00",
        ("south", "2026-03-01"): "2.50",
        ("south", "2026-03-31"): "2.50",
        ("south", "2026-04-01"): "3.00",
        ("south", "2026-06-01"): "3.20",
        ("north", "2026-04-30"): "3.00",
        ("north", "2026-06-01"): "2.80",
        ("hq", "2026-06-01"): "3.20",
    }

    cola = lists.items["cola"]
    found = {
        (unit, on): price_of(cola, lists.units[unit], date.fromisoformat(on)).price
        for unit, on in expected
    }

    assert found == {where: Decimal(price) for where, price in expected.items()}


def test_a_case_costs_its_own_price_or_that_of_its_bottles(lists: Chain) -> None:
    cola, case = lists.items["cola"], lists.measures["case"]
    north, south = lists.units["north"], lists.units["south"]
    a_price("base", "66.00", unit="case")

    assert price_of(cola, south, JUNE, unit=case).price == Decimal(66)
    assert price_of(cola, north, JUNE, unit=case).price == Decimal(66)
    assert price_of(cola, south, date(2026, 3, 5), unit=case).price == Decimal(66)


def test_without_a_price_of_its_own_a_case_costs_its_bottles(lists: Chain) -> None:
    found = price_of(lists.items["cola"], lists.units["south"], JUNE, unit=lists.measures["case"])

    assert (found.price, found.unit) == (Decimal("76.8"), lists.measures["case"])


def test_one_barcode_may_have_a_price_of_its_own(lists: Chain) -> None:
    gift = saved("items.barcode", code="6900350006025", item="10003")
    a_price("base", "9.99", barcode="6900350006025")
    cola, south = lists.items["cola"], lists.units["south"]

    assert price_of(cola, south, JUNE, barcode=gift).price == Decimal("9.99")
    assert price_of(cola, south, JUNE).price == Decimal("3.20")


def test_the_prices_of_many_items_are_one_query(
    lists: Chain, django_assert_num_queries: object
) -> None:
    items, south = list(lists.items.values()), lists.units["south"]

    with django_assert_num_queries(1):  # type: ignore[operator]
        prices = base_prices_of(items, south, JUNE)

    assert {k: p.price for k, p in prices.items()} == {lists.items["cola"].pk: Decimal("3.20")}


def test_an_item_without_a_price_is_refused(lists: Chain) -> None:
    unit: OrgUnit = lists.units["south"]
    with pytest.raises(Refusal, match="price_missing"):
        price_of(lists.items["milk"], unit, JUNE)
    with pytest.raises(Refusal, match="price_missing"):
        price_of(lists.items["cola"], unit, date(2025, 12, 31))


def test_a_price_of_the_same_day_is_refused_and_not_doubled(lists: Chain) -> None:
    assert problems_of(lambda: a_price("base", "3.10")) == [("valid_from", "duplicate")]


def test_a_price_has_six_places_and_is_not_negative(lists: Chain) -> None:
    a_price("base", "0.083333", "2026-07-01")

    assert problems_of(lambda: a_price("base", "0.0833333", "2026-08-01")) == [
        ("price", "off_step")
    ]
    assert problems_of(lambda: a_price("base", "-1", "2026-08-01")) == [("price", "negative")]


def test_a_list_does_not_end_before_it_begins(lists: Chain) -> None:
    assert problems_of(lambda: a_list("odd", "HQ", "2026-02-01", "2026-01-31")) == [
        ("valid_until", "list_ends_first")
    ]
