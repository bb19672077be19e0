"""Whatever a member bought and however it comes back, in the end nothing is left of it."""

from decimal import Decimal
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from tongpan.base.numbers import ZERO
from tongpan.business.membership.rules import (
    POINT,
    Part,
    Way,
    gross_back,
    lots_back,
    parts_of,
    points_back,
    step_of,
)

cents = st.integers(0, 100_000).map(lambda n: Decimal(n) / 100)


@settings(max_examples=100)
@given(
    quantities=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    gross=st.lists(cents, min_size=4, max_size=4),
    points=st.lists(st.integers(0, 99), min_size=4, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_points_and_spending_come_back_whole_in_any_order(
    quantities: list[int], gross: list[Decimal], points: list[int], order: object
) -> None:
    lines = [(uuid4(), Decimal(q), gross[n]) for n, q in enumerate(quantities)]
    earned = {pk: Decimal(points[n]) for n, (pk, _q, _g) in enumerate(lines)}
    before = dict.fromkeys(earned, ZERO)
    pieces = [pk for pk, q, _ in lines for _ in range(int(q))]
    order.shuffle(pieces)  # type: ignore[attr-defined]
    taken, counted = ZERO, ZERO
    eligible = sum((g for _, _, g in lines), ZERO) / 2
    for piece in pieces:
        parts = [Part(pk, g, q, before[pk], Decimal(pk == piece)) for pk, q, g in lines]
        taken += points_back(earned, parts)
        counted += step_of(eligible, gross_back(parts), Decimal("0.01"))
        before[piece] += 1

    assert taken == sum(earned.values())
    assert not any(g for _, _, g in lines) or abs(counted - eligible) < Decimal("0.01")


@given(principal=cents, bonus=cents, part=st.integers(0, 100),
       uses=st.sampled_from(["proportion", "principal", "bonus"]))  # fmt: skip
def test_no_part_of_a_payment_exceeds_what_there_is(
    principal: Decimal, bonus: Decimal, part: int, uses: str
) -> None:
    amount = ((principal + bonus) * part / 100).quantize(Decimal("0.01"))
    amount = min(amount, principal + bonus)
    first, rest = parts_of(amount, principal, bonus, uses)

    assert first + rest == amount
    assert 0 <= first <= principal
    assert 0 <= rest <= bonus


months = st.sampled_from(["2027-01", "2027-02", "2027-03"])


@given(
    spent=st.dictionaries(months, st.integers(1, 50).map(Decimal)),
    steps=st.lists(st.integers(1, 9)),
)
def test_spent_points_go_back_to_their_months(spent: dict[str, Decimal], steps: list[int]) -> None:
    whole = sum(spent.values(), ZERO)
    back = dict.fromkeys(spent, ZERO)
    before = ZERO
    for step in (*map(Decimal, steps), whole):
        now = min(step, whole - before)
        for lot, n in lots_back(list(spent.items()), before, now):
            back[lot] += n
        before += now

    assert back == spent


def test_a_share_is_rounded_on_the_running_total() -> None:
    ways = [Way(Decimal(7), Decimal(n), Decimal(1)) for n in range(7)]

    assert sum(step_of(Decimal(10), way, POINT) for way in ways) == 10
