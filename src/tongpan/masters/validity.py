"""What every master is filled and checked with before it is saved."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from tongpan.kernel.documents.actions.bringing import writing_many
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.sentences import say

say("not_valid", "{reason}")


def fill_defaults(row: models.Model) -> None:
    """Give every empty column that may not be empty its default: a form or a sheet left it out."""
    for column in _with_defaults(type(row)):
        value = getattr(row, column.attname)
        if value is None or value == "":
            setattr(row, column.attname, column.get_default())


@cache
def _with_defaults(model: type[models.Model]) -> list[Any]:
    return [
        column
        for column in model._meta.concrete_fields
        if column.has_default() and not (column.null or column.primary_key)
    ]


def invalid_columns(row: models.Model, names: tuple[str, ...]) -> Iterator[Problem]:
    """The problems that the validators of the model's own columns find, said in their words."""
    for name, column in _with_validators(type(row), names):
        value = getattr(row, column.attname)
        if value is None or value == "":
            continue
        try:
            column.run_validators(value)
        except ValidationError as error:
            for reason in error.messages:
                yield {"path": name, "code": "not_valid", "reason": reason}


READ = {MaxLengthValidator}  # a text that is too long is refused when it is read


@cache
def _with_validators(model: type[models.Model], names: tuple[str, ...]) -> list[tuple[str, Any]]:
    columns: list[tuple[str, Any]] = [(name, model._meta.get_field(name)) for name in names]
    return [(name, column) for name, column in columns if set(map(type, column.validators)) - READ]


def taken(row: models.Model, names: tuple[str, ...], *, path: str) -> Iterator[Problem]:
    """The problem that another row has the same values in all these columns."""
    if writing_many():  # the database refuses a second one, for all rows at once
        return
    same = {name: getattr(row, name) for name in names}
    rows = row._meta.model._base_manager.filter(**same).exclude(pk=row.pk)
    if rows.exists():
        column: Any = row._meta.get_field(path)
        given = str(getattr(row, path))
        yield {"path": path, "code": "duplicate", "label": column.verbose_name, "given": given}
