"""What a return gives back of what was taken off: of each share its part, of budgets their use.

Rounded on running totals, as what is paid back, so that whatever the order and the sizes of the
parts, all of them together leave every share at nothing.
"""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from tongpan.base.numbers import ZERO
from tongpan.business.promotions.models import PromotionDocument
from tongpan.business.promotions.postings import give_back_moves
from tongpan.business.promotions.queries import bounded_of
from tongpan.business.promotions.rules.pricing import returned_share
from tongpan.business.till import queries
from tongpan.business.till.baskets import Basket
from tongpan.business.till.models import Sale, SaleShare
from tongpan.business.till.shares import Kind, Share
from tongpan.kernel.ledger.posting import Move


def shares_back(basket: Basket, sale: Sale) -> None:
    """Let each line that comes back say what of its shares it gives back."""
    own: dict[UUID, list[SaleShare]] = {}
    for share in queries.shares_of(sale.document.pk):
        own.setdefault(share.line, []).append(share)
    if not own:
        return
    whole = {line.pk: line.quantity for line in sale.lines}
    before = queries.returned_before(whole)
    for rung in basket.lines:
        assert rung.sold is not None, "It was sold by this sale."
        gone = before.get(rung.sold, ZERO)
        before[rung.sold] = gone + rung.quantity
        rung.shares = [
            _part(share, amount)
            for share in own.get(rung.sold, ())
            if (amount := returned_share(share.amount, whole[rung.sold], rung.quantity, gone))
        ]


def _part(share: SaleShare, amount: Decimal) -> Share:
    return Share(
        Kind(share.kind), amount, share.reason, share.promotion, by_whom=share.by_whom_id,
        of=share.pk,
    )  # fmt: skip


def give_back_of(basket: Basket, sale: Sale) -> list[Move]:
    """What goes back to the budgets and limits of promotions: the amounts as they come back, the
    times when the last of what they took off has come back."""
    now: dict[UUID, Decimal] = {}
    for rung in basket.lines:
        for share in rung.shares:
            if share.promotion is not None:
                now[share.promotion] = now.get(share.promotion, ZERO) + share.amount
    if not now:
        return []
    used, back = _used(sale.document.pk), queries.shares_returned(sale.document.pk)
    bodies = PromotionDocument.unscoped.filter(pk__in=now).select_related("document")
    moves: list[Move] = []
    for body in bodies:
        bounded = bounded_of(body)
        if bounded is None:
            continue
        amount, times = used[body.document_id]
        is_last = back.get(body.document_id, ZERO) + now[body.document_id] == amount
        moves += give_back_moves(
            bounded, times if is_last else 0, now[body.document_id], sale.document.party,
            sale.document.business_date,
        )  # fmt: skip
    return moves


def _used(sale: UUID) -> dict[UUID, tuple[Decimal, int]]:
    found: dict[UUID, tuple[Decimal, int]] = {}
    for share in _of_promotions(queries.shares_of(sale)):
        assert share.promotion is not None, "Chosen so."
        amount, times = found.get(share.promotion, (ZERO, 0))
        found[share.promotion] = amount + share.amount, times + (share.times or 0)
    return found


def _of_promotions(shares: Iterable[SaleShare]) -> list[SaleShare]:
    return [share for share in shares if share.promotion is not None]
