"""Coming in, going out, and what a stranger is told."""

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from tests.conftest import COMPANY
from tongpan.base import env
from tongpan.faces.kit.entry import entry_points
from tongpan.kernel.org.models import Grant, LegalEntity, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import system

PASSWORD = "a long enough one 7"


@pytest.fixture
def lin(own_database, settings):
    """Lin, who may see everything at headquarters and works in two stores; for real commits."""
    settings.DEFAULT_COMPANY = COMPANY
    settings.ALLOWED_HOSTS = ["testserver"]
    with system(reason="set the stage"):
        entity = LegalEntity.objects.create(name="North 北方连锁")
        top = OrgUnit.objects.create(kind="company", code="HQ", name="总部", entity=entity)
        for code in ("N01", "S01"):
            OrgUnit.objects.create(
                parent=top, kind="store", code=code, name=f"{code} 店", entity=entity
            )
        person = Person(username="lin", name="林小雨", created_at=env.now())
        person.set_password(PASSWORD)
        person.save()
        role = Role.objects.create(code="owner", name="老板")
        RoleAction.objects.create(role=role, code="*")
        Grant.objects.create(person=person, role=role, unit=top)
    return person


def sign_in(client: Client, name: str = "lin", password: str = PASSWORD, **more: str):
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def test_every_address_declares_who_may_come_in():
    undeclared = [
        f"{point.route} ({point.view})"
        for point in entry_points()
        if point.entry is None and not point.route.startswith("/api/")
    ]

    assert undeclared == []
    assert len(entry_points()) > 8


def test_a_stranger_is_led_to_the_door_and_back(lin, client):
    answer = client.get("/first-steps/?x=1")

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Ffirst-steps%2F%3Fx%3D1"


def test_a_form_sent_after_the_session_ended_leads_to_the_door_and_back_to_its_page(lin, client):
    page = "http://testserver/d/stock.loss/new?place=S01"
    browser = {"accept": "text/html,*/*;q=0.8"}

    answer = client.post("/unit/", headers={**browser, "referer": page})
    from_elsewhere = client.post("/unit/", headers={**browser, "referer": "https://evil.example/"})
    script = client.post("/unit/", headers={"accept": "application/json", "referer": page})

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Fd%2Fstock.loss%2Fnew%3Fplace%3DS01"
    assert from_elsewhere["Location"] == "/sign-in/?next=%2F"
    assert (script.status_code, script["X-Sign-In"]) == (401, answer["Location"])


def test_signing_in_leads_on_and_opens_home(lin, client):
    answer = sign_in(client, next="/first-steps/")

    assert answer["Location"] == "/first-steps/"
    assert client.get("/").status_code == 200


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(lin, client):
    wrong_name, wrong_password = sign_in(client, "nobody"), sign_in(client, password="wrong")

    assert wrong_name.status_code == wrong_password.status_code == 403
    said = [
        a.content.split(b'role="alert">')[1].split(b"</div>")[0]
        for a in (wrong_name, wrong_password)
    ]
    assert said[0] == said[1]


def test_signing_in_never_leads_to_another_host(lin, client):
    assert sign_in(client, next="https://elsewhere.example/")["Location"] == "/"


def test_signing_out_closes_every_page(lin, client):
    sign_in(client)

    client.post("/sign-out/")

    assert client.get("/").status_code == 302


def test_a_chosen_language_and_theme_stay_with_the_person(lin, client):
    sign_in(client)

    client.post("/language/", {"language": "en"})
    client.post("/theme/", {"theme": "dark"})

    page = client.get("/first-steps/").content.decode()
    assert '<html lang="en" data-theme="dark">' in page
    assert Client().get("/sign-in/").content.decode().startswith("<!doctype html>")
    lin.refresh_from_db()
    assert (lin.language, lin.theme) == ("en", "dark")


def test_a_person_works_only_at_units_where_they_hold_something(lin, client):
    sign_in(client)
    with schema_context(COMPANY), system(reason="look"):
        store = OrgUnit.objects.get(code="S01")

    client.post("/unit/", {"unit": str(store.pk)})
    refused = client.post("/unit/", {"unit": str(env.new_id())})

    assert "<b>S01 店</b>" in client.get("/first-steps/").content.decode()
    assert refused.status_code == 404


def test_every_page_carries_a_policy_with_a_nonce_of_its_own(lin, client):
    first, second = (client.get("/sign-in/") for _ in range(2))

    policies = [answer["Content-Security-Policy"] for answer in (first, second)]
    assert policies[0] != policies[1]
    assert "'unsafe" not in policies[0]
    assert "frame-ancestors 'none'" in policies[0]


def test_nothing_here_and_not_yours_look_the_same(lin, client):
    sign_in(client)

    assert client.get("/no/such/page/").status_code == 404
    assert "发生了什么" in client.get("/no/such/page/").content.decode()


def test_a_form_from_elsewhere_is_not_accepted(lin):
    strict = Client(enforce_csrf_checks=True)

    answer = sign_in(strict)

    assert answer.status_code == 403
    assert "保留了什么" in answer.content.decode()
