"""Lines of which each is priced by itself, beneath a last step that looks at their pieces together:
every way of one beside every way of the others, without the states between."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tongpan.business.promotions.rules.kinds import (
    OF_VALUES,
    Offer,
    amount_off,
    off_values,
    usable,
    values_of,
)
from tongpan.business.promotions.rules.lots import Lot, made, unlocked
from tongpan.business.promotions.rules.ways import Applied, End, Ends, Node, Top

COMBINED_PER_STEP = 4  # so many cost what pricing once does
Rows = dict[tuple[Lot, ...], tuple[int, tuple[Applied, ...]]]  # what is left of a line, and how


class Combined(NamedTuple):
    """Ways by what they leave to pay, and what of it exclusive promotions do not keep."""

    ways: dict[tuple[int, int], Node]
    looked_at: int  # how many
    is_all: bool


def ends_of(last: Offer, line: int, rows: Rows) -> list[End]:
    """How a line could stand before a last step, with what that sees of it: what each piece costs,
    or its lots where it looks at more. What it cannot tell apart is one."""
    found: dict[tuple[Any, ...], End] = {}
    for row, (left, applied) in rows.items():
        seen: Sequence[Any] = usable(last, (row,), ((line, 0),)) if line in last.lines else ()
        if _sees_values(last):
            seen = values_of(last, seen)
        end = made(End, (left, unlocked(row), tuple(seen), row, applied))
        found.setdefault(end[:3], end)
    return [*found.values()]


def combined(
    lines: tuple[int, ...], ends: Sequence[Sequence[End]], last: Offer, most_off: int,
    at_most: int, room: int,
) -> Combined:  # fmt: skip
    """The ways that leave no more than `at_most`, each with what the last step takes off, which is
    `most_off` at most, and without it; of not more than `room` ways of the lines."""
    bound = at_most + most_off - sum([min(own)[0] for own in ends])
    rows: list[tuple[int, int, tuple[Any, ...], tuple[End, ...]]] = [(0, 0, (), ())]
    is_all = True
    for own in ends:
        bound += min(own)[0]  # beneath it, what the lines to come leave at least
        rows = [
            (left + end[0], free + end[1], seen + end[2], (*chosen, end))
            for left, free, seen, chosen in rows for end in own if left + end[0] <= bound
        ]  # fmt: skip
        is_all = is_all and len(rows) <= room
        del rows[room:]
    ways: dict[tuple[int, int], Node] = {}
    sees_values = _sees_values(last)
    for left, free, seen, chosen in rows:
        if sees_values:
            off = off_values(last, sorted(seen, reverse=True))
        else:
            off = amount_off(last, seen)
        if off and left - off <= at_most and (left - off, free - off) not in ways:
            ways[left - off, free - off] = made(Top, (last.number, made(Ends, (lines, chosen))))
        if left <= at_most and (left, free) not in ways:
            ways[left, free] = made(Ends, (lines, chosen))
    return Combined(ways, len(rows), is_all)


def _sees_values(last: Offer) -> bool:
    figures = last.figures
    is_bound = figures.quantity_min is not None or figures.amount_min is not None
    return not is_bound and type(last.promotion.terms) in OF_VALUES
