"""A cell of a file as the value that a field can read, or what is wrong with it.

Nothing is guessed where a guess could be wrong: a code that Excel has turned into 6.9E+12 or a
date, or a day that may be a month, is named with its cell and the person decides.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from tongpan.engines.imports.files import Cell
from tongpan.kernel.documents.fields import Field

NUMBERS = ("quantity", "money", "price", "decimal", "integer")
EXACT_DIGITS = 15  # Excel keeps no more of a number; longer codes have lost their end

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?")
_YEAR_FIRST = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{8}")
_FLAGS = {
    "有": "是",
    "无": "否",
    "y": "是",
    "n": "否",
    "√": "是",
    "×": "否",
    "启用": "是",
    "禁用": "否",
}


class Unclear(Exception):
    """A cell that must not be guessed at: `code` says why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def value_of(cell: Cell, field: Field) -> Any:
    """What `field` can read of a cell. Empty cells are None.

    Errors: Unclear code_looks_converted, number_format or date_ambiguous.
    """
    if cell is None:
        return None
    if field.kind in NUMBERS:
        return _number(cell)
    if field.kind == "date":
        return _day(cell)
    if field.kind == "flag":
        text = str(cell).strip().lower()
        return _FLAGS.get(text, text)
    return _words(cell)


def _words(cell: Cell) -> str:
    if isinstance(cell, date):
        raise Unclear("code_looks_converted", given=str(cell))
    if isinstance(cell, Decimal):
        if len(cell.as_tuple().digits) > EXACT_DIGITS or abs(cell) >= 10**EXACT_DIGITS:
            raise Unclear("code_looks_converted", given=format(cell, "f"))
        return format(cell, "f")
    text = str(cell)
    if _EXPONENT.fullmatch(text):
        raise Unclear("code_looks_converted", given=text)
    return text


def _number(cell: Cell) -> Any:
    if isinstance(cell, Decimal):
        return cell
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    text = text.lstrip("¥$").removesuffix("元").replace(" ", "").replace("−", "-")
    is_share = text.endswith("%")
    text = text.removesuffix("%")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _PLAIN.fullmatch(text):
        raise Unclear("number_format", given=str(cell)[:40])
    return Decimal(text) / 100 if is_share else Decimal(text)


def _day(cell: Cell) -> Any:
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    if chinese := _CHINESE_DATE.fullmatch(text):
        return "-".join(chinese.groups())
    day = text.split(" ")[0]
    if not _YEAR_FIRST.fullmatch(day):
        raise Unclear("date_ambiguous", given=text[:40])
    return day
