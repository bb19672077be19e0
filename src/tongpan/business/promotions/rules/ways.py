"""Ways of pricing some lines, as values: what is left to pay in the end, and how to come to it."""

from typing import NamedTuple

from tongpan.business.promotions.rules.lots import State


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


class Trail(NamedTuple):
    before: "Trail | None"
    applied: Applied


class Top(NamedTuple):
    """Ways of pricing the parts beneath, and the last step upon them (None: left out)."""

    number: int | None
    beneath: "Node"


class Both(NamedTuple):
    """Two ways side by side."""

    one: "Node"
    other: "Node"


Node = Leaf | Top | Both
# What is left to pay, then the sums that later steps look at; and how to come to it.
Totals = dict[tuple[int, ...], Node]
Scopes = tuple[frozenset[int], ...]
