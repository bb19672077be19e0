"""The posting rules of promotions: their budgets, and what sales use of budgets and limits."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from tongpan.business.promotions import accounts as at
from tongpan.business.promotions.models import PromotionDocument
from tongpan.kernel.ledger.posting import Move


class Bounded(NamedTuple):
    """A promotion of which there is only so much: by member, by day, or altogether."""

    home: UUID
    promotion: UUID
    per_member: int | None = None
    per_day: int | None = None
    has_budget: bool = False


def promotion_moves(body: Annotated[Any, PromotionDocument]) -> Iterable[Move]:
    """Approving a promotion grants its budget.

    | Ledger | Source            | Target         |
    | points | promotion granted | promotion left |
    """
    if body.budget:
        home = body.document.org_unit_id
        yield Move(at.granted(home), at.left(home, body.document_id), body.budget)


def use_moves(
    promotion: Bounded, times: int, amount: Decimal, member: UUID | None, day: date
) -> Iterator[Move]:
    """What a sale uses of a promotion: so many times, and an amount in all, on its business day.

    Where nothing is left the posting is refused, so no two tills use the last of it.

    | Ledger | Source           | Target           |
    | points | promotion left   | promotion given  |
    | points | promotion unused | promotion member |
    | points | promotion unused | promotion day    |
    """
    home, one = promotion.home, promotion.promotion
    if promotion.has_budget and amount:
        yield Move(at.left(home, one), at.given(home, one), amount)
    if promotion.per_member and member is not None and times:
        share = at.share_of(times, promotion.per_member)
        yield Move(at.unused(home, one), at.by_member(home, one, member), share)
    if promotion.per_day and times:
        share = at.share_of(times, promotion.per_day)
        yield Move(at.unused(home, one), at.on_day(home, one, day), share)


def give_back_moves(
    promotion: Bounded, times: int, amount: Decimal, member: UUID | None, day: date
) -> Iterator[Move]:
    """The same back again, for goods that come back: `day` is the business day of the sale.

    | Ledger | Source           | Target           |
    | points | promotion given  | promotion left   |
    | points | promotion member | promotion unused |
    | points | promotion day    | promotion unused |
    """
    for move in use_moves(promotion, times, amount, member, day):
        yield Move(move.target, move.source, move.amount)
