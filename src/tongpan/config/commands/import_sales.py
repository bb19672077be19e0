"""Bring in another program's files whole: every row is posted, or counted with its reason.

`import sales FILE --preset completejourney|uci` reads a file, or a folder of the program's files,
into a company of its own unless another is named. Doing it again changes nothing.
"""

import argparse
import resource
import sys
from pathlib import Path
from typing import Any

from django.db import connection
from django_tenants.utils import schema_context

from tongpan.base import env
from tongpan.business.demo.naming import brand_of, goods_types, metric, name_of
from tongpan.business.sales_import import PRESETS, import_sales
from tongpan.config import companies
from tongpan.config.installation import CannotRun
from tongpan.faces.cli import Result

NAME, NEEDS = "import", "database"
HELP = "导入其他系统的数据：sales · bring in another program's sales"
COMPANY = "imported"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("sales",))
    parser.add_argument("file", type=Path, help="文件或文件夹 · a file, or a folder of files")
    parser.add_argument("--preset", required=True, choices=tuple(PRESETS))


def run(given: argparse.Namespace) -> Result:
    if not given.file.exists():
        raise CannotRun(f"没有 {given.file}。\nThere is no {given.file}.")
    began_s = env.monotonic_s()
    company = given.company or COMPANY
    companies.as_owner("create", "--schema", company, "--name", "导入的公司")
    with schema_context(company):
        report = import_sales(given.file, given.preset, tell=_Progress(), name_of=_in_chinese)
        connection.close()
    seconds = env.monotonic_s() - began_s
    facts = {
        "company": company,
        "preset": given.preset,
        "rows_read": report.rows_read,
        "rows_posted": report.rows_posted,
        "rows_skipped": report.skipped,
        "left_out": report.left_out,
        "documents": report.documents,
        "already": report.already,
        "totals": report.totals,
        "posted": report.posted,
        "seconds": round(seconds, 1),
        "rows_per_s": round(report.rows_read / seconds),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=report.holds, facts=facts, text=text)


def _in_chinese(row: Any) -> str:
    """What an item is called: by the product type, where the table has it, else as in the file."""
    goods = goods_types().get(row.name)
    if goods is None:
        return str(row.name or f"商品 {row.code}")
    return name_of(goods, metric(row.size, goods), brand_of(row.brand, row.maker))


class _Progress:
    """Says what is done, every few seconds and at every new step."""

    def __init__(self) -> None:
        self.step, self.said_s = "", 0.0

    def __call__(self, text: str) -> None:
        step, now_s = text.split(" ")[0], env.monotonic_s()
        if step != self.step or now_s - self.said_s > 5:
            print(text, file=sys.stderr, flush=True)
            self.step, self.said_s = step, now_s
