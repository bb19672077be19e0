"""Who works in the demonstration chain, where, and what each may do."""

from decimal import Decimal
from typing import NamedTuple

PASSWORD = "tongpan-demo"


class Unit(NamedTuple):
    code: str
    parent: str | None
    kind: str
    name: str
    mode: str = "owned"


class Member(NamedTuple):
    """Somebody of the chain: sign-in name, name, role, unit."""

    username: str
    name: str
    role: str
    unit: str


UNITS = (
    Unit("HQ", None, "company", "总部"),
    Unit("W01", "HQ", "warehouse", "中心仓"),
    Unit("EAST", "HQ", "region", "东区"),
    Unit("S01", "EAST", "store", "滨江店"),
    Unit("S02", "EAST", "store", "人民路店"),
    Unit("S03", "EAST", "store", "大学城店"),
    Unit("WEST", "HQ", "region", "西区"),
    Unit("S04", "WEST", "store", "南站店"),
    Unit("S05", "WEST", "store", "科技园店", "franchise"),
)

OURS, THEIRS = "通盘示例商贸有限公司", "科技园便利服务部"

STORES = tuple(unit.code for unit in UNITS if unit.kind == "store")
TILLS = tuple(
    Unit(f"{store}-{n}", store, "till", f"{n} 号机", "franchise" if store == "S05" else "owned")
    for store in STORES
    for n in (1, 2)
)

VIEW_ALL = {"stock.transfer.view": None, "stock.transfer_receipt.view": None,
            "stock.overview.view": None, "items.item.view": None}  # fmt: skip
AT_TILL = {"till.sale.ring_up": None, "till.sale.view": None, "till.return.take_back": None,
           "till.return.view": None}  # fmt: skip
ROLES: dict[str, tuple[str, dict[str, Decimal | None]]] = {
    "owner": ("老板", {"*": None}),
    "administrator": ("系统管理员", {"org.*": None, "see.personal": None}),
    "merchandiser": (
        "总部商品",
        {
            "items.*": None,
            "prices.*": None,
            "parties.*": None,
            "taxes.*": None,
            "masters.bring_in": None,
            "till.payment_method.*": None,
            "see.cost": None,
            **VIEW_ALL,
        },
    ),
    "buyer": (
        "采购",
        {
            "purchasing.*": None,
            "parties.party.view": None,
            "see.cost": None,
            "finance.money_place.view": None,
            **VIEW_ALL,
        },
    ),
    "clerk": (
        "仓管",
        {
            "stock.*": None,
            "items.item.view": None,
            "places.*": None,
            "purchasing.receipt.*": None,
            "purchasing.order.view": None,
        },
    ),
    "manager": (
        "店长",
        {
            "stock.transfer.*": Decimal(2000),
            "stock.transfer_receipt.*": None,
            "stock.count.*": None,
            "stock.loss.*": Decimal(1000),
            "stock.opening.view": None,
            "stock.overview.view": None,
            "items.item.view": None,
            "till.*": None,
            "see.cost": None,
        },
    ),
    "partner": (
        "加盟店主",
        {
            "stock.*": None,
            "items.item.view": None,
            "purchasing.*": None,
            "till.*": None,
            "finance.*": None,
            "see.cost": None,
            "parties.party.view": None,
        },
    ),
    "cashier": (
        "收银员",
        {**AT_TILL, "stock.transfer.save": None, **VIEW_ALL},
    ),
    "accountant": (
        "财务",
        {
            "see.cost": None,
            "finance.*": None,
            "purchasing.bill.*": None,
            "parties.party.view": None,
            "purchasing.receipt.view": None,
            "stock.opening.*": None,
            **VIEW_ALL,
        },
    ),
    "auditor": ("审计", {"see.cost": None, "stock.opening.view": None, **VIEW_ALL}),
}

MEMBERS = (
    Member("zhou", "周敏", "owner", "HQ"),
    Member("admin", "苏宁宁", "administrator", "HQ"),
    Member("li", "李航", "merchandiser", "HQ"),
    Member("he", "何静", "buyer", "HQ"),
    Member("qian", "钱芳", "accountant", "HQ"),
    Member("shen", "沈默", "auditor", "HQ"),
    Member("chen", "陈亮", "clerk", "W01"),
    Member("wang", "王芳", "manager", "S01"),
    Member("zhao", "赵磊", "manager", "S02"),
    Member("sun", "孙悦", "manager", "S03"),
    Member("wu", "吴涛", "manager", "S04"),
    Member("zheng", "郑好", "partner", "S05"),
    Member("lin", "林小雨", "cashier", "S01"),
    Member("xu", "徐佳", "cashier", "S01"),
    Member("ma", "马晓东", "cashier", "S02"),
    Member("hu", "胡敏", "cashier", "S03"),
    Member("guo", "郭强", "cashier", "S04"),
    Member("luo", "罗兰", "cashier", "S05"),
)

SIGN_INS = tuple(
    (m.username, PASSWORD, f"{m.name} · {ROLES[m.role][0]}")
    for m in MEMBERS
    if m.username in ("zhou", "chen", "wang", "lin")
)
