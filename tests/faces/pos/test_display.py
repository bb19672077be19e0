"""The customer's display: of the machine that is a till, with nobody signed in."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.masters.items.test_pictures import a_png
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import run
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


def test_pages_of_its_own_take_turns_where_and_when_they_are_meant(
    at_the_till: Any, chain: Any
) -> None:
    machine, tablet = at_the_till("lin"), Client()
    tablet.cookies["till"] = machine.client.cookies["till"].value
    milk, north, south = chain.items["milk"], chain.units["north"], chain.units["south"]
    with chain.as_("zhou", "hq"):
        run("items.item.add_picture", milk.pk, {"name": "milk.png", "content": a_png(2)})
        for number, said in enumerate((
            {"text": "鲜牛奶第二件半价", "item": milk.pk, "unit": north.pk},
            {"text": "别的门店", "unit": south.pk},
            {"text": "已经结束", "valid_until": "2026-01-01"},
            {"text": "会员日"},
        )):  # fmt: skip
            run("till.display_page.save", payload={"code": f"W{number}", **said})

    html = tablet.get("/till/display").content.decode()
    pages = json.loads(html.split('id="boot" type="application/json">')[1].split("</script>")[0])
    first, second = pages["pages"]
    assert (first["text"], second) == ("鲜牛奶第二件半价", {"text": "会员日", "picture": ""})
    assert tablet.get(first["picture"]).content.startswith(b"\x89PNG")
    assert Client().get(first["picture"]).status_code == 404
    assert tablet.get(f"/till/display/picture/{milk.pk}").status_code == 404


def test_a_page_without_text_and_picture_is_refused(chain: Any) -> None:
    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("till.display_page.save", payload={"code": "W1"})

    assert [problem["code"] for problem in no.value.problems] == ["display_page_empty"]
