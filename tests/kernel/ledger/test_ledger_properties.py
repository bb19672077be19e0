"""The invariants of the ledger after any history, against a model written the naive way.

The model is plain arithmetic on dictionaries and knows nothing of locks, arrays or SQL: receipts,
sales, transfers, revaluations, reversals and below-zero pools are told to both, one by one or in
batches, and both must agree to the last cent at every step, and about every day afterwards.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kernel.ledger.stage import (
    DAY,
    B,
    bring,
    carry,
    fact,
    money,
    outside,
    rack,
    stock,
    take,
    yard,
)
from tongpan.base import env
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.posting import AccountKey, Fact, Move, OutOfBounds, post, reversal_of
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.ledger.upkeep import fold

pytestmark = pytest.mark.usefixtures("units")

CENT, ZERO = Decimal("0.01"), Decimal(0)


def cents(number: Decimal) -> Decimal:
    return number.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Book:
    """Quantity and value of every account, by day; and what the pools last cost."""

    quantity: dict[AccountKey, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    value: dict[AccountKey, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    days: dict[tuple[AccountKey, date], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    last_cost: dict[AccountKey, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def parts(self):
        return self.quantity, self.value, self.days, self.last_cost

    def _move(self, move: Move, on: date) -> None:
        source, target, amount, value = move.source, move.target, move.amount, move.value
        if is_pool(source) and value is None:
            held = self.quantity[source]
            if held:
                value = cents(self.value[source] * amount / held)
            else:
                value = cents(amount * self.last_cost[source])
        dug, worth = self.quantity[target], self.value[target]
        self._enter(source, -amount, -(value or ZERO), on)
        self._enter(target, amount, value or ZERO, on)
        for n in range(0, len(move.feeds or ()), 2):
            self._enter(move.feeds[n], -value, ZERO, on)
            self._enter(move.feeds[n + 1], value, ZERO, on)
        for key in (source, target):
            if not is_pool(key):
                continue
            if amount:
                self.last_cost[key] = value / amount
            quantity, kept = self.quantity[key], self.value[key]
            if key == target and dug < 0 and quantity <= 0:
                kept = cents(worth * quantity / dug)
            elif key == target and dug < 0:
                kept = cents(value * quantity / amount)
            elif quantity == 0 or (quantity > 0) != (kept > 0):
                kept = ZERO
            excess = self.value[key] - kept
            self._enter(key, ZERO, -excess, on)
            self._enter(stock("waste", key.org_unit), ZERO, excess, on)
            self._enter(money("goods", key.org_unit), -excess, ZERO, on)
            self._enter(money("variance", key.org_unit), excess, ZERO, on)

    def _enter(self, key: AccountKey, amount: Decimal, value: Decimal, on: date) -> None:
        self.quantity[key] += amount
        self.value[key] += value
        self.days[key, on] += amount


def is_pool(key: AccountKey) -> bool:
    return key.role in ("rack", "yard")


POOLS = [rack(), yard(), rack(B), yard(B)]
pools = st.sampled_from(POOLS)
quantities = st.decimals("0.001", "12", places=3)
values = st.decimals("0", "99", places=2)
days = st.integers(0, 40).map(lambda n: DAY - timedelta(days=n))


@st.composite
def moves(draw: st.DrawFn) -> Move:
    kind = draw(st.sampled_from(["bring", "bring", "take", "take", "carry", "dearer", "cheaper"]))
    pool = draw(pools)
    if kind == "bring":
        return bring(draw(quantities), draw(values), pool)
    if kind == "take":
        return take(draw(quantities), pool)
    if kind == "carry":
        return carry(draw(quantities), pool, draw(pools.filter(lambda other: other != pool)))
    return revalue(pool, draw(st.decimals("0.01", "20", places=2)), dearer=kind == "dearer")


def revalue(pool: AccountKey, value: Decimal, *, dearer: bool) -> Move:
    """What is there turns out to have cost more, or less."""
    ends = (outside(unit=pool.org_unit), pool)
    feeds = (money("owed", pool.org_unit), money("goods", pool.org_unit))
    if not dearer:
        ends, feeds = ends[::-1], feeds[::-1]
    return Move(*ends, ZERO, value, feeds=feeds)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, list[tuple[Move, ...]], date]]:
    step = st.tuples(
        st.sampled_from(["post", "post", "post", "batch", "reverse", "fold"]),
        st.lists(st.lists(moves(), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3),
        days,
    )
    return draw(st.lists(step, min_size=5, max_size=16))


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(history=histories())
def test_any_history_agrees_with_the_model_and_breaks_no_invariant(history):
    with undone():
        live(history)


@pytest.mark.parametrize("seed", range(3))
def test_a_long_history_agrees_with_the_model_and_breaks_no_invariant(seed):
    live(random_history(random.Random(seed), 120))


def live(history: list) -> None:
    """Tell a history to the ledger and to the model, and compare all that can be read."""
    book, posted = Book(), []
    agree(book, [fact(*(bring(20, "50.00", pool) for pool in POOLS))], posted)
    posted.clear()
    for how, batch, on in history:
        for facts in steps(how, batch, DAY if how == "batch" else on, posted):
            agree(book, facts, posted)

    everything = Where(keys=[key.key for key in book.quantity])
    for balance in balances(everything):
        key = balance.account
        assert balance.amount == book.quantity[key]
        assert balance.value == book.value[key]
        assert balance.amount or not balance.value or not is_pool(key)
    for as_of in sorted({on for _, on in book.days})[:5]:
        for balance in balances(everything, as_of=as_of):
            known = [
                n for (key, on), n in book.days.items() if key == balance.account and on <= as_of
            ]
            assert balance.amount == sum(known, ZERO)
    assert [found for found in verify() if found.violations] == []


def random_history(chance: random.Random, length: int) -> list:
    """A long history drawn from a seed; hypothesis prefers short ones."""

    def a_move() -> Move:
        kind = chance.choice(["bring", "take", "take", "carry", "carry", "dearer", "cheaper"])
        pool, other = chance.sample(POOLS, 2)
        quantity = Decimal(chance.randint(1, 9000)) / 1000
        if kind == "bring":
            return bring(quantity, Decimal(chance.randint(0, 9999)) / 100, pool)
        if kind == "take":
            return take(quantity, pool)
        if kind == "carry":
            return carry(quantity, pool, other)
        return revalue(pool, Decimal(chance.randint(1, 2000)) / 100, dearer=kind == "dearer")

    hows = ["post", "post", "batch", "reverse", "fold"]
    return [
        (
            chance.choice(hows),
            [tuple(a_move() for _ in range(chance.randint(1, 3))) for _ in range(3)],
            DAY - timedelta(days=chance.randint(0, 40)),
        )
        for _ in range(length)
    ]


def steps(how: str, batch: list, on: date, posted: list[Fact]) -> Iterator[list[Fact]]:
    """The calls of `post` that one step of a history makes."""
    if how == "fold":
        fold(2)
    elif how == "reverse":
        if posted:
            original = posted.pop(0)
            yield [reversal_of(original.posting_id, env.new_id(), on)]
    elif how == "batch":
        yield [fact(*told, on=on) for told in batch]
    else:
        yield [fact(*batch[0], on=on)]


def agree(book: Book, facts: list[Fact], posted: list[Fact]) -> None:
    """Tell both; both take it or both refuse it."""
    trial = Book(*(defaultdict(Decimal, part) for part in book.parts()))
    expected = True
    try:
        tell_all(trial, facts)
    except OutOfBounds:
        expected = False
    took = False
    with suppress(OutOfBounds), transaction.atomic():
        post(facts)
        took = True
    assert took == expected
    if took:
        book.quantity, book.value, book.days, book.last_cost = trial.parts()
        posted += [told for told in facts if told.reverses is None]


def tell_all(book: Book, facts: list[Fact]) -> None:
    """Bounds are checked after the whole call."""
    before = defaultdict(Decimal, book.quantity)
    for told in facts:
        for move in told.moves:
            book._move(move, told.business_date)
    for key, quantity in book.quantity.items():
        if key.role == "rack" and quantity < min(ZERO, before[key]):
            raise OutOfBounds("out_of_bounds")


class undone:
    """Inside, everything is rolled back at the end."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *failure: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(*failure)
