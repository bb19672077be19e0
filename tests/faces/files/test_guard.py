"""Text that a spreadsheet would run."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpan.faces.files import guard
from tongpan.faces.files.guard import guarded, unguarded


def test_the_examples_in_the_text_are_true():
    assert doctest.testmod(guard).failed == 0


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1", " =1", "  -2+3", "＝1", "'=1"],
)
def test_what_a_spreadsheet_would_run_stays_text(text):
    assert guarded(text) == f"'{text}"


@given(st.text(alphabet="'=+-@ a1", max_size=8))
def test_taking_the_guard_off_gives_the_text_back(text):
    assert unguarded(guarded(text)) == text
