"""What goods are worth that come back without the sale by which they left."""

from collections.abc import Sequence
from decimal import Decimal

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.stock import accounts as stock
from tongpan.business.stock.queries import Pool
from tongpan.business.till.baskets import Basket, Rung
from tongpan.business.till.slips import place_of
from tongpan.kernel.ledger.models import Account


def shelf_costs(baskets: Sequence[Basket]) -> list[list[Decimal]]:
    """Of each line of each basket, what those on the shelf cost on the average, in money."""
    lines = [(basket, line) for basket in baskets for line in basket.lines if line.has_goods]
    keys = {(b.store.pk, n.item_id): stock.shelf(b.store.pk, place_of(b.store), n.item_id).key
            for b, n in lines}  # fmt: skip
    rows = Account.unscoped.filter(key__in=set(keys.values())) if keys else ()
    worth = {row.key: Pool.of(row).cost for row in rows}

    def cost(basket: Basket, line: Rung) -> Decimal:
        if not line.has_goods:
            return ZERO
        one = worth.get(keys[basket.store.pk, line.item_id], ZERO)
        return round_to(one * line.base_quantity, MONEY_STEP)

    return [[cost(basket, line) for line in basket.lines] for basket in baskets]
