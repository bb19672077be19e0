"""Reads of stock worth a name."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from tongpan.masters.items.models import ItemUnit
from tongpan.masters.items.queries import base_quantity_of
from tongpan.masters.places.models import Place

ONE = Decimal(1)


def place_name(place_id: UUID) -> str:
    """What people call a place, for a sentence about it."""
    name = Place.unscoped.filter(pk=place_id).values_list("name", flat=True).first()
    return name or ""


def factors_of(lines: Sequence[Any]) -> dict[tuple[UUID, UUID | None], Decimal]:
    """How many base units one unit of each line is, in at most one query.

    A line without a unit counts in the base unit. A unit that the item does not have is left out.
    """
    asked = {(n.item_id, n.unit_id): n.item for n in lines if n.item_id}
    factors = {pair: ONE for pair, item in asked.items() if pair[1] in (None, item.base_unit_id)}
    if others := set(asked) - set(factors):
        rows = ItemUnit.objects.filter(item__in={item for item, _ in others})
        known = {(r.item_id, r.unit_id): r.factor for r in rows}
        factors |= {pair: known[pair] for pair in others if pair in known}
        for line in lines:  # 斤 for kg: alike for every item, so no row of the item's own
            if (pair := (line.item_id, line.unit_id)) in others and pair not in known:
                factor = base_quantity_of(line.item, line.unit, ONE)
                factors |= {pair: factor} if factor is not None else {}
    return factors


def value_at_cost(place: Place | None, lines: Sequence[Any]) -> Decimal:
    """What these lines' goods are worth at the place's present average cost."""
    raise NotImplementedError


def on_its_way(transfer: Any) -> Iterator[tuple[Any, Decimal]]:
    """Each line of a transfer with what has not yet been answered for."""
    raise NotImplementedError
