"""`bench pages`: the main screens over a hundred thousand documents, against the bare query.

A list of transfers is read at its beginning, in its middle and searched, with few documents and
with `--rows` of them: it must cost the same. Between the two minutes pass, in which a machine
becomes faster or slower, so each is taken in turn with a list that has no documents in either case,
and grows only where it grows against that. Its bare query asks for what the page shows and
nothing else: the rows with the names of the places, what each is about, how far it has come, and
the counts of the views. What the whole list comes to follows the page in a request of its own,
which is told apart. Then the other main screens, with their statements counted. Pages are asked for
as a browser does, signed in, through the whole program.

With `--cells 1000000` the company has so many items at places besides, and the first page of the
stock overview is read in turn with the bare statements of its items and their accounts.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from bench.stock_overview import BARE as BARE_CELLS
from bench.stock_overview import BARE_ITEMS
from tongpan.base import env
from tongpan.business.stock import overview as stock
from tongpan.config.laboratory import COMPANY, Laboratory, laboratory, named
from tongpan.config.proofs.shop import furnish, today
from tongpan.faces.cli import Result
from tongpan.kernel.documents.gate import run as act
from tongpan.kernel.ledger.upkeep import fold
from tongpan.kernel.org.models import Grant, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system

HELP = "主要页面的成本 · what the main screens cost, and as documents grow"
STORES, ITEMS, ROUNDS, PAIRS = 20, 1000, 15, 5
FEW, MANY = 1000, 100_000
STATEMENTS_MAX, RATIO_MAX, GROWTH_MAX = 12, 10.0, 1.3
HOST, LIST, NONE = "127.0.0.1", "/d/stock.transfer/", "/d/stock.count/"
BARE = """
select d.id, d.number, d.business_date, d.state, d.total, d.note, f.name, t.name, u.name, p.name,
       (select i.name from stock_transfer_line l join items_item i on i.id = l.item_id
          where l.document_id = d.id and l.position = 1),
       (select count(*) from stock_transfer_line l where l.document_id = d.id),
       (select avg(a.outflow / a.inflow) from stock_transfer_line l join account a
          on a.line = l.id and a.ledger = 'stock' and a.role = 'in_transit' and a.inflow > 0
          where l.document_id = d.id)
  from document d
  join stock_transfer b on b.document_id = d.id
  join places_place f on f.id = b.from_place_id
  join places_place t on t.id = b.to_place_id
  join org_unit u on u.id = d.org_unit_id
  left join person p on p.id = d.created_by_id
  where d.type = 'stock.transfer' and (d.org_unit_id = any(%s) or d.other_unit_id = any(%s))
  order by d.business_date desc, d.id desc limit 50
"""
BARE_VIEWS = """
select count(*) filter (where state = 'submitted'),
       count(*) filter (where state = 'draft' and created_by_id = %s)
  from document d
  where d.type = 'stock.transfer' and d.state in ('draft', 'submitted')
    and (d.org_unit_id = any(%s) or d.other_unit_id = any(%s))
"""


@dataclass(frozen=True)
class Cost:
    """What a page costs: its statements, the middle of its times, and of them in the database."""

    statements: int
    ms: float
    database_ms: float
    beside_ms: float  # of the list without documents, in turn with it

    @property
    def share(self) -> float:
        """Of what the list without documents costs."""
        return self.ms / self.beside_ms


def run(given: argparse.Namespace) -> Result:
    rows = given.rows or MANY
    settings.DEFAULT_COMPANY, settings.ALLOWED_HOSTS = COMPANY, [HOST]
    with laboratory(stores=STORES) as lab:
        with system(reason="the stage of a measurement"):
            furnish(STORES, ITEMS)
            owner = _an_owner()
            _one_transfer(owner)
            fold()
        client = Client(HTTP_HOST=HOST)
        client.force_login(owner, "tongpan.kernel.org.backend.PersonBackend")
        _copies(lab, min(FEW, rows))
        few = {name: _cost(client, url) for name, url in _of_lists(client).items()}
        few_sums = {
            name: _middle(lambda url=url: _sums(client, url)) for name, url in SUMMED.items()
        }
        _copies(lab, rows)
        many = {name: _cost(client, url) for name, url in _of_lists(client).items()}
        pairs = [(_bare(owner), _middle(lambda: client.get(LIST))) for _ in range(PAIRS)]
        bare = median(pair[0] for pair in pairs)
        sums = {name: _middle(lambda url=url: _sums(client, url)) for name, url in SUMMED.items()}
        others = {name: _cost(client, url) for name, url in _others().items()}
        cells = _of_cells(lab, client, given.cells) if given.cells else {}
    growth = {name: round(many[name].share / few[name].share, 2) for name in many}
    facts = {
        "documents": rows,
        "pages": {n: _told(cost) for n, cost in (many | others).items()},
        "few": {n: _told(cost) for n, cost in few.items()},
        "bare_ms": round(bare, 2),
        "ratio": round(median(ms / own_bare for own_bare, ms in pairs), 2),
        "database_ratio": round(many["list"].database_ms / bare, 2),
        "growth": growth,
        "totals_ms": {name: [round(few_sums[name], 1), round(sums[name], 1)] for name in sums},
        "statements": max(cost.statements for cost in (many | others).values()),
    } | cells
    holds = (
        0 < facts["statements"] <= STATEMENTS_MAX
        and facts["ratio"] <= RATIO_MAX
        and max(growth.values()) <= GROWTH_MAX
        and cells.get("cells_ratio", 0.0) <= RATIO_MAX
    )
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _an_owner() -> Person:
    owner = Person.objects.create(id=named("owner"), username="owner", name="老板", language="zh")
    role = Role.objects.create(code="owner", name="老板")
    RoleAction.objects.create(role=role, code="*")
    Grant.objects.create(person=owner, role=role, unit=OrgUnit.objects.get(code="lab"))
    return owner


def _one_transfer(owner: Person) -> None:
    """A posted transfer, of which the others are copies."""
    unit = OrgUnit.objects.get(pk=named("store 0"))
    with acting(owner, unit):
        header = {"from_place": str(named("store 0")), "to_place": str(named("store 1"))}
        lines = [{"item": str(named(f"item {n}")), "quantity": "2"} for n in range(3)]
        draft = act("stock.transfer.save", payload={"header": header, "lines": lines}).subject
        act("stock.transfer.post", draft)


FIRST = """
select id from document where type = 'stock.transfer' and number not like 'DB-COPY%'
"""
COPIED = ("document", "stock_transfer", "stock_transfer_line")
CHANGED = {
    "document": {"id": "new.id", "number": "'DB-COPY-' || new.n", "business_date": "new.day"},
    "stock_transfer": {"document_id": "new.id"},
    "stock_transfer_line": {"id": "gen_random_uuid()", "document_id": "new.id"},
}  # fmt: skip


def _copies(lab: Laboratory, wanted: int) -> None:
    """As many transfers as are wanted, over the past year. Only what lists read is copied."""
    with lab.connect(user="postgres") as admin:
        admin.execute("set session_replication_role = replica")
        (first,) = admin.execute(FIRST).fetchone() or (None,)
        (there,) = admin.execute("select count(*) from stock_transfer").fetchone() or (0,)
        admin.execute("create temp table new (id uuid, n int, day date)")
        admin.execute(
            "insert into new select gen_random_uuid(), n, %s - (n %% 365)"
            " from generate_series(%s::int, %s) n",
            [today(), there, wanted],
        )
        for table in COPIED:
            names = _columns(admin, table)
            chosen = ", ".join(CHANGED[table].get(name, f"o.{name}") for name in names)
            key = "id" if table == "document" else "document_id"
            admin.execute(
                f"insert into {table} ({', '.join(names)})"  # type: ignore[arg-type]
                f" select {chosen} from new, {table} o where o.{key} = '{first}'"
            )
        admin.execute("drop table new")
        admin.execute("vacuum analyze")


def _columns(admin: Any, table: str) -> list[str]:
    rows = admin.execute(
        "select column_name from information_schema.columns where table_schema = %s"
        " and table_name = %s and is_generated = 'NEVER' order by ordinal_position",
        [COMPANY, table],
    )
    return [name for (name,) in rows]


OF_CELLS = {
    "items_item": ("o.id = %s", {"id": "new.id", "code": "'C' || new.n"}),
    "account": (
        "o.ledger = 'stock' and o.role = 'shelf' and o.unit = %s",
        {"id": "(select max(id) from account) + row_number() over ()", "unit": "new.id"},
    ),
}  # fmt: skip


def _of_cells(lab: Laboratory, client: Client, wanted: int) -> dict[str, Any]:
    """What the first page of stock costs among so many items at places."""
    with lab.connect(user="postgres") as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("create temp table new as select gen_random_uuid() as id, n from"
                      " generate_series(1, %s::int) n", [wanted // STORES - ITEMS])  # fmt: skip
        for table, (condition, changed) in OF_CELLS.items():
            names = _columns(admin, table)
            chosen = ", ".join(changed.get(name, f"o.{name}") for name in names)
            admin.execute(
                f"insert into {table} ({', '.join(names)}) overriding system value"  # type: ignore[arg-type]
                f" select {chosen} from new, {table} o where {condition}",
                [named("item 7")],
            )
        admin.execute("vacuum analyze")
    stores = [named(f"store {n}") for n in range(STORES)]
    with schema_context(COMPANY), system(reason="a measurement"):
        assert _first_page(stores) > 0 < _bare_cells(stores)
        ours, bare = _in_turn(lambda: _first_page(stores), lambda: _bare_cells(stores))
    whole = {name: _told(_cost(client, url)) for name, url in OF_STOCK.items()}
    return {
        "cells": wanted,
        "cells_ms": round(ours, 1),
        "cells_bare_ms": round(bare, 1),
        "cells_ratio": round(ours / bare, 2),
        "cells_pages": whole,
    }


OF_STOCK = {
    "stock": "/stock/", "stock_out": "/stock/?view=short", "stock_searched": "/stock/?q=I77",
    "stock_dashboard": "/stock-board/", "home": "/",
}  # fmt: skip


def _first_page(stores: list[UUID]) -> int:
    return len(stock.overview(stock.Wanted(view="kept"), stores).figures)


def _bare_cells(stores: list[UUID]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(BARE_ITEMS, [stock.PAGE_SIZE])
        cursor.execute(BARE_CELLS, [[pk for (pk,) in cursor.fetchall()], stores])
        return len(cursor.fetchall())


def _of_lists(client: Client) -> dict[str, str]:
    """The list at its beginning, at a page in its middle, searched, and narrowed to a store."""
    day = today() - timedelta(days=180)
    middle = f"{LIST}?until={day.isoformat()}"
    second = _next(client, middle)
    return {
        "list": LIST,
        "list_in_the_middle": second,
        "list_searched": f"{LIST}?q=DB-COPY-1",
        "list_of_a_place": f"{LIST}?from_place={named('store 0')}",
    }


SUMMED = {"list": LIST, "list_searched": f"{LIST}?q=DB-COPY-1"}


def _sums(client: Client, url: str) -> None:
    """What a whole list comes to, as a page asks for it that is there already."""
    answer = client.get(url, headers={"X-Parts": "totals"})
    assert answer.content.strip().startswith(b'<div class="totals"')


def _next(client: Client, url: str) -> str:
    """The address of the page after this one."""
    page = client.get(url).content.decode()
    found = re.search(r'href="(\?[^"]*(?:after|cursor|next)[^"]*)"', page)
    return LIST + found[1].replace("&amp;", "&") if found else url


def _others() -> dict[str, str]:
    item, month = named("item 7"), today() - timedelta(days=27)
    return {
        "home": "/",
        "stock": "/stock/",
        "stock_card": f"/stock/card/?item={item}&unit={named('store 0')}",
        "items": "/m/items.item/",
        "item": f"/m/items.item/{item}/",
        "parties": "/m/parties.party/",
        "stock_dashboard": "/stock-board/",
        "sales_of_the_day": "/sales/day/",
        "sales_dashboard": "/sales/board/",
        "sales_of_28_days": f"/sales/board/?on_from={month}&on_to={today()}",
        "results": "/money/results/",
        "document": f"/d/stock.transfer/{_latest()}/",
        "new_document": "/d/stock.transfer/new",
        "integrity": "/integrity/",
    }


def _latest() -> UUID:
    with schema_context(COMPANY), connection.cursor() as cursor:
        cursor.execute(
            "select id from document where type = 'stock.transfer' and number like 'DB-COPY%'"
            " order by business_date desc, id desc limit 1"
        )
        found: UUID = cursor.fetchone()[0]
        return found


def _cost(client: Client, url: str) -> Cost:
    answer = client.get(url, follow=True)  # the first time something is remembered
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    statements = len(asked)  # the next request empties the log
    in_database = sum(float(query["time"]) for query in asked.captured_queries) * 1000
    print(f"{url} {statements}", file=sys.stderr)
    ms, beside_ms = _in_turn(lambda: client.get(url), lambda: client.get(NONE))
    return Cost(statements, ms, in_database, beside_ms)


def _bare(owner: Person) -> float:
    with schema_context(COMPANY), connection.cursor() as cursor:
        cursor.execute("select id from org_unit")
        units = [pk for (pk,) in cursor.fetchall()]

        def ask() -> Sequence[object]:
            cursor.execute(BARE, [units, units])
            rows: Sequence[object] = cursor.fetchall()
            assert len(rows) == 50
            cursor.execute(BARE_VIEWS, [owner.pk, units, units])
            cursor.fetchone()
            return rows

        return _middle(ask)


def _middle(ask: Callable[[], object]) -> float:
    return _in_turn(ask)[0]


def _in_turn(*asks: Callable[[], object]) -> list[float]:
    """The middle of the times of each, in ms."""
    taken: list[list[float]] = [[] for _ask in asks]
    for _ in range(ROUNDS):
        for ask, times in zip(asks, taken, strict=True):
            began_s = env.monotonic_s()
            ask()
            times.append((env.monotonic_s() - began_s) * 1000)
    return [median(times) for times in taken]


def _told(cost: Cost) -> dict[str, float]:
    return {
        "statements": cost.statements,
        "ms": round(cost.ms, 1),
        "database_ms": round(cost.database_ms, 1),
    }
