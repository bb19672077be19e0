"""What must hold for any basket: it is the least, it adds up, and parts of it add up."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.business.promotions.chance import chance_of
from tests.business.promotions.proof import adds_up, run
from tests.business.promotions.shop import basket, promo
from tongpan.business.promotions import cases
from tongpan.business.promotions.rules import pricing
from tongpan.business.promotions.rules.kinds import Offer, Part, amount_off, take_off, whole_off
from tongpan.business.promotions.rules.lots import Lot
from tongpan.business.promotions.rules.pricing import price, returned_share
from tongpan.business.promotions.rules.search import best
from tongpan.business.promotions.rules.sums import is_never_second


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


def test_hints_alone_are_those_of_the_outcomes() -> None:
    found = 0
    for seed in range(40):
        priced = price(*chance_of(seed))
        hints = [*priced.hints]
        assert hints == [(one.promotion, one.hint) for one in priced.outcomes if one.hint]
        found += len(hints)
    assert found > 20


LEAST, OFF = (st.integers(*bounds).map(str) for bounds in ((20, 40), (1, 20)))
STEPS = st.lists(st.tuples(LEAST, OFF), min_size=1, max_size=2, unique_by=lambda row: row[0]).map(
    lambda rows: [
        {"least": least, "off": off}
        for least, off in zip(
            sorted(row[0] for row in rows), sorted((row[1] for row in rows), key=int), strict=True
        )
    ]
)
TERMS = st.one_of(
    st.tuples(st.just("spend_save_each"), st.fixed_dictionaries({"spend": LEAST, "save": OFF})),
    st.tuples(st.just("spend_save"), st.fixed_dictionaries({"tiers": STEPS})),
    st.tuples(st.just("spend_percent"), st.fixed_dictionaries({"tiers": STEPS})),
    st.tuples(st.just("order_amount_off"), st.fixed_dictionaries({"amount": OFF})),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TERMS, min_size=2, max_size=5))
def test_what_is_never_second_takes_off_at_least_as_much_of_every_amount(
    terms: list[tuple[str, dict[str, Any]]],
) -> None:
    offers = rivals(terms)
    for one, other in permutations(offers, 2):
        if not is_never_second(one, other):
            continue
        for left in (*range(100, 5000, 100), 99, 101, 4999):
            more, less = whole_off(one, left, left)[0], whole_off(other, left, left)[0]
            assert more >= less
            assert more > less or less == 0 or one.number < other.number


def test_the_greater_of_two_rivals_is_never_second_and_of_equals_the_first() -> None:
    each = "spend_save_each"
    small, great, same = rivals([
        (each, {"spend": "3", "save": "1"}), (each, {"spend": "3", "save": "2"}),
        (each, {"spend": "3", "save": "2"}),
    ])  # fmt: skip

    pairs = {(a.number, b.number) for a, b in permutations((small, great, same), 2)
             if is_never_second(a, b)}  # fmt: skip
    assert pairs == {(1, 0), (2, 0), (1, 2)}


def rivals(terms: list[tuple[str, dict[str, Any]]]) -> Sequence[Offer]:
    """Promotions of a group of which one counts, ready to be reckoned with."""
    promotions = [
        promo(f"{n}", kind, "all one 0", order=n, **more) for n, (kind, more) in enumerate(terms)
    ]
    with pytest.MonkeyPatch.context() as patch:
        seen: list[Sequence[Offer]] = []
        patch.setattr(pricing, "best", lambda *given: seen.append(given[0]) or best(*given))
        price(basket("tea 50.00"), promotions)
    return seen[0]


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
