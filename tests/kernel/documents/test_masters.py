"""Master data: made, changed, archived and taken back, with history and without doubles."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError

from tests.chain import Chain
from tests.kernel.documents.test_gate import events_of
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.registry import master_type
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item
from tongpan.masters.places.models import Place

MILK = {"code": "M1", "name": "Milk", "base_unit": "box"}


@pytest.fixture
def manager(chain: Chain) -> Chain:
    """Chen may save places and price lists at North, and see those of the whole chain."""
    with system(reason="the cast of the tests"):
        saves = Role.objects.create(code="places", name="places")
        for code in ("places.place.save", "prices.list.save"):
            RoleAction.objects.create(role=saves, code=code)
        sees = Role.objects.create(code="sees", name="sees")
        RoleAction.objects.create(role=sees, code="places.place.view")
        chen = chain.people["chen"]
        Grant.objects.create(person=chen, role=saves, unit=chain.units["north"])
        Grant.objects.create(person=chen, role=sees, unit=chain.units["hq"])
    return chain


def save(chain: Chain, kind: str, row: UUID | None, /, **payload: Any) -> Any:
    with chain.as_("zhou", "hq"):
        return run(f"{kind}.save", row, payload).result


def problems(act: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as no:
        act()
    return [(p["path"], p["code"]) for p in no.value.problems]


@contextmanager
def unchecked(kind: str) -> Iterator[None]:
    """Inside, rows of this type meet only what the database checks."""
    declared = master_type(kind)
    check = declared.check
    object.__setattr__(declared, "check", lambda row, before: ())
    try:
        yield
    finally:
        object.__setattr__(declared, "check", check)


def test_a_row_is_made_and_changed_in_part(chain: Chain) -> None:
    milk = save(chain, "items.item", None, **MILK)
    save(chain, "items.item", milk.pk, name="Fresh milk")

    row = Item.objects.get(pk=milk.pk)
    assert (row.code, row.name, row.base_unit) == ("M1", "Fresh milk", chain.measures["box"])
    changes = {tuple(h.changes): h.changes for h in history_of(milk.pk)}
    assert changes[("name",)] == {"name": ["Milk", "Fresh milk"]}
    assert len(changes) == 2
    assert [e[0] for e in events_of(milk.pk)] == ["items.item.saved"] * 2


def test_what_is_missing_is_named(chain: Chain) -> None:
    assert problems(lambda: save(chain, "items.item", None, name="")) == [
        ("code", "required"),
        ("name", "required"),
        ("base_unit", "required"),
    ]


def test_what_means_nothing_is_named(chain: Chain) -> None:
    made = {"code": 5, "base_unit": "dozen", "colour": "red"}

    assert problems(lambda: save(chain, "items.item", None, **made)) == [
        ("code", "not_text"),
        ("base_unit", "not_found_reference"),
        ("colour", "unknown_field"),
    ]


def test_two_rows_of_one_code_are_refused_by_that_field(chain: Chain) -> None:
    save(chain, "items.item", None, **MILK)

    with pytest.raises(Refusal) as no:
        save(chain, "items.item", None, **MILK)

    assert [(p["path"], p["code"], p["given"]) for p in no.value.problems] == [
        ("code", "duplicate", "M1")
    ]
    assert Item.objects.filter(code="M1").count() == 1


def test_a_clash_that_is_nobody_s_double_is_a_fault_of_the_program(chain: Chain) -> None:
    payload = {"code": "L", "name": "L", "valid_from": "2026-11-02", "valid_until": "2026-11-01"}
    with unchecked("prices.list"), pytest.raises(IntegrityError, match="ends_after_it_begins"):
        save(chain, "prices.list", None, org_unit="HQ", **payload)


def test_who_saw_another_version_is_told_so(chain: Chain) -> None:
    milk = save(chain, "items.item", None, **MILK)
    with chain.as_("zhou", "hq"):
        run("items.item.save", milk.pk, {"name": "Fresh milk"}, version=1)
        with pytest.raises(Refusal, match="version_changed") as no:
            run("items.item.save", milk.pk, {"name": "Old milk"}, version=1)

    assert no.value.facts == {"version": 2}
    assert Item.objects.get(pk=milk.pk).name == "Fresh milk"


def test_a_row_is_archived_and_taken_back(chain: Chain) -> None:
    milk = save(chain, "items.item", None, **MILK).pk
    with chain.as_("zhou", "hq"):
        archived = run("items.item.archive", milk).result.state
        run("items.item.restore", milk)

    assert archived == "archived"
    assert Item.objects.get(pk=milk).state == "active"
    states = [h.changes for h in history_of(milk).exclude(action="items.item.save")]
    assert {"state": ["active", "archived"]} in states
    assert {"state": ["archived", "active"]} in states
    assert [e[0] for e in events_of(milk)][1:] == ["items.item.archived", "items.item.restored"]


def test_what_is_not_there_is_not_archived(chain: Chain) -> None:
    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("items.item.archive", env.new_id())

    assert no.value.code == "not_found"


def test_a_stranger_saves_and_archives_nothing(chain: Chain) -> None:
    milk = chain.items["milk"]
    with chain.as_("lin", "north"):
        for verb, payload in (("save", {"name": "mine"}), ("archive", {}), ("restore", {})):
            with pytest.raises(Forbidden):
                run(f"items.item.{verb}", milk.pk, payload)
        with pytest.raises(Forbidden):
            run("items.item.save", payload=MILK)

    assert Item.objects.get(pk=milk.pk).name == milk.name


# -- rows that belong to a unit ------------------------------------------------------------------


def test_a_place_is_saved_where_one_may(manager: Chain) -> None:
    with manager.as_("chen", "north"):
        made = run("places.place.save", payload={"unit": "S01", "code": "B", "name": "Back"})
        with pytest.raises(Forbidden):
            run("places.place.save", payload={"unit": "S02", "code": "B", "name": "Back"})

    assert made.result.unit == manager.units["north"]
    assert history_of(made.subject).get().org_unit == manager.units["north"].pk


def test_a_place_of_another_unit_is_not_drawn_over_to_ones_own(manager: Chain) -> None:
    theirs = manager.places["south"]
    with manager.as_("chen", "north"), pytest.raises(Forbidden):
        run("places.place.save", theirs.pk, {"unit": "S01", "code": "Z"})

    assert Place.unscoped.get(pk=theirs.pk).unit == manager.units["south"]


def test_a_row_that_one_does_not_see_is_not_there(chain: Chain) -> None:
    with system(reason="the cast of the tests"):
        saves = Role.objects.create(code="places", name="places")
        RoleAction.objects.create(role=saves, code="places.place.*")
        Grant.objects.create(person=chain.people["lin"], role=saves, unit=chain.units["north"])
    theirs = chain.places["south"].pk
    with chain.as_("lin", "north"):
        for verb, payload in (
            ("save", {"unit": "S01", "code": "Z", "name": "Mine"}),
            ("archive", {}),
        ):
            with pytest.raises(Refusal) as no:
                run(f"places.place.{verb}", theirs, payload)
            assert no.value.code == "not_found"

    assert Place.unscoped.get(pk=theirs).state == "active"


def test_a_double_that_slips_past_the_check_is_named_by_its_field(chain: Chain) -> None:
    """Two people add the same unit to an item at once: the second sees what the first did."""
    with unchecked("items.item_unit"):
        payload = {"item": "10003", "unit": "case", "factor": "24"}
        found = problems(lambda: save(chain, "items.item_unit", None, **payload))

    assert found == [("unit", "duplicate")]
