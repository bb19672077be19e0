"""Rows that every request reads: the statement is put together once, not for each of them."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from tongpan.kernel.companies.calls import prepared

AnyModel = TypeVar("AnyModel", bound=Model)


def rows_where(model: type[AnyModel], condition: str, parameters: Sequence[Any]) -> list[AnyModel]:
    """The rows of a model for which `condition`, a fixed piece of SQL, holds."""
    statement, names = _select(model)
    with prepared() as cursor:
        cursor.execute(f"{statement} where {condition}", parameters)
        found = cursor.fetchall()
    return [model.from_db(connection.alias, names, row) for row in found]


def row_where(model: type[AnyModel], condition: str, parameters: Sequence[Any]) -> AnyModel | None:
    """The one row for which it holds, or None."""
    found = rows_where(model, condition, parameters)
    assert len(found) <= 1, f"{condition} holds for {len(found)} rows."
    return found[0] if found else None


def row_and(
    model: type[AnyModel], more: str, condition: str, parameters: Sequence[Any]
) -> tuple[AnyModel, Any] | None:
    """The one row for which it holds, or None, with `more` of it, an expression, beside it."""
    statement, names = _select(model, f", {more}")
    with prepared() as cursor:
        cursor.execute(f"{statement} where {condition}", parameters)
        row = cursor.fetchone()
    return (model.from_db(connection.alias, names, row[:-1]), row[-1]) if row else None


@cache
def _select(model: type[Model], more: str = "") -> tuple[str, list[str]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    names = [field.attname for field in fields]
    return f'select {columns}{more} from "{model._meta.db_table}"', names
