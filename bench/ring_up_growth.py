"""`bench ring_up_growth`: what one more sale costs when so many entries are there already.

Measures a till that has hardly sold anything, fills the past thirteen months with whole sales
(request, document, slip, lines, payment, history, event, posting, entries) until `--entries`
entries are there, and measures again. Partitions by month keep the cost flat.
"""

import argparse
import sys
from datetime import timedelta
from uuid import UUID

from psycopg import sql

from bench.ring_up import ITEMS, STORES, _open_everything, tills
from bench.rounds import alone, by_turns, middle
from tongpan.base import env
from tongpan.config.laboratory import Laboratory, laboratory
from tongpan.config.proofs.shop import furnish
from tongpan.faces.cli import Result
from tongpan.kernel.ledger.upkeep import fold

HELP = "数据增长后的一笔零售 · what a sale costs when the books have grown (--entries)"
RATIO_MAX = 1.5
LATEST = "select id from document where type = 'till.sale' order by id desc limit 1"
PER_SALE, MONTHS, AT_ONCE = 7, 13, 20_000

# Of each table: by which column a sale is found in it, and what a copy has of its own. What is left
# out takes its default.
COPIED: dict[str, tuple[str, dict[str, str]]] = {
    "request": ("id", {"id": "sale", "subject": "sale"}),
    "document": ("id", {"id": "sale", "number": "'G' || nth", "business_date": "day"}),
    "till_sale": ("document_id", {"document_id": "sale", "invoice_token": "md5(sale::text)"}),
    "till_sale_line": (
        "document", {"id": "gen_random_uuid()", "document": "sale", "business_date": "day"},
    ),
    "till_payment": (
        "document", {"id": "gen_random_uuid()", "document": "sale", "business_date": "day"},
    ),
    "history": (
        "subject",
        {"id": "gen_random_uuid()", "subject": "sale", "business_date": "day", "at": "day"},
    ),
    "event": (
        "subject",
        {"id": "gen_random_uuid()", "subject": "sale", "business_date": "day", "seq": "",
         "xid": ""},
    ),
    "posting": ("id", {"id": "sale", "document": "sale", "business_date": "day"}),
    "entry": (
        "posting",
        {"posting": "sale", "business_date": "day", "source": "{first}", "target": "{second}"},
    ),
}  # fmt: skip
CUT = ("history", "events", "ledger", "till_sale_line", "till_payment")


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=STORES) as lab:
        furnish(STORES, ITEMS)
        statements = _open_everything()
        fold()
        _tidy(lab)
        with tills(lab, "action", seed=0) as till:
            alone(till, given.seconds)  # the first thousand entries
            before = entries_of(lab)
            small = by_turns({"small": till}, given.seconds * given.repeats)["small"]
        fill(lab, given.entries)
        with tills(lab, "action", seed=50) as till:
            large = by_turns({"large": till}, given.seconds * given.repeats)["large"]
        entries = entries_of(lab)
    at_first, grown = middle(small), middle(large)
    ratio = round(grown["cpu_ms"] / at_first["cpu_ms"], 2)
    facts = {
        "entries_before": before, "entries": entries, "small": at_first, "large": grown,
        "statements": statements, "ratio": ratio,
    }  # fmt: skip
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=ratio <= RATIO_MAX, facts=facts, text=text)


def fill(lab: Laboratory, entries: int) -> None:
    """Whole sales of the past months, each a copy of the latest one, between accounts of all kinds.

    Totals are left as they are: only the size of tables and indexes matters here.
    """
    today = env.now().date()
    with lab.connect(user="postgres") as admin:
        admin.execute("set session_replication_role = replica")  # the copies refer to what is there
        (sale,) = admin.execute(LATEST).fetchone() or (None,)
        accounts = [pk for (pk,) in admin.execute("select id from account order by id")]
        admin.execute("create temp table new (sale uuid, nth int, day date)")
        copies = [_copy(lab, table, sale, accounts) for table in COPIED]
        wanted = entries // PER_SALE
        for done in range(0, wanted, AT_ONCE):
            day = today - timedelta(days=int(done / wanted * 30 * MONTHS))
            for name in CUT:
                admin.execute(
                    sql.SQL("select {}(%s)").format(sql.Identifier(f"{name}_ensure_month")), [day]
                )
            admin.execute("truncate new")
            admin.execute(
                "insert into new select gen_random_uuid(), n, %s"
                " from generate_series(%s::int, %s) n",
                [day, done, min(done + AT_ONCE, wanted) - 1],
            )
            for copy in copies:
                admin.execute(copy)
            if done // AT_ONCE % 10 == 0:
                print(f"{done * PER_SALE} entries", file=sys.stderr, flush=True)
    _tidy(lab)


def _copy(lab: Laboratory, table: str, sale: UUID, accounts: list[int]) -> str:
    """The statement that copies one sale's rows of a table for each of the new sales."""
    half = len(accounts) // 2
    some = f"(array{accounts[:half]})[1 + floor(random() * {half})::int]"
    others = f"(array{accounts[half:]})[1 + floor(random() * {len(accounts) - half})::int]"
    key, own = COPIED[table]
    with lab.connect(user="postgres") as admin:
        names = [name for (name,) in admin.execute(
            "select column_name from information_schema.columns"
            " where table_schema = current_schema and table_name = %s and is_generated = 'NEVER'"
            " order by ordinal_position", [table]
        )]  # fmt: skip
    kept = [name for name in names if own.get(name, "x")]
    values = [own.get(name, f"old.{name}").format(first=some, second=others) for name in kept]
    return (
        f"insert into {table} ({', '.join(kept)}) select {', '.join(values)}"
        f" from new, {table} old where old.{key} = '{sale}'"
    )


def _tidy(lab: Laboratory) -> None:
    with lab.connect(user="postgres") as admin:
        admin.execute("vacuum analyze")
        admin.execute("checkpoint")


def entries_of(lab: Laboratory) -> int:
    with lab.connect() as owner:
        row = owner.execute("select count(*) from entry").fetchone()
    assert row is not None
    return int(row[0])
