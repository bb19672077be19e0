"""Whatever is ordered, delivered, paid, brought back and closed, in whatever order."""

from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.business.sales.cast import RECEIPT, a_wholesaler, goods_of
from tests.chain import Chain
from tongpan.base.refusals import Refusal
from tongpan.business.finance.queries import left_open
from tongpan.business.sales.models import SalesDelivery, SalesOrderLine, SalesReturn
from tongpan.business.stock.queries import left_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances

pytestmark = pytest.mark.usefixtures("company")
FOLLOWING = {
    "sales.delivery": ("sales.order",),
    "sales.closing": ("sales.order",),
    "sales.return": ("sales.delivery",),
    RECEIPT: ("sales.delivery", "sales.return", "sales.order"),
}
steps = st.tuples(
    st.sampled_from(["sales.order", *FOLLOWING, "sales.delivery", "sales.return", "reverse"]),
    st.integers(0, 50),  # which earlier document
    st.sampled_from(["1", "0.5", "0.3"]),  # how much of what is proposed
)
BEGINNING = [
    ("sales.order", 0, "1"),
    ("sales.order", 1, "1"),
    ("sales.delivery", 0, "0.5"),
    ("sales.delivery", 1, "1"),
    (RECEIPT, 0, "0.5"),
    ("sales.return", 0, "0.3"),
]


@pytest.fixture
def chain() -> Chain:
    return a_wholesaler()


class Rollback(Exception):
    """Ends an example without a trace."""


@given(plan=st.lists(steps, min_size=6, max_size=16))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_owed_is_what_went_less_what_came_back_and_was_paid(
    chain: Chain, plan: list[Any]
) -> None:
    with suppress(Rollback), transaction.atomic():
        made = carry_out(chain, plan)
        refuse_wrong_books(chain)
        with chain.as_("zhou", "hq"):
            for code, document in reversed(made):
                if Document.unscoped.get(pk=document).state == State.POSTED:
                    run(f"{code}.reverse", document, {"reason": "all of it"})
        assert (goods_of(chain, "shelf"), goods_of(chain, "held")) == (300, 0)
        for role in ("receivable", "deposit", "revenue", "output_tax", "cost_of_sales", "money"):
            rows = balances(Where(ledger="money", roles=[role]))
            assert [row for row in rows if row.amount] == []
        assert [row for row in balances(Where(ledger="promise")) if row.amount] == []
        raise Rollback


def carry_out(chain: Chain, plan: list[Any]) -> list[tuple[str, UUID]]:
    """What of the plan could be done, in its order. Refusals are a part of life."""
    made: list[tuple[str, UUID]] = []
    for code, which, part in [*BEGINNING, *plan]:
        with chain.as_("zhou", "hq"):
            try:
                with transaction.atomic():
                    if code == "reverse":
                        of, document = made[which % len(made)]
                        run(f"{of}.reverse", document, {"reason": "a mistake"})
                    elif (payload := drafted(chain, made, code, which, Decimal(part))) is not None:
                        draft = run(f"{code}.save", payload=payload).subject
                        run(f"{code}.post", draft)
                        made.append((code, draft))
            except Refusal:
                continue
    return made


def drafted(
    chain: Chain, made: list[tuple[str, UUID]], code: str, which: int, part: Decimal
) -> dict[str, Any] | None:
    """The document as a screen would propose it, in part; nothing where nothing is to be done."""
    if code == "sales.order" or (code == "sales.delivery" and which % 7 == 6):
        lines = [
            {"item": "10001", "quantity": "30", "price": "11.3333"},
            {"item": "10003", "quantity": 1 + which % 2, "unit": "case"},
        ]
        return {"header": {"customer": "K01", "place": chain.places["warehouse"]}, "lines": lines}
    earlier = [
        document
        for of, document in made
        if of in FOLLOWING[code] and Document.unscoped.get(pk=document).state == State.POSTED
    ]
    if not earlier:
        return None
    start = which % len(earlier)
    proposals = (prefill(code, document) for document in earlier[start:] + earlier[:start])
    payload = next((found for found in proposals if found["lines"]), None)
    for line in payload["lines"] if payload else ():
        if code == RECEIPT:
            line["amount"] = (line["amount"] * part).quantize(Decimal("0.01"))
        else:
            line["quantity"] = max(1, int(Decimal(line["quantity"]) * part))
    return payload


def refuse_wrong_books(chain: Chain) -> None:
    """The figures of each account, worked out from the documents alone."""
    books: dict[str, Decimal] = {}
    for row in balances(Where(ledger="money", entity=chain.units["hq"].entity_id)):
        books[row.role] = books.get(row.role, Decimal(0)) + row.amount
    assert sum(books.values()) == 0
    assert [found for found in verify() if found.violations] == []

    def total(code: str) -> Decimal:
        posted = Document.unscoped.filter(type=code, state=State.POSTED)
        return sum((d.total for d in posted if d.total is not None), Decimal(0))

    sold = total("sales.delivery") - total("sales.return")
    assert -books.get("revenue", 0) - books.get("output_tax", 0) == sold
    owed = books.get("receivable", Decimal(0)) + books.get("deposit", Decimal(0))
    assert owed == sold - total(RECEIPT)
    for row in balances(Where(ledger="money", roles=["receivable"])):
        assert row.amount >= 0
    for row in balances(Where(ledger="money", roles=["deposit"])):
        assert row.amount <= 0
    pools = balances(Where(ledger="stock", roles=["shelf", "held"]))
    assert books["inventory"] == sum((row.value for row in pools), Decimal(0))
    lines = SalesOrderLine.unscoped.filter(document__state=State.POSTED)
    undelivered = sum(left_of("undelivered", [line.pk for line in lines]).values(), Decimal(0))
    assert undelivered == goods_of(chain, "held") + goods_of(chain, "held", "cola")
    deliveries = [*SalesDelivery.unscoped.values_list("pk", flat=True)]
    returns = [*SalesReturn.unscoped.values_list("pk", flat=True)]
    assert all(left >= 0 for left in left_open(deliveries).values())
    assert all(left <= 0 for left in left_open(returns).values())
