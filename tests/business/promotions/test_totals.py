"""A total and its sums in one number: added at once, and ordered by what is left to pay."""

from hypothesis import given
from hypothesis import strategies as st

from tongpan.business.promotions.rules.ways import BITS, packed, unpacked

AMOUNTS = st.integers(0, (1 << BITS - 8) - 1)  # cents: far more than any basket comes to
TOTALS = st.tuples(AMOUNTS, AMOUNTS, AMOUNTS)


def as_one(total: tuple[int, ...]) -> int:
    return packed(total[0], total[1:])


@given(TOTALS)
def test_a_total_is_read_as_it_was_written(total: tuple[int, ...]) -> None:
    assert unpacked(as_one(total), 2) == total


@given(TOTALS, TOTALS)
def test_totals_side_by_side_are_added_and_ordered_sum_by_sum(
    one: tuple[int, ...], other: tuple[int, ...]
) -> None:
    both = tuple(a + b for a, b in zip(one, other, strict=True))

    assert as_one(one) + as_one(other) == as_one(both)
    assert (as_one(one) < as_one(other)) == (one < other)
