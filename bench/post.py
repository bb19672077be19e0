"""`bench post`: what one fact of a till sale costs in the ledger, against the bare limit.

CPU of client and server together, in short rounds by turns; throughput with more workers, all in
one hot store or spread over many. Ratios hold; absolute figures are this machine's.
"""

import argparse
from contextlib import AbstractContextManager
from decimal import Decimal

from bench.limits import LIMIT_SQL
from bench.rounds import Clients, alone, by_turns, clients, middle, ratio
from bench.sales import ROWS, sale
from tongpan.base import env
from tongpan.config.laboratory import Laboratory, laboratory, named, put_on_shelves
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.posting import open_accounts
from tongpan.kernel.ledger.upkeep import fold

HELP = "一笔销售过账的成本 · what posting a sale costs, against the bare limit"
STORES, ITEMS, HOT_ITEMS = 8, 400, 200
RATIO_MAX, HOT_RATIO_MIN = 2.2, 0.6


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=STORES) as lab:
        prepare(lab)
        with _clients(lab, "ours") as mine, _clients(lab, "limit") as bare:
            rounds = by_turns({"ours": mine, "limit": bare}, given.seconds * given.repeats)
        spread = {}
        for n in given.workers:
            with _clients(lab, "ours", n) as many:
                spread[n] = alone(many, given.seconds)
        most = max(given.workers)
        with _clients(lab, "ours", most, is_hot=True) as many:
            hot = alone(many, given.seconds)
        with _clients(lab, "ours", batch=100) as one:
            batch = alone(one, given.seconds)
        rows = {"ours": _rows_of(lab, ""), "limit": _rows_of(lab, "bare.")}
        fold()
        violations = sum(len(found.violations) for found in verify())
    times = ratio(rounds["ours"], rounds["limit"])
    ours, limit = middle(rounds["ours"]), middle(rounds["limit"])
    hot_ratio = round(hot["per_s"] / spread[most]["per_s"], 2)
    facts = {
        "ratio": times,
        "ours": ours,
        "limit": limit,
        "rows": rows,
        "batch_of_100": batch,
        "batch_ratio": round(batch["cpu_ms"] / limit["cpu_ms"], 2),
        "workers": spread,
        "hot": hot,
        "hot_ratio": hot_ratio,
        "violations": violations,
    }
    holds = (
        times <= RATIO_MAX
        and hot_ratio >= HOT_RATIO_MIN
        and rows["ours"] == rows["limit"] == ROWS
        and violations == 0
    )
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def prepare(lab: Laboratory) -> None:
    """Full shelves, every account open, and beside them the tables of the limit."""
    put_on_shelves(STORES, range(ITEMS), 1_000_000, Decimal("1.00"))
    _open_the_rest()
    fold()
    with lab.connect() as owner:
        owner.execute(LIMIT_SQL)
    with lab.connect(user="postgres") as admin:
        admin.execute("vacuum analyze")


def _open_the_rest() -> None:
    """Opening an account is dear and happens once; here only recording is measured."""
    today = env.now().date()
    for n in range(STORES):
        lines = [(named(f"item {i}"), 1, Decimal("1.99")) for i in range(ITEMS)]
        moves = sale(named(f"store {n}"), lines, today).moves
        open_accounts(
            [*(moves[0].feeds or ()), *(key for m in moves for key in (m.source, m.target))]
        )


def _clients(
    lab: Laboratory,
    what: str,
    count: int = 1,
    *,
    batch: int = 1,
    is_hot: bool = False,
) -> AbstractContextManager[Clients]:
    arguments = [
        what, "--stores", str(STORES), "--items", str(HOT_ITEMS if is_hot else ITEMS),
        "--batch", str(batch), *(["--hot"] if is_hot else []),
    ]  # fmt: skip
    return clients(lab, "bench.worker", arguments, count)


def _rows_of(lab: Laboratory, schema: str) -> dict[str, int]:
    """The rows that one fact wrote, counted in the tables."""
    with lab.connect() as owner:
        row = owner.execute(
            f"with one as (select id from {schema}posting order by posted_at desc limit 1)"
            f" select (select count(*) from {schema}posting where id in (select id from one)),"
            f" (select count(*) from {schema}entry where posting in (select id from one)),"
            f" (select count(distinct e.source) from {schema}entry e where"
            f" e.posting in (select id from one) and e.value is not null),"
            f" (select count(*) from {schema}unfolded where posting in (select id from one))"
        ).fetchone()
    assert row is not None
    return dict(zip(ROWS, row, strict=True))
