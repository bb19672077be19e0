"""The kinds of master data about items: what is asked for, filled in and refused."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.bringing import writing_many
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import MasterType, Part
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.documents.writing import update_all
from tongpan.kernel.org.scope import today_here
from tongpan.masters.items.models import (
    Barcode,
    BarcodeKind,
    BarcodeLayout,
    Dimension,
    FamilyOption,
    Item,
    ItemAtUnit,
    ItemCategory,
    ItemFamily,
    ItemPicture,
    ItemUnit,
    SupplierItem,
    SupplierPrice,
    UnitOfMeasure,
)
from tongpan.masters.items.rules.barcodes import canonical_gtin
from tongpan.masters.items.rules.labels import Layout, problem_of_layout
from tongpan.masters.items.rules.scans import scanned
from tongpan.masters.items.rules.variants import SLASH, spelled_variant, values_in
from tongpan.masters.taxes.queries import highest_taxed
from tongpan.masters.validity import fill_defaults, invalid_columns, taken

NEWEST = 200  # items that a new one is likely to be like

say("base_unit_frozen", noop("{item} has been posted in {unit}; its base unit stays."))
say("kind_frozen", noop("{item} has been posted; its kind stays."))
say("weighed_needs_weight", noop("A weighed item is counted in a unit of weight, not in {unit}."))
say("size_needed", noop("A unit of weight, volume, length, area or time needs its size."))
say("size_of_count", noop("A unit that counts things has no size: boxes differ."))
say("category_cycle", noop("{name} cannot stand below itself."))
say("variant_without_family", noop("A variant belongs to a family. Choose the family too."))
say("variant_parts", noop("A variant of {family} has a value of each option: {options}."))
say("variant_value", noop("{given} is no value of {option}, which has {values}."))
say("value_in_use", noop("{given} is a value of {item}. It stays while that item is in use."))
say("option_in_use", noop("{item} is a variant. Options come and go before the first variant."))
say("value_with_slash", noop("A value has no slash: it stands between the values of a variant."))
say("main_barcode_twice", noop("There is one main barcode, and {given} is marked too."))
say("factor_of_base", noop("{unit} is the base unit already."))
say(
    "own_barcode",
    noop("The last digit is not that of a number of goods. Is it a code of your own?"),
)
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
say("layout_item_digits", noop("I stands for {count} digits. An item has {least} to {most}."))
say(
    "layout_amount_digits",
    noop("{letter} stands for {count} digits. An amount has {most} at most."),
)
say(
    "layout_places",
    noop("{letter} has {count} digits: {places} behind the point leave none before."),
)
say("layout_length", noop("These are {length} digits. A label with a check digit C has 13 or 18."))
say(
    "layout_without_check",
    noop("The last of {length} digits is a check digit: C, or x to skip it."),
)
say(
    "layout_prefix_of_goods",
    noop("{length} digits from {given} are goods. Own labels begin with 2."),
)
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
        plural=_("Units of measure"),
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
        plural=_("Item categories"),
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


def find_variants_by_family(row: ItemFamily, is_new: bool) -> None:
    """The variants are searched by the family's name too."""
    if not is_new:
        _find_again(list(row.variants.select_related("family")))


FAMILY = register(
    MasterType(
        code="items.family",
        title=_("Item family"),
        plural=_("Item families"),
        help=_("One design in several variants, such as colours and sizes."),
        job="items",
        model=ItemFamily,
        key="code",
        fields=("code", "name"),
        listed=("code", "name", "state"),
        complete=fill_defaults,
        check=check_family,
        saved=find_variants_by_family,
        parts=(
            Part(
                name="options",
                title=_("options"),
                type="items.family_option",
                help=_("Colour: red, blue. What the variants differ in, and which values it has."),
                cell=("name", "values"),
            ),
        ),
    )
)


def complete_option(row: FamilyOption) -> None:
    fill_defaults(row)
    row.values = ", ".join(values_in(row.values or ""))


def check_option(row: FamilyOption, before: FamilyOption | None) -> Iterator[Problem]:
    """An option may gain values; it loses none that an item in use has, nor comes after them."""
    if "/" in row.values:
        yield {"path": "values", "code": "value_with_slash"}
    if before is None or before.state != row.state:
        yield from refuse_in_use(row)
        return
    gone = set(values_in(before.values)) - set(values_in(row.values))
    for item in _variants_in_use(row) if gone else ():
        if lost := gone & set(item.variant.split(SLASH)):
            facts = {"given": min(lost), "item": str(item)}
            yield {"path": "values", "code": "value_in_use", **facts}
            return


def refuse_in_use(row: FamilyOption) -> Iterator[Problem]:
    """Options neither come nor go once there are variants: each has a value of every option."""
    if (item := _variants_in_use(row).first()) is not None:
        yield {"path": "name", "code": "option_in_use", "item": str(item)}


def _variants_in_use(row: FamilyOption) -> QuerySet[Item]:
    of_family = Item.objects.filter(family=row.family_id, state="active")
    return of_family.exclude(variant="").order_by("code")


OPTION = register(
    MasterType(
        code="items.family_option",
        title=_("Option of a family"),
        help=_("What the variants of a family differ in, and the values there are."),
        job="items",
        model=FamilyOption,
        key="id",
        fields=("family", "name", "values"),
        listed=("family", "name", "values", "state"),
        complete=complete_option,
        check=check_option,
        leaving=refuse_in_use,
    )
)


# -- items --------------------------------------------------------------------------------------


def complete_item(row: Item) -> None:
    complete_items([row])


def complete_items(rows: Sequence[Item]) -> None:
    codes = _barcodes_of(row.pk for row in rows if not row._state.adding)  # a new item has none
    for row in rows:
        fill_defaults(row)
        row.variant = spelled_variant(row.variant or "")
        row.search_text = row.searched(codes.get(row.pk, []))


def begin_item(row: Item) -> None:
    """A new item is taxed as most of the newest are, the first one at the highest rate there is:
    without a rate nobody could sell it."""
    newest = Item.objects.filter(tax_category__state="active").order_by("-pk")
    taxes = Counter(newest.values_list("tax_category", flat=True)[:NEWEST])
    if taxes:
        row.tax_category_id = taxes.most_common(1)[0][0]
    else:
        row.tax_category = highest_taxed(today_here())


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
    if before is None or (row.family_id, row.variant) != (before.family_id, before.variant):
        yield from _wrong_variant(row)
    if before is None:
        return
    is_recounted, is_other = before.base_unit_id != row.base_unit_id, before.kind != row.kind
    if (is_recounted or is_other) and _is_posted(row):
        if is_recounted:
            facts = {"item": row.name, "unit": before.base_unit.name}
            yield {"path": "base_unit", "code": "base_unit_frozen", **facts}
        if is_other:
            yield {"path": "kind", "code": "kind_frozen", "item": row.name}


def _wrong_variant(row: Item) -> Iterator[Problem]:
    """A variant has a value of each option of its family, in their order."""
    if row.family is None:
        if row.variant:
            yield {"path": "variant", "code": "variant_without_family"}
        return
    options = list(row.family.options.filter(state="active").order_by("pk"))
    given = row.variant.split(SLASH) if row.variant else []
    if len(given) != len(options):
        facts = {"family": str(row.family), "options": SLASH.join(map(str, options))}
        yield {"path": "variant", "code": "variant_parts", **facts}
        return
    for value, option in zip(given, options, strict=True):
        if value not in values_in(option.values):
            facts = {"given": value, "option": str(option), "values": option.values}
            yield {"path": "variant", "code": "variant_value", **facts}


def _is_posted(item: Item) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from account where ledger = 'stock' and unit = %s)", [item.pk]
        )
        return bool(cursor.fetchone()[0])


def main_pictures(items: Iterable[UUID]) -> Mapping[UUID, UUID]:
    """The picture that stands for each of these items, by the id of the item."""
    rows = ItemPicture.objects.filter(item__in=list(items), position=1)
    return dict(rows.values_list("item_id", "pk"))


def settle_main_barcode(rows: Sequence[Any]) -> Iterator[Problem]:
    """Whichever was marked last is the main barcode; a list without marks begins with it."""
    for row in rows:
        if row.before is not None and row.before.state == "archived":
            row.before.is_main = False  # what was put away has no mark any more
            row.now.is_main = row.now.is_main and "is_main" in row.named
    if rows and not any("is_main" in row.named for row in rows):
        first = min(rows, key=lambda row: (not row.now.is_main, row.is_new, row.now.pk))
        if first is not rows[0]:
            for row in rows:
                row.now.is_main = row is rows[0]
        return
    marked = [n for n, row in enumerate(rows) if row.now.is_main]
    newly = [n for n in marked if rows[n].before is None or not rows[n].before.is_main]
    if len(newly) > 1:
        given = rows[newly[0]].now.code
        yield {"place": newly[1], "path": "is_main", "code": "main_barcode_twice", "given": given}
    elif newly:
        for n in marked:
            rows[n].now.is_main = n in newly


ITEM = register(
    MasterType(
        code="items.item",
        title=_("Item"),
        plural=_("Items"),
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
            "origin",
            "base_unit",
            "is_weighed",
            "is_price_open",
            "has_lots",
            "family",
            "variant",
            "tax_category",
            "tax_code",
        ),
        listed=("code", "name", "specification", "category", "brand", "base_unit", "state"),
        complete=complete_item,
        complete_many=complete_items,
        check=check_item,
        parts=(
            Part(
                name="units",
                title=_("other units"),
                type="items.item_unit",
                help=_("A case of 24: the unit, and how many base units one holds."),
                cell=("unit", "factor"),
                order=("factor", "pk"),
            ),
            Part(
                name="barcodes",
                title=_("all barcodes"),
                type="items.barcode",
                help=_("Each says which unit it means; without one it is the base unit."),
                cell=("code", "unit"),
                order=("-is_main", "pk"),
                together=settle_main_barcode,
            ),
            Part(
                name="prices",
                title=_("prices"),
                type="prices.price",
                help=_("What one unit costs in which list, from which day on: without one, today."),
                order=("price_list", "unit", "-valid_from", "pk"),
            ),
        ),
        screens={"pictures": main_pictures, "begin": begin_item},
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
        plural=_("Units of items"),
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
    row.is_kind_guessed = not row.kind
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
    if row.is_kind_guessed and (before is None or before.code != row.code):
        yield from _nearly_gtin(row)
    if row.kind == BarcodeKind.SCALE and not row.code.isdigit():
        yield {"path": "code", "code": "barcode_not_digits", "given": row.code}
    if row.is_main and (before is None or not before.is_main) and not writing_many():
        same = Barcode.objects.filter(item=row.item_id, is_main=True, state="active")
        if (other := same.exclude(pk=row.pk).first()) is not None:
            yield {"path": "is_main", "code": "main_barcode_twice", "given": other.code}


def _nearly_gtin(row: Barcode) -> Iterator[Problem]:
    """Ask about a number as long as one of goods whose last digit is not what it should be: it may
    be a slip of the finger, or a code of one's own."""
    try:
        canonical_gtin(row.code)
    except Refusal as wrong:
        if wrong.code == "barcode_check_digit":
            yield {"path": "code", "code": wrong.code, "question": "own_barcode", **wrong.facts}


def find_item_by_barcode(row: Barcode, is_new: bool) -> None:
    """The item is searched by its barcodes too."""
    find_items_by_barcodes([row])


def find_items_by_barcodes(rows: Sequence[Barcode]) -> None:
    """The same for the items of many barcodes at once."""
    _find_again(list({row.item_id: row.item for row in rows}.values()))


def _find_again(items: Sequence[Item]) -> None:
    complete_items(items)
    update_all(items, ["search_text"])


BARCODE = register(
    MasterType(
        code="items.barcode",
        title=_("Barcode"),
        plural=_("Barcodes"),
        help=_("A code that a scanner reads, and the item and unit that it means."),
        job="items",
        model=Barcode,
        key="code",
        fields=("code", "item", "unit", "kind", "is_main"),
        listed=("code", "item", "unit", "kind", "is_main", "state"),
        complete=complete_barcode,
        check=check_barcode,
        saved=find_item_by_barcode,
        saved_many=find_items_by_barcodes,
    )
)


def check_layout(row: BarcodeLayout, before: BarcodeLayout | None) -> Iterator[Problem]:
    yield from invalid_columns(row, LAYOUT.fields)
    problem = problem_of_layout(Layout(row.pattern, row.weight_places, row.price_places))
    if problem is not None:
        yield problem


LAYOUT = register(
    MasterType(
        code="items.barcode_layout",
        title=_("Barcode layout"),
        plural=_("Barcode layouts"),
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


def check_item_at_unit(row: ItemAtUnit, before: ItemAtUnit | None) -> Iterator[Problem]:
    if row.stock_min is not None and row.stock_min < 0:
        yield {"path": "stock_min", "code": "negative", "label": _("minimum stock")}
    yield from taken(row, ("item", "org_unit", "valid_from"), path="valid_from")


ITEM_AT_UNIT = register(
    MasterType(
        code="items.item_at_unit",
        title=_("Item at a unit"),
        plural=_("Items by unit"),
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
            "stock_min",
        ),
        listed=("item", "org_unit", "valid_from", "status", "is_carried", "is_sellable", "state"),
        complete=fill_defaults,
        check=check_item_at_unit,
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
        plural=_("Supplier items"),
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
        plural=_("Agreed prices"),
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
