"""`bench ring_up`: a till sale through the whole action path, against the bare limit.

Ours is everything that a sale is: permission, scope, prices, tax, cost, all ledgers, history,
event, request; without HTTP, and through HTTP with a session. The limit is one PL/pgSQL call that
writes the same rows. CPU of client and server together, in short rounds by turns.
"""

import argparse
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.ring_up_limit import COUNTED, SELL_SQL, rows_sql
from bench.rounds import Clients, alone, by_turns, clients, middle, ratio
from bench.sales import baskets
from tongpan.base import env
from tongpan.config.laboratory import Laboratory, laboratory, named
from tongpan.config.proofs.shop import furnish, payload_of, price_of
from tongpan.faces.cli import Result
from tongpan.kernel.documents.gate import run as run_action
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.upkeep import fold
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import acting

HELP = "一笔零售的成本 · what a till sale costs through the whole action path"
STORES, ITEMS = 4, 300
RATIO_MAX, HTTP_RATIO_MAX, HOT_RATIO_MIN, STATEMENTS_MAX = 3.0, 5.0, 0.6, 12


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=STORES) as lab:
        furnish(STORES, ITEMS)
        statements = _open_everything()
        fold()
        with lab.connect(user="postgres") as admin:
            admin.execute(SELL_SQL)
            admin.execute("vacuum analyze")
        with ExitStack() as open_tills:
            ways = {
                way: open_tills.enter_context(tills(lab, way, seed=0))
                for way in ("limit", "action", "http")
            }
            rounds = by_turns(ways, given.seconds * given.repeats)
        spread = {}
        for n in given.workers:
            with tills(lab, "action", n, seed=50 + n) as many:
                spread[n] = alone(many, given.seconds)
        most = max(given.workers)
        with tills(lab, "action", most, seed=90, is_hot=True) as many:
            hot = alone(many, given.seconds)
        rows = {"ours": _rows(lab, ""), "limit": _rows(lab, "bare.")}
        fold()
        violations = sum(len(found.violations) for found in verify())
    facts: dict[str, Any] = {
        "ratio": ratio(rounds["action"], rounds["limit"]),
        "http_ratio": ratio(rounds["http"], rounds["limit"]),
        "statements": statements,
        **{way: middle(measured) for way, measured in rounds.items()},
        "rows": rows,
        "workers": spread,
        "hot": hot,
        "hot_ratio": round(hot["per_s"] / spread[most]["per_s"], 2),
        "violations": violations,
    }
    holds = (
        facts["ratio"] <= RATIO_MAX
        and facts["http_ratio"] <= HTTP_RATIO_MAX
        and facts["hot_ratio"] >= HOT_RATIO_MIN
        and statements <= STATEMENTS_MAX
        and rows["ours"] == rows["limit"]
        and violations == 0
    )
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _open_everything() -> int:
    """Open every account by a sale of each item in each store; answers a sale's statements."""
    person = Person.objects.get(pk=named("cashier"))
    for n in range(STORES):
        till = OrgUnit.objects.select_related("parent").get(pk=named(f"till {n}"))
        for first in range(0, ITEMS, 50):
            lines = [(named(f"item {i}"), 1, price_of(i)) for i in range(first, first + 50)]
            with acting(person, till, via="bench"):
                run_action("till.sale.ring_up", payload=payload_of(lines), request_id=env.new_id())
    _store, lines = next(baskets(1, stores=STORES, items=ITEMS, is_hot=True))
    till = OrgUnit.objects.select_related("parent").get(pk=named("till 0"))
    with CaptureQueriesContext(connection) as seen, acting(person, till, via="bench"):
        run_action("till.sale.ring_up", payload=payload_of(lines), request_id=env.new_id())
    return len(seen)


def tills(
    lab: Laboratory, way: str, count: int = 1, *, seed: int, is_hot: bool = False
) -> AbstractContextManager[Clients]:
    """So many tills, each a process of its own, that sell in this way."""
    arguments = [
        way, "--stores", str(STORES), "--items", str(ITEMS), *(["--hot"] if is_hot else [])
    ]  # fmt: skip
    return clients(lab, "bench.ring_up_worker", arguments, count, seed)


def _rows(lab: Laboratory, schema: str) -> dict[str, int]:
    """The rows that the latest sale wrote, table by table."""
    with lab.connect(user="postgres") as owner:
        latest = owner.execute(
            f"select id from {schema}posting order by posted_at desc, id desc limit 1"
        ).fetchone()
        assert latest is not None
        row = owner.execute(rows_sql(schema, latest[0])).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return {table: count for (table, _), count in zip(COUNTED, row, strict=True)}
