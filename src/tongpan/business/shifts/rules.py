"""What is counted, and what it comes to: pure calculation."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tongpan.base.numbers import ZERO

# Notes and coins of the renminbi that are in use, the largest first.
# Source: the People's Bank of China, the fifth series (第五套人民币).
DENOMINATIONS: Mapping[str, tuple[tuple[str, Decimal], ...]] = {
    "CNY": (
        ("note", Decimal(100)), ("note", Decimal(50)), ("note", Decimal(20)), ("note", Decimal(10)),
        ("note", Decimal(5)), ("note", Decimal(1)),
        ("coin", Decimal(1)), ("coin", Decimal("0.5")), ("coin", Decimal("0.1")),
    ),
}  # fmt: skip
PIECES_MAX = 100_000


class Count(NamedTuple):
    """So many of one note or coin."""

    kind: str
    face: Decimal
    pieces: int

    @property
    def amount(self) -> Decimal:
        return self.face * self.pieces


def counted(counts: Iterable[Count]) -> Decimal:
    """What all of it comes to, in yuan.

    >>> counted([Count("note", Decimal(100), 3), Count("coin", Decimal("0.5"), 5)])
    Decimal('302.5')
    """
    return sum((one.amount for one in counts), ZERO)


def read_count(given: Mapping[str, Any], currency: str = "CNY") -> Count | None:
    """What somebody typed of one denomination; None where it is none that there is.

    >>> read_count({"kind": "note", "face": "50", "pieces": "4"})
    Count(kind='note', face=Decimal('50'), pieces=4)
    >>> read_count({"kind": "note", "face": "3", "pieces": "1"}) is None
    True
    """
    kind, face, pieces = (str(given.get(name, "")).strip() for name in ("kind", "face", "pieces"))
    known = {(one, format(value, "f")): value for one, value in DENOMINATIONS[currency]}
    is_whole = pieces.isascii() and pieces.isdecimal() and len(pieces) <= len(str(PIECES_MAX))
    if (kind, face) not in known or not is_whole or int(pieces) > PIECES_MAX:
        return None
    return Count(kind, known[kind, face], int(pieces))
