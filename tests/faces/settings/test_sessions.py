"""Where people are signed in, and looking at the program as somebody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client

from tests.chain import PASSWORD, Chain
from tests.faces.settings.test_settings import sent, text_of
from tongpan.base import env
from tongpan.faces.kit.looking import only_reads, would_write
from tongpan.kernel.documents.models import History
from tongpan.kernel.org.models import Grant, Person, Role
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.sessions import open_sessions

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


@pytest.fixture(autouse=True)
def _around_the_test(company: str, settings: Any) -> None:
    """Sign-in refuses to run in a transaction, unless Django knows it as that of a test."""
    settings.DEFAULT_COMPANY = company
    for block in connection.atomic_blocks:
        block._from_testcase = True


def signed_in(username: str, agent: str = CHROME) -> Client:
    client = Client(headers={"user-agent": agent, "accept-language": "en"})
    sent(client, "/sign-in/", username=username, password=PASSWORD)
    return client


def test_one_sees_where_one_is_signed_in_and_ends_it(chain: Chain, zhou: Client) -> None:
    here, there = signed_in("lin"), signed_in("lin", "curl")
    page = text_of(here, "/me/sessions/")
    other = open_sessions().get(device="")
    mine = open_sessions().get(device="Chrome · Windows")
    sent(here, "/me/sessions/end", ids=[str(other.pk), "nonsense"])

    assert page.count("Chrome · Windows") == 1
    assert "this one" in page
    assert "unknown" in page
    assert there.get("/me/sessions/").status_code == 302
    assert here.get("/me/sessions/").status_code == 200
    assert open_sessions().get() == mine


def test_nobody_ends_others_sessions_as_their_own(chain: Chain) -> None:
    lin, zhao = signed_in("lin"), signed_in("zhao")
    session = open_sessions().get(person__username="zhao")
    sent(lin, "/me/sessions/end", ids=[str(session.pk)])

    assert zhao.get("/me/sessions/").status_code == 200
    assert lin.get("/settings/sessions/").status_code == 404


def test_who_looks_after_people_ends_sessions_but_not_of_who_holds_more(
    chain: Chain, browse: Any
) -> None:
    signed_in("lin")
    boss = signed_in("zhou")
    keeper = Role.objects.create(code="people", name="人事")
    with system(reason="test"):
        keeper.actions.create(code="org.person.edit")
        Grant.objects.create(person=chain.people["zhao"], role=keeper, unit=chain.units["south"])
    page = text_of(boss, "/settings/sessions/")
    found = text_of(boss, f"/settings/sessions/?q=lin&person={chain.people['lin'].pk}")
    ids = [str(one.pk) for one in open_sessions()]
    sent(browse("zhao", "south"), "/settings/sessions/end", ids=ids)
    before = open_sessions().count()
    sent(boss, "/settings/sessions/end", ids=[i for i in ids if i in found])

    assert "林小雨" in page
    assert "林小雨" in found
    assert "周敏" not in found.split("<main")[1]
    assert before == 2
    assert open_sessions().get().person.username == "zhou"


def test_signing_out_and_use_are_noted(chain: Chain) -> None:
    lin = signed_in("lin")
    begun = open_sessions().get().seen_at
    with env.frozen(env.now() + timedelta(minutes=6)):
        lin.get("/")
    used = open_sessions().get().seen_at
    sent(lin, "/sign-out/")

    assert used - begun > timedelta(minutes=5)
    assert not open_sessions().exists()
    assert History.objects.filter(action__startswith="org.session.").count() == 2


def look_as_zhao(zhou: Client, chain: Chain) -> None:
    sent(zhou, f"/settings/people/{chain.people['zhao'].pk}/look")


def test_one_sees_what_a_colleague_sees_and_writes_nothing(
    zhou: Client, browse: Any, chain: Chain
) -> None:
    look_as_zhao(zhou, chain)
    home = text_of(zhou, "/")
    hidden = zhou.get("/settings/people/").status_code
    refused = zhou.post("/settings/people/new", {"username": "x", "name": "x"})
    by_api = zhou.post("/api/v1/stock.transfer", b"{}", content_type="application/json")
    names = Person.objects.count()
    sent(zhou, "/me/look/end")

    assert "You see what 赵店长 sees" in home
    assert hidden == 404
    assert refused.status_code == 422
    assert by_api.status_code == 422
    assert Person.objects.count() == names
    assert zhou.get("/settings/people/").status_code == 200
    assert "You see what" not in text_of(zhou, "/")
    assert zhou.post("/me/look/end").status_code == 404
    looked = History.objects.filter(action__startswith="org.look.").order_by("at")
    assert [row.action for row in looked] == ["org.look.begin", "org.look.end"]


def test_one_sees_what_a_role_sees_at_a_unit(zhou: Client, chain: Chain) -> None:
    role, south = Role.objects.get(code="keeper"), chain.units["south"]
    url = f"/settings/roles/{role.pk}/look"
    form = text_of(zhou, url)
    sent(zhou, url, unit=str(south.pk))
    units = text_of(zhou, "/settings/units/")
    hidden = zhou.get("/settings/roles/").status_code
    with env.frozen(env.now() + timedelta(minutes=31)):
        after = text_of(zhou, "/settings/roles/")

    assert "See what 店务 sees" in form
    assert "You see what 店务 · 南站店 sees" in units
    assert "北门店" not in units.split("<main")[1]
    assert hidden == 404
    assert "You see what" not in after


def test_looking_ends_when_the_right_to_look_or_what_is_looked_at_is_gone(
    zhou: Client, chain: Chain
) -> None:
    look_as_zhao(zhou, chain)
    Person.objects.filter(username="zhao").update(is_active=False)

    assert "You see what" not in text_of(zhou, "/")


def test_a_stranger_looks_as_nobody(browse: Any, chain: Chain) -> None:
    zhao = browse("zhao", "south")

    assert zhao.post(f"/settings/people/{chain.people['zhou'].pk}/look").status_code == 404
    assert zhao.get(f"/settings/roles/{Role.objects.first().pk}/look").status_code == 404  # type: ignore[union-attr]


def test_the_database_itself_refuses_to_write_meanwhile(chain: Chain) -> None:
    with pytest.raises(InternalError) as failed, transaction.atomic():  # noqa: PT012
        only_reads()
        Person.objects.update(name="x")

    assert would_write(failed.value)
    assert not would_write(ValueError())
    assert connection.is_usable()
    assert not Person.objects.filter(name="x").exists()


def test_a_page_that_would_write_says_so_instead(zhou: Client, chain: Chain) -> None:
    look_as_zhao(zhou, chain)
    pages = ("/", "/notices/", "/stock/", "/d/stock.transfer/", "/me/access/", "/help/", "/till/")

    assert {zhou.get(page).status_code for page in pages} <= {200, 302, 404}
