"""Of which provider the code is that a customer's phone shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Codes of so many digits whose first two lie between these two, both included."""

    provider: str
    first: int
    last: int
    digits_min: int
    digits_max: int


# Sources: WeChat Pay, "code payment": 18 digits, prefix 10 to 15. Alipay, "alipay.trade.pay",
# `auth_code`: 16 to 24 digits, prefix 25 to 30.
RANGES = (
    CodeRange("wechat", 10, 15, 18, 18),
    CodeRange("alipay", 25, 30, 16, 24),
)


def provider_of(code: str) -> str | None:
    """Whose payment code this is, or None if it is none.

    >>> [provider_of(c) for c in ("134567890123456789", "2812345678901234", "6901234567892")]
    ['wechat', 'alipay', None]
    >>> [provider_of(c) for c in ("13456789012345678", "1634567890123456", "１34567890123456789")]
    [None, None, None]
    """
    if not (code.isascii() and code.isdigit()):
        return None
    for known in RANGES:
        fits = known.digits_min <= len(code) <= known.digits_max
        if fits and known.first <= int(code[:2]) <= known.last:
            return known.provider
    return None
