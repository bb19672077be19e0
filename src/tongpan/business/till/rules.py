"""What a line of a slip comes to, and whether what was handed over pays for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.masters.taxes.rules import Taxed, line_amount, tax_in


def sold(quantity: Decimal, price: Decimal, rate: Decimal) -> Taxed:
    """Net and tax of a line at a retail price, which includes tax.

    Units:   `price` is money for one of what `quantity` counts; `rate` is a share.

    >>> sold(Decimal("0.368"), Decimal("25.60"), Decimal("0.09"))
    Taxed(net=Decimal('8.64'), tax=Decimal('0.78'))
    """
    return tax_in(line_amount(quantity, price), rate)


def part_of(whole: Taxed, quantity: Decimal, before: Decimal, part: Decimal) -> Taxed:
    """What `part` of a sold line gives back when `before` of it came back already.

    Rounded on the running total, so that bringing back everything in pieces gives back exactly
    what was paid, net and tax.

    Errors:  ValueError if the parts exceed the whole.
    """
    if before + part > quantity:
        raise ValueError("The parts exceed the whole.")

    def share(amount: Decimal) -> Decimal:
        upto = round_to(amount * (before + part) / quantity, MONEY_STEP)
        return upto - round_to(amount * before / quantity, MONEY_STEP)

    gross = share(whole.gross)
    net = share(whole.net)
    return Taxed(net, gross - net)


@dataclass(frozen=True, slots=True)
class Tender:
    """Money handed over: `tendered` by the customer, of which `amount` pays for the goods."""

    amount: Decimal
    tendered: Decimal
    gives_change: bool


def change_of(tenders: Sequence[Tender], total: Decimal) -> Decimal | None:
    """What goes back to the customer, or None if the tenders do not pay exactly `total`.

    >>> change_of([Tender(Decimal("48.30"), Decimal("50"), True)], Decimal("48.30"))
    Decimal('1.70')
    """
    if sum((t.amount for t in tenders), ZERO) != total:
        return None
    if any(t.tendered < t.amount for t in tenders):
        return None
    if any(t.tendered > t.amount and not t.gives_change for t in tenders):
        return None
    return sum((t.tendered - t.amount for t in tenders), ZERO)
