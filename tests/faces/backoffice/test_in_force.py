"""What holds in a store, for its own people: also what headquarters made, which they do not see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.business.promotions.stage import approved
from tests.chain import NOON
from tests.contracts.examples import Stage, a_stage
from tests.faces.backoffice.conftest import text_of
from tongpan.base import env
from tongpan.kernel.documents.gate import run
from tongpan.masters.prices.models import PriceList

Browse = Callable[[str, str], Client]


@pytest.fixture
def chain(staged: Any) -> Stage:
    return staged(a_stage)  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def today() -> Any:
    with env.frozen(NOON):
        yield


def change(chain: Stage, price: str, **header: str) -> Any:
    retail = PriceList.objects.get(holds_for="everybody")
    lines = [{"item": chain.items[name].pk, "new_price": price} for name in ("milk", "cola")]
    payload = {"header": {"price_list": retail.pk, **header}, "lines": lines, "unit": "HQ"}
    done = run("prices.change.save", payload=payload).subject
    run("prices.change.post", done)
    return done


def test_a_store_reads_what_headquarters_promotes_but_not_its_budget(
    chain: Stage, browse: Browse
) -> None:
    milk = {"part": "goods", "item": chain.items["milk"]}
    with chain.as_("zhou", "hq"):
        one = approved("percent_off", milk, percent="10", budget="4321", title="牛奶九折")
        approved("percent_off", percent="5", title="下周全场", begins_on="2026-12-01")
        approved("percent_off", percent="5", title="别店的", begins_on="2026-11-20",
                 unit="S02")  # fmt: skip
    store = text_of(browse("lin", "north"), "/in-force/")
    above = text_of(browse("zhou", "hq"), "/in-force/")
    assert "牛奶九折" in store
    assert "下周全场" in store
    assert "别店的" not in store
    assert "4,321" not in store
    assert str(one) not in store.replace(f'data-id="{one}"', "")
    assert "4,321.00" in above


def test_a_store_reads_which_prices_change_and_until_when(chain: Stage, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        now = change(chain, "11.10", begins_on="2026-11-21", ends_on="2026-11-30")
        change(chain, "10.20", begins_on="2026-12-05", begins_clock="14:00")
        change(chain, "12.00", begins_on="2026-11-21", ends_on="2026-11-21", ends_clock="08:00")
    client = browse("lin", "north")
    listed = text_of(client, "/in-force/?view=prices")
    goods = text_of(client, f"/in-force/?change={now}")
    assert "2026-12-05 14:00" in listed
    assert "2026-11-30" in listed  # its last day
    assert "08:00" not in listed
    assert goods.count("11.10") == 4  # the new price, and the one that holds
    assert "TJ-HQ" not in listed
    assert client.get(f"/in-force/?change={env.new_id()}").status_code == 404
