"""From baskets to posted slips: numbers, rows, what is told, and the facts for the ledger.

However many slips there are, each kind takes one statement, and later the one posting of the gate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.till.baskets import Basket, Rung
from tongpan.business.till.documents import RETURN, SALE
from tongpan.business.till.models import InvoiceState, Return, Sale
from tongpan.business.till.postings import return_moves, sale_moves
from tongpan.business.till.writing import write_slips
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.ledger.posting import Fact, Move
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.places.queries import default_place


@dataclass(slots=True)
class Back:
    """Goods that come back: `costs` is what those of each line had cost when they left."""

    basket: Basket
    costs: list[Decimal]
    reason: str = ""
    follows: UUID | None = None


def post_sales(doings: Sequence[Doing], baskets: Sequence[Basket]) -> list[Fact]:
    """Write the sales; each is what one doing does. The facts are for the gate to post."""
    slips = []
    for basket in baskets:
        slip = Sale(
            change=basket.change,
            invoiceable=basket.invoiceable,
            invoice_state=InvoiceState.NONE.value,
            invoice_token=env.token(16),
        )
        slips.append((slip, basket))
    _write(doings, slips)
    return [_sale_fact(slip, basket) for slip, basket in slips]


def post_returns(doings: Sequence[Doing], backs: Sequence[Back]) -> list[Fact]:
    """The same for returns."""
    slips: list[tuple[Return, Basket]] = []
    for back in backs:
        slip = Return(reason=back.reason)
        slip.document = Document(follows_id=back.follows)
        slips.append((slip, back.basket))
    _write(doings, slips)
    return [_return_fact(slip, back) for (slip, _), back in zip(slips, backs, strict=True)]


def _write(doings: Sequence[Doing], slips: Sequence[tuple[Any, Basket]]) -> None:
    for slip, basket in slips:
        slip.net = sum((line.taxed.net for line in basket.lines), ZERO)
        slip.tax = sum((line.taxed.tax for line in basket.lines), ZERO)
        slip.gross = slip.net + slip.tax
        slip.pieces, slip.store = len(basket.lines), basket.store
        slip.document = _document(slip, basket)
        slip.lines = list(basket.lines)
    numbers = write_slips(slips)
    for doing, number, (slip, basket) in zip(doings, numbers, slips, strict=True):
        slip.document.number = number
        doing.body = slip
        doing.told = {
            "number": number, "total": slip.gross, "store": basket.store.pk,
            "first": basket.lines[0].name, "lines": len(basket.lines),
        }  # fmt: skip


def _document(slip: Sale | Return, basket: Basket) -> Document:
    is_return = isinstance(slip, Return)
    return Document(
        id=basket.pk, type=(RETURN if is_return else SALE).code, state=State.POSTED.value,
        org_unit=basket.till, business_date=basket.on, currency="CNY", total=slip.gross,
        created_at=basket.at, created_by_id=basket.person_id, changed_at=basket.at,
        posted_at=basket.at, posted_by_id=basket.person_id,
        follows_id=slip.document.follows_id if is_return else None,
        party=basket.party, version=1,
    )  # fmt: skip


def _sale_fact(slip: Sale, basket: Basket) -> Fact:
    store = basket.store
    taken = [(p.method.pk, p.amount) for p in basket.payments]
    goods = [line for line in basket.lines if line.has_goods]
    moves = sale_moves(
        store.pk, place_of(store), goods, net=slip.net, tax=slip.tax, taken=taken
    )  # fmt: skip
    return _fact(slip, moves)


def _return_fact(slip: Return, back: Back) -> Fact:
    store = back.basket.store
    given = [(p.method.pk, p.amount) for p in back.basket.payments]
    lines: list[tuple[Rung, Decimal]] = [
        (line, cost)
        for line, cost in zip(back.basket.lines, back.costs, strict=True)
        if line.has_goods
    ]
    moves = return_moves(
        store.pk, place_of(store), lines, net=slip.net, tax=slip.tax, given=given
    )  # fmt: skip
    return _fact(slip, moves)


def _fact(slip: Sale | Return, moves: Iterable[Move]) -> Fact:
    document = slip.document
    return Fact(document.pk, document.pk, document.business_date, tuple(moves))


@lru_cache(maxsize=1024)
def _place_id(schema: str, store: UUID) -> UUID:
    return default_place(OrgUnit.objects.get(pk=store)).pk


def place_of(store: OrgUnit) -> UUID:
    """The place a store sells from. It never changes while the program runs."""
    return _place_id(connection.schema_name, store.pk)  # type: ignore[attr-defined]
