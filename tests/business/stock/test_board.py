"""What the stock dashboard reads: worth, and of how many items there is some."""

from typing import Any

import pytest

from tests.business.stock.test_transfer import follow, sent
from tests.chain import Chain, a_chain, on_shelf
from tongpan.business.stock.board import worth
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.scope import system


@pytest.fixture
def chain(staged: Any) -> Chain:
    chain: Chain = staged(a_chain)
    on_shelf(chain, "warehouse", milk=("100", "8.50"), cola=("240", "2.00"), apple=("30", "6.00"))
    return chain


def test_an_item_is_counted_once_wherever_in_the_unit_it_is(chain: Chain) -> None:
    transfer = sent(chain, {"milk": "40", "apple": "5", "cola": "7"})
    with chain.as_("chen", "north"):
        payload = follow(transfer, received="35", damaged="3", missing="2")  # milk: good and bad
        payload["lines"][1] |= {"received": "0", "damaged": "5"}  # apples: only bad ones
        receipt = run("stock.transfer_receipt.save", payload=payload)
        run("stock.transfer_receipt.post", receipt.subject)
    warehouse, north = chain.units["warehouse"].pk, chain.units["north"].pk

    with system(reason="a look"):
        found = {one.unit: one for one in worth([warehouse, north])}

    assert (found[north].items, found[north].value) == (3, 38 * 85 // 10 + 5 * 6 + 7 * 2)
    assert found[warehouse].items == 3
    with chain.as_("wang", "warehouse"):
        draft = run("stock.loss.save", payload={
            "header": {"place": chain.places["warehouse"], "reason": "broken"},
            "lines": [{"item": chain.items["apple"], "quantity": "25"}],
        })  # fmt: skip
        run("stock.loss.post", draft.subject)
    with system(reason="a look"):
        assert [one.items for one in worth([warehouse])] == [2]  # of apples none is left
