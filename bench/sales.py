"""The sale that is measured: three lines, eight entries in three ledgers."""

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from tongpan.base import env
from tongpan.business.books import CNY
from tongpan.business.stock import accounts as at
from tongpan.config.laboratory import named
from tongpan.kernel.ledger.keys import NOBODY, AccountKey
from tongpan.kernel.ledger.posting import Fact, Move
from tongpan.kernel.ledger.roles import declare_role

LINES = 3
ROWS = {"posting": 1, "entry": 8, "account": LINES, "unfolded": 1}

declare_role("stock", "bench_customer")
for _role in ("bench_revenue", "bench_tax", "bench_receivable", "bench_cash", "bench_cost"):
    declare_role("money", _role)
for _role in ("bench_programme", "bench_earned"):
    declare_role("points", _role)


def money(store: UUID, role: str) -> AccountKey:
    return AccountKey("money", store, f"bench_{role}", NOBODY, CNY)


def baskets(
    seed: int, *, stores: int, items: int, is_hot: bool
) -> Iterator[tuple[UUID, list[tuple[UUID, int, Decimal]]]]:
    """Endless baskets (store, lines of item, quantity, price); some items sell far more."""
    chance = random.Random(seed)
    while True:
        store = named("store 0" if is_hot else f"store {chance.randrange(stores)}")
        chosen: set[int] = set()
        while len(chosen) < LINES:
            chosen.add(int(items * chance.random() ** 3))
        yield (
            store,
            [
                (named(f"item {n}"), chance.randint(1, 3), Decimal(199 + n % 5000) / 100)
                for n in sorted(chosen)
            ],
        )


def sale(store: UUID, lines: list[tuple[UUID, int, Decimal]], on: date) -> Fact:
    total = sum((price * quantity for _, quantity, price in lines), Decimal(0))
    tax = (total * 13 / 113).quantize(Decimal("0.01"))
    feeds = (at.inventory(store), money(store, "cost"))
    receivable, member = money(store, "receivable"), named("member")
    goods = [
        Move(
            at.shelf(store, store, item),
            AccountKey("stock", store, "bench_customer", NOBODY, item),
            Decimal(quantity),
            feeds=feeds,
        )
        for item, quantity, _ in lines
    ]
    programme = AccountKey("points", store, "bench_programme", NOBODY, NOBODY)
    earned = AccountKey("points", store, "bench_earned", member, NOBODY)
    return Fact(
        env.new_id(),
        env.new_id(),
        on,
        (
            *goods,
            Move(money(store, "revenue"), receivable, total - tax),
            Move(money(store, "tax"), receivable, tax),
            Move(receivable, money(store, "cash"), total),
            Move(programme, earned, Decimal(int(total) + 1)),
        ),
    )
