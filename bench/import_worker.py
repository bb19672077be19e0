"""One process of `bench import_items`: reads, imports, copies bare or undoes, and says its cost."""

import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django_tenants.utils import schema_context  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402

from bench.import_items import TABLE  # noqa: E402
from bench.rounds import cpu_s  # noqa: E402
from tongpan.config.laboratory import COMPANY  # noqa: E402
from tongpan.engines.imports.actions import import_sheet, plan, undo  # noqa: E402
from tongpan.engines.imports.files import read_file  # noqa: E402
from tongpan.engines.imports.models import ImportRun  # noqa: E402
from tongpan.engines.imports.templates import template  # noqa: E402
from tongpan.kernel.org.scope import system  # noqa: E402


def read(content: bytes) -> dict[str, float]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python()
    return {"rows": len(rows)}


def import_goods(content: bytes) -> dict[str, float]:
    [table] = read_file("goods.xlsx", content)
    planned = plan(table, template("items.item"))
    report = import_sheet(planned, file_name="goods.xlsx", content=content)
    assert report.run is not None
    return {**report.counts, "written": report.run.rows.count()}


class Limit:
    """Reading, and copying the rows that the import made into an empty table of the same form."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"select * from {TABLE} where id in {_made()}")
            self.names = ", ".join(column.name for column in cursor.description or ())
            self.rows = cursor.fetchall()

    def __call__(self, content: bytes) -> dict[str, float]:
        read(content)
        statement = f"copy bare.{TABLE} ({self.names}) from stdin"
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(statement) as copying,
        ):
            for row in self.rows:
                copying.write_row(row)
        return {"written": len(self.rows)}


def take_back(content: bytes) -> dict[str, float]:
    undo(_run_of_full().pk)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {TABLE} where state = 'active' and id in {_made()}")
        return {"left": cursor.fetchone()[0]}


def _made() -> str:
    return f"(select subject from import_row where run_id = '{_run_of_full().pk}')"


def _run_of_full() -> ImportRun:
    return ImportRun.objects.latest("at")


def main() -> None:
    what, file = sys.argv[1:]
    content = Path(file).read_bytes()
    with schema_context(COMPANY), system(reason="a measurement"):
        connection.ensure_connection()
        ways: dict[str, Callable[[], Callable[[bytes], dict[str, float]]]] = {
            "read": lambda: read,
            "import": lambda: import_goods,
            "limit": Limit,
            "undo": lambda: take_back,
        }
        work = ways[what]()
        pid = connection.connection.info.backend_pid
        server_s, client_s, began_s = cpu_s(pid), time.process_time(), time.perf_counter()
        told = work(content)
        told |= {
            "wall_s": time.perf_counter() - began_s,
            "client_s": time.process_time() - client_s,
            "server_s": cpu_s(pid) - server_s,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        told["cpu_s"] = told["client_s"] + told["server_s"]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
