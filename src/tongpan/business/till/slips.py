"""From baskets to posted slips: numbers, rows, what is told, and the facts for the ledger.

However many slips there are, they are written and posted by the one statement of the gate.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from django.db import connection

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.membership.postings import undone_moves, used_moves
from tongpan.business.till.accounts import counter
from tongpan.business.till.baskets import Basket, Rung
from tongpan.business.till.documents import RETURN, SALE
from tongpan.business.till.models import InvoiceState, Return, Sale
from tongpan.business.till.on_account import on_account
from tongpan.business.till.postings import (
    given_elsewhere_moves,
    off_account_moves,
    on_account_moves,
    return_moves,
    sale_moves,
)
from tongpan.business.till.writing import writing
from tongpan.kernel.companies.rows import new_row
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.ledger.posting import Fact, Move
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.places.queries import default_place

Slip = TypeVar("Slip", Sale, Return)


@dataclass(slots=True)
class Back:
    """Goods that come back: `costs` is what those of each line had cost when they left."""

    basket: Basket
    costs: list[Decimal]
    reason: str = ""
    follows: UUID | None = None
    sold_at: UUID | None = None  # the store that sold them, if that is known


def post_slips(
    doing: Doing,
    sales: Sequence[tuple[Doing, Basket]] = (),
    returns: Sequence[tuple[Doing, Back]] = (),
) -> None:
    """Let `doing` write the slips and post their facts; each slip is what one doing does."""
    slips: list[tuple[Sale | Return, Basket]] = []
    for did, basket in sales:
        sale = _slip(
            Sale, did, basket, change=basket.change, invoiceable=basket.invoiceable,
            invoice_state=InvoiceState.NONE.value, invoice_token=env.token(16),
        )  # fmt: skip
        slips.append((sale, basket))
        doing.facts += _facts(sale, _moves_of_sale(sale, basket))
    for did, back in returns:
        slip = _slip(Return, did, back.basket, follows=back.follows, reason=back.reason)
        slips.append((slip, back.basket))
        doing.facts += _facts(slip, _moves_of_return(slip, back))
    if slips:
        doing.writing = writing(slips)
        for nth, did in enumerate([did for did, _ in (*sales, *returns)], start=1):
            did.nth = nth


def _slip(
    kind: type[Slip], did: Doing, basket: Basket, *, follows: UUID | None = None, **more: object
) -> Slip:
    net = sum((line.taxed.net for line in basket.lines), ZERO)
    tax = sum((line.taxed.tax for line in basket.lines), ZERO)
    document = new_row(
        Document, {"org_unit": basket.till},
        id=basket.pk, type=(RETURN if kind is Return else SALE).code,
        state=State.POSTED.value, business_date=basket.on, currency="CNY",
        total=net + tax, created_at=basket.at, created_by_id=basket.person_id,
        changed_at=basket.at, posted_at=basket.at, posted_by_id=basket.person_id,
        follows_id=follows, party=basket.party, version=1, note=basket.remark,
    )  # fmt: skip
    slip = new_row(
        kind, {"document": document, "store": basket.store}, net=net, tax=tax, gross=net + tax,
        pieces=len(basket.lines), **more,
    )  # fmt: skip
    slip.lines = list(basket.lines)
    did.body = slip
    did.told = {
        "total": slip.gross, "store": basket.store.pk, "first": basket.lines[0].name,
        "lines": len(basket.lines),
    }  # fmt: skip
    return slip


def _moves_of_sale(slip: Sale, basket: Basket) -> Iterator[Move]:
    store = basket.store
    taken = [(p.method.pk, p.amount) for p in basket.payments if p.method.kind == "money"]
    goods = [line for line in basket.lines if line.has_goods]
    place = place_of(store)
    yield from sale_moves(
        store.pk,
        place,
        goods,
        net=slip.net,
        tax=slip.tax,
        taken=taken,
        deposits=basket.deposits.net,
    )
    if basket.use is not None:
        yield from used_moves(basket.use, store.pk, counter(store.pk))
    if basket.customer is not None and (owed := on_account(basket)):
        yield from on_account_moves(store.pk, basket.customer.pk, slip.document.pk, owed)
    yield from basket.spent


def _moves_of_return(slip: Return, back: Back) -> Iterator[Move]:
    store = back.basket.store
    paid = back.basket.payments
    money = [p for p in paid if p.method.kind == "money"]
    there = back.sold_at if back.sold_at != store.pk else None
    far = [p for p in money if there is not None and p.method.is_by_provider]
    given = [(p.method.pk, p.amount) for p in money if p not in far]
    lines: list[tuple[Rung, Decimal]] = [
        (line, cost)
        for line, cost in zip(back.basket.lines, back.costs, strict=True)
        if line.has_goods
    ]
    place = place_of(store)
    yield from return_moves(
        store.pk,
        place,
        lines,
        net=slip.net,
        tax=slip.tax,
        given=given,
        deposits=back.basket.deposits.net,
    )
    if far and there is not None:
        amounts = [(p.method.pk, p.amount) for p in far]
        yield from given_elsewhere_moves(store.pk, there, _top_id(), amounts)
    if (off := back.basket.off_account) is not None:
        assert back.follows is not None, "Only goods of a sale come back on account."
        yield from off_account_moves(
            store.pk, there or store.pk, _top_id(), off.customer.pk, back.follows,
            slip.document.pk, still_open=off.still_open, collected=off.collected,
        )  # fmt: skip
    if back.basket.undone is not None:
        yield from undone_moves(back.basket.undone, store.pk, counter(store.pk))
    yield from back.basket.spent


def _facts(slip: Sale | Return, moves: Iterable[Move]) -> list[Fact]:
    """The fact of a slip; a free service moves nothing."""
    document = slip.document
    all_moves = tuple(moves)
    if not all_moves:
        return []
    return [Fact(document.pk, document.pk, document.business_date, all_moves)]


def _schema() -> str:
    return str(connection.schema_name)  # type: ignore[attr-defined]


def _top_id() -> UUID:
    """Headquarters, through which stores owe each other."""
    return OrgUnit.objects.get(parent=None).pk


@lru_cache(maxsize=1024)
def _place_id(schema: str, store: UUID) -> UUID:
    return default_place(OrgUnit.objects.get(pk=store)).pk


def place_of(store: OrgUnit) -> UUID:
    """The place a store sells from. It never changes while the program runs."""
    return _place_id(_schema(), store.pk)
