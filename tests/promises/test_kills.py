"""`kill -9` of sellers at random: what was acknowledged is there, once, and nothing else."""

import multiprocessing
import os
import random
import signal
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from tests.chain import on_shelf
from tests.contracts.examples import EXAMPLES, Stage, a_stage
from tests.kernel.documents.test_all_at_once import refuse_gaps
from tongpan.base import env
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.models import Posting

pytestmark = pytest.mark.races

KILLS, SELLERS = 60, 3
FORK = multiprocessing.get_context("fork")


def sell(stage: Stage, acknowledge: int, told: int, *, too_early: bool = False) -> None:
    """Sell until killed. What is told is said before, and what is acknowledged, after."""
    with schema_context("north"), stage.as_("zhou", "till"):
        while True:
            sale = env.new_id()
            os.write(told, sale.bytes)
            ring_up(stage, sale, acknowledge if too_early else None)
            os.write(acknowledge, sale.bytes)


def ring_up(stage: Stage, sale: UUID, too_early: int | None) -> None:
    made = EXAMPLES["till.sale"].made
    assert made is not None
    action, payload = made(stage, 1)

    def say_and_die() -> None:
        if too_early is not None:
            os.write(too_early, sale.bytes)
            os.kill(os.getpid(), signal.SIGKILL)

    with env.failing("gate.before_post", say_and_die):  # a sale is one statement, and its commit
        run(action, sale, payload)


class Shop:
    """Sellers, each a process of its own, and what they said."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.acknowledged, self.told = os.pipe(), os.pipe()
        self.sellers: list[Any] = []

    def open(self, **how: bool) -> None:
        connection.close()
        ends = (self.stage, self.acknowledged[1], self.told[1])
        seller = FORK.Process(target=sell, args=ends, kwargs=how, daemon=True)
        seller.start()
        self.sellers.append(seller)

    def kill(self, seller: Any) -> None:
        self.sellers.remove(seller)
        with suppress(ProcessLookupError):
            os.kill(seller.pid, signal.SIGKILL)
        seller.join(30)
        assert seller.exitcode == -signal.SIGKILL

    def heard(self) -> tuple[list[UUID], set[UUID]]:
        """What was acknowledged, and all that was told; nobody sells any more."""
        return _read(self.acknowledged[0]), set(_read(self.told[0]))


def _read(end: int) -> list[UUID]:
    os.set_blocking(end, False)
    said = b""
    with suppress(BlockingIOError):
        while part := os.read(end, 1 << 16):
            said += part
    return [UUID(bytes=said[n : n + 16]) for n in range(0, len(said), 16)]


def counted(acknowledged: list[UUID], told: set[UUID]) -> dict[str, int]:
    posted = list(
        Posting.objects.filter(
            document__in=Document.unscoped.filter(type="till.sale").values("pk")
        ).values_list("document", flat=True)
    )
    return {
        "lost": len({*acknowledged} - {*posted}),
        "doubled": len(posted) - len({*posted}),
        "strange": len({*posted} - told),
    }


def test_killed_sellers_lose_nothing_that_they_acknowledged(own_database: Any) -> None:
    chance = random.Random(20261122)
    stage = a_stage()
    on_shelf(stage, "north", milk=("1000000", "8.50"))  # a fast machine sells out what there is
    shop = Shop(stage)
    for _ in range(SELLERS):
        shop.open()
    for _ in range(KILLS):
        env.sleep(0.05 + 0.15 * chance.random())
        shop.kill(chance.choice(shop.sellers))
        shop.open()
    for seller in [*shop.sellers]:
        shop.kill(seller)

    acknowledged, told = shop.heard()

    assert len(acknowledged) >= KILLS
    assert counted(acknowledged, told) == {"lost": 0, "doubled": 0, "strange": 0}
    assert [found for found in verify() if found.violations] == []
    refuse_gaps()


def test_a_seller_that_acknowledges_before_the_commit_loses_a_sale(own_database: Any) -> None:
    """The twin: what the test above counts can be lost."""
    shop = Shop(a_stage())
    shop.open(too_early=True)
    [seller] = shop.sellers
    seller.join(30)

    assert counted(*shop.heard()) == {"lost": 1, "doubled": 0, "strange": 0}
