"""Checking the books while the program runs: what `./tongpan verify` does, for a page to show.

A check reads every row, so it is a job. What it found is kept, and an event tells the open pages.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.kernel.documents import audit
from tongpan.kernel.documents.models import BooksCheck
from tongpan.kernel.events import feed
from tongpan.kernel.events.jobs import enqueue, job
from tongpan.kernel.events.recording import record
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.ledger import checks
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import declare_permission

SEE = "ledger.integrity.view"
CHECKED = declare_event("ledger.integrity.checked", "Books checked")
JOB = "ledger.integrity.check"
EXAMPLES_MOST = 10

declare_permission(SEE, _("See and run the check of the books"))


@job(JOB, tries=2, cron="40 4 * * *")
def check(asked_by: str | None = None) -> None:
    """Run every check and keep what it found. Once a night, and whenever somebody asks."""
    began = env.monotonic_s()
    found = [*checks.verify(), *feed.verify(), *audit.verify()]
    stock, money = checks.worth()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from entry")
        entries = int(cursor.fetchone()[0])
    findings: dict[str, Any] = {
        "entries": entries,
        "stock_value": str(stock),
        "inventory_account": str(money),
        "ms": int((env.monotonic_s() - began) * 1000),
        "asked_by": asked_by,
        "invariants": [
            {
                "code": one.code,
                "checked": one.checked,
                "violations": len(one.violations),
                "examples": list(one.violations[:EXAMPLES_MOST]),
            }
            for one in found
        ],
    }
    top = OrgUnit.objects.filter(parent=None).earliest("path")
    kept = BooksCheck.objects.create(at=env.now(), findings=findings)
    violations = sum(one["violations"] for one in findings["invariants"])
    record(CHECKED, kept.pk, top.pk, {"violations": violations}, business_date(top, kept.at))


def ask(person: UUID | None) -> None:
    """Have the books checked soon, by a worker."""
    enqueue(JOB, asked_by=str(person) if person else None)


def last_check() -> BooksCheck | None:
    """The newest check."""
    return BooksCheck.objects.order_by("-at").first()


def is_sound(findings: dict[str, Any]) -> bool:
    """Whether nothing was wrong, and stock and money agree to the cent."""
    agree = Decimal(findings["stock_value"]) == Decimal(findings["inventory_account"])
    return agree and not any(one["violations"] for one in findings["invariants"])
