"""What a chain needs to sell on account: two customers, prices, taxes, money and goods."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.business.finance.models import MoneyPlace
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import TaxpayerKind
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party
from tongpan.masters.prices.models import HoldsFor, Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

RECEIPT = "finance.customer_receipt"
MILK = {"item": "10001", "quantity": "100", "price": "11.30"}
COLA = {"item": "10003", "quantity": "2", "unit": "case"}


def a_wholesaler() -> Chain:
    """The cast with a warehouse of milk at 8.00 and cola at 2.00, a canteen and a hotel."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        _prices_and_taxes(chain)
        Party.objects.create(
            code="K01", name="第一中学食堂", is_customer=True, is_wholesale=True, due_days=30
        )
        Party.objects.create(code="K02", name="江畔酒店", is_customer=True)
        MoneyPlace.unscoped.create(unit=chain.units["hq"], code="B01", name="工行基本户")
    on_shelf(chain, "warehouse", milk=("300", "8.00"), cola=("240", "2.00"))
    return chain


def _prices_and_taxes(chain: Chain) -> None:
    hq, first = chain.units["hq"], date(2026, 1, 1)
    TaxpayerKind.objects.create(entity=hq.entity, kind="general", valid_from=first)
    goods = TaxCategory.objects.create(code="T13", name="一般货物")
    TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=first)
    Item.objects.update(tax_category=goods)
    for item in chain.items.values():
        item.refresh_from_db()
    for code, holds_for, cola in (
        ("RETAIL", HoldsFor.EVERYBODY, "3.50"), ("BULK", HoldsFor.WHOLESALE, "3.00"),
        ("OWN", HoldsFor.NAMED, "2.80"),
    ):  # fmt: skip
        made = PriceList.objects.create(
            code=code, name=code, org_unit=hq, holds_for=holds_for, valid_from=first
        )
        bottle = chain.items["cola"].base_unit
        Price.objects.create(
            price_list=made, item=chain.items["cola"], unit=bottle, price=Decimal(cola),
            valid_from=first,
        )  # fmt: skip


def made(code: str, payload: dict[str, Any], *answers: str) -> UUID:
    draft = run(f"{code}.save", payload=payload).subject
    run(f"{code}.post", draft, answers=frozenset(answers))
    return draft


def ordered(chain: Chain, *lines: dict[str, Any], customer: str = "K01", **header: Any) -> UUID:
    with chain.as_("zhou", "hq"):
        header = {"customer": customer, "place": chain.places["warehouse"]} | header
        return made("sales.order", {"header": header, "lines": list(lines or [MILK])})


def following(chain: Chain, code: str, earlier: UUID, **first_line: Any) -> UUID:
    """Post the document that follows another one, as the screen would propose it."""
    with chain.as_("zhou", "hq"):
        payload = prefill(code, earlier)
        payload["lines"][0] |= first_line
        return made(code, payload)


def delivered(chain: Chain, *lines: dict[str, Any], customer: str = "K01", **header: Any) -> UUID:
    """A delivery without an order."""
    with chain.as_("zhou", "hq"):
        header = {"customer": customer, "place": chain.places["warehouse"]} | header
        return made("sales.delivery", {"header": header, "lines": list(lines or [MILK])})


def received(chain: Chain, *lines: dict[str, Any], **header: Any) -> UUID:
    with chain.as_("zhou", "hq"):
        given = {"customer": "K01", "paid_into": "B01"} | header
        return made(RECEIPT, {"header": given, "lines": list(lines)})


def reverse(chain: Chain, code: str, document: UUID) -> None:
    with chain.as_("zhou", "hq"):
        run(f"{code}.reverse", document, {"reason": "it was a mistake"})


def money_of(role: str) -> Decimal:
    return sum((b.amount for b in balances(Where(ledger="money", roles=[role]))), Decimal(0))


def goods_of(chain: Chain, role: str, item: str = "milk") -> Decimal:
    where = Where(ledger="stock", roles=[role], units=[chain.items[item].pk])
    return sum((b.amount for b in balances(where)), Decimal(0))
