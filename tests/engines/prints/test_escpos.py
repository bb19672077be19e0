"""Paper for receipt printers: what is written is what an interpreter of the commands reads."""

import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageDraw

from tongpan.base.refusals import Refusal
from tongpan.engines.prints.drawing import chinese_font, drawn
from tongpan.engines.prints.escpos import COLUMNS, Bitmap, Roll, printable, width_of
from tongpan.engines.prints.strips import Line, NotUnderstood, interpreted

TEXTS = st.text(st.characters(codec="utf-8"), max_size=90)
WIDTHS = st.sampled_from((58, 80))


def words_of(text: str) -> str:
    return re.sub(r" +", "", printable(text))


def blocks(
    page: ImageDraw.ImageDraw, sign: str, box: tuple[int, int, int, int], is_bold: bool
) -> None:
    """Signs as blocks: what a test reads of a picture is its codes."""
    left, top, width, height = box
    page.rectangle((left + 1, top + 1, left + width - 3, top + height - 3), outline=0)


@settings(max_examples=60)
@given(TEXTS, WIDTHS, st.sampled_from(("left", "centre", "right")), st.booleans(), st.booleans())
def test_any_text_is_read_as_it_was_written_and_fits(
    text: str, width: int, align: str, is_large: bool, is_bold: bool
) -> None:
    roll = Roll(width)

    roll.text(text, align, is_large=is_large, is_bold=is_bold)  # type: ignore[arg-type]

    lines = [part for part in interpreted(roll.content, width).parts if isinstance(part, Line)]
    assert words_of("".join(line.text for line in lines)) == words_of(text)
    scale = 2 if is_large else 1
    assert all(width_of(line.text) * scale <= COLUMNS[width] for line in lines)


@settings(max_examples=60)
@given(TEXTS, st.text(st.characters(codec="utf-8"), max_size=60), WIDTHS, st.integers(0, 4))
def test_both_texts_of_a_pair_are_there_and_the_right_one_ends_at_the_edge(
    left: str, right: str, width: int, indent: int
) -> None:
    roll = Roll(width)

    roll.pair(left, right, indent=indent)

    grid = interpreted(roll.content, width).grid
    assert sorted(words_of("".join(grid))) == sorted(words_of(left + right))
    if words_of(right):
        assert COLUMNS[width] - width_of(grid[-1]) <= 1


def test_a_line_that_has_no_room_beside_its_sum_goes_above_it() -> None:
    roll = Roll(58)

    roll.pair("无糖乌龙茶 500 mL", "3 × 5.50  16.50")

    assert interpreted(roll.content, 58).grid == [
        "无糖乌龙茶 500 mL",
        "                3 × 5.50  16.50",
    ]


@pytest.mark.parametrize("width", [58, 80])
def test_codes_are_decoded_again_from_the_picture(width: int) -> None:
    roll = Roll(width)
    roll.text("通盘便利", "centre", is_large=True)
    roll.code("LS-S01-1-26-000123")
    roll.qr("https://shop.example/invoice/2f0c")
    roll.cut()

    picture = drawn(interpreted(roll.content, width), blocks)

    found = {code.text: str(code.format) for code in zxingcpp.read_barcodes(picture)}
    assert set(found) == {"LS-S01-1-26-000123", "https://shop.example/invoice/2f0c"}
    assert ("128" in found["LS-S01-1-26-000123"]) == (width == 80)  # 58 mm have room for no bars


@settings(max_examples=25)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20))
def test_a_number_of_any_signs_is_scanned_as_it_is(number: str) -> None:
    roll = Roll(80)

    roll.code(number)

    (part,) = interpreted(roll.content, 80).parts
    assert part.text == number  # type: ignore[union-attr]


def test_a_picture_is_printed_dot_by_dot() -> None:
    roll = Roll(58)
    roll.picture(Bitmap(16, 2, b"\xff\x00\x0f\xf0"))

    page = drawn(interpreted(roll.content, 58), blocks)

    left = 24 + (384 - 16) // 2
    row = [page.getpixel((left + n, 25)) for n in range(16)]
    assert row == [255] * 4 + [0] * 8 + [255] * 4


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x1bX", "1b 58 is no command"),
        (b"\x07", "07 is no command"),
        ("通".encode("gb18030") + b"\n", "outside of Chinese mode"),
        (b"x" * 33 + b"\n", "wider than 32 columns"),
        (b"\x1c&\x81\x20\x1c.\n", "no GB18030"),
        (b"open", "no end"),
        (b"\x1dV", "inside of a command"),
        (b"\x1d!\x22", "twice as large"),
        (b"x\x1ba\x01", "at the start of a line"),
        (b"\x1dk\x49\x02ab", "begin with a set"),
        (b"\x1d(k\x03\x00\x31\x51\x30", "nothing to print"),
    ],
)
def test_what_no_printer_understands_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotUnderstood, match=re.escape(why)):
        interpreted(content, 58)


def test_a_machine_without_a_chinese_font_says_so() -> None:
    with pytest.raises(Refusal) as refused:
        chinese_font(("/nowhere",))
    assert refused.value.code == "no_chinese_font"
