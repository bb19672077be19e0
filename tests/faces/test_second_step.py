"""Two steps at the door, and one's own page of how one signs in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.chain import PASSWORD, Chain, a_chain
from tests.kernel.org.device import Device
from tests.kernel.org.test_second_factor import code_of
from tongpan.base import env
from tongpan.kernel.documents.models import History
from tongpan.kernel.org.models import Passkey, Person, Role, SecondFactor
from tongpan.kernel.org.scope import acting
from tongpan.kernel.org.sign_in import check_sign_in

KEY = re.compile(r'class="code key">([A-Z2-7 ]+)<')
CHALLENGE = re.compile(r'"challenge": "([\w-]+)"')
CODES = re.compile(r"<li>([A-Z2-7]{5}-[A-Z2-7]{5})</li>")
START = env.now().replace(second=0, microsecond=0)
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def chain(company: str, settings: Any) -> Chain:
    """Sign-in refuses to run in a transaction, unless Django knows it as that of a test."""
    settings.DEFAULT_COMPANY = company
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "shop.example.cn"]
    for block in connection.atomic_blocks:
        block._from_testcase = True
    made = a_chain()
    Person.objects.update(language="en")
    return made


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """Runs on by half a minute whenever it is called, as no code opens twice."""
    steps = iter(range(1, 100))
    frozen = [env.frozen(START)]
    frozen[0].__enter__()

    def later() -> Any:
        frozen[0].__exit__(None, None, None)
        moment = START + HALF_MINUTE * next(steps)
        frozen[0] = env.frozen(moment)
        frozen[0].__enter__()
        return moment

    yield later
    frozen[0].__exit__(None, None, None)


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def password(client: Client, name: str = "lin", **more: str) -> Any:
    return client.post("/sign-in/", {"username": name, "password": PASSWORD, **more})


def posted(client: Client, url: str, **typed: str) -> str:
    answer = client.post(url, typed)
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_from_a_password_alone_to_two_steps_and_back(chain: Chain, clock: Any) -> None:
    lin, own = browser(), "/me/sign-in/"
    password(lin)
    without = lin.post(own + "begin", {"password": "wrong one"})
    page = posted(lin, own + "begin", password=PASSWORD)
    key = KEY.findall(page)[0].replace(" ", "")
    refused = posted(lin, own + "confirm", one_time_code="000 000")
    codes = CODES.findall(posted(lin, own + "confirm", one_time_code=code_of(key, START)))
    after = lin.get(own).content.decode()

    assert without.status_code == 422
    assert "<svg" in page
    assert KEY.findall(refused)[0].replace(" ", "") == key
    assert "This code is not right" in refused
    assert len(codes) == 10
    assert "10 left" in after
    assert not any(secret in after for secret in (key, codes[0]))

    phone = browser()
    asked = password(phone, next="/me/access/")
    halfway = phone.get("/me/access/").status_code
    wrong = phone.post("/sign-in/second/", {"one_time_code": code_of(key, START)})  # used before
    moment = clock()
    right = phone.post("/sign-in/second/", {"one_time_code": code_of(key, moment)})

    assert asked["Location"] == "/sign-in/second/"
    assert halfway == 302
    assert wrong.status_code == 422
    assert right["Location"] == "/me/access/"
    assert phone.get("/me/access/").status_code == 200
    assert phone.get("/sign-in/second/")["Location"] == "/sign-in/"

    paper = browser()
    password(paper)
    paper.post("/sign-in/second/", {"one_time_code": codes[0]})
    new = CODES.findall(posted(paper, own + "renew", password=PASSWORD))
    off = paper.post(own + "off", {"password": PASSWORD})

    assert len({*new, *codes}) == 20
    assert off["Location"] == own
    assert password(browser())["Location"] == "/"
    done = History.objects.filter(
        subject=chain.people["lin"].pk, action__startswith="org.second_factor."
    ).values_list("action", flat=True)
    assert sorted(action.rpartition(".")[2] for action in done) == [
        "begin", "renew_codes", "turn_off", "turn_on",
    ]  # fmt: skip
    kept = str([(row.changes, row.note) for row in History.objects.all()])
    assert not any(secret in kept for secret in (key, *codes, *new))


def test_a_role_that_asks_for_it_leads_to_it_before_anything_else(chain: Chain, clock: Any) -> None:
    Role.objects.filter(code="cashier").update(needs_second_factor=True)
    lin, door = browser(), "/sign-in/second/"
    led = password(lin, next="/me/access/")
    asked = lin.get(door).content.decode()
    before = lin.get("/me/access/").status_code
    key = KEY.findall(posted(lin, door))[0].replace(" ", "")
    refused = posted(lin, door, one_time_code="1")
    codes = posted(lin, door, one_time_code=code_of(key, START))
    kept = lin.post("/me/sign-in/off", {"password": PASSWORD})

    assert led["Location"] == door
    assert "Set it up now" in asked
    assert before == 302
    assert key in refused.replace(" ", "")
    assert len(CODES.findall(codes)) == 10
    assert 'href="/me/access/"' in codes
    assert lin.get("/me/access/").status_code == 200
    assert kept.status_code == 422
    assert password(browser(), "wang")["Location"] == "/"
    nobody = browser()
    password(nobody)
    with acting(chain.people["zhou"]):
        chain.people["lin"].refresh_from_db()
    Person.objects.filter(username="lin").update(session_round=7)  # as a new password does
    assert nobody.get(door)["Location"] == "/sign-in/"
    late = browser()
    password(late)
    with env.frozen(START + timedelta(minutes=11)):
        assert late.get(door)["Location"] == "/sign-in/"


def test_who_looks_after_people_removes_it_and_that_is_written_down(
    chain: Chain, clock: Any
) -> None:
    lin, zhou = browser(), browser()
    for client, name in ((lin, "lin"), (zhou, "zhou")):
        password(client, name)
        key = KEY.findall(posted(client, "/me/sign-in/begin", password=PASSWORD))[0]
        posted(client, "/me/sign-in/confirm", one_time_code=code_of(key.replace(" ", ""), START))
    url = f"/settings/people/{chain.people['lin'].pk}/"
    page = zhou.get(url).content.decode()
    by_lin = lin.post(f"/settings/people/{chain.people['zhou'].pk}/remove_second_factor")
    own = zhou.post(f"/settings/people/{chain.people['zhou'].pk}/remove_second_factor")
    zhou.post(url + "remove_second_factor")

    assert "Remove the two-step sign-in of 林小雨?" in page
    assert (by_lin.status_code, own.status_code) == (404, 422)
    assert SecondFactor.objects.get().person == chain.people["zhou"]
    assert password(browser())["Location"] == "/"
    removed = History.objects.get(action="org.person.remove_second_factor")
    assert (removed.actor, removed.subject) == (chain.people["zhou"].pk, chain.people["lin"].pk)
    assert "Remove two-step sign-in" in zhou.get(url).content.decode()


def test_a_role_s_editor_says_that_it_asks_for_it(chain: Chain) -> None:
    zhou = browser()
    password(zhou, "zhou")
    role = Role.objects.get(code="cashier")
    url = f"/settings/roles/{role.pk}/"
    held = {f"holds.{code}": "on" for code in role.actions.values_list("code", flat=True)}
    typed = {"name": role.name, "code": role.code, **held}
    zhou.post(url, {**typed, "needs_second_factor": "true"})
    role.refresh_from_db()
    shown = zhou.get(url).content.decode()
    zhou.post(url, typed)

    assert role.needs_second_factor
    assert re.search(r'<option value="true"\s+selected', shown)
    assert Role.objects.get(code="cashier").needs_second_factor
    assert check_sign_in("lin", PASSWORD, address="::1") == chain.people["lin"]


def test_a_device_signs_in_by_its_passkey_and_a_password_alone_does_not(chain: Chain) -> None:
    site = {"HTTP_HOST": "shop.example.cn", "secure": True}
    lin, device, own = browser(), Device(), "/me/sign-in/"
    lin.post("/sign-in/", {"username": "lin", "password": PASSWORD}, **site)
    given = {"name": "My phone", "password": PASSWORD}
    by_number = lin.post(own + "passkey", given, HTTP_HOST="127.0.0.1", secure=True)
    page = lin.post(own + "passkey", given, **site).content.decode()
    added = {"name": "My phone", "answer": device.make(CHALLENGE.findall(page)[0])}
    lin.post(own + "add-passkey", added, **site)
    twice = lin.post(own + "add-passkey", added, **site)
    Role.objects.filter(code="cashier").update(needs_second_factor=True)
    alone = browser().post("/sign-in/", {"username": "lin", "password": PASSWORD}, **site)

    phone, door = browser(), "/sign-in/passkey/?next=/me/access/"
    asked = phone.get(door, **site).content.decode()
    shown = device.show(CHALLENGE.findall(asked)[0])
    copied = browser().post(door, {"answer": shown}, **site)
    right = phone.post(door, {"answer": shown}, **site)
    kept = Passkey.objects.get()
    url = f"/me/passkeys/{kept.pk}/"
    seen = phone.get(url, **site).content.decode()
    unasked = phone.post(f"{url}remove", {"password": "wrong one"}, **site)
    phone.post(f"{url}remove", {"password": PASSWORD}, **site)

    assert (by_number.status_code, twice.status_code, alone.status_code) == (422, 422, 403)
    assert "sign in with your passkey" in alone.content.decode()
    assert (copied.status_code, right["Location"]) == (422, "/me/access/")
    assert "My phone" in seen
    assert kept.credential not in seen
    assert unasked.status_code == 422
    assert not Passkey.objects.exists()
    assert browser().get("/sign-in/passkey/", HTTP_HOST="127.0.0.1")["Location"] == "/sign-in/"
