"""What `post` does with quantities, values and money, fact by fact."""

from decimal import Decimal

import pytest

from tests.kernel.ledger.stage import (
    A,
    B,
    Figures,
    bring,
    carry,
    fact,
    figures,
    is_level,
    money,
    outside,
    rack,
    record,
    stock,
    take,
    totals,
    yard,
)
from tongpan.base import env
from tongpan.kernel.ledger.posting import Move, post, reversal_of

pytestmark = pytest.mark.usefixtures("units")


def holds(quantity: str | int, value: str | int) -> Figures:
    return Figures(Decimal(quantity), Decimal(value))


def test_goods_that_come_bring_their_value_and_the_money_follows():
    record(bring(3, "30.00"))

    assert figures(rack()) == totals(rack()) == holds(3, "30.00")
    assert figures(money("goods")) == holds("30.00", 0)
    assert figures(money("owed")) == holds("-30.00", 0)


def test_goods_leave_at_the_average_and_the_last_of_them_takes_all_the_value():
    record(bring(3, "30.00"), bring(4, "44.00"))

    carried = [record(take(n)).values[0] for n in (2, 1, 3, 1)]

    assert carried == [Decimal(v) for v in ("21.14", "10.57", "31.72", "10.57")]
    assert figures(rack()) == totals(rack()) == holds(0, 0)
    assert figures(money("spent")) == holds("74.00", 0)


def test_a_later_move_of_a_fact_sees_what_an_earlier_one_did():
    record(bring(4, "10.00"))

    on_the_way = rack(A, lot="way")
    posted = record(carry(3, rack(), on_the_way), carry(3, on_the_way, rack(B)))

    assert posted.values == (Decimal("7.50"), Decimal("7.50"))
    assert figures(rack(B)) == holds(3, "7.50")
    assert figures(on_the_way) == totals(on_the_way) == holds(0, 0)
    assert figures(money("goods", B)) == holds("7.50", 0)
    assert is_level([rack(), on_the_way])


def test_moves_that_feed_the_same_accounts_make_one_money_entry():
    posted = fact(bring(1, "2.00"), bring(1, "3.00", rack(lot="b")))

    post([posted])

    assert [
        m.amount for m in reversal_of(posted.posting_id, env.new_id(), posted.business_date).moves
    ] == [
        Decimal("5.00"),
        Decimal(1),
        Decimal(1),
    ]


def test_goods_below_zero_leave_at_the_last_cost_and_the_next_receipt_posts_the_difference():
    record(bring(1, "10.00", yard()))
    record(take(1, yard()))

    assert record(take(2, yard())).values == (Decimal("20.00"),)
    assert figures(yard()) == holds(-2, "-20.00")

    record(bring(5, "60.00", yard()))

    assert figures(yard()) == totals(yard()) == holds(3, "36.00")
    assert figures(stock("waste")) == holds(0, "4.00")
    assert figures(money("variance")) == holds("4.00", 0)
    assert is_level([yard()])


def test_goods_that_fill_a_part_of_the_hole_leave_it_at_its_old_cost():
    record(bring(1, "10.00", yard()), take(5, yard()))

    record(bring(3, "36.00", yard()))

    assert figures(yard()) == holds(-1, "-10.00")
    assert figures(stock("waste")) == holds(0, "6.00")
    assert is_level([yard()])


def test_value_that_is_missing_comes_back_at_once():
    record(bring(1, "10.00", yard()))
    dear = Move(yard(), outside(), Decimal(1), Decimal("12.00"), (money("goods"), money("spent")))

    record(dear)

    assert figures(yard()) == totals(yard()) == holds(0, 0)
    assert figures(stock("waste")) == holds(0, "-2.00")
    assert figures(money("variance")) == holds("-2.00", 0)
    assert is_level([yard()])


def test_goods_move_inside_a_unit_without_money():
    record(bring(2, "20.00"))

    posted = record(carry(1, rack(), rack(lot="b")))

    assert posted.values == (Decimal("10.00"),)
    assert is_level([rack(), rack(lot="b")])


def test_the_value_of_one_move_can_pass_through_several_money_accounts():
    record(bring(2, "20.00"))
    through = (money("goods"), money("owed"), money("owed", B), money("goods", B))

    record(Move(rack(), rack(B), Decimal(1), feeds=through))

    assert figures(money("goods", B)) == holds("10.00", 0)
    assert figures(money("owed")) == holds("-10.00", 0)


def test_value_without_goods_leaves_at_once():
    record(bring(2, "20.00", yard()))
    record(bring(1, "100.00", yard()))
    receipt = fact(bring(1, "100.00", yard()))
    post([receipt])
    record(take(3, yard()))

    post([reversal_of(receipt.posting_id, env.new_id(), receipt.business_date)])

    assert figures(yard()) == totals(yard()) == holds(0, 0)
    assert is_level([yard()])
    assert figures(stock("waste")).value == -figures(money("variance")).quantity * -1
