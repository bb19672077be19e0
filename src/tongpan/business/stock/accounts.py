"""The accounts that stock uses, by name. Goods are counted in the item's base unit.

A place is its own cost pool: goods that leave it leave at its average. What a store's places hold
in value is what its inventory accounts show, to the cent.
"""

from uuid import UUID

from tongpan.business.books import CNY
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.roles import Companions, declare_role


def shelf(unit: UUID, place: UUID, item: UUID, lot: str = "") -> AccountKey:
    """Goods that may be sold or sent. Never below zero."""
    return AccountKey("stock", unit, "shelf", place, item, lot)


def damaged(unit: UUID, place: UUID, item: UUID, lot: str = "") -> AccountKey:
    """Goods that are there and cannot be sold."""
    return AccountKey("stock", unit, "damaged", place, item, lot)


def held(unit: UUID, place: UUID, item: UUID, lot: str, line: UUID) -> AccountKey:
    """Goods that stand there for one line of a customer's order: nobody else gets them."""
    return AccountKey("stock", unit, "held", place, item, lot, None, line)


def at_customer(unit: UUID, item: UUID, customer: UUID = NOBODY) -> AccountKey:
    """Goods that customers took; those who are not known by name are one."""
    return AccountKey("stock", unit, "customer", customer, item)


def in_transit(sender: UUID, receiver: UUID, item: UUID, lot: str, line: UUID) -> AccountKey:
    """What one line of a transfer sent and the receiver has not yet answered for."""
    return AccountKey("stock", sender, "in_transit", receiver, item, lot, None, line)


def refused(receiver: UUID, sender: UUID, item: UUID, lot: str, line: UUID) -> AccountKey:
    """What one line of a receipt says came damaged or not at all, of goods that the receiver has
    bought and the sender has to take back. It stands on no shelf."""
    return AccountKey("stock", receiver, "refused", sender, item, lot, None, line)


def opening(unit: UUID, item: UUID) -> AccountKey:
    """Where the goods come from that were there before the books began."""
    return AccountKey("stock", unit, "opening", NOBODY, item)


def lost(unit: UUID, item: UUID) -> AccountKey:
    """Goods that were sent and never arrived."""
    return AccountKey("stock", unit, "lost", NOBODY, item)


def count_difference(unit: UUID, item: UUID) -> AccountKey:
    """Where goods come from, or go to, when a count differs from the books."""
    return AccountKey("stock", unit, "count_difference", NOBODY, item)


def scrapped(unit: UUID, item: UUID) -> AccountKey:
    """Goods that were written off."""
    return AccountKey("stock", unit, "scrapped", NOBODY, item)


def turned_up(unit: UUID, item: UUID) -> AccountKey:
    """Where goods come from that were in no book."""
    return AccountKey("stock", unit, "turned_up", NOBODY, item)


def remade(unit: UUID, item: UUID) -> AccountKey:
    """Where parts go that are put together, and where the whole comes from; and the reverse."""
    return AccountKey("stock", unit, "remade", NOBODY, item)


def in_work(unit: UUID) -> AccountKey:
    """生产成本: goods between their parts and the whole; zero after each document."""
    return AccountKey("money", unit, "in_work", NOBODY, CNY)


def work(unit: UUID) -> AccountKey:
    """加工费: what putting together and taking apart added to the cost of goods."""
    return AccountKey("money", unit, "work", NOBODY, CNY)


def shrinkage(unit: UUID) -> AccountKey:
    """待处理财产损溢: the value of what counts found missing or too much."""
    return AccountKey("money", unit, "shrinkage", NOBODY, CNY)


def write_offs(unit: UUID) -> AccountKey:
    """管理费用—存货损失: the value of goods that were written off."""
    return AccountKey("money", unit, "write_offs", NOBODY, CNY)


def given_away(unit: UUID) -> AccountKey:
    """销售费用—赠品、样品: the value of goods that were given to customers and others."""
    return AccountKey("money", unit, "given_away", NOBODY, CNY)


def own_use(unit: UUID) -> AccountKey:
    """管理费用—自用: the value of goods that a unit used up itself."""
    return AccountKey("money", unit, "own_use", NOBODY, CNY)


def received_free(unit: UUID) -> AccountKey:
    """营业外收入—受赠: the value of goods that came without being bought."""
    return AccountKey("money", unit, "received_free", NOBODY, CNY)


def windfalls(unit: UUID) -> AccountKey:
    """营业外收入: the value of goods that turned up."""
    return AccountKey("money", unit, "windfalls", NOBODY, CNY)


def cost_difference(unit: UUID, item: UUID) -> AccountKey:
    """Value that left a pool without goods, because a cost came late or was corrected."""
    return AccountKey("stock", unit, "cost_difference", NOBODY, item)


def asking(unit: UUID, item: UUID) -> AccountKey:
    """Where what a unit asks for comes from."""
    return AccountKey("promise", unit, "asking", NOBODY, item)


def wanted(unit: UUID, item: UUID, line: UUID) -> AccountKey:
    """What of a line of a requisition nobody has sent or ordered yet."""
    return AccountKey("promise", unit, "wanted", NOBODY, item, "", None, line)


def inventory(unit: UUID) -> AccountKey:
    """库存商品: the value of what stands in a unit's places."""
    return AccountKey("money", unit, "inventory", NOBODY, CNY)


def goods_in_transit(unit: UUID) -> AccountKey:
    """在途物资: the value of what a unit sent, or bought, and nobody has received yet."""
    return AccountKey("money", unit, "goods_in_transit", NOBODY, CNY)


def transit_loss(unit: UUID) -> AccountKey:
    """待处理财产损溢: the value of goods that were lost on the way."""
    return AccountKey("money", unit, "transit_loss", NOBODY, CNY)


def cost_variance(unit: UUID) -> AccountKey:
    """主营业务成本: the money side of a cost difference."""
    return AccountKey("money", unit, "cost_variance", NOBODY, CNY)


def _beside(key: AccountKey) -> Companions:
    """What keeps a pool of goods and the money accounts together."""
    unit = key.org_unit
    is_here = key.role not in ("in_transit", "refused")
    mirror = inventory(unit) if is_here else goods_in_transit(unit)
    return Companions(cost_difference(unit, key.unit), mirror, cost_variance(unit))


for _role in ("shelf", "held", "damaged", "in_transit", "refused"):
    declare_role("stock", _role, floor=0, companions=_beside)
for _role in (
    "opening", "lost", "cost_difference", "count_difference", "customer", "scrapped", "turned_up",
    "remade",
):  # fmt: skip
    declare_role("stock", _role)
declare_role("promise", "wanted", floor=0)
declare_role("promise", "asking")
for _role in ("inventory", "goods_in_transit"):
    declare_role("money", _role, is_mirror=True)
for _role in (
    "transit_loss", "cost_variance", "shrinkage", "write_offs", "windfalls", "given_away",
    "own_use", "received_free", "in_work", "work",
):  # fmt: skip
    declare_role("money", _role)
