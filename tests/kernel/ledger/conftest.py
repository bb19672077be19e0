"""Every test of the ledger plays on the stage of `stage.py`."""

import pytest

from tests.kernel.ledger.stage import make_units


@pytest.fixture
def units(company: str) -> None:
    make_units()


@pytest.fixture
def own_units(own_database: object) -> object:
    make_units()
    return own_database
