"""Who holds a permission, through which rule, as far as the one who asks may see it."""

from datetime import UTC, date, datetime

import pytest

from tests.kernel.org.conftest import Chain, a_person
from tongpan.base import env
from tongpan.kernel.org.access import SEE, Rule, rules_giving, rules_of
from tongpan.kernel.org.models import Grant, Person
from tongpan.kernel.org.scope import NoScope, acting, system
from tongpan.kernel.org.tokens import make_token, revoke_token


def said(rules: list[Rule]) -> list[tuple[str, str, str]]:
    return [(one.person.username, one.unit.code, one.code) for one in rules]


def test_every_rule_that_gives_a_permission_is_named(chain: Chain) -> None:
    a_person("all", owns=(chain.hq, "*"))
    a_person("kind", posts=(chain.north, "stock.transfer.*", "500"))
    a_person("area", keeps=(chain.south, "stock.*"))
    a_person("one", posts=(chain.east, "stock.transfer.post"))
    a_person("other", posts=(chain.hq, "stock.transfer.view"))

    with system(reason="test"):
        everywhere = rules_giving("stock.transfer.post")
        at_the_till = rules_giving("stock.transfer.post", chain.till)

    assert said(everywhere) == [
        ("all", "hq", "*"),
        ("area", "south", "stock.*"),
        ("kind", "north", "stock.transfer.*"),
        ("one", "east", "stock.transfer.post"),
    ]
    assert [one.person.username for one in at_the_till] == ["all", "kind", "one"]
    assert everywhere[2].amount_max == 500
    assert everywhere[2].role.code == "kind-posts"


def test_what_is_over_and_who_is_switched_off_give_nothing(chain: Chain) -> None:
    gone = a_person("gone", owns=(chain.hq, "*"))
    ended = a_person("ended", owns=(chain.hq, "*"))
    coming = a_person("coming", owns=(chain.hq, "*"))
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    Grant.objects.filter(person=ended).update(valid_until=date(2026, 11, 20))
    Grant.objects.filter(person=coming).update(valid_from=date(2026, 12, 1))
    gone.refresh_from_db()

    with system(reason="test"), env.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        found = rules_giving("see.cost")
        assert [rules_of(one) for one in (gone, ended)] == [[], []]
        assert said(rules_of(coming)) == [("coming", "hq", "*")]

    assert [(one.person.username, one.valid_from) for one in found] == [
        ("coming", date(2026, 12, 1))
    ]


def test_one_sees_what_holds_where_one_may_see_it_and_all_of_oneself(chain: Chain) -> None:
    looker = a_person("looker", looks=(chain.east, SEE), sees=(chain.warehouse, "see.cost"))
    a_person("above", sees=(chain.hq, "see.cost"))
    a_person("below", sees=(chain.north, "see.cost"))
    elsewhere = a_person("elsewhere", sees=(chain.warehouse, "see.cost"))

    with acting(looker):
        found = rules_giving("see.cost")
        other = rules_of(elsewhere)
    with acting(elsewhere):
        own, others = rules_of(elsewhere), rules_of(looker)

    assert [one.person.username for one in found] == ["above", "below", "looker"]
    assert other == []
    assert said(own) == [("elsewhere", "wh", "see.cost")]
    assert others == []
    with pytest.raises(NoScope):
        rules_giving("see.cost")


def test_all_that_a_person_holds_is_told_with_the_programs_that_may_use_it(chain: Chain) -> None:
    lin = a_person("lin", works=(chain.north, "stock.*"), sees=(chain.hq, "see.cost"))
    with system(reason="test"):
        make_token(lin, "scales", ["stock.transfer.post"], days=9)
        make_token(lin, "books", ["see.cost"], days=9)
        old, _secret = make_token(lin, "old", ["see.cost"], days=9)
        revoke_token(old)
        found = rules_of(lin)
        posting, viewing = (rules_giving(f"stock.transfer.{v}") for v in ("post", "view"))

    assert [(one.unit.code, one.code, one.tokens) for one in found] == [
        ("hq", "see.cost", ("books",)),
        ("north", "stock.*", ("scales",)),
    ]
    assert [posting[0].tokens, viewing[0].tokens] == [("scales",), ()]
