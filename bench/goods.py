"""A sheet of goods as a shop keeps it, of any length, and the masters that it names."""

import random
from pathlib import Path
from typing import Any

import xlsxwriter

from tongpan.kernel.documents.gate import run


def _words(text: str, between: str = " ") -> list[str]:
    return text.split(between)


HEADINGS = ("编码", "名称", "规格", "类别", "品牌", "基本单位", "税收分类编码")
BRANDS = _words(
    "伊云 清泉 北方 南山 好味 百家 金穗 绿野 东方 海之蓝 老字号 小時光 阳光 月牙 天福 乐享"
)
KINDS = {
    "drinks": _words("矿泉水 可乐 绿茶 红茶 乌龙茶 橙汁 苹果汁 豆浆 咖啡 椰子水 苏打水 凉茶"),
    "snacks": _words("薯片 饼干 坚果 瓜子 巧克力 糖果 海苔 肉脯 蛋糕 面包 果冻 山楂片"),
    "dairy": _words("纯牛奶 酸奶 奶酪 奶粉 黄油 鲜奶 炼乳 奶茶"),
    "home": _words("洗衣液 洗洁精 牙膏 牙刷 毛巾 纸巾 香皂 洗发水 沐浴露 垃圾袋"),
}
TASTES = _words("原味 低糖 无糖 香草 蜂蜜 柠檬 海盐 黑芝麻 抹茶 草莓 经典 浓香 家庭装 便携装")
SIZES = _words("250 mL,330 mL,500 mL,1 L,1.5 L,80 g,100 g,150 g,250 g,500 g,1 kg,2 kg", ",")
UNITS = {"bottle": "瓶", "bag": "袋", "box": "盒", "piece": "个"}


def make_masters() -> None:
    """What the sheet names: units and categories."""
    for code, name in UNITS.items():
        run("items.unit.save", payload={"code": code, "name": name})
    for code in KINDS:
        run("items.category.save", payload={"code": code, "name": f"类 {code}"})


def write_sheet(path: Path, first: int, count: int) -> None:
    """A sheet of so many goods, numbered from `first`; the same numbers give the same goods."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    for row, number in enumerate(range(first, first + count), start=1):
        sheet.write_row(row, 0, _goods(number))
    book.close()


def _goods(number: int) -> tuple[Any, ...]:
    chance = random.Random(number)
    category = chance.choice(list(KINDS))
    size, brand = chance.choice(SIZES), chance.choice(BRANDS)
    name = f"{brand}{chance.choice(TASTES)}{chance.choice(KINDS[category])} {size}"
    return (
        f"{10_000_000 + number}", name, size, category, brand, chance.choice([*UNITS.values()]),
        f"10301010{number % 90:02d}000000000",
    )  # fmt: skip
