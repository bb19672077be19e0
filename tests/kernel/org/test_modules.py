"""Units that do without a module: there its permissions are held by nobody."""

from typing import Any

import pytest

from tests.kernel.org.conftest import Chain, a_person
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org.models import ModuleOff, OrgUnit, Person
from tongpan.kernel.org.people import who_may
from tongpan.kernel.org.scope import (
    acting,
    may,
    may_somewhere,
    person_may,
    require,
    system,
    units_where,
    who,
)
from tongpan.kernel.org.units import modules_off, set_modules

POST = "stock.transfer.post"


def off(unit: OrgUnit, *modules: str) -> None:
    with system(reason="test"):
        set_modules(unit, dict.fromkeys(modules, False))


def codes(units: Any) -> set[str]:
    return set(units.values_list("code", flat=True))


def test_a_module_is_off_at_its_unit_and_below_and_for_everybody(chain: Chain) -> None:
    owner = a_person("owner", does=(chain.hq, "*"))
    keeper = a_person("keeper", does=(chain.north, "stock.*"), sells=(chain.north, "till.*"))
    off(chain.north, "stock")

    with acting(owner):
        assert [may(POST, unit) for unit in (chain.north, chain.till, chain.south, chain.hq)] == [
            False, False, True, True,
        ]  # fmt: skip
        assert may(POST, None)
        assert may("till.sale.view", chain.till)
        assert codes(units_where(POST)) == {"hq", "east", "south", "wh"}
        assert codes(units_where("till.sale.view")) == codes(OrgUnit.objects)
        assert who().closed_where(POST) == [chain.north.path]
    with acting(keeper):
        assert not may_somewhere(POST)
        assert codes(units_where(POST)) == set()
        assert may_somewhere("till.sale.view")
    assert not person_may(keeper.held_permissions(), POST, chain.till)
    assert who_may(POST, chain.till) == frozenset()
    assert who_may("till.sale.view", chain.till) == {owner.pk, keeper.pk}
    assert who_may(POST, chain.south) == {owner.pk}


def test_what_is_off_above_is_off_below_and_at_the_top_for_the_whole_company(
    chain: Chain,
) -> None:
    keeper = a_person("keeper", does=(chain.north, "stock.*"))
    off(chain.east, "stock")
    off(chain.hq, "till")

    with acting(keeper):
        assert not may_somewhere(POST)
    with acting(a_person("owner", does=(chain.hq, "*"))):
        assert not may("till.sale.view", None)
        assert not may_somewhere("till.sale.view")
        assert may("stock.transfer.view", None)
    assert {m: u.code for m, u in modules_off(chain.till).items()} == {
        "stock": "east", "till": "hq",
    }  # fmt: skip


def test_a_refusal_says_that_the_module_is_off(chain: Chain) -> None:
    owner, lin = a_person("owner", does=(chain.hq, "*")), a_person("lin")
    off(chain.north, "stock")

    with acting(owner), pytest.raises(Forbidden) as told:
        require(POST, chain.till)
    with acting(lin), pytest.raises(Forbidden) as plain:
        require(POST, chain.south)
    with acting(lin), pytest.raises(Forbidden) as of_all:
        require(POST, None)
    with system(reason="test"):
        require(POST, chain.till)

    assert [one.value.code for one in (told, plain, of_all)] == [
        "module_off", "forbidden", "forbidden",
    ]  # fmt: skip


def test_switching_needs_the_right_above_and_a_known_module(chain: Chain) -> None:
    below = a_person("below", edits=(chain.north, "org.unit.edit"))
    above = a_person("above", edits=(chain.east, "org.unit.edit"))

    with acting(below), pytest.raises(Forbidden):
        set_modules(chain.north, {"stock": False})
    with acting(above):
        with pytest.raises(Refusal, match="module_unknown"):
            set_modules(chain.north, {"flying": False})
        first = set_modules(chain.north, {"stock": False, "till": True})
        again = set_modules(chain.north, {"stock": False})
        back = set_modules(chain.north, {"stock": True})

    assert (first, again, back) == ({"stock": [True, False]}, {}, {"stock": [False, True]})
    assert not ModuleOff.objects.exists()
    assert Person.objects.count() == 2
