"""Totals as bits: which sums there are, and that each can be come to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tongpan.business.promotions.rules.reach import Beside, Listed, is_whole_sum, summed
from tongpan.business.promotions.rules.ways import Both, Leaf, Node

offsets = st.sets(st.integers(min_value=1, max_value=60), max_size=6).map(lambda more: {0, *more})


def _part(number: int, more: set[int]) -> Listed:
    ways: dict[int, Node] = {n: Leaf((number, n), (), None) for n in more}
    return Listed((100 * number, 0), ways, is_all=True)


def _picked(node: Node) -> list[int]:
    """By how much each part is above its least."""
    if isinstance(node, Both):
        return _picked(node.one) + _picked(node.other)
    assert isinstance(node, Leaf)
    return [node.lines[1]]


@settings(max_examples=60, deadline=None)
@given(st.lists(offsets, min_size=1, max_size=5))
def test_parts_side_by_side_reach_every_sum_and_no_other(parts: list[set[int]]) -> None:
    sums = {0}
    for more in parts:
        sums = {a + b for a in sums for b in more}

    beside = Beside([_part(number, more) for number, more in enumerate(parts)])

    assert {n for n in range(beside.bits.bit_length()) if beside.bits >> n & 1} == sums
    assert beside.is_all
    assert all(sum(_picked(beside.way(more))) == more for more in sums)


def test_where_both_parts_have_many_sums_it_is_said_that_some_are_left_out() -> None:
    many = (1 << 300) - 1

    assert not is_whole_sum(many, many)
    assert is_whole_sum(many, 0b101)
    assert summed(many, many).bit_length() < 600
