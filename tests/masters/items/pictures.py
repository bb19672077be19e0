"""Small pictures made by hand, with whatever else a file may carry."""

import zlib
from struct import pack


def a_png(
    width: int = 2, height: int = 3, *, more: bytes = b"", rows: bytes | None = None
) -> bytes:
    """A grey PNG; `more` are chunks before its data."""
    data = bytes((width + 1) * height) if rows is None else rows
    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + a_chunk(b"IHDR", header)
    return start + more + a_chunk(b"IDAT", zlib.compress(data)) + a_chunk(b"IEND", b"")


def a_chunk(kind: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))


def a_segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + pack(">H", len(body) + 2) + body


def an_exif(orientation: int, words: bytes) -> bytes:
    """What a telephone writes into a photograph: how it was held, and where."""
    entry = b"\x12\x01\x03\x00\x01\x00\x00\x00" + pack("<HH", orientation, 0)
    tiff = b"II\x2a\0" + pack("<IH", 8, 1) + entry + pack("<I", 0) + words
    return a_segment(0xE1, b"Exif\0\0" + tiff)


def a_jpeg(width: int = 2, height: int = 3, *, more: bytes = b"") -> bytes:
    """The frame of a JPEG with a scan of a few bytes; `more` are segments at its beginning."""
    frame = a_segment(0xC0, pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    tables = a_segment(0xDB, b"\0" + bytes([1] * 64)) + a_segment(0xC4, b"\0" + bytes(16))
    scan = a_segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + more + tables + frame + scan + b"\xff\xd9"


def a_webp(width: int = 2, height: int = 3, *, more: bytes = b"", flags: int = 0) -> bytes:
    """A WebP without loss, with a header that says what else is in it."""
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    header = b"VP8X" + pack("<I", 10) + bytes([flags, 0, 0, 0]) + sizes
    bits = (width - 1) | (height - 1) << 14
    data = b"VP8L" + pack("<I", 6) + b"\x2f" + pack("<I", bits) + b"\0"
    inside = b"WEBP" + header + data + more
    return b"RIFF" + pack("<I", len(inside)) + inside
