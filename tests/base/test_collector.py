"""Work without the collector of cycles leaves it as it was."""

import gc
from collections.abc import Iterator

import pytest

from tongpan.base.collector import uncollected


@pytest.fixture(autouse=True)
def is_on() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_it_is_off_inside_and_the_inner_one_does_not_end_the_outer_one() -> None:
    with uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_on_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), uncollected():
        _ = 1 / 0
    assert gc.isenabled()


def test_who_had_switched_it_off_keeps_it_off() -> None:
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()


def test_two_at_once_leave_it_on_whoever_ends_first() -> None:
    for first_ends_first in (True, False):
        one, other = uncollected(), uncollected()
        one.__enter__()
        other.__enter__()
        ends = [one, other] if first_ends_first else [other, one]
        for each in ends:
            each.__exit__(None, None, None)
        assert gc.isenabled()
