"""Labels: read again by a barcode reader, and exact bytes for the printers."""

import re
import zlib

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from tongpan.engines.prints import labels
from tongpan.engines.prints.escpos import Bitmap
from tongpan.engines.prints.formats import LEAST, MOST
from tongpan.engines.prints.labels import SIZES, Label, Size

MILK = Label(
    name="鲜牛奶 950 mL", price="9.90", unit="盒", specification="950 mL", code="10001",
    barcode="6901234567892", member_price="会员价 ¥9.50", old_price="12.90", tag="特价",
    each="¥5.21 / 500 mL", quantity_price="满 3：¥9.00", origin="产地：北京",
)  # fmt: skip
TINY = Bitmap(16, 3, bytes([0xFF, 0xF0, 0xFF, 0xF0, 0x00, 0x01]))


def read(picture: Image.Image) -> list[tuple[str, str]]:
    wide = Image.new("L", (picture.width + 40, picture.height + 40), 255)
    wide.paste(picture.convert("L"), (20, 20))
    return [(code.format.name, code.text) for code in zxingcpp.read_barcodes(wide)]


def as_picture(width: int, height: int, bits: bytes) -> Image.Image:
    return Image.frombytes("1", (width, height), bytes(b ^ 0xFF for b in bits))


def from_zpl(content: bytes) -> Image.Image:
    """What a ZPL printer prints, read by its documented shorthand and not by our writer."""
    found = re.search(rb"\^GFA,(\d+),\d+,(\d+),([^^]*)\^FS", content)
    assert found is not None
    total, row = int(found[1]), int(found[2])
    rows: list[str] = []
    line, times = "", 0
    for sign in found[3].decode():
        if "G" <= sign <= "Y":
            times += ord(sign) - ord("F")
        elif "g" <= sign <= "z":
            times += (ord(sign) - ord("f")) * 20
        elif sign in "0123456789ABCDEF":
            line += sign * (times or 1)
            times = 0
        elif sign in ",!":
            line = line.ljust(row * 2, "0" if sign == "," else "F")
        else:
            rows.append(rows[-1])
        if len(line) == row * 2:
            rows.append(line)
            line = ""
    bits = bytes.fromhex("".join(rows))
    assert len(bits) == total
    return as_picture(row * 8, total // row, bits)


def from_tspl(content: bytes) -> Image.Image:
    found = re.search(rb"BITMAP 0,0,(\d+),(\d+),0,", content)
    assert found is not None
    row, height = int(found[1]), int(found[2])
    bits = content[found.end() : found.end() + row * height]
    return Image.frombytes("1", (row * 8, height), bits)


def from_pdf(content: bytes) -> Image.Image:
    found = re.search(rb"/Width (\d+) /Height (\d+).*?/Length (\d+) >>\nstream\n", content)
    assert found is not None
    packed = content[found.end() : found.end() + int(found[3])]
    return as_picture(int(found[1]), int(found[2]), zlib.decompress(packed))


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize(
    ("code", "kind"),
    [("6901234567892", "EAN13"), ("96385074", "EAN8"), ("AB-10001", "Code128")],
)
def test_the_barcode_of_a_label_reads_as_it_was_from_each_kind_of_bytes(
    size: Size, code: str, kind: str
) -> None:
    label = Label(name=MILK.name, price="9.90", barcode=code)

    for speaks in labels.WRITERS:
        content = labels.written(speaks, label, size)
        picture = from_zpl(content) if speaks.startswith("z") else from_tspl(content)
        assert picture.width >= size.width * (12 if "300" in speaks else 8)
        assert read(picture) == [(kind, code)]
    assert read(from_pdf(labels.pdf_of([(label, 1)], size))) == [(kind, code)]


@settings(max_examples=60)
@given(st.integers(LEAST["width"], MOST["width"]), st.integers(LEAST["height"], MOST["height"]))
@example(60, 40)
@example(40, 30)
def test_a_label_with_everything_keeps_its_parts_apart_and_inside(width: int, height: int) -> None:
    size = Size("own", width, height)
    boxes = [
        (p.left, p.top, p.left + p.width, p.top + p.height) for p in labels.laid_out(MILK, size)
    ]
    for n, (left, top, right, bottom) in enumerate(boxes):
        assert 0 <= left < right <= size.width * 8
        assert 0 <= top < bottom <= size.height * 8
        for other in boxes[n + 1 :]:
            is_beside = right <= other[0] or other[2] <= left
            assert is_beside or bottom <= other[1] or other[3] <= top


def test_a_format_leaves_out_what_it_does_not_show() -> None:
    size = Size("own", 45, 30, without=frozenset({"code", "origin", "member_price", "barcode"}))

    parts = labels.laid_out(MILK, size)

    texts = [part.text for part in parts if isinstance(part, labels.Text)]
    assert "950 mL" in texts
    assert not {MILK.origin, MILK.member_price} & set(texts)
    assert not any(isinstance(part, labels.Bars) for part in parts)
    assert "产地：北京" in labels.laid_out(MILK, SIZES["60x40"])[2].text  # type: ignore[union-attr]


def test_zpl_bytes() -> None:
    said = labels.zpl_of(TINY, Size("t", 2, 1), copies=3)

    assert said == b"^XA^PW16^LL8^LH0,0^FO0,0^GFA,6,6,2,IF0:I01^FS^PQ3^XZ\n"


def test_tspl_bytes() -> None:
    said = labels.tspl_of(TINY, Size("t", 2, 1), copies=3)

    assert said == (
        b"SIZE 2 mm,1 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\nCLS\r\nBITMAP 0,0,2,3,0,"
        b"\x00\x0f\x00\x0f\xff\xfe\r\nPRINT 1,3\r\n"
    )


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["00" * 40, "FF" * 40, "0F" * 40, "00" * 39 + "01"]), min_size=1),
       st.binary(min_size=40, max_size=40))  # fmt: skip
def test_what_zpl_packs_is_what_it_was(rows: list[str], more: bytes) -> None:
    bits = bytes.fromhex("".join(rows)) + more
    bitmap = Bitmap(320, len(rows) + 1, bits)

    picture = from_zpl(labels.zpl_of(bitmap, Size("t", 40, 1)))

    assert bytes(b ^ 0xFF for b in picture.tobytes()) == bits


def test_a_pdf_has_a_page_for_each_copy() -> None:
    content = labels.pdf_of([(MILK, 2), (Label(name="可乐", price="3.00"), 1)], SIZES["60x40"])

    assert content.count(b"/Type /Page /Parent") == 3
    assert b"/MediaBox [0 0 170.08 113.39]" in content
    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert content[start : start + 4] == b"xref"


def test_sheets_hold_as_many_labels_as_go_on_a4_and_each_still_reads() -> None:
    slip = Label(name="满减券", price="", headline="−¥10", barcode="Q0123456789ABC")
    content = labels.sheet_of([(slip, 1), (MILK, 21)], SIZES["60x40"])

    assert content.count(b"/Type /Page /Parent") == 2  # three across, seven down
    assert b"/MediaBox [0 0 595.28 841.89]" in content
    assert content.count(b" cm /L") == 22
    assert read(from_pdf(content)) == [("Code128", "Q0123456789ABC")]
    texts = [p.text for p in labels.laid_out(slip, SIZES["60x40"]) if isinstance(p, labels.Text)]
    assert texts == ["满减券", "−¥10"]
