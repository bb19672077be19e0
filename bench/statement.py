"""`bench statement`: a page of an account's statement, against a bare indexed query.

A hundred movements of the last four weeks with a running balance, of one item's shelf in one
store, after `--entries` entries were put into the past thirteen months.
"""

import argparse
from collections.abc import Callable
from datetime import timedelta
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.ring_up import ITEMS, STORES, _open_everything
from bench.ring_up_growth import entries_of, fill
from tongpan.base import env
from tongpan.business.stock import accounts as at
from tongpan.config.laboratory import laboratory, named
from tongpan.config.proofs.shop import furnish
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.ledger.queries import Where, latest, statement
from tongpan.kernel.ledger.upkeep import fold

HELP = "一页明细账的成本 · what a page of a statement costs against a bare indexed query"
MOVEMENTS, ROUNDS, WEEKS = 100, 25, 4
RATIO_MAX, STATEMENTS_MAX = 5.0, 2
BARE = """
select posting, n, business_date, posted_at, source, target, amount, value from (
  select * from entry where source = %(account)s and business_date >= %(since)s
  union all
  select * from entry where target = %(account)s and business_date >= %(since)s
) e order by business_date, posted_at, posting, n limit %(limit)s
"""


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=STORES) as lab:
        furnish(STORES, ITEMS)
        _open_everything()
        fold()  # as the relay does all the time
        fill(lab, given.entries)
        store = named("store 0")
        shelf = at.shelf(store, store, named("item 0"))
        account = Account.unscoped.get(key=shelf.key)
        where = Where(keys=[shelf.key])
        since = env.now().date() - timedelta(weeks=WEEKS)

        def page() -> None:
            assert len(statement(where, since=since, limit=MOVEMENTS).movements) > 0

        def newest() -> None:
            assert len(latest(where, limit=MOVEMENTS)) > 0

        def bare() -> None:
            with connection.cursor() as cursor:
                cursor.execute(BARE, {"account": account.pk, "since": since, "limit": MOVEMENTS})
                assert len(cursor.fetchall()) > 0

        times = _in_turn([page, newest, bare])
        with CaptureQueriesContext(connection) as asked:
            page()
        entries = entries_of(lab)
    ours, end, limit = (round(median(times[act]), 2) for act in (page, newest, bare))
    facts = {
        "entries": entries, "page_ms": ours, "latest_ms": end, "bare_ms": limit,
        "ratio": round(ours / limit, 2), "latest_ratio": round(end / limit, 2),
        "statements": len(asked),
    }  # fmt: skip
    holds = facts["ratio"] <= RATIO_MAX and len(asked) <= STATEMENTS_MAX
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _in_turn(acts: list[Callable[[], None]]) -> dict[Callable[[], None], list[float]]:
    """Milliseconds of each act, round by round, so that noise hits all alike."""
    times: dict[Callable[[], None], list[float]] = {act: [] for act in acts}
    for _ in range(ROUNDS):
        for act, taken in times.items():
            began_s = env.monotonic_s()
            act()
            taken.append((env.monotonic_s() - began_s) * 1000)
    return times
