"""A request has one effect, however often, wherever and whenever it is told."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.chain import NOON
from tests.contracts.examples import EXAMPLES, Stage, a_stage
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import History
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.models import Posting
from tongpan.kernel.org.scope import acting

pytestmark = pytest.mark.races

SENT_MIN, TELLERS = 2_000, 4


@dataclass(frozen=True)
class Request:
    """What is told again and again under one id."""

    id: UUID
    action: str
    payload: dict[str, Any]
    other: dict[str, Any]
    where: str


def requests(stage: Stage, count: int) -> list[Request]:
    """So many: slips, drafts and rows of master data in turn, each with other content beside it."""
    draft = EXAMPLES["stock.transfer"].payload
    assert draft is not None
    found = []
    for n in range(count):
        if n % 3 == 0:
            told = ("till.sale.ring_up", _basket(stage, 1), _basket(stage, 2), "till")
        elif n % 3 == 1:
            other = {**draft(stage, 2), "note": "something else"}
            told = ("stock.transfer.save", draft(stage, 2), other, "warehouse")
        else:
            family = {"code": f"F{n}", "name": f"款 {n}"}
            told = ("items.family.save", family, {**family, "name": "something else"}, "hq")
        found.append(Request(env.new_id(), *told))
    return found


def _basket(stage: Stage, pieces: int) -> dict[str, Any]:
    paid = str(Decimal("12.90") * pieces)
    return {
        "lines": [{"item": stage.items["cola"].pk, "quantity": str(pieces)}],
        "payments": [{"method": "CASH", "amount": paid}],
    }


def tell(stage: Stage, request: Request, chance: random.Random) -> str:
    """Tell it once more: now or in three months, over this connection or a new one, as it was
    said or with other content."""
    later, is_other = chance.random() < 0.1, chance.random() < 0.05
    payload = request.other if is_other else request.payload
    if chance.random() < 0.02:
        connection.close()
    unit = stage.units[request.where]
    days = timedelta(days=90 if later else 0)
    with env.frozen(NOON + days), acting(stage.people["zhou"], unit):
        try:
            outcome = run(request.action, payload=payload, request_id=request.id)
        except Refusal as no:
            return no.code
    assert outcome.subject == request.id
    if outcome.is_repeat:
        return "repeat"
    return "done otherwise" if is_other else "done"


def test_a_request_that_is_told_again_anywhere_at_any_time_has_one_effect(
    own_database: Any,
) -> None:
    stage = a_stage()
    chance = random.Random(20261122)
    told = requests(stage, 750)
    sent = [request for request in told for _ in range(chance.randint(1, 5))]
    chance.shuffle(sent)
    assert len(sent) >= SENT_MIN

    def teller(number: int) -> Callable[[], Counter[str]]:
        def call() -> Counter[str]:
            own = random.Random(number)
            return Counter(tell(stage, one, own) for one in sent[number::TELLERS])

        return call

    answers = own_database.at_once(*map(teller, range(TELLERS)))

    assert [a for a in answers if isinstance(a, Exception)] == []
    came: Counter[str] = sum(answers, Counter())
    assert set(came) == {"done", "done otherwise", "repeat", "request_conflict"}
    assert came["done"] + came["done otherwise"] == len(told)
    per_subject = Counter(
        History.objects.filter(subject__in=[one.id for one in told]).values_list(
            "subject", flat=True
        )
    )
    assert per_subject == {one.id: 1 for one in told}
    sales = [one.id for one in told if one.action == "till.sale.ring_up"]
    posted = Counter(Posting.objects.filter(document__in=sales).values_list("document", flat=True))
    assert posted == dict.fromkeys(sales, 1)
    assert [found for found in verify() if found.violations] == []


def test_without_its_memory_the_same_request_has_two_effects(own_database: Any) -> None:
    """The twin: where nothing recognises a request, it is carried out again."""
    stage = a_stage()
    with own_database.connect(user="tp_owner") as owner:
        [text] = owner.execute("select pg_get_functiondef('gate_begin'::regproc)").fetchone()
        assert "if not found then" in text
        owner.execute(text.replace("if not found then", "if false then"))
    [_sale, transfer, _family] = requests(stage, 3)

    came = [tell(stage, transfer, random.Random(1)) for _ in range(2)]

    assert came == ["done", "done"]
    assert history_of(transfer.id).count() == 2
