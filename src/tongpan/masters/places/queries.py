"""Reads about places, and the one that every unit with stock is given."""

from django.utils.translation import gettext

from tongpan.base.refusals import Refusal
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.places.models import Place

DEFAULT_CODE = "MAIN"


def default_place(unit: OrgUnit) -> Place:
    """Where goods stand in a unit unless somebody says otherwise. Made when it is first asked for.

    Errors: Refusal unit_without_stock for a unit that is no store and no warehouse.
    """
    if not unit.holds_stock:
        raise Refusal("unit_without_stock", unit=unit.name)
    places = Place.unscoped.select_related("unit")
    found = places.filter(unit=unit, is_default=True).first()
    if found is None:
        # Two may ask at once: the constraint lets one row in, and both read it.
        new = Place(unit=unit, code=DEFAULT_CODE, name=gettext("Main place"), is_default=True)
        Place.unscoped.bulk_create([new], ignore_conflicts=True)
        found = places.get(unit=unit, is_default=True)
    return found


def give_place(unit: OrgUnit) -> None:
    """A new store or warehouse has somewhere to put goods from the start."""
    if unit.holds_stock:
        default_place(unit)
