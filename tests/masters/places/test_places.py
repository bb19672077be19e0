"""Places: every unit with stock has one, and people name it in few letters."""

import pytest

from tests.chain import Chain
from tests.conftest import OwnDatabase
from tests.masters.making import problems_of, saved
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import reference_of
from tongpan.kernel.org.models import LegalEntity, OrgUnit
from tongpan.kernel.org.scope import system
from tongpan.masters.places.models import Place
from tongpan.masters.places.queries import default_place


def test_a_store_is_given_one_default_place_and_keeps_it(as_zhou: Chain) -> None:
    north = as_zhou.units["north"]

    assert default_place(north) == default_place(north) == as_zhou.places["north"]
    assert Place.objects.filter(unit=north).count() == 1


def test_a_company_holds_no_stock(as_zhou: Chain) -> None:
    with pytest.raises(Refusal, match="unit_without_stock"):
        default_place(as_zhou.units["hq"])


def test_a_place_is_refused_with_all_its_problems(as_zhou: Chain) -> None:
    problems = problems_of(
        lambda: saved("places.place", unit="S01", code="MAIN", name="货架", is_default="是")
    )

    assert problems == [("code", "duplicate"), ("is_default", "default_place_exists")]


def test_a_place_is_named_by_its_unit_or_its_code(as_zhou: Chain) -> None:
    cold = saved("places.place", unit="S01", code="COLD", name="冷柜")
    main = as_zhou.places["north"]
    find = reference_of(Place).find

    assert find(["S01", "S01/MAIN", "COLD", "MAIN", str(cold.pk), "S01/"]) == {
        "S01": main, "S01/MAIN": main, "COLD": cold, str(cold.pk): cold,
    }  # fmt: skip


def test_goods_can_be_sent_to_a_place_whose_unit_one_does_not_see(chain: Chain) -> None:
    with chain.as_("lin", "north"):
        reference = reference_of(Place)
        seen = list(Place.objects.all())
        found = reference.find(["S01", "S02"])
        searched = reference.search("S0", 10)

    assert seen == [chain.places["north"]]
    assert list(found) == ["S01", "S02"]
    assert [place.unit.code for place in searched] == ["S01", "S02", "S03"]


def test_a_place_is_found_by_the_initials_of_its_unit(as_zhou: Chain) -> None:
    search = reference_of(Place).search

    assert search("bmd", 10) == [as_zhou.places["north"]]
    assert search("zhongxincang", 10) == [as_zhou.places["warehouse"]]
    assert search("xyz", 10) == []


@pytest.mark.races
def test_two_who_ask_at_once_are_given_the_same_place(own_database: OwnDatabase) -> None:
    with system(reason="a store"):
        entity = LegalEntity.objects.create(name="北方")
        hq = OrgUnit(kind="company", code="HQ", name="总部", entity=entity)
        hq.save()
        store = OrgUnit(parent=hq, kind="store", code="S1", name="店", entity=entity)
        store.save()

    def ask() -> object:
        with system(reason="a race"):
            return default_place(store).pk

    answers = own_database.at_once(*[ask] * 6)

    assert len(set(answers)) == 1
    with system(reason="looking"):
        assert [p.pk for p in Place.objects.filter(unit=store)] == answers[:1]
