"""The kinds of master data about prices."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, refer
from tongpan.kernel.documents.naming import nameable
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.prices.rules import clock_read
from tongpan.masters.references import ids_among, reference
from tongpan.masters.validity import fill_defaults, invalid_columns, taken

Guard = Callable[[Price], Iterable[Problem]]  # what those above a unit say to its prices

say("price_missing", noop("{item} has no price for one {unit} on {on}."))
say("list_ends_first", noop("The last day is before the first."))
say("barcode_of_another", noop("This barcode belongs to another item."))


def check_list(row: PriceList, before: PriceList | None) -> Iterator[Problem]:
    yield from invalid_columns(row, PRICE_LIST.fields)
    if row.valid_until is not None and row.valid_until < row.valid_from:
        yield {"path": "valid_until", "code": "list_ends_first"}


PRICE_LIST = register(
    MasterType(
        code="prices.list",
        title=_("Price list"),
        plural=_("Price lists"),
        help=_("Prices that hold at a unit and below it, from one day to another."),
        job="items",
        model=PriceList,
        key="code",
        fields=(
            "code",
            "name",
            "org_unit",
            "holds_for",
            "currency",
            "is_tax_included",
            "valid_from",
            "valid_until",
        ),
        listed=("code", "name", "org_unit", "holds_for", "valid_from", "valid_until", "state"),
        complete=fill_defaults,
        check=check_list,
        unit_of=lambda row: row.org_unit_id,
    )
)


def complete_price(row: Price) -> None:
    row.from_clock = clock_read(row.from_clock or "")
    fill_defaults(row)
    if row.unit_id is None and row.item_id is not None:
        row.unit = row.barcode.unit if row.barcode else row.item.base_unit


def check_price(row: Price, before: Price | None) -> Iterator[Problem]:
    if row.barcode is not None and row.barcode.item_id != row.item_id:
        yield {"path": "barcode", "code": "barcode_of_another"}
    yield from invalid_columns(row, ("from_clock",))
    key = ("price_list", "item", "unit", "barcode", "valid_from", "from_clock")
    yield from taken(row, key, path="valid_from")
    if row.price_list_id is not None and row.price_list.org_unit.parent_id is not None:
        guard: Guard = PRICE.screens.get("guard", lambda _row: ())
        yield from guard(row)


PRICE = register(
    MasterType(
        code="prices.price",
        title=_("Price"),
        plural=_("Prices"),
        help=_("What one unit of an item costs in a list, from a day or a minute on."),
        job="items",
        model=Price,
        key="id",
        fields=("price_list", "item", "unit", "barcode", "price", "valid_from", "from_clock"),
        listed=("item", "price_list", "unit", "price", "valid_from", "from_clock", "state"),
        complete=complete_price,
        check=check_price,
        unit_of=lambda row: row.price_list.org_unit_id if row.price_list_id else None,
    )
)

refer(reference(PriceList))


def _found(texts: Iterable[str]) -> Mapping[str, Price]:
    """Prices have no code: they are named by their ids."""
    rows = nameable(Price).select_related("price_list").filter(pk__in=ids_among(texts))
    return {str(row.pk): row for row in rows}


refer(
    Reference(
        model=Price, find=_found, label=str, search=lambda _text, _limit: (),
        code=lambda row: str(row.pk), reach=("price_list",),
    )
)  # fmt: skip
