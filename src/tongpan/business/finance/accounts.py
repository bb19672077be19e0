"""The money accounts that trade uses, by name. Target is debited, source is credited.

Each belongs to one unit, so no row is shared by the whole chain; the company's figure is the sum
of its units'. Those of a party have the party as holder, those of money its place.

What is owed on one paper is an account of its own, with the document as its line: how much of a
bill is open is a balance, and its bound is the only guard against paying it twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from tongpan.business.books import CNY
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.roles import declare_role


def payable(unit: UUID, supplier: UUID, bill: UUID) -> AccountKey:
    """应付账款: what the unit still owes a supplier on one bill."""
    return AccountKey("money", unit, "payable", supplier, CNY, "", None, bill)


def advance(unit: UUID, supplier: UUID, document: UUID) -> AccountKey:
    """预付账款: what a supplier still owes us on a payment in advance or a credit note."""
    return AccountKey("money", unit, "advance", supplier, CNY, "", None, document)


def received_not_invoiced(unit: UUID, supplier: UUID) -> AccountKey:
    """暂估应付: goods that came and have not been billed yet."""
    return AccountKey("money", unit, "received_not_invoiced", supplier, CNY)


def returned_not_credited(unit: UUID, supplier: UUID) -> AccountKey:
    """退货待红字: billed goods that went back, for which no credit note has come yet."""
    return AccountKey("money", unit, "returned_not_credited", supplier, CNY)


def receivable(unit: UUID, customer: UUID, delivery: UUID) -> AccountKey:
    """应收账款: what a customer still owes the unit for one delivery."""
    return AccountKey("money", unit, "receivable", customer, CNY, "", None, delivery)


def deposit(unit: UUID, customer: UUID, document: UUID) -> AccountKey:
    """预收账款: what we owe a customer on money in advance (订金) or on goods that came back."""
    return AccountKey("money", unit, "deposit", customer, CNY, "", None, document)


def money_at(unit: UUID, place: UUID) -> AccountKey:
    """库存现金、银行存款: money in a till, a safe, a bank account or a wallet provider."""
    return AccountKey("money", unit, "money", place, CNY)


def begun(unit: UUID, place: UUID) -> AccountKey:
    """Whether the books of a money account have begun: one or nothing, and never twice."""
    return AccountKey("promise", unit, "begun", place, CNY)


def beginning(unit: UUID) -> AccountKey:
    """Where the beginnings of a unit's money accounts come from."""
    return AccountKey("promise", unit, "beginning", NOBODY, CNY)


def input_tax(unit: UUID) -> AccountKey:
    """应交税费—进项税额: tax on what was bought, to be deducted."""
    return AccountKey("money", unit, "input_tax", NOBODY, CNY)


def output_tax(unit: UUID) -> AccountKey:
    """应交税费—销项税额: tax in what was sold."""
    return AccountKey("money", unit, "output_tax", NOBODY, CNY)


def revenue(unit: UUID) -> AccountKey:
    """主营业务收入: sales without tax."""
    return AccountKey("money", unit, "revenue", NOBODY, CNY)


def cost_of_sales(unit: UUID) -> AccountKey:
    """主营业务成本: what the goods that were sold had cost."""
    return AccountKey("money", unit, "cost_of_sales", NOBODY, CNY)


def price_variance(unit: UUID) -> AccountKey:
    """材料成本差异: what a bill says more or less than the receipt did."""
    return AccountKey("money", unit, "price_variance", NOBODY, CNY)


for _role in (
    "received_not_invoiced", "returned_not_credited", "money", "input_tax", "output_tax",
    "revenue", "cost_of_sales", "price_variance",
):  # fmt: skip
    declare_role("money", _role)
declare_role("money", "payable", ceiling=0)  # a bill is paid once
declare_role("money", "advance", floor=0)  # and a credit is used once
declare_role("money", "receivable", floor=0)  # the same from the other side: a delivery
declare_role("money", "deposit", ceiling=0)  # and what a customer paid ahead
declare_role("promise", "begun", floor=0, ceiling=1)  # and an account begins once
declare_role("promise", "beginning")

Open = Callable[[UUID, UUID, UUID], AccountKey]
PartyOf = Callable[[UUID], UUID | None]


@dataclass(frozen=True, slots=True)
class Side:
    """Suppliers, whom we pay, or customers, who pay us: settling is the same from both ends.

    `owed` and `credit` open the accounts of what is to be paid and of what is taken off it; `sign`
    makes the balance of either positive for what is to be paid.
    """

    owed: Open
    credit: Open
    roles: tuple[str, str]
    sign: int


# By the field in which a payment names whom it is with.
SIDES = {
    "supplier": Side(payable, advance, ("payable", "advance"), -1),
    "customer": Side(receivable, deposit, ("receivable", "deposit"), 1),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """The account that documents of a type leave open, and at which of their two ends."""

    account: Open
    is_at_other_unit: bool
    party_of: PartyOf | None  # with whom, where it is not the party of the document


_opened: dict[tuple[str, str], Opened] = {}


def opens(
    document_type: str, account: Open, *, at_other_unit: bool = False,
    party_of: PartyOf | None = None,
) -> None:  # fmt: skip
    """Say that documents of a type leave something to settle, in an account of their own; one that
    is between two legal entities does at both ends."""
    side = next(s for s, known in SIDES.items() if account in (known.owed, known.credit))
    _opened[document_type, side] = Opened(account, at_other_unit, party_of)


def opened_by(document_type: str, side: str) -> Opened | None:
    """The account that a document of this type leaves open with suppliers, or with customers;
    None if it leaves none."""
    return _opened.get((document_type, side))
