"""A throw-away company with a real database, for proofs and measurements.

The laboratory is a data folder of its own under `build/`, with the durable settings of a real one.
Its empty company is migrated once; every proof works in a copy of it that is dropped at the end.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid5

import psycopg
from django.db import connection
from django_tenants.utils import schema_context
from psycopg import sql

from tongpan.base import env
from tongpan.config import companies, databases, embedded, installation
from tongpan.kernel.ledger.install import functions

DATA = installation.ROOT / "build" / "laboratory"
COMPANY = "laboratory"
NAMES = UUID(int=2026)  # ids of the stage are made from names, so every process knows them


@lru_cache(maxsize=65536)
def named(name: str) -> UUID:
    """The id of what stands on the stage under this name. Kept: a till sends ids that it knows."""
    return uuid5(NAMES, name)


@dataclass(frozen=True)
class Laboratory:
    """A copy of the empty company. The process's own Django connection works in it."""

    opened: installation.Installation
    database: str

    @property
    def environ(self) -> dict[str, str]:
        """For every process that shall work in it."""
        return {**self.opened.environ, "TONGPAN_DATABASE": self.database}

    def connect(self, *, user: str = databases.OWNER) -> psycopg.Connection[Any]:
        """A bare connection that commits each statement, in the company's schema."""
        assert self.opened.server is not None
        dsn = self.opened.server.dsn(user=user, database=self.database)
        bare = psycopg.connect(dsn, autocommit=True)
        bare.execute(sql.SQL("set search_path to {}, public").format(sql.Identifier(COMPANY)))
        return bare

    def start(self, module: str, *arguments: str, errors: IO[str] | None = None) -> "Worker":
        """A fresh process of the program that runs this module and talks in lines."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=self.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=errors, text=True, bufsize=1,
        )  # fmt: skip

    def install_ledger(self, *changes: tuple[str, str]) -> None:
        """Put the ledger's functions in again, with changes to their text."""
        text = functions()
        for old, new in changes:
            assert text.count(old) >= 1, f"The functions have no {old!r}."
            text = text.replace(old, new)
        with self.connect() as owner:
            owner.execute(text.replace("{schema}", COMPANY).encode())


Worker = subprocess.Popen[str]


@contextmanager
def laboratory(*, stores: int | None = 1) -> Iterator[Laboratory]:
    """Inside, a fresh company with some stores is there, and Django works in it.

    None: nothing is there yet, not even the company's own unit.
    """
    os.environ["TONGPAN_DATABASE"] = (
        f"empty_{companies.hash_of_tables()}"  # for every process of ours
    )
    with installation.opened(DATA, dies_with_us=False) as opened:
        installation.make_ready(opened, "nothing", _say)
        _make_the_empty_company(opened)
        _drop_left_overs(opened)
        made = Laboratory(opened, f"proof_{os.getpid()}_{env.token(3)}")
        _copy(opened, made.database)
        before = dict(connection.settings_dict)
        connection.close()
        assert opened.server is not None
        connection.settings_dict.update(
            NAME=made.database, USER=databases.APP, HOST=str(opened.server.socket_dir),
            PORT=str(embedded.PORT),
        )  # fmt: skip
        try:
            with schema_context(COMPANY):
                if stores is not None:
                    make_stores(stores)
                yield made
        finally:
            connection.close()
            connection.settings_dict.update(before)
            _drop(opened, made.database)


def make_stores(count: int) -> None:
    """One legal entity with its stores, whose ids are `named("store 0")` and so on."""
    from tongpan.kernel.org.models import LegalEntity, OrgUnit
    from tongpan.kernel.org.scope import system

    with system(reason="the stage of a proof"):
        entity = LegalEntity.objects.create(id=named("entity"), name="Laboratory")
        top = OrgUnit.objects.create(kind="company", code="lab", name="Lab", entity=entity)
        for n in range(count):
            OrgUnit.objects.create(
                id=named(f"store {n}"), parent=top, kind="store", code=f"s{n}", name=f"Store {n}",
                entity=entity,
            )  # fmt: skip


def put_on_shelves(stores: int, items: range, quantity: int, cost: Decimal) -> None:
    """Opening stock of every item in every store, a hundred of them in one call."""
    from tongpan.business.books import opening_equity
    from tongpan.business.stock import accounts as at
    from tongpan.kernel.ledger.posting import Fact, Move, post

    today = env.now().date()
    for n in range(stores):
        store = named(f"store {n}")
        moves = [
            Move(
                at.opening(store, item), at.shelf(store, store, item), Decimal(quantity),
                cost * quantity, feeds=(opening_equity(store), at.inventory(store)),
            )
            for item in (named(f"item {i}") for i in items)
        ]  # fmt: skip
        for k in range(0, len(moves), 100):
            post([Fact(env.new_id(), env.new_id(), today, tuple(moves[k : k + 100]))])


def _make_the_empty_company(opened: installation.Installation) -> None:
    with psycopg.connect(opened.admin_dsn, dbname=opened.database) as admin:
        there = admin.execute("select to_regnamespace(%s)", [COMPANY]).fetchone()
    if there and there[0]:
        return
    _say("正在建立实验室", "Making the laboratory")
    companies.as_owner("create", "--schema", COMPANY, "--name", "Laboratory",
                       environ=opened.environ)  # fmt: skip


def _copy(opened: installation.Installation, name: str) -> None:
    with psycopg.connect(opened.admin_dsn, autocommit=True) as admin:
        copy = "create database {} owner {} template {} strategy file_copy"
        parts = map(sql.Identifier, (name, databases.OWNER, opened.database))
        admin.execute(sql.SQL(copy).format(*parts))


def _drop_left_overs(opened: installation.Installation) -> None:
    """What killed proofs left behind, and empty companies whose tables nobody uses any more."""
    with psycopg.connect(opened.admin_dsn) as admin:
        rows = admin.execute("select datname from pg_database where not datistemplate").fetchall()
    for (name,) in rows:
        kind, _, rest = name.partition("_")
        is_ours = kind == "proof" and Path(f"/proc/{rest.partition('_')[0]}").exists()
        if kind in ("proof", "empty") and not is_ours and name != opened.database:
            _drop(opened, name)


def _drop(opened: installation.Installation, name: str) -> None:
    with psycopg.connect(opened.admin_dsn, autocommit=True) as admin:
        drop = sql.SQL("drop database if exists {} with (force)")
        admin.execute(drop.format(sql.Identifier(name)))


def _say(chinese: str, english: str) -> None:
    print(f"{chinese} · {english}", file=sys.stderr, flush=True)
