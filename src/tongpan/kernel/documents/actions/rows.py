"""Rows of master data on their way into the tables: what changed, what is taken, how it is written.

Saving one row, many rows, or rows that are parts of another go by the same few functions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import UniqueConstraint

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import Field, Problem
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import difference, without_private
from tongpan.kernel.documents.registry import Action, MasterType, find_action
from tongpan.kernel.documents.writing import insert_all, update_all
from tongpan.kernel.org.scope import forms_in_part


def type_of(doing: Doing) -> MasterType:
    """The type of master data that is being written."""
    assert isinstance(doing.action.type, MasterType)
    return doing.action.type


@dataclass(slots=True)
class Row:
    """One row on its way: what the payload set, and the row before and after."""

    place: int
    named: tuple[str, ...]
    now: Any
    before: Any = None  # as it was; None for a new one
    changed: frozenset[str] = frozenset()

    @property
    def is_new(self) -> bool:
        return self.before is None


def set_values(row: Any, values: Mapping[str, Any]) -> None:
    """What was said of a row. What is shown in part, and comes back so, stays as it is."""
    forms = forms_in_part(type(row))
    for name, value in values.items():
        kept = getattr(row, name) if name in forms else ""
        if not (kept and value == forms[name](kept)):
            setattr(row, name, value)


def changed_columns(declared: MasterType, row: Row) -> frozenset[str]:
    """The columns in which a known row differs from what it was; all of a new one.

    What is worked out is written along with what was said, and is no change by itself.
    """
    columns = columns_of(declared.model)
    if row.is_new:
        return columns
    changed = {c for c in columns if getattr(row.now, c) != getattr(row.before, c)}
    said = {f.attribute for f in declared.form_fields}
    return frozenset(changed) if changed & said else frozenset()


@cache
def columns_of(model: type[models.Model]) -> frozenset[str]:
    return frozenset(column.attname for column in model._meta.concrete_fields)


def picture(declared: MasterType, row: Any) -> dict[str, Any]:
    """The values of a row's form, as history compares them."""
    return {f.name: getattr(row, f.attribute) for f in declared.form_fields}


def duplicate(declared: MasterType, row: Any, error: IntegrityError) -> Problem:
    """Which unique field a row ran into, from the database's own word.

    Errors: Refusal("not_found") when a row of this id is there and not theirs to see.
    """
    if declared.model._base_manager.filter(pk=row.pk).exists() and row._state.adding:
        raise Refusal("not_found") from error
    detail = str(error.__cause__)
    for field in declared.form_fields:
        if f"({field.attribute})" in detail:
            return _double(row, field)
    diagnosis = getattr(error.__cause__, "diag", None)
    named = getattr(diagnosis, "constraint_name", None)
    for constraint in declared.model._meta.constraints:
        if constraint.name == named and isinstance(constraint, UniqueConstraint):
            *_others, field = (f for f in declared.form_fields if f.name in constraint.fields)
            return _double(row, field)
    raise error


def _double(row: Any, field: Field) -> Problem:
    given = str(getattr(row, field.name))
    return {"path": field.name, "code": "duplicate", "label": field.label, "given": given}


# -- what is taken ------------------------------------------------------------------------------


def taken_values(declared: MasterType, rows: Sequence[Row]) -> Iterator[tuple[int, Problem]]:
    """Every row whose value, where a value may be there once, is another row's already."""
    meta: Any = declared.model._meta
    for columns, nulls_are_alike in unique_columns(meta):
        path = _path(declared, columns)
        if path is None:
            continue
        values = {
            row.place: tuple(getattr(row.now, column) for column in columns)
            for row in rows
            if row.changed & set(columns)
        }
        if not nulls_are_alike:
            values = {place: value for place, value in values.items() if None not in value}
        by_place = {row.place: row.now for row in rows}
        for place in _doubled(declared.model, columns, values, by_place):
            label = meta.get_field(path).verbose_name
            given = str(getattr(by_place[place], path))
            yield place, {"path": path, "code": "duplicate", "label": label, "given": given}


def unique_columns(meta: Any) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The columns that are unique together, and whether empty ones are alike.

    A constraint with a condition is the database's to check, row by row where it is broken.
    """
    for column in meta.concrete_fields:
        if column.unique and not column.primary_key:
            yield (column.attname,), False
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            columns = tuple(meta.get_field(f).attname for f in constraint.fields)
            yield columns, constraint.nulls_distinct is False


def _path(declared: MasterType, columns: Sequence[str]) -> str | None:
    """The field of the form at which a double is said: the last of the columns that it has."""
    fields = {f.attribute: f.name for f in declared.form_fields}
    return next((fields[c] for c in reversed(columns) if c in fields), None)


def _doubled(
    model: type[models.Model],
    columns: Sequence[str],
    values: Mapping[int, tuple[Any, ...]],
    rows: Mapping[int, Any],
) -> Iterator[int]:
    """The places whose value is another row's: of one that is there, or of an earlier place."""
    if not values:
        return
    condition = models.Q()
    for position, column in enumerate(columns):
        wanted = {value[position] for value in values.values()}
        if None not in wanted:
            condition &= models.Q(**{f"{column}__in": wanted})
    # What a row of the batch held before is free, if it is given up.
    there = model._base_manager.filter(condition).exclude(pk__in=[r.pk for r in rows.values()])
    owner = {tuple(value): pk for pk, *value in there.values_list("pk", *columns)}
    for place, value in values.items():
        if owner.setdefault(value, rows[place].pk) != rows[place].pk:
            yield place


# -- writing ------------------------------------------------------------------------------------


def write_rows(
    declared: MasterType, rows: Sequence[Row], problems: dict[int, list[Problem]]
) -> None:
    """Write all rows together. Where somebody took a value meanwhile, one by one finds whose."""
    try:
        _write_all(declared, rows)
    except IntegrityError:
        for row in rows:
            try:
                _write_all(declared, [row])
            except IntegrityError as error:
                problems[row.place].append(duplicate(declared, row.now, error))


@transaction.atomic
def _write_all(declared: MasterType, rows: Sequence[Row]) -> None:
    new = [row.now for row in rows if row.is_new]
    known = [row for row in rows if not row.is_new]
    insert_all(new)
    update_all([row.now for row in known], sorted({c for row in known for c in row.changed}))
    declared.saved_rows(new, is_new=True)
    declared.saved_rows([row.now for row in known], is_new=False)


def history_of_row(declared: MasterType, row: Row) -> dict[str, list[Any]]:
    """What history tells of a row; of a new one, what it has."""
    after = picture(declared, row.now)
    if row.is_new:
        changes = {name: [None, value] for name, value in after.items() if value not in (None, "")}
    else:
        changes = difference(picture(declared, row.before), after)
    return without_private(declared.model, changes)


def quiet(declared: MasterType, verb: str) -> Action:
    """As what history knows of each row, as if it had been done alone; the event is the batch's."""
    action = find_action(declared.permission(verb))
    assert action is not None, "Every master type has it."
    return replace(action, event=None)
