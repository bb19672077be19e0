"""Reads about taxes."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from tongpan.base.refusals import Refusal
from tongpan.masters.fields import State
from tongpan.masters.taxes.models import TaxCategory, TaxRate, Treatment


def rate_of(category: TaxCategory, on: date) -> Decimal:
    """The rate of a category on a day.

    Errors: Refusal tax_rate_missing if it has none on that day.
    """
    return rates_of([category], on)[category.id]


def rates_of(categories: Collection[TaxCategory], on: date) -> dict[UUID, Decimal]:
    """The rates of many categories on a day, with one query.

    What is exempt or outside the tax has rate zero without a row.

    Errors: Refusal tax_rate_missing, with a problem for every category that has none.
    """
    rows = (
        TaxRate.objects.filter(category__in=categories, valid_from__lte=on, state=State.ACTIVE)
        .order_by("category_id", "-valid_from")
        .distinct("category_id")
    )
    found = {row.category_id: row.rate for row in rows}
    untaxed = {c.id: Decimal(0) for c in categories if c.treatment != Treatment.TAXABLE}
    missing = [c for c in categories if c.id not in found | untaxed]
    if missing:
        raise Refusal(
            "tax_rate_missing",
            problems=[
                {"path": "tax_category", "code": "tax_rate_missing", "name": c.name, "on": on}
                for c in missing
            ],
            name=missing[0].name,
            on=on,
        )
    return found | untaxed


def highest_taxed(on: date) -> TaxCategory | None:
    """The category in use with the highest rate on a day: what most goods are taxed at."""
    used = TaxCategory.objects.filter(state=State.ACTIVE, treatment=Treatment.TAXABLE)
    rows = TaxRate.objects.filter(category__in=used, valid_from__lte=on, state=State.ACTIVE)
    in_force = rows.order_by("category_id", "-valid_from").distinct("category_id")
    found = in_force.select_related("category")
    return max(found, key=lambda one: (one.rate, one.category.code)).category if found else None
