"""The variants of a family: which there are, and which could be made."""

from dataclasses import dataclass

from django.db.models import QuerySet

from tongpan.kernel.org.visibility import visible
from tongpan.masters.items.models import FamilyOption, Item, ItemFamily
from tongpan.masters.items.rules.variants import (
    SLASH,
    combinations,
    proposed_code,
    values_in,
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A variant that is not there yet, with a code and a name that it could have."""

    variant: str
    code: str
    name: str


def options_of(family: ItemFamily) -> list[FamilyOption]:
    """What the variants differ in, in the order in which it was said."""
    return list(family.options.filter(state="active").order_by("pk"))


def proposed_variants(family: ItemFamily) -> list[Proposed]:
    """Every combination of values that no item has yet, archived ones neither."""
    options = [values_in(option.values) for option in options_of(family)]
    known = set(Item.objects.filter(family=family).values_list("variant", flat=True))
    used = set(Item.objects.filter(code__startswith=family.code).values_list("code", flat=True))
    found = []
    for chosen in combinations(options):
        variant = SLASH.join(chosen)
        if variant not in known:
            code = proposed_code(family.code, chosen, options, used)
            used.add(code)
            found.append(Proposed(variant, code, " ".join([family.name, *chosen])))
    return found


def variants_of(family: ItemFamily) -> QuerySet[Item]:
    """The items of a family that are in use."""
    return Item.objects.filter(family=family, state="active").order_by("code")


def family_called(text: str) -> ItemFamily | None:
    """The family in use with this code, or else with this name; capitals or not."""
    rows = visible(ItemFamily).filter(state="active")
    return rows.filter(code__iexact=text).first() or rows.filter(name__iexact=text).first()


def families_named(text: str, limit: int) -> list[ItemFamily]:
    """Families in use whose name holds this text, for variants that are called otherwise."""
    return list(visible(ItemFamily).filter(state="active", name__icontains=text)[:limit])
