"""Calls of database functions that ride together, so that several need one round trip."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult


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
    """What a statement says that says one row."""
    (row,) = rows_of(text, parameters)
    return row


def rows_of(text: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What a statement says, prepared as by `prepared`, and with less on the way.

    A sale is two of them. Nobody looks on as a rule; who counts or logs statements sees these too.
    """
    here = connections[DEFAULT_DB_ALIAS]
    raw: Any = here.connection
    is_open = raw is not None and here.search_path_set_schemas  # type: ignore[attr-defined]
    if here.execute_wrappers or here.queries_logged or not is_open or here.in_atomic_block:
        with prepared() as cursor:
            cursor.execute(text, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
    straight = _straight.get(raw)
    if straight is None:
        straight = _straight[raw] = _Straight(raw)
    with here.wrap_database_errors:
        return straight.rows_of(text, parameters)


# The statement is not prepared: the driver's cursors let go of all, ours too, after a rollback.
FORGOTTEN = b"26000"


class _Straight:
    """Statements of one connection that are prepared once, each a transaction of its own.

    The driver's library is called without the driver's cursors, whose bookkeeping for statements
    of every kind costs a sale more than the sale's own arithmetic.
    """

    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        self.line: Any = raw.pgconn  # its declared types know no parameter that is null
        self.adapting = Transformer(raw)
        self.names: dict[str, tuple[bytes, list[PyFormat]]] = {}
        self.numbers = count()

    def rows_of(self, text: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        result = self._made(text, parameters)
        is_wrong = result.status != ExecStatus.TUPLES_OK
        if is_wrong and result.error_field(DiagnosticField.SQLSTATE) == FORGOTTEN:
            self.names.clear()
            result = self._made(text, parameters)
        if result.status != ExecStatus.TUPLES_OK:
            raise _error_of(result)
        self.adapting.set_pgresult(result)
        return self.adapting.load_rows(0, result.ntuples, tuple)

    def _made(self, text: str, parameters: Sequence[Any]) -> PGresult:
        name, wishes = self.names.get(text) or self._prepare(text)
        sent = self.adapting.dump_sequence(parameters, wishes)
        made: PGresult = self.line.exec_prepared(name, sent, self.adapting.formats)
        return made

    def _prepare(self, text: str) -> tuple[bytes, list[PyFormat]]:
        pieces = text.split("%s")
        numbered = [f"{piece}${n}" for n, piece in enumerate(pieces[:-1], start=1)]
        name = f"straight_{next(self.numbers)}".encode()
        result = self.line.prepare(name, "".join([*numbered, pieces[-1]]).encode())
        if result.status != ExecStatus.COMMAND_OK:
            raise _error_of(result)
        known = self.names[text] = (name, [PyFormat.TEXT] * len(numbered))
        return known


_straight: WeakKeyDictionary["psycopg.Connection[Any]", _Straight] = WeakKeyDictionary()


def _error_of(result: PGresult) -> psycopg.Error:
    if result.error_field(DiagnosticField.SQLSTATE) is None:  # the connection, not the statement
        return psycopg.OperationalError(result.error_message.decode(errors="replace"))
    return psycopg.errors.error_from_result(result)


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
