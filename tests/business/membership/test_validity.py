"""Stored value of a member without a name is valid for some months, and again when asked for."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.business.membership.stage import Club, a_club, standing, topped_up
from tests.chain import NOON
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.membership.models import Member, WalletRule
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import acting, system

LAST = date(2029, 11, 21)  # three years after the top-up
AFTER = NOON.replace(year=2029) + timedelta(days=1)
RENEW = "membership.member.renew"


@pytest.fixture
def club(staged: Any, company: str, settings: Any) -> Club:
    settings.DEFAULT_COMPANY = company
    found: Club = staged(a_club)
    WalletRule.objects.update(unregistered_months=36)
    for member in ("ming", "hong"):
        topped_up(found, member, "100.00")
    return found


def act(club: Club, when: datetime, code: str, *args: Any, by: str = "zhou") -> Outcome:
    with env.frozen(when), acting(club.people[by], club.units["north till"]):
        return run(code, *args)


def buys(club: Club, member: str, when: datetime) -> Outcome:
    payload = {
        "member": str(club.members[member]),
        "lines": [{"item": club.items["milk"].pk, "quantity": "1"}],
        "payments": [{"method": "STORED", "amount": "10.00"}],
    }
    return act(club, when, "till.sale.ring_up", env.new_id(), payload)


def test_it_waits_after_its_time_until_it_is_made_valid_again(club: Club) -> None:
    hong = club.members["hong"]

    buys(club, "hong", NOON.replace(year=2029))
    with pytest.raises(Refusal) as over:
        buys(club, "hong", AFTER)
    waiting = standing(club, "hong", AFTER.date())
    until = act(club, AFTER, RENEW, hong).result
    buys(club, "hong", AFTER)

    problem = over.value.problems[0]
    assert (problem["code"], problem["until"]) == ("stored_value_over", f"{LAST}")
    assert waiting.stored == 100  # nothing is lost
    assert waiting.is_stored_over(AFTER.date())
    assert not waiting.is_stored_over(LAST)
    assert until == date(2032, 11, 22)
    assert history_of(hong)[0].changes == {"renewed_on": [None, "2029-11-22"]}


def test_with_a_name_it_is_valid_for_ever(club: Club) -> None:
    buys(club, "ming", AFTER)
    Member.objects.filter(pk=club.members["hong"]).update(name="陈红")

    buys(club, "hong", AFTER)

    assert standing(club, "hong", AFTER.date()).stored_until is None
    assert act(club, AFTER, RENEW, club.members["ming"]).result is None


def test_the_time_begins_anew_with_a_top_up_and_follows_the_rule_of_the_day(club: Club) -> None:
    WalletRule.objects.create(
        code="LATER", valid_from=date(2027, 1, 1), unregistered_months=None,
        unregistered_max=1000, registered_max=5000, named_from=10000,
    )  # fmt: skip
    buys(club, "hong", AFTER)  # the rule of that day ends nothing

    WalletRule.objects.filter(code="LATER").update(unregistered_months=48)
    four_years = standing(club, "hong", AFTER.date()).stored_until
    lines = [{"member": str(club.members["hong"]), "amount": "1.00"}]
    payload = {"header": {"method": "CASH"}, "lines": lines}
    draft = act(club, AFTER, "stored_value.top_up.save", None, payload).subject
    act(club, AFTER, "stored_value.top_up.post", draft)

    assert four_years == date(2030, 11, 21)
    assert standing(club, "hong", AFTER.date()).stored_until == date(2033, 11, 22)


def test_who_may_not_makes_nothing_valid_and_nobody_is_not_found(club: Club) -> None:
    with pytest.raises(Forbidden):
        act(club, AFTER, RENEW, club.members["hong"], by="chen")
    with pytest.raises(Refusal) as no:
        act(club, AFTER, RENEW, env.new_id())

    assert no.value.code == "not_found"


def test_no_months_is_no_rule(club: Club) -> None:
    rule = WalletRule.objects.get()
    with pytest.raises(Refusal) as no, club.as_("zhou", "hq"):
        run("membership.wallet_rule.save", rule.pk, {"unregistered_months": "0"})

    assert [p["path"] for p in no.value.problems] == ["unregistered_months"]


@pytest.fixture
def old_club(staged: Any, company: str, settings: Any) -> Club:
    """Hong paid in three years and a day ago; today nothing of it can be used."""
    settings.DEFAULT_COMPANY = company
    found: Club = staged(a_club)
    WalletRule.objects.update(unregistered_months=36, valid_from=date(2020, 1, 1))
    long_ago = NOON.replace(year=2023) - timedelta(days=1)
    lines = [{"member": str(found.members["hong"]), "amount": "100.00"}]
    payload = {"header": {"method": "CASH"}, "lines": lines}
    draft = act(found, long_ago, "stored_value.top_up.save", None, payload).subject
    act(found, long_ago, "stored_value.top_up.post", draft)
    return found


def test_a_cashier_makes_it_valid_again_at_the_till(old_club: Club) -> None:
    hong = str(old_club.members["hong"])
    role = old_club.people["lin"].grants.get().role
    with system(reason="cashiers may"):
        RoleAction.objects.create(role=role, code=RENEW)
    machine = Client()
    with env.frozen(NOON):
        machine.force_login(old_club.people["lin"])
        machine.post("/till/choose/", {"till": str(old_club.units["north till"].pk)})
        (told,) = machine.get("/till/member", {"id": hong}).json()["members"]
        asked = json.dumps({"id": str(env.new_id()), "member": hong})
        renewed, again = (
            machine.post("/till/member/renew", asked, content_type="application/json").json()
            for _ in range(2)
        )

    now = renewed["member"]
    assert (told["is_stored_over"], told["stored_until"]) == (True, "11-20 周五")
    assert (now["is_stored_over"], now["stored_until"]) == (False, "2029-11-21")
    assert again == renewed
    assert history_of(old_club.members["hong"]).filter(action=RENEW).count() == 1


def test_headquarters_sees_that_it_waits_and_makes_it_valid_again(old_club: Club) -> None:
    page = f"/m/membership.member/{old_club.members['hong']}/"
    renew = page.removesuffix("/") + "/renew"
    browser = Client()
    with env.frozen(NOON):
        browser.force_login(old_club.people["zhou"])
        waits = browser.get(page).content.decode()
        done = browser.post(renew, follow=True).content.decode()

    assert "11-20 周五" in waits
    assert renew in waits
    assert "2029-11-21" in done
    assert renew not in done
