"""Texts that count: `{n:coupon/coupons}` says the number and, after it, the form that goes with it.

Chinese has one form, so its texts name the number alone. The script's `word` reads the same.
"""

from string import Formatter
from typing import Any


class _Counting(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        one, is_counted, many = format_spec.partition("/")
        if not is_counted:
            return format(value, format_spec)
        return f"{value} {one if str(value) == '1' else many}"


def counted(text: str, /, **facts: Any) -> str:
    """The text with its facts in place.

    >>> counted("{n:basket is/baskets are} parked.", n=1)
    '1 basket is parked.'
    """
    return _Counting().vformat(text, (), facts)
