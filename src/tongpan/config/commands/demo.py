"""Build the demonstration chain from real baskets, and check its books.

`--size small` is what `./run` shows first; `full` has at least forty baskets a store and day. It is
built in the first company, or in a new one when that has documents already.
"""

import argparse
import sys
from typing import Any

from django.conf import settings
from django_tenants.utils import schema_context

from tongpan.base import env
from tongpan.business.demo import build
from tongpan.business.demo.source import DAYS
from tongpan.business.demo.supply import lowest_of_money
from tongpan.config import companies, installation
from tongpan.faces.cli import Result
from tongpan.kernel.companies.models import Company
from tongpan.kernel.documents.models import Document
from tongpan.kernel.events import feed
from tongpan.kernel.ledger import checks
from tongpan.kernel.org.models import LegalEntity, OrgUnit
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item

NAME, NEEDS = "demo", "database"
HELP = "建立示例连锁 · build the demonstration chain"
SIZES = {"small": "quick", "full": "rest"}
BASKETS_A_DAY_MIN = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", choices=tuple(SIZES), default="small")


def run(given: argparse.Namespace) -> Result:
    began_s = env.monotonic_s()
    company = given.company or _free_company()
    companies.as_owner("create", "--schema", company, "--name", "通盘示例连锁")
    with schema_context(company):
        told = build(_tell, until=SIZES[given.size])
        facts = _counted()
        violations = sum(len(i.violations) for i in (*checks.verify(), *feed.verify()))
        stock, money = checks.worth()
        lowest = lowest_of_money()
    if company == settings.DEFAULT_COMPANY:
        installation.note_contents(installation.data_folder(given.data), "demo")
    facts |= {
        "company": company,
        "days": DAYS,
        "rows_read": told.rows_read,
        "rows_skipped": told.skipped,
        "stock_value": stock,
        "inventory_account": money,
        "lowest_of_money": lowest,
        "seconds": round(env.monotonic_s() - began_s, 1),
        "violations": violations,
    }
    holds = (
        facts["stores"] >= 5 and facts["entities"] >= 2 and facts["items"] >= 5000
        and facts["till_sales"] >= 2000 and violations == 0 and stock == money and lowest >= 0
    )  # fmt: skip
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _free_company() -> str:
    """The first company if nothing was posted in it yet, else the next that is not there."""
    names = set(Company.objects.values_list("schema_name", flat=True))
    first = str(settings.DEFAULT_COMPANY)
    if first not in names:
        return first
    with schema_context(first), system(reason="demonstration"):
        if not Document.unscoped.exists():
            return first
    number = 2
    while f"demo{number}" in names:
        number += 1
    return f"demo{number}"


def _counted() -> dict[str, Any]:
    with system(reason="demonstration"):
        posted = Document.unscoped.filter(state="posted")
        return {
            "stores": OrgUnit.objects.filter(kind="store").count(),
            "entities": LegalEntity.objects.count(),
            "items": Item.objects.count(),
            "till_sales": posted.filter(type="till.sale").count(),
            "documents": posted.count(),
        }


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
