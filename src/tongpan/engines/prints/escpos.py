"""Bytes for receipt printers: the few commands of ESC/POS that Chinese printers have in common.

Pure: it knows no printer and no document. A roll of 58 mm has 384 dots and 32 columns, one of
80 mm has 576 dots and 48. A Chinese character is two columns wide and is sent in GB18030, with
`FS &` before it and `FS .` after it, so that a printer which is set to another code page prints it
all the same.

Source: Epson, ESC/POS Command Reference (ESC @, ESC a, ESC d, ESC E, ESC p, FS &, FS ., GS !,
GS ( k, GS H, GS V, GS h, GS k, GS v 0, GS w, DLE EOT).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

ESC, FS, GS, DLE = b"\x1b", b"\x1c", b"\x1d", b"\x10"
COLUMNS = {58: 32, 80: 48}
DOTS = {58: 384, 80: 576}
COLUMN_DOTS = 12
QR_MAX, CODE_MAX = 300, 60
Align = Literal["left", "centre", "right"]
ALIGNS: tuple[Align, ...] = ("left", "centre", "right")

# Printers lack these, or print them as four bytes that they do not know.
INSTEAD = str.maketrans(
    {"¥": "￥", "−": "-", "–": "-", "—": "―", "\t": " "}
    | dict.fromkeys(map(chr, (0xA0, 0x2002, 0x2003, 0x2009, 0x200A, 0x202F, 0x3000)), " ")
)


def printable(text: str) -> str:
    """The text in characters that stand on paper: one line, without what nobody sees.

    >>> printable("¥12.00 − 1")
    '￥12.00 - 1'
    """
    plain = text.translate(INSTEAD)
    return "".join(c if c.isprintable() else " " for c in plain if not 0xD800 <= ord(c) < 0xE000)


def width_of(text: str) -> int:
    """How many columns a printable text takes: what is not ASCII takes two.

    >>> width_of("现金 5.00")
    9
    """
    return sum(1 if c.isascii() else 2 for c in text)


def wrapped(text: str, columns: int) -> list[str]:
    """A text in lines of at most so many columns, broken at spaces where there are any.

    >>> wrapped("fresh milk 950 mL", 10)
    ['fresh milk', '950 mL']
    >>> wrapped("鲜牛奶", 4)
    ['鲜牛', '奶']
    """
    lines, line = list[str](), ""
    for word in _words(printable(text)):
        if width_of(line + word.rstrip()) <= columns:
            line += word
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = ""
        for c in word:
            if width_of(line + c) > columns:
                lines.append(line)
                line = ""
            line += c
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _words(text: str) -> Iterator[str]:
    """Pieces after which a line may break: words with the spaces after them, Chinese signs."""
    word = ""
    for c in text:
        is_end = word.endswith(" ") and c != " "
        if word and (is_end or not c.isascii() or not word[-1].isascii()):
            yield word
            word = ""
        word += c
    if word:
        yield word


def encoded(text: str) -> bytes:
    """A printable text as a printer takes it; it is told where Chinese begins and ends."""
    out = b""
    for is_ascii, run in groupby(text, str.isascii):
        signs = "".join(run)
        out += signs.encode() if is_ascii else FS + b"&" + signs.encode("gb18030") + FS + b"."
    return out


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A black and white picture: rows of bits, eight dots in a byte, black is 1."""

    width: int  # dots
    height: int
    bits: bytes


class Roll:
    """A strip of paper that is written from top to bottom. `width` is 58 or 80 (mm)."""

    def __init__(self, width: int) -> None:
        self.columns, self.dots = COLUMNS[width], DOTS[width]
        self.content = ESC + b"@"

    # -- text ------------------------------------------------------------------------------------

    def text(
        self, text: str, align: Align = "left", *, is_large: bool = False, is_bold: bool = False
    ) -> None:
        """Lines of text; large is twice as wide and high."""
        columns = self.columns // 2 if is_large else self.columns
        lines = wrapped(text, columns)
        self._dressed(lines, align, is_large=is_large, is_bold=is_bold)

    def _dressed(
        self, lines: Sequence[str], align: Align, *, is_large: bool = False, is_bold: bool = False
    ) -> None:
        before = ESC + b"a" + bytes([ALIGNS.index(align)])
        after = b""
        if is_large:
            before, after = before + GS + b"!\x11", GS + b"!\x00" + after
        if is_bold:
            before, after = before + ESC + b"E\x01", ESC + b"E\x00" + after
        self.content += before + b"".join(encoded(line) + b"\n" for line in lines) + after

    def pair(
        self, left: str, right: str, *, indent: int = 0, is_large: bool = False,
        is_bold: bool = False,
    ) -> None:  # fmt: skip
        """A text at the left and one at the right of the same line, if both have room there; else
        the left one is wrapped, and the right one stands at the end of its last line or below."""
        columns = self.columns // 2 if is_large else self.columns
        room = columns - indent
        end = printable(right).strip()
        lines = [" " * indent + line for line in wrapped(left, room)]
        ends = wrapped(end, columns) if width_of(end) > columns else [end]
        for number, last in enumerate(ends):
            gap = columns - width_of(lines[-1]) - width_of(last)
            if number or gap < (1 if last and lines[-1].strip() else 0):
                lines.append("")
                gap = columns - width_of(last)
            lines[-1] += " " * gap + last
        self._dressed(lines, "left", is_large=is_large, is_bold=is_bold)

    def rule(self) -> None:
        """Dashes from edge to edge."""
        self._dressed(["-" * self.columns], "left")

    def feed(self, lines: int = 1) -> None:
        self.content += ESC + b"d" + bytes([lines])

    # -- codes and pictures ------------------------------------------------------------------------

    def qr(self, text: str, dots: int = 6) -> None:
        """A QR code that the printer draws itself, in the middle; a module is so many dots wide."""
        data = text.encode()
        assert 0 < len(data) <= QR_MAX, "This is too long for a code on a slip."
        stored = len(data) + 3
        self.content += ESC + b"a\x01"
        self.content += GS + b"(k\x04\x00\x31\x41\x32\x00"  # model 2
        self.content += GS + b"(k\x03\x00\x31\x43" + bytes([dots])
        self.content += GS + b"(k\x03\x00\x31\x45\x31"  # error correction M
        self.content += GS + b"(k" + stored.to_bytes(2, "little") + b"\x31\x50\x30" + data
        self.content += GS + b"(k\x03\x00\x31\x51\x30"

    def code(self, text: str) -> None:
        """The number of a slip to be scanned: Code 128, or a QR code where that has no room.

        A scanner needs lines of two dots at least.
        """
        parts = code_128(text) if text.isascii() and 0 < len(text) <= CODE_MAX else b""
        if not parts or modules_128(parts) * 2 > self.dots:
            self.qr(text)
            return
        self.content += ESC + b"a\x01" + GS + b"h\x40" + GS + b"w\x02" + GS + b"H\x00"
        self.content += GS + b"k\x49" + bytes([len(parts)]) + parts

    def picture(self, bitmap: Bitmap) -> None:
        """A black and white picture in the middle."""
        assert bitmap.width <= self.dots, "The picture is wider than the paper."
        row = (bitmap.width + 7) // 8
        head = row.to_bytes(2, "little") + bitmap.height.to_bytes(2, "little")
        self.content += ESC + b"a\x01" + GS + b"v0\x00" + head + bitmap.bits

    # -- the machine -------------------------------------------------------------------------------

    def cut(self) -> None:
        """Move the paper to the knife and cut it."""
        self.content += GS + b"VB\x00"

    def kick(self) -> None:
        self.content += KICK


KICK = ESC + b"p\x00\x19\xfa"  # opens the drawer at the printer: 50 ms on, 500 ms off


# -- Code 128 --------------------------------------------------------------------------------------


def code_128(text: str) -> bytes:
    """ASCII text as `GS k` takes it: `{B` before letters, `{C` before pairs of digits.

    Digits go in pairs from four on, so that a long number needs less room.

    >>> code_128("LS-26-000123")
    b'{BLS-26-{C\\x00\\x01\\x17'
    """
    out, at = b"", 0
    while at < len(text):
        digits = 0
        while text[at + digits : at + digits + 1].isdigit():
            digits += 1
        if digits >= 4:
            if digits % 2:
                out += _in_b(out, text[at])
                at, digits = at + 1, digits - 1
            out += b"{C" + bytes(int(text[at + n : at + n + 2]) for n in range(0, digits, 2))
            at += digits
            out += b"{B" if at < len(text) else b""
        else:
            out += _in_b(out, text[at])
            at += 1
    return out


def _in_b(before: bytes, sign: str) -> bytes:
    start = b"" if before else b"{B"
    return start + (b"{{" if sign == "{" else sign.encode())


def symbols_128(parts: bytes) -> list[int]:
    """The numbers of the symbols of what `code_128` made, with start and check, without stop.

    Source: ISO/IEC 15417.
    """
    values, in_c, at = list[int](), False, 0
    while at < len(parts):
        if parts[at : at + 1] == b"{" and not (in_c and values):
            sign = parts[at + 1 : at + 2]
            at += 2
            if sign == b"{":
                values.append(ord("{") - 32)
                continue
            in_c = sign == b"C"
            start, shift = (105, 99) if in_c else (104, 100)
            values.append(shift if values else start)
        elif in_c and parts[at] >= 100:  # the only sign that ends pairs is a brace
            in_c = False
            values.append(100)
            at += 2
        else:
            values.append(parts[at] if in_c else parts[at] - 32)
            at += 1
    check = values[0] + sum(n * value for n, value in enumerate(values))
    return [*values, check % 103]


def modules_128(parts: bytes) -> int:
    """How many modules wide it is: eleven for each symbol and thirteen for the stop."""
    return len(symbols_128(parts)) * 11 + 13
