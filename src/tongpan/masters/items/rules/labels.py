"""What a shop's own scales print: labels that carry an item and a weight, a price or a count.

China has no national rule for the numbers that begin with 2; every shop sets up its scales itself.
So a layout is data, spelt with one letter a digit. `20IIIIIWWWWWC` is 20, five digits of item,
five of weight and a check digit; an 18-digit scale prints `21IIIIIPPPPPWWWWWC`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tongpan.base.refusals import Refusal
from tongpan.masters.items.rules.barcodes import check_digit, price_check_digit

LETTERS = "IWPQxvC"
LENGTH_MAX = 24


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


def problem_of_layout(layout: Layout) -> str | None:
    """The code of what is wrong with a layout, or None.

    >>> problem_of_layout(Layout("20IIIIIWWWWWC")), problem_of_layout(Layout("20WWWWW"))
    (None, 'layout_without_item')
    """
    pattern = layout.pattern
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
