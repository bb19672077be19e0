"""Everybody at once: random transfers, receipts and reversals, and the books are in order."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.chain import Chain, a_transfer, on_shelf
from tests.conftest import OwnDatabase
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.races
PEOPLE, STEPS = 6, 14
EXPECTED = {"out_of_bounds", "followed", "wrong_state", "invalid", "reversed_already", "not_found"}


def one_day(chain: Chain, seed: int) -> Callable[[], Counter[str]]:
    """A person who sends, receives and takes back at random, as others do at the same moment."""
    chance = random.Random(seed)
    places = ["warehouse", "north", "south"]

    def send() -> None:
        source, target = chance.sample(places, 2)
        goods = {name: str(chance.randint(1, 30)) for name in chance.sample(GOODS, 2)}
        run("stock.transfer.post", a_transfer(chain, source, target, goods).subject)

    def receive() -> None:
        sent = some("stock.transfer")
        payload = prefill("stock.transfer_receipt", sent)
        for line in payload["lines"]:
            part = chance.randint(1, int(line["sent"]))
            missing = chance.randint(0, part)
            line |= {"received": str(part - missing), "missing": str(missing)}
        receipt = run("stock.transfer_receipt.save", payload=payload).subject
        run("stock.transfer_receipt.post", receipt)

    def take_back() -> None:
        code = chance.choice(["stock.transfer", "stock.transfer_receipt"])
        run(f"{code}.reverse", some(code), {"reason": "at random"})

    def some(code: str) -> UUID:
        rows = list(
            Document.unscoped.filter(type=code, state="posted").values_list("pk", flat=True)
        )
        if not rows:
            raise Refusal("not_found")
        return chance.choice(rows)

    def day() -> Counter[str]:
        came: Counter[str] = Counter()
        with chain.as_("zhou", "hq"):
            for _ in range(STEPS):
                act = chance.choice([send, send, receive, receive, take_back])
                try:
                    act()
                    came[act.__name__] += 1
                except Refusal as no:
                    came[no.code] += 1
        return came

    return day


GOODS = ["milk", "cola"]


def test_many_people_at_once_never_deadlock_and_leave_the_books_in_order(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    for where in ("north", "south"):
        on_shelf(own_chain, where, milk=("60", "8.00"), cola=("60", "2.20"))

    days = own_database.at_once(*(one_day(own_chain, seed) for seed in range(PEOPLE)))

    assert [day for day in days if isinstance(day, Exception)] == []
    came: Any = sum((day for day in days if isinstance(day, Counter)), Counter())
    assert min(came["send"], came["receive"], came["take_back"]) > 3, came
    assert set(came) <= EXPECTED | {"send", "receive", "take_back"}
    assert deadlocks(own_database) == 0
    assert [found for found in verify() if found.violations] == []
    refuse_gaps()


def deadlocks(own_database: OwnDatabase) -> int:
    with own_database.connect(user="postgres") as admin:
        row = admin.execute(
            "select deadlocks from pg_stat_database where datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def refuse_gaps() -> None:
    with system(reason="looking at the numbers"):
        rows = Document.objects.exclude(number=None).values_list("number", flat=True)
        series: dict[str, list[int]] = {}
        for number in rows:
            prefix, _, serial = str(number).rpartition("-")
            series.setdefault(prefix, []).append(int(serial))
    for prefix, serials in series.items():
        assert sorted(serials) == list(range(1, len(serials) + 1)), prefix
