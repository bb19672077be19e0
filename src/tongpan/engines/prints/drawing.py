"""A strip as a picture, dot for dot as a printer has them."""

from collections.abc import Callable
from pathlib import Path

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from tongpan.base.refusals import Refusal
from tongpan.engines.prints.escpos import COLUMN_DOTS, COLUMNS, DOTS
from tongpan.engines.prints.strips import Code, Cut, Feed, Kick, Line, Picture, Strip
from tongpan.kernel.documents.sentences import say

say("no_chinese_font", "No font with Chinese is here. Install one, or name its file.")

LINE_DOTS, SIGN_DOTS, MARGIN = 30, 24, 24
# Where Debian, Fedora, macOS and Windows keep fonts that have Chinese, the evenest first.
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts",
           "C:/Windows/Fonts")  # fmt: skip
NAMES = (
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf", "SourceHanSansSC-Regular.otf", "DroidSansFallbackFull.ttf",
    "PingFang.ttc", "STHeiti Light.ttc", "msyh.ttc", "simhei.ttf", "simsun.ttc",
)  # fmt: skip

# Draws one sign into a box of so many dots of a picture.
Glyphs = Callable[[ImageDraw.ImageDraw, str, tuple[int, int, int, int], bool], None]


def chinese_font(folders: tuple[str, ...] = FOLDERS) -> Path:
    """The file of a font of this machine that has Chinese.

    Errors: Refusal no_chinese_font.
    """
    there: dict[str, Path] = {}
    for folder in folders:
        for path in Path(folder).rglob("*.[to]t[cf]") if Path(folder).is_dir() else ():
            there.setdefault(path.name, path)
    found = next((there[name] for name in NAMES if name in there), None)
    if found is None:
        raise Refusal("no_chinese_font")
    return found


def glyphs_of(font: Path) -> Glyphs:
    """Signs of a font, each in the middle of its cell."""
    sizes: dict[int, ImageFont.FreeTypeFont] = {}

    def draw(
        page: ImageDraw.ImageDraw, sign: str, box: tuple[int, int, int, int], is_bold: bool
    ) -> None:
        left, top, width, height = box
        size = height * 11 // 12
        drawn = sizes.setdefault(size, ImageFont.truetype(str(font), size))
        page.text(
            (left + width / 2, top + height / 2), sign, font=drawn, fill=0, anchor="mm",
            stroke_width=1 if is_bold else 0,
        )  # fmt: skip

    return draw


def drawn(strip: Strip, glyphs: Glyphs) -> Image.Image:
    """The paper as a picture: white with black dots, and a margin at both sides."""
    dots = DOTS[strip.width]
    height = sum(_height(part, dots) for part in strip.parts)
    page = Image.new("L", (dots + 2 * MARGIN, height + 2 * MARGIN), 255)
    pen = ImageDraw.Draw(page)
    top = MARGIN
    for part in strip.parts:
        match part:
            case Line():
                _draw_line(pen, part, strip, top, glyphs)
            case Code():
                picture = code_picture(part)
                page.paste(picture, (MARGIN + _left(part.align, picture.width, dots), top + 6))
            case Picture():
                bitmap = part.bitmap
                size = (bitmap.width, bitmap.height)
                picture = Image.frombytes("1", size, bytes(b ^ 0xFF for b in bitmap.bits))
                page.paste(picture, (MARGIN + _left(part.align, bitmap.width, dots), top))
            case Cut():
                for x in range(0, page.width, 12):
                    pen.line((x, top + 6, x + 5, top + 6), fill=128)
            case _:
                pass
        top += _height(part, dots)
    return page


def _height(part: object, dots: int) -> int:
    match part:
        case Line():
            return LINE_DOTS * (2 if part.is_large else 1)
        case Code():
            return code_picture(part).height + 12
        case Picture():
            return part.bitmap.height
        case Feed():
            return LINE_DOTS * part.lines
        case Kick():
            return 0
    return 12


def _left(align: str, width: int, dots: int) -> int:
    return {"left": 0, "centre": (dots - width) // 2, "right": dots - width}[align]


def _draw_line(
    pen: ImageDraw.ImageDraw, line: Line, strip: Strip, top: int, glyphs: Glyphs
) -> None:
    scale = 2 if line.is_large else 1
    column = 0
    for sign in line.cells(COLUMNS[strip.width]):
        wide = (1 if sign.isascii() else 2) * scale
        if sign != " ":
            box = (MARGIN + column * COLUMN_DOTS, top + 3, wide * COLUMN_DOTS, SIGN_DOTS * scale)
            glyphs(pen, sign, box, line.is_bold)
        column += wide


def code_picture(code: Code) -> Image.Image:
    """The code as the printer draws it, each module so many dots wide."""
    if code.kind == "qr":
        made = zxingcpp.create_barcode(code.text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    else:
        made = zxingcpp.create_barcode(code.text, zxingcpp.BarcodeFormat.Code128)
    small = Image.fromarray(made.to_image(scale=1, add_quiet_zones=False))
    height = small.height * code.dots if code.kind == "qr" else code.height
    return small.resize((small.width * code.dots, height), Image.Resampling.NEAREST)
