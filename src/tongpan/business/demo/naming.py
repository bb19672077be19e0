"""Chinese names for goods that the source knows only by an English type and an American size."""

import csv
import re
from dataclasses import dataclass, replace
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
PIECES = {"SHT": "抽", "ROLL": "卷", "PC": "件套"}
COUNTED = {
    "蛋品": "枚", "冰品": "支", "家居": "只", "罐头": "包", "冲调饮品": "包", "面包糕点": "个",
    "糖果巧克力": "颗", "医药保健": "粒", "文具": "支", "冷冻食品": "个",
}  # fmt: skip
GROWN = ("蔬菜", "水果")
_UNITS = "FL OZ|OZ|LB|GAL|GA|PT|QT|ML|LT|L|GR|G|KG|CT|PK|DZ|SHT"
SIZE = re.compile(rf"(\d+(?:\.\d+)?|\.\d+)\s*({_UNITS})(?![A-Z])")
MANY = re.compile(r"(\d+)\s*(?:PK)?\s*/\s*(\d+(?:\.\d+)?)\s*(OZ|ML|LT|L)")
PARTLY = re.compile(r"(?:^|\b(\d+)\s+)([1-7])/([248])\s*(OZ|GAL|GA|PT|QT|LB)")
LARGEST = 25_000  # grams or millilitres; more is a slip of the source's pen


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
    if goods.is_weighed:
        return ""
    if (part := PARTLY.search(text)) and (part[1] or part[4] != "OZ"):
        number = Decimal(part[1] or 0) + Decimal(part[2]) / Decimal(part[3])
        return _amount(number, part[4], goods)
    if many := MANY.search(text):
        one = _amount(Decimal(many[2]), many[3], goods)
        return one if many[1] == "1" or not one else f"{one}×{many[1]}"
    found = next((n for n in SIZE.finditer(text) if n[2] != "CT"), SIZE.search(text))
    return _amount(Decimal(found[1]), found[2], goods) if found else ""


def _amount(number: Decimal, unit: str, goods: GoodsType) -> str:
    if unit == "DZ":
        return f"{_plain(number * 12)} 枚"
    if unit in ("CT", "PK"):
        if goods.category in GROWN:
            return ""  # so many come in the shop's case
        return f"{_plain(number)} {_counted(unit, goods)}装" if number > 1 else ""
    if unit in PIECES:
        return f"{_plain(number)} {PIECES[unit]}"
    if unit in METRIC:
        name, factor = METRIC[unit]
        return f"{_plain(number * factor)} {name}"
    if unit in VOLUME_ML and (goods.is_liquid or unit not in WEIGHT_G):
        return _rounded(number * VOLUME_ML[unit], "mL", "L")
    return _rounded(number * WEIGHT_G[unit], "g", "kg")


def _counted(unit: str, goods: GoodsType) -> str:
    """What is counted in a package: tins, bottles, eggs, tablets.

    >>> _counted("CT", GoodsType("大号鸡蛋", "蛋品", "盒", "免税", False))
    '枚'
    """
    if goods.category in ("饮料", "酒"):
        return "罐" if "罐" in goods.name or goods.unit == "罐" else "瓶"
    return COUNTED.get(goods.category, "支" if unit == "PK" else "片")


def _rounded(small: Decimal, unit: str, thousand: str) -> str:
    """To the gram below one kilogram, to ten grams above.

    >>> _rounded(Decimal("1814.37"), "g", "kg")
    '1.81 kg'
    """
    if small > LARGEST:
        return ""
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


def label_of(kind: str | None, manufacturer: int | None) -> str:
    """A label that the demonstration makes up for a maker of whom the source says only a number.

    Each number has its own; whether somebody bears such a name was not asked.

    >>> label_of("Private", 69), label_of("National", 1208), label_of("National", 1209)
    ('自有品牌', '澄里', '李桥')
    """
    if kind == "Private":
        return brand_of(kind, manufacturer)
    first, second = divmod((manufacturer or 0) * STRIDE % len(FIRST) ** 2, len(FIRST))
    return FIRST[first] + SECOND[second]


STRIDE = 2851  # without a common divisor with the number of labels, so none is given twice
FIRST = (
    "禾沐晨清云松竹兰荷蕊泉溪江岭峰原野林森谷田园丰穗麦稻橙桃李杏梨莓柚蜜甘甜醇香馨雅安康泰宁和"
    "祥瑞福喜嘉佳优锦绣玉珠星朝晓春夏秋颂诚信恒远青碧朴纯鲜味厨灶粮霖澄瑶黎棠槐芷"
)
SECOND = (
    "源川泽岚庭舍里坊轩阁居铺记隆盛昌茂荣顺达兴鑫义仁德谦久长绿丹朱霞虹舟帆桥渡港湾屿洲滩涧湖潭"
    "井窗堂楼台亭苑圃畦垄坡梯村庄集市街巷牌匠陌阡渚汀砚岸岩崖壑峪畔亩苗芽舫棹洼塬"
)
# What makers commonly sell in several kinds; others only have a number.
PACKED = re.compile(r"啤酒|汽水|饮用水")
SINGLE_MAX_ML, SINGLE_PRICE = 600, {"啤酒": 6, "汽水": 4, "饮用水": 2}


def packed(goods: GoodsType, size: str, price: Decimal) -> tuple[GoodsType, str]:
    """Small bottles and tins at the price of many are a pack, which the source does not say.

    >>> beer = GoodsType("啤酒", "酒", "罐", "13%", False)
    >>> [packed(beer, "355 mL", Decimal(price))[1] for price in ("5.95", "24.95", "79.95")]
    ['355 mL', '355 mL×6', '355 mL×12']
    """
    kind, small = PACKED.search(goods.name), re.fullmatch(r"(\d+) mL", size)
    if kind is None or small is None or goods.unit not in ("罐", "瓶"):
        return goods, size
    singles = price / SINGLE_PRICE[kind[0]]
    if int(small[1]) > SINGLE_MAX_ML or singles < 3:
        return goods, size
    number = min((6, 12, 24), key=lambda n: abs(n - singles))
    return replace(goods, unit="提"), f"{size}×{number}"


def name_of(goods: GoodsType, size: str, brand: str) -> str:
    """What stands on the shelf label: name, size, and whose it is; produce needs no maker.

    >>> name_of(GoodsType("鲜牛奶", "乳品", "盒", "9%", False), "3.79 L", "自有品牌")
    '鲜牛奶 3.79 L 自有品牌'
    """
    whose = "" if goods.is_weighed else brand
    return " ".join(part for part in (goods.name, size, whose) if part)


SODA = "原味 柠檬味 橙味 葡萄味 白桃味 青苹果味 荔枝味 菠萝味 西柚味 姜味"
SWEET = "原味 草莓味 香草味 巧克力味 蓝莓味 黄桃味 芒果味 柠檬味 葡萄味 樱桃味 青苹果味 蜂蜜味"
SAVOURY = "原味 烧烤味 番茄味 海苔味 麻辣味 黄瓜味 芝士味 海盐味 洋葱味 五香味"
FLAVOURS = (
    (
        re.compile(r"酸奶(?!油)|冰淇淋|雪糕|冰棍|软糖|薄荷糖|硬糖|布丁|果冻|奶饮"),
        SWEET.split(),
    ),
    (re.compile(r"饮料|汽水|运动饮|果味"), SODA.split()),
    (re.compile(r"薯片|玉米片|膨化|^(?!.*谷物).*脆片|咸味|锅巴|米饼|肉类零食"), SAVOURY.split()),
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
    return f" {number + 1}号"
