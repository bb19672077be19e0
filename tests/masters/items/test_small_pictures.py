"""The smaller copies that lists show: how small, how they come to be, and that they go too."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.chain import Chain
from tests.masters.items.pictures import a_jpeg, a_png, an_exif
from tongpan.kernel.documents.gate import run
from tongpan.masters.items.models import ItemPicture, SmallPicture
from tongpan.masters.items.pictures import shown_small
from tongpan.masters.items.rules.pictures import clean_picture
from tongpan.masters.items.rules.small import SIDE, UNPACKED_MAX, small_copy


def a_photograph(width: int, height: int, kind: str = "JPEG", **more: Any) -> bytes:
    """A picture with so much in it that it does not shrink to nothing."""
    noise = Image.effect_noise((width // 4, height // 4), 60).resize((width, height))
    drawn, out = Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))), BytesIO()
    drawn.save(out, kind, **more)
    return out.getvalue()


def read(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_copy_has_short_sides_and_few_bytes(kind: str) -> None:
    photograph = a_photograph(1600, 1200, kind)

    made = small_copy(f"image/{kind.lower()}", photograph)

    assert made is not None
    assert (read(made).format, read(made).size) == ("WEBP", (SIDE, SIDE * 3 // 4))
    assert len(made) * 10 < len(photograph)


def test_a_copy_stands_upright_however_the_camera_was_held() -> None:
    lying = a_photograph(800, 400)
    held = lying[:2] + an_exif(6, b"") + lying[2:]

    made = small_copy("image/jpeg", clean_picture("a.jpg", held).content)

    assert made is not None
    assert read(made).size == (SIDE // 2, SIDE)


def test_what_is_transparent_stays_so() -> None:
    out = BytesIO()
    Image.effect_noise((900, 900), 60).convert("LA").convert("RGBA").save(out, "PNG")
    clear = Image.open(BytesIO(out.getvalue()))
    clear.putalpha(0)
    out = BytesIO()
    clear.save(out, "PNG")

    made = small_copy("image/png", out.getvalue())

    assert made is None or read(made).mode == "RGBA"
    assert made is not None


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/png", a_png()),  # tiny
        ("image/jpeg", a_jpeg(900, 900)),  # a frame with nothing in it that can be decoded
        ("image/webp", a_photograph(900, 900, "PNG")),  # of another kind than it is said to be
        ("image/png", a_png(5000, UNPACKED_MAX // 5000 + 1)),  # would need much memory
    ],
)
def test_a_picture_that_does_itself_or_cannot_be_read_has_no_copy(
    media_type: str, content: bytes
) -> None:
    assert small_copy(media_type, content) is None


# -- on an item ---------------------------------------------------------------------------------


def added(chain: Chain, content: bytes) -> ItemPicture:
    payload = {"name": "tray", "content": content}
    row: ItemPicture = run("items.item.add_picture", chain.items["milk"].pk, payload).result
    return row


def test_a_picture_gets_its_copy_when_it_comes_in_and_takes_it_along(as_zhou: Chain) -> None:
    row = added(as_zhou, a_photograph(1600, 1200))
    there = SmallPicture.objects.filter(picture=row).exists()

    media_type, content = shown_small(row)
    run("items.item.remove_picture", as_zhou.items["milk"].pk, {"picture": str(row.pk)})

    assert there
    assert (media_type, read(content).size) == ("image/webp", (200, 150))
    assert not SmallPicture.objects.exists()


def test_a_picture_from_before_gets_its_copy_when_it_is_asked_for(
    as_zhou: Chain, django_assert_num_queries: Callable[[int], Any]
) -> None:
    row = added(as_zhou, a_photograph(1600, 1200))
    SmallPicture.objects.all().delete()

    made = shown_small(row)
    with django_assert_num_queries(1):  # it is made once
        again = shown_small(row)

    assert made == again
    assert made[0] == "image/webp"


def test_a_tiny_picture_is_shown_itself_and_not_tried_again(
    as_zhou: Chain, django_assert_num_queries: Callable[[int], Any]
) -> None:
    row = added(as_zhou, a_png())

    with django_assert_num_queries(2):
        shown = shown_small(row)

    assert shown == ("image/png", a_png())
