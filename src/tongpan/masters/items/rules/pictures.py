"""A picture as it may be kept and shown: its structure checked, and nothing in it but the picture.

What cameras and programs write beside it (places, names, comments, whole other files) is left out;
only how a camera was held stays, because a photograph would lie on its side without.

Source: PNG (W3C, third edition), JPEG (ITU-T T.81), EXIF 2.32, WebP (RFC 9649).
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack, unpack

from tongpan.base.refusals import Refusal

PIXELS_MAX = 40_000_000
SIDE_MAX = 16_000
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"}
PNG_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
JPEG_FRAMES = {0xC0, 0xC1, 0xC2}
JPEG_KEPT = {0xC4, 0xDB, 0xDD, 0xEE} | JPEG_FRAMES  # tables, restarts, Adobe's colours, frames
WEBP_KEPT = {b"VP8 ", b"VP8L", b"ALPH", b"ICCP"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is nothing else."""

    media_type: str
    width: int
    height: int
    content: bytes


class _Broken(Exception):
    pass


def clean_picture(name: str, content: bytes) -> Picture:
    """The picture in a file, by what it is and not by what it is called.

    Errors: Refusal picture_kind, picture_broken, picture_too_many_pixels.
    """
    if content.startswith(PNG_START):
        read, media_type = _png, "image/png"
    elif content.startswith(b"\xff\xd8\xff"):
        read, media_type = _jpeg, "image/jpeg"
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        read, media_type = _webp, "image/webp"
    else:
        raise Refusal("picture_kind", name=name)
    try:
        width, height, clean = read(content)
    except (_Broken, IndexError, ValueError, zlib.error):
        raise Refusal("picture_broken", name=name) from None
    except OverflowError:
        raise Refusal("picture_too_many_pixels", name=name) from None
    return Picture(media_type, width, height, clean)


def _sized(width: int, height: int) -> tuple[int, int]:
    if width < 1 or height < 1:
        raise _Broken
    if width * height > PIXELS_MAX or max(width, height) > SIDE_MAX:
        raise OverflowError
    return width, height


def _number(content: bytes) -> int:
    return int.from_bytes(content, "big")


# -- PNG ----------------------------------------------------------------------------------------


def _png(content: bytes) -> tuple[int, int, bytes]:
    chunks = list(_png_chunks(content))
    if chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND" or len(chunks[0][1]) != 13:
        raise _Broken
    width, height, depth, colour, _packing, _filter, is_interlaced = unpack(
        ">IIBBBBB", chunks[0][1]
    )
    _sized(width, height)
    if colour not in PNG_SAMPLES or depth not in (1, 2, 4, 8, 16):
        raise _Broken
    row = (width * PNG_SAMPLES[colour] * depth + 7) // 8 + 1
    unpacking = zlib.decompressobj()
    data = b"".join(body for kind, body in chunks if kind == b"IDAT")
    length = len(unpacking.decompress(data, 2 * row * height + 64))
    if not data or (length < row * height if is_interlaced else length != row * height):
        raise _Broken
    kept = (_png_chunk(kind, body) for kind, body in chunks if kind in PNG_KEPT)
    return width, height, PNG_START + b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_START)
    while True:
        size, kind = unpack(">I4s", _exactly(content, at, 8))
        body = _exactly(content, at + 8, size)
        if _number(_exactly(content, at + 8 + size, 4)) != zlib.crc32(kind + body):
            raise _Broken
        yield kind, body
        if kind == b"IEND":  # whatever comes after it is not the picture's
            return
        at += 12 + size


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))


def _exactly(content: bytes, at: int, size: int) -> bytes:
    part = content[at : at + size]
    if len(part) != size:
        raise _Broken
    return part


# -- JPEG ---------------------------------------------------------------------------------------


def _jpeg(content: bytes) -> tuple[int, int, bytes]:
    parts, size, orientation, at, has_scan = [b"\xff\xd8"], None, 1, 2, False
    while True:
        if content[at] != 0xFF:
            raise _Broken
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == 0xD9:
            break
        length = _number(_exactly(content, at + 2, 2))
        segment = _exactly(content, at, 2 + length)
        body = segment[4:]
        at += len(segment)
        if marker in JPEG_FRAMES:
            if size is not None:
                raise _Broken
            size = _sized(_number(_exactly(body, 3, 2)), _number(_exactly(body, 1, 2)))
        if marker in JPEG_KEPT or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")):
            parts.append(segment)
        elif marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
        elif marker == 0xDA:
            if size is None:
                raise _Broken
            end = _end_of_scan(content, at)
            parts += [segment, content[at:end]]
            at, has_scan = end, True
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            raise _Broken
    if size is None or not has_scan:
        raise _Broken
    if orientation != 1:
        parts.insert(1, _exif(orientation))
    return *size, b"".join([*parts, b"\xff\xd9"])


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker is: in a scan, FF before 00 is a byte, and D0 to D7 are restarts."""
    while True:
        at = content.index(b"\xff", at)
        if content[at + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def _orientation(tiff: bytes) -> int:
    """How the camera was held, 1 to 8; 1 where it does not say so in a way that can be read."""
    order = "little" if tiff[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)  # type: ignore[arg-type]

    start = number(4, 4)
    for entry in range(min(number(start, 2), 100)):
        at = start + 2 + 12 * entry
        if number(at, 2) == 0x0112:
            held = number(at + 8, 2)
            return held if 1 <= held <= 8 else 1
    return 1


def _exif(orientation: int) -> bytes:
    entry = pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0\x2a" + pack(">IH", 8, 1) + entry + pack(">I", 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + pack(">H", len(body) + 2) + body


# -- WebP ---------------------------------------------------------------------------------------


def _webp(content: bytes) -> tuple[int, int, bytes]:
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise _Broken
    at, size = 12, None
    kept: list[bytes] = []
    while at < end:
        kind, length = content[at : at + 4], int.from_bytes(_exactly(content, at + 4, 4), "little")
        body = _exactly(content, at + 8, length)
        at += 8 + length + length % 2
        if kind == b"VP8X" and length == 10 and not kept:
            if body[0] & 0x02:  # it moves
                raise _Broken
            size = _sized(_small(body[4:7]) + 1, _small(body[7:10]) + 1)
            body = bytes([body[0] & ~0x0C]) + body[1:]  # EXIF and XMP are left out
        elif kind in (b"VP8 ", b"VP8L"):
            found = _vp8(body) if kind == b"VP8 " else _vp8l(body)
            size = size or found
        elif kind not in WEBP_KEPT:
            continue
        kept.append(kind + pack("<I", length) + body + b"\0" * (length % 2))
    if size is None or not any(chunk[:3] == b"VP8" and chunk[3:4] in b" L" for chunk in kept):
        raise _Broken
    inside = b"WEBP" + b"".join(kept)
    return *size, b"RIFF" + pack("<I", len(inside)) + inside


def _small(content: bytes) -> int:
    return int.from_bytes(content, "little")


def _vp8(body: bytes) -> tuple[int, int]:
    if body[0] & 1 or body[3:6] != b"\x9d\x01\x2a":
        raise _Broken
    return _sized(_small(body[6:8]) & 0x3FFF, _small(body[8:10]) & 0x3FFF)


def _vp8l(body: bytes) -> tuple[int, int]:
    bits = _small(body[1:5])
    if body[0] != 0x2F or bits >> 29:
        raise _Broken
    return _sized((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
