"""What a scanner sent: the codes it may mean, and what a label of our own scales says."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tongpan.base.refusals import Refusal
from tongpan.masters.items.rules.barcodes import canonical_gtin, upc_a_of
from tongpan.masters.items.rules.labels import Label, Layout, read_label

SCAN_MAX = 60
_SYMBOLOGIES = ("]E0", "]E4", "]C0", "]A0", "]I1", "]Q1")  # what some scanners put in front


@dataclass(frozen=True, slots=True)
class Scan:
    """`codes` are the barcodes it may be, the likeliest first; `label` is set for a scale label."""

    codes: tuple[str, ...]
    label: Label | None = None


def read_scan(text: str, layouts: Sequence[Layout]) -> Scan:
    """Understand a scan. It is data only: nothing in it is opened, followed or evaluated.

    Errors: Refusal barcode_length if it is empty or longer than a barcode; a label's own refusals.

    >>> read_scan("012345678905\\t", [])
    Scan(codes=('012345678905', '0012345678905'), label=None)
    """
    code = scanned(text)
    if not 0 < len(code) <= SCAN_MAX:
        raise Refusal("barcode_length", given=code[:SCAN_MAX], length=len(code))
    digits = code.removeprefix("0") if len(code) == 14 else code
    label = read_label(digits, layouts)
    return Scan(codes=tuple(dict.fromkeys([code, *_numbers(code)])), label=label)


def scanned(text: str) -> str:
    """The code in what came from a scanner or a keyboard: half-width, without the ends' noise.

    >>> scanned("]E0６９０\\r\\n")
    '690'
    """
    plain = unicodedata.normalize("NFKC", text)
    code = "".join(c for c in plain if c.isprintable()).strip()
    return next((code[3:] for s in _SYMBOLOGIES if code.startswith(s)), code)


def _numbers(code: str) -> list[str]:
    forms = [code]
    if len(code) == 8 and code.isdigit() and code[0] in "01":
        forms.append(upc_a_of(code))
    numbers = []
    for form in forms:
        try:
            numbers.append(canonical_gtin(form))
        except Refusal:  # then it is a code of our own, or no number of goods
            continue
    return numbers
