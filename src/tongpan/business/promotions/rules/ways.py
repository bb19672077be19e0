"""Ways of pricing some lines, as values: what is left to pay in the end, and how to come to it."""

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
# What is left to pay, then the sums that later steps look at; and how to come to it.
Totals = dict[tuple[int, ...], Node]
Scopes = tuple[frozenset[int], ...]
