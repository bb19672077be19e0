"""Exact numbers: six places in the ledgers, a unit's own step at the door, never a float."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

LEDGER_STEP = Decimal("0.000001")
MONEY_STEP = Decimal("0.01")
ZERO = Decimal(0)


def exact(text: str | int | Decimal) -> Decimal:
    """A decimal from text or a whole number; a float is refused because it is not exact.

    >>> exact("0.10") + exact("0.20") == exact("0.30")
    True
    """
    assert not isinstance(text, float), "A float is not an exact number."
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a number.")
    return number


def round_to(number: Decimal, step: Decimal) -> Decimal:
    """`number` to the nearest whole multiple of `step`, halves away from zero.

    Units: `number` and `step` share one unit.
    Errors: ValueError if `step` is not positive.

    >>> round_to(Decimal("2.345"), Decimal("0.01"))
    Decimal('2.35')
    """
    if step is MONEY_STEP:  # the same at once, for every line of a sale asks for it
        return number.quantize(step, ROUND_HALF_UP)
    if step <= 0:
        raise ValueError("A step is positive.")
    return (number / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def in_yuan(amount: Decimal) -> str:
    """Money in a sentence, with its sign: the minus comes first.

    >>> in_yuan(Decimal("1284.5")), in_yuan(Decimal("-7.1"))
    ('¥1,284.50', '−¥7.10')
    """
    return f"{'−' if amount < 0 else ''}¥{abs(amount):,.2f}"


def is_on_step(number: Decimal, step: Decimal) -> bool:
    """Whether `number` is a whole number of steps."""
    return number % step == 0


def share(total: Decimal, weights: Sequence[Decimal], *, step: Decimal) -> list[Decimal]:
    """Divide `total` in proportion to `weights`, so that the parts add up to it exactly.

    Every part is a whole number of steps. The steps that rounding down leaves
    over go to the largest remainders, and among equals to the earliest part.
    Spreads an order discount, a freight bill or a landed cost over lines.

    Units:   `total`, `step` and the parts share one unit; `weights` have none.
    Errors:  ValueError if `total` or a weight is negative (share a refund as a
             positive amount), if every weight is zero, or if `total` is not a
             whole number of steps.
    Source:  largest-remainder (Hamilton) apportionment.

    >>> share(Decimal("100.00"), [Decimal(1)] * 3, step=Decimal("0.01"))
    [Decimal('33.34'), Decimal('33.33'), Decimal('33.33')]
    """
    weight_sum = sum(weights, ZERO)
    if total < 0 or any(w < 0 for w in weights):
        raise ValueError("Neither the total nor a weight may be negative.")
    if weight_sum == 0:
        raise ValueError("At least one weight must be positive.")
    if not is_on_step(total, step):
        raise ValueError("The total must be a whole number of steps.")
    # Whole-number arithmetic: a quotient of decimals would round, and parts might not add up.
    ratios = [w.as_integer_ratio() for w in weights]
    denominator = 1
    for _, d in ratios:
        denominator *= d
    return [
        part * step
        for part in share_steps(int(total / step), [n * (denominator // d) for n, d in ratios])
    ]


def share_steps(steps: int, weights: Sequence[int]) -> list[int]:
    """`share` for whole numbers: cents, pieces. A total of zero needs no weights.

    No part is more than its weight, as long as the total is not more than all of them.

    Errors:  as `share`, unchecked: `steps` and `weights` are not negative, nor all weights zero.

    >>> share_steps(100, [1, 1, 1])
    [34, 33, 33]
    """
    if steps == 0:
        return [0] * len(weights)
    whole = sum(weights)
    parts = [steps * w // whole for w in weights]
    left = steps - sum(parts)
    if left:
        rests = [steps * w % whole for w in weights]
        order = sorted(
            range(len(parts)), key=rests.__getitem__, reverse=True
        )  # equals as they stand
        for n in order[:left]:
            parts[n] += 1
    return parts
