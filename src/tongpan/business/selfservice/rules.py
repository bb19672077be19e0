"""Codes that are sent to phones, and what an invoice must say. No database."""

import re

DIGITS, LASTS_S, TRIES = 6, 300, 5
AGAIN_S, A_DAY, BY_ADDRESS, WINDOW_S = 60, 8, 30, 3600
TITLE_MAX = 100
PRIVATE = "个人"
_TAX_NUMBER = re.compile(r"[0-9A-HJ-NPQRTUWXY]{15,20}")


def code_of(number: int) -> str:
    """A code of six digits from a number by chance.

    >>> code_of(1000042)
    '000042'
    """
    return f"{number % 10**DIGITS:0{DIGITS}}"


def tax_number_of(typed: str) -> str:
    """A tax number (税号) as it is written down; empty where it is none.

    Source:  unified social credit codes, GB 32100-2015, have 18 signs; older numbers 15 to 20.

    >>> tax_number_of(" 91310000ma1fl0abX2 "), tax_number_of("12")
    ('91310000MA1FL0ABX2', '')
    """
    text = typed.strip().upper().replace(" ", "").replace("-", "")
    return text if _TAX_NUMBER.fullmatch(text) else ""
