"""Deposits for bottles and crates are owed back, and stored value is no goods."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.business.till.test_ringing_up import a_shop, sell
from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.till.models import Sale, SaleLine
from tongpan.business.treasury.trial import AT_THE_CREDIT
from tongpan.kernel.documents.gate import run
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_shop_that_lends_crates)


def a_shop_that_lends_crates() -> Chain:
    """The cast with a till in North, milk on its shelf, a crate's deposit of 15, a gift card."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
        outside = TaxCategory.objects.create(code="OUT", name="不征税", treatment="not_taxable")
        TaxRate.objects.create(category=outside, rate=Decimal(0), valid_from=date(2026, 1, 1))
        piece = chain.items["milk"].base_unit
        for name, kind, price in (("crate", "deposit", "15.00"), ("card", "wallet", "100.00")):
            item = Item.objects.create(
                code=name, name=name, kind=kind, base_unit=piece, tax_category=outside
            )
            Price.objects.create(
                price_list=PriceList.objects.get(), item=item, unit=piece, price=Decimal(price),
                valid_from=date(2026, 1, 1),
            )  # fmt: skip
            chain.items[name] = item
    on_shelf(chain, "north", milk=("10", "8.50"))
    return chain


def held(*roles: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in balances(Where(ledger="money", roles=list(roles))):
        found[row.role] = found.get(row.role, Decimal(0)) + row.amount
    return {role: amount for role, amount in found.items() if amount}


def test_a_deposit_is_owed_and_no_revenue_until_it_goes_back(chain: Chain) -> None:
    sale = sell(chain, {"milk": "1", "crate": "2"}, {"CASH": "42.90"}).subject

    assert held("revenue", "output_tax", "returnable") == {
        "revenue": Decimal("-11.42"), "output_tax": Decimal("-1.48"),
        "returnable": Decimal("-30.00"),
    }  # fmt: skip
    with chain.as_("zhou", "till"):
        assert Sale.objects.get(pk=sale).invoiceable == Decimal("12.90")
        line = SaleLine.unscoped.get(document=sale, item=chain.items["crate"])
        payload = {
            "sale": sale, "lines": [{"sold": line.pk, "quantity": "1"}],
            "payments": [{"method": "CASH", "amount": "15.00"}],
        }  # fmt: skip
        run("till.return.take_back", payload=payload)

    assert held("revenue", "returnable") == {
        "revenue": Decimal("-11.42"), "returnable": Decimal("-15.00"),
    }  # fmt: skip
    assert [found for found in verify() if found.violations] == []
    assert "returnable" in AT_THE_CREDIT


def test_a_basket_of_deposits_alone_has_no_revenue(chain: Chain) -> None:
    sale = sell(chain, {"crate": "1"}, {"CASH": "15.00"}).subject

    assert held("revenue", "returnable", "taken") == {
        "returnable": Decimal("-15.00"), "taken": Decimal("15.00"),
    }  # fmt: skip
    with chain.as_("zhou", "till"):
        assert Sale.objects.get(pk=sale).invoiceable == 0


def test_stored_value_is_topped_up_and_not_sold(chain: Chain) -> None:
    with pytest.raises(Refusal) as no:
        sell(chain, {"card": "1"}, {"CASH": "100.00"})

    assert [(p["path"], p["code"]) for p in no.value.problems] == [("lines.1", "topped_up_instead")]
