"""What customers on account pay: by their lists, and less from a quantity on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Length

from tongpan.business.pricing.models import Buyer, PriceLevel
from tongpan.business.pricing.rules import Level, best_level
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.parties.models import Party
from tongpan.masters.prices.queries import Quoted, lists_for, quoted_for, valid

Pair = tuple[UUID, UUID]  # an item and one of its units


class Quote(NamedTuple):
    """What one costs, and which price of which list that is, in words of every language."""

    price: Decimal
    said: str


@dataclass(frozen=True, slots=True)
class Offered:
    """At what one unit of an item is sold to a customer: the usual price, and what holds from a
    quantity on, each with its name."""

    usual: Quoted
    levels: tuple[Level, ...] = ()
    names: Mapping[Any, str] = field(default_factory=dict)

    @property
    def prices(self) -> set[Decimal]:
        """Every price at which it might have been proposed."""
        return {self.usual.price, *(level.price for level in self.levels)}

    def at(self, quantity: Decimal) -> Quote:
        """The price for so many of the unit together."""
        best = best_level(self.levels, quantity, self.usual.price)
        if best is None:
            return Quote(self.usual.price, str(self.usual.row))
        return Quote(best.price, self.names[best.id])


def offered_to(
    customer: Party,
    wanted: Mapping[Pair, Decimal],
    org_unit: OrgUnit,
    on: date,
    *,
    is_tax_included: bool,
) -> dict[Pair, Offered]:
    """What a customer pays for each (item, unit) that is wanted with its factor; without a usual
    price it is left out. Of all levels of the customer's lists that a quantity reaches the lowest
    holds, if it is below the usual price, as at the till; those for members do not count.

    Units: prices are money for one of the unit, with or without tax as asked. Source: 0098.
    """
    usual = quoted_for(customer, wanted, org_unit, on, is_tax_included=is_tax_included)
    known, rank = lists_for(customer, org_unit)
    rows = (
        valid(PriceLevel, {item for item, _unit in usual}, org_unit, on)
        .filter(known, Q(valid_until=None) | Q(valid_until__gte=on), buyer=Buyer.EVERYBODY)
        .filter(price_list__is_tax_included=is_tax_included)
        .annotate(rank=rank)
        .select_related("item", "price_list", "unit")
        .order_by(
            "rank", Length("price_list__org_unit__path").desc(), "-price_list__valid_from",
            "-valid_from", "-from_clock", "pk",
        )
    )  # fmt: skip
    nearest: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        nearest.setdefault((row.rank, row.item_id, row.unit_id, row.from_quantity), row)
    of_item: dict[UUID, list[Any]] = {}
    for row in nearest.values():
        of_item.setdefault(row.item_id, []).append(row)
    return {
        (item, unit): _offered(quoted, unit, wanted[item, unit], of_item.get(item, []))
        for (item, unit), quoted in usual.items()
    }


def _offered(quoted: Quoted, unit: UUID, factor: Decimal, rows: list[Any]) -> Offered:
    levels, names = [], {}
    for row in rows:
        if unit == row.unit_id:
            levels.append(Level(row.pk, False, None, row.from_quantity, row.price, Decimal(1)))
        elif row.unit_id == row.item.base_unit_id:
            price = row.price * factor
            levels.append(Level(row.pk, False, None, row.from_quantity, price, factor))
        least = f"{row.from_quantity.normalize():f} {row.unit.name}"
        names[row.pk] = f"{row.price_list.name} · ≥ {least}"
    return Offered(quoted, tuple(levels), names)
