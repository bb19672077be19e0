"""How a field of a declaration looks on a page: its kind, its column, its cell, its raw text."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses
from tongpan.kernel.documents.fields import Field, fields_of, marks_in, plain, references
from tongpan.kernel.documents.history import UNSAID
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType, MasterType, find_action
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.documents.showing import Standing
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import may

KINDS: dict[str, pages.Kind] = {
    "text": pages.Kind.TEXT,
    "note": pages.Kind.TEXT,
    "choice": pages.Kind.TEXT,
    "flag": pages.Kind.TEXT,
    "integer": pages.Kind.NUMBER,
    "date": pages.Kind.DATE,
    "time": pages.Kind.TIME,
    "quantity": pages.Kind.QUANTITY,
    "money": pages.Kind.MONEY,
    "price": pages.Kind.PRICE,
    "decimal": pages.Kind.NUMBER,
    "reference": pages.Kind.TEXT,
    "state": pages.Kind.STATE,
    "number": pages.Kind.CODE,
}
NUMBERS = frozenset({"integer", "quantity", "money", "price", "decimal"})
SIGN = {"CNY": "¥"}
SPINE_LABELS = {
    "created_by": noop("made by"),
    "created_at": noop("made at"),
    "posted_at": noop("posted at"),
}


def spine_field(name: str) -> Field:
    """A field of the spine, as a list may show it."""
    (field,) = fields_of(Document, (name,))
    if name in ("state", "number"):
        return _of_kind(field, name)
    if name == "total":
        return _of_kind(field, "money", label=_("total"))
    if isinstance(Document._meta.get_field(name), models.DateTimeField):
        return _of_kind(field, "time", label=_(SPINE_LABELS.get(name, "")) or None)
    if name in SPINE_LABELS:
        return replace(field, label=_(SPINE_LABELS[name]))
    return field


def _of_kind(field: Field, kind: str, *, label: Any = None) -> Field:
    return Field(
        name=field.name, kind=kind, label=label or field.label, help=field.help, is_required=False
    )


def kind_of(field: Field) -> pages.Kind:
    if field.is_share:
        return pages.Kind.PERCENT
    if _is_year(field):
        return pages.Kind.TEXT
    return KINDS[field.kind]


def _is_year(field: Field) -> bool:
    """A year is a name and no amount: 2025, not 2,025."""
    return field.kind == "integer" and field.name == "year"


def hint_of(field: Field) -> str:
    """What helps to write it: its own help, or how a share is written that is read in percent."""
    percent = _("In percent, such as 0.6%, or as a share: 0.006") if field.is_share else ""
    return str(field.help) or percent


def title_of(field: Field) -> str:
    """The label as a head shows it: the first letter is a capital one."""
    label = str(field.label)
    return label[:1].upper() + label[1:]


def cell(field: Field, row: Any, *, may_open: Collection[type[models.Model]] = ()) -> pages.Cell:
    """A row's value of a field. References must have been loaded with the row."""
    value = getattr(row, field.attribute)
    if field.target is not None:
        return _reference_cell(field, row, may_open) if value is not None else pages.Cell()
    if value is None or value == "":
        return pages.Cell()
    return pages.Cell(shown(field, row, value))


def _reference_cell(field: Field, row: Any, may_open: Collection[type[models.Model]]) -> pages.Cell:
    named = getattr(row, field.name)
    url = addresses.master_of(type(named), named.pk) if type(named) in may_open else ""
    if isinstance(named, Document) and may(f"{named.type}.view", named.org_unit):
        url = addresses.document(named.type, named.pk)
    return pages.Cell(label(named), url=url)


def shown(field: Field, row: Any, value: Any) -> Any:
    """The value as a cell takes it: raw, but with the words of a choice and the unit beside it."""
    if field.kind == "flag":
        return _("yes") if value else _("no")
    if field.kind == "choice":
        return next((str(words) for key, words in field.choices if key == value), value)
    if field.among is not None:
        return _several(field, value)
    if field.kind == "quantity":
        return quantity(value, unit_beside(row))
    if _is_year(field):
        return str(value)
    return share(value) if field.is_share else value


def _several(field: Field, text: str) -> str:
    """The names of the marks in a text of several; what is no more is said as it was written."""
    names = dict(field.among()) if field.among is not None else {}
    return listed(str(names.get(mark, mark)) for mark in marks_in(field, text))


def label(row: Any) -> str:
    """What people call a row that something refers to."""
    if isinstance(row, OrgUnit | Person):
        return str(row.name)
    known = references().get(type(row))
    return known.label(row) if known is not None else str(row)


def share(part: Decimal) -> str:
    """A rate in percent with all of its digits: 13%, 0.38%."""
    return f"{formats.quantity(part * 100)}%"


def unit_beside(line: Any) -> Any:
    """The unit that a line's quantities are counted in: its own, else the base unit of its item."""
    own = getattr(line, "unit", None) if getattr(line, "unit_id", None) else None
    return own or getattr(getattr(line, "item", None), "base_unit", None)


def quantity(amount: Decimal, unit: Any) -> pages.Quantity:
    """An amount with its unit; without one it is a bare number."""
    if unit is None:
        return pages.Quantity(amount, "")
    return pages.Quantity(amount, str(unit.name), places_of(unit.step))


def places_of(step: Decimal) -> int:
    """How many decimals a step has: 0.001 has three."""
    exponent = step.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "A step is a finite number."
    return max(0, -exponent)


def raw(field: Field, row: Any) -> str:
    """The value as a form field holds it: an id, a plain number, 2026-11-21."""
    value = getattr(row, field.attribute)
    if value is None:
        return ""
    if field.kind == "flag":
        return "1" if value else "0"
    return f"{plain(value * 100)}%" if field.is_share else str(plain(value))


def new_of(declared: DocumentType | MasterType) -> str:
    """What a button is called that begins one: some are no things of which there is a new one."""
    said = declared.screens.get("new")
    return str(said) if said else _("New %(what)s") % {"what": str(declared.title).lower()}


STATES: dict[str, Any] = {s.value: s.label for s in State}


def state(document: Document, standing: Standing | None = None) -> pages.State:
    """The state of a document: the word of its accounts if it is posted and they say one."""
    if standing is not None and standing.code and document.state == State.POSTED:
        return pages.State(standing.code, str(standing.word), standing.share)
    return pages.State(document.state, str(STATES[document.state]))


def day_of(declared: DocumentType, document: Document) -> pages.Cell:
    """The business day; of a slip with its time, by which people look for it."""
    is_slip = not is_drafted(declared)
    at = formats.clock(document.posted_at) if is_slip and document.posted_at else ""
    return pages.Cell(document.business_date, after=at)


def of_spine(declared: DocumentType, name: str) -> bool:
    """Whether `name` is a field of the spine and not of the type's own body."""
    return name not in {f.name for f in declared.body._meta.concrete_fields}


def in_words(fields: Iterable[Field], name: str, value: Any, named: Mapping[str, str]) -> str:
    """A plain value out of the history, as people read it. `named` has the names of ids."""
    if value is None or value == "":
        return formats.NONE
    if value == UNSAID:
        return UNSAID
    field = next((f for f in fields if f.name == name), None)
    if field is None:
        return named.get(str(value), str(value))
    if field.target is not None:
        return named.get(str(value), "…")
    if field.kind == "choice":
        return next((str(words) for key, words in field.choices if key == value), str(value))
    if field.kind == "flag":
        return _("yes") if value in (True, "true") else _("no")
    if field.among is not None:
        return _several(field, str(value))
    return _number_in_words(field, value) if field.kind in NUMBERS else str(value)


def _number_in_words(field: Field, value: Any) -> str:
    """A number as its column shows it, but with all of its digits: history hides no change."""
    number = Decimal(str(value))
    if field.kind == "money":
        return formats.money(number)
    if field.is_share:
        return share(number)
    return formats.quantity(number, places=2 if field.kind == "price" else 0)


def is_drafted(declared: DocumentType) -> bool:
    """Whether documents of the type are written as drafts; a till's slips are not."""
    return find_action(declared.permission("save")) is not None


def begins_alone(declared: DocumentType) -> bool:
    """Whether one may be drafted from nothing, and not only from a document that it follows."""
    is_alone = not declared.follows or bool(declared.screens.get("alone"))
    return is_drafted(declared) and is_alone


def without(fields: Sequence[Field], hidden: Collection[str]) -> tuple[Field, ...]:
    """The fields less those that the person may not see: they are absent, not empty."""
    return tuple(_asking_once(f) for f in fields if f.name not in hidden)


def _asking_once(field: Field) -> Field:
    """A page asks once which marks there are, however many rows it has."""
    return replace(field, among=cache(field.among)) if field.among is not None else field
