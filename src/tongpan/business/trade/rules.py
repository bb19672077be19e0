"""What a line at a supplier's price comes to, and which share of a cost a part of it carries."""

from decimal import Decimal

from tongpan.base.numbers import MONEY_STEP, round_to
from tongpan.masters.taxes.rules import Taxed, line_amount, tax_in, tax_on


def priced(quantity: Decimal, price: Decimal, rate: Decimal, *, is_tax_included: bool) -> Taxed:
    """Net and tax of a line; their sum is what is paid.

    Units:   `price` is money for one of what `quantity` counts; `rate` is a share.

    >>> priced(Decimal(2), Decimal("56.50"), Decimal("0.13"), is_tax_included=True)
    Taxed(net=Decimal('100.00'), tax=Decimal('13.00'))
    """
    amount = line_amount(quantity, price)
    return tax_in(amount, rate) if is_tax_included else tax_on(amount, rate)


def share_of_cost(cost: Decimal, whole: Decimal, before: Decimal, part: Decimal) -> Decimal:
    """The cost that `part` of `whole` carries when `before` of it has been taken already.

    Rounded on the running total, so that the shares of all parts add up to `cost` exactly.

    Units:   `cost` and the result are money; `whole`, `before` and `part` share one unit.
    Errors:  ValueError if the parts exceed the whole.

    >>> [share_of_cost(Decimal("10.00"), Decimal(3), Decimal(n), Decimal(1)) for n in range(3)]
    [Decimal('3.33'), Decimal('3.34'), Decimal('3.33')]
    """
    if before + part > whole:
        raise ValueError("The parts exceed the whole.")
    upto = round_to(cost * (before + part) / whole, MONEY_STEP)
    return upto - round_to(cost * before / whole, MONEY_STEP)
