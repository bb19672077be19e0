"""`bench post_growth`: what one more fact costs when so many entries are there already.

Measures an almost empty ledger, fills the past thirteen months with `--entries` entries through the
same tables, keys and indexes, and measures again. Partitions by month keep the cost flat.
"""

import argparse
from datetime import timedelta

from bench.post import least_disturbed, measure, prepare
from tongpan.base import env
from tongpan.config.laboratory import Laboratory, laboratory
from tongpan.faces.cli import Result

HELP = "数据增长后的过账成本 · what a sale costs when the ledger has grown"
STORES = 8
RATIO_MAX = 1.5
PER_POSTING, AT_ONCE = 8, 200_000
MONTHS = 13


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=STORES) as lab:
        prepare(lab)
        measure(lab, "ours", 1, given.seconds)  # the first 10,000 entries or so
        small = least_disturbed(
            [measure(lab, "ours", 1, given.seconds, seed=n) for n in range(given.repeats)]
        )
        before = entries_of(lab)
        fill(lab, given.entries)
        large = least_disturbed(
            [measure(lab, "ours", 1, given.seconds, seed=50 + n) for n in range(given.repeats)]
        )
        ratio = round(large["cpu_ms"] / small["cpu_ms"], 2)
        facts = {
            "entries_before": before,
            "entries": entries_of(lab),
            "small": small,
            "large": large,
            "ratio": ratio,
        }
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=ratio <= RATIO_MAX, facts=facts, text=text)


def fill(lab: Laboratory, entries: int) -> None:
    """Sales of the past months between accounts that are there, written straight to the tables.

    Totals are left as they are: only the size of tables and indexes matters here.
    """
    today = env.now().date()
    with lab.connect() as owner:
        (accounts,) = owner.execute("select array_agg(id) from account").fetchone() or ([],)
        done = 0
        while done < entries:
            day = today - timedelta(days=int(done / entries * 30 * MONTHS))
            owner.execute("select ledger_ensure_month(%s)", [day])
            owner.execute(
                "with new as ("
                "  insert into posting (id, document, kind, business_date, posted_at, digest)"
                "  select gen_random_uuid(), gen_random_uuid(), 'post', %(day)s, now(), '\\x00'"
                "    from generate_series(1, %(postings)s) returning id)"
                " insert into entry"
                "  select id, n, %(day)s, now(),"
                "    (%(accounts)s::bigint[])[1 + (random() * %(half)s)::int],"
                "    (%(accounts)s::bigint[])[2 + %(half)s + (random() * (%(half)s - 2))::int],"
                "    1, null from new, generate_series(1, %(each)s) n",
                {
                    "day": day,
                    "postings": AT_ONCE // PER_POSTING,
                    "each": PER_POSTING,
                    "accounts": accounts,
                    "half": len(accounts) // 2,
                },
            )
            done += AT_ONCE
    with lab.connect(user="postgres") as admin:
        admin.execute("vacuum analyze")
        admin.execute("checkpoint")


def entries_of(lab: Laboratory) -> int:
    with lab.connect() as owner:
        row = owner.execute("select count(*) from entry").fetchone()
    assert row is not None
    return int(row[0])
