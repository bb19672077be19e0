"""Units convert exactly, or the conversion is refused."""

from decimal import Decimal

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from tongpan.base.refusals import Refusal
from tongpan.masters.items.rules.units import Measure, convert, factor_between

PIECE = Measure("个", Decimal(1), Decimal(1))
BOX = Measure("箱", Decimal(24), Decimal(1))
KILO = Measure("kg", Decimal(1), Decimal("0.001"))
JIN = Measure("斤", Decimal("0.5"), Decimal("0.001"))

steps = st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.001"), Decimal("0.000001")])
factors = st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-6))
measures = st.builds(Measure, st.just("u"), factors, steps)


@given(steps_of_source=st.integers(-(10**9), 10**9), source=measures, target=measures)
def test_what_converts_comes_back_unchanged(
    steps_of_source: int, source: Measure, target: Measure
) -> None:
    quantity = steps_of_source * source.step

    try:
        converted = convert(quantity, source, target)
    except Refusal:
        reject()

    assert converted % target.step == 0
    assert converted * target.factor == quantity * source.factor
    assert convert(converted, target, source) == quantity


@given(boxes=st.integers(0, 10**9), factor=st.integers(1, 10**6))
def test_whole_boxes_are_always_whole_pieces(boxes: int, factor: int) -> None:
    box = Measure("箱", Decimal(factor), Decimal(1))

    assert convert(Decimal(boxes), box, PIECE) == boxes * factor


@pytest.mark.parametrize(
    ("quantity", "source", "target", "expected"),
    [
        ("2", BOX, PIECE, "48"),
        ("48", PIECE, BOX, "2"),
        ("3", JIN, KILO, "1.5"),
        ("1.234", KILO, JIN, "2.468"),
        ("0", PIECE, BOX, "0"),
        ("-24", PIECE, BOX, "-1"),
    ],
)
def test_boxes_pieces_and_weights_convert(
    quantity: str, source: Measure, target: Measure, expected: str
) -> None:
    assert convert(Decimal(quantity), source, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("quantity", "source", "target", "code"),
    [
        ("25", PIECE, BOX, "quantity_not_whole"),
        ("0.5", PIECE, BOX, "quantity_off_step"),
        ("0.001", JIN, KILO, "quantity_not_whole"),
        ("1", PIECE, Measure("包", Decimal(3), Decimal("0.000001")), "quantity_not_whole"),
    ],
)
def test_what_does_not_come_out_is_refused_not_rounded(
    quantity: str, source: Measure, target: Measure, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        convert(Decimal(quantity), source, target)


def test_a_factor_that_has_no_end_is_refused() -> None:
    assert factor_between(Decimal("0.5"), Decimal("0.001")) == 500
    with pytest.raises(Refusal, match="factor_not_exact"):
        factor_between(Decimal(1), Decimal(3))
