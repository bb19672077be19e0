"""Which totals some lines could come to besides the least: as the bits of one whole number.

Bit n of `bits` stands for n cents more than the least. Parts side by side are then sums of bits,
which a whole number adds up at once; how to come to a total is looked for when it is wanted. Every
bit is a composition; not every composition needs to have one.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

from tongpan.business.promotions.rules.sums import Sum
from tongpan.business.promotions.rules.ways import Both, Node, Top

CENTS_MAX = 1 << 14  # looked at above the least: about as much as people give up to reach 满减
OFFSETS_MAX = 64  # of one of two parts side by side, the least ones
EACH_MAX = 128  # of which each has its own percent, the least ones


class Reach(Protocol):
    least: tuple[int, ...]  # what is left to pay, then the sums that later steps look at
    bits: int
    is_all: bool  # whether no composition is without a bit

    def way(self, more: int) -> Node:
        """How to come to so many cents more than the least, for a bit that is set."""


class Listed:
    """Ways that were tried one by one."""

    def __init__(self, least: tuple[int, ...], ways: Mapping[int, Node], *, is_all: bool) -> None:
        self.least = least
        self.ways = ways
        self.is_all = is_all
        self.bits = sum(1 << more for more in ways if more < CENTS_MAX)

    def way(self, more: int) -> Node:
        return self.ways[more]


class Beside:
    """Parts side by side: each sum of one of each."""

    def __init__(self, parts: Sequence[Reach]) -> None:
        self.least = tuple(
            sum(column) for column in zip(*(part.least for part in parts), strict=True)
        )
        self.bits, self.is_all = 1, True
        self.rows: list[tuple[int, Reach]] = []  # what could be reached before it, and a part
        for part in parts:
            self.rows.append((self.bits, part))
            self.is_all = self.is_all and part.is_all and is_whole_sum(self.bits, part.bits)
            self.bits = summed(self.bits, part.bits)

    def way(self, more: int) -> Node:
        found: Node | None = None
        for before, part in reversed(self.rows):
            own = next(n for n in _bits(part.bits) if n <= more and before >> (more - n) & 1)
            more -= own
            way = part.way(own)
            found = way if found is None else Both(way, found)
        assert found is not None, "There is always a part."
        return found


class Topped:
    """A last step that looks at one sum, upon what could be reached beneath it, or left out.

    `least` and `node` are the least total with it and the way there; what stands beneath looks at
    its sum last.
    """

    def __init__(self, top: Sum, beneath: Reach, least: tuple[int, ...], node: Node) -> None:
        self.top, self.beneath, self.least, self.node = top, beneath, least, node
        self.is_all = beneath.is_all
        self.rise = beneath.least[0] - least[0]
        self.pieces = [*self._pieces()]
        bits = 1 | _moved(beneath.bits, self.rise)
        for begin, chosen, off in self.pieces:
            bits |= _moved(chosen, self.rise + begin - off)
        self.bits = bits & ((1 << CENTS_MAX) - 1)

    def _pieces(self) -> Iterator[tuple[int, int, int]]:
        """What is reached beneath by how much comes off it: where it begins, its bits, the cut."""
        top, first, bits = self.top, self.beneath.least[-1], self.beneath.bits
        size = bits.bit_length()
        bounds = [max(0, bound - first) for bound in top.bounds if bound - first < size]
        for begin, end in zip(bounds, [*bounds[1:], size], strict=True):
            chosen = (bits >> begin) & ((1 << (end - begin)) - 1)
            if not chosen:
                continue
            off = top.off(first + begin)
            if off == top.off(first + end - 1):  # it never falls, so it is the same in between
                yield begin, chosen, off
                continue
            self.is_all = self.is_all and chosen.bit_count() <= EACH_MAX
            for n in islice(_bits(chosen), EACH_MAX):
                yield begin + n, 1, top.off(first + begin + n)

    def way(self, more: int) -> Node:
        if more == 0:
            return self.node
        for begin, chosen, off in self.pieces:
            n = more - self.rise - begin + off
            if off and n >= 0 and chosen >> n & 1:
                return Top(self.top.offer.number, self.beneath.way(begin + n))
        return Top(None, self.beneath.way(more - self.rise))


def lowest(top: Sum, least: tuple[int, ...], bits: int) -> tuple[int, int]:
    """The least total that a last step leaves of what could be reached, and how much more than the
    least it needs beneath."""
    left, first = least[0], least[-1]
    found = [(left - top.off(first), 0)]
    for bound in top.bounds:
        if bound > first and (rest := bits >> (bound - first)):
            more = bound - first + _lowest_bit(rest)
            found.append((left + more - top.off(first + more), more))
    return min(found)


def summed(one: int, other: int) -> int:
    """The bits of all sums of two numbers of which each is a bit of one.

    >>> bin(summed(0b101, 0b11))
    '0b1111'
    """
    few, many = sorted((one, other), key=int.bit_count)
    found = 0
    for n in islice(_bits(few), OFFSETS_MAX):
        found |= many << n
    return found & ((1 << CENTS_MAX) - 1)


def is_whole_sum(one: int, other: int) -> bool:
    """Whether `summed` leaves no sum out, but those beyond its cents."""
    return min(one.bit_count(), other.bit_count()) <= OFFSETS_MAX


def _bits(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _lowest_bit(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _moved(bits: int, by: int) -> int:
    return bits << by if by >= 0 else bits >> -by
