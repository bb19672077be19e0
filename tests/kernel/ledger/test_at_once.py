"""Many at once: two tills and one item, hot accounts, random baskets, crashes, races with rules."""

import random
import signal
import threading
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction

from tests.conftest import OwnDatabase
from tests.kernel.ledger.stage import (
    DAY,
    ENTITY,
    TEA,
    A,
    B,
    amount,
    bring,
    carry,
    fact,
    figures,
    money,
    outside,
    pay,
    rack,
    record,
    take,
    totals,
    yard,
)
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.posting import (
    Fact,
    OutOfBounds,
    PeriodClosed,
    Posted,
    post,
    reversal_of,
)
from tongpan.kernel.ledger.queries import Where, balance_of, balances
from tongpan.kernel.ledger.upkeep import close_period, fold, set_bounds

pytestmark = pytest.mark.races

TILLS = 6


def sell(quantity: int = 1, of=None) -> Posted:
    with transaction.atomic():
        return post([fact(take(quantity, of))])[0]


def no_violations() -> bool:
    return [found for found in verify() if found.violations] == []


def test_two_tills_and_one_item_on_the_shelf(own_units):
    record(bring(1, "5.00"), take(1))  # every account is open: nothing but its lock keeps order
    for _ in range(5):
        record(bring(1, "5.00"))

        answers = own_units.at_once(*[sell] * TILLS)

        assert sum(isinstance(answer, Posted) for answer in answers) == 1
        assert sum(isinstance(answer, OutOfBounds) for answer in answers) == TILLS - 1
        assert figures(rack()) == totals(rack())
        assert figures(rack()).quantity == 0
    assert no_violations()


def test_a_till_waits_until_the_one_before_it_has_finished(own_units):
    record(bring(2, "5.00"), take(1))
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.extend(own_units.at_once(sell)))
    with transaction.atomic():
        post([fact(take(1))])
        thread.start()
        wait_for_a_waiter(own_units)
    thread.join(30)

    assert isinstance(answers[0], OutOfBounds)
    assert figures(rack()).quantity == 0


def test_processes_sell_no_more_than_there_is(own_units):
    record(bring(10, "50.00"))
    code = """
from django.db import transaction
from tests.kernel.ledger.stage import fact, take
from tongpan.kernel.ledger.posting import OutOfBounds, post
sold = 0
for _ in range(8):
    try:
        with transaction.atomic():
            post([fact(take(1))])
        sold += 1
    except OutOfBounds:
        pass
print(sold)
"""
    tills = [own_units.python(code) for _ in range(3)]

    sold = [int(till.communicate(timeout=60)[0]) for till in tills]

    assert sum(sold) == 10
    assert figures(rack()).quantity == totals(rack()).quantity == 0


def test_a_hot_account_loses_no_update(own_units):
    record(bring(1000, "1000.00"))

    def till() -> None:
        for _ in range(25):
            sell()
            fold(3)

    assert own_units.at_once(*[till] * TILLS) == [None] * TILLS

    assert totals(rack()).quantity == figures(rack()).quantity == 1000 - 25 * TILLS
    assert balance_of([money("spent")])[money("spent")].amount == 25 * TILLS
    fold()
    assert totals(money("spent")).quantity == 25 * TILLS
    assert no_violations()


def test_random_baskets_never_wait_in_a_circle(own_units):
    items = [UUID(int=n) for n in range(1, 9)]
    pools = [pool(unit, item) for pool in (rack, yard) for unit in (A, B) for item in items]
    post([fact(*(bring(40, "40.00", pool) for pool in pools if pool.holder == A))])

    def clerk(seed: int) -> int:
        chance, done = random.Random(seed), 0
        for _ in range(25):
            some = chance.sample(pools, 4)
            moves = [take(chance.randint(1, 3), some[0]), bring(1, "2.00", some[1])]
            other = rack if some[2].role == "yard" else yard
            moves.append(carry(1, some[2], other(some[2].org_unit, some[2].unit)))
            chance.shuffle(moves)
            try:
                with transaction.atomic():
                    post([fact(*moves)])
                done += 1
            except OutOfBounds:
                pass
            fold(5)
        return done

    done = own_units.at_once(*[lambda seed=seed: clerk(seed) for seed in range(8)])

    assert all(isinstance(answer, int) for answer in done), done
    assert sum(done) > 20
    assert no_violations()


def test_baskets_in_any_order_are_locked_in_one_order(own_units):
    pools = [rack(A, UUID(int=n)) for n in range(1, 9)]
    record(*(bring(100, "1.00", pool) for pool in pools), *(take(1, pool) for pool in pools))

    def clerk(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(20):
            with transaction.atomic():
                post([fact(*(take(1, pool) for pool in chance.sample(pools, len(pools))))])

    assert own_units.at_once(*[lambda seed=seed: clerk(seed) for seed in range(4)]) == [None] * 4


def test_a_rule_waits_until_no_posting_is_under_way(own_units):
    record(bring(5, "5.00"), take(1))
    answers: list[object] = []
    thread = threading.Thread(
        target=lambda: answers.extend(own_units.at_once(lambda: close_period(ENTITY, DAY)))
    )
    with transaction.atomic():
        post([fact(take(1))])
        thread.start()
        wait_for_a_waiter(own_units)
        assert answers == []
    thread.join(30)

    assert answers == [None]
    with pytest.raises(PeriodClosed):
        sell()


def test_reads_are_exact_while_others_post_and_fold(own_units):
    record(bring(500, "500.00"))
    stop = threading.Event()
    wrong: list[object] = []

    def till() -> None:
        for _ in range(40):
            sell()
        stop.set()

    def folder() -> None:
        while not stop.is_set():
            fold(2)

    def reader() -> None:
        while not stop.is_set():
            found = {b.account: b for b in balances(Where(org_units=[A], units=[TEA]))}
            if found[rack()].amount + found[outside()].amount != 0:
                wrong.append(found)

    answers = own_units.at_once(till, till, folder, reader)

    assert answers == [None] * 4
    assert wrong == []


def test_one_fact_told_by_many_at_once_is_recorded_once(own_units):
    told = fact(bring(1, "1.00"))
    record(bring(1, "1.00"))

    def tell() -> bool:
        with transaction.atomic():
            return post([told])[0].is_new

    answers = own_units.at_once(*[tell] * TILLS)

    assert sorted(answers) == [False] * (TILLS - 1) + [True]
    assert figures(rack()).quantity == 2


def test_a_fact_that_another_is_still_recording_waits_and_is_recognised(own_units):
    record(pay(1, money("owed"), money("spent")))
    told = fact(pay(1, money("owed"), money("spent")))
    answers: list[object] = []
    thread = threading.Thread(
        target=lambda: answers.extend(own_units.at_once(lambda: post([told])[0].is_new))
    )
    with transaction.atomic():
        post([told])
        thread.start()
        wait_for_a_waiter(own_units)
    thread.join(30)

    assert answers == [False]
    assert figures(money("spent")).quantity == 2


def test_a_reversal_that_another_has_not_yet_finished_is_reversed_already(own_units):
    original = fact(pay(1, money("owed"), money("spent")))
    post([original])
    told = reversal_of(original.posting_id, env.new_id(), DAY)

    answer = told_while_another_writes(own_units, told, env.new_id(), original.posting_id)

    assert isinstance(answer, Refusal)
    assert answer.code == "reversed_already"


def told_while_another_writes(
    database: OwnDatabase, told: Fact, posting_id: UUID, reverses: UUID | None
) -> object:
    """What telling a fact comes to when another session commits this posting while it waits."""
    answers: list[object] = []
    with database.connect(user="tp_owner") as other, other.transaction():
        other.execute(
            "insert into posting values (%s, %s, 'post', %s, now(), '', %s)",
            [posting_id, told.document_id, told.business_date, reverses],
        )
        thread = threading.Thread(
            target=lambda: answers.extend(database.at_once(lambda: post([told])))
        )
        thread.start()
        wait_for_a_waiter(database)
    thread.join(30)
    return answers[0]


def test_two_reversals_at_once_undo_it_once(own_units):
    receipt = fact(bring(1, "1.00", yard()))
    post([receipt])

    def undo() -> Posted:
        with transaction.atomic():
            return post([reversal_of(receipt.posting_id, env.new_id(), DAY)])[0]

    answers = own_units.at_once(*[undo] * 4)

    refused = [a.code for a in answers if isinstance(a, Refusal)]
    assert refused == ["reversed_already"] * 3, answers
    assert figures(yard()).quantity == 0


def test_a_bound_that_is_set_while_tills_post_holds_from_then_on(own_units):
    record(pay(1, money("owed"), money("spent")))

    def spend() -> int:
        done = 0
        for _ in range(30):
            try:
                with transaction.atomic():
                    post([fact(pay(1, money("owed"), money("spent")))])
                done += 1
            except OutOfBounds:
                pass
        return done

    def limit() -> None:
        with transaction.atomic():
            set_bounds(money("spent"), floor=None, ceiling=amount(1000))
        with transaction.atomic():
            set_bounds(money("spent"), floor=None, ceiling=None)

    answers = own_units.at_once(spend, spend, limit, spend)

    fold()
    assert totals(money("spent")).quantity == 1 + 90 == figures(money("spent")).quantity
    assert answers[2] is None
    assert no_violations()


def test_nothing_slips_into_a_period_that_is_being_closed(own_units):
    record(bring(500, "5.00"))

    def till() -> int:
        done = 0
        for _ in range(60):
            try:
                sell()
                done += 1
            except PeriodClosed:
                pass
        return done

    def accountant() -> Decimal:
        with transaction.atomic():
            close_period(ENTITY, DAY)
        return figures(rack()).quantity

    sold = own_units.at_once(till, accountant, till)

    assert sold[1] == figures(rack()).quantity == 500 - sold[0] - sold[2]


def test_only_one_folds_at_a_time(own_units):
    record(bring(1, "1.00"))
    with own_units.connect() as other, other.transaction():
        assert other.execute("select ledger_fold(null)").fetchone() == (1,)
        record(bring(1, "1.00"))

        assert fold() == 0

    assert fold() == 1
    assert no_violations()


def test_two_months_are_made_by_two_at_once(own_units):
    later = DAY.replace(year=2030)

    answers = own_units.at_once(*[lambda: post([fact(bring(1, "1.00"), on=later)])[0].is_new] * 4)

    assert answers == [True] * 4
    assert figures(rack()).quantity == 4


@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
def test_a_client_that_is_killed_leaves_all_or_nothing(own_units, when):
    record(bring(5, "5.00"))
    code = f"""
import time
from django.db import transaction
from tests.kernel.ledger.stage import fact, take
from tongpan.kernel.ledger.posting import post
with transaction.atomic():
    post([fact(take(2))])
    if {when == "before the commit"}:
        print("there", flush=True); time.sleep(60)
print("there", flush=True); time.sleep(60)
"""
    client = own_units.python(code)
    assert client.stdout.readline() == "there\n", client.stderr.read()
    client.send_signal(signal.SIGKILL)
    client.wait(10)

    sell(1)

    assert figures(rack()).quantity == (4 if when == "before the commit" else 2)
    assert no_violations()


def test_without_its_lock_the_same_till_oversells(own_units):
    """The twin: with the guard off the race is lost, so the tests above can fail."""
    record(bring(2, "5.00"), take(1))
    with own_units.connect(user="tp_owner") as owner:
        source = owner.execute("select pg_get_functiondef('ledger_post'::regproc)").fetchone()[0]
        assert "for update of a" in source
        pause = "perform pg_sleep(0.2);\n  -- Each move in turn"
        owner.execute(source.replace("for update of a", "").replace("-- Each move in turn", pause))

    answers = own_units.at_once(*[sell] * TILLS)

    assert sum(isinstance(answer, Posted) for answer in answers) > 1, answers
    assert not no_violations()


def wait_for_a_waiter(database: OwnDatabase) -> None:
    with database.connect(user="postgres") as watcher:
        for _ in range(500):
            found = watcher.execute(
                "select 1 from pg_stat_activity where wait_event_type = 'Lock'"
                " and datname = current_database()"
            ).fetchone()
            if found:
                return
            env.sleep(0.02)
    raise AssertionError("Nobody waits.")
