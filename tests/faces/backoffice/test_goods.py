"""Pictures of an item and variants of a family, on their pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.chain import Chain, a_chain
from tests.faces.backoffice.conftest import text_of
from tests.masters.items.pictures import a_chunk, a_png
from tests.masters.making import saved
from tongpan.masters.items.models import Item, ItemFamily, ItemPicture

Browse = Callable[[str, str], Client]


@pytest.fixture
def chain(company: str) -> Chain:
    return a_chain()


def send(browser: Client, item: Item, *files: tuple[str, bytes]) -> Any:
    given = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(f"/m/items.item/{item.pk}/pictures/add", {"file": given})


def names(item: Item) -> list[str]:
    return [row.name for row in ItemPicture.objects.filter(item=item)]


def test_pictures_are_sent_shown_put_in_order_and_taken_away(chain: Chain, browse: Browse) -> None:
    zhou, milk = browse("zhou", "hq"), chain.items["milk"]
    secret = a_chunk(b"tEXt", b"where it was taken")
    send(zhou, milk, ("front.png", a_png(more=secret)), ("back.png", a_png(3)))
    first, second = ItemPicture.objects.filter(item=milk)

    url = f"/m/items.item/{milk.pk}/pictures/{first.pk}"
    shown = zhou.get(url)
    in_list = text_of(zhou, "/m/items.item/")
    page = text_of(zhou, f"/m/items.item/{milk.pk}/")
    zhou.post(f"/m/items.item/{milk.pk}/pictures/order", {"first": str(second.pk)})
    ordered = names(milk)
    zhou.post(f"/m/items.item/{milk.pk}/pictures/remove", {"picture": str(second.pk)})

    assert (shown.content, shown["Content-Type"]) == (a_png(), "image/png")
    assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert f'src="{url}/small"' in in_list
    assert f'src="{url}/small"' in page
    assert f'href="{url}"' in page
    assert "设为主图" in page
    assert ordered == ["back.png", "front.png"]
    assert names(milk) == ["front.png"]
    assert "移除图片: back.png" in text_of(zhou, f"/m/items.item/{milk.pk}/")


def test_a_file_that_is_no_picture_is_refused_by_name(chain: Chain, browse: Browse) -> None:
    zhou, milk = browse("zhou", "hq"), chain.items["milk"]

    answer = send(zhou, milk, ("good.png", a_png()), ("bad.png", b"<svg onload='x()'/>"))

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "bad.png 不是可以保存的图片" in html
    assert "鲜牛奶" in html
    assert names(milk) == ["good.png"]


def test_who_may_only_look_sees_pictures_and_changes_none(chain: Chain, browse: Browse) -> None:
    milk = chain.items["milk"]
    send(browse("zhou", "hq"), milk, ("front.png", a_png()))
    picture = ItemPicture.objects.get(item=milk)
    lin, nobody = browse("lin", "north"), Client()

    page = text_of(lin, f"/m/items.item/{milk.pk}/")

    url = f"/m/items.item/{milk.pk}/pictures/{picture.pk}"
    of_cola = f"/m/items.item/{chain.items['cola'].pk}/pictures/{picture.pk}"
    for size in ("", "/small"):
        shown = lin.get(f"{url}{size}")
        assert (shown.status_code, shown.content) == (200, a_png())
        assert shown["Cache-Control"] == "private, max-age=31536000, immutable"
        assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert nobody.get(f"{url}{size}").status_code == 302
        assert lin.get(f"{of_cola}{size}").status_code == 404
    assert "pictures/add" not in page
    assert send(lin, milk, ("x.png", a_png())).status_code == 404
    assert names(milk) == ["front.png"]


# -- families -----------------------------------------------------------------------------------


@pytest.fixture
def shirt(chain: Chain) -> ItemFamily:
    with chain.as_("zhou", "hq"):
        family: ItemFamily = saved(
            "items.family", code="T100", name="短袖",
            options=[{"name": "颜色", "values": "红, 蓝"}, {"name": "尺码", "values": "S, M"}],
        )  # fmt: skip
        saved("items.item", code="OLD-7", name="短袖 旧", base_unit="盒", brand="山川",
              family="T100", variant="红 / S")  # fmt: skip
    return family


def test_the_first_variants_begin_with_what_any_item_has(chain: Chain, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        family = saved(
            "items.family", code="T200", name="长裤",
            options=[{"name": "颜色", "values": "红, 蓝"}],
        )  # fmt: skip

    form = text_of(browse("zhou", "hq"), f"/m/items.family/{family.pk}/variants")

    assert '<option value="stocked" selected' in form


def test_the_chosen_variants_are_made_and_the_others_left_alone(
    chain: Chain, browse: Browse, shirt: ItemFamily
) -> None:
    zhou, url = browse("zhou", "hq"), f"/m/items.family/{shirt.pk}/variants"
    form = text_of(zhou, url)
    box = str(chain.measures["box"].pk)
    rows = {}
    for n, (made, text, code) in enumerate(
        (("1", "红 / M", "T100-01-M"), ("0", "蓝 / S", "T100-02-S"), ("1", "蓝 / M", "OWN-1"))
    ):
        rows |= {f"variants.{n}.is_made": made, f"variants.{n}.variant": text,
                 f"variants.{n}.code": code, f"variants.{n}.name": f"短袖 {n}"}  # fmt: skip

    answer = zhou.post(url, {"base_unit": box, "brand": "山川", "kind": "stocked", **rows})

    assert [value in form for value in ("T100-01-M", "短袖 红 M", "山川", "OLD-7")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert answer.status_code == 302
    made = Item.objects.filter(family=shirt).order_by("code")
    assert [(i.code, i.variant, i.brand) for i in made] == [
        ("OLD-7", "红 / S", "山川"), ("OWN-1", "蓝 / M", "山川"), ("T100-01-M", "红 / M", "山川"),
    ]  # fmt: skip
    page = text_of(zhou, f"/m/items.item/{made[1].pk}/")
    assert "同款其他商品" in page
    assert "红 / S" in page
    assert 'value="T100-02-S"' in text_of(zhou, url)


def test_a_code_that_is_taken_is_named_at_its_line_and_nothing_is_made(
    chain: Chain, browse: Browse, shirt: ItemFamily
) -> None:
    rows = {}
    for n, (made, text, code) in enumerate((("0", "红 / M", "T1"), ("1", "蓝 / S", "10001"))):
        rows |= {f"variants.{n}.is_made": made, f"variants.{n}.variant": text,
                 f"variants.{n}.code": code, f"variants.{n}.name": "短袖"}  # fmt: skip

    answer = browse("zhou", "hq").post(
        f"/m/items.family/{shirt.pk}/variants",
        {"base_unit": str(chain.measures["box"].pk), **rows},
    )

    assert answer.status_code == 422
    assert 'id="variants.1.code-wrong"' in answer.content.decode()
    assert Item.objects.filter(family=shirt).count() == 1
    without = browse("zhou", "hq").post(f"/m/items.family/{shirt.pk}/variants", rows)
    assert 'id="base_unit-wrong"' in without.content.decode()
