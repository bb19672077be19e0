"""What a receipt printer makes of bytes: an interpreter that knows what is documented, no more.

It is the other half of `escpos`, written against the same command reference and not against the
writer: an unknown command, Chinese outside of Chinese mode, or a line wider than the paper is an
error, and not a guess. What it finds is a strip: lines as cells, codes, pictures, cuts, kicks.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tongpan.engines.prints.escpos import ALIGNS, COLUMNS, DOTS, Align, Bitmap, width_of


class NotUnderstood(Exception):
    """These bytes are not what a printer of this width prints; it says where and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: `text` has one sign for each character, two columns for each Chinese one."""

    text: str
    align: Align = "left"
    is_large: bool = False
    is_bold: bool = False

    def cells(self, columns: int) -> str:
        """The line as it stands on paper, with as large spaces up to where it begins."""
        scale = 2 if self.is_large else 1
        free = columns // scale - width_of(self.text)
        before = {"left": 0, "centre": free // 2, "right": free}[self.align]
        return (" " * before + self.text).rstrip()


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code (`dots` to a module) or a Code 128 (`height` dots high)."""

    kind: str  # "qr" or "code128"
    text: str
    dots: int
    align: Align
    height: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    bitmap: Bitmap
    align: Align


@dataclass(frozen=True, slots=True)
class Feed:
    lines: int


@dataclass(frozen=True, slots=True)
class Cut:
    pass


@dataclass(frozen=True, slots=True)
class Kick:
    """A pulse that opens the drawer."""


Part = Line | Code | Picture | Feed | Cut | Kick


@dataclass(slots=True)
class Strip:
    """What stands on the paper, from top to bottom. `width` is 58 or 80 (mm)."""

    width: int
    parts: list[Part]

    @property
    def grid(self) -> list[str]:
        """The text of it, a string for each line, in its columns; codes as [kind text]."""
        found = []
        for part in self.parts:
            match part:
                case Line():
                    found.append(part.cells(COLUMNS[self.width]))
                case Code():
                    found.append(f"[{part.kind} {part.text}]")
                case Picture():
                    found.append(f"[picture {part.bitmap.width} x {part.bitmap.height}]")
                case Cut():
                    found.append("[cut]")
                case Kick():
                    found.append("[kick]")
                case Feed():
                    found += [""] * part.lines
        return found


def interpreted(content: bytes, width: int) -> Strip:
    """What a printer for paper of this width makes of the bytes.

    Errors: NotUnderstood.
    """
    return _Printer(content, width).run()


class _Printer:
    def __init__(self, content: bytes, width: int) -> None:
        self.content, self.at = content, 0
        self.strip = Strip(width, [])
        self.columns, self.dots = COLUMNS[width], DOTS[width]
        self.line = ""
        self.reset()

    def reset(self) -> None:
        self.align: Align = "left"
        self.is_large = self.is_bold = self.is_chinese = False
        self.code_height, self.code_dots = 162, 3  # as a printer has them when it is switched on
        self.qr_dots, self.qr_stored = 3, b""

    def run(self) -> Strip:
        commands: dict[bytes, Callable[[], None]] = {
            b"\n": self.end_line,
            b"\x1b@": self.reset,
            b"\x1ba": self.set_align,
            b"\x1bE": self.set_bold,
            b"\x1bd": self.feed,
            b"\x1bp": self.kick,
            b"\x1c&": self.begin_chinese,
            b"\x1c.": self.end_chinese,
            b"\x1d!": self.set_size,
            b"\x1dV": self.cut,
            b"\x1d(": self.two_dimensional,
            b"\x1dh": self.set_code_height,
            b"\x1dw": self.set_code_dots,
            b"\x1dH": self.set_code_text,
            b"\x1dk": self.code,
            b"\x1dv": self.raster,
        }
        while self.at < len(self.content):
            first = self.content[self.at]
            if first >= 0x20 and first != 0x7F:
                self.sign()
                continue
            length = 2 if first in (0x1B, 0x1C, 0x1D) else 1
            command = self.content[self.at : self.at + length]
            if command not in commands:
                raise self.wrong(f"{command.hex(' ')} is no command that is known")
            self.at += length
            commands[command]()
        if self.line:
            raise self.wrong("the last line has no end")
        return self.strip

    # -- reading -----------------------------------------------------------------------------------

    def wrong(self, why: str) -> NotUnderstood:
        return NotUnderstood(f"At byte {self.at}: {why}.")

    def take(self, count: int) -> bytes:
        found = self.content[self.at : self.at + count]
        if len(found) < count:
            raise self.wrong("the bytes end inside of a command")
        self.at += count
        return found

    def byte(self, allowed: range) -> int:
        value = self.take(1)[0]
        if value not in allowed:
            raise self.wrong(f"{value} is not in {allowed}")
        return value

    def at_start_of_line(self) -> None:
        if self.line:
            raise self.wrong("a printer takes this at the start of a line only")

    # -- text --------------------------------------------------------------------------------------

    def sign(self) -> None:
        first = self.content[self.at]
        if first < 0x80:
            self.line += self.take(1).decode()
        elif not self.is_chinese:
            raise self.wrong("Chinese outside of Chinese mode")
        else:
            second = self.content[self.at + 1 : self.at + 2]
            length = 4 if second and 0x30 <= second[0] <= 0x39 else 2
            try:
                self.line += self.take(length).decode("gb18030")
            except UnicodeDecodeError:
                raise self.wrong("this is no GB18030") from None
        scale = 2 if self.is_large else 1
        if width_of(self.line) * scale > self.columns:
            raise self.wrong(f"the line is wider than {self.columns} columns")

    def end_line(self) -> None:
        line = Line(self.line, self.align, self.is_large, self.is_bold)
        self.strip.parts.append(line)
        self.line = ""

    def set_align(self) -> None:
        self.at_start_of_line()
        self.align = ALIGNS[self.byte(range(3))]

    def set_bold(self) -> None:
        self.is_bold = bool(self.byte(range(2)))

    def set_size(self) -> None:
        size = self.take(1)[0]
        if size not in (0x00, 0x11):
            raise self.wrong("only once and twice as large is known")
        self.is_large = size == 0x11

    def begin_chinese(self) -> None:
        self.is_chinese = True

    def end_chinese(self) -> None:
        self.is_chinese = False

    def feed(self) -> None:
        self.at_start_of_line()
        self.strip.parts.append(Feed(self.byte(range(256))))

    # -- codes and pictures ------------------------------------------------------------------------

    def set_code_height(self) -> None:
        self.code_height = self.byte(range(1, 256))

    def set_code_dots(self) -> None:
        self.code_dots = self.byte(range(2, 7))

    def set_code_text(self) -> None:
        self.byte(range(1))

    def code(self) -> None:
        self.at_start_of_line()
        if self.take(1) != b"\x49":
            raise self.wrong("only Code 128 is known")
        parts = self.take(self.byte(range(2, 256)))
        text, symbols = self.read_128(parts)
        if (symbols * 11 + 13) * self.code_dots > self.dots:
            raise self.wrong("the bar code is wider than the paper, and is not printed")
        self.strip.parts.append(Code("code128", text, self.code_dots, self.align, self.code_height))

    def read_128(self, parts: bytes) -> tuple[str, int]:
        """The text of the data of a Code 128, and how many symbols it takes."""
        text, mode, at, symbols = "", "", 0, 1  # the check
        while at < len(parts):
            here, after = parts[at : at + 1], parts[at + 1 : at + 2]
            if here == b"{" and after in (b"B", b"C"):
                mode, at, symbols = after.decode(), at + 2, symbols + 1
                continue
            if not mode:
                raise self.wrong("the data of a Code 128 begin with a set")
            if here == b"{":
                if after != b"{":
                    raise self.wrong("a brace in a Code 128 stands for another sign")
                at += 1
            if mode == "C" and here[0] > 99:
                raise self.wrong("a pair of digits is less than 100")
            text += f"{here[0]:02}" if mode == "C" else here.decode("ascii")
            at, symbols = at + 1, symbols + 1
        return text, symbols

    def two_dimensional(self) -> None:
        if self.take(1) != b"k":
            raise self.wrong("of GS ( only k is known")
        length = int.from_bytes(self.take(2), "little")
        said = self.take(length)
        if said[:1] != b"\x31":
            raise self.wrong("only QR codes are known")
        function, values = said[1:2], said[2:]
        if function == b"\x41" and values == b"\x32\x00":
            return
        if function == b"\x43" and len(values) == 1 and 1 <= values[0] <= 16:
            self.qr_dots = values[0]
        elif function == b"\x45" and values in (b"\x30", b"\x31", b"\x32", b"\x33"):
            return
        elif function == b"\x50" and values[:1] == b"\x30":
            self.qr_stored = values[1:]
        elif function == b"\x51" and values == b"\x30":
            self.print_qr()
        else:
            raise self.wrong(f"{said.hex(' ')} is no command for a QR code")

    def print_qr(self) -> None:
        self.at_start_of_line()
        if not self.qr_stored:
            raise self.wrong("there is nothing to print as a QR code")
        text = self.qr_stored.decode()
        self.strip.parts.append(Code("qr", text, self.qr_dots, self.align))

    def raster(self) -> None:
        self.at_start_of_line()
        if self.take(2) != b"0\x00":
            raise self.wrong("only GS v 0 in its own size is known")
        row = int.from_bytes(self.take(2), "little")
        height = int.from_bytes(self.take(2), "little")
        if row * 8 > self.dots:
            raise self.wrong("the picture is wider than the paper")
        bitmap = Bitmap(row * 8, height, self.take(row * height))
        self.strip.parts.append(Picture(bitmap, self.align))

    # -- the machine -------------------------------------------------------------------------------

    def cut(self) -> None:
        self.at_start_of_line()
        if self.take(1) != b"B":
            raise self.wrong("only GS V B is known")
        self.take(1)
        self.strip.parts.append(Cut())

    def kick(self) -> None:
        if self.take(1) not in (b"\x00", b"\x01"):
            raise self.wrong("a printer has two plugs for drawers")
        self.take(2)
        self.strip.parts.append(Kick())
