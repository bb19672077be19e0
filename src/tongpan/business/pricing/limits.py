"""How low and how high prices may be: the bands over a unit, and what goods cost."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_noop as noop

from tongpan.business.pricing.models import PriceBand, PriceLevel
from tongpan.business.pricing.queries import Worth, worth_of
from tongpan.business.pricing.rules import least_price, margin_of
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.rules import paths_up_from
from tongpan.masters.fields import State
from tongpan.masters.items.models import Item, ItemCategory
from tongpan.masters.items.queries import measure_of
from tongpan.masters.prices.models import Price, PriceList

say("below_band", noop("{item}: {price} is below {bound}, the lowest price of {unit} ({band})."))
say("above_band", noop("{item}: {price} is above {bound}, the highest price of {unit} ({band})."))
say("thin_for_band", noop("{item}: {price} leaves less margin than {unit} asks for ({band})."))
say("below_allowed", noop("{item}: {price} is below what it may be sold for."))


def bands_over(
    items: Iterable[UUID], unit: OrgUnit, on: date, *, price_list: PriceList | None = None
) -> dict[UUID, list[PriceBand]]:
    """The bands that units above this one set for each item on a day: the most particular of each.

    An item's own goes before its category's, that before its parent category's, and one for the
    list before one for all of them. `price_list` is the list that is asked about; without one only
    bands for all lists are told.
    """
    above = paths_up_from(unit.path)[:-1]
    return _bands(items, above, on, Q(price_list=None) | Q(price_list=price_list))


def bands_at(items: Iterable[UUID], store: OrgUnit, on: date) -> dict[UUID, list[PriceBand]]:
    """The bands for all lists that hold where goods are sold, those of the store itself too."""
    return _bands(items, paths_up_from(store.path), on, Q(price_list=None))


def _bands(
    items: Iterable[UUID], paths: Sequence[str], on: date, lists: Q
) -> dict[UUID, list[PriceBand]]:
    rows = list(
        PriceBand.objects.filter(
            lists, Q(valid_until=None) | Q(valid_until__gte=on), state=State.ACTIVE,
            valid_from__lte=on, org_unit__path__in=paths,
        ).select_related("org_unit", "category")
    ) if paths else []  # fmt: skip
    if not rows:
        return {}
    wanted = list(items)
    paths_of = dict(
        ItemCategory.objects.filter(pk__in=Item.objects.filter(pk__in=wanted).values("category"))
        .values_list("pk", "path")
    )  # fmt: skip
    found: dict[UUID, list[PriceBand]] = {}
    for item, category in Item.objects.filter(pk__in=wanted).values_list("pk", "category_id"):
        path = paths_of.get(category, "")
        best: dict[UUID, PriceBand] = {}
        for row in sorted(rows, key=_how_particular):
            if _fits(row, item, path):
                best[row.org_unit_id] = row
        if best:
            found[item] = list(best.values())
    return found


def _fits(band: PriceBand, item: UUID, path: str) -> bool:
    if band.item_id is not None:
        return band.item_id == item
    return band.category is None or path.startswith(band.category.path)


def _how_particular(band: PriceBand) -> tuple[Any, ...]:
    depth = len(band.category.path) if band.category is not None else 0
    return band.item_id is not None, depth, band.price_list_id is not None, band.valid_from


def outside(
    name: str,
    price: Decimal,
    factor: Decimal,
    bands: Iterable[PriceBand],
    worth: Worth | None,
    *,
    is_tax_included: bool,
) -> Iterator[Problem]:
    """Why a price may not be: the bounds of the bands that it does not keep.

    Units:   `price` is for one unit, of which `factor` are base units.
    """
    for band in bands:
        facts = {"item": name, "price": f"{price:,.2f}", "band": band.code,
                 "unit": band.org_unit.name}  # fmt: skip
        if band.floor is not None and price < band.floor * factor:
            yield facts | {"code": "below_band", "bound": f"{band.floor * factor:,.2f}"}
        if band.ceiling is not None and price > band.ceiling * factor:
            yield facts | {"code": "above_band", "bound": f"{band.ceiling * factor:,.2f}"}
        if band.margin_min is not None and worth is not None:
            margin = margin_of(
                price, worth.cost * factor, worth.tax_rate, is_tax_included=is_tax_included
            )
            if margin < band.margin_min:
                yield facts | {"code": "thin_for_band"}


def least_at(items: Sequence[Item], store: OrgUnit, on: date) -> dict[UUID, Decimal]:
    """The least that one base unit of each item may be sold for at a store, tax included: above
    its cost, and within the bands. What has neither is left out.

    It says what goods cost, so it is for comparing with, and not for showing.
    """
    worth = worth_of(store, items, on)
    bands = bands_at([item.pk for item in items], store, on)
    found = {}
    for item in items:
        known, mine = worth.get(item.pk), bands.get(item.pk, [])
        floors = [band.floor for band in mine if band.floor is not None]
        margins = [band.margin_min for band in mine if band.margin_min is not None]
        least = least_price(
            known.cost if known else None,
            known.tax_rate if known else Decimal(0),
            floor=max(floors, default=None),
            margin_min=max(margins, default=None),
        )
        if least is not None:
            found[item.pk] = least
    return found


def of_row(row: Price | PriceLevel) -> Iterator[Problem]:
    """Why a price of a unit's own list may not be, by the bands of the units above it."""
    unit, on = row.price_list.org_unit, row.valid_from
    bands = bands_over([row.item_id], unit, on, price_list=row.price_list)
    if not bands:
        return
    factor = measure_of(row.item, row.unit).factor
    worth = worth_of(unit, [row.item], on).get(row.item_id)
    for problem in outside(
        row.item.name,
        row.price,
        factor,
        bands[row.item_id],
        worth,
        is_tax_included=row.price_list.is_tax_included,
    ):
        yield problem | {"path": "price"}  # fmt: skip
