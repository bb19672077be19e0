"""Whatever stops a posting, at whichever statement: all of it happened, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.chain import Chain, a_transfer
from tests.conftest import OwnDatabase
from tests.kernel.documents.test_gate import events_of
from tongpan.base import env
from tongpan.business.stock.queries import stock_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.models import Posting

pytestmark = pytest.mark.races


class PowerCut(BaseException):
    """Nothing in the program expects it, so nothing tidies up."""


class Counting:
    """Wraps every statement: counts it, and cuts the power before or after the chosen one."""

    def __init__(self, stop: int, *, after: bool) -> None:
        self.stop, self.after, self.count = stop, after, 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        if self.count == self.stop and not self.after:
            raise PowerCut
        result = execute(sql, params, many, context)
        if self.count == self.stop and self.after:
            raise PowerCut
        return result


@contextmanager
def cut(stop: int, *, after: bool) -> Iterator[Counting]:
    """Cut the power at this statement, and come back with a new connection."""
    counting = Counting(stop, after=after)
    try:
        with connection.execute_wrapper(counting):
            yield counting
    except PowerCut:
        connection.close()


def milk(chain: Chain, where: str) -> tuple[int, int]:
    item = chain.items["milk"]
    figures = stock_of(chain.places[where], [item])[item.pk]
    return int(figures.on_hand), int(figures.coming)


def a_draft(chain: Chain) -> UUID:
    return a_transfer(chain, "warehouse", "north", {"milk": "1", "cola": "2"}).subject


def a_receipt(chain: Chain) -> UUID:
    sent = a_draft(chain)
    run("stock.transfer.post", sent)
    return run(
        "stock.transfer_receipt.save", payload=prefill("stock.transfer_receipt", sent)
    ).subject


def posted(chain: Chain) -> UUID:
    sent = a_draft(chain)
    run("stock.transfer.post", sent)
    return sent


CASES: dict[str, tuple[str, Callable[[Chain], UUID], dict[str, Any], str, str]] = {
    "post": ("stock.transfer.post", a_draft, {}, "draft", "posted"),
    "receive": ("stock.transfer_receipt.post", a_receipt, {}, "draft", "posted"),
    "reverse": ("stock.transfer.reverse", posted, {"reason": "x"}, "posted", "reversed"),
    "amend": ("stock.transfer.amend", posted, {"reason": "x"}, "posted", "reversed"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_power_cut_at_any_statement_leaves_all_or_nothing(
    own_chain: Chain, own_database: OwnDatabase, case: str
) -> None:
    action, make, payload, before, done = CASES[case]

    def state(document: UUID) -> str:
        return str(Document.unscoped.values_list("state", flat=True).get(pk=document))

    with own_chain.as_("zhou", "warehouse"):
        run(action, make(own_chain), payload)  # opens what is opened only once
        statements = len_of(action, make(own_chain), payload)
        cuts = [(n, after) for n in range(1, statements + 1) for after in (False, True)]
        for stop, after in cuts:
            document, request = make(own_chain), env.new_id()
            held, told = milk(own_chain, "warehouse"), len(events_of(document))
            with cut(stop, after=after) as counting:
                run(action, document, payload, request_id=request)
            assert counting.count == stop, "The power was never cut."

            assert state(document) == before, (stop, after)
            assert milk(own_chain, "warehouse") == held
            assert history_of(document).filter(action=action).count() == 0
            assert len(events_of(document)) == told

            again = run(action, document, payload, request_id=request)
            assert not again.is_repeat
            assert state(document) == done
            assert history_of(document).filter(action=action).count() == 1
            assert len(events_of(document)) == told + 1
        assert [found for found in verify() if found.violations] == []

    numbers = sorted(
        Document.unscoped.filter(type="stock.transfer", number__isnull=False).values_list(
            "number", flat=True
        )
    )
    assert numbers == [f"DB-W01-26-{n:05}" for n in range(1, len(numbers) + 1)]


def len_of(action: str, document: UUID, payload: dict[str, Any]) -> int:
    """How many statements the action needs when nothing stops it."""
    with cut(0, after=False) as counting:
        run(action, document, payload, request_id=env.new_id())
    assert counting.count > 5
    return counting.count


@pytest.mark.parametrize("point", ["gate.before_post", "gate.before_commit"])
def test_a_process_that_is_killed_between_the_steps_leaves_nothing(
    own_chain: Chain, own_database: OwnDatabase, point: str
) -> None:
    with own_chain.as_("zhou", "warehouse"):
        draft = a_draft(own_chain)
    code = f"""
import os
from tests.chain import NOON
from tongpan.base import env
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import acting
with env.frozen(NOON), acting(Person.objects.get(username="zhou"), OrgUnit.objects.get(code="W01")):
    with env.failing({point!r}, lambda: os.kill(os.getpid(), 9)):
        run("stock.transfer.post", "{draft}")
"""
    killed = own_database.python(code)

    _, said = killed.communicate(timeout=60)
    assert killed.returncode == -9, said
    assert Document.unscoped.get(pk=draft).state == "draft"
    assert not Posting.objects.filter(document=draft).exists()
    with own_chain.as_("zhou", "warehouse"):
        run("stock.transfer.post", draft)
    assert Document.unscoped.get(pk=draft).number == "DB-W01-26-00001"
    assert [found for found in verify() if found.violations] == []
