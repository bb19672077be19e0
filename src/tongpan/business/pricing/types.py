"""The master data of prices beside the lists: levels, and the bands that headquarters sets."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.business.pricing.limits import of_row
from tongpan.business.pricing.models import Buyer, PriceBand, PriceLevel
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, refer
from tongpan.kernel.documents.naming import nameable
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.permissions import declare_permission
from tongpan.masters.prices.rules import clock_read
from tongpan.masters.references import ids_among, reference
from tongpan.masters.validity import fill_defaults, invalid_columns, taken

LABELS = "prices.label.print"
declare_permission(LABELS, _("Labels: Print"))
say("level_of_nothing", noop("Say for whom or from which quantity: otherwise it is a usual price."))
say("tier_of_members", noop("A tier is of members: choose members."))
say("band_of_two", noop("Choose an item or a category, not both."))
say("band_of_nothing", noop("Say the lowest price, the highest, or the least margin."))
say("band_without_room", noop("The highest price is lower than the lowest."))
say("margin_of_all", noop("A margin is less than 100 percent."))

LEVEL_KEY = (
    "price_list", "item", "unit", "buyer", "tier", "from_quantity", "valid_from", "from_clock",
)  # fmt: skip


def complete_level(row: PriceLevel) -> None:
    row.from_clock = clock_read(row.from_clock or "")
    fill_defaults(row)
    if row.unit_id is None and row.item_id is not None:
        row.unit = row.item.base_unit


def check_level(row: PriceLevel, before: PriceLevel | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ("from_clock",))
    if row.from_quantity <= 0:
        yield {"path": "from_quantity", "code": "not_positive", "label": _("from quantity")}
    if row.buyer == Buyer.EVERYBODY and row.tier_id is not None:
        yield {"path": "tier", "code": "tier_of_members"}
    elif row.buyer == Buyer.EVERYBODY and row.from_quantity <= 1:
        yield {"path": "from_quantity", "code": "level_of_nothing"}
    yield from _backwards(row)
    yield from taken(row, LEVEL_KEY, path="valid_from")
    if row.price_list_id is not None and row.price_list.org_unit.parent_id is not None:
        yield from of_row(row)


def _backwards(row: PriceLevel | PriceBand) -> Iterator[Problem]:
    if row.valid_until is not None and row.valid_until < row.valid_from:
        yield {"path": "valid_until", "code": "list_ends_first"}


LEVEL = register(
    MasterType(
        code="prices.level",
        title=_("Price level"),
        plural=_("Price levels"),
        help=_(
            "Lower prices of a list beside the usual ones: for members, for one tier, or from a"
            " quantity on. Of all that fit a line the lowest holds."
        ),
        job="items",
        model=PriceLevel,
        key="id",
        fields=(
            "price_list", "item", "unit", "buyer", "tier", "from_quantity", "price", "valid_from",
            "from_clock", "valid_until",
        ),
        listed=(
            "item", "buyer", "tier", "from_quantity", "unit", "price", "price_list", "valid_from",
            "valid_until", "state",
        ),
        complete=complete_level,
        check=check_level,
        unit_of=lambda row: row.price_list.org_unit_id if row.price_list_id else None,
    )
)  # fmt: skip


def check_band(row: PriceBand, before: PriceBand | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ("code",))
    if row.item_id is not None and row.category_id is not None:
        yield {"path": "category", "code": "band_of_two"}
    bounds = (row.floor, row.ceiling, row.margin_min)
    if all(bound is None for bound in bounds):
        yield {"path": "floor", "code": "band_of_nothing"}
    if row.floor is not None and row.ceiling is not None and row.ceiling < row.floor:
        yield {"path": "ceiling", "code": "band_without_room"}
    if row.margin_min is not None and row.margin_min >= 100:
        yield {"path": "margin_min", "code": "margin_of_all"}
    yield from _backwards(row)


BAND = register(
    MasterType(
        code="prices.band",
        title=_("Price band"),
        plural=_("Price bands"),
        help=_(
            "How far stores below may go with prices of their own: lowest, highest, least margin."
            " Of the bands that one unit sets the most particular holds for an item."
        ),
        job="items",
        model=PriceBand,
        key="code",
        fields=(
            "code", "org_unit", "price_list", "item", "category", "floor", "ceiling", "margin_min",
            "valid_from", "valid_until",
        ),
        listed=(
            "code", "org_unit", "item", "category", "price_list", "floor", "ceiling", "margin_min",
            "valid_from", "valid_until", "state",
        ),
        complete=fill_defaults,
        check=check_band,
        unit_of=lambda row: row.org_unit_id,
    )
)  # fmt: skip

refer(reference(PriceBand))


def _found(texts: Iterable[str]) -> Mapping[str, PriceLevel]:
    """Levels have no code: they are named by their ids."""
    rows = nameable(PriceLevel).select_related("price_list", "tier").filter(pk__in=ids_among(texts))
    return {str(row.pk): row for row in rows}


refer(
    Reference(
        model=PriceLevel, find=_found, label=str, search=lambda _text, _limit: (),
        code=lambda row: str(row.pk), reach=("price_list", "tier"),
    )
)  # fmt: skip
