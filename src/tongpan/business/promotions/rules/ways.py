"""Ways of pricing some lines, as values: what is left to pay in the end, and how to come to it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from tongpan.business.promotions.rules.lots import Lot, State


class Applied(NamedTuple):
    """What one promotion took off, by line, in cents."""

    number: int
    shares: tuple[tuple[int, int], ...]
    times: int


class Leaf(NamedTuple):
    """A way of pricing some lines: their lots at its end, and what was applied."""

    lines: tuple[int, ...]
    state: State
    trail: "Trail | None"


class End(NamedTuple):
    """How one line could stand by itself: what is left to pay for it, and what was applied."""

    left: int
    unlocked: int  # less what exclusive promotions keep
    seen: tuple[Any, ...]  # what the last step upon it looks at
    row: tuple[Lot, ...]
    applied: tuple[Applied, ...]


class Ends(NamedTuple):
    """A way of pricing some lines, each by itself."""

    lines: tuple[int, ...]
    ends: tuple[End, ...]


class Trail(NamedTuple):
    before: "Trail | None"
    applied: Applied


# How some lines could stand, each with what is left to pay, and how it came about.
States = dict[State, tuple[int, Trail | None]]


class Top(NamedTuple):
    """Ways of pricing the parts beneath, and the last step upon them (None: left out)."""

    number: int | None
    beneath: "Node"


class Both(NamedTuple):
    """Two ways side by side."""

    one: "Node"
    other: "Node"


Node = Leaf | Ends | Top | Both
Scopes = tuple[frozenset[int], ...]
# How to come to a total: what is left to pay, then the sums that later steps look at, in one whole
# number (`packed`). Totals side by side are added, and the least of them is the one that leaves
# least to pay, by one operation of the machine instead of one for each sum.
Totals = dict[int, Node]
BITS = 48  # of one amount in cents; none is ever below zero
LOWEST = (1 << BITS) - 1  # the last of the sums


def packed(left: int, sums: Iterable[int]) -> int:
    """A total as one number.

    >>> unpacked(packed(7, (1, 0, 3)), 3)
    (7, 1, 0, 3)
    """
    for amount in sums:
        left = left << BITS | amount
    return left


def unpacked(total: int, sums: int) -> tuple[int, ...]:
    """What is left to pay, then so many sums."""
    return tuple([total >> BITS * n & LOWEST for n in range(sums, -1, -1)])


def height(scopes: Scopes) -> int:
    """By how many bits what is left to pay stands above the sums."""
    return BITS * len(scopes)
