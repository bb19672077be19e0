"""Who may do what where."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.kernel.org.conftest import Chain, a_person
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org.models import Grant, OrgUnit, Role
from tongpan.kernel.org.people import (
    create_person,
    end_grant,
    give_role,
    make_role,
    require_over,
    roles_to_give,
    switch_off,
)
from tongpan.kernel.org.permissions import declare_permission, permissions
from tongpan.kernel.org.scope import (
    NoScope,
    acting,
    may,
    may_somewhere,
    require,
    system,
    units_where,
    who,
)

POST = "stock.transfer.post"
PLACES = ("hq", "east", "north", "till", "south", "warehouse")


def codes(units: Any) -> set[str]:
    return set(units.values_list("code", flat=True))


def test_what_was_just_read_of_a_person_is_not_read_again(
    chain: Chain, django_assert_num_queries: Any
) -> None:
    keeper = a_person(posts=(chain.north, POST))
    held = keeper.held_permissions()

    with django_assert_num_queries(0), acting(keeper, at=chain.north, held=held):
        assert may(POST, chain.north)
        assert not may(POST, chain.south)
    with acting(keeper, at=chain.north, held=()):
        assert not may(POST, chain.north)


# -- the matrix ---------------------------------------------------------------------------------

BELOW = {
    "hq": set(PLACES),
    "east": {"east", "north", "till", "south"},
    "north": {"north", "till"},
    "till": {"till"},
    "south": {"south"},
    "warehouse": {"warehouse"},
}
HELD = {
    "*": True,
    "stock.*": True,
    "stock.transfer.*": True,
    POST: True,
    "stock.transfer.view": False,
}


@pytest.mark.parametrize("granted_at", PLACES)
@pytest.mark.parametrize("held", HELD)
def test_a_role_holds_at_its_unit_and_below_and_nowhere_else(
    chain: Chain, granted_at: str, held: str
) -> None:
    person = a_person(does=(getattr(chain, granted_at), held))

    with acting(person, at=chain.hq):
        allowed = {place for place in PLACES if may(POST, getattr(chain, place))}
        listed = {
            place for place in PLACES if getattr(chain, place).code in codes(units_where(POST))
        }

    expected = BELOW[granted_at] if HELD[held] else set()
    assert allowed == listed == expected


@pytest.mark.parametrize("granted_at", PLACES)
def test_what_is_the_whole_companys_needs_a_grant_at_the_top(chain: Chain, granted_at: str) -> None:
    person = a_person(does=(getattr(chain, granted_at), POST))

    with acting(person):
        assert may(POST, None) is (granted_at == "hq")
        assert may_somewhere(POST)
        assert not may_somewhere("stock.count.post")


def test_what_another_holds_is_not_ones_own(chain: Chain) -> None:
    a_person("wu", posts=(chain.hq, POST))
    lin = a_person("lin")

    with acting(lin, at=chain.hq):
        assert not may(POST, chain.hq)


def test_somebody_without_any_grant_may_nothing(chain: Chain) -> None:
    with acting(a_person(), at=chain.north):
        assert not may(POST, chain.north)
        assert codes(units_where(POST)) == set()
        with pytest.raises(Forbidden):
            require(POST, chain.north)


# -- limits, dates, tokens ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "is_allowed"),
    [
        (None, True),
        ("0", True),
        ("500", True),
        ("500.01", False),
        ("-500", True),
        ("-500.01", False),
    ],
)
def test_an_amount_limit_counts_the_size(
    chain: Chain, amount: str | None, is_allowed: bool
) -> None:
    person = a_person(does=(chain.north, POST, "500"))

    with acting(person, at=chain.north):
        assert may(POST, chain.north, Decimal(amount) if amount else None) is is_allowed


def test_the_widest_of_several_roles_counts(chain: Chain) -> None:
    person = a_person(
        some=(chain.hq, POST, "100"), more=(chain.east, "stock.*", "900"), other=(chain.south, "*")
    )

    with acting(person):
        assert not may(POST, chain.warehouse, Decimal(101))
        assert may(POST, chain.north, Decimal(900))
        assert not may(POST, chain.north, Decimal(901))
        assert may(POST, chain.south, Decimal(10**9))


@pytest.mark.parametrize(
    ("at", "is_valid"),
    [
        ("2026-11-30T15:59:59", False),  # still the 30th in Shanghai
        ("2026-11-30T16:00:00", True),
        ("2026-12-31T15:59:59", True),
        ("2026-12-31T16:00:00", False),
    ],
)
def test_a_grant_holds_from_its_first_day_to_the_end_of_its_last_at_the_unit(
    chain: Chain, at: str, is_valid: bool
) -> None:
    person = a_person(does=(chain.north, POST))
    Grant.objects.update(valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 31))

    with env.frozen(datetime.fromisoformat(at).replace(tzinfo=UTC)), acting(person):
        assert may(POST, chain.north) is is_valid
        assert units_where(POST).exists() is is_valid


def test_a_grant_that_ends_while_the_person_acts_is_noticed(chain: Chain) -> None:
    person = a_person(does=(chain.north, POST))
    Grant.objects.update(valid_until=date(2026, 12, 31))

    with acting(person):
        with env.frozen(datetime(2026, 12, 31, 1, tzinfo=UTC)):
            assert may(POST, chain.north)
        with env.frozen(datetime(2027, 1, 1, 1, tzinfo=UTC)):
            assert not may(POST, chain.north)


def test_a_person_who_is_switched_off_holds_nothing(chain: Chain) -> None:
    person = a_person(does=(chain.hq, "*"))
    person.is_active = False
    person.save()

    with acting(person):
        assert not may(POST, chain.north)


@pytest.mark.parametrize(
    ("scopes", "is_allowed"),
    [
        (None, True),
        ([], False),
        ([POST], True),
        (["stock.*"], True),
        (["stock.transfer.view"], False),
    ],
)
def test_a_token_narrows_and_never_widens(
    chain: Chain, scopes: list[str] | None, is_allowed: bool
) -> None:
    person = a_person(does=(chain.hq, "stock.transfer.*"))

    with acting(person, via="api", scopes=scopes):
        assert may(POST, chain.north) is is_allowed
        assert units_where(POST).exists() is is_allowed
        assert not may("stock.count.post", chain.north)


def test_asking_many_times_costs_one_query(chain: Chain, django_assert_num_queries: Any) -> None:
    person = a_person(does=(chain.east, POST), sees=(chain.hq, "see.*"))

    with acting(person, at=chain.north), django_assert_num_queries(1):
        for place in PLACES:
            may(POST, getattr(chain, place), Decimal(5))


# -- who acts -----------------------------------------------------------------------------------


def test_nobody_acts_unless_somebody_is_named(chain: Chain) -> None:
    for ask in (who, lambda: may(POST, chain.hq), lambda: units_where(POST)):
        with pytest.raises(NoScope):
            ask()


def test_acting_nests_and_ends_even_when_it_fails(chain: Chain) -> None:
    lin, wu = a_person("lin"), a_person("wu")

    with acting(lin, at=chain.north, via="api"):
        with acting(wu, at=chain.south):
            assert (who().person, who().at, who().via) == (wu, chain.south, "screen")
        with pytest.raises(Forbidden), acting(wu, at=chain.south):
            require(POST, chain.south)
        assert (who().person, who().at, who().via) == (lin, chain.north, "api")
    with pytest.raises(NoScope):
        who()


def test_the_system_may_all_and_keeps_the_name_of_who_acted(chain: Chain) -> None:
    lin = a_person()

    with acting(lin, at=chain.north), system(reason="fold"):
        assert may("anything.at_all", None, Decimal(10**12))
        assert codes(units_where("anything")) == {"hq", "east", "north", "north-1", "south", "wh"}
        assert (who().person, who().reason) == (lin, "fold")


def test_a_second_person_lends_the_right_to_act_but_not_their_eyes(chain: Chain) -> None:
    lin = a_person("lin", sells=(chain.north, "till.sale.post"))
    boss = a_person("boss", refunds=(chain.north, POST, "500"))

    with acting(lin, at=chain.north, authorised_by=boss):
        assert may(POST, chain.north, Decimal(500))
        assert not may(POST, chain.north, Decimal(501))
        assert not may(POST, chain.south)
        assert not units_where(POST).exists()
        assert not may_somewhere(POST)


# -- giving -------------------------------------------------------------------------------------

GIVE = "org.grant.edit"


def test_nobody_gives_what_they_do_not_hold_themselves(chain: Chain) -> None:
    declare_permission(POST, "Post transfers")
    manager = a_person("manager", gives=(chain.north, GIVE), posts=(chain.north, POST, "500"))
    lin = a_person("lin")
    with system(reason="test"):
        small = make_role("small", "小", {POST: Decimal(500)})
        large = make_role("large", "大", {POST: Decimal(501)})
        boundless = make_role("boundless", "无限", {POST: None})
        all_of_it = make_role("all", "全部", {"*": None})

    with acting(manager, at=chain.north):
        give_role(lin, small, chain.north)
        give_role(lin, small, chain.till)
        for role in (large, boundless, all_of_it):
            with pytest.raises(Refusal, match="grant_exceeds_own"):
                give_role(lin, role, chain.north)
        with pytest.raises(Forbidden):
            give_role(lin, small, chain.south)

    with acting(lin):
        assert may(POST, chain.north, Decimal(500))
        assert not may(POST, chain.north, Decimal(501))
    assert set(Grant.objects.filter(person=lin).values_list("given_by", flat=True)) == {manager.pk}


def test_only_roles_that_one_holds_at_a_unit_are_there_to_give(chain: Chain) -> None:
    manager = a_person("manager", does=(chain.north, POST), gives=(chain.north, GIVE))
    declare_permission(POST, "Post transfers")
    with system(reason="test"):
        make_role("large", "大", {"stock.*": None})

    with acting(manager):
        here = roles_to_give([chain.south, chain.north])
        nowhere = roles_to_give([])

    assert sorted(role.code for role in here) == ["manager-does", "manager-gives"]
    assert nowhere == []


def test_an_entrusted_role_is_given_to_others_by_who_holds_less_and_never_to_oneself(
    chain: Chain,
) -> None:
    declare_permission(POST, "Post transfers")
    admin = a_person("admin", gives=(chain.hq, GIVE), edits=(chain.hq, "org.*"))
    lin = a_person("lin")
    with system(reason="test"):
        role, owner = (
            make_role("poster", "过账", {POST: None}),
            make_role("owner", "老板", {"*": None}),
        )
        Role.objects.filter(pk=role.pk).update(is_entrusted=True)
        role.refresh_from_db()

    with acting(admin):
        offered = roles_to_give([chain.hq])
        give_role(lin, role, chain.north)
        require_over(lin)  # what they got from me is nothing that I could not give
        with pytest.raises(Refusal, match="grant_exceeds_own"):
            give_role(admin, role, chain.north)
        with pytest.raises(Refusal, match="grant_exceeds_own"):
            make_role("poster", "过账", {POST: None, "stock.*": None})
    with acting(admin, via="api", scopes=[GIVE]), pytest.raises(Refusal, match="grant_exceeds_own"):
        give_role(lin, role, chain.south)
    with system(reason="test"):
        give_role(lin, owner, chain.hq)
    with acting(admin), pytest.raises(Forbidden):
        require_over(lin)
    assert role in offered
    assert owner not in offered


def test_a_token_that_may_give_does_not_give_more_than_its_scopes(chain: Chain) -> None:
    declare_permission(POST, "Post transfers")
    owner, lin = a_person("owner", does=(chain.hq, "*")), a_person("lin")
    with system(reason="test"):
        role = make_role("poster", "过账", {POST: None})

    with (
        acting(owner, via="api", scopes=[GIVE]),
        pytest.raises(Refusal, match="grant_exceeds_own"),
    ):
        give_role(lin, role, chain.north)


def test_roles_are_made_at_the_top_from_known_permissions_that_one_holds(chain: Chain) -> None:
    local = a_person("local", edits=(chain.north, "org.role.edit"))
    central = a_person("central", edits=(chain.hq, "org.role.edit"))

    with acting(local), pytest.raises(Forbidden):
        make_role("mine", "我", {"org.role.edit": None})
    with acting(central):
        make_role("mine", "我", {"org.role.edit": None})
        with pytest.raises(Refusal, match="grant_exceeds_own"):
            make_role("mine", "我", {"org.*": None})
        with pytest.raises(Refusal, match="permission_unknown"):
            make_role("mine", "我", {"no.such.thing": None})

    assert list(Role.objects.get(code="mine").actions.values_list("code", flat=True)) == [
        "org.role.edit"
    ]


def test_nobody_changes_a_role_that_holds_more_than_they_do(chain: Chain) -> None:
    central = a_person("central", edits=(chain.hq, "org.role.edit"), views=(chain.hq, "org.x"))
    with system(reason="test"):
        make_role("owner", "老板", {"*": None})

    with acting(central), pytest.raises(Refusal, match="grant_exceeds_own"):
        make_role("owner", "老板", {"org.role.edit": None})

    assert Role.objects.get(code="owner").actions.get().code == "*"


def test_the_last_administrator_stays(chain: Chain) -> None:
    one, other = (a_person(name, all=(chain.hq, "*")) for name in ("one", "other"))
    below = a_person("below", all=(chain.east, "*"))
    first, second = (Grant.objects.get(person=person) for person in (one, other))

    with acting(one):
        end_grant(second, last_day=date(2030, 1, 1))  # one is left who has no last day
        for lock_out in (
            lambda: end_grant(first, last_day=date(2030, 1, 1)),
            lambda: give_role(one, first.role, chain.hq, valid_until=date(2030, 1, 1)),
            lambda: switch_off(one),
            lambda: make_role(first.role.code, "x", {"org.person.edit": None}),
            lambda: make_role(first.role.code, "x", {}),
        ):
            with pytest.raises(Refusal, match="last_administrator"):
                lock_out()
        make_role(first.role.code, "x", {"org.person.*": None, "org.role.*": None,
                                         "org.grant.edit": None})  # fmt: skip
        switch_off(below)

    one.refresh_from_db()
    first.refresh_from_db()
    assert (one.is_active, first.valid_until) == (True, None)
    assert below.is_active is False


def test_where_there_is_no_administrator_yet_none_is_missed(chain: Chain) -> None:
    lin = a_person("lin", does=(chain.hq, "org.person.edit"))

    with acting(lin):
        switch_off(lin)

    assert lin.is_active is False


def test_a_grant_ends_on_its_last_day(chain: Chain) -> None:
    lin = a_person("lin", does=(chain.north, POST))
    grant = Grant.objects.get(person=lin)

    with system(reason="test"):
        end_grant(grant, last_day=date(2026, 11, 20))

    with env.frozen(datetime(2026, 11, 21, tzinfo=UTC)), acting(lin):
        assert not may(POST, chain.north)


def test_a_grant_that_would_never_have_held_is_removed(chain: Chain) -> None:
    a_person("lin", does=(chain.north, POST))
    Grant.objects.update(valid_from=date(2026, 12, 1))

    with system(reason="test"):
        end_grant(Grant.objects.get(), last_day=date(2026, 11, 30))

    assert not Grant.objects.exists()


def test_people_are_made_by_those_who_may_with_names_nobody_has(chain: Chain) -> None:
    manager = a_person("manager", edits=(chain.north, "org.person.edit"))

    with acting(manager):
        made = create_person(" Ｌin ", "林")
        with pytest.raises(Refusal, match="sign_in_name_taken"):
            create_person("LIN", "另一个")
        for bad in ("", "  ", "a b", "x" * 61):
            with pytest.raises(Refusal, match="sign_in_name_not_valid"):
                create_person(bad, "x")
    with acting(made), pytest.raises(Forbidden):
        create_person("more", "x")

    assert made.username == "lin"
    assert not made.has_usable_password()


def test_the_register_lists_what_was_declared_in_order() -> None:
    listed = [permission.code for permission in permissions()]

    assert listed == sorted(listed)
    assert {"see.cost", "see.personal", "org.unit.edit"} <= set(listed)
    for bad in ("*", "stock.*", "Stock.post", "stock..post", ""):
        with pytest.raises(AssertionError):
            declare_permission(bad, "x")


def test_inactive_units_keep_their_place_in_the_scope(chain: Chain) -> None:
    OrgUnit.objects.filter(code="north").update(is_active=False)

    with acting(a_person(does=(chain.east, POST))):
        assert may(POST, chain.north)
