"""Many at once on few accounts: nothing is oversold or lost, and all of it can be explained."""

import multiprocessing
import random
import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django_tenants.utils import schema_context

from tests.kernel.documents.test_all_at_once import deadlocks
from tests.kernel.ledger.stage import A, B, bring, carry, fact, figures, make_units, rack, take
from tests.kernel.ledger.stage import totals as totals_of
from tests.promises.histories import Act, faults
from tongpan.base import env
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.posting import AccountKey, OutOfBounds, Posted, post

races = pytest.mark.races
ROUNDS, TILLS = 300, 8
BASKETS, WRITERS = 5_000, 6
POOLS = [rack(unit, UUID(int=n)) for unit in (A, B) for n in (1, 2, 3, 4)]


@pytest.fixture
def own_units(own_database: Any) -> Any:
    make_units()
    return own_database


@races
def test_the_last_piece_is_sold_once_in_every_round(own_units: Any) -> None:
    pieces = [rack(A, UUID(int=n)) for n in range(1, ROUNDS + 1)]
    post([fact(*(bring(2, "5.00", one) for one in pieces), *(take(1, one) for one in pieces))])
    together = threading.Barrier(TILLS)

    def till() -> list[bool]:
        sold = []
        for piece in pieces:
            together.wait(30)
            try:
                with transaction.atomic():
                    sold.append(isinstance(post([fact(take(1, piece))])[0], Posted))
            except OutOfBounds:
                sold.append(False)
        return sold

    answers = own_units.at_once(*[till] * TILLS)

    assert [sum(round_) for round_ in zip(*answers, strict=True)] == [1] * ROUNDS
    assert {figures(one).quantity for one in pieces} == {0}
    assert [found for found in verify() if found.violations] == []


# -- a history of many -----------------------------------------------------------------------------


def versions(keys: list[AccountKey]) -> dict[str, int]:
    """How often each account was changed: here every move is of one piece."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select key::text, inflow + outflow from account where key = any(%s)",
            [[key.key for key in keys]],
        )
        return {key: int(version) for key, version in cursor.fetchall()}


def trade(seed: int, baskets: int) -> list[Act]:
    """A client in a process of its own, who sells, receives and moves, and looks in between."""
    connection.close()
    chance = random.Random(seed)
    acts = []
    with schema_context("north"):
        for n in range(baskets):
            began_s = env.monotonic_s()
            acts.append(act := Act(began_s, began_s))
            if n % 2:
                act.saw = versions(chance.sample(POOLS, 4))
            else:
                act.made = _basket(chance)
            act.ended_s = env.monotonic_s()
            if n % 2 == 0:
                began_s = env.monotonic_s()
                acts.append(act := Act(began_s, began_s, made=_basket(chance)))
                act.ended_s = env.monotonic_s()
    connection.close()
    return acts


def _basket(chance: random.Random) -> dict[str, tuple[int, ...]]:
    """Three pieces of four kinds, in any order: one is sold, one comes, one is moved."""
    source = chance.choice(POOLS)
    target = rack(A if source.org_unit == B else B, source.unit)
    sold, come = chance.sample([pool for pool in POOLS if pool not in (source, target)], 2)
    moves = [take(1, sold), bring(1, "2.00", come), carry(1, source, target)]
    chance.shuffle(moves)
    with transaction.atomic():
        post([fact(*moves)])
        return {key: (v,) for key, v in versions([sold, come, source, target]).items()}


@races
def test_baskets_on_few_accounts_never_deadlock_and_can_be_explained(own_units: Any) -> None:
    post([fact(*(bring(BASKETS, "5000.00", pool) for pool in POOLS))])
    start = versions(POOLS)
    connection.close()

    with multiprocessing.get_context("fork").Pool(WRITERS) as pool:
        found = pool.starmap(trade, [(n, -(-BASKETS // WRITERS)) for n in range(WRITERS)])

    acts = [act for one in found for act in one]
    assert sum(bool(act.made) for act in acts) >= BASKETS
    assert sum(len(act.made) + len(act.saw) for act in acts) >= 4 * BASKETS
    end = versions(POOLS)
    assert sum(end.values()) - sum(start.values()) == sum(len(act.made) for act in acts)
    assert faults(acts, start, end) == []
    assert all(figures(one) == totals_of(one) for one in POOLS)
    assert deadlocks(own_units) == 0
    assert [one for one in verify() if one.violations] == []


# -- the twin: a history that cannot be explained is noticed ---------------------------------------

ONE = Act(0, 1, made={"a": (1,), "b": (1,)})
FAULTS = {
    "an update is lost": ([ONE, Act(0, 1, made={"a": (1,)})], {"a": 1, "b": 1}, "made twice"),
    "a change is nobody's": ([ONE], {"a": 2, "b": 1}, "made by nobody"),
    "what was never made is seen": ([ONE, Act(0, 1, saw={"a": 2})], {"a": 1, "b": 1}, "seen"),
    "half of a basket is seen": (
        [ONE, Act(0, 1, saw={"a": 1, "b": 0})], {"a": 1, "b": 1}, "before themselves",
    ),
    "two saw two changes in two orders": (
        [
            Act(0, 9, made={"a": (1,)}), Act(0, 9, made={"b": (1,)}),
            Act(0, 9, saw={"a": 1, "b": 0}), Act(0, 9, saw={"a": 0, "b": 1}),
        ],
        {"a": 1, "b": 1}, "before themselves",
    ),
    "two wrote two accounts in two orders": (
        [Act(0, 9, made={"a": (1,), "b": (2,)}), Act(0, 9, made={"a": (2,), "b": (1,)})],
        {"a": 2, "b": 2}, "before themselves",
    ),
    "what had ended is not seen": (
        [Act(0, 1, made={"a": (1,)}), Act(2, 3, saw={"a": 0})], {"a": 1}, "before themselves",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_history_with_a_fault_is_not_explained(fault: str) -> None:
    acts, end, said = FAULTS[fault]

    found = faults(acts, dict.fromkeys(end, 0), end)

    assert said in " ".join(found)


def test_a_history_without_a_fault_is_explained() -> None:
    acts = [ONE, Act(0, 2, saw={"a": 0, "b": 0}), Act(2, 3, saw={"a": 1, "b": 1})]

    assert faults(acts, {"a": 0, "b": 0}, {"a": 1, "b": 1}) == []
