"""The cast, for tests about masters."""

from collections.abc import Iterator

import pytest

from tests.chain import Chain, a_chain


@pytest.fixture
def chain(company: str) -> Chain:
    return a_chain()


@pytest.fixture
def as_zhou(chain: Chain) -> Iterator[Chain]:
    """The owner acts at headquarters."""
    with chain.as_("zhou", "hq"):
        yield chain
