"""Chinese names for goods that the source knows only by an English type and an American size."""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

TYPES = Path(__file__).with_name("product_types.csv")
LIQUID = frozenset({"饮料", "酒", "家庭清洁"})
POURED = re.compile(r"(汁|水|油|醋|奶|饮|露|液|糖浆|酱油|乳)$")
METRIC = {"ML": ("mL", Decimal(1)), "LT": ("L", Decimal(1)), "L": ("L", Decimal(1)),
          "GR": ("g", Decimal(1)), "G": ("g", Decimal(1)), "KG": ("kg", Decimal(1))}  # fmt: skip
VOLUME_ML = {
    "OZ": Decimal("29.5735"),
    "FL OZ": Decimal("29.5735"),
    "GA": Decimal("3785.41"),
    "GAL": Decimal("3785.41"),
    "PT": Decimal("473.176"),
    "QT": Decimal("946.353"),
}
WEIGHT_G = {"OZ": Decimal("28.3495"), "LB": Decimal("453.592")}
PIECES = {"CT": "片装", "PK": "支装", "DZ": "打", "SHT": "抽", "ROLL": "卷", "PC": "件套"}
_UNITS = "FL OZ|OZ|LB|GAL|GA|PT|QT|ML|LT|L|GR|G|KG|CT|PK|DZ|SHT"
SIZE = re.compile(rf"(\d+(?:\.\d+)?|\.\d+)\s*({_UNITS})")
MANY = re.compile(r"(\d+)\s*(?:PK|CT)?\s*/\s*(\d+(?:\.\d+)?)\s*(OZ|ML|LT|L)")


@dataclass(frozen=True, slots=True)
class GoodsType:
    """What the committed table says of a product type of the source."""

    name: str
    category: str
    unit: str
    tax: str
    is_weighed: bool

    @property
    def is_liquid(self) -> bool:
        return self.category in LIQUID or POURED.search(self.name) is not None

    @property
    def is_goods(self) -> bool:
        """Whether it lies on a shelf: coupons, gift cards, deposits and phone credit do not."""
        return self.tax not in ("不征税", "6%")


@cache
def goods_types() -> dict[str, GoodsType]:
    """Every product type of the source, in Chinese."""
    with TYPES.open(encoding="utf-8", newline="") as file:
        return {
            row["product_type"]: GoodsType(
                row["中文名"], row["类别"], row["单位"], row["税类"], row["is_weighed"] == "1"
            )
            for row in csv.DictReader(file)
        }


def metric(size: str | None, goods: GoodsType) -> str:
    """A package size in the words of a Chinese label; empty where the source says nothing clear.

    >>> metric("12 OZ", GoodsType("薯片", "休闲零食", "袋", "13%", False))
    '340 g'
    >>> metric("12 OZ", GoodsType("2升汽水", "饮料", "瓶", "13%", False))
    '355 mL'
    """
    text = (size or "").upper().strip()
    if many := MANY.search(text):
        one = _amount(Decimal(many[2]), many[3], goods)
        return one if many[1] == "1" else f"{one}×{many[1]}"
    found = SIZE.search(text)
    if found is None or goods.is_weighed:
        return ""
    return _amount(Decimal(found[1]), found[2], goods)


def _amount(number: Decimal, unit: str, goods: GoodsType) -> str:
    if unit == "DZ":
        return f"{_plain(number * 12)} 枚"
    if unit in PIECES:
        return f"{_plain(number)} {PIECES[unit]}"
    if unit in METRIC:
        name, factor = METRIC[unit]
        return f"{_plain(number * factor)} {name}"
    if unit in VOLUME_ML and (goods.is_liquid or unit not in WEIGHT_G):
        return _rounded(number * VOLUME_ML[unit], "mL", "L")
    return _rounded(number * WEIGHT_G[unit], "g", "kg")


def _rounded(small: Decimal, unit: str, thousand: str) -> str:
    """To the gram below one kilogram, to ten grams above.

    >>> _rounded(Decimal("1814.37"), "g", "kg")
    '1.81 kg'
    """
    if small < 1000:
        return f"{_plain(max(small.quantize(Decimal(1)), Decimal(1)))} {unit}"
    return f"{_plain((small / 1000).quantize(Decimal('0.01')))} {thousand}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def brand_of(kind: str | None, manufacturer: int | None) -> str:
    """The house's own brand, or the maker's number where the source names nobody.

    >>> brand_of("Private", 69), brand_of("National", 1208)
    ('自有品牌', '厂牌1208')
    """
    return "自有品牌" if kind == "Private" else f"厂牌{manufacturer or 0}"


def name_of(goods: GoodsType, size: str, brand: str) -> str:
    """What stands on the shelf label: name, size, and whose it is; produce needs no maker.

    >>> name_of(GoodsType("鲜牛奶", "乳品", "盒", "9%", False), "3.79 L", "自有品牌")
    '鲜牛奶 3.79 L 自有品牌'
    """
    whose = "" if goods.is_weighed else brand
    return " ".join(part for part in (goods.name, size, whose) if part)


SWEET = "原味 草莓味 香草味 巧克力味 蓝莓味 黄桃味 芒果味 柠檬味 葡萄味 樱桃味 青苹果味 蜂蜜味"
SAVOURY = "原味 烧烤味 番茄味 海苔味 麻辣味 黄瓜味 芝士味 海盐味 洋葱味 五香味"
FLAVOURS = (
    (
        re.compile(r"酸奶|冰淇淋|雪糕|冰棍|饮料|汽水|软糖|薄荷糖|硬糖|布丁|果冻|奶饮|运动饮"),
        SWEET.split(),
    ),
    (re.compile(r"薯片|玉米片|膨化|脆片|咸味|锅巴|米饼|肉类零食"), SAVOURY.split()),
)


def distinction(goods: GoodsType, number: int) -> str:
    """What tells the second and later items of one name from the first.

    >>> distinction(GoodsType("酸奶", "乳品", "盒", "13%", False), 1)
    ' 草莓味'
    """
    if number == 0:
        return ""
    flavours = next((names for kind, names in FLAVOURS if kind.search(goods.name)), [])
    if number < len(flavours):
        return f" {flavours[number]}"
    return f" {number + 1} 款"
