"""One process of `bench import_sales`: imports, or writes bare batches, and says what it cost."""

import json
import os
import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django_tenants.utils import schema_context  # noqa: E402

from bench.import_sales_limit import Limit, counted_of_ours  # noqa: E402
from bench.rounds import cpu_s  # noqa: E402
from tongpan.business.sales_import import import_sales  # noqa: E402
from tongpan.config.laboratory import COMPANY  # noqa: E402


@dataclass
class Meter:
    """What each step cost, of client and server; a step is told by the first word said of it."""

    step: str
    pid: int
    at: tuple[float, float] = (0.0, 0.0)
    client_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = self._now()

    def __call__(self, text: str) -> None:
        word = text.split(" ")[0]
        if word == self.step:
            return
        now = self._now()
        client_s, server_s = now[0] - self.at[0], now[1] - self.at[1]
        self.client_s[self.step] = self.client_s.get(self.step, 0) + client_s
        self.cpu_s[self.step] = self.cpu_s.get(self.step, 0) + client_s + server_s
        self.step, self.at = word, now

    def _now(self) -> tuple[float, float]:
        return time.process_time(), cpu_s(self.pid)


def main() -> None:
    what, folder = sys.argv[1:]
    files = sorted(Path(folder).iterdir())
    with schema_context(COMPANY):
        connection.ensure_connection()
        told = _imported(files) if what == "import" else _batched(len(files))
    told["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(told))


def _imported(files: list[Path]) -> dict[str, Any]:
    """One file after the other; all but the first are measured."""
    warm, *measured = files
    holds = import_sales(warm, "completejourney").holds
    meter, began_s, rows, sales = Meter("reading", _pid()), time.perf_counter(), 0, 0
    for file in measured:
        meter("reading")
        report = import_sales(file, "completejourney", tell=meter)
        holds, rows = holds and report.holds, rows + report.rows_read
        sales += report.posted["slips"]
    meter("end")
    return {
        "holds": holds, "sales": sales, "rows_read": rows, "wall_s": time.perf_counter() - began_s,
        "cpu_s": meter.cpu_s, "client_s": meter.client_s, "rows": counted_of_ours(),
    }  # fmt: skip


def _batched(files: int) -> dict[str, Any]:
    """The same sales in the same order of time; the first file's share of them warms up."""
    limit = Limit()
    limit.begin()
    warm = len(limit.batches) // files
    limit.write(limit.batches[:warm])
    meter = Meter("batches", _pid())
    limit.write(limit.batches[warm:])
    meter("end")
    measured = limit.batches[warm:]
    return {
        "sales": sum(len(batch["document"]) for batch in measured),
        "lines": sum(len(batch["till_sale_line"]) for batch in measured),
        "cpu_s": meter.cpu_s, "client_s": meter.client_s, "rows": limit.counted(),
    }  # fmt: skip


def _pid() -> int:
    return int(connection.connection.info.backend_pid)


if __name__ == "__main__":
    main()
