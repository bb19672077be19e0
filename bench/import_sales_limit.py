"""What bringing in sales costs at least: a hundred a transaction, one statement a table.

The rows are those that the import wrote, with every id and figure known. The shelves are locked in
one order and checked, the numbers are counted on, and the accounts that the sales opened are opened
again. The copies of the tables have the same keys, foreign keys, indexes and partitions as ours;
only accounts have neither foreign keys nor triggers there, which is on the limit's side.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from bench.ring_up_limit import FOREIGN_KEYS

BATCH = 100
OF_A_SALE = {
    "document": "id", "till_sale": "document_id", "till_sale_line": "document",
    "till_payment": "document", "history": "subject", "event": "subject", "posting": "id",
    "entry": "posting", "unfolded": "posting",
}  # fmt: skip
CUT = ("till_sale_line", "till_payment", "history", "event", "entry")
GENERATED = {"account": ("key", "kept"), "event": ("seq", "xid")}
SALES = "(select id from document where type = 'till.sale')"
# What the sales named first; everything else was open before them.
OPENED = f"""
(select id from account a where not valued
   and exists (select from entry where a.id in (source, target) and posting in {SALES})
   and not exists (select from entry where a.id in (source, target) and posting not in {SALES}))
"""
OPEN = ("id", "ledger", "org_unit", "role", "holder", "unit", "lot", "entity", "floor", "valued",
        "is_mirror", "inflow")  # fmt: skip

BARE_SQL = (
    "create schema bare;"
    + "".join(
        f"create table bare.{table} (like {table} including all)"
        + (
            f" partition by range (business_date);"
            f"create table bare.{table}_now partition of bare.{table} default;"
            if table in CUT
            else ";"
        )
        for table in (*OF_A_SALE, "number_series", "account")
    )
    + FOREIGN_KEYS
    + """
grant usage on schema bare to tp_app;
grant all on all tables in schema bare to tp_app;
grant usage on sequence event_seq to tp_app;
"""
)
BEGIN = (
    f"truncate {', '.join(f'bare.{table}' for table in (*OF_A_SALE, 'number_series', 'account'))};"
    + f"""
insert into bare.account ({", ".join(OPEN)}) overriding system value
  select {", ".join(OPEN)} from account where id not in {OPENED};
"""
)

SHELVES = """
with z as (
  select id, sum(amount) as amount, sum(value) as value
    from unnest(%s::bigint[], %s::numeric[], %s::numeric[]) z(id, amount, value) group by id
), k as (
  select a.id, z.amount, z.value, a.inflow - a.outflow - z.amount >= a.floor as is_enough
    from z join bare.account a using (id) order by a.id for update of a
), u as (
  update bare.account a set outflow = a.outflow + k.amount, value_out = a.value_out + k.value
    from k where a.id = k.id and k.is_enough returning 1
)
select (select count(*) from u) = (select count(*) from z)
"""
COUNT_ON = """
insert into bare.number_series as s (key, last) select * from unnest(%s::text[], %s::int[])
on conflict (key) do update set last = s.last + excluded.last
"""

Rows = list[tuple[Any, ...]]


class Limit:
    """All batches of the files, as Python values, and the writing of them."""

    def __init__(self) -> None:
        self.cursor = connection.connection.cursor()
        self.columns = {table: _columns(table) for table in (*OF_A_SALE, "account")}
        self.insert = {table: _insert(table, types) for table, types in self.columns.items()}
        self.batches = list(self._batches())

    def begin(self) -> None:
        """The tables as they were before the first sale."""
        self.cursor.execute(BEGIN.encode())

    def write(self, batches: Sequence[dict[str, Rows]]) -> None:
        for batch in batches:
            with transaction.atomic():
                for table in ("account", *OF_A_SALE):
                    if batch[table]:
                        self.cursor.execute(self.insert[table], _arrays(batch[table]), prepare=True)
                self.cursor.execute(COUNT_ON, _arrays(batch["number_series"]), prepare=True)
                self.cursor.execute(SHELVES, _arrays(batch["shelves"]), prepare=True)
                [is_enough] = self.cursor.fetchone() or (False,)
                assert is_enough, "The limit has the shelves of the import."

    def counted(self) -> dict[str, int]:
        """The rows that were written, table by table."""
        rows = {table: self._one(f"select count(*) from bare.{table}") for table in OF_A_SALE}
        opened = f"select count(*) from bare.account where id in {OPENED}"
        return {**rows, "account": self._one(opened)}

    def _batches(self) -> Iterator[dict[str, Rows]]:
        order = "select id from document where type = 'till.sale' order by created_at, id"
        sales = [pk for (pk,) in self._all(order)]
        by_sale = {table: self._by_sale(table, name) for table, name in OF_A_SALE.items()}
        names = list(self.columns["account"])
        said = f"select {', '.join(names)} from account where id in {OPENED}"
        opened = {row[0]: row for row in self._all(said)}
        shelves = {pk for (pk,) in self._all("select id from account where valued")}
        source, target, amount, value = (
            list(self.columns["entry"]).index(n) for n in ("source", "target", "amount", "value")
        )
        number = list(self.columns["document"]).index("org_unit_id")
        for first in range(0, len(sales), BATCH):
            some = sales[first : first + BATCH]
            batch = {table: [row for pk in some for row in rows.get(pk, ())]
                     for table, rows in by_sale.items()}  # fmt: skip
            entries = batch["entry"]
            named = dict.fromkeys(n for row in entries for n in (row[source], row[target]))
            batch["account"] = [opened.pop(n) for n in named if n in opened]
            batch["shelves"] = [
                (row[source], row[amount], row[value]) for row in entries if row[source] in shelves
            ]
            counted = Counter(str(row[number]) for row in batch["document"])
            batch["number_series"] = list(counted.items())
            yield batch

    def _by_sale(self, table: str, name: str) -> dict[UUID, Rows]:
        names = list(self.columns[table])
        chosen = ", ".join(f"{n}::text" if t == "jsonb" else n
                           for n, t in self.columns[table].items())  # fmt: skip
        rows = self._all(f"select {chosen} from {table} where {name} in {SALES} order by {name}")
        of = itemgetter(names.index(name))
        return {pk: list(some) for pk, some in groupby(rows, of)}

    def _all(self, query: str) -> Rows:
        return self.cursor.execute(query.encode()).fetchall()

    def _one(self, query: str) -> int:
        return int(self._all(query)[0][0])


def counted_of_ours() -> dict[str, int]:
    """The same of the import's own rows."""
    cursor = connection.connection.cursor()
    rows = {}
    for table, name in OF_A_SALE.items():
        query = f"select count(*) from {table} where {name} in {SALES}"
        [rows[table]] = cursor.execute(query.encode()).fetchone() or (0,)
    query = f"select count(*) from account where id in {OPENED}"
    [rows["account"]] = cursor.execute(query.encode()).fetchone() or (0,)
    return rows


def _columns(table: str) -> dict[str, str]:
    """The columns of a table that are written, with their types."""
    left_out = GENERATED.get(table, ())
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
            [table],
        )
        return {name: kind for name, kind in cursor.fetchall() if name not in left_out}


def _insert(table: str, columns: dict[str, str]) -> bytes:
    values = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    overriding = " overriding system value" if table == "account" else ""
    return (
        f"insert into bare.{table} ({', '.join(columns)}){overriding}"
        f" select * from unnest({values})"
    ).encode()


def _arrays(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    """Each column as the text of an array."""
    return ["{" + ",".join(map(_said, column)) + "}" for column in zip(*rows, strict=True)]


def _said(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case int() | Decimal() | UUID() | date():
            return f'"{value}"' if isinstance(value, datetime) else str(value)
        case bytes():
            return f'"\\\\x{value.hex()}"'
        case _:
            return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
