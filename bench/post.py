"""`bench post`: what one fact of a till sale costs in the ledger, against the bare limit.

CPU of client and server together, the least disturbed of interleaved rounds; throughput with more
workers, all in one hot store or spread over many. Ratios hold; absolute figures are this machine's.
"""

import argparse
import json
import subprocess
import sys
from decimal import Decimal

from bench.limits import LIMIT_SQL
from bench.sales import ROWS, sale
from tongpan.base import env
from tongpan.config.installation import ROOT
from tongpan.config.laboratory import Laboratory, laboratory, named, put_on_shelves
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.posting import open_accounts
from tongpan.kernel.ledger.upkeep import fold

HELP = "一笔销售过账的成本 · what posting a sale costs, against the bare limit"
STORES, ITEMS, HOT_ITEMS = 8, 400, 200
RATIO_MAX, HOT_RATIO_MIN = 2.2, 0.6

Measured = dict[str, float]


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=STORES) as lab:
        prepare(lab)
        rounds: dict[str, list[Measured]] = {"ours": [], "limit": []}
        for n in range(given.repeats):  # interleaved, so that noise hits both alike
            for what, measured in rounds.items():
                measured.append(measure(lab, what, 1, given.seconds, seed=n))
        limit, ours = (least_disturbed(rounds[what]) for what in ("limit", "ours"))
        spread = {n: measure(lab, "ours", n, given.seconds) for n in given.workers}
        most = max(given.workers)
        hot = measure(lab, "ours", most, given.seconds, is_hot=True)
        batch = measure(lab, "ours", 1, given.seconds, batch=100)
        rows = {"ours": _rows_of(lab, ""), "limit": _rows_of(lab, "bare.")}
        fold()
        violations = sum(len(found.violations) for found in verify())
    ratio = round(ours["cpu_ms"] / limit["cpu_ms"], 2)
    hot_ratio = round(hot["per_s"] / spread[most]["per_s"], 2)
    facts = {
        "ratio": ratio,
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
        ratio <= RATIO_MAX
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


def measure(
    lab: Laboratory,
    what: str,
    workers: int,
    seconds: float,
    *,
    seed: int = 0,
    batch: int = 1,
    is_hot: bool = False,
) -> Measured:
    """Let so many clients work side by side for so long."""
    command = [
        sys.executable, "-m", "bench.worker", what, "--seconds", str(seconds), "--stores",
        str(STORES), "--items", str(HOT_ITEMS if is_hot else ITEMS), "--batch", str(batch),
        *(["--hot"] if is_hot else []),
    ]  # fmt: skip
    environ = {**lab.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    clients = [
        subprocess.Popen([*command, "--seed", str(seed * 100 + n)], cwd=ROOT, env=environ,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(workers)
    ]  # fmt: skip
    for client in clients:
        assert client.stdout is not None
        assert client.stdout.readline() == "ready\n", "A client could not start."
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    found = [json.loads(client.communicate()[0]) for client in clients]
    done = sum(f["done"] for f in found)
    measured = {
        "client_ms": sum(f["client_s"] for f in found) / done * 1e3,
        "server_ms": sum(f["server_s"] for f in found) / done * 1e3,
        "cpu_ms": sum(f["client_s"] + f["server_s"] for f in found) / done * 1e3,
        "per_s": sum(f["done"] / f["elapsed_s"] for f in found),
        "p50_ms": max(f["p50_ms"] for f in found),
        "p99_ms": max(f["p99_ms"] for f in found),
    }
    said = {name: round(value, 3) for name, value in measured.items()}
    print(f"{what} x{workers}{' hot' if is_hot else ''} {said}", file=sys.stderr, flush=True)
    return said


def least_disturbed(rounds: list[Measured]) -> Measured:
    return min(rounds, key=lambda measured: measured["cpu_ms"])


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
