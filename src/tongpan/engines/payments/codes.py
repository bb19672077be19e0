"""Of which provider the code is that a customer's phone shows. Which codes are whose is data."""

from collections.abc import Iterable
from typing import Protocol


class CodeRange(Protocol):
    """Codes of so many digits whose first two lie between these two, both included."""

    provider: str
    first: int
    last: int
    digits_min: int
    digits_max: int


def provider_of(code: str, ranges: Iterable[CodeRange]) -> str | None:
    """Whose payment code this is, or None if it is none.

    >>> from types import SimpleNamespace as R
    >>> known = [R(provider="wechat", first=10, last=15, digits_min=18, digits_max=18)]
    >>> [provider_of(c, known) for c in ("134567890123456789", "6901234567892")]
    ['wechat', None]
    >>> [provider_of(c, known) for c in ("13456789012345678", "１34567890123456789")]
    [None, None]
    """
    if not (code.isascii() and code.isdigit()):
        return None
    for known in ranges:
        fits = known.digits_min <= len(code) <= known.digits_max
        if fits and known.first <= int(code[:2]) <= known.last:
            return known.provider
    return None
