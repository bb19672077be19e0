"""`bench import_items`: importing a sheet of goods, against reading it and inserting its rows bare.

Ours understands the headings, reads and checks every cell, finds what it names, recognises known
rows, writes items with what they are searched by, their history, and what taking it all back needs.
The limit reads the same file with the bare library and copies the same finished rows into a table
with the same indexes. Each in a process of its own, so that the memory it needed can be told.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.goods import make_masters, write_sheet
from tongpan.config.installation import ROOT
from tongpan.config.laboratory import Laboratory, laboratory
from tongpan.faces.cli import Result
from tongpan.kernel.org.scope import system

HELP = "导入商品表格的成本 · what importing a sheet of goods costs (--rows)"
ROWS, SMALL = 10_000, 10
RATIO_MAX, GROWTH_MAX_MB = 5.0, 32
TABLE = "items_item"

Told = dict[str, float]


def run(given: argparse.Namespace) -> Result:
    rows = given.rows or ROWS
    with laboratory() as lab, TemporaryDirectory() as folder:
        with system(reason="the stage of a measurement"):
            make_masters()
        _make_bare_table(lab)
        small, full = Path(folder) / "small.xlsx", Path(folder) / "full.xlsx"
        write_sheet(small, 0, rows // SMALL)
        write_sheet(full, 1_000_000, rows)
        memory = {}
        for name, file in (("small", small), ("full", full)):
            reading, ours = _told(lab, "read", file), _told(lab, "import", file)
            memory[name] = {"reading": reading["rss_mb"], "ours": ours["rss_mb"]}
        limit = _told(lab, "limit", full)
        undone = _told(lab, "undo", full)
    above = {name: round(mb["ours"] - mb["reading"], 1) for name, mb in memory.items()}
    facts = {
        "rows": rows,
        "ratio": round(ours["cpu_s"] / limit["cpu_s"], 2),
        "wall_ratio": round(ours["wall_s"] / limit["wall_s"], 2),
        "ours": ours,
        "limit": limit,
        "undo": undone,
        "rss_mb": memory,
        "rss_growth_mb": round(above["full"] - above["small"], 1),
    }
    holds = (
        facts["ratio"] <= RATIO_MAX
        and facts["rss_growth_mb"] <= GROWTH_MAX_MB
        and ours["written"] == limit["written"] == rows
        and undone["left"] == 0
    )
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _make_bare_table(lab: Laboratory) -> None:
    with lab.connect() as owner:
        owner.execute("create schema bare")
        owner.execute(f"create table bare.{TABLE} (like {TABLE} including all)")
        owner.execute("grant usage on schema bare to tp_app")
        owner.execute("grant insert on all tables in schema bare to tp_app")


def _told(lab: Laboratory, what: str, file: Path) -> Told:
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_worker", what, str(file)],
        cwd=ROOT, env={**lab.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told: Told = {name: round(value, 3) for name, value in json.loads(done.stdout).items()}
    print(f"{what} {file.name} {told}", file=sys.stderr, flush=True)
    return told
