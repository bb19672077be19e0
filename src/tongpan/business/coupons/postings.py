"""The posting rules of coupons: given out, used in the posting of a sale, back, and lapsed."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from uuid import UUID

from tongpan.business.coupons import accounts as at
from tongpan.business.coupons.models import Coupon
from tongpan.business.coupons.rules import Held
from tongpan.kernel.ledger.posting import Move

ONE = Decimal(1)


def use_moves(coupons: Iterable[Held], store: UUID) -> Iterator[Move]:
    """Coupons are used at a store, in the posting of the sale: each once.

    | Ledger | Source | Target       |
    | points | coupon | coupons used |
    """
    for one in coupons:
        yield Move(at.coupon(one.home, one.id, one.kind), at.used(store, one.kind), ONE)


def unearned_moves(coupons: Iterable[Coupon], home: UUID) -> Iterator[Move]:
    """Coupons that a sale had given are taken back with what comes back of it.

    | Ledger | Source | Target         |
    | points | coupon | coupons lapsed |
    """
    for one in coupons:
        yield Move(at.coupon(home, one.pk, one.kind_id), at.lapsed(home, one.kind_id), ONE)


def back_moves(moves: Iterable[Move], coming_back: Iterable[UUID]) -> Iterator[Move]:
    """Coupons that the posting of a sale used come back to who held them: those of these kinds.

    | Ledger | Source       | Target |
    | points | coupons used | coupon |
    """
    kinds = set(coming_back)
    for move in moves:
        if move.source.role == "coupon" and move.source.unit in kinds:
            yield Move(move.target, move.source, move.amount)
