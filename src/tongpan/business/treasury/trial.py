"""The trial balance of a legal entity (科目余额表): what accounts held, what moved, what is left.

Money balances within an entity, so debits and credits are equal at both ends of any days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from tongpan.base.numbers import ZERO
from tongpan.business.finance import periods
from tongpan.business.finance.queries import SEE
from tongpan.business.treasury.queries import COST, OTHER_INCOME, REVENUE, SPENT, STOCK_LOSS
from tongpan.kernel.ledger.queries import trial_balance
from tongpan.kernel.org.models import LegalEntity

# Every role of a money account, in the order in which accountants read them.
CLASSES: dict[str, tuple[str, ...]] = {
    "assets": (
        "money", "taken", "counter", "receivable", "advance", "returned_not_credited",
        "intercompany", "between", "inventory", "goods_in_transit", "in_work", "input_tax",
    ),
    "liabilities": (
        "payable", "received_not_invoiced", "deposit", "returnable", "wallet", "wallet_bonus",
        "card_prepaid", "output_tax",
    ),
    "equity": ("opening_equity", "retained"),
    "income": (*REVENUE, *OTHER_INCOME),
    "costs": (*COST, *STOCK_LOSS, *SPENT),
}  # fmt: skip
ROLES = tuple(role for roles in CLASSES.values() for role in roles)
# Those whose balance stands at the credit side, as long as nothing is wrong.
AT_THE_CREDIT = (*CLASSES["liabilities"], *CLASSES["equity"], *CLASSES["income"])

OF_MEMBERS = ("wallet", "wallet_bonus", "card_prepaid")  # told in sums, never one by one


@dataclass(slots=True)
class Held:
    """An account, or several, in yuan. Above zero `opening` and `closing` are debit balances;
    `debit` and `credit` are what moved in between."""

    opening: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit

    def add(self, opening: Decimal, debit: Decimal, credit: Decimal) -> None:
        self.opening += opening
        self.debit += debit
        self.credit += credit

    def __bool__(self) -> bool:
        return bool(self.opening or self.debit or self.credit)


def entities() -> list[LegalEntity]:
    """The legal entities of which the person sees all the money, and with it what goods cost."""
    return periods.entities_where(SEE, "see.cost")


def trial(entity: UUID, since: date, until: date) -> dict[tuple[str, UUID], Held]:
    """What the accounts of an entity held and moved in these days, both included, by role and
    holder. Accounts of which there is nothing to say are left out."""
    lines = trial_balance(entity, since=since, until=until, in_sum=OF_MEMBERS)
    return {(n.role, n.holder): Held(n.opening, n.debit, n.credit) for n in lines}


def together(found: Iterable[Held]) -> Held:
    """The sums of some accounts."""
    total = Held()
    for held in found:
        total.add(held.opening, held.debit, held.credit)
    return total
