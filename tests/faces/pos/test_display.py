"""The customer's display: of the machine that is a till, with nobody signed in."""

from typing import Any

from django.test import Client

from tongpan.kernel.org.models import SettingValue
from tongpan.kernel.org.scope import system


def test_a_display_needs_the_machine_s_mark_and_no_person(at_the_till: Any) -> None:
    machine = at_the_till("lin")
    tablet = Client()
    tablet.cookies["till"] = machine.client.cookies["till"].value

    shown = tablet.get("/till/display")
    stranger = Client().get("/till/display")

    assert shown.status_code == 200
    assert "欢迎光临" in shown.content.decode()
    assert stranger.status_code == 302
    assert Client().get("/till/display/now").status_code == 404


def test_a_display_speaks_the_language_that_the_store_chose(at_the_till: Any, chain: Any) -> None:
    machine = at_the_till("lin")
    before = machine.client.get("/till/display").content.decode()
    with system(reason="the cast of the tests"):
        SettingValue.objects.create(
            code="till.display_language", unit=chain.units["north"], value="en"
        )
    after = machine.client.get("/till/display").content.decode()

    assert ("欢迎光临" in before, "Welcome" in after) == (True, True)
    assert '<html lang="en">' in after


def test_a_tablet_shows_what_the_till_told_where_the_store_wants_it(
    at_the_till: Any, chain: Any
) -> None:
    machine, tablet = at_the_till("lin"), Client()
    tablet.cookies["till"] = machine.client.cookies["till"].value
    told = {"mode": "sell", "lines": [], "total": "12.90"}

    machine.tell("display/tell", **told)
    before = tablet.get("/till/display/now").json()
    with system(reason="the cast of the tests"):
        SettingValue.objects.create(code="till.display_far", unit=chain.units["north"], value=True)
    machine.tell("display/tell", **told)
    now = tablet.get("/till/display/now").json()
    again = tablet.get("/till/display/now", {"after": now["version"]}).json()

    assert before == {"version": "", "told": {"mode": "idle"}}
    assert now["told"] == told
    assert again == {"version": now["version"], "told": None}
