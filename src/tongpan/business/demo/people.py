"""Who works in the demonstration chain, and where; their roles are those of every new company."""

from typing import NamedTuple

from tongpan.business.starter import ROLES

PASSWORD, PIN = "tongpan-demo", "2580"


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

MEMBERS = (
    Member("zhou", "周敏", "owner", "HQ"),
    Member("admin", "苏宁宁", "administrator", "HQ"),
    Member("li", "李航", "merchandiser", "HQ"),
    Member("he", "何静", "buyer", "HQ"),
    Member("tang", "唐宁", "seller", "HQ"),
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
