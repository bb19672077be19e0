"""Prices that somebody changed at the till, held against what goods may be sold for."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from tongpan.base.numbers import MONEY_STEP, round_to
from tongpan.base.refusals import Refusal
from tongpan.business.pricing.limits import least_at
from tongpan.business.till.allowed import giver_may, giver_named, giver_of_price, has_givers
from tongpan.business.till.baskets import Basket, Rung
from tongpan.business.till.shares import Kind
from tongpan.kernel.documents.fields import Problem, plain
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import may
from tongpan.masters.items.models import Item
from tongpan.masters.items.queries import find_scanned

SELL_BELOW = "till.sale.sell_below"
BY_HAND = frozenset({Kind.LINE, Kind.RECEIPT})


def refuse_below(basket: Basket) -> None:
    """Refuse lines whose price somebody made lower than it may be; a plain sale asks nothing.

    Each step below the least is held against who made it: the new price, the discount of the line,
    that of the receipt. Errors: Refusal naming each such line. What goods cost is not told.
    """
    changed = [
        (number, line)
        for number, line in enumerate(basket.lines, start=1)
        if line.has_goods and _is_changed(line)
    ]
    if not changed or (may(SELL_BELOW, basket.till) and not has_givers()):
        return
    least = least_of({line.item_id for _n, line in changed}, basket.store, basket.on)
    problems: list[Problem] = [
        {
            "path": f"lines.{number}", "code": "below_allowed", "item": line.name,
            "price": plain(round_to(line.taxed.gross / line.quantity, MONEY_STEP)),
        }
        for number, line in changed
        if any(
            not giver_may(giver, SELL_BELOW, basket.till)
            for gross, giver in _steps(line)
            if gross < least.get(line.item_id, Decimal(0)) * line.base_quantity
        )
    ]  # fmt: skip
    if problems:
        raise Refusal("invalid", problems=problems)


def _steps(line: Rung) -> list[tuple[Decimal, Person | None]]:
    """What a line came to as somebody gave it a price, then each discount, and who did."""
    by_hand = [share for share in line.shares if share.kind in BY_HAND]
    gross = line.taxed.gross + sum((share.amount for share in by_hand), Decimal(0))
    steps: list[tuple[Decimal, Person | None]] = []
    if _is_priced(line):
        steps.append((gross, giver_of_price(line.item_id, line.unit_id, line.price)))
    for share in by_hand:
        gross -= share.amount
        steps.append((gross, giver_named(share.by_whom)))
    return steps


def least_of(items: Iterable[UUID], store: OrgUnit, on: date) -> dict[UUID, Decimal]:
    """The least that one base unit of each item may be sold for at a store; for comparing only."""
    return least_at(list(Item.objects.filter(pk__in=list(items))), store, on)


def _is_changed(line: Rung) -> bool:
    """Whether somebody gave the line another price, or a discount."""
    return any(share.kind in BY_HAND for share in line.shares) or _is_priced(line)


def _is_priced(line: Rung) -> bool:
    """Whether somebody gave the line another price."""
    return line.price_from is None and line.price_level is None and not _is_of_a_label(line)


def _is_of_a_label(line: Rung) -> bool:
    """Whether the store's own scales printed what the line comes to before promotions."""
    if not line.barcode:
        return False
    try:
        found = find_scanned(line.barcode)
    except Refusal:
        return False
    gross = line.taxed.gross + sum((share.amount for share in line.shares), Decimal(0))
    return found.item.pk == line.item_id and found.price == gross
