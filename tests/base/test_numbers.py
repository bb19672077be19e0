"""Rounding to the cent, which every line of a sale asks for, is rounding to any other step."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tongpan.base.numbers import MONEY_STEP, round_to


@given(st.decimals(min_value=-10_000, max_value=10_000, places=6))
def test_the_cent_is_a_step_like_any_other(number: Decimal) -> None:
    assert round_to(number, MONEY_STEP) == round_to(number, Decimal("0.01"))
    assert str(round_to(number, MONEY_STEP)) == str(round_to(number, Decimal("0.01")))
