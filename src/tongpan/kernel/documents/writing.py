"""Writing many rows with one statement each way, where Django would write a CASE for every cell."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg import sql

UPDATE = sql.SQL(
    "update {table} t set {sets} from unnest({arrays}) v({names}) where t.{pk} = v.{pk}"
)


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
