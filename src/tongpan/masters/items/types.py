"""The kinds of master data about items: what is asked for, filled in and refused."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.documents.writing import update_all
from tongpan.masters.items.models import (
    Barcode,
    BarcodeKind,
    BarcodeLayout,
    Dimension,
    Item,
    ItemAtUnit,
    ItemCategory,
    ItemFamily,
    ItemUnit,
    SupplierItem,
    SupplierPrice,
    UnitOfMeasure,
)
from tongpan.masters.items.rules.barcodes import canonical_gtin
from tongpan.masters.items.rules.labels import Layout, problem_of_layout
from tongpan.masters.items.rules.scans import scanned
from tongpan.masters.validity import fill_defaults, invalid_columns, taken

say("base_unit_frozen", noop("{item} has been posted in {unit}; its base unit stays."))
say("kind_frozen", noop("{item} has been posted; its kind stays."))
say("weighed_needs_weight", noop("A weighed item is counted in a unit of weight, not in {unit}."))
say("size_needed", noop("A unit of weight, volume, length, area or time needs its size."))
say("size_of_count", noop("A unit that counts things has no size: boxes differ."))
say("category_cycle", noop("{name} cannot stand below itself."))
say("factor_of_base", noop("{unit} is the base unit already."))
say("barcode_check_digit", noop("The last digit of {given} should be {expected}."))
say("barcode_length", noop("A barcode has 8, 12, 13 or 14 digits; {given} has {length}."))
say("barcode_not_digits", noop("{given} is not a number of goods: it has other signs than digits."))
say("barcode_unknown", noop("No item has the barcode {given}."))
say("item_archived", noop("{item} is archived."))
say("label_amount_check", noop("The scale label {given} was misread. Scan it again."))
say("label_amount_zero", noop("The scale label {given} says zero."))
say("label_not_a_weight", noop("{item} is not counted by weight but in {unit}."))
say("layout_letters", noop("A layout has 4 to 24 digits and letters of I, W, P, Q, x, v, C."))
say("layout_without_prefix", noop("A layout begins with a digit."))
say("layout_without_item", noop("A layout needs I for the digits of the item."))
say("layout_without_amount", noop("A layout needs W, P or Q for weight, price or quantity."))
say("layout_scattered", noop("Equal letters of a layout stand together."))
say("layout_check_not_last", noop("C, the check digit, is one and the last."))
say("layout_guard_misplaced", noop("v stands before four or five digits of an amount."))
say("quantity_off_step", noop("{given} {unit} is finer than the smallest step, {step}."))
say("quantity_not_whole", noop("{given} {unit} does not come out in {target}."))
say("factor_not_exact", noop("The two units do not convert into each other exactly."))
say("search_too_long", noop("Search with at most {max_length} characters."))
say("days_crossed", noop("The last day is before the first."))


# -- units of measure ---------------------------------------------------------------------------


def check_unit(row: UnitOfMeasure, before: UnitOfMeasure | None) -> Iterator[Problem]:
    yield from invalid_columns(row, UNIT.fields)
    for name in ("step", "size"):
        value = getattr(row, name)
        if value is not None and value <= 0:
            yield {"path": name, "code": "not_positive", "label": _(name)}
    if row.dimension == Dimension.COUNT and row.size is not None:
        yield {"path": "size", "code": "size_of_count"}
    if row.dimension != Dimension.COUNT and row.size is None:
        yield {"path": "size", "code": "size_needed"}


UNIT = register(
    MasterType(
        code="items.unit",
        title=_("Unit of measure"),
        many=_("Units of measure"),
        help=_("What quantities are counted in, and how finely."),
        job="items",
        model=UnitOfMeasure,
        key="code",
        fields=("code", "name", "dimension", "step", "size"),
        listed=("code", "name", "dimension", "step", "size", "state"),
        complete=fill_defaults,
        check=check_unit,
    )
)


# -- categories and families --------------------------------------------------------------------


def complete_category(row: ItemCategory) -> None:
    fill_defaults(row)
    row.path = row.path_below(row.parent)


def check_category(row: ItemCategory, before: ItemCategory | None) -> Iterator[Problem]:
    yield from invalid_columns(row, CATEGORY.fields)
    if before is not None and row.parent is not None and row.parent.path.startswith(before.path):
        yield {"path": "parent", "code": "category_cycle", "name": row.name}


def move_what_is_below(row: ItemCategory, is_new: bool) -> None:
    """A category that was renamed or moved takes everything below along.

    The rows below still hold the old path; theirs is the one that their parents' ids lead to.
    """
    if is_new:
        return
    child = ItemCategory.objects.filter(parent=row).first()
    if child is None or child.path == child.path_below(row):
        return
    old = child.path.removesuffix(f"{child.code}/")
    rest = Substr("path", len(old) + 1)
    below = ItemCategory.objects.filter(path__startswith=old).exclude(pk=row.pk)
    below.update(path=Concat(Value(row.path), rest))


CATEGORY = register(
    MasterType(
        code="items.category",
        title=_("Item category"),
        many=_("Item categories"),
        help=_("The tree by which goods are found, analysed and given to people to look after."),
        job="items",
        model=ItemCategory,
        key="code",
        fields=("code", "name", "parent"),
        listed=("code", "name", "parent", "state"),
        complete=complete_category,
        check=check_category,
        saved=move_what_is_below,
    )
)


def check_family(row: ItemFamily, before: ItemFamily | None) -> Iterator[Problem]:
    yield from invalid_columns(row, FAMILY.fields)


FAMILY = register(
    MasterType(
        code="items.family",
        title=_("Item family"),
        many=_("Item families"),
        help=_("One design in several variants, such as colours and sizes."),
        job="items",
        model=ItemFamily,
        key="code",
        fields=("code", "name"),
        listed=("code", "name", "state"),
        complete=fill_defaults,
        check=check_family,
    )
)


# -- items --------------------------------------------------------------------------------------


def complete_item(row: Item) -> None:
    complete_items([row])


def complete_items(rows: Sequence[Item]) -> None:
    codes = _barcodes_of(row.pk for row in rows if not row._state.adding)  # a new item has none
    for row in rows:
        fill_defaults(row)
        row.search_text = row.searched(codes.get(row.pk, []))


def _barcodes_of(items: Iterable[UUID]) -> dict[UUID, list[str]]:
    wanted, codes = list(items), defaultdict[UUID, list[str]](list)
    if wanted:
        known = Barcode.objects.filter(item__in=wanted, state="active").order_by("code")
        for item, code in known.values_list("item_id", "code"):
            codes[item].append(code)
    return codes


def check_item(row: Item, before: Item | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ITEM.fields)
    if row.is_weighed and row.base_unit.dimension != Dimension.WEIGHT:
        yield {"path": "is_weighed", "code": "weighed_needs_weight", "unit": row.base_unit.name}
    if before is None:
        return
    is_recounted, is_other = before.base_unit_id != row.base_unit_id, before.kind != row.kind
    if (is_recounted or is_other) and _is_posted(row):
        if is_recounted:
            facts = {"item": row.name, "unit": before.base_unit.name}
            yield {"path": "base_unit", "code": "base_unit_frozen", **facts}
        if is_other:
            yield {"path": "kind", "code": "kind_frozen", "item": row.name}


def _is_posted(item: Item) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from account where ledger = 'stock' and unit = %s)", [item.pk]
        )
        return bool(cursor.fetchone()[0])


ITEM = register(
    MasterType(
        code="items.item",
        title=_("Item"),
        many=_("Items"),
        help=_("What is bought, kept and sold."),
        job="items",
        model=Item,
        key="code",
        fields=(
            "code",
            "name",
            "specification",
            "kind",
            "category",
            "brand",
            "base_unit",
            "is_weighed",
            "family",
            "tax_category",
            "tax_code",
        ),
        listed=("code", "name", "specification", "category", "brand", "base_unit", "state"),
        complete=complete_item,
        complete_many=complete_items,
        check=check_item,
    )
)


def complete_item_unit(row: ItemUnit) -> None:
    fill_defaults(row)


def check_item_unit(row: ItemUnit, before: ItemUnit | None) -> Iterator[Problem]:
    if row.unit_id == row.item.base_unit_id:
        yield {"path": "unit", "code": "factor_of_base", "unit": row.unit.name}
    if row.factor <= 0:
        yield {"path": "factor", "code": "not_positive", "label": _("factor")}
    yield from taken(row, ("item", "unit"), path="unit")


ITEM_UNIT = register(
    MasterType(
        code="items.item_unit",
        title=_("Unit of an item"),
        many=_("Units of an item"),
        help=_("Another unit that an item is bought, moved or sold in, such as a box of 24."),
        job="items",
        model=ItemUnit,
        key="id",
        fields=("item", "unit", "factor"),
        listed=("item", "unit", "factor", "state"),
        complete=complete_item_unit,
        check=check_item_unit,
    )
)


def complete_barcode(row: Barcode) -> None:
    """A code is kept in one form; a number of goods is recognised by its check digit."""
    fill_defaults(row)
    row.code = scanned(row.code)
    if row.unit_id is None and row.item_id is not None:
        row.unit = row.item.base_unit
    if row.kind in ("", BarcodeKind.GTIN):
        try:
            row.code, row.kind = canonical_gtin(row.code), BarcodeKind.GTIN
        except Refusal:  # `check` says so where a number of goods was meant
            row.kind = row.kind or BarcodeKind.OWN


def check_barcode(row: Barcode, before: Barcode | None) -> Iterator[Problem]:
    if row.kind == BarcodeKind.GTIN:
        try:
            canonical_gtin(row.code)
        except Refusal as wrong:
            yield {"path": "code", "code": wrong.code, **wrong.facts}
    if row.kind == BarcodeKind.SCALE and not row.code.isdigit():
        yield {"path": "code", "code": "barcode_not_digits", "given": row.code}


def find_item_by_barcode(row: Barcode, is_new: bool) -> None:
    """The item is searched by its barcodes too."""
    find_items_by_barcodes([row])


def find_items_by_barcodes(rows: Sequence[Barcode]) -> None:
    """The same for the items of many barcodes at once."""
    items = list({row.item_id: row.item for row in rows}.values())
    complete_items(items)
    update_all(items, ["search_text"])


BARCODE = register(
    MasterType(
        code="items.barcode",
        title=_("Barcode"),
        many=_("Barcodes"),
        help=_("A code that a scanner reads, and the item and unit that it means."),
        job="items",
        model=Barcode,
        key="code",
        fields=("code", "item", "unit", "kind"),
        listed=("code", "item", "unit", "kind", "state"),
        complete=complete_barcode,
        check=check_barcode,
        saved=find_item_by_barcode,
        saved_many=find_items_by_barcodes,
    )
)


def check_layout(row: BarcodeLayout, before: BarcodeLayout | None) -> Iterator[Problem]:
    yield from invalid_columns(row, LAYOUT.fields)
    problem = problem_of_layout(Layout(row.pattern, row.weight_places, row.price_places))
    if problem:
        yield {"path": "pattern", "code": problem}


LAYOUT = register(
    MasterType(
        code="items.barcode_layout",
        title=_("Barcode layout"),
        many=_("Barcode layouts"),
        help=_("How the labels of a shop's own scales are composed."),
        job="items",
        model=BarcodeLayout,
        key="code",
        fields=("code", "name", "pattern", "weight_places", "price_places"),
        listed=("code", "name", "pattern", "weight_places", "price_places", "state"),
        complete=fill_defaults,
        check=check_layout,
    )
)


# -- items at units and suppliers ---------------------------------------------------------------

ITEM_AT_UNIT = register(
    MasterType(
        code="items.item_at_unit",
        title=_("Item at a unit"),
        many=_("Items at units"),
        help=_("What a unit and those below it may do with an item, from a day on."),
        job="items",
        model=ItemAtUnit,
        key="id",
        fields=(
            "item",
            "org_unit",
            "valid_from",
            "is_carried",
            "is_orderable",
            "is_sellable",
            "is_returnable",
            "status",
            "main_supplier",
            "delivery_mode",
        ),
        listed=("item", "org_unit", "valid_from", "status", "is_carried", "is_sellable", "state"),
        complete=fill_defaults,
        check=lambda row, before: taken(row, ("item", "org_unit", "valid_from"), path="valid_from"),
        unit_of=lambda row: row.org_unit_id,
    )
)


def complete_supplier_item(row: SupplierItem) -> None:
    fill_defaults(row)
    if row.order_unit_id is None and row.item_id is not None:
        row.order_unit = row.item.base_unit


def check_supplier_item(row: SupplierItem, before: SupplierItem | None) -> Iterator[Problem]:
    if row.pack <= 0:
        yield {"path": "pack", "code": "not_positive", "label": _("pack")}
    yield from taken(row, ("supplier", "item"), path="item")


SUPPLIER_ITEM = register(
    MasterType(
        code="items.supplier_item",
        title=_("Item of a supplier"),
        many=_("Items of suppliers"),
        help=_("What a supplier calls an item, how they pack it and how fast they bring it."),
        job="items",
        model=SupplierItem,
        key="id",
        fields=(
            "supplier",
            "item",
            "supplier_code",
            "order_unit",
            "pack",
            "order_min",
            "lead_days",
            "trade_mode",
        ),
        listed=("supplier", "item", "supplier_code", "order_unit", "pack", "lead_days", "state"),
        complete=complete_supplier_item,
        check=check_supplier_item,
    )
)


def check_days(row: Any, before: Any) -> Iterator[Problem]:
    """The last day, if there is one, is not before the first."""
    if row.valid_until is not None and row.valid_until < row.valid_from:
        yield {"path": "valid_until", "code": "days_crossed"}


def check_agreed_price(row: SupplierPrice, before: SupplierPrice | None) -> Iterator[Problem]:
    yield from check_days(row, before)
    yield from taken(row, ("supplier_item", "valid_from"), path="valid_from")


SUPPLIER_PRICE = register(
    MasterType(
        code="items.supplier_price",
        title=_("Agreed price"),
        many=_("Agreed prices"),
        help=_("What was agreed to pay a supplier for one order unit."),
        job="items",
        model=SupplierPrice,
        key="id",
        fields=("supplier_item", "price", "is_tax_included", "valid_from", "valid_until"),
        listed=("supplier_item", "price", "is_tax_included", "valid_from", "valid_until", "state"),
        complete=fill_defaults,
        check=check_agreed_price,
    )
)
