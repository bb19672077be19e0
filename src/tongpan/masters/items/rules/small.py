"""A smaller copy of a picture, for the places that show many of them at once."""

from io import BytesIO

from PIL import Image, ImageOps

SIDE = 200  # pixels: twice what the largest of those places shows
SMALL = 8_000  # bytes; a picture below it is its own copy
MEDIA_TYPE = "image/webp"
QUALITY = 75
# A JPEG is read at an eighth of its size; of other kinds every pixel has to be unpacked.
UNPACKED_MAX = 12_000_000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def small_copy(media_type: str, content: bytes) -> bytes | None:
    """A copy with sides of at most `SIDE` pixels, as WebP and upright; None where the picture
    itself does as well: it is small, or it cannot be read, or not in little memory.

    `content` is what `clean_picture` has let in. Its decoder is somebody else's, so it is never
    given anything that was not checked before.
    """
    try:
        picture: Image.Image = Image.open(BytesIO(content), formats=[FORMATS[media_type]])
        pixels = picture.width * picture.height
        is_tiny = max(picture.size) <= SIDE and len(content) <= SMALL
        if is_tiny or (media_type != "image/jpeg" and pixels > UNPACKED_MAX):
            return None
        picture.draft("RGB", (SIDE, SIDE))
        picture.thumbnail((SIDE, SIDE))
        upright = ImageOps.exif_transpose(picture)
        has_holes = upright.has_transparency_data
        made = BytesIO()
        upright.convert("RGBA" if has_holes else "RGB").save(made, "WEBP", quality=QUALITY)
    except Exception:  # noqa: BLE001 - a decoder fails in many ways; then the picture itself is shown
        return None
    return made.getvalue() if len(made.getvalue()) < len(content) else None
