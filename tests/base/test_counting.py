"""A text that counts says one form of a word for one, another for all others."""

import pytest

from tongpan.base.counting import counted


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 coupons"), (1, "1 coupon"), ("1", "1 coupon"), ("1.5", "1.5 coupons")]
)
def test_a_number_takes_its_form_with_it(n: object, said: str) -> None:
    assert counted("{n:coupon/coupons}", n=n) == said


def test_other_facts_and_texts_of_one_form_are_as_they_stand() -> None:
    assert counted("{name}: {n} 张（{rate:.1f}）", name="券", n=1, rate=0.25) == "券: 1 张（0.2）"
