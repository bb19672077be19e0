"""What a packed workbook would become, looked at before it is read.

The reader makes room for every cell between the first and the last: two cells in the corners of a
sheet are a few bytes and ask for hundreds of gigabytes, which ends the program and not the request.
So each part is unpacked once, piece by piece, and nothing of it is kept: its real size counts, not
the one that the file tells, and no cell may lie beyond what a sheet may have.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from tongpan.base.refusals import Refusal

UNPACKED_MAX = 400 * 1024 * 1024
ROWS_MAX = 200_000
COLUMNS_MAX = 300
SHEETS_MAX = 50
REPEATED_MAX = 20_000_000  # cells that a few bytes of an .ods may stand for
PIECE = 1024 * 1024

# A cell of .xlsx that holds something, and says that it lies beyond column KN (the 300th) or row
# 200,000; or does not say where it lies, as no program that people use leaves out.
_CELL = rb"<(?:\w+:)?c(?=[\s>])"
_BEYOND = (
    rb"(?:(?:[A-Za-z]{3,}|[L-Zl-z][A-Za-z]|[Kk][O-Zo-z])\d+"
    rb"|[A-Za-z]+0*(?!200000\D)(?:[2-9]\d{5}|\d{7,}))"
)
_FAR = re.compile(
    _CELL + rb"(?:[^<]*?\sr\s*=\s*[\"']" + _BEYOND + rb"[\"']|(?![^<>]*\sr\s*=))[^<]*(?<!/)>"
)
# A row or a cell of .ods that stands for many; cells without a value are only counted on.
_REPEATED = re.compile(rb"<[\w-]+:(table-row|table-cell|covered-table-cell)\b([^<>]*)>", re.I)
_TAG = re.compile(_CELL + rb"|<[\w-]+:(?:table|covered)", re.I)
_TIMES = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"'](\d{1,18})", re.I)


def refuse_bombs(name: str, content: bytes) -> None:
    """Refuse a workbook that is too large when it is unpacked, whatever it says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = [part.filename.lower() for part in packed.infolist()]
            if any(part.endswith("vbaproject.bin") for part in names):
                raise Refusal("file_macro", name=name)
            if "xl/workbook.bin" in names:  # .xlsb says where its cells lie in another way
                raise Refusal("file_type_mismatch", name=name)
            left = UNPACKED_MAX
            for part in packed.infolist():
                left = _look_through(packed, part, name, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise Refusal("file_broken", name=name) from None


def _look_through(packed: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, left: int) -> int:
    """How much may still be unpacked after this part."""
    kept, cells = b"", _Repeated()
    for piece in _pieces(packed, part):
        left -= len(piece)
        if left < 0:
            raise Refusal("file_too_large_unpacked", name=name, max_mb=UNPACKED_MAX // 1024**2)
        whole, _tag, rest = (kept + piece).rpartition(b"<")
        kept = b"<" + rest
        _refuse_far(whole, cells)
        if len(kept) > 2 * PIECE:  # a picture, a long text; but no program writes such a tag
            if _TAG.match(kept):
                raise Refusal("file_broken", name=name)
            kept = b""
    _refuse_far(kept, cells)
    return left


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    part.file_size = 2**62  # what it says of itself would end the reading too early
    with packed.open(part) as unpacked:
        while piece := unpacked.read(PIECE):
            yield piece


def _refuse_far(text: bytes, cells: "_Repeated") -> None:
    if _FAR.search(text) or cells.count(text) > REPEATED_MAX:
        raise Refusal("too_many_cells", rows=ROWS_MAX, columns=COLUMNS_MAX)


class _Repeated:
    """How many cells the rows of an .ods stand for, so far."""

    def __init__(self) -> None:
        self.rows, self.cells = 1, 0

    def count(self, text: bytes) -> int:
        for found in _REPEATED.finditer(text) if b"repeated" in text else ():
            told = _TIMES.search(found[2])
            times = int(told[1]) if told else 1
            if found[1].lower() == b"table-row":
                self.rows = times
            elif b"value" in found[2] or not found[2].endswith(b"/"):
                self.cells += self.rows * times
        return self.cells
