"""Master data brought in by the hundred: what is new is made, what is known is left alone."""

from typing import Any

import pytest

from tests.chain import Chain
from tests.kernel.documents.test_gate import events_of
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party
from tongpan.masters.places.models import Place


def bring(chain: Chain, kind: str, *rows: Any) -> dict[str, int]:
    with chain.as_("zhou", "hq"):
        found: dict[str, int] = run(
            "masters.bring_in", payload={"type": kind, "rows": list(rows)}
        ).result
    return found


def tea(number: int, **more: Any) -> dict[str, Any]:
    row = {"code": f"T{number}", "name": f"绿茶 {number}", "base_unit": "盒"}
    return {"id": env.new_id(), **row, **more}


def problems(act: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as no:
        act()
    return [(p["path"], p["code"]) for p in no.value.problems]


def test_what_is_new_is_made_and_what_is_known_is_left_as_it_is(chain: Chain) -> None:
    first, second = tea(1), tea(2)
    bring(chain, "items.item", first)

    found = bring(chain, "items.item", {**first, "name": "红茶"}, second)

    assert found == {"new": 1, "known": 1}
    names = Item.objects.filter(pk__in=[first["id"], second["id"]]).values_list("code", "name")
    assert set(names) == {("T1", "绿茶 1"), ("T2", "绿茶 2")}
    assert Item.objects.get(code="T1").search_text.startswith(" t1 绿茶 1 ")
    assert [h.action for h in history_of(second["id"])] == ["items.item.save"]
    assert [e[0] for e in events_of(second["id"])] == ["items.item.saved"]


def test_nothing_to_bring_is_nothing_done(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        assert run("masters.bring_in", payload={"type": "items.item"}).result == {
            "new": 0, "known": 0,
        }  # fmt: skip


def test_personal_values_are_not_in_the_history_of_what_is_brought(chain: Chain) -> None:
    row = {"id": env.new_id(), "code": "V1", "name": "銮江", "is_supplier": True}
    row["bank_account"] = "622848"

    bring(chain, "parties.party", row)

    assert Party.objects.get(code="V1").bank_account == "622848"
    assert history_of(row["id"]).get().changes["bank_account"] == ["•", "•"]


def test_what_means_nothing_or_is_missing_is_named_by_its_row(chain: Chain) -> None:
    unreadable = lambda: bring(chain, "items.item", tea(1), tea(2, base_unit="桶"))  # noqa: E731
    incomplete = lambda: bring(chain, "items.item", tea(1), tea(2, code=""))  # noqa: E731

    assert problems(unreadable) == [("rows.2.base_unit", "not_found_reference")]
    assert problems(incomplete) == [("rows.2.code", "required")]
    assert not Item.objects.filter(code="T1").exists()


def test_a_row_that_is_there_under_another_id_is_refused(chain: Chain) -> None:
    with pytest.raises(Refusal, match="row_known_already") as no:
        bring(chain, "items.item", tea(1), tea(2, code="10001"))

    assert "10001" in no.value.facts["detail"]
    assert not Item.objects.filter(code="T1").exists()


def test_there_is_no_other_kind(chain: Chain) -> None:
    with pytest.raises(Refusal, match="not_found"):
        bring(chain, "items.nothing", tea(1))


def test_every_row_must_be_where_one_may(chain: Chain) -> None:
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="brings", name="brings")
        for code in ("masters.bring_in", "places.place.view"):
            RoleAction.objects.create(role=role, code=code)
        saves = Role.objects.create(code="saves", name="saves")
        RoleAction.objects.create(role=saves, code="places.place.save")
        chen = chain.people["chen"]
        Grant.objects.create(person=chen, role=role, unit=chain.units["hq"])
        Grant.objects.create(person=chen, role=saves, unit=chain.units["north"])

    def back_room(unit: str) -> dict[str, Any]:
        return {"id": env.new_id(), "unit": unit, "code": "B", "name": "Back"}

    def carry(who: str, *rows: Any) -> Any:
        with chain.as_(who, "north"):
            return run("masters.bring_in", payload={"type": "places.place", "rows": list(rows)})

    mine, theirs = back_room("S01"), back_room("S02")
    carry("chen", mine)
    with pytest.raises(Forbidden):
        carry("chen", theirs)
    with pytest.raises(Forbidden):
        carry("wang", theirs)

    assert history_of(mine["id"]).get().org_unit == chain.units["north"].pk
    assert not Place.unscoped.filter(pk=theirs["id"]).exists()
