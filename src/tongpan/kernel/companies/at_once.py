"""Rows of several kinds in one statement, for pages that show what is not alike."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BinaryField, JSONField, QuerySet


def read_at_once(*wanted: QuerySet[Any]) -> list[list[Any]]:
    """The rows of each of these, in its order, as it would give them itself, in one statement.

    For few rows: they come as text. Rows of `visible` come as scoped and masked as ever.
    """
    asked = [(rows, rows.query.get_compiler(rows.db)) for rows in wanted]
    texts: list[str] = []
    parameters: list[Any] = []
    for _rows, compiler in asked:
        text, given = _text_of(compiler)
        texts.append(text)
        parameters += given
    found: Sequence[str] = ["[]"] * len(texts)
    if set(texts) - {EMPTY}:
        with connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(texts)}", parameters)
            found = cursor.fetchone()
    return [
        list(_made(rows, compiler, json.loads(told, parse_float=Decimal)))
        for (rows, compiler), told in zip(asked, found, strict=True)
    ]


EMPTY = "'[]'"  # of what nothing can be


def _text_of(compiler: Any) -> tuple[str, Sequence[Any]]:
    try:
        text, parameters = compiler.as_sql()
    except EmptyResultSet:
        return EMPTY, ()
    names = ", ".join(f"c{n}" for n in range(len(compiler.select)))
    return f"(select coalesce(json_agg(q), '[]')::text from ({text}) q({names}))", parameters


def _made(rows: QuerySet[Any], compiler: Any, told: list[dict[str, Any]]) -> Iterator[Any]:
    """What the queryset makes of its rows: it is given them instead of asking for them."""
    if not told:
        return
    fields = [expression.output_field for expression, *_named in compiler.select]
    read = [tuple(_value(field, row[f"c{n}"]) for n, field in enumerate(fields)) for row in told]
    compiler.execute_sql = lambda *_args, **_given: read
    compiler.results_iter = lambda *_args, **_given: iter(read)
    rows = rows.all()
    query: Any = rows.query
    query.get_compiler = lambda *_args, **_given: compiler
    made: Any = rows._iterable_class(rows)
    yield from made


def _value(field: Any, told: Any) -> Any:
    assert not isinstance(field, JSONField), f"Its numbers would be others: {field}"
    if told is None:
        return None
    if isinstance(field, BinaryField):
        return bytes.fromhex(told.removeprefix("\\x"))
    return field.to_python(told)
