"""The stage of the ledger's tests: two entities, three stores, and accounts of our own kind.

`rack` is a cost pool that may not go below zero, `yard` one that may; `outside` is where goods
come from and go to. Their value is mirrored in money by `goods`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import connection

from tongpan.base import env
from tongpan.kernel.ledger.posting import AccountKey, Fact, Move, Posted, post
from tongpan.kernel.ledger.roles import Companions, declare_role
from tongpan.kernel.org.models import LegalEntity, OrgUnit
from tongpan.kernel.org.scope import system

DAY = date(2026, 11, 21)
NOBODY = UUID(int=0)
CNY = uuid5(NOBODY, "CNY")
TEA = uuid5(NOBODY, "tea")
RICE = uuid5(NOBODY, "rice")

A, B, C = (uuid5(NOBODY, name) for name in ("store a", "store b", "store of another entity"))
ENTITY, OTHER_ENTITY = uuid5(NOBODY, "entity"), uuid5(NOBODY, "other entity")


def make_units() -> None:
    """Two stores of one legal entity and one of another, with ids that every process knows."""
    with system(reason="the stage of a test"):
        for entity, name in ((ENTITY, "First"), (OTHER_ENTITY, "Second")):
            LegalEntity.objects.create(id=entity, name=name)
        top = OrgUnit.objects.create(kind="company", code="hq", name="HQ", entity_id=ENTITY)
        for unit, code, entity in ((A, "a", ENTITY), (B, "b", ENTITY), (C, "c", OTHER_ENTITY)):
            OrgUnit.objects.create(
                id=unit, parent=top, kind="store", code=code, name=code, entity_id=entity
            )


def _companions(pool: AccountKey) -> Companions:
    return Companions(
        AccountKey("stock", pool.org_unit, "waste", NOBODY, pool.unit),
        money("goods", pool.org_unit),
        money("variance", pool.org_unit),
    )


declare_role("stock", "rack", floor=0, companions=_companions)
declare_role("stock", "yard", companions=_companions)
declare_role("stock", "outside")
declare_role("stock", "waste")
declare_role("stock", "counter", floor=0)
declare_role("money", "goods", is_mirror=True)
declare_role("money", "variance")
declare_role("money", "owed")
declare_role("money", "spent")
declare_role("money", "wallet", ceiling=0)
declare_role("money", "cash", floor=0, ceiling=1000)
declare_role("points", "programme")
declare_role("points", "earned", floor=0)
declare_role("promise", "promised")
declare_role("promise", "expected", floor=0)


def rack(unit: UUID = A, item: UUID = TEA, lot: str = "", owner: UUID | None = None) -> AccountKey:
    return AccountKey("stock", unit, "rack", unit, item, lot, owner)


def yard(unit: UUID = A, item: UUID = TEA) -> AccountKey:
    return AccountKey("stock", unit, "yard", unit, item)


def stock(role: str, unit: UUID = A, item: UUID = TEA) -> AccountKey:
    return AccountKey("stock", unit, role, NOBODY, item)


def money(role: str, unit: UUID = A) -> AccountKey:
    return AccountKey("money", unit, role, NOBODY, CNY)


def outside(item: UUID = TEA, unit: UUID = A) -> AccountKey:
    return stock("outside", unit, item)


def amount(text: str | int | Decimal) -> Decimal:
    return Decimal(text)


def bring(
    quantity: str | int | Decimal,
    value: str | int | Decimal,
    to: AccountKey | None = None,
    line: UUID | None = None,
) -> Move:
    """Goods come from outside at a cost that we now owe."""
    to = to or rack()
    return Move(
        source=outside(to.unit, to.org_unit),
        target=to,
        amount=Decimal(quantity),
        value=Decimal(value),
        feeds=(money("owed", to.org_unit), money("goods", to.org_unit)),
        line=line,
    )


def take(
    quantity: str | int | Decimal, of: AccountKey | None = None, line: UUID | None = None
) -> Move:
    """Goods leave for good at the pool's average."""
    of = of or rack()
    return Move(
        source=of,
        target=outside(of.unit, of.org_unit),
        amount=Decimal(quantity),
        feeds=(money("goods", of.org_unit), money("spent", of.org_unit)),
        line=line,
    )


def pay(quantity: str | int | Decimal, source: AccountKey, target: AccountKey) -> Move:
    return Move(source, target, Decimal(quantity))


def carry(quantity: str | int | Decimal, source: AccountKey, target: AccountKey) -> Move:
    """Goods go from one pool to another; between units the money goes with them."""
    feeds = (money("goods", source.org_unit), money("goods", target.org_unit))
    between = None if source.org_unit == target.org_unit else feeds
    return Move(source, target, Decimal(quantity), feeds=between)


def fact(
    *moves: Move, on: date = DAY, id: UUID | None = None, document: UUID | None = None
) -> Fact:
    return Fact(id or env.new_id(), document or env.new_id(), on, moves)


def record(*moves: Move, on: date = DAY) -> Posted:
    return post([fact(*moves, on=on)])[0]


@dataclass(frozen=True)
class Figures:
    quantity: Decimal
    value: Decimal


def figures(key: AccountKey) -> Figures:
    """Quantity and value of an account, summed from its entries and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(case when e.target = a.id then e.amount else -e.amount end), 0),"
            " coalesce(sum(case when e.target = a.id then e.value else -e.value end), 0)"
            " from account a join entry e on a.id in (e.source, e.target) where a.key = %s",
            [key.key],
        )
        return Figures(*cursor.fetchone())


def totals(key: AccountKey) -> Figures:
    """Quantity and value of an account as its row says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select inflow - outflow, value_in - value_out from account where key = %s", [key.key]
        )
        return Figures(*cursor.fetchone())


def is_level(keys: Iterable[AccountKey]) -> bool:
    """Whether what these pools are worth is what the money account of the first one says."""
    pools = list(keys)
    mirror = figures(money("goods", pools[0].org_unit))
    return sum((figures(pool).value for pool in pools), Decimal(0)) == mirror.quantity


Step = Callable[[], None]
