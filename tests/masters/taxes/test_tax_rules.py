"""Net and tax add up to what was paid, always."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpan.base.numbers import MONEY_STEP, is_on_step, share
from tongpan.masters.taxes.rules import line_amount, tax_in, tax_on

money = st.integers(-(10**10), 10**10).map(lambda cents: Decimal(cents).scaleb(-2))
rates = st.integers(0, 10**6).map(lambda n: Decimal(n).scaleb(-6))
CENT = MONEY_STEP


@given(gross=money, rate=rates)
def test_net_and_tax_add_up_to_the_gross(gross: Decimal, rate: Decimal) -> None:
    taxed = tax_in(gross, rate)

    assert taxed.gross == gross
    assert is_on_step(taxed.net, CENT)
    assert is_on_step(taxed.tax, CENT)
    assert abs(taxed.net * (1 + rate) - gross) <= CENT * (1 + rate) / 2


@given(net=money, rate=rates)
def test_tax_on_a_net_price_is_within_half_a_cent(net: Decimal, rate: Decimal) -> None:
    taxed = tax_on(net, rate)

    assert taxed.net == net
    assert abs(taxed.tax - net * rate) <= CENT / 2


@given(gross=money, rate=rates)
def test_a_refund_is_the_sale_with_its_sign_changed(gross: Decimal, rate: Decimal) -> None:
    sold, returned = tax_in(gross, rate), tax_in(-gross, rate)

    assert (sold.net + returned.net, sold.tax + returned.tax) == (0, 0)


@given(
    lines=st.lists(st.integers(1, 10**7), min_size=1, max_size=12),
    discount_cents=st.integers(0, 10**6),
    rate=rates,
)
def test_split_by_line_the_parts_add_up_to_the_whole(
    lines: list[int], discount_cents: int, rate: Decimal
) -> None:
    total = max(sum(lines) - discount_cents, 0) * CENT
    parts = share(total, [Decimal(n) for n in lines], step=CENT)

    taxed = [tax_in(part, rate) for part in parts]

    assert sum(t.net for t in taxed) + sum(t.tax for t in taxed) == total


@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [
        ("113.00", "0.13", "100.00", "13.00"),
        ("9.90", "0.13", "8.76", "1.14"),
        ("0.01", "0.13", "0.01", "0.00"),
        ("109.00", "0.09", "100.00", "9.00"),
        ("103.00", "0.03", "100.00", "3.00"),
        ("50.00", "0", "50.00", "0.00"),
    ],
)
def test_prices_on_a_slip_split_as_an_invoice_does(
    gross: str, rate: str, net: str, tax: str
) -> None:
    taxed = tax_in(Decimal(gross), Decimal(rate))

    assert (taxed.net, taxed.tax) == (Decimal(net), Decimal(tax))


def test_a_line_is_rounded_once() -> None:
    assert line_amount(Decimal(144), Decimal("0.083333")) == Decimal("12.00")
    assert line_amount(Decimal("0.005"), Decimal(1)) == Decimal("0.01")


@pytest.mark.parametrize("rate", ["13", "-0.1"])
def test_a_rate_is_a_share_not_a_percentage(rate: str) -> None:
    with pytest.raises(ValueError, match="write 0"):
        tax_in(Decimal(1), Decimal(rate))
