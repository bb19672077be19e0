"""Which rate a category has on a day."""

from datetime import date
from decimal import Decimal

import pytest

from tests.chain import Chain
from tests.masters.making import problems_of, saved
from tongpan.base.refusals import Refusal
from tongpan.masters.taxes.models import TaxRate
from tongpan.masters.taxes.queries import rate_of, rates_of


def test_a_rate_holds_until_the_next_one_begins(as_zhou: Chain) -> None:
    goods = saved("taxes.category", code="goods", name="货物")
    saved("taxes.rate", category="goods", rate="0.16", valid_from="2018-05-01")
    saved("taxes.rate", category="goods", rate="0.13", valid_from="2019-04-01")

    assert rate_of(goods, date(2019, 3, 31)) == Decimal("0.16")
    assert rate_of(goods, date(2019, 4, 1)) == Decimal("0.13")
    with pytest.raises(Refusal, match="tax_rate_missing"):
        rate_of(goods, date(2018, 4, 30))


def test_what_is_not_taxed_needs_no_rate(as_zhou: Chain) -> None:
    kinds = [
        saved("taxes.category", code=treatment, name=treatment, treatment=treatment)
        for treatment in ("zero_rated", "exempt", "not_taxable")
    ]

    assert set(rates_of(kinds, date(2026, 1, 1)).values()) == {Decimal(0)}


def test_every_category_without_a_rate_is_named(as_zhou: Chain) -> None:
    kinds = [saved("taxes.category", code=code, name=code) for code in ("a", "b")]

    with pytest.raises(Refusal) as caught:
        rates_of(kinds, date(2026, 1, 1))

    assert [problem["name"] for problem in caught.value.problems] == ["a", "b"]


def test_a_rate_is_a_share_and_one_a_day(as_zhou: Chain) -> None:
    saved("taxes.category", code="goods", name="货物")
    saved("taxes.rate", category="goods", rate="0.13", valid_from="2019-04-01")

    percent = problems_of(
        lambda: saved("taxes.rate", category="goods", rate="1.3", valid_from="2020-01-01")
    )
    twice = problems_of(
        lambda: saved("taxes.rate", category="goods", rate="0.12", valid_from="2019-04-01")
    )

    assert percent == [("rate", "share_above_one")]
    assert twice == [("valid_from", "duplicate")]


@pytest.mark.parametrize(
    ("given", "kept"), [("13%", "0.13"), ("１３ ％", "0.13"), ("0.38%", "0.0038"), ("0.09", "0.09")]
)
def test_a_rate_is_written_in_percent_or_as_a_share(as_zhou: Chain, given: str, kept: str) -> None:
    category = saved("taxes.category", code="A", name="一般货物")

    saved("taxes.rate", category=category, rate=given, valid_from="2026-01-01")

    assert TaxRate.objects.get(category=category).rate == Decimal(kept)


@pytest.mark.parametrize("given", ["13", "101%", "-2", "1.5"])
def test_more_than_the_whole_is_no_rate_and_said_once(as_zhou: Chain, given: str) -> None:
    category = saved("taxes.category", code="A", name="一般货物")

    problems = problems_of(
        lambda: saved("taxes.rate", category=category, rate=given, valid_from="2026-01-01")
    )

    assert problems == [("rate", "share_above_one")]


def test_a_percent_sign_is_no_part_of_any_other_number(as_zhou: Chain) -> None:
    problems = problems_of(lambda: saved("items.unit", code="u9", name="打", step="1%"))

    assert problems == [("step", "not_a_number")]
