"""The first write of a month makes its partitions, also when two come at the same moment."""

import threading
from typing import Any

import psycopg
import pytest

RECIPES = [
    ("history_ensure_month", "history"),
    ("events_ensure_month", "event"),
    ("ledger_ensure_month", "entry"),
    ("till_sale_line_ensure_month", "till_sale_line"),
    ("till_return_line_ensure_month", "till_return_line"),
    ("till_payment_ensure_month", "till_payment"),
    ("till_sale_share_ensure_month", "till_sale_share"),
    ("till_return_share_ensure_month", "till_return_share"),
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
        first.execute(make)  # and so does whoever comes later

        assert failures == []
        assert first.execute("select to_regclass(%s)", [f"{table}_2031_05"]).fetchone()[0]


@pytest.mark.parametrize("table", [table for _function, table in RECIPES])
@pytest.mark.parametrize("month", ["", "_2026_11"])
def test_not_even_the_owner_empties_what_is_kept_by_month(
    own_database: Any, table: str, month: str
) -> None:
    for function, of in RECIPES:
        if of == table:
            with own_database.connect() as program:
                program.execute(f"select {function}('2026-11-21')")

    with own_database.connect(user="tp_owner") as owner, pytest.raises(psycopg.Error) as no:
        owner.execute(f"truncate {table}{month}")

    assert "never changed" in str(no.value)


def _is_waiting(onlooker: Any) -> bool:
    found = onlooker.execute(
        "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
    )
    return bool(found.fetchone()[0])
