"""The stage of every test about documents: the cast, goods in the warehouse, actions for a test."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.chain import Chain, a_chain, on_shelf
from tests.conftest import OwnDatabase
from tongpan.business.finance import accounts as money
from tongpan.kernel.documents import registry
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.ledger.posting import Move

STOCK = {"milk": ("100", "8.50"), "cola": ("240", "2.00"), "apple": ("30", "6.00")}


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_stocked_chain)


@pytest.fixture
def own_chain(own_database: OwnDatabase) -> Chain:
    """The same where commits are real."""
    return a_stocked_chain()


def a_stocked_chain() -> Chain:
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


@pytest.fixture
def without_lines(monkeypatch: pytest.MonkeyPatch) -> str:
    """A type of which no document has lines: the payment as it would be without any."""

    def moves(body: Any) -> Iterator[Move]:
        bank = money.money_at(body.paid_from.unit_id, body.paid_from.pk)
        ours = money.advance(bank.org_unit, body.supplier_id, body.document.pk)
        yield Move(bank, ours, Decimal(1))

    code = "finance.supplier_payment"
    bare = replace(
        registry.document_type(code), line=None, columns=(), moves=moves, check=lambda _body: ()
    )
    monkeypatch.setitem(registry._documents, code, bare)
    for action in registry.actions_of(code):
        monkeypatch.setitem(registry._actions, action.code, replace(action, type=bare))
    return code
