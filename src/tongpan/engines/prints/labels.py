"""Shelf and price labels: one declared label, laid out once, for paper and for label printers.

A label is drawn as dots, all of it, the barcode too: each bar is a whole number of dots wide. So
Chinese comes out right on every printer, whatever fonts are in it, and what ZPL and TSPL printers
and a PDF show is the same picture. Sizes are data.

Sources: Zebra, ZPL II Programming Guide (^GF, ^LL, ^PQ, ^PW, alternative data compression scheme);
TSC, TSPL/TSPL2 Programming Manual (SIZE, GAP, DIRECTION, CLS, BITMAP, PRINT); ISO 32000-1 (PDF).
"""

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Literal

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from tongpan.engines.prints.drawing import chinese_font
from tongpan.engines.prints.escpos import Bitmap, printable

DOTS_PER_MM = 8  # 203 dpi, as most label printers have
FINE_DOTS_PER_MM = 12  # 300 dpi
PAPER_DOTS_PER_MM = 24  # three times as fine on paper
POINTS_PER_MM = Decimal(72) / Decimal("25.4")
COPIES_MAX = 99
A4 = (210, 297)  # mm
Language = Literal["zpl", "tspl"]
Measure = Callable[[str, int], int]  # how wide a text is at a height, in dots


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says. Texts are ready to be read; what is empty is left out.

    `old_price` stands crossed out beside a special price, which `tag` names. `each` is what a
    kilogram or 500 g costs. What is no goods has a `headline` where its price would stand.
    `origin` is the place of origin: goods of other prices by their origin must be told apart
    (明码标价和禁止价格欺诈规定, in force since 2022-07-01).
    """

    name: str
    price: str
    unit: str = ""
    specification: str = ""
    code: str = ""
    barcode: str = ""
    member_price: str = ""
    old_price: str = ""
    tag: str = ""
    each: str = ""
    quantity_price: str = ""
    headline: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """A size of labels, in millimetres; `gap` is between two on the roll. `without` names what of
    a label stays away on it."""

    code: str
    width: int
    height: int
    gap: int = 2
    name: str = ""
    without: frozenset[str] = frozenset()


SIZES = {
    size.code: size
    for size in (Size("60x40", 60, 40), Size("70x38", 70, 38), Size("40x30", 40, 30))
}


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: its left upper corner, height and most width, in dots of 1/8 mm."""

    left: int
    top: int
    height: int
    width: int
    text: str
    is_bold: bool = False
    is_crossed: bool = False
    is_inverse: bool = False
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    left: int
    top: int
    height: int
    width: int
    code: str


Part = Text | Bars


def laid_out(label: Label, size: Size) -> list[Part]:
    """Where everything stands, in units of 1/8 mm: name above, price beneath, barcode at the foot.

    >>> [part.text for part in laid_out(Label("milk", "12.90"), SIZES["60x40"])]
    ['milk', '¥12.90']
    """
    label = replace(label, **dict.fromkeys(size.without, ""))
    wide, high = size.width * DOTS_PER_MM, size.height * DOTS_PER_MM
    margin, inner = 16, wide - 32
    line = min(high // 9, wide // 10)
    parts: list[Part] = []
    top = margin // 2
    tag_width = line * 3 if label.tag else 0
    if label.tag:
        parts.append(Text(wide - margin - tag_width, top, line, tag_width, label.tag, is_bold=True,
                          is_inverse=True))  # fmt: skip
    parts.append(Text(margin, top, line, inner - tag_width - 8 * bool(tag_width), label.name,
                      is_bold=True))  # fmt: skip
    top += line + 6
    about = " ".join(filter(None, (label.specification, label.origin, label.code)))
    if about:
        parts.append(Text(margin, top, line * 2 // 3, inner, about))
    top += line * 2 // 3 + 6
    foot = high // 4 if label.barcode else 0
    room = high - top - foot - margin
    large = min(room * 3 // 5, line * 2)
    price = label.headline or f"¥{label.price}" + (f" / {label.unit}" if label.unit else "")
    parts.append(Text(margin, top, large, inner * 3 // 5, price, is_bold=True))
    beside = inner * 2 // 5 - 8
    right = margin + inner - beside
    small = max(line * 2 // 3, 14)
    second = top
    for text, is_crossed in (
        (label.old_price and f"¥{label.old_price}", True),
        (label.member_price, False),
        (label.quantity_price, False),
        (label.each, False),
    ):
        if text and second + small <= high - foot - 4:
            parts.append(Text(right, second, small, beside, text, is_crossed=is_crossed,
                              is_right=True))  # fmt: skip
            second += small + 4
    if label.barcode:
        parts.append(Bars(margin, high - foot - 4, foot - 4, inner, label.barcode))
    return parts


def drawn(label: Label, size: Size, dots_per_mm: int = DOTS_PER_MM) -> Bitmap:
    """The label in dots, as fine as a printer has them.

    Errors: Refusal no_chinese_font.
    """
    wide = -(-size.width * dots_per_mm // 8) * 8  # whole bytes: no dot beside the label is black
    page = Image.new("1", (wide, size.height * dots_per_mm), 1)
    pen = ImageDraw.Draw(page)
    for part in laid_out(label, size):
        left, top = part.left * dots_per_mm // DOTS_PER_MM, part.top * dots_per_mm // DOTS_PER_MM
        height, width = (n * dots_per_mm // DOTS_PER_MM for n in (part.height, part.width))
        here = replace(part, left=left, top=top, height=height, width=width)
        if isinstance(here, Bars):
            _draw_bars(page, here, dots_per_mm)
        else:
            _draw_text(pen, here, dots_per_mm)
    bits = bytes(byte ^ 0xFF for byte in page.tobytes())
    return Bitmap(page.width, page.height, bits)


@lru_cache(maxsize=64)
def _font(height: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(chinese_font()), height)


def _draw_text(pen: ImageDraw.ImageDraw, part: Text, dots_per_mm: int) -> None:
    """The text as high as it may be; one that is too wide is set smaller, then cut."""
    text, height, most = printable(part.text), part.height, part.width
    font = _font(height * 11 // 12)
    while font.getlength(text) > most and font.size > height // 2:
        font = _font(int(font.size) - 1)
    while font.getlength(text) > most and len(text) > 1:
        text = text[:-2] + "…" if len(text) > 2 else text[:1]
    left, top = part.left, part.top
    if part.is_inverse:
        pen.rectangle((left, top, left + most, top + height), fill=0)
        left += max(0, int(most - font.getlength(text)) // 2)
    elif part.is_right:
        left += max(0, int(most - font.getlength(text)))
    ink = 1 if part.is_inverse else 0
    is_heavy = part.is_bold and not part.is_inverse and height >= 3 * dots_per_mm
    stroke = dots_per_mm // DOTS_PER_MM if is_heavy else 0
    pen.text((left, top + height // 2), text, font=font, fill=ink, anchor="lm", stroke_width=stroke)
    if part.is_crossed:
        end = left + int(font.getlength(text))
        pen.line((left, top + height // 2, end, top + height // 2), fill=0, width=dots_per_mm // 4)


def barcode_of(code: str) -> zxingcpp.Barcode:
    """EAN-13 or EAN-8 where the digits are one, else Code 128."""
    kinds = {13: zxingcpp.BarcodeFormat.EAN13, 8: zxingcpp.BarcodeFormat.EAN8}
    if code.isdigit() and len(code) in kinds:
        try:
            return zxingcpp.create_barcode(code, kinds[len(code)])
        except ValueError:  # its check digit is another
            pass
    return zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128)


def _draw_bars(page: Image.Image, part: Bars, dots_per_mm: int) -> None:
    """The bars, and the digits beneath them. What is wider than the label is left out."""
    small = Image.fromarray(barcode_of(part.code).to_image(scale=1, add_quiet_zones=False))
    quiet = 10  # modules of white at each side
    dots = min(part.width // (small.width + 2 * quiet), 3 * dots_per_mm // DOTS_PER_MM)
    digits = min(part.height // 3, 20 * dots_per_mm // DOTS_PER_MM)
    height = part.height - digits
    if dots < 1 or height < 1:
        return
    bars = small.resize((small.width * dots, height), Image.Resampling.NEAREST)
    left = part.left + (part.width - bars.width) // 2
    page.paste(bars.convert("1"), (left, part.top))
    pen = ImageDraw.Draw(page)
    font = _font(max(digits * 11 // 12, 8))
    pen.text((left + bars.width // 2, part.top + height), part.code, font=font, fill=0,
             anchor="mt")  # fmt: skip


# -- for label printers --------------------------------------------------------------------------

# How often a digit of ZPL's compressed pictures is repeated: G to Y one to 19 times, g to z 20,
# 40 … 400 times.
ONES = {n: chr(ord("G") + n - 1) for n in range(1, 20)}
TWENTIES = {20 * n: chr(ord("g") + n - 1) for n in range(1, 21)}


def zpl_of(bitmap: Bitmap, size: Size, copies: int = 1) -> bytes:
    """A label for ZPL printers: the picture, and how often.

    >>> zpl_of(Bitmap(16, 2, bytes([255, 255, 0, 1])), Size("t", 2, 1))
    b'^XA^PW16^LL8^LH0,0^FO0,0^GFA,4,4,2,JFI01^FS^PQ1^XZ\\n'
    """
    row = (bitmap.width + 7) // 8
    rows = (bitmap.bits[at : at + row].hex().upper() for at in range(0, len(bitmap.bits), row))
    total = row * bitmap.height
    dots_per_mm = bitmap.width // size.width
    width, height = size.width * dots_per_mm, size.height * dots_per_mm
    packed = _packed(rows)
    return (
        f"^XA^PW{width}^LL{height}^LH0,0^FO0,0^GFA,{total},{total},{row},{packed}^FS"
        f"^PQ{_copies(copies)}^XZ\n"
    ).encode()


def _packed(rows: Iterable[str]) -> str:
    """Hexadecimal digits in ZPL's shorthand: repeats counted, the rest of a row that is white as a
    comma or black as an exclamation mark, a row like the one before as a colon."""
    found, before = [], None
    for row in rows:
        if row == before:
            found.append(":")
            continue
        before, text, end = row, row, ""
        for digit, short in (("0", ","), ("F", "!")):
            if len(bare := row.rstrip(digit)) < len(row) - 1:
                text, end = bare, short
        found.append("".join(_run(d, len([*same])) for d, same in groupby(text)) + end)
    return "".join(found)


def _run(digit: str, count: int) -> str:
    if count == 1:
        return digit
    text = ""
    while count >= 20:
        step = min(count // 20 * 20, 400)
        text, count = text + TWENTIES[step], count - step
    return text + ONES.get(count, "") + digit


def tspl_of(bitmap: Bitmap, size: Size, copies: int = 1) -> bytes:
    """A label for TSPL printers: the picture, and how often. In a TSPL picture a one is white.

    >>> tspl_of(Bitmap(8, 1, bytes([0xF0])), Size("t", 1, 1, 2))[:33]
    b'SIZE 1 mm,1 mm\\r\\nGAP 2 mm,0 mm\\r\\n'
    """
    row = (bitmap.width + 7) // 8
    head = f"SIZE {size.width} mm,{size.height} mm\r\nGAP {size.gap} mm,0 mm\r\nDIRECTION 1\r\nCLS"
    picture = bytes(byte ^ 0xFF for byte in bitmap.bits)
    return (
        f"{head}\r\nBITMAP 0,0,{row},{bitmap.height},0,".encode()
        + picture
        + f"\r\nPRINT 1,{_copies(copies)}\r\n".encode()
    )


def _copies(copies: int) -> int:
    return max(1, min(copies, COPIES_MAX))


# By what a printer speaks: who writes it, and how fine its dots are.
WRITERS: dict[str, tuple[Callable[[Bitmap, Size, int], bytes], int]] = {
    "zpl": (zpl_of, DOTS_PER_MM),
    "tspl": (tspl_of, DOTS_PER_MM),
    "zpl300": (zpl_of, FINE_DOTS_PER_MM),
    "tsp300": (tspl_of, FINE_DOTS_PER_MM),
}


def written(speaks: str, label: Label, size: Size, copies: int = 1) -> bytes:
    """A label in the language of a printer.

    Errors: Refusal no_chinese_font.
    """
    writer, dots_per_mm = WRITERS[speaks]
    return writer(drawn(label, size, dots_per_mm), size, copies)


def is_for_labels(content: bytes) -> bool:
    """Whether the bytes of a paper are for a label printer, which answers no ESC/POS questions."""
    return content.startswith((b"^XA", b"SIZE "))


# -- for paper -----------------------------------------------------------------------------------


def sheet_of(labels: Sequence[tuple[Label, int]], size: Size) -> bytes:
    """A PDF of A4 pages with as many labels side by side and beneath each other as go there, in
    the middle of the page, from the left upper corner on. There is no gap between two."""
    across, down = A4[0] // size.width, A4[1] // size.height
    left, above = ((have - n * mm) / Decimal(2) for have, n, mm in
                   ((A4[0], across, size.width), (A4[1], down, size.height)))  # fmt: skip
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    placed: list[int] = []
    for label, copies in labels:
        objects.append(_image(drawn(label, size, PAPER_DOTS_PER_MM)))
        placed += [len(objects)] * _copies(copies)
    pages: list[int] = []
    for begin in range(0, len(placed), across * down):
        own = placed[begin : begin + across * down]
        drawing, names = [], []
        for nth, picture in enumerate(own):
            x = (left + nth % across * size.width) * POINTS_PER_MM
            y = (A4[1] - above - (nth // across + 1) * size.height) * POINTS_PER_MM
            wide, high = size.width * POINTS_PER_MM, size.height * POINTS_PER_MM
            drawing.append(f"q {wide:.2f} 0 0 {high:.2f} {x:.2f} {y:.2f} cm /L{picture} Do Q")
            names.append(f"/L{picture} {picture} 0 R")
        objects.append(_stream(b"", "\n".join(drawing).encode()))
        page = " ".join(f"{mm * POINTS_PER_MM:.2f}" for mm in A4)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page}] /Contents {len(objects)} 0 R"
            f" /Resources << /XObject << {' '.join(dict.fromkeys(names))} >> >> >>".encode()
        )
        pages.append(len(objects))
    objects[1] = _kids(pages)
    return _file(objects)


def _kids(pages: Sequence[int]) -> bytes:
    kids = " ".join(f"{page} 0 R" for page in pages)
    return f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()


def pdf_of(labels: Sequence[tuple[Label, int]], size: Size) -> bytes:
    """A PDF with a page of the label's size for each copy of each label."""
    page_size = " ".join(f"{mm * POINTS_PER_MM:.2f}" for mm in (size.width, size.height))
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    pages: list[int] = []
    wide, high = page_size.split(" ")
    drawing = f"q {wide} 0 0 {high} 0 0 cm /L Do Q".encode()
    for label, copies in labels:
        bitmap = drawn(label, size, PAPER_DOTS_PER_MM)
        objects.append(_image(bitmap))
        picture = len(objects)
        objects.append(_stream(b"", drawing))
        for _copy in range(_copies(copies)):
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page_size}] /Contents"
                f" {picture + 1} 0 R /Resources << /XObject << /L {picture} 0 R >> >> >>".encode()
            )
            pages.append(len(objects))
    objects[1] = _kids(pages)
    return _file(objects)


def _image(bitmap: Bitmap) -> bytes:
    about = (
        f"/Type /XObject /Subtype /Image /Width {bitmap.width} /Height {bitmap.height}"
        " /ColorSpace /DeviceGray /BitsPerComponent 1 /Decode [1 0] /Filter /FlateDecode "
    )
    return _stream(about.encode(), zlib.compress(bitmap.bits, 9))


def _stream(about: bytes, content: bytes) -> bytes:
    return b"<< %b/Length %d >>\nstream\n%b\nendstream" % (about, len(content), content)


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects as a file, with the table that says where each of them begins."""
    content, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, len(content))
    )
