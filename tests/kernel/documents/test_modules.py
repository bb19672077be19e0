"""Documents of a module that a unit does without: neither shown nor taken, through any door."""

import pytest

from tests.chain import Chain, a_chain, a_transfer, on_shelf
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.stock.models import Transfer
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.org.scope import system, visible


@pytest.fixture
def chain(company: str) -> Chain:
    return a_chain()


def switch(chain: Chain, unit: str, **modules: bool) -> None:
    with chain.as_("zhou", "hq"):
        run("org.unit.set_modules", chain.units[unit].pk, {"modules": modules})


def test_what_was_written_is_not_seen_while_the_module_is_off_and_is_there_again(
    chain: Chain,
) -> None:
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    with chain.as_("zhou", "hq"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "4"})
        before = visible(Transfer, "stock.transfer.view").count()
    switch(chain, "warehouse", stock=False)
    switch(chain, "north", stock=False)
    with chain.as_("zhou", "hq"):
        meanwhile = visible(Transfer, "stock.transfer.view").count()
        with pytest.raises(Forbidden, match="module_off"):
            run("stock.transfer.post", draft.subject)
    switch(chain, "warehouse", stock=True)
    with chain.as_("zhou", "hq"):
        after = visible(Transfer, "stock.transfer.view").count()

    assert (before, meanwhile, after) == (1, 0, 1)
    assert history_of(chain.units["warehouse"].pk)[0].changes == {"modules.stock": [False, True]}


def test_nothing_is_sent_to_a_unit_without_the_module(chain: Chain) -> None:
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    with chain.as_("zhou", "hq"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "4"})
    switch(chain, "north", stock=False)

    with chain.as_("zhou", "hq"):
        with pytest.raises(Refusal, match="module_off"):
            run("stock.transfer.post", draft.subject)
        with pytest.raises(Refusal, match="module_off"):
            a_transfer(chain, "warehouse", "north", {"milk": "4"})
        run("stock.transfer.void", draft.subject)
    with system(reason="test"):
        a_transfer(chain, "warehouse", "north", {"milk": "4"}, unit=chain.units["warehouse"])


def test_modules_are_given_as_an_object(chain: Chain) -> None:
    with chain.as_("zhou", "hq"), pytest.raises(Refusal, match="invalid"):
        run("org.unit.set_modules", chain.units["north"].pk, {"modules": ["stock"]})
