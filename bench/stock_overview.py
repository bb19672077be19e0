"""`bench stock_overview`: a page of a thousand items at twenty stores, against the bare statement.

The same page once more after `--entries` entries were put into the past: it reads balances, so it
must cost the same. Then one cell, with its statements counted.
"""

import argparse
from collections.abc import Callable
from statistics import median
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.ring_up import _open_everything
from bench.ring_up_growth import entries_of, fill
from tongpan.base import env
from tongpan.business.stock import overview as reading
from tongpan.config.laboratory import laboratory, named
from tongpan.config.proofs.shop import furnish
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.upkeep import fold
from tongpan.kernel.org.scope import system

HELP = "库存总览的成本 · what the stock overview costs against bare SQL, and as the ledger grows"
ITEMS, STORES, ROUNDS = 1000, 20, 15
RATIO_MAX, GROWTH_MAX, STATEMENTS_MAX = 3.0, 1.3, 2
BARE_ITEMS = "select id from items_item where code > '' order by code limit %s"
BARE = """
select a.unit, a.org_unit, a.role, a.inflow - a.outflow from account a
  where a.unit = any(%s) and a.org_unit = any(%s) and a.role = any('{shelf,damaged,in_transit}')
"""


def run(given: argparse.Namespace) -> Result:
    stores = [named(f"store {n}") for n in range(STORES)]
    wanted = reading.Wanted(size=ITEMS)
    with laboratory(stores=STORES) as lab, system(reason="the stage of a measurement"):
        furnish(STORES, ITEMS)
        _open_everything()  # and so the first sales, whose copies are the past
        fold()
        with lab.connect(user="postgres") as admin:
            admin.execute("vacuum analyze")
        small = _compared(wanted, stores)
        fill(lab, given.entries)
        large = _compared(wanted, stores)
        entries = entries_of(lab)
        with CaptureQueriesContext(connection) as asked:
            reading.figures_of([named("item 7")], stores[:1])
    facts = {
        "cells": ITEMS * STORES,
        "entries": entries,
        "small": small,
        "large": large,
        "ratio": large["ratio"],
        "growth": round(large["ratio"] / small["ratio"], 2),
        "statements_of_a_cell": len(asked),
    }
    holds = (
        max(small["ratio"], large["ratio"]) <= RATIO_MAX
        and facts["growth"] <= GROWTH_MAX
        and len(asked) <= STATEMENTS_MAX
    )
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _compared(wanted: reading.Wanted, stores: list[UUID]) -> dict[str, float]:
    """Both in turn, so that noise hits them alike; the medians and how they compare."""

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE_ITEMS, [ITEMS])
            cursor.execute(BARE, [[pk for (pk,) in cursor.fetchall()], stores])
            assert len(cursor.fetchall()) == ITEMS * STORES

    def ours() -> None:
        assert len(reading.overview(wanted, stores).figures) == ITEMS * STORES

    times: dict[Callable[[], None], list[float]] = {ours: [], bare: []}
    for _ in range(ROUNDS):
        for act, taken in times.items():
            began_s = env.monotonic_s()
            act()
            taken.append((env.monotonic_s() - began_s) * 1000)
    ours_ms, bare_ms = median(times[ours]), median(times[bare])
    return {
        "ours_ms": round(ours_ms, 1),
        "bare_ms": round(bare_ms, 1),
        "ratio": round(ours_ms / bare_ms, 2),
    }
