"""The tree: paths follow it, whatever changes it."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kernel.org.conftest import Chain, a_chain, a_person
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org import units
from tongpan.kernel.org.models import LegalEntity, OrgUnit, TaxpayerKind, business_date
from tongpan.kernel.org.scope import acting, system, today_here
from tongpan.kernel.org.units import create_unit, move_unit, rename_unit


def paths() -> set[str]:
    return set(OrgUnit.objects.values_list("path", flat=True))


def test_a_new_unit_stands_below_its_parent_and_takes_after_it(chain: Chain) -> None:
    assert chain.till.path == "/hq/east/north/north-1/"
    assert chain.till.entity == chain.hq.entity


def test_renaming_a_region_renames_the_paths_of_all_below(chain: Chain) -> None:
    with system(reason="test"):
        rename_unit(chain.east, "dong")

    assert paths() == {
        "/hq/", "/hq/dong/", "/hq/dong/north/", "/hq/dong/north/north-1/", "/hq/dong/south/",
        "/hq/wh/",
    }  # fmt: skip


def test_moving_a_store_takes_its_tills_along(chain: Chain) -> None:
    with system(reason="test"):
        move_unit(chain.north, chain.hq)

    assert {"/hq/north/", "/hq/north/north-1/", "/hq/east/south/"} <= paths()


@pytest.mark.parametrize("change", ["rename", "move"])
def test_a_branch_changes_place_in_one_statement(
    chain: Chain, change: str, django_assert_num_queries: Any
) -> None:
    with system(reason="test"):
        chain.north.parent  # noqa: B018 - loaded before the counting
        if change == "rename":  # look whether it is taken; update; read again
            with django_assert_num_queries(3):
                rename_unit(chain.north, "bei")
        else:  # read both again; update; read again
            with django_assert_num_queries(4):
                move_unit(chain.north, chain.hq)


def test_a_unit_cannot_move_below_itself(chain: Chain) -> None:
    with system(reason="test"), pytest.raises(Refusal, match="unit_under_itself"):
        move_unit(chain.east, chain.north)


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        ("store", "north"),
        ("till", "hq"),
        ("till", "till"),
        ("region", "north"),
        ("company", "east"),
    ],
)
def test_a_unit_stands_only_where_its_kind_may(chain: Chain, kind: str, parent: str) -> None:
    with system(reason="test"), pytest.raises(Refusal) as refused:
        create_unit(parent=getattr(chain, parent), kind=kind, code="x", name="x")

    assert [p["code"] for p in refused.value.problems] == ["unit_stands_wrong"]


def test_everything_wrong_with_a_unit_is_said_at_once(chain: Chain) -> None:
    with system(reason="test"), pytest.raises(Refusal) as refused:
        create_unit(parent=chain.hq, kind="till", code="a/b", name="x", time_zone="Asia/Peking")

    assert {p["path"] for p in refused.value.problems} == {"parent", "code", "time_zone"}


def test_renaming_a_unit_to_its_own_code_does_nothing(
    chain: Chain, django_assert_num_queries: Any
) -> None:
    with system(reason="test"), django_assert_num_queries(0):
        rename_unit(chain.north, "north")


def test_a_code_is_used_once(chain: Chain) -> None:
    with system(reason="test"), pytest.raises(Refusal, match="unit_code_taken"):
        rename_unit(chain.south, "north")


def test_only_stores_and_warehouses_hold_stock(chain: Chain) -> None:
    holding = {unit.code for unit in OrgUnit.objects.all() if unit.holds_stock}

    assert holding == {"north", "south", "wh"}


def test_the_business_date_of_a_unit_follows_its_clock_and_cut(chain: Chain) -> None:
    chain.north.day_cut = time(4)

    assert business_date(chain.north, datetime(2026, 11, 21, 19, 30, tzinfo=UTC)) == date(
        2026, 11, 21
    )
    assert business_date(chain.south, datetime(2026, 11, 21, 19, 30, tzinfo=UTC)) == date(
        2026, 11, 22
    )


@pytest.mark.parametrize(
    "statement",
    [
        "update org_unit set parent_id = (select id from org_unit where code = 'hq')"
        " where code = 'north'",
        "update org_unit set path = '/hq/north/' where code = 'north'",
        "update org_unit set path = '/hq/dong/', code = 'dong' where code = 'east'",
        "update org_unit set code = 'bei' where code = 'north'",
    ],
)
def test_the_database_refuses_a_path_that_does_not_follow_the_tree(
    chain: Chain, statement: str
) -> None:
    with (
        pytest.raises(IntegrityError, match=r"does not follow|ends_with_its_code"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


moves = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=8)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves)
def test_paths_follow_the_tree_after_any_moves_and_renames(
    company: str, steps: list[tuple[int, int, bool]]
) -> None:
    with transaction.atomic(), system(reason="test"):
        chain = a_chain()
        units = list(vars(chain).values())
        for count, (which, where, is_move) in enumerate(steps):
            unit, parent = units[which], units[where]
            unit.refresh_from_db()
            try:
                if is_move:
                    move_unit(unit, parent)
                else:
                    rename_unit(unit, f"c{count}")
            except Refusal:
                continue
        for unit in OrgUnit.objects.select_related("parent"):
            above = unit.parent.path if unit.parent else "/"
            assert unit.path == f"{above}{unit.code}/"
        assert OrgUnit.objects.filter(path__startswith=units[0].path.split("/")[0]).count() == 6
        transaction.set_rollback(True)


def test_whoever_asks_twice_is_told_once_of_a_new_unit(chain: Chain) -> None:
    told: list[OrgUnit] = []
    hear = told.append
    for _again in range(2):
        units.when_made(hear)
    try:
        with system(reason="test"):
            made = create_unit(parent=chain.east, kind="store", code="new", name="新店")
    finally:
        units._told.remove(hear)

    assert told == [made]


def test_moving_a_unit_needs_the_right_at_both_ends(chain: Chain) -> None:
    keeper = a_person(edits=(chain.east, "org.unit.edit"))

    with acting(keeper, at=chain.east):
        create_unit(parent=chain.east, kind="store", code="new", name="新店")
        with pytest.raises(Forbidden):
            move_unit(chain.north, chain.hq)
        with pytest.raises(Forbidden):
            move_unit(chain.warehouse, chain.east)
        with pytest.raises(Forbidden):
            create_unit(parent=None, kind="company", code="mine", name="x")


def test_the_tree_has_one_top(chain: Chain) -> None:
    with (
        system(reason="test"),
        pytest.raises(IntegrityError, match="the_tree_has_one_top"),
    ):
        create_unit(parent=None, kind="company", code="other", name="x", entity=chain.hq.entity)


# -- legal entities -----------------------------------------------------------------------------


def test_a_legal_entity_keeps_a_checked_credit_code(company: str) -> None:
    entity = LegalEntity.objects.create(name="甲", credit_code=" 91350100m000100y43")

    assert entity.credit_code == "91350100M000100Y43"
    with pytest.raises(Refusal, match="credit_code_not_valid"):
        LegalEntity.objects.create(name="乙", credit_code="91350100M000100Y44")


def test_two_entities_may_both_not_know_their_code_yet_but_not_share_one(company: str) -> None:
    LegalEntity.objects.create(name="甲")
    LegalEntity.objects.create(name="乙")
    LegalEntity.objects.create(name="丙", credit_code="91350100M000100Y43")

    with pytest.raises(IntegrityError, match="one_entity_has_one_credit_code"):
        LegalEntity.objects.create(name="丁", credit_code="91350100M000100Y43")


def test_the_taxpayer_kind_is_the_last_one_that_has_begun(company: str) -> None:
    entity = LegalEntity.objects.create(name="甲")
    for kind, day in (("small_scale", date(2025, 1, 1)), ("general", date(2026, 7, 1))):
        TaxpayerKind.objects.create(entity=entity, kind=kind, valid_from=day)

    kinds = [
        entity.taxpayer_kind(day)
        for day in (date(2024, 12, 31), date(2025, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    ]

    assert kinds == [None, "small_scale", "small_scale", "general"]
    with pytest.raises(IntegrityError, match="one_taxpayer_kind_begins_on_a_day"):
        TaxpayerKind.objects.create(entity=entity, kind="general", valid_from=date(2025, 1, 1))


# -- at one moment ------------------------------------------------------------------------------


@pytest.mark.races
def test_a_store_that_opens_while_its_region_moves_never_has_a_stale_path(
    own_database: Any,
) -> None:
    chain = a_chain()

    for count in range(10):
        code, to = f"new{count}", chain.hq if count % 2 else chain.east

        def open_store(code: str = code) -> None:
            with system(reason="test"), transaction.atomic():
                create_unit(parent=chain.north, kind="till", code=code, name="新")

        def move(to: OrgUnit = to) -> None:
            with system(reason="test"), transaction.atomic():
                move_unit(chain.north, to)

        own_database.at_once(open_store, move)  # either may be refused, neither may be wrong

    for unit in OrgUnit.objects.select_related("parent"):
        above = unit.parent.path if unit.parent else "/"
        assert unit.path == f"{above}{unit.code}/"


def test_today_is_the_business_day_of_where_a_person_stands(chain: Chain) -> None:
    person = a_person()
    with env.frozen(datetime(2026, 11, 19, 21, tzinfo=UTC)):  # 05:00 in Shanghai
        with acting(person, at=chain.hq):
            assert today_here() == date(2026, 11, 20)
        with acting(person):
            assert today_here() == date(2026, 11, 19)
