"""Pictures of an item: what is kept of a file, and in which order."""

from contextlib import suppress
from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chain import Chain
from tests.masters.items.pictures import a_chunk, a_jpeg, a_png, a_segment, a_webp, an_exif
from tests.masters.making import problems_of
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Blob
from tongpan.masters.items.models import ItemPicture
from tongpan.masters.items.pictures import FILE_MAX, PICTURES_MAX
from tongpan.masters.items.rules.pictures import clean_picture
from tongpan.masters.items.types import main_pictures

SECRET = b"39.9042 N 116.4074 E <script>alert(1)</script>"
KINDS = {
    "image/png": (a_png(), a_png(more=a_chunk(b"tEXt", SECRET) + a_chunk(b"eXIf", SECRET))),
    "image/jpeg": (a_jpeg(), a_jpeg(more=a_segment(0xFE, SECRET) + an_exif(1, SECRET))),
    "image/webp": (
        a_webp(), a_webp(flags=0x0C, more=b"EXIF" + pack("<I", len(SECRET)) + SECRET),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_kept_but_the_picture(kind: str) -> None:
    bare, loaded = KINDS[kind]

    picture = clean_picture("a.bin", loaded + b"<script>alert(2)</script>")

    assert (picture.media_type, picture.width, picture.height) == (kind, 2, 3)
    assert picture.content == bare
    assert clean_picture("a.bin", picture.content) == picture


def test_how_the_camera_was_held_stays_and_where_it_was_does_not() -> None:
    clean = clean_picture("a.jpg", a_jpeg(more=an_exif(6, SECRET))).content

    assert SECRET not in clean
    assert clean.count(b"Exif") == 1
    assert clean_picture("a.jpg", clean).content == clean


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"GIF89a", "picture_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_kind"),
        (b"", "picture_kind"),
        (a_png()[:-20], "picture_broken"),
        (a_png(rows=b"\0"), "picture_broken"),
        (a_png()[:40] + b"x" + a_png()[41:], "picture_broken"),
        (a_png(8000, 8000, rows=b""), "picture_too_many_pixels"),
        (a_png(0, 1), "picture_broken"),
        (a_jpeg()[:-9], "picture_broken"),
        (a_jpeg(more=a_segment(0xC8, b"")), "picture_broken"),
        (b"\xff\xd8\xff\xd9", "picture_broken"),
        (a_jpeg(65000, 65000), "picture_too_many_pixels"),
        (a_webp()[:-3], "picture_broken"),
        (a_webp(flags=0x02), "picture_broken"),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes, refused: str) -> None:
    with pytest.raises(Refusal, match=refused):
        clean_picture("a.png", content)


@given(
    kind=st.sampled_from(sorted(KINDS)), at=st.integers(0, 200), other=st.binary(max_size=5),
    gone=st.integers(0, 5),
)  # fmt: skip
def test_damaged_files_are_refused_or_read_and_nothing_else(
    kind: str, at: int, other: bytes, gone: int
) -> None:
    loaded = KINDS[kind][1]
    with suppress(Refusal):
        picture = clean_picture("a", loaded[:at] + other + loaded[at + gone :])
        assert clean_picture("a", picture.content).content == picture.content


# -- on an item ---------------------------------------------------------------------------------


def added(chain: Chain, name: str, width: int = 2) -> Any:
    payload = {"name": name, "content": a_png(width)}
    return run("items.item.add_picture", chain.items["milk"].pk, payload).result


def names(chain: Chain) -> list[str]:
    return [row.name for row in ItemPicture.objects.filter(item=chain.items["milk"])]


def test_the_first_picture_stands_for_the_item_until_another_is_put_first(as_zhou: Chain) -> None:
    milk = as_zhou.items["milk"]
    front, back, side = (added(as_zhou, n, w) for w, n in enumerate(("front", "back", "side"), 2))
    first = main_pictures([milk.pk])

    run("items.item.order_pictures", milk.pk, {"first": [str(side.pk), "no id"]})
    ordered, second = names(as_zhou), main_pictures([milk.pk])
    run("items.item.remove_picture", milk.pk, {"picture": str(side.pk)})

    assert (first, second) == ({milk.pk: front.pk}, {milk.pk: side.pk})
    assert ordered == ["side", "front", "back"]
    assert names(as_zhou) == ["front", "back"]
    assert main_pictures([milk.pk]) == {milk.pk: front.pk}
    told = [(h.note, h.changes["pictures"]) for h in history_of(milk.pk)[:2]]
    assert told == [
        ("side", ["side, front, back", "front, back"]),
        ("side", ["front, back, side", "side, front, back"]),
    ]
    assert back.position == 2


def test_what_is_kept_is_what_was_cleaned(as_zhou: Chain) -> None:
    payload = {"name": "C:\\photos\\milk.jpg", "content": a_jpeg(more=an_exif(6, SECRET))}

    row = run("items.item.add_picture", as_zhou.items["milk"].pk, payload).result

    content = bytes(Blob.objects.get(digest=row.digest).content)
    assert (row.name, row.size, SECRET in content) == ("milk.jpg", len(content), False)


def test_too_large_and_too_many_pictures_are_refused(as_zhou: Chain) -> None:
    milk = as_zhou.items["milk"].pk
    large = {"name": "a.png", "content": a_png() + bytes(FILE_MAX)}
    for n in range(PICTURES_MAX):
        added(as_zhou, f"{n}")

    assert problems_of(lambda: run("items.item.add_picture", milk, large)) == [
        ("file", "picture_too_large")
    ]
    assert problems_of(lambda: added(as_zhou, "more")) == [("file", "too_many_pictures")]
    assert problems_of(lambda: run("items.item.add_picture", milk, {"name": "a"})) == [
        ("file", "too_many_pictures")
    ]


def test_who_may_only_look_adds_no_picture(chain: Chain) -> None:
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        added(chain, "a.png")


def test_a_picture_of_another_item_is_not_taken_away(as_zhou: Chain) -> None:
    row = added(as_zhou, "a.png")

    with pytest.raises(Refusal, match="not_found"):
        run("items.item.remove_picture", as_zhou.items["cola"].pk, {"picture": str(row.pk)})

    assert names(as_zhou) == ["a.png"]
