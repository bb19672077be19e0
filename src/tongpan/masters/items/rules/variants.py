"""What the variants of a family differ in: the values of its options, and what variants are called.

A variant is spelled by one value of each option, in their order: red / M.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import product

BETWEEN_VALUES = re.compile(r"[、,，;；\n]")
SLASH = " / "
SHORT_MAX = 4
COMBINATIONS_MAX = 200


def values_in(text: str) -> list[str]:
    """The values that a list names, each once.

    >>> values_in("红, 蓝，白、红")
    ['红', '蓝', '白']
    """
    named = (" ".join(value.split()) for value in BETWEEN_VALUES.split(text))
    return list(dict.fromkeys(value for value in named if value))


def spelled_variant(text: str) -> str:
    """A variant as it is kept, however its slashes were typed.

    >>> spelled_variant("红/M "), spelled_variant("")
    ('红 / M', '')
    """
    return SLASH.join(" ".join(value.split()) for value in text.split("/")) if text.strip() else ""


def combinations(options: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Every choice of one value of each option, the last changing fastest; none without options.

    >>> combinations([["红", "蓝"], ["S", "M"]])[:3]
    [('红', 'S'), ('红', 'M'), ('蓝', 'S')]
    """
    return list(product(*options)) if options and all(options) else []


def proposed_code(
    family: str, chosen: Sequence[str], options: Sequence[Sequence[str]], taken: Iterable[str]
) -> str:
    """A code for a variant: that of the family, and for each value itself if it is short and can
    be part of a code, else its place in the list.

    >>> proposed_code("T100", ("红", "M"), [["蓝", "红"], ["S", "M"]], ())
    'T100-02-M'
    >>> proposed_code("T100", ("红",), [["红"]], ["T100-01"])
    'T100-01-2'
    """
    parts = []
    for value, values in zip(chosen, options, strict=True):
        is_short = value.isascii() and value.isalnum() and len(value) <= SHORT_MAX
        parts.append(value if is_short else f"{values.index(value) + 1:02}")
    code, used, number = "-".join([family, *parts]), set(taken), 1
    while (proposed := code if number == 1 else f"{code}-{number}") in used:
        number += 1
    return proposed
