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
from bench.worker import cpu_s  # noqa: E402
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
    what, file = sys.argv[1:]
    with schema_context(COMPANY):
        connection.ensure_connection()
        pid = connection.connection.info.backend_pid
        told: dict[str, Any] = {}
        limit = Limit() if what == "limit" else None
        began_s = time.perf_counter()
        if limit is None:
            meter = Meter("reading", pid)
            report = import_sales(Path(file), "completejourney", tell=meter)
            told = {"holds": report.holds, "rows_read": report.rows_read}
        else:
            meter = Meter("batches", pid)
            limit()
        meter("end")
        told["wall_s"] = time.perf_counter() - began_s
        told["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        told["rows"] = counted_of_ours() if limit is None else limit.counted()
        told |= {"cpu_s": meter.cpu_s, "client_s": meter.client_s}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
