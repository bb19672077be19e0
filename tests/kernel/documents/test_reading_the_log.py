"""Who reads which lines of the log of actions."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.chain import Chain, a_transfer, on_shelf
from tongpan.kernel.documents.audit import Wanted, lines
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, Person, Role, RoleAction
from tongpan.kernel.org.scope import NoScope, acting, system
from tongpan.kernel.org.units import set_modules


def reader(chain: Chain, unit: str, *codes: str) -> Person:
    person = Person.objects.create(username=f"r{len(codes)}{unit}", name="读者")
    role = Role.objects.create(code=person.username, name="读")
    for code in ("org.audit.view", *codes):
        RoleAction.objects.create(role=role, code=code)
    Grant.objects.create(person=person, role=role, unit=chain.units[unit])
    return person


@pytest.fixture
def told(chain: Chain) -> dict[str, UUID]:
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    with chain.as_("zhou", "warehouse"):
        sent = a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject
        run("stock.transfer.post", sent)
    with chain.as_("zhou", "hq"):
        run("org.person.end_sessions", chain.people["lin"].pk)
        run("org.unit.set_modules", chain.units["south"].pk, {"modules": {"till": False}})
        item = chain.items["milk"].pk
        run("items.item.save", item, {"name": "奶"})
    return {"transfer": sent, "lin": chain.people["lin"].pk, "item": item,
            "south": chain.units["south"].pk}  # fmt: skip


def seen(reads: Person, told: dict[str, UUID], **wanted: Any) -> set[str]:
    with acting(reads):
        subjects = set(lines(Wanted(**wanted)).values_list("subject", flat=True))
    return {name for name, pk in told.items() if pk in subjects}


def test_a_line_is_seen_with_what_it_is_about(chain: Chain, told: dict[str, UUID]) -> None:
    every = reader(chain, "hq", "stock.transfer.view", "items.item.view")
    no_goods = reader(chain, "hq")
    below = reader(chain, "warehouse", "stock.transfer.view", "items.item.view", "x.view")
    south = reader(chain, "south", "stock.*")

    assert seen(every, told) == {"transfer", "lin", "item", "south"}
    assert seen(no_goods, told) == {"lin", "south"}
    assert seen(below, told) == {"transfer"}
    assert seen(south, told) == {"south"}
    assert seen(chain.people["lin"], told) == set()
    with pytest.raises(NoScope):
        lines(Wanted())
    with system(reason="test"):
        assert lines(Wanted()).filter(subject__in=told.values()).count() == 5


def test_a_module_that_is_off_has_no_lines(chain: Chain, told: dict[str, UUID]) -> None:
    every = reader(chain, "hq", "stock.transfer.view")
    with system(reason="test"):
        set_modules(chain.units["warehouse"], {"stock": False})

    assert seen(every, told) == {"lin", "south"}


def test_lines_are_asked_for_by_day_person_unit_kind_and_verb(
    chain: Chain, told: dict[str, UUID]
) -> None:
    zhou = chain.people["zhou"]
    day = date(2026, 11, 21)

    assert seen(zhou, told, since=day, until=day, person=zhou.pk) == set(told)
    assert seen(zhou, told, since=date(2026, 11, 22)) == set()
    assert seen(zhou, told, until=date(2026, 11, 20)) == set()
    assert seen(zhou, told, person=chain.people["lin"].pk) == set()
    assert seen(zhou, told, unit=chain.units["warehouse"]) == {"transfer"}
    assert seen(zhou, told, kind="items.item") == {"item"}
    assert seen(zhou, told, verb="post") == {"transfer"}


def test_lines_come_page_by_page_the_latest_first(chain: Chain, told: dict[str, UUID]) -> None:
    with chain.as_("zhou", "hq"):
        every = list(lines(Wanted()))
        first = every[0]
        rest = list(lines(Wanted(before=(first.business_date, first.pk))))

    assert first.subject == told["item"]
    assert [line.pk for line in rest] == [line.pk for line in every[1:]]
