"""The pieces of a basket while it is being priced. Whole cents, so that every sum is exact.

A `Lot` is pieces of one line that promotions have treated alike. Its pieces are worth the same but
for a cent; the dearer ones stand first. A `State` is the lots of some lines: a value that can be
compared, so that two ways to the same state are one.
"""

from typing import NamedTuple

from tongpan.base.numbers import ZERO
from tongpan.business.promotions.rules.values import Line

USED, LOCKED = 1, 2
FIRST_GROUP_BIT = 4
# A named tuple of its values, without the step through its own maker: thousands are made.
made = tuple.__new__


class Lot(NamedTuple):
    pieces: int
    left: int  # cents still to pay for all its pieces
    listed: int  # cents before promotions
    marks: int = (
        0  # USED by any promotion, LOCKED by an exclusive one, a bit for each best-of group
    )

    def first(self, count: int) -> "tuple[Lot, Lot]":
        """The first pieces, and the rest."""
        left = top(self.left, self.pieces, count)
        listed = top(self.listed, self.pieces, count)
        rest = (self.pieces - count, self.left - left, self.listed - listed, self.marks)
        return made(Lot, (count, left, listed, self.marks)), made(Lot, rest)


State = tuple[tuple[Lot, ...], ...]


def top(amount: int, count: int, first: int) -> int:
    """What the first pieces have of an amount that `count` pieces share evenly, in whole cents.

    >>> [top(200, 3, n) for n in (1, 2, 3)]
    [67, 134, 200]
    """
    whole, odd = divmod(amount, count)
    return whole * first + min(odd, first)


def unlocked(row: tuple[Lot, ...]) -> int:
    """What is left of lots that no exclusive promotion used."""
    return sum([lot.left for lot in row if not lot.marks & LOCKED])


def lots_of(line: Line) -> tuple[Lot, ...]:
    """A line before promotions. Weighed goods are one piece."""
    cents = int(line.amount * 100)
    if line.quantity <= ZERO:
        return ()
    return (Lot(int(line.quantity) if line.is_counted else 1, cents, cents),)
