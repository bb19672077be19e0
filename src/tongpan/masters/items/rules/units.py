"""From one unit to another, exactly or not at all."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tongpan.base.numbers import LEDGER_STEP, is_on_step
from tongpan.base.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit as it counts one item: `factor` base units each, in whole multiples of `step`."""

    name: str
    factor: Decimal
    step: Decimal


def convert(quantity: Decimal, source: Measure, target: Measure) -> Decimal:
    """The same goods counted in `target`. Nothing is rounded: what does not come out is refused.

    Units:  `quantity` is in `source`, the result in `target`; factors are base units in each.
    Errors: Refusal quantity_off_step if `quantity` is not a whole number of the source's steps;
            Refusal quantity_not_whole if the result is not one of the target's.
    Source: exact fractions; a decimal division would round thirds.

    >>> piece = Measure("个", Decimal(1), Decimal(1))
    >>> box = Measure("箱", Decimal(24), Decimal(1))
    >>> convert(Decimal(2), box, piece), convert(Decimal(48), piece, box)
    (Decimal('48'), Decimal('2'))
    """
    if not is_on_step(quantity, source.step):
        raise Refusal("quantity_off_step", given=quantity, unit=source.name, step=source.step)
    exact = Fraction(quantity) * Fraction(source.factor) / Fraction(target.factor)
    steps = exact / Fraction(target.step)
    if steps.denominator != 1:
        raise Refusal("quantity_not_whole", given=quantity, unit=source.name, target=target.name)
    return steps.numerator * target.step


def factor_between(size: Decimal, base_size: Decimal) -> Decimal:
    """How many base units one unit is, from the sizes of two units of one dimension.

    Errors: Refusal factor_not_exact if the quotient has more than six places.

    >>> factor_between(Decimal("0.5"), Decimal(1))
    Decimal('0.500000')
    """
    steps = Fraction(size) / Fraction(base_size) / Fraction(LEDGER_STEP)
    if steps.denominator != 1:
        raise Refusal("factor_not_exact", size=size, base_size=base_size)
    return steps.numerator * LEDGER_STEP
