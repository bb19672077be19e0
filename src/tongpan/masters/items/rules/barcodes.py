"""Numbers of goods (GTIN): their check digits, and one form for every way to write them.

Source: GS1 General Specifications, sections 7.3 (GTINs) and 7.9 (check digits).
"""

from tongpan.base.refusals import Refusal

GTIN_LENGTHS = (8, 12, 13, 14)


def check_digit(digits: str) -> str:
    """The check digit that belongs behind `digits`, of any length.

    >>> check_digit("690000000000")
    '7'
    """
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits)))
    return str(-total % 10)


def canonical_gtin(code: str) -> str:
    """One form for a number of 8, 12, 13 or 14 digits: the shortest of 8, 13 and 14 that holds it.

    The same bottle is 12 digits for an American scanner, 13 here and 14 on its carton's label.

    Errors: Refusal barcode_length, barcode_not_digits or barcode_check_digit (with `expected`).

    >>> canonical_gtin("012345678905"), canonical_gtin("00000096385074")
    ('0012345678905', '96385074')
    """
    if not (code.isascii() and code.isdigit()):
        raise Refusal("barcode_not_digits", given=code)
    if len(code) not in GTIN_LENGTHS:
        raise Refusal("barcode_length", given=code, length=len(code))
    expected = check_digit(code[:-1])
    if code[-1] != expected:
        raise Refusal("barcode_check_digit", given=code, expected=expected)
    full = code.zfill(14)
    if full.startswith("000000"):
        return full[6:]
    return full.removeprefix("0") if full.startswith("0") else full


def upc_a_of(upc_e: str) -> str:
    """The 12 digits that a short American code (UPC-E, 8 digits) stands for.

    Source: GS1 General Specifications, section 5.2.2.4.2.

    >>> upc_a_of("01234565")
    '012345000065'
    """
    system, d, check = upc_e[0], upc_e[1:7], upc_e[7]
    if d[5] in "012":
        body = f"{d[0:2]}{d[5]}0000{d[2:5]}"
    elif d[5] == "3":
        body = f"{d[0:3]}00000{d[3:5]}"
    elif d[5] == "4":
        body = f"{d[0:4]}00000{d[4]}"
    else:
        body = f"{d[0:5]}0000{d[5]}"
    return f"{system}{body}{check}"


def price_check_digit(digits: str) -> str:
    """The inner digit that guards the price or weight inside a 13-digit label, of 4 or 5 digits.

    Source: GS1 General Specifications, section 7.9.2 to 7.9.4.

    >>> price_check_digit("1234"), price_check_digit("00239")
    ('9', '4')
    """
    if len(digits) == 4:
        total = sum(
            row[int(d)]
            for row, d in zip((_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS), digits, strict=True)
        )
        return str(total * 3 % 10)
    rows = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)
    total = sum(row[int(d)] for row, d in zip(rows, digits, strict=True))
    return str(_FIVE_MINUS.index(-total % 10))


# Weighted products of the digits 0 to 9, as GS1 tabulates them: "minus" and "plus" say what
# happens to the tens of the product.
_TWO_MINUS = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_THREE = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_FIVE_MINUS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)
