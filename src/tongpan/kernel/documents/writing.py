"""Writing many rows with one statement, where Django would prepare and bind every cell alone."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb

COPY = sql.SQL("copy {table} ({names}) from stdin")
UPDATE = sql.SQL(
    "update {table} t set {sets} from unnest({arrays}) v({names}) where t.{pk} = v.{pk}"
)


def insert_all(rows: Sequence[Any]) -> None:
    """Write new rows of one model."""
    if not rows:
        return
    names = [field.attname for field in rows[0]._meta.concrete_fields]
    copy_values(type(rows[0]), names, ([getattr(row, name) for name in names] for row in rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def copy_values(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write new rows of a model that need not become instances; `names` are attnames."""
    columns = {field.attname: field for field in model._meta.concrete_fields}
    fields = [columns[name] for name in names]
    json = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
    statement = COPY.format(
        table=sql.Identifier(model._meta.db_table),
        names=sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields]),
    )
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copying,
    ):
        for row in rows:
            values = list(row)
            for n in json:
                values[n] = Jsonb(values[n], dumps=orjson.dumps)
            copying.write_row(values)


def update_all(rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Write these columns (by attname) of known rows of one model."""
    if not rows or not columns:
        return
    meta = rows[0]._meta
    fields = [meta.pk, *(meta.get_field(name) for name in columns)]
    names = [sql.Identifier(field.column) for field in fields]
    statement = UPDATE.format(
        table=sql.Identifier(meta.db_table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(name) for name in names[1:]),
        arrays=sql.SQL(", ").join(
            sql.SQL(f"%s::{field.db_type(connection)}[]") for field in fields
        ),
        names=sql.SQL(", ").join(names),
        pk=names[0],
    )
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
