"""Calls of database functions that ride together, so that several need one round trip."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its text, such as `history_write(%s, %s)`, and what stands for its marks."""

    text: str
    parameters: tuple[Any, ...]


def together(calls: Sequence[Call], *, first: Call | None = None) -> tuple[Any, ...]:
    """Make the calls in one statement, in their order; answers what each of them said.

    `first` is made before them and may say several things, which come first in the answer. The
    text of a later call may name what it said, as `first`.
    """
    texts = [call.text for call in calls]
    source = ""
    if first is not None:
        texts.insert(0, "first.*")
        source = f" from {first.text} first"
    parameters = [parameter for call in calls for parameter in call.parameters]
    parameters += first.parameters if first else ()
    return row_of(f"select {', '.join(texts)}{source}", parameters)


def row_of(text: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    """Make a statement that says one row, as `prepared` does, and with less on the way.

    A sale is two of them. Nobody looks on as a rule; who counts or logs statements sees these too.
    """
    here = connections[DEFAULT_DB_ALIAS]
    raw: Any = here.connection
    is_open = raw is not None and here.search_path_set_schemas  # type: ignore[attr-defined]
    if here.execute_wrappers or here.queries_logged or not is_open:
        with prepared() as cursor:
            cursor.execute(text, parameters)
            told: tuple[Any, ...] = cursor.fetchone()
        return told
    here.validate_no_broken_transaction()
    with here.wrap_database_errors:
        made = psycopg.Cursor(raw).execute(text, parameters, prepare=True)
        said: tuple[Any, ...] = made.fetchone()  # type: ignore[assignment]
    return said


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """A cursor for statements that are made again and again: each connection parses them once.

    Django's own cursors put the parameters into the text, which the database reads anew each time.
    This one sends them beside it. The text must be one of few.
    """
    here: Any = connection
    if here.connection is None or not here.search_path_set_schemas:
        here.cursor().close()  # connects, and says of which company the tables are
    with here._prepare_cursor(_Prepared(here.connection)) as cursor:
        yield cursor


class _Prepared(psycopg.Cursor[Any]):
    """Prepares every statement; the settings allow it by `prepare_threshold`."""

    def execute(self, query: Any, params: Any = None, **_given: Any) -> "_Prepared":
        return super().execute(query, params, prepare=True)

    def _convert_query(self, *given: Any) -> Any:
        self._query = super()._convert_query(*given)  # what Django's log of queries reads
        return self._query
