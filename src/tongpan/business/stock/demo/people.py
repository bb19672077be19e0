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

VIEW_ALL = {"stock.transfer.view": None, "stock.transfer_receipt.view": None,
            "stock.overview.view": None, "items.item.view": None}  # fmt: skip
ROLES: dict[str, tuple[str, dict[str, Decimal | None]]] = {
    "owner": ("老板", {"*": None}),
    "administrator": ("系统管理员", {"org.*": None, "see.personal": None}),
    "merchandiser": (
        "总部商品",
        {"items.*": None, "prices.*": None, "parties.*": None, "see.cost": None, **VIEW_ALL},
    ),
    "clerk": ("仓管", {"stock.*": None, "items.item.view": None, "places.*": None}),
    "manager": (
        "店长",
        {
            "stock.transfer.*": Decimal(2000),
            "stock.transfer_receipt.*": None,
            "stock.opening.view": None,
            "stock.overview.view": None,
            "items.item.view": None,
            "see.cost": None,
        },
    ),
    "cashier": (
        "收银员",
        {"stock.transfer.view": None, "stock.transfer.save": None, **VIEW_ALL},
    ),
    "accountant": ("财务", {"see.cost": None, "stock.opening.*": None, **VIEW_ALL}),
    "auditor": ("审计", {"see.cost": None, "stock.opening.view": None, **VIEW_ALL}),
}

MEMBERS = (
    Member("zhou", "周敏", "owner", "HQ"),
    Member("admin", "苏宁宁", "administrator", "HQ"),
    Member("li", "李航", "merchandiser", "HQ"),
    Member("qian", "钱芳", "accountant", "HQ"),
    Member("shen", "沈默", "auditor", "HQ"),
    Member("chen", "陈亮", "clerk", "W01"),
    Member("wang", "王芳", "manager", "S01"),
    Member("zhao", "赵磊", "manager", "S02"),
    Member("sun", "孙悦", "manager", "S03"),
    Member("wu", "吴涛", "manager", "S04"),
    Member("zheng", "郑好", "manager", "S05"),
    Member("lin", "林小雨", "cashier", "S01"),
)

SIGN_INS = tuple(
    (m.username, PASSWORD, f"{m.name} · {ROLES[m.role][0]}")
    for m in MEMBERS
    if m.username in ("zhou", "chen", "wang", "lin")
)
