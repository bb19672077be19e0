"""Splitting a price into net and tax, so that the two always add up to what was paid."""

from dataclasses import dataclass
from decimal import Decimal

from tongpan.base.numbers import MONEY_STEP, round_to


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount in its two parts. `net + tax == gross`, to the cent, by construction."""

    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def tax_in(gross: Decimal, rate: Decimal, *, step: Decimal = MONEY_STEP) -> Taxed:
    """Take the tax out of an amount that includes it, as retail prices do.

    Units:   `gross` is money, a whole number of `step`; `rate` is a share (0.13 for 13 %).
    Errors:  ValueError if the rate is not from 0 to 1.
    Source:  增值税暂行条例实施细则 art. 14: net = gross / (1 + rate). The net is rounded and the
             tax is the rest, so that the sum holds; a refund is the same with its sign changed.

    >>> tax_in(Decimal("113.00"), Decimal("0.13"))
    Taxed(net=Decimal('100.00'), tax=Decimal('13.00'))
    """
    _refuse_strange(rate)
    net = round_to(gross / (1 + rate), step)
    return Taxed(net, gross - net)


def tax_on(net: Decimal, rate: Decimal, *, step: Decimal = MONEY_STEP) -> Taxed:
    """Add the tax to an amount without it, as suppliers' prices often are.

    Units:   as in `tax_in`.
    Errors:  ValueError if the rate is not from 0 to 1.

    >>> tax_on(Decimal("100.00"), Decimal("0.13")).gross
    Decimal('113.00')
    """
    _refuse_strange(rate)
    return Taxed(net, round_to(net * rate, step))


def line_amount(quantity: Decimal, price: Decimal, *, step: Decimal = MONEY_STEP) -> Decimal:
    """What a line costs: quantity times price, rounded once, to the cent.

    Units:   `price` is money for one of the unit that `quantity` counts, up to six places.

    >>> line_amount(Decimal("1.234"), Decimal("9.9"))
    Decimal('12.22')
    """
    return round_to(quantity * price, step)


def _refuse_strange(rate: Decimal) -> None:
    if not 0 <= rate <= 1:
        raise ValueError("A rate is a share from 0 to 1: write 0.13 for 13 %.")
