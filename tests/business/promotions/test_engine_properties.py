"""What must hold for any basket: it is the least, it adds up, and parts of it add up."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.business.promotions.chance import chance_of
from tests.business.promotions.proof import adds_up, run
from tongpan.business.promotions import cases
from tongpan.business.promotions.rules import pricing
from tongpan.business.promotions.rules.kinds import Offer, Part, amount_off, take_off
from tongpan.business.promotions.rules.lots import Lot
from tongpan.business.promotions.rules.pricing import price, returned_share
from tongpan.business.promotions.rules.search import best


def test_small_baskets_cost_the_least_of_all_compositions() -> None:
    found = run(range(20_000, 20_150))

    assert found.facts["missed"] == []
    assert found.facts["share_mismatch"] == 0
    assert found.facts["promotions_applied"] > 100


def test_the_proof_sees_a_total_that_is_not_the_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.business.promotions.proof.least_total", lambda *_: -1)

    assert not run(range(3)).holds


@pytest.mark.parametrize("case", cases.golden(), ids=lambda case: case.id)
def test_the_golden_set_costs_what_it_should(case: cases.Case) -> None:
    assert cases.told(case)["as_expected"]


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_lines_and_promotions_add_up(seed: int) -> None:
    assert adds_up(price(*chance_of(seed)))


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_what_comes_off_is_the_same_with_and_without_who_bears_it(seed: int) -> None:
    basket, promotions = chance_of(seed)
    with pytest.MonkeyPatch.context() as patch:
        seen: list[tuple[Sequence[Offer], Sequence[tuple[Lot, ...]]]] = []
        patch.setattr(pricing, "best", lambda *given: seen.append(given[:2]) or best(*given))
        price(basket, promotions)

    ((offers, lots),) = seen
    for offer in offers:
        whole = [Part(line, lot) for line in sorted(offer.lines) for lot in lots[line]]
        few = [Part(line, lot.first(-(-lot.pieces // 2))[0]) for line, lot in whole]
        for parts in (whole, few, whole[1:]):
            assert amount_off(offer, parts) == take_off(offer, parts).cents


def test_what_is_applied_is_told_once_more_with_its_hint() -> None:
    for seed in range(40):
        priced = price(*chance_of(seed))
        told = [one for one in priced.outcomes if one.is_applied]
        assert [replace(one, hint=None) for one in told] == list(priced.applied)


@settings(max_examples=200, deadline=None)
@given(
    st.decimals(min_value=0, max_value=10_000, places=2),
    st.lists(st.decimals(min_value="0.001", max_value=9, places=3), min_size=1, max_size=6),
)
def test_parts_that_come_back_add_up_to_the_share(share: Decimal, parts: list[Decimal]) -> None:
    quantity, back, paid = sum(parts), Decimal(0), []
    for part in parts:
        paid.append(returned_share(share, quantity, part, back))
        back += part

    assert sum(paid) == share
    assert all(amount >= 0 for amount in paid)


def test_more_than_there_is_cannot_come_back() -> None:
    with pytest.raises(ValueError, match="exceed"):
        returned_share(Decimal(1), Decimal(2), Decimal(1), Decimal(2))
