"""One client that records sales in the ledger, in a process of its own."""

import argparse
import os
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
from bench.rounds import work  # noqa: E402
from bench.sales import baskets, sale  # noqa: E402
from tongpan.base import env  # noqa: E402
from tongpan.business.books import CNY  # noqa: E402
from tongpan.config.laboratory import COMPANY  # noqa: E402
from tongpan.kernel.ledger.keys import NOBODY  # noqa: E402
from tongpan.kernel.ledger.posting import post  # noqa: E402

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
        ids, cny, points = self.ids, CNY, NOBODY
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
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--stores", type=int, required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--hot", action="store_true")
    given = parser.parse_args()
    drawn = baskets(given.seed, stores=given.stores, items=given.items, is_hot=given.hot)
    with schema_context(COMPANY):
        connection.ensure_connection()
        record = ours if given.what == "ours" else Limit()

        def once() -> int:
            record(drawn, given.batch)
            return int(given.batch)

        work(once, connection.connection.info.backend_pid)


if __name__ == "__main__":
    main()
