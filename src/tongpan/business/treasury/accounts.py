"""The accounts of the money that a unit keeps house with, beside those of trade and tills."""

from uuid import UUID

from tongpan.business.books import CNY
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.roles import declare_role


def expense(unit: UUID, purpose: UUID) -> AccountKey:
    """销售费用、管理费用: what a unit spent for one purpose, without the tax that is deducted."""
    return AccountKey("money", unit, "expense", purpose, CNY)


def other_income(unit: UUID, purpose: UUID) -> AccountKey:
    """其他业务收入、营业外收入: what a unit took for one purpose besides selling, without tax."""
    return AccountKey("money", unit, "other_income", purpose, CNY)


def fees(unit: UUID) -> AccountKey:
    """财务费用—手续费: what banks and payment providers keep."""
    return AccountKey("money", unit, "fees", NOBODY, CNY)


def cash_difference(unit: UUID) -> AccountKey:
    """长短款: takings that were not there when they were brought in; below zero, too much."""
    return AccountKey("money", unit, "cash_difference", NOBODY, CNY)


def intercompany(unit: UUID, entity: UUID) -> AccountKey:
    """内部往来: what another legal entity of the company owes this unit."""
    return AccountKey("money", unit, "intercompany", entity, CNY)


def retained(unit: UUID) -> AccountKey:
    """未分配利润: what a unit earned in the years that were carried over."""
    return AccountKey("money", unit, "retained", NOBODY, CNY)


def carried(unit: UUID, entity: UUID, year: int) -> AccountKey:
    """Whether a year of a legal entity was carried over: one or nothing, and never twice."""
    return AccountKey("promise", unit, "carried", entity, CNY, str(year))


def carrying(unit: UUID) -> AccountKey:
    """Where the years that are carried over come from."""
    return AccountKey("promise", unit, "carrying", NOBODY, CNY)


for _role in ("expense", "other_income", "fees", "cash_difference", "intercompany", "retained"):
    declare_role("money", _role)
declare_role("promise", "carried", floor=0, ceiling=1)  # a year is carried over once
declare_role("promise", "carrying")
