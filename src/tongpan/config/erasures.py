"""Whom each company erased, noted outside of its database: a restored copy erases them again.

A backup holds people who were erased after it was taken. So the program notes each minute who was
erased, in the folder of the system's user, as the witness does with numbers. Where a copy knows
somebody who was erased in this place, or before the copy came here, it erases them again before it
works. The note has ids, kinds and moments: nothing personal. Knows no Django but in `main`.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tongpan.config import witness
from tongpan.config.installation import Installation

COMPANIES = """
select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relname = 'personal_state' order by 1
"""
BEGIN = "select {}.numbering_incarnation()"  # a copy that was restored begins its life here
HERE = """
select unit.id::text, life.place, life.began_at
from {company}.org_unit unit,
    (select * from {company}.number_incarnation order by ordinal desc limit 1) life
where unit.parent_id is null
"""
ERASED = "select subject::text, kind, at from {}.personal_state where state = 'erased'"

Say = Callable[[str, str], None]


@dataclass(frozen=True)
class Erased:
    """Somebody who was erased: `company` is the id of its top unit, `place` where its books were,
    `at` the moment, as ISO 8601 in UTC."""

    company: str
    id: str
    kind: str
    at: str
    place: str


@dataclass(frozen=True)
class Books:
    """A company's database as it stands: since when it is in this place, and whom it erased."""

    schema: str
    company: str
    place: str
    began_at: datetime
    erased: Mapping[str, Erased]

    @property
    def note(self) -> Path:
        return witness.folder() / "erasures" / f"{self.company}.jsonl"


def compare(installation: Installation, say: Say) -> None:
    """Note whom the companies erased, and erase again whom a restored copy brought back."""
    with psycopg.connect(installation.owner_dsn, autocommit=True) as connection:
        for books in _companies(connection):
            try:
                noted = noted_in(books.note)
                _note(books, noted)
            except OSError as refused:
                say(
                    f"无法记录已删除的个人信息：{refused}",
                    f"Erasures cannot be noted: {refused}",
                )
                continue
            if brought_back := to_erase_again(books, noted):
                _erase_again(installation, books, brought_back, say)


def keep(installation: Installation, say: Say) -> None:
    """The same while the program works, if it can be done."""
    with contextlib.suppress(RuntimeError, psycopg.Error):
        compare(installation, say)


def to_erase_again(books: Books, noted: Iterable[Erased]) -> list[Erased]:
    """Whom a copy brought back: erased in this very place, or before the copy came here.

    What another copy of the company erased since, such as one that people practise on, is its own.
    """
    return [
        one for one in noted
        if one.id not in books.erased
        and (one.place == books.place or datetime.fromisoformat(one.at) < books.began_at)
    ]  # fmt: skip


def noted_in(file: Path) -> list[Erased]:
    """Whom a note names; nobody where there is none. A line that was cut off is passed over.

    Errors: OSError.
    """
    if not file.exists():
        return []
    return list(read_lines(file.read_text().splitlines()))


def read_lines(lines: Iterable[str]) -> Iterator[Erased]:
    for line in lines:
        with contextlib.suppress(ValueError, TypeError):
            yield Erased(**json.loads(line))


def written(erased: Iterable[Erased]) -> str:
    """As a note says it: one JSON object a line."""
    return "".join(f"{json.dumps(asdict(one))}\n" for one in erased)


def erased_in(connection: psycopg.Connection[Any], schema: str) -> Books | None:
    """How a company's database stands; None while it has no top unit."""
    company = sql.Identifier(schema)
    connection.execute(sql.SQL(BEGIN).format(company))
    here = connection.execute(sql.SQL(HERE).format(company=company)).fetchone()
    if here is None:
        return None
    top, place, began_at = here
    rows = connection.execute(sql.SQL(ERASED).format(company)).fetchall()
    erased = {
        pk: Erased(top, pk, kind, at.astimezone(UTC).isoformat(), place) for pk, kind, at in rows
    }
    return Books(schema, top, place, began_at, erased)


def _companies(connection: psycopg.Connection[Any]) -> Iterator[Books]:
    for (schema,) in connection.execute(COMPANIES).fetchall():
        if books := erased_in(connection, schema):
            yield books


def _note(books: Books, noted: Sequence[Erased]) -> None:
    known = {one.id for one in noted}
    new = [one for pk, one in books.erased.items() if pk not in known]
    if new:
        books.note.parent.mkdir(parents=True, exist_ok=True)
        with books.note.open("a") as note:
            note.write(written(new))


def _erase_again(
    installation: Installation, books: Books, erased: Sequence[Erased], say: Say
) -> None:
    say(
        f"{books.schema} 的数据是恢复的，正在重新删除 {len(erased)} 人的个人信息",
        f"The data of {books.schema} was restored: erasing {len(erased)} people again",
    )
    command = [sys.executable, "-m", "tongpan.config.erasures", books.schema]
    done = subprocess.run(
        command, input=written(erased), text=True, env=installation.environ, stdout=sys.stderr
    )
    if done.returncode != 0:
        which = books.schema
        say(
            f"{which}：未能全部删除，原因见上", f"{which}: not everybody could be erased, see above"
        )


def main(schema: str) -> int:
    """Erase in a company whom standard input names; 1 if not everybody could be."""
    import django

    django.setup()
    from django_tenants.utils import schema_context

    from tongpan.config.erasing import erase_again

    with schema_context(schema):
        refused = erase_again(read_lines(sys.stdin)).refused
    for one, why in refused:
        print(f"{one.kind} {one.id}: {why}", file=sys.stderr, flush=True)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
