"""Goods of the demonstration have Chinese names and metric sizes."""

import re
from decimal import Decimal

import duckdb
import pytest

from tongpan.business.demo.naming import (
    GoodsType,
    distinction,
    goods_types,
    label_of,
    metric,
    name_of,
    packed,
)
from tongpan.business.demo.source import published

EGGS = GoodsType("大号鸡蛋", "蛋品", "盒", "免税", False)
LETTUCE = GoodsType("球生菜", "蔬菜", "个", "免税", False)
BEER = GoodsType("啤酒", "酒", "罐", "13%", False)
SNACK = GoodsType("薯片", "休闲零食", "袋", "13%", False)
DRINK = GoodsType("橙汁", "饮料", "瓶", "13%", False)


def test_every_product_type_that_was_ever_sold_has_a_chinese_name() -> None:
    data = published()
    with duckdb.connect() as base:
        rows = base.execute(
            f"select distinct p.product_type from read_parquet('{data}/products.parquet') p"
            f" semi join read_parquet('{data}/transactions.parquet') t using (product_id)"
            " where p.product_type is not null"
        ).fetchall()

    assert {name for (name,) in rows} - set(goods_types()) == set()


def test_no_english_stands_in_a_name_or_a_category() -> None:
    texts = {t for goods in goods_types().values() for t in (goods.name, goods.category)}

    assert [t for t in texts if re.search(r"[A-Za-z]{2,}|[A-Z](?![恤卡]|$)", t)] == []


def test_two_types_are_never_called_alike() -> None:
    names = [goods.name for goods in goods_types().values()]

    assert len(set(names)) == len(names)


def test_vegetables_and_fresh_meat_are_exempt_and_most_goods_are_not() -> None:
    taxes = {goods.name: goods.tax for goods in goods_types().values()}

    assert (taxes["番茄"], taxes["猪肉糜"], taxes["大号鸡蛋"]) == ("免税",) * 3
    assert (taxes["鲜牛奶"], taxes["小麦粉"], taxes["香蕉"]) == ("9%",) * 3
    assert (taxes["薯片"], taxes["巧克力牛奶"], taxes["瓶罐押金"]) == ("13%", "13%", "不征税")


@pytest.mark.parametrize(
    ("size", "goods", "said"),
    [
        ("12 OZ", SNACK, "340 g"),
        ("12 OZ", DRINK, "355 mL"),
        ("1 GA", DRINK, "3.79 L"),
        ("2 LB", SNACK, "907 g"),
        ("24 CT", SNACK, "24 片装"),
        ("12 CT", EGGS, "12 枚装"),
        ("12 PK", DRINK, "12 瓶装"),
        ("1 CT", SNACK, ""),
        ("32 LOADS", SNACK, ""),
        ("24 CT", LETTUCE, ""),
        ("12 CT/21 OZ", SNACK, "595 g"),
        ("10 3/4 OZ", SNACK, "305 g"),
        ("1/2 GAL", DRINK, "1.89 L"),
        ("2416.9 OZ", DRINK, ""),
        ("1 DZ", SNACK, "12 枚"),
        ("12 PK/12 OZ", DRINK, "355 mL×12"),
        ("10/6.75 OZ", DRINK, "200 mL×10"),
        ("1/4 OZ", SNACK, "113 g"),
        ("750 ML", DRINK, "750 mL"),
        ("CTN", SNACK, ""),
        (None, SNACK, ""),
    ],
)
def test_sizes_are_metric(size: str | None, goods: GoodsType, said: str) -> None:
    assert metric(size, goods) == said


def test_every_maker_has_a_label_of_its_own_and_no_number() -> None:
    labels = {label_of("National", maker) for maker in range(1, 6500)}

    assert len(labels) == 6499
    assert [label for label in labels if not re.fullmatch(r"[\u4e00-\u9fff]{2}", label)] == []


def test_tins_at_the_price_of_six_are_six() -> None:
    six, size = packed(BEER, "355 mL", Decimal("24.95"))

    assert (six.unit, size) == ("提", "355 mL×6")
    assert packed(BEER, "355 mL", Decimal("5.95")) == (BEER, "355 mL")
    assert packed(SNACK, "340 g", Decimal("24.95")) == (SNACK, "340 g")


def test_items_of_one_name_are_told_apart() -> None:
    name = name_of(SNACK, "340 g", "自有品牌")

    assert name == "薯片 340 g 自有品牌"
    assert [distinction(SNACK, n) for n in (0, 1, 40)] == ["", " 烧烤味", " 41号"]
