"""Whatever is ordered, received, billed, paid, sent back and credited, in whatever order."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.business.purchasing.test_settling import chain as chain_of_the_tests
from tests.chain import Chain
from tongpan.base.refusals import Refusal
from tongpan.business.finance.queries import left_open
from tongpan.business.purchasing.models import (
    GoodsReceiptLine,
    PurchaseReturnLine,
    SupplierBill,
    SupplierCredit,
)
from tongpan.business.stock.queries import left_of
from tongpan.business.trade.rules import share_of_cost
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import TaxpayerKind

pytestmark = pytest.mark.usefixtures("company")
PAYMENT = "finance.supplier_payment"
FOLLOWING = {
    "purchasing.receipt": ("purchasing.order",),
    "purchasing.bill": ("purchasing.receipt",),
    "purchasing.return": ("purchasing.receipt", "purchasing.bill"),
    "purchasing.credit": ("purchasing.return", "purchasing.bill"),
    PAYMENT: ("purchasing.bill", "purchasing.credit"),
}
chain = chain_of_the_tests

steps = st.tuples(
    st.sampled_from([*FOLLOWING, "purchasing.return", "purchasing.credit", PAYMENT, "reverse"]),
    st.integers(0, 50),  # which earlier document
    st.sampled_from(["1", "0.5", "0.3"]),  # how much of what is proposed
    st.sampled_from(["11.30", "9.99", "3.333333"]),  # at which price
    st.sampled_from(["special", "ordinary"]),
)
# Without it most plans would come to nothing: there is no credit without a return of billed goods.
BEGINNING = [
    ("purchasing.order", 0, "1", "11.30", ""),
    ("purchasing.order", 1, "1", "11.30", ""),
    ("purchasing.receipt", 0, "1", "11.30", ""),
    ("purchasing.receipt", 1, "0.5", "11.30", ""),
    ("purchasing.bill", 0, "0.5", "11.865", "special"),
    ("purchasing.bill", 0, "1", "11.30", "ordinary"),
]


class Rollback(Exception):
    """Ends an example without a trace."""


@given(plan=st.lists(steps, min_size=6, max_size=16), is_general=st.booleans())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_owed_is_what_came_less_what_was_billed_paid_and_credited(
    chain: Chain, plan: list[Any], is_general: bool
) -> None:
    with suppress(Rollback), transaction.atomic():
        kind = "general" if is_general else "small_scale"
        TaxpayerKind.objects.filter(entity=chain.units["hq"].entity).update(
            kind=kind, valid_from=date(2026, 1, 1)
        )
        made = carry_out(chain, plan)
        refuse_wrong_books(chain)
        with chain.as_("zhou", "hq"):
            for code, document in reversed(made):
                if Document.unscoped.get(pk=document).state == State.POSTED:
                    run(f"{code}.reverse", document, {"reason": "all of it"})
        for ledger in ("stock", "promise", "money"):
            rows = balances(Where(ledger=ledger))  # type: ignore[arg-type]
            assert [row for row in rows if row.amount or row.value] == []
        raise Rollback


def carry_out(chain: Chain, plan: list[Any]) -> list[tuple[str, UUID]]:
    """What of the plan could be done, in its order. Refusals are a part of life."""
    made: list[tuple[str, UUID]] = []
    for code, which, part, price, invoice in [*BEGINNING, *plan]:
        with chain.as_("zhou", "hq"):
            try:
                with transaction.atomic():
                    if code == "reverse":
                        of, document = made[which % len(made)]
                        run(f"{of}.reverse", document, {"reason": "a mistake"})
                    elif (payload := drafted(chain, made, code, which)) is not None:
                        vary(payload, code, Decimal(part), price, invoice)
                        draft = run(f"{code}.save", payload=payload).subject
                        run(f"{code}.post", draft)
                        made.append((code, draft))
            except Refusal:
                continue
    return made


def drafted(
    chain: Chain, made: list[tuple[str, UUID]], code: str, which: int
) -> dict[str, Any] | None:
    """The document as a screen would propose it; nothing where nothing is to be done."""
    if code == "purchasing.order":
        place = chain.places[("warehouse", "north")[which % 2]]
        lines = [{"item": item, "quantity": "30", "price": "11.30"} for item in ("10001", "10002")]
        return {"header": {"supplier": "V01", "place": place}, "lines": lines}
    if code == "purchasing.credit" and which % 5 == 4:  # a rebate that names no bill
        lines = [{"item": ("10001", "10002")[which % 2], "quantity": "12", "price": "0.50"}]
        return {"header": {"supplier": "V01", "place": chain.places["warehouse"]}, "lines": lines}
    earlier = [
        document
        for of, document in made
        if of in FOLLOWING[code] and Document.unscoped.get(pk=document).state == State.POSTED
    ]
    if not earlier:
        return None
    start = which % len(earlier)
    proposals = (prefill(code, document) for document in earlier[start:] + earlier[:start])
    return next((payload for payload in proposals if payload["lines"]), None)


def vary(payload: dict[str, Any], code: str, part: Decimal, price: str, invoice: str) -> None:
    if code == PAYMENT:
        for line in payload["lines"]:
            line["amount"] = (line["amount"] * part).quantize(Decimal("0.01"))
        if part == Decimal("0.5"):
            payload["lines"].append({"amount": "7.77"})  # in advance
        return
    if code != "purchasing.order":
        for line in payload["lines"]:
            line["quantity"] = max(1, int(Decimal(line["quantity"]) * part))
    if code == "purchasing.credit" and "return_line" not in payload["lines"][0]:
        for line in payload["lines"]:  # a price that is lower by some cents, or a sum
            line["price"] = price[-2:] if part == 1 else "0.37"
            line["quantity"] = None if part == Decimal("0.5") else line["quantity"]
        return
    if code == "purchasing.bill":
        payload["header"]["invoice_kind"] = invoice
    if code in ("purchasing.bill", "purchasing.credit"):
        payload["lines"][0]["price"] = price


def refuse_wrong_books(chain: Chain) -> None:
    """The figures of each account, worked out from the documents alone."""
    books: dict[str, Decimal] = {}
    for row in balances(Where(ledger="money", entity=chain.units["hq"].entity_id)):
        books[row.role] = books.get(row.role, Decimal(0)) + row.amount
    assert sum(books.values()) == 0
    assert [found for found in verify() if found.violations] == []
    assert -books.get("received_not_invoiced", 0) == rest(GoodsReceiptLine, "unbilled")
    assert books.get("returned_not_credited", 0) == rest(PurchaseReturnLine, "uncredited")

    def total(code: str) -> Decimal:
        posted = Document.unscoped.filter(type=code, state=State.POSTED)
        return sum((d.total for d in posted if d.total is not None), Decimal(0))

    owed = total("purchasing.bill") - total("purchasing.credit") - total(PAYMENT)
    assert -books.get("payable", Decimal(0)) - books.get("advance", Decimal(0)) == owed
    for row in balances(Where(ledger="money", roles=["payable"])):
        assert row.amount <= 0
    for row in balances(Where(ledger="money", roles=["advance", "returned_not_credited"])):
        assert row.amount >= 0
    stock = sum((row.value for row in balances(Where(ledger="stock", roles=["shelf"]))), Decimal(0))
    assert books.get("inventory", Decimal(0)) == stock
    bills = [*SupplierBill.unscoped.values_list("pk", flat=True)]
    credits = [*SupplierCredit.unscoped.values_list("pk", flat=True)]
    assert all(left >= 0 for left in left_open(bills).values())
    assert all(left <= 0 for left in left_open(credits).values())


def rest(model: type[Any], role: str) -> Decimal:
    """The cost of what is left of the posted lines of a table."""
    lines = list(model.unscoped.filter(document__state=State.POSTED))
    left = left_of(role, [line.pk for line in lines])
    return sum(
        (
            share_of_cost(
                line.cost, line.base_quantity, line.base_quantity - left[line.pk], left[line.pk]
            )
            for line in lines
        ),
        Decimal(0),
    )
