"""Erasures that outlive a database: `erasures export FILE`, `erasures replay FILE`.

The program notes them by itself beside its data folder and erases again what a restored copy
brings back on the same machine. Where a backup is restored on another machine, take the file there.
It has ids and no personal data.
"""

import argparse
from pathlib import Path

from django.db import connection

from tongpan.config import erasures
from tongpan.config.erasing import erase_again
from tongpan.config.erasures import Books
from tongpan.config.installation import CannotRun
from tongpan.faces.cli import Result

NAME = "erasures"
HELP = "带走或重做个人信息删除 · carry erasures to a restored copy"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("export", "replay"))
    parser.add_argument("file", type=Path, metavar="FILE")


def run(given: argparse.Namespace) -> Result:
    books = _books()
    noted = {one.id: one for one in erasures.noted_in(books.note)} | dict(books.erased)
    if given.what == "export":
        given.file.write_text(erasures.written(noted.values()))
        return Result(facts={"erased": len(noted)}, text=f"{given.file}: {len(noted)}")
    if not given.file.exists():
        raise CannotRun(f"没有文件 {given.file}。\nThere is no file {given.file}.")
    named = erasures.noted_in(given.file)
    if strangers := [one for one in named if one.company != books.company]:
        raise CannotRun(
            f"文件属于另一家公司（{len(strangers)} 行）。\n"
            f"The file is another company's ({len(strangers)} lines)."
        )
    came = erase_again(named)
    facts = {
        "named": len(named), "erased": len(came.erased), "absent": len(came.absent),
        "refused": [f"{one.kind} {one.id}: {why}" for one, why in came.refused],
    }  # fmt: skip
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=not came.refused, facts=facts, text=text)


def _books() -> Books:
    connection.ensure_connection()
    schema = connection.schema_name  # type: ignore[attr-defined]
    books = erasures.erased_in(connection.connection, schema)
    if books is None:
        raise CannotRun("公司还没有机构。\nThe company has no units yet.")
    return books
