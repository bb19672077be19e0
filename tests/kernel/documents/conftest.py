"""The stage of every test about documents: the cast, goods in the warehouse, actions for a test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.chain import Chain, a_chain, on_shelf
from tests.conftest import OwnDatabase
from tongpan.kernel.documents import registry
from tongpan.kernel.documents.registry import Action, register_action

STOCK = {"milk": ("100", "8.50"), "cola": ("240", "2.00"), "apple": ("30", "6.00")}


@pytest.fixture
def chain(company: str) -> Chain:
    chain = a_chain()
    on_shelf(chain, "warehouse", **STOCK)
    return chain


@pytest.fixture
def own_chain(own_database: OwnDatabase) -> Chain:
    """The same where commits are real."""
    chain = a_chain()
    on_shelf(chain, "warehouse", **STOCK)
    return chain


@pytest.fixture
def an_action() -> Iterator[Callable[..., Action]]:
    """Declares actions that are forgotten after the test."""
    declared: list[str] = []

    def declare(code: str, run: Callable[..., Any], **more: Any) -> Action:
        declared.append(code)
        return register_action(
            Action(code=code, title=code, run=run, permission="stock.transfer.view", **more)
        )

    yield declare
    for code in declared:
        del registry._actions[code]
