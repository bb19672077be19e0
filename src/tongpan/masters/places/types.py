"""The kind of master data that places are, and how they are named."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, refer
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.fields import State
from tongpan.masters.places.models import Place
from tongpan.masters.references import SPELT_MAX, ids_among, reference
from tongpan.masters.search import spelt_like
from tongpan.masters.validity import fill_defaults, invalid_columns, taken

say("unit_without_stock", noop("{unit} is no store and no warehouse: it holds no stock."))
say("default_place_exists", noop("{unit} has a default place already: {name}."))


def check_place(row: Place, before: Place | None) -> Iterator[Problem]:
    yield from invalid_columns(row, PLACE.fields)
    if not row.unit.holds_stock:
        yield {"path": "unit", "code": "unit_without_stock", "unit": row.unit.name}
    yield from taken(row, ("unit", "code"), path="code")
    others = Place.unscoped.filter(unit=row.unit, is_default=True).exclude(pk=row.pk)
    if row.is_default and (other := others.first()):
        facts = {"unit": row.unit.name, "name": other.name}
        yield {"path": "is_default", "code": "default_place_exists", **facts}


PLACE = register(
    MasterType(
        code="places.place",
        title=_("Place"),
        plural=_("Places"),
        help=_("Where goods stand inside a store or a warehouse."),
        job="stock",
        model=Place,
        key="id",
        fields=("unit", "code", "name", "kind", "is_default"),
        listed=("unit", "code", "name", "kind", "is_default", "state"),
        complete=fill_defaults,
        check=check_place,
        unit_of=lambda row: row.unit_id,
    )
)


def find_places(texts: Iterable[str]) -> Mapping[str, Any]:
    """Places by id, by `unit/place`, or by a code of their own or their unit's default.

    A unit's code or name means its default place, because most units have no other. Places of every
    unit can be named, or nobody could send goods to one; what stands in them is another matter.
    """
    wanted = list(texts)
    pairs = [text.split("/", 1) for text in wanted if "/" in text]
    condition = Q(pk__in=ids_among(wanted)) | Q(code__in=wanted)
    condition |= Q(unit__code__in=wanted, is_default=True)
    condition |= Q(unit__name__in=wanted, is_default=True)
    for unit, code in pairs:
        condition |= Q(unit__code=unit, code=code)
    rows = list(Place.unscoped.filter(condition).select_related("unit"))
    found: dict[str, Any] = {}
    for text in wanted:
        named = [row for row in rows if text in (str(row.pk), full_code(row))]
        named = named or [row for row in rows if row.is_default and row.unit.code == text]
        named = named or [row for row in rows if row.is_default and row.unit.name == text]
        named = named or [row for row in rows if row.code == text]
        if len(named) == 1:
            found[text] = named[0]
    return found


def search_places(text: str, limit: int) -> list[Any]:
    condition = Q()
    for word in text.split():
        condition &= (
            Q(code__istartswith=word)
            | Q(name__icontains=word)
            | Q(unit__code__istartswith=word)
            | Q(unit__name__icontains=word)
        )
    rows = Place.unscoped.filter(state=State.ACTIVE).select_related("unit")
    rows = rows.order_by("-is_default", "unit__code", "code")
    return list(rows.filter(condition)[:limit]) or spelt_like(rows[:SPELT_MAX], text, limit=limit)


def full_code(row: Place) -> str:
    return f"{row.unit.code}/{row.code}"


refer(
    Reference(
        model=Place,
        find=find_places,
        label=str,
        search=search_places,
        code=full_code,
        reach=("unit",),
    )
)
# Masters are the first floor that names units; everybody may know which ones there are.
refer(reference(OrgUnit, is_offered=Q(is_active=True)))
