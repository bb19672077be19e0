"""Write figures to a file: `export sales --by store,item,week --csv OUT`.

Sales less returns, added up by store, item and ISO week, as the slips say them.
"""

import argparse
import csv
from pathlib import Path

from django.conf import settings
from django_tenants.utils import schema_context

from tongpan.business.sales_import.figures import sums_by
from tongpan.config.commands.import_sales import COMPANY
from tongpan.config.installation import CannotRun
from tongpan.faces.cli import Result
from tongpan.kernel.companies.models import Company
from tongpan.kernel.org.scope import system

NAME, NEEDS = "export", "database"
HELP = "导出销售汇总 · write sums of sales to a file"
BY = ("store", "item", "week")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("sales",))
    parser.add_argument("--by", default=",".join(BY), help="store,item,week")
    parser.add_argument("--csv", type=Path, required=True, metavar="OUT")


def run(given: argparse.Namespace) -> Result:
    by = tuple(name.strip() for name in given.by.split(","))
    if not by or set(by) - set(BY):
        raise CannotRun(f"--by 只能用 {BY}。\n--by knows {', '.join(BY)}.")
    company = given.company or _company()
    rows = 0
    with (
        schema_context(company),
        system(reason="export of sales"),
        given.csv.open("w", encoding="utf-8", newline="") as file,
    ):
        sheet = csv.writer(file)
        sheet.writerow([*by, "lines", "quantity", "amount"])
        for row in sums_by(by):
            sheet.writerow([f"{n.normalize():f}" if hasattr(n, "normalize") else n for n in row])
            rows += 1
    facts = {"company": company, "rows": rows, "file": given.csv}
    return Result(facts=facts, text=f"{given.csv}: {rows}")


def _company() -> str:
    """What was imported, if there is such a company, else the first one."""
    is_there = Company.objects.filter(schema_name=COMPANY).exists()
    return COMPANY if is_there else str(settings.DEFAULT_COMPANY)
