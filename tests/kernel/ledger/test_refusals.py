"""How `post` says no, and that nothing is left behind when it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from tests.kernel.ledger.stage import (
    CNY,
    DAY,
    ENTITY,
    NOBODY,
    OTHER_ENTITY,
    RICE,
    TEA,
    A,
    B,
    C,
    bring,
    fact,
    figures,
    money,
    outside,
    pay,
    rack,
    record,
    stock,
    take,
    totals,
    yard,
)
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.ledger.posting import (
    AccountKey,
    Conflict,
    Fact,
    Move,
    OutOfBounds,
    PeriodClosed,
    open_accounts,
    post,
    recorded,
    replay,
    reversal_of,
)
from tongpan.kernel.ledger.upkeep import close_period, set_bounds

pytestmark = pytest.mark.usefixtures("units")


@contextmanager
def refused(code: str, kind: type[Refusal] = Refusal) -> Iterator[Refusal]:
    """Inside, that refusal must come, and whatever was begun is undone."""
    with pytest.raises(kind) as caught, transaction.atomic():
        yield caught  # type: ignore[misc]
    assert caught.value.code == code


@contextmanager
def misposted(sqlstate: str) -> Iterator[None]:
    """Inside, the database must refuse what a posting rule should never have said."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.sqlstate == sqlstate


def entries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from entry")
        return cursor.fetchone()[0]


# -- bounds ----------------------------------------------------------------------------------------


def test_every_short_line_is_named_at_once():
    record(bring(2, "2.00"), bring(1, "1.00", rack(item=RICE)), bring(9, "9.00", rack(B)))
    tea, rice, enough = UUID(int=1), UUID(int=2), UUID(int=3)

    with refused("out_of_bounds", OutOfBounds) as caught:
        record(take(3, line=tea), take(4, rack(item=RICE), line=rice), take(9, rack(B), enough))

    problems = {p["line"]: p for p in caught.value.problems}
    assert set(problems) == {tea, rice}
    assert problems[tea]["code"] == "not_enough"
    assert (problems[tea]["balance"], problems[tea]["change"], problems[tea]["floor"]) == (2, -3, 0)
    assert (problems[tea]["unit"], problems[tea]["role"], problems[tea]["holder"]) == (
        TEA,
        "rack",
        A,
    )
    assert problems[tea]["lines"] == [tea]
    assert problems[rice]["ceiling"] is None
    assert figures(rack()) == totals(rack())
    assert entries() == 5


def test_goods_may_leave_down_to_the_floor():
    record(bring(2, "2.00"))

    record(take(2))

    assert figures(rack()).quantity == 0


def test_a_wallet_cannot_be_overspent():
    record(pay(100, money("wallet"), money("cash")))

    with refused("out_of_bounds", OutOfBounds) as caught:
        record(pay(101, money("spent"), money("wallet")))

    assert caught.value.problems[0]["code"] == "too_much"
    record(pay(100, money("spent"), money("wallet")))


def test_bounds_are_checked_after_all_moves_of_a_call():
    record(take(2), bring(2, "2.00"))

    assert figures(rack()).quantity == 0


def test_an_account_outside_its_bounds_may_only_move_back():
    record(bring(1, "5.00"))
    replay(
        [
            fact(
                Move(
                    rack(),
                    outside(),
                    Decimal(3),
                    Decimal("15.00"),
                    feeds=(money("goods"), money("spent")),
                )
            )
        ]
    )

    record(bring(1, "5.00"))
    with refused("out_of_bounds", OutOfBounds):
        record(take(1))

    assert figures(rack()).quantity == -1


def test_an_account_above_its_ceiling_may_only_move_back():
    replay([fact(pay(1500, money("owed"), money("cash")))])

    record(pay(200, money("cash"), money("owed")))
    with refused("out_of_bounds", OutOfBounds):
        record(pay(1, money("owed"), money("cash")))

    assert figures(money("cash")).quantity == 1300


# -- the same fact again ---------------------------------------------------------------------------


def test_telling_a_fact_twice_changes_nothing():
    told = fact(bring(3, "30.00"), take(1))
    first = post([told])[0]

    again = post([told])[0]

    assert (first.is_new, again.is_new) == (True, False)
    assert first.values == again.values == (Decimal("30.00"), Decimal("10.00"))
    assert entries() == 4
    assert figures(rack()).quantity == totals(rack()).quantity == 2


def test_a_batch_records_only_what_is_new():
    known = fact(bring(3, "30.00"))
    post([known])

    posted = post([fact(take(1)), known, fact(take(2))])

    assert [p.is_new for p in posted] == [True, False, True]
    assert [p.values for p in posted] == [
        (Decimal("10.00"),),
        (Decimal("30.00"),),
        (Decimal("20.00"),),
    ]
    assert figures(rack()) == totals(rack())
    assert figures(rack()).quantity == 0


@pytest.mark.parametrize(
    "other",
    [
        {"moves": (bring(4, "30.00"),)},
        {"moves": (bring(3, "31.00"),)},
        {"moves": (bring(3, "30.00", rack(B)),)},
        {"moves": (Move(outside(), rack(), Decimal(3), Decimal("30.00")),)},
        {"moves": (bring(3, "30.00"), bring(3, "30.00"))},
        {"document_id": UUID(int=9)},
        {"business_date": DAY - timedelta(days=1)},
        {"kind": "count"},
    ],
)
def test_another_fact_under_a_known_id_is_refused(other):
    told = fact(bring(3, "30.00"))
    post([told])
    names = ("posting_id", "document_id", "business_date", "moves", "kind", "reverses")

    with refused("posting_conflict", Conflict) as caught:
        post([Fact(**({name: getattr(told, name) for name in names} | other))])

    assert caught.value.facts == {"posting": str(told.posting_id)}
    assert entries() == 2


def test_an_amount_written_with_more_noughts_is_the_same_fact():
    told = fact(bring("3", "30"))
    post([told])

    assert not post([fact(bring("3.000", "30.00"), id=told.posting_id, document=told.document_id)])[
        0
    ].is_new


# -- reversal --------------------------------------------------------------------------------------


def test_a_reversal_puts_quantity_and_value_and_money_back():
    record(bring(3, "10.00"))
    sale = fact(take(1))
    post([sale])

    post([reversal_of(sale.posting_id, env.new_id(), DAY)])

    assert (figures(rack()).quantity, figures(rack()).value) == (3, Decimal("10.00"))
    assert figures(money("goods")).quantity == Decimal("10.00")
    assert figures(money("spent")).quantity == 0


def test_a_second_reversal_is_refused():
    receipt = fact(bring(3, "10.00"))
    post([receipt])
    post([reversal_of(receipt.posting_id, env.new_id(), DAY)])

    with refused("reversed_already"):
        post([reversal_of(receipt.posting_id, env.new_id(), DAY)])


def test_a_reversal_cannot_be_reversed():
    receipt, back = fact(bring(3, "10.00")), env.new_id()
    post([receipt])
    post([reversal_of(receipt.posting_id, back, DAY)])

    with refused("cannot_be_reversed"):
        post([reversal_of(back, env.new_id(), DAY)])


def test_a_posting_that_is_not_there_cannot_be_reversed():
    with refused("nothing_to_reverse"):
        reversal_of(UUID(int=7), env.new_id(), DAY)
    with refused("cannot_be_reversed"):
        post([Fact(env.new_id(), env.new_id(), DAY, (bring(1, 1),), "reverse", UUID(int=7))])


def test_a_reversal_that_would_leave_bounds_is_refused():
    receipt = fact(bring(3, "10.00"))
    post([receipt])
    record(take(1))

    with refused("out_of_bounds", OutOfBounds):
        post([reversal_of(receipt.posting_id, env.new_id(), DAY)])


# -- periods ---------------------------------------------------------------------------------------


def test_nothing_is_posted_into_a_closed_period():
    record(bring(3, "30.00"))
    close_period(ENTITY, DAY)

    with refused("period_closed", PeriodClosed) as caught:
        record(take(1))

    assert caught.value.facts == {"business_date": "2026-11-21", "through": "2026-11-21"}
    record(take(1), on=DAY + timedelta(days=1))
    record(bring(1, "1.00", rack(C)))


def test_the_target_s_entity_may_be_closed_too():
    close_period(OTHER_ENTITY, DAY)
    record(bring(1, "1.00"))

    with refused("period_closed", PeriodClosed):
        record(Move(rack(), AccountKey("stock", C, "counter", NOBODY, TEA), Decimal(1),
                    feeds=(money("goods"), money("spent"))))  # fmt: skip


def test_a_period_can_be_opened_again():
    close_period(ENTITY, DAY)
    close_period(ENTITY, DAY - timedelta(days=1))

    record(bring(1, "1.00"))


# -- what posting rules must not say ---------------------------------------------------------------


def test_money_does_not_cross_entities():
    with refused("entities_differ"):
        record(pay(1, money("owed", A), money("spent", C)))
    record(pay(1, money("owed", A), money("spent", B)))


def test_ends_that_count_different_things_are_refused_by_the_database_too():
    told = fact(pay(1, money("owed"), money("spent")))
    other = AccountKey("money", A, "spent", NOBODY, TEA)
    object.__setattr__(told.moves[0], "target", other)
    with refused("entities_differ"):
        post([told])
    object.__setattr__(told.moves[0], "target", AccountKey("points", A, "earned", NOBODY, CNY))
    with refused("entities_differ"):
        post([told])


def test_goods_from_outside_must_bring_their_value():
    with misposted("TP003"):
        record(Move(outside(), rack(), Decimal(1)))


def test_stock_value_and_money_cannot_part():
    record(bring(2, "20.00"))

    with misposted("TP006"):
        record(Move(rack(), outside(), Decimal(1)))  # money is not told
    with misposted("TP006"):
        record(Move(outside(), rack(), Decimal(1), Decimal(1)))
    with misposted("TP006"):
        record(pay(1, money("owed"), money("goods")))  # stock is not told
    with misposted("TP006"):
        record(pay(1, money("goods"), money("owed")))


@pytest.mark.parametrize(
    ("source", "target", "quantity", "more"),
    [
        (rack(), rack(), 1, {}),
        (rack(), outside(RICE), 1, {}),
        (rack(), AccountKey("promise", A, "promised", NOBODY, TEA), 1, {}),
        (rack(), outside(), 0, {}),
        (rack(), outside(), -1, {}),
        (rack(), outside(), 0, {"value": Decimal(0)}),
        (rack(), outside(), "0.0000001", {}),
        (rack(), outside(), 1, {"value": Decimal("-1")}),
        (rack(), outside(), 1, {"value": Decimal("0.001")}),
        (money("owed"), money("spent"), 1, {"value": Decimal(1)}),
        (money("owed"), money("spent"), 1, {"feeds": (money("owed"), money("spent"))}),
        (rack(), outside(), 1, {"feeds": (money("owed"),)}),
        (rack(), outside(), 1, {"feeds": (outside(), rack())}),
    ],
)
def test_a_move_that_makes_no_sense_cannot_be_written(source, target, quantity, more):
    with pytest.raises(AssertionError):
        Move(source, target, Decimal(quantity), **more)


def test_a_fact_needs_moves_and_a_call_needs_facts_of_their_own_ids():
    told = fact(bring(1, 1))
    with pytest.raises(AssertionError):
        fact()
    with pytest.raises(AssertionError):
        post([])
    with pytest.raises(AssertionError):
        post([told, told])


def test_accounts_of_an_unknown_unit_are_not_opened():
    with pytest.raises(AssertionError), transaction.atomic():
        record(pay(1, money("owed", UUID(int=5)), money("spent", UUID(int=5))))


def test_a_pool_needs_companions_that_are_not_kept():
    set_bounds(stock("waste"), floor=None, ceiling=Decimal(5))

    with pytest.raises(DatabaseError), transaction.atomic():
        record(bring(1, 1))


def test_other_errors_of_the_database_pass_as_they_are():
    with pytest.raises(DatabaseError), transaction.atomic():
        record(pay(10**19, money("owed"), money("spent")))


def test_a_transaction_that_is_broken_already_says_so():
    move = pay(1, money("owed"), money("spent"))
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(DatabaseError, match="atomic"):
            record(move)


def test_what_is_not_recorded_cannot_be_read():
    assert recorded(UUID(int=3)) is None


# -- bounds of one account -------------------------------------------------------------------------


def test_bounds_can_be_set_on_an_account_that_has_moved():
    record(pay(50, money("owed"), money("spent")))

    set_bounds(money("spent"), floor=None, ceiling=Decimal(60))
    with refused("out_of_bounds", OutOfBounds):
        record(pay(11, money("owed"), money("spent")))
    record(pay(10, money("owed"), money("spent")))
    set_bounds(money("spent"), floor=None, ceiling=None)
    record(pay(11, money("owed"), money("spent")))

    assert totals(money("spent")).quantity == 60
    assert figures(money("spent")).quantity == 71


def test_bounds_that_the_balance_breaks_already_are_refused():
    record(bring(3, "3.00"))

    with refused("out_of_bounds", OutOfBounds) as caught:
        set_bounds(rack(), floor=Decimal(4), ceiling=None)
    with refused("out_of_bounds", OutOfBounds):
        set_bounds(rack(), floor=None, ceiling=Decimal(2))

    assert caught.value.problems[0]["balance"] == 3


def test_a_shelf_may_be_allowed_to_go_below_zero():
    set_bounds(rack(), floor=None, ceiling=None)

    record(take(2))

    assert figures(rack()).quantity == -2


def test_opening_an_account_twice_changes_nothing():
    open_accounts([rack(), yard(), rack()])
    open_accounts([rack()])

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from account where key = %s", [rack().key])
        assert cursor.fetchone()[0] == 1
