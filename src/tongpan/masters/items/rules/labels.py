"""What a shop's own scales print: labels that carry an item and a weight, a price or a count.

China has no national rule for the numbers that begin with 2; every shop sets up its scales itself.
So a layout is data, spelt with one letter a digit. `20IIIIIWWWWWC` is 20, five digits of item,
five of weight and a check digit; an 18-digit scale prints `21IIIIIPPPPPWWWWWC`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongpan.base.refusals import Refusal
from tongpan.masters.items.rules.barcodes import GTIN_LENGTHS, check_digit, price_check_digit

LETTERS = "IWPQxvC"
LENGTH_MAX = 24
ITEM_MIN, ITEM_MAX = 3, 8  # digits that name an item
AMOUNT_MAX = 8
CHECKED = (13, 18)  # how long a label with a check digit is
OWN_PREFIXES = ("2", "02", "04")  # of 13 digits; the others are numbers of goods


@dataclass(frozen=True, slots=True)
class Layout:
    """How a label is composed.

    `pattern`: digits stand for themselves, `I` item, `W` weight, `P` price, `Q` quantity, `x` a
    digit to skip, `v` the digit that guards the amount behind it, `C` the check digit at the end.
    """

    pattern: str
    weight_places: int = 3
    price_places: int = 2


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says. An amount that its layout does not print is None.

    `weight` is in kilograms as the layout's places say, `price` is what the label asks for all of
    it, `quantity` is a count.
    """

    item: str
    weight: Decimal | None = None
    price: Decimal | None = None
    quantity: Decimal | None = None


def problem_of_layout(layout: Layout) -> dict[str, Any] | None:
    """What is wrong with a layout: the field, a code and its facts. None if nothing is.

    What a pattern declares must add up: a check digit stands at the end of a number that has one,
    each amount has a digit before its point, and no number of goods is taken for a label.

    Source: GS1 General Specifications, sections 1.4.4 and 2.1.12 for the prefixes of one's own
            numbers, 7.9 for the lengths that have a check digit.

    >>> problem_of_layout(Layout("20IIIIIWWWWWC"))
    >>> problem_of_layout(Layout("20WWWWW"))
    {'path': 'pattern', 'code': 'layout_without_item'}
    """
    if code := _unreadable(layout.pattern):
        return {"path": "pattern", "code": code}
    return _wrong_digits(layout) or _wrong_length(layout.pattern)


def _unreadable(pattern: str) -> str | None:
    if not re.fullmatch(rf"[0-9{LETTERS}]{{4,{LENGTH_MAX}}}", pattern):
        return "layout_letters"
    if not pattern[0].isdigit():
        return "layout_without_prefix"
    if "I" not in pattern:
        return "layout_without_item"
    if not set("WPQ") & set(pattern):
        return "layout_without_amount"
    if any(len(re.findall(f"{letter}+", pattern)) > 1 for letter in "IWPQvC"):
        return "layout_scattered"
    if "C" in pattern and not re.search(r"[^C]C\Z", pattern):
        return "layout_check_not_last"
    if "v" in pattern and not re.search(
        r"[^v]v(WWWW|PPPP|QQQQ|WWWWW|PPPPP|QQQQQ)(?![WPQ])", pattern
    ):
        return "layout_guard_misplaced"
    return None


def _wrong_digits(layout: Layout) -> dict[str, Any] | None:
    """Too few or too many digits for the item or an amount."""
    has = {letter: layout.pattern.count(letter) for letter in "IWPQ"}
    if not ITEM_MIN <= has["I"] <= ITEM_MAX:
        facts: dict[str, Any] = {"count": has["I"], "least": ITEM_MIN, "most": ITEM_MAX}
        return {"path": "pattern", "code": "layout_item_digits", **facts}
    for letter in "WPQ":
        if has[letter] > AMOUNT_MAX:
            facts = {"letter": letter, "count": has[letter], "most": AMOUNT_MAX}
            return {"path": "pattern", "code": "layout_amount_digits", **facts}
    places = {
        "weight_places": ("W", layout.weight_places),
        "price_places": ("P", layout.price_places),
    }
    for path, (letter, behind) in places.items():
        if 0 < has[letter] <= behind:
            facts = {"letter": letter, "count": has[letter], "places": behind}
            return {"path": path, "code": "layout_places", **facts}
    return None


def _wrong_length(pattern: str) -> dict[str, Any] | None:
    """Too few or too many digits in all, or a beginning that belongs to goods."""
    length = len(pattern)
    fixed = re.match("[0-9]*", pattern)
    assert fixed is not None, "No digit is a match too."
    is_short = length == 12 and len(fixed[0]) == 1  # an American label: 2, item, amount, check
    if pattern.endswith("C") and length not in CHECKED and not is_short:
        return {"path": "pattern", "code": "layout_length", "length": length}
    if length in GTIN_LENGTHS and pattern[-1] not in "Cx":
        return {"path": "pattern", "code": "layout_without_check", "length": length}
    if length in (12, 13) and not pattern.zfill(13).startswith(OWN_PREFIXES):
        facts = {"length": length, "given": fixed[0][:3]}
        return {"path": "pattern", "code": "layout_prefix_of_goods", **facts}
    return None


def read_label(code: str, layouts: Iterable[Layout]) -> Label | None:
    """What `code` says under the first layout whose length and fixed digits fit, or None.

    Errors: Refusal barcode_check_digit or label_amount_check if a layout fits but a check digit
            does not, so a misread weight is never sold; label_amount_zero if it weighs or costs
            nothing.

    >>> read_label("2012345012349", [Layout("20IIIIIWWWWWC")])
    Label(item='12345', weight=Decimal('1.234'), price=None, quantity=None)
    """
    fitting = next((layout for layout in layouts if _fits(code, layout.pattern)), None)
    if fitting is None:
        return None
    _refuse_wrong_checks(code, fitting.pattern)
    weight, price, quantity = (_digits(code, fitting.pattern, letter) for letter in "WPQ")
    if any(amount and not int(amount) for amount in (weight, price, quantity)):
        raise Refusal("label_amount_zero", given=code)
    return Label(
        item=_digits(code, fitting.pattern, "I"),
        weight=Decimal(weight).scaleb(-fitting.weight_places) if weight else None,
        price=Decimal(price).scaleb(-fitting.price_places) if price else None,
        quantity=Decimal(quantity) if quantity else None,
    )


def _fits(code: str, pattern: str) -> bool:
    return (
        len(code) == len(pattern)
        and code.isascii()
        and code.isdigit()
        and all(
            letter == digit or letter in LETTERS
            for letter, digit in zip(pattern, code, strict=True)
        )
    )


def _refuse_wrong_checks(code: str, pattern: str) -> None:
    if pattern.endswith("C") and (expected := check_digit(code[:-1])) != code[-1]:
        raise Refusal("barcode_check_digit", given=code, expected=expected)
    if "v" in pattern:
        amount = next(a for a in (_digits(code, pattern, letter) for letter in "WPQ") if a)
        if price_check_digit(amount) != _digits(code, pattern, "v"):
            raise Refusal("label_amount_check", given=code)


def _digits(code: str, pattern: str, letter: str) -> str:
    return "".join(digit for digit, place in zip(code, pattern, strict=True) if place == letter)
