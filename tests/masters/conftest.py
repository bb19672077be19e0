"""The cast, for tests about masters."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chain import Chain, a_chain


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_chain)


@pytest.fixture
def as_zhou(chain: Chain) -> Iterator[Chain]:
    """The owner acts at headquarters."""
    with chain.as_("zhou", "hq"):
        yield chain
