"""What a document asks for: fields read from its models, and how raw values become real ones.

Screens, the API, imports and sync all hand over raw values (text, numbers, ids, codes). They pass
through `read`, so the same wrong value gets the same answer at every door.
"""

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import connection, models
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from tongpan.base.numbers import is_on_step
from tongpan.kernel.documents.columns import ExactField, Marks
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.visibility import visible

DIGITS_MAX = 24
WHOLE_MAX = Decimal(10) ** 18  # a column of the ledger has 18 digits before the point
YEARS = range(1900, 2200)
# Digits and signs as a Chinese keyboard types them. No more than that: NFKC makes 102 of 10².
FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: " ", ord("−"): "-"}
# Signs that only hide: of no width, or turning what follows round. Text is kept without them.
UNSEEN = dict.fromkeys(
    (0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
)
FULL_WIDTH |= UNSEEN
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?", re.ASCII)
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d\d)(\d\d)", re.ASCII)
Problem = dict[str, Any]


def without_questions(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that are hard ones: one that names a `question` only asks."""
    return [problem for problem in problems if "question" not in problem]


@dataclass(frozen=True)
class Field:
    """One field of a form, a column, an import sheet and an API resource, all at once."""

    name: str
    kind: str  # text, note, choice, flag, integer, date, quantity, money, price, decimal, reference
    label: str | Promise
    help: str | Promise
    is_required: bool  # needed to post; a draft may lack it
    choices: tuple[tuple[str, str | Promise], ...] = ()
    target: type[models.Model] | None = None
    step: Decimal = Decimal(1)
    may_be_negative: bool = True
    max_length: int | None = None
    limit: Decimal = WHOLE_MAX  # the least number that is too large for the column
    is_in_use: Callable[[], bool] = lambda: True  # else forms leave it out until it has a value
    among: Marks | None = None  # of a text of several marks: which there are, and their names
    between: str = ""  # what stands between two marks

    @property
    def is_share(self) -> bool:
        """Whether it is a part of one that people write and read in percent: a rate."""
        return self.kind == "decimal" and re.search(r"(^|_)rate\Z", self.name) is not None

    @property
    def attribute(self) -> str:
        """Where a row keeps the raw value: a reference is read as its id, without a query."""
        return f"{self.name}_id" if self.target else self.name


@dataclass(frozen=True)
class Reference:
    """How people name a row of `model`: find it by what they type, show it, search it.

    `find` takes what was typed (codes, barcodes, ids as text) and returns the rows that are meant,
    all in one query; a text that names nothing is left out. It must go through the read gate.
    """

    model: type[models.Model]
    find: Callable[[Iterable[str]], Mapping[str, Any]]
    label: Callable[[Any], str]
    search: Callable[[str, int], Sequence[Any]]
    code: Callable[[Any], str]
    page: str = ""  # name of the address that opens one, if there is a page
    reach: tuple[str, ...] = ()  # what naming a row looks at, as in select_related
    # The searches for those who may stand in a field of this name, as suppliers among parties.
    search_as: Mapping[str, Callable[[str, int], Sequence[Any]]] = dataclasses.field(
        default_factory=dict
    )


_references: dict[type[models.Model], Reference] = {}


def refer(reference: Reference) -> None:
    """Say how rows of a model are named. Declared once, in the app's `ready()`."""
    _references[reference.model] = reference


def reference_of(model: type[models.Model]) -> Reference:
    """How rows of a model are named: as was declared, else by their ids alone."""
    return _references.get(model) or _by_id(model)


@lru_cache(maxsize=64)
def _by_id(model: type[models.Model]) -> Reference:
    def find(texts: Iterable[str]) -> Mapping[str, Any]:
        ids = [text for text in texts if _is_id(text)]
        return {str(row.pk): row for row in visible(model).filter(pk__in=ids)}

    def label(row: Any) -> str:
        return str(getattr(row, "name", row.pk))

    return Reference(model, find, label, lambda _text, _limit: [], lambda row: str(row.pk))


def _is_id(text: str) -> bool:
    found = as_id(text)
    return found is not None and str(found) == text


def as_id(raw: Any) -> UUID | None:
    """The id that a raw value stands for; None if it is none."""
    try:
        return raw if isinstance(raw, UUID) else UUID(str(raw))
    except ValueError:
        return None


def references() -> dict[type[models.Model], Reference]:
    return dict(_references)


def links_of(fields: Iterable[Field]) -> list[str]:
    """What select_related needs, so that naming each reference of a row costs no query."""
    links: list[str] = []
    for field in fields:
        if field.target is not None:
            known = _references.get(field.target)
            links += [field.name, *(f"{field.name}__{r}" for r in (known.reach if known else ()))]
    return links


@lru_cache(maxsize=256)
def fields_of(model: type[models.Model], names: tuple[str, ...]) -> tuple[Field, ...]:
    """The named fields of a model, described."""
    return tuple(_describe(model._meta.get_field(name)) for name in names)


def _describe(column: Any) -> Field:
    kind, step, may_be_negative, limit = "text", Decimal(1), True, WHOLE_MAX
    if isinstance(column, ExactField):
        kind, step, may_be_negative = column.kind, column.step, column.may_be_negative
    elif isinstance(column, models.ForeignKey):
        kind = "reference"
    elif isinstance(column, models.BooleanField):
        kind = "flag"
    elif isinstance(column, models.IntegerField):
        kind = "integer"
        lowest, highest = connection.ops.integer_field_range(column.get_internal_type())
        may_be_negative, limit = bool(lowest), Decimal(highest + 1)
    elif isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
        kind = "date"
    elif isinstance(column, models.DecimalField):
        kind, step = "decimal", Decimal(1).scaleb(-column.decimal_places)
        if not any(isinstance(v, MaxValueValidator) for v in column.validators):
            limit = Decimal(10) ** (column.max_digits - column.decimal_places)
    elif column.choices:
        kind = "choice"
    elif isinstance(column, models.TextField):
        kind = "note"
    return Field(
        name=column.name,
        kind=kind,
        label=column.verbose_name,
        help=column.help_text,
        is_required=not column.blank,
        choices=tuple(column.choices or ()),
        target=column.related_model if kind == "reference" else None,
        step=step,
        may_be_negative=may_be_negative,
        max_length=getattr(column, "max_length", None),
        limit=limit,
        is_in_use=getattr(column, "is_in_use", lambda: True),
        among=getattr(column, "among", None),
        between=getattr(column, "between", ""),
    )


def marks_in(field: Field, text: str) -> list[str]:
    """The marks that a text of several holds, in its order."""
    return text.split(field.between) if field.between and text else list(text)


def read(
    fields: Sequence[Field], rows: Sequence[Mapping[str, Any]], *, paths: Sequence[str]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Turn rows of raw values into rows of real ones, with every problem found on the way.

    Only the fields that a row names are read, so a partial change stays partial. All references
    of all rows are looked up with one query for each kind of thing. `paths` holds the path of each
    row ("" for a header, "lines.3" for a line), which prefixes the path of each problem.
    """
    known = {f.name: f for f in fields}
    found = _look_up(fields, rows)
    values: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for row, path in zip(rows, paths, strict=True):
        clean: dict[str, Any] = {}
        for name, raw in row.items():
            where = f"{path}.{name}" if path else name
            field = known.get(name)
            if field is None:
                problems.append({"path": where, "code": "unknown_field", "name": name})
                continue
            try:
                clean[name] = _value(field, raw, found)
            except Unreadable as wrong:
                problems.append(
                    {"path": where, "label": str(field.label), "code": wrong.code, **wrong.facts}
                )
        values.append(clean)
    return values, problems


class Unreadable(Exception):
    """A raw value that means nothing for its field: a code and its facts."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts


def _look_up(
    fields: Sequence[Field], rows: Sequence[Mapping[str, Any]]
) -> dict[type[models.Model], Mapping[str, Any]]:
    texts: dict[type[models.Model], set[str]] = {}
    for field in fields:
        if field.target is not None:
            given = (row.get(field.name) for row in rows)
            asked = (str(g).strip() for g in given if not _is_empty(g) and not _is_row(g))
            texts.setdefault(field.target, set()).update(
                text for text in asked if not _has_control_characters(text)
            )
    return {m: reference_of(m).find(sorted(t)) if t else {} for m, t in texts.items()}


def _is_row(raw: Any) -> bool:
    return isinstance(raw, models.Model)


def _is_empty(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _value(field: Field, raw: Any, found: Mapping[Any, Mapping[str, Any]]) -> Any:
    if field.kind in ("text", "note", "choice"):
        return _text(field, "" if raw is None else raw)
    if _is_empty(raw):
        return None
    if field.kind == "reference":
        return _reference(raw, found[field.target])
    if field.kind == "date":
        return read_date(raw)
    if field.kind == "flag":
        return _flag(raw)
    number = _number(field, raw)
    return int(number) if field.kind == "integer" else number


def read_text(raw: Any, *, max_length: int | None, has_lines: bool = False) -> str:
    """A text that a column can keep and a screen can show, without outer spaces and without signs
    that only hide: what looks alike should be alike.

    Errors: Unreadable.
    """
    if not isinstance(raw, str):
        raise Unreadable("not_text")
    seen = raw if raw.isprintable() else raw.translate(UNSEEN)
    text = (seen.replace("\r\n", "\n") if has_lines else seen).strip()
    if _has_control_characters(text, besides="\n\t" if has_lines else ""):
        raise Unreadable("control_character")
    if max_length and len(text) > max_length:
        raise Unreadable("too_long", max_length=max_length)
    return text


def _has_control_characters(text: str, *, besides: str = "") -> bool:
    if text.isprintable():  # nearly all are, and this asks for all signs at once
        return False
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in besides for c in text)


def _text(field: Field, raw: Any) -> str:
    is_choice = field.kind == "choice"
    max_length = None if is_choice else field.max_length
    text = read_text(raw, max_length=max_length, has_lines=field.kind == "note")
    return _choice(field, text) if is_choice else text


def _choice(field: Field, text: str) -> str:
    """A choice by its value, or by its label in any of our languages: sheets travel."""
    if not text or any(text == value for value, _ in field.choices):
        return text
    for language, _title in settings.LANGUAGES:
        with override(language):
            by_label = {str(label): value for value, label in field.choices}
        if text in by_label:
            return by_label[text]
    labels = listed(str(label) for _, label in field.choices)
    raise Unreadable("not_a_choice", given=text[:40], choices=labels)


def _reference(raw: Any, found: Mapping[str, Any]) -> Any:
    if _is_row(raw):
        return raw
    row = found.get(str(raw).strip())
    if row is None:
        raise Unreadable("not_found_reference", given=str(raw).strip()[:60])
    return row


def _flag(raw: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "是": True,
             "0": False, "false": False, "no": False, "off": False, "否": False}  # fmt: skip
    flag = words.get(_half_width(raw).lower())
    if flag is None:
        raise Unreadable(
            "not_a_choice", given=str(raw)[:40], choices=listed([gettext("yes"), gettext("no")])
        )
    return flag


def read_date(raw: Any) -> date:
    """A date from a date, or from text such as 2026-11-21, 2026/11/21, 2026年11月21日, 20261121."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    found = DATE.fullmatch(_half_width(raw))
    try:
        year, month, day = (int(part) for part in (found.groups() if found else ()) if part)
        read = date(year, month, day)
    except ValueError:
        raise Unreadable("not_a_date", given=str(raw)[:40]) from None
    if read.year not in YEARS:
        raise Unreadable("not_a_date", given=str(raw)[:40])
    return read


def _half_width(raw: Any) -> str:
    return str(raw).translate(FULL_WIDTH).strip()


def _number(field: Field, raw: Any) -> Decimal:
    """An exact number on the field's step. A float comes only from Excel, as its shortest text.

    A comma stands between thousands and nowhere else: 1,5 is refused, because it would be read as
    15 here and was meant as one and a half.
    """
    given = str(raw)[:40]
    text = _half_width(raw)
    is_percent = field.is_share and text.endswith("%")
    text = text.removesuffix("%").rstrip() if is_percent else text
    digits = sum(c.isdigit() for c in text)
    if not (NUMBER.fullmatch(text) and digits):
        raise Unreadable("not_a_number", given=given)
    if digits > DIGITS_MAX:
        raise Unreadable("too_many_digits", given=given)
    number = Decimal(text.replace(",", "")) / (100 if is_percent else 1)
    if field.is_share and abs(number) > 1:
        raise Unreadable("share_above_one", given=given)
    if abs(number) >= field.limit:
        raise Unreadable("too_many_digits", given=given)
    if not is_on_step(number, field.step):
        raise Unreadable("off_step", given=given, step=str(field.step))
    if number < 0 and not field.may_be_negative:
        raise Unreadable("negative", given=given)
    return number


def missing(fields: Sequence[Field], row: Any, *, path: str) -> list[Problem]:
    """The fields that posting needs and `row` does not have."""
    return [
        {"path": f"{path}.{f.name}" if path else f.name, "code": "required", "label": str(f.label)}
        for f in fields
        if f.is_required and _is_empty(getattr(row, f.attribute))
    ]


def plain(value: Any) -> Any:
    """A value as JSON can hold it, for history, events and digests: exact, never a float."""
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return value
