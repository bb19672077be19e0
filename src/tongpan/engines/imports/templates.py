"""What a sheet can be imported as: any master type by itself, or several with one row of each.

A shop's list of goods names the item, its barcode, its case and its price in one row; in Tongpan
those are four kinds of master data. A template says which columns make up which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from tongpan.engines.imports.headings import Column
from tongpan.kernel.documents.fields import Field
from tongpan.kernel.documents.registry import MasterType, master_type, master_types

Text = str | Promise
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One master of a row: `take` maps its fields to the sheet's columns.

    `key` are the fields by which a known row is recognised. The part is left out where one of the
    columns in `needs` is empty; `given` are fields whose value is the same for the whole sheet.
    """

    type: str
    take: Mapping[str, str]
    key: tuple[str, ...]
    needs: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    @property
    def master(self) -> MasterType:
        return master_type(self.type)

    def fields(self) -> dict[str, Field]:
        return {f.name: f for f in self.master.sheet_fields}


@dataclass(frozen=True, kw_only=True)
class Template:
    """A kind of sheet: its parts in the order in which they are saved.

    `instead` names the column that stands in for an empty one, as a barcode does for a code.
    """

    code: str
    title: Text
    parts: tuple[Part, ...]
    labels: Mapping[str, Text] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)

    def fields(self) -> dict[str, Field]:
        """The field behind each column: that of the first part that takes it."""
        found: dict[str, Field] = {}
        for part in self.parts:
            fields = part.fields()
            for name, column in part.take.items():
                found.setdefault(column, fields[name])
        return found

    def columns(self) -> Sequence[Column]:
        required = {c for p in self.parts if not p.needs for n, c in p.take.items()
                    if p.fields()[n].is_required}  # fmt: skip
        return [
            Column(name, self._labels(name, f), name in required and name not in self.instead)
            for name, f in self.fields().items()
        ]

    def key_columns(self) -> tuple[str, ...]:
        """The columns without which no row can be recognised."""
        first = self.parts[0]
        fields = first.fields()
        named = [first.take[n] for n in first.key if n in first.take and fields[n].is_required]
        return tuple(column for column in named if column not in self.instead)

    def label(self, name: str) -> str:
        """What a column is called in the reader's language."""
        return str(self.labels.get(name) or self.fields()[name].label)

    def givens(self) -> tuple[str, ...]:
        """What a person may say once for the whole sheet."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.given))

    def _labels(self, name: str, f: Field) -> tuple[str, ...]:
        said = []
        for language in LANGUAGES:
            with override(language):
                said.append(str(self.labels.get(name) or f.label))
        return tuple(dict.fromkeys(said))


GOODS = Template(
    code="goods",
    title=_("Goods with barcodes, cases and prices"),
    labels={
        "case_unit": _("case unit"),
        "case_factor": _("units in a case"),
        "case_barcode": _("case barcode"),
    },
    instead={"code": "barcode"},
    parts=(
        Part(
            type="items.item",
            key=("code",),
            take={
                name: name
                for name in (
                    "code", "name", "specification", "kind", "category", "brand", "origin",
                    "base_unit", "is_weighed", "is_price_open", "has_lots", "family", "variant",
                    "tax_category", "tax_code", "units", "barcodes",
                )
            },
        ),
        Part(
            type="items.barcode",
            key=("code",),
            take={"code": "barcode", "item": "code", "unit": "base_unit"},
            needs=("barcode",),
        ),
        Part(
            type="items.item_unit",
            key=("item", "unit"),
            take={"item": "code", "unit": "case_unit", "factor": "case_factor"},
            needs=("case_unit", "case_factor"),
        ),
        Part(
            type="items.barcode",
            key=("code",),
            take={"code": "case_barcode", "item": "code", "unit": "case_unit"},
            needs=("case_barcode", "case_unit"),
        ),
        Part(
            type="prices.price",
            key=("price_list", "item", "unit", "valid_from"),
            take={"item": "code", "unit": "base_unit", "price": "price"},
            needs=("price",),
            given=("price_list", "valid_from"),
        ),
    ),
)  # fmt: skip

COMPOSED: Mapping[str, Template] = {GOODS.code: GOODS}
NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "items.item_unit": ("item", "unit"),
    "items.family_option": ("family", "name"),
    "items.item_at_unit": ("item", "org_unit", "valid_from"),
    "items.supplier_item": ("supplier", "item"),
    "items.supplier_price": ("supplier_item", "valid_from"),
    "places.place": ("unit", "code"),
    "parties.contact": ("party", "name"),
    "prices.price": ("price_list", "item", "unit", "barcode", "valid_from"),
    "taxes.rate": ("category", "valid_from"),
}


def template(code: str) -> Template:
    """The template of that code: a composed one, or that of a master type by itself."""
    return COMPOSED[code] if code in COMPOSED else _alone(master_type(code))


def templates() -> Sequence[Template]:
    """Everything that a sheet can be imported as."""
    return [*COMPOSED.values(), *map(_alone, master_types())]


def _alone(declared: MasterType) -> Template:
    key = NATURAL_KEYS.get(declared.code, (declared.key,))
    take = {f.name: f.name for f in declared.sheet_fields}
    part = Part(type=declared.code, take=take, key=key)
    return Template(code=declared.code, title=declared.titles, parts=(part,))
