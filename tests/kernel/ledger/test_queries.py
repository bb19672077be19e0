"""Reading: balances now and then, statements, trial balances; always exact."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.kernel.ledger.stage import (
    DAY,
    ENTITY,
    OTHER_ENTITY,
    RICE,
    TEA,
    A,
    B,
    bring,
    carry,
    fact,
    money,
    outside,
    rack,
    record,
    stock,
    take,
)
from tongpan.base import env
from tongpan.kernel.ledger.posting import post
from tongpan.kernel.ledger.queries import (
    Where,
    balance_of,
    balances,
    entries_of,
    latest,
    latest_of,
    statement,
    trial_balance,
    turnover,
)
from tongpan.kernel.ledger.upkeep import fold

pytestmark = pytest.mark.usefixtures("units")

NEXT_DAY = DAY + timedelta(days=1)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_balance_is_exact_before_and_after_it_is_folded():
    record(bring(3, "30.00"))
    record(take(1))
    before = balance_of([rack(), money("goods"), money("spent")])

    folded = fold()

    assert folded == 2
    assert fold() == 0
    assert balance_of([rack(), money("goods"), money("spent")]) == before
    assert before[rack()].amount == 2
    assert before[rack()].value == Decimal("20.00")
    assert before[money("goods")].amount == Decimal("20.00")
    assert before[money("goods")].inflow == Decimal("30.00")


def test_folding_takes_no_more_than_it_is_told():
    for _ in range(3):
        record(bring(1, "1.00"))

    assert [fold(2), fold(2), fold(2)] == [2, 1, 0]


def test_an_account_that_was_never_opened_holds_nothing():
    balance = balance_of([rack(B, RICE)])[rack(B, RICE)]

    assert (balance.amount, balance.value) == (0, 0)
    assert balance.account == rack(B, RICE)


def test_balances_are_found_by_what_their_accounts_are_called():
    record(bring(3, "30.00"), bring(2, "8.00", rack(item=RICE)), bring(1, "9.00", rack(B)))

    found = balances(Where(ledger="stock", roles=["rack"], org_units=[A], units=[TEA, RICE]))

    assert {(b.account, b.amount) for b in found} == {(rack(), 3), (rack(item=RICE), 2)}
    assert {b.account for b in balances(Where(holders=[B], units=[TEA]))} == {rack(B)}
    assert balances(Where(lines=[A])) == []
    with pytest.raises(AssertionError):
        balances(Where())


def test_a_balance_as_of_a_day_counts_facts_of_that_day_and_before():
    record(bring(3, "30.00"))
    record(take(1), on=NEXT_DAY)
    fold()

    assert balance_of([rack()], as_of=DAY)[rack()].amount == 3
    assert balance_of([rack()], as_of=NEXT_DAY)[rack()].value == Decimal("20.00")
    assert balance_of([money("goods")], as_of=DAY)[money("goods")].amount == 30
    assert balance_of([rack()], as_of=DAY - timedelta(days=1))[rack()].inflow == 0


def test_a_balance_as_it_was_known_at_a_moment_ignores_what_was_written_later():
    with env.frozen(NOON):
        record(bring(3, "30.00"))
    with env.frozen(NOON + timedelta(days=3)):
        record(bring(4, "40.00"), on=DAY - timedelta(days=9))

    then = balance_of([rack()], recorded_by=NOON)
    both = balance_of([rack()], as_of=DAY, recorded_by=NOON + timedelta(hours=1))

    assert then[rack()].amount == both[rack()].amount == 3
    assert balance_of([rack()], as_of=DAY)[rack()].amount == 7


def test_a_statement_runs_from_the_opening_balance_to_the_closing_one():
    record(bring(5, "50.00"), on=DAY - timedelta(days=1))
    sale = fact(take(2))
    post([sale])
    record(bring(1, "10.00"))
    record(take(1), on=NEXT_DAY)

    page = statement(Where(keys=[rack().key]), since=DAY, until=DAY)

    assert (page.opening, page.opening_value, page.more) == (5, Decimal("50.00"), None)
    assert [(m.amount, m.balance, m.value_balance) for m in page.movements] == [
        (-2, 3, Decimal("30.00")),
        (1, 4, Decimal("40.00")),
    ]
    assert page.movements[0].document == sale.document_id
    assert (page.movements[0].account, page.movements[0].other) == (rack(), outside())


def test_the_pages_of_a_statement_join_without_a_gap():
    for n in range(1, 8):
        record(bring(n, n), on=DAY + timedelta(days=n % 3))
    whole = statement(Where(keys=[rack().key]))

    seen, after = [], None
    while True:
        page = statement(Where(keys=[rack().key]), after=after, limit=2)
        assert page.opening == (seen[-1].balance if seen else 0)
        seen += page.movements
        if (after := page.more) is None:
            break

    assert seen == whole.movements
    assert len(seen) == 7
    assert whole.movements[-1].balance == balance_of([rack()])[rack()].amount


def test_a_statement_of_several_accounts_shows_their_common_balance():
    record(bring(4, "40.00"))
    record(carry(1, rack(), rack(B)))

    page = statement(Where(keys=[rack().key, rack(B).key]))

    assert sorted(m.amount for m in page.movements) == [-1, 1, 4]
    assert page.movements[-1].balance == 4


def test_a_statement_of_an_account_that_never_moved_is_empty():
    page = statement(Where(keys=[rack(B, RICE).key]))

    assert (page.opening, page.movements, page.more) == (0, [], None)


def test_a_document_shows_every_entry_with_both_its_ends():
    sale = fact(bring(3, "30.00"), take(1))
    post([sale])

    entries = entries_of(sale.document_id)

    assert [(e.source, e.target, e.amount, e.value) for e in entries] == [
        (outside(), rack(), 3, Decimal("30.00")),
        (rack(), outside(), 1, Decimal("10.00")),
        (money("owed"), money("goods"), Decimal("30.00"), None),
        (money("goods"), money("spent"), Decimal("10.00"), None),
    ]


def test_a_trial_balance_has_equal_debits_and_credits():
    record(bring(3, "30.00"))
    record(take(1), on=NEXT_DAY)

    fold()
    record(take(1), on=NEXT_DAY)
    lines = trial_balance(ENTITY)
    told = {line.role: line[2:] for line in trial_balance(ENTITY, since=NEXT_DAY, until=NEXT_DAY)}

    assert {(line.role, line.debit, line.credit) for line in lines} == {
        ("goods", 30, 20),
        ("owed", 0, 30),
        ("spent", 20, 0),
    }
    assert told == {"goods": (30, 0, 20), "owed": (-30, 0, 0), "spent": (0, 20, 0)}
    assert sum(line.debit - line.credit for line in trial_balance(ENTITY, until=DAY)) == 0
    assert trial_balance(ENTITY, until=DAY - timedelta(days=1)) == []
    assert trial_balance(OTHER_ENTITY) == []
    assert stock("waste").key not in {b.key for b in balances(Where(ledger="money"))}


def test_the_newest_movements_come_first_with_the_balance_they_left():
    record(bring(3, "30.00"))
    record(take(1))
    record(take(2))

    moves = latest(Where(keys=[rack().key]), limit=2)

    assert [(m.amount, m.balance, m.value_balance) for m in moves] == [
        (-2, 0, 0),
        (-1, 2, Decimal("20.00")),
    ]


def test_the_newest_movements_of_several_are_each_by_themselves():
    record(bring(3, "30.00"))
    record(take(1))
    wanted = [Where(keys=[rack().key]), Where(keys=[stock("waste").key])]

    assert latest_of(wanted, limit=2) == [latest(where, limit=2) for where in wanted]
    assert [len(found) for found in latest_of(wanted)] == [2, 0]
    assert latest_of([]) == []


def test_a_statement_can_be_read_as_it_was_known_at_a_moment():
    with env.frozen(NOON):
        record(bring(3, "30.00"), on=NEXT_DAY)
    with env.frozen(NOON + timedelta(hours=1)):
        record(bring(2, "20.00"), on=DAY)

    then = statement(Where(keys=[rack().key]), since=NEXT_DAY, recorded_by=NOON)
    now = statement(Where(keys=[rack().key]), since=NEXT_DAY)

    assert (then.opening, [m.balance for m in then.movements]) == (0, [3])
    assert (now.opening, [m.balance for m in now.movements]) == (2, [5])


def test_a_turnover_is_what_moved_in_a_span_of_days_folded_or_not():
    record(bring(3, "30.00"))
    fold()
    record(take(1), on=NEXT_DAY)
    record(take(1), on=NEXT_DAY + timedelta(days=1))
    where = Where(ledger="money", roles=["goods", "spent"])

    both = {row.role: row for row in turnover(where, since=DAY, until=NEXT_DAY)}
    later = {row.role: row for row in turnover(where, since=NEXT_DAY, until=NEXT_DAY)}

    assert (both["goods"].inflow, both["goods"].outflow) == (Decimal(30), Decimal(10))
    assert (both["spent"].inflow, both["spent"].outflow) == (Decimal(10), Decimal(0))
    assert (later["goods"].inflow, later["goods"].outflow) == (Decimal(0), Decimal(10))
    assert turnover(where, since=DAY - timedelta(days=9), until=DAY - timedelta(days=1)) == []
