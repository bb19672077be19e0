"""One client of a measurement, in a process of its own.

It warms up, says `ready`, waits for a line, works for so many seconds, and prints what it cost.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django_tenants.utils import schema_context  # noqa: E402

from bench.limits import RECORD  # noqa: E402
from bench.sales import baskets, sale  # noqa: E402
from tongpan.base import env  # noqa: E402
from tongpan.business.stock import accounts as at  # noqa: E402
from tongpan.config.laboratory import COMPANY  # noqa: E402
from tongpan.kernel.ledger.keys import NOBODY  # noqa: E402
from tongpan.kernel.ledger.posting import post  # noqa: E402

WARM = 30


Basket = tuple[UUID, list[tuple[UUID, int, Decimal]]]


def ours(drawn: Iterator[Basket], batch: int) -> None:
    facts = [sale(store, lines, TODAY) for store, lines in islice(drawn, batch)]
    with transaction.atomic():
        post(facts)


class Limit:
    """The same rows by the bare function: ids known, a bare connection, a prepared statement."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select org_unit, role, unit, id from account")
            self.ids = {(unit, role, item): number for unit, role, item, number in cursor}
        self.cursor = connection.connection.cursor()

    def __call__(self, drawn: Iterator[Basket], batch: int) -> None:
        store, lines = next(drawn)
        ids, cny, points = self.ids, at.CNY, NOBODY
        shelves = [ids[store, "shelf", item] for item, _, _ in lines]
        quantities = [Decimal(quantity) for _, quantity, _ in lines]
        total = sum((price * quantity for _, quantity, price in lines), Decimal(0))
        tax = (total * 13 / 113).quantize(Decimal("0.01"))
        receivable = ids[store, "bench_receivable", cny]
        posting_id = env.new_id()
        self.cursor.execute(
            RECORD,
            [
                posting_id,
                TODAY,
                posting_id.bytes * 2,
                shelves,
                quantities,
                quantities,
                [
                    *shelves,
                    ids[store, "bench_revenue", cny],
                    ids[store, "bench_tax", cny],
                    receivable,
                    ids[store, "bench_programme", points],
                    ids[store, "inventory", cny],
                ],
                [
                    *(ids[store, "bench_customer", item] for item, _, _ in lines),
                    receivable,
                    receivable,
                    ids[store, "bench_cash", cny],
                    ids[store, "bench_earned", points],
                    ids[store, "bench_cost", cny],
                ],
                [
                    *quantities,
                    total - tax,
                    tax,
                    total,
                    Decimal(int(total) + 1),
                    sum(quantities, Decimal(0)),
                ],
                [*quantities, None, None, None, None, None],
            ],
            prepare=True,
        )


TODAY = env.now().date()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("ours", "limit"))
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--stores", type=int, required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--hot", action="store_true")
    given = parser.parse_args()
    with schema_context(COMPANY):
        connection.ensure_connection()
        print(json.dumps(_measure(given)), flush=True)


def _measure(given: argparse.Namespace) -> dict[str, float]:
    drawn = baskets(given.seed, stores=given.stores, items=given.items, is_hot=given.hot)
    record = ours if given.what == "ours" else Limit()
    pid = connection.connection.info.backend_pid

    for _ in range(WARM):
        record(drawn, given.batch)
    print("ready", flush=True)
    sys.stdin.readline()
    done, times = 0, []
    server_s, client_s, began_s = cpu_s(pid), time.process_time(), time.perf_counter()
    while (at_s := time.perf_counter()) < began_s + given.seconds:
        record(drawn, given.batch)
        times.append(time.perf_counter() - at_s)
        done += given.batch
    times.sort()
    return {
        "done": done,
        "elapsed_s": time.perf_counter() - began_s,
        "client_s": time.process_time() - client_s,
        "server_s": cpu_s(pid) - server_s,
        "p50_ms": times[len(times) // 2] * 1e3,
        "p99_ms": times[int(len(times) * 0.99)] * 1e3,
    }


def cpu_s(pid: int) -> float:
    """The CPU seconds that a process has used."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
