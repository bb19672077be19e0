"""The first write of a month makes its partitions, also when two come at the same moment."""

import threading
from typing import Any

import pytest

RECIPES = [
    ("history_ensure_month", "history"),
    ("events_ensure_month", "event"),
    ("ledger_ensure_month", "entry"),
    ("till_sale_line_ensure_month", "till_sale_line"),
    ("till_payment_ensure_month", "till_payment"),
]


@pytest.mark.parametrize(("function", "table"), RECIPES)
def test_who_waited_for_a_month_finds_it_made(own_database: Any, function: str, table: str) -> None:
    make = f"select {function}('2031-05-07')"
    failures: list[Exception] = []

    def come_second() -> None:
        with own_database.connect() as second, second.transaction():
            second.execute("select to_regclass(%s)", [f"{table}_2031_05"])  # not there yet
            try:
                second.execute(make)
            except Exception as failure:  # noqa: BLE001 - the test looks at it
                failures.append(failure)

    with own_database.connect() as first, own_database.connect(user="postgres") as onlooker:
        with first.transaction():
            first.execute(make)
            thread = threading.Thread(target=come_second)
            thread.start()
            while not _is_waiting(onlooker):
                assert thread.is_alive(), failures
        thread.join(20)

        assert failures == []
        assert first.execute("select to_regclass(%s)", [f"{table}_2031_05"]).fetchone()[0]


def _is_waiting(onlooker: Any) -> bool:
    found = onlooker.execute(
        "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
    )
    return bool(found.fetchone()[0])
