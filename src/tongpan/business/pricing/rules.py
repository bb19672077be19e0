"""What a price becomes: so many percent or so much more, ending as shops like prices to end."""

from decimal import ROUND_HALF_UP, Decimal

from tongpan.base.numbers import ZERO, round_to

HUNDRED = Decimal(100)
PERCENT_STEP = Decimal("0.01")


def changed_price(
    price: Decimal, *, percent: Decimal = ZERO, amount: Decimal = ZERO, ending: str = "0.01"
) -> Decimal:
    """The price after a change, never below zero.

    Units:   `percent` is a number of hundredths; `amount` and the result are money.

    >>> changed_price(Decimal("12.90"), percent=Decimal(-10), ending=".9")
    Decimal('11.90')
    >>> changed_price(Decimal("3.20"), amount=Decimal("0.33"), ending="0.1")
    Decimal('3.50')
    """
    return ended(max(ZERO, price * (HUNDRED + percent) / HUNDRED + amount), ending)


def ended(price: Decimal, ending: str) -> Decimal:
    """The nearest price that ends so; one that is as far from two becomes the higher.

    >>> [str(ended(Decimal("11.61"), e)) for e in ("", "0.1", "1", ".9", ".99")]
    ['11.61', '11.60', '12.00', '11.90', '11.99']
    """
    cent = Decimal("0.01")
    if ending.startswith("."):
        tail = Decimal(f"0{ending}")
        whole = max(ZERO, (price - tail).quantize(Decimal(1), ROUND_HALF_UP))
        return (whole + tail).quantize(cent)
    return round_to(price, Decimal(ending or cent)).quantize(cent)


def margin_of(price: Decimal, cost: Decimal, rate: Decimal, *, is_tax_included: bool) -> Decimal:
    """What of a price without tax is left over its cost, in percent.

    Units:   `price` and `cost` are money for the same unit; `rate` is a share.

    >>> margin_of(Decimal("11.30"), Decimal("8.00"), Decimal("0.13"), is_tax_included=True)
    Decimal('20.00')
    """
    net = price / (1 + rate) if is_tax_included else price
    return round_to((net - cost) * HUNDRED / net, PERCENT_STEP) if net else -HUNDRED
