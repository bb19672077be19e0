"""How many numbers were given, noted outside of the data folder: one that was put back shows it.

A copy that was restored into another cluster or database is known by its place. A data folder that
was copied away and put back is in its old place, with fewer numbers given than were printed. So the
program notes the totals of its companies each minute in the folder of the system's user, and
compares before it works. Knows no Django.
"""

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tongpan.config.installation import Installation

EVERY_S = 60.0
TABLES = """
select c.oid::int8, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relname = 'number_series'
"""

Given = dict[str, int]  # for each company's table, by schema and oid: how many numbers it has given


def compare(installation: Installation, say: Callable[[str, str], None]) -> None:
    """Begin other numbers where fewer are known than were given, and note what there is now."""
    with psycopg.connect(installation.owner_dsn) as books:
        note, given = _given(books)
        for table, noted in _noted(note).items():
            if noted > given.get(table, noted):
                company = table.partition("/")[0]
                begin = sql.SQL("select {}.numbering_incarnation(%s)")
                books.execute(begin.format(sql.Identifier(company)), [noted])
                say(
                    f"{company} 的数据是从备份恢复的，之后的单号加字母",
                    f"The data of {company} was restored: its numbers go on with a letter",
                )
    note_given(installation)


def note_given(installation: Installation) -> None:
    """Note how many numbers were given. Where nothing can be noted, nothing is."""
    with (
        contextlib.suppress(OSError, RuntimeError, psycopg.Error),
        psycopg.connect(installation.owner_dsn, connect_timeout=5) as books,
    ):
        note, given = _given(books)
        note.parent.mkdir(parents=True, exist_ok=True)
        half = note.with_suffix(f".{os.getpid()}")
        half.write_text(json.dumps(given))
        half.replace(note)


def _given(books: psycopg.Connection[Any]) -> tuple[Path, Given]:
    """Where the note of this cluster is, and what its companies have given."""
    given = {}
    for table, company in books.execute(TABLES).fetchall():
        total = sql.SQL("select coalesce(sum(last), 0) from {}.number_series")
        given[f"{company}/{table}"] = _one(books, total.format(sql.Identifier(company)))
    cluster = _one(books, sql.SQL("select system_identifier from pg_control_system()"))
    return folder() / "numbers" / f"{cluster}.json", given


def _one(books: psycopg.Connection[Any], question: sql.SQL | sql.Composed) -> int:
    row = books.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def folder() -> Path:
    """What the program keeps for the system's user, outside of all data folders."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "tongpan"


def _noted(note: Path) -> Given:
    try:
        found: Given = json.loads(note.read_text())
    except (OSError, ValueError):
        return {}
    return found
