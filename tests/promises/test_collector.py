"""What a process loaded at its start is no garbage; at its end it is again."""

import atexit
import gc
from collections.abc import Iterator

import pytest

from tongpan.config.collector import SELDOM, spare_the_program


@pytest.fixture
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    atexit.unregister(gc.unfreeze)


@pytest.mark.usefixtures("as_before")
def test_the_program_is_not_walked_again_and_the_rest_seldom() -> None:
    young, middle, _whole = gc.get_threshold()
    before = gc.get_freeze_count()

    spare_the_program()

    assert gc.get_freeze_count() > before + 1000
    assert gc.get_threshold() == (young, middle, SELDOM)
