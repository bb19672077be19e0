"""The demonstration's units, people, goods, prices and suppliers."""

from collections.abc import Sequence
from datetime import time
from decimal import Decimal

from django.db import transaction

from tongpan.base import env
from tongpan.business.demo.chain import Chain
from tongpan.business.demo.people import MEMBERS, OURS, PASSWORD, PIN, THEIRS, TILLS, UNITS
from tongpan.business.demo.source import CUT_HOURS, Goods
from tongpan.business.starter import METHODS, PURPOSES, SINCE, TAXES, give_roles
from tongpan.kernel.org.models import LegalEntity, OrgUnit, TaxpayerKind
from tongpan.kernel.org.people import create_person, give_role
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.sign_in import set_password, set_pin
from tongpan.kernel.org.units import create_unit
from tongpan.masters.items.models import Item
from tongpan.masters.items.rules.barcodes import check_digit
from tongpan.masters.places.queries import default_place

SUPPLIERS = (
    ("V01", "华东乳业有限公司", "乳品 蛋品 冰品"),
    ("V02", "江南粮油贸易有限公司", "粮油 烘焙原料 早餐谷物 方便食品"),
    ("V03", "清源饮料有限公司", "饮料 冲调饮品"),
    ("V04", "百味食品有限公司", "休闲零食 饼干 糖果巧克力"),
    ("V05", "鼎鲜调味食品有限公司", "调味品 罐头"),
    ("V06", "绿野果蔬专业合作社", "蔬菜 水果 果蔬制品 鲜花园艺"),
    ("V07", "大草原肉类有限公司", "鲜肉 禽肉 熟肉香肠"),
    ("V08", "海丰冷冻水产有限公司", "水产 冷冻食品"),
    ("V09", "麦香烘焙有限公司", "面包糕点 熟食"),
    ("V10", "洁净日化有限公司", "家庭清洁 纸品 个人护理 母婴 美妆"),
    ("V11", "远洋酒类进口有限公司", "进口食品 酒 烟草"),
    ("V12", "万家百货贸易有限公司", ""),
    ("V13", "城市供电有限公司", "电费"),
)
ACCOUNTS = (
    ("B01", "工商银行基本户", "bank", "HQ"), ("X01", "总部备用金", "cash", "HQ"),
    ("B02", "建设银行一般户", "bank", "S05"),
    *((f"X{row.code}", f"{row.name}保险柜", "cash", row.code) for row in UNITS
      if row.kind == "store"),
)  # fmt: skip
# Payment terms of those who do not wait thirty days for their money, or count from the month's end.
TERMS = {
    "V02": (10, "month"), "V05": (20, "month"), "V06": (15, "bill"), "V07": (15, "bill"),
    "V09": (15, "bill"), "V10": (20, "month"), "V11": (60, "bill"),
}  # fmt: skip
OF_CATEGORY = {name: code for code, _, names in SUPPLIERS for name in names.split()}


def make_units_and_people(chain: Chain) -> None:
    """Entities, the tree, its tills, and everybody who works there; all of it or nothing."""
    chain.tell("units and people")
    with transaction.atomic(), system(reason="demonstration"):
        if OrgUnit.objects.exists():
            return
        _units(chain)
        _people(chain)


def _units(chain: Chain) -> None:
    ours, theirs = (
        LegalEntity.objects.create(id=env.new_id(), name=name) for name in (OURS, THEIRS)
    )
    kinds = ((ours, TaxpayerKind.Kind.GENERAL), (theirs, TaxpayerKind.Kind.SMALL_SCALE))
    for entity, kind in kinds:
        TaxpayerKind.objects.create(entity=entity, kind=kind, valid_from=SINCE)
    for row in (*UNITS, *TILLS):
        entity = theirs if row.mode == "franchise" else ours
        parent = chain.units[row.parent] if row.parent else None
        chain.units[row.code] = unit = create_unit(
            parent=parent, kind=row.kind, code=row.code, name=row.name, mode=row.mode,
            entity=entity, day_cut=time(CUT_HOURS),
        )  # fmt: skip
        if unit.holds_stock:
            chain.places[row.code] = default_place(unit)


def _people(chain: Chain) -> None:
    roles = give_roles()
    for member in MEMBERS:
        person = create_person(member.username, member.name)
        set_password(person, PASSWORD)
        set_pin(person, PIN)
        give_role(person, roles[member.role], chain.units[member.unit])
        chain.people[member.username] = person


def make_masters(chain: Chain, goods: Sequence[Goods]) -> None:
    """What is sold, in which units, under which codes, for how much, and who supplies it."""
    chain.tell("items")
    hq = chain.units["HQ"]
    with chain.day(-1, 8, "zhou", "HQ"):
        _foundations(chain)
        chain.bring_in("items.item", [_basket(chain), *(_item(chain, row) for row in goods)])
        chain.items |= _items(goods)
        chain.tell("barcodes, units, prices")
        chain.bring_in("items.barcode", [_barcode(chain, row) for row in goods])
        cases = [row for row in goods if row.per_case]
        chain.bring_in("items.item_unit", [_case(chain, row) for row in cases])
        prices = {"id": chain.id_of("list"), "code": "RETAIL", "name": "统一零售价",
                  "org_unit": hq, "valid_from": chain.first.replace(month=1, day=1)}  # fmt: skip
        chain.bring_in("prices.list", [prices])
        chain.bring_in("prices.price", [_price(chain, row) for row in goods])
        chain.tell("suppliers' items")
        _suppliers_items(chain, goods)


def _foundations(chain: Chain) -> None:
    """Tax categories, ways of paying, bank accounts, suppliers, units and categories."""
    rows = [{"id": chain.id_of("tax", code), "code": code, "name": name, "treatment": treatment}
            for code, name, treatment, _ in TAXES.values()]  # fmt: skip
    chain.bring_in("taxes.category", rows)
    rates = [{"id": chain.id_of("rate", code), "category": code, "rate": rate, "valid_from": SINCE}
             for code, _, _, rate in TAXES.values() if rate]  # fmt: skip
    chain.bring_in("taxes.rate", rates)
    methods = [{"id": chain.id_of("method", code), "code": code, "name": name, **more}
               for code, name, more in METHODS]  # fmt: skip
    chain.bring_in("till.payment_method", methods)
    accounts = [
        {"id": chain.id_of("bank", code), "code": code, "name": name, "kind": kind,
         "unit": chain.units[unit]}
        for code, name, kind, unit in ACCOUNTS
    ]  # fmt: skip
    chain.bring_in("finance.money_place", accounts)
    purposes = [{"id": chain.id_of("purpose", code), "code": code, "name": name, "kind": kind}
                for code, name, kind in PURPOSES]  # fmt: skip
    chain.bring_in("treasury.purpose", purposes)
    suppliers = [{"id": chain.id_of("party", code), "code": code, "name": name,
                  "short_name": name.removesuffix("有限公司"), "is_supplier": True,
                  "due_days": TERMS.get(code, (30, "bill"))[0],
                  "due_from": TERMS.get(code, (30, "bill"))[1]}
                 for code, name, _ in SUPPLIERS]  # fmt: skip
    chain.bring_in("parties.party", suppliers)
    _measures_and_categories(chain)


def _measures_and_categories(chain: Chain) -> None:
    from tongpan.business.demo.naming import goods_types

    weight = {"dimension": "weight", "size": "1", "step": "0.001"}
    names = sorted({kind.unit for kind in goods_types().values()} - {"L"} | {"箱"})
    units = [{"id": chain.id_of("unit", name), "code": f"U{number:02}", "name": name,
              **(weight if name == "kg" else {})}
             for number, name in enumerate(names, start=1)]  # fmt: skip
    chain.bring_in("items.unit", units)
    categories = sorted({kind.category for kind in goods_types().values()})
    chain.bring_in("items.category", [
        {"id": chain.id_of("category", name), "code": f"C{number:02}", "name": name}
        for number, name in enumerate(categories, start=1)
    ])  # fmt: skip
    layout = {"id": chain.id_of("layout"), "code": "SCALE13", "name": "店内秤码 13 位（重量）",
              "pattern": "21IIIIIWWWWWC"}  # fmt: skip
    chain.bring_in("items.barcode_layout", [layout])


def _item(chain: Chain, row: Goods) -> dict[str, object]:
    return {
        "id": chain.id_of("item", row.product), "code": str(row.product), "name": row.name,
        "specification": row.size, "brand": row.brand, "category": row.type.category,
        "base_unit": row.type.unit, "is_weighed": row.type.is_weighed,
        "tax_category": TAXES[row.type.tax][0],
    }  # fmt: skip


def _basket(chain: Chain) -> dict[str, object]:
    """A gift basket, made in a store of what it sells."""
    return {"id": chain.id_of("item", "basket"), "code": "900001", "name": "心意礼篮",
            "base_unit": "件", "tax_category": TAXES["13%"][0]}  # fmt: skip


def _items(goods: Sequence[Goods]) -> dict[int, Item]:
    codes = [str(row.product) for row in goods]
    rows = Item.objects.filter(code__in=codes).select_related("base_unit", "tax_category")
    return {int(item.code): item for item in rows}


def _barcode(chain: Chain, row: Goods) -> dict[str, object]:
    """A number as makers in China have them; five digits where a scale prints the label."""
    item = chain.items[row.product]
    made = {"id": chain.id_of("barcode", row.product), "item": item, "unit": item.base_unit}
    if row.type.is_weighed:
        return {**made, "code": f"{row.product % 10**8:08}", "kind": "own"}
    body = f"690{row.product:09}"
    return {**made, "code": body + check_digit(body), "kind": "gtin"}


def _case(chain: Chain, row: Goods) -> dict[str, object]:
    pk = chain.id_of("case", row.product)
    return {"id": pk, "item": chain.items[row.product], "unit": "箱", "factor": row.per_case}


def _price(chain: Chain, row: Goods) -> dict[str, object]:
    item = chain.items[row.product]
    return {
        "id": chain.id_of("price", row.product), "price_list": "RETAIL", "item": item,
        "unit": item.base_unit, "price": row.price,
        "valid_from": chain.first.replace(month=1, day=1),
    }  # fmt: skip


def supplier_of(row: Goods) -> str:
    """Who delivers goods of this kind."""
    return OF_CATEGORY.get(row.type.category, "V12")


def cost_of_order_unit(row: Goods) -> Decimal:
    return row.cost * (row.per_case or 1)


def _suppliers_items(chain: Chain, goods: Sequence[Goods]) -> None:
    chain.bring_in("items.supplier_item", [
        {"id": chain.id_of("supplied", row.product), "supplier": supplier_of(row),
         "item": chain.items[row.product], "supplier_code": f"{row.product % 10**6:06}",
         "order_unit": "箱" if row.per_case else chain.items[row.product].base_unit,
         "lead_days": 3}
        for row in goods
    ])  # fmt: skip
    chain.bring_in("items.supplier_price", [
        {"id": chain.id_of("agreed", row.product),
         "supplier_item": chain.id_of("supplied", row.product),
         "price": cost_of_order_unit(row), "is_tax_included": True,
         "valid_from": chain.first.replace(month=1, day=1)}
        for row in goods
    ])  # fmt: skip
