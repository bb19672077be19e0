"""Families: their options, and the variants that are made of them."""

from tests.chain import Chain
from tests.masters.making import changed, problems_of, saved
from tongpan.kernel.documents.gate import run
from tongpan.masters.items.families import proposed_variants
from tongpan.masters.items.models import FamilyOption, Item, ItemFamily
from tongpan.masters.items.queries import search_items

OPTIONS = [{"name": "颜色", "values": "红，蓝"}, {"name": "尺码", "values": "S、M, S"}]


def a_family() -> ItemFamily:
    family: ItemFamily = saved("items.family", code="T100", name="短袖", options=OPTIONS)
    return family


def variant(text: str, code: str = "X1") -> Item:
    payload = {"code": code, "name": "短袖", "base_unit": "盒", "family": "T100", "variant": text}
    item: Item = saved("items.item", **payload)
    return item


def test_a_family_says_what_its_variants_differ_in(as_zhou: Chain) -> None:
    a_family()

    rows = FamilyOption.objects.order_by("pk").values_list("name", "values")
    assert list(rows) == [("颜色", "红, 蓝"), ("尺码", "S, M")]


def test_every_combination_that_is_not_there_is_proposed(as_zhou: Chain) -> None:
    family = a_family()
    variant("红/M", code="OLD-7")
    saved("items.item", code="T100-02-S", name="别的", base_unit="盒")

    proposed = [(p.variant, p.code, p.name) for p in proposed_variants(family)]

    assert proposed == [
        ("红 / S", "T100-01-S", "短袖 红 S"),
        ("蓝 / S", "T100-02-S-2", "短袖 蓝 S"),
        ("蓝 / M", "T100-02-M", "短袖 蓝 M"),
    ]


def test_a_variant_is_found_by_the_pinyin_of_its_family_and_of_its_new_name(
    as_zhou: Chain,
) -> None:
    family = a_family()
    red = changed("items.item", variant("红/S"), name="红色小号")

    assert search_items("dx") == [red]
    changed("items.family", family, name="长袖")

    assert (search_items("dx"), search_items("changxiu")) == ([], [red])


def test_a_family_without_options_has_nothing_to_propose(as_zhou: Chain) -> None:
    assert proposed_variants(saved("items.family", code="T200", name="长袖")) == []


def test_an_item_is_one_variant_of_its_family(as_zhou: Chain) -> None:
    a_family()
    red = variant(" 红/M")

    assert red.variant == "红 / M"
    assert problems_of(lambda: variant("红 / M", code="X2")) == [("variant", "duplicate")]
    assert problems_of(lambda: variant("红", code="X2")) == [("variant", "variant_parts")]
    assert problems_of(lambda: variant("", code="X2")) == [("variant", "variant_parts")]
    assert problems_of(lambda: variant("绿 / M", code="X2")) == [("variant", "variant_value")]
    assert problems_of(lambda: changed("items.item", red, family=None)) == [
        ("variant", "variant_without_family")
    ]


def test_a_value_that_an_item_has_stays_and_new_ones_may_come(as_zhou: Chain) -> None:
    family = a_family()
    red = variant("红 / M")
    colour, size = family.options.order_by("pk")

    def options(values: str) -> list[dict[str, str]]:
        return [{"id": str(colour.pk), "name": "色", "values": values},
                {"id": str(size.pk), "name": "尺码", "values": "S, M"}]  # fmt: skip

    gone = problems_of(lambda: changed("items.family", family, options=options("蓝")))
    more = problems_of(
        lambda: changed(
            "items.family", family, options=[*options("红"), {"name": "料", "values": "棉"}]
        )
    )
    less = problems_of(lambda: changed("items.family", family, options=options("红")[:1]))
    changed("items.family", family, options=options("红, 绿"))
    run("items.item.archive", red.pk)
    changed("items.family", family, options=options("绿"))

    assert gone == [("options.1.values", "value_in_use")]
    assert more == [("options.3.name", "option_in_use")]
    assert less == [("options", "option_in_use")]
    assert Item.objects.get(pk=red.pk).variant == "红 / M"


def test_options_of_a_variant_are_not_put_away_many_at_once(as_zhou: Chain) -> None:
    a_family()
    variant("红/M")
    ids = [str(pk) for pk in FamilyOption.objects.values_list("pk", flat=True)]

    problems = problems_of(lambda: run("items.family_option.archive_many", payload={"ids": ids}))

    assert {code for _path, code in problems} == {"option_in_use"}
    assert FamilyOption.objects.filter(state="active").count() == 2
