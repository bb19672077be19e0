"""The log of actions as a page and as a sheet."""

from typing import Any

import pytest
from django.test import Client

from tests.chain import Chain, a_transfer, on_shelf
from tests.faces.settings.test_access import book
from tests.faces.settings.test_settings import sent, text_of
from tests.masters.making import saved
from tongpan.base import env
from tongpan.kernel.documents.audit import seal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, Person, Role

LOG = "/settings/audit/?all=1"


@pytest.fixture
def done(chain: Chain, zhou: Client) -> Chain:
    on_shelf(chain, "warehouse", milk=("10", "7193.73"))
    with chain.as_("zhou", "warehouse"):
        run("stock.transfer.post", a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject)
    sent(zhou, f"/settings/people/{chain.people['lin'].pk}/edit", name="林雨", language="en")
    seal()
    return chain


def test_everything_is_told_with_who_what_and_about_what(zhou: Client, done: Chain) -> None:
    page = text_of(zhou, LOG)
    person = text_of(zhou, f"{LOG}&kind=org.person")
    posted = text_of(zhou, f"{LOG}&verb=post&person={done.people['zhou'].pk}&kind=stock.transfer")

    assert "林小雨 → 林雨" in page
    assert "7,193.73" in page
    assert "posted" in posted
    assert "林小雨 → 林雨" in person
    assert "line 1 Quantity 10" in page
    assert "posted" not in person.split("<tbody")[1].split("</tbody")[0]
    assert "lines are chained" in page


def test_what_is_no_type_is_named_in_words_too(zhou: Client, done: Chain) -> None:
    entity = done.units["hq"].entity
    endpoint = env.new_id()
    told = {"name": "Shop window", "url": "https://shop.example", "events": ["stock.*"]}
    with done.as_("zhou", "hq"):
        run("finance.period.close", entity.pk, {"through": "2026-10-31"})
        run("finance.period.reopen", entity.pk, {"reason": "an invoice came late"})
        run("webhooks.endpoint.save", endpoint, told)
        run("webhooks.endpoint.replay", endpoint, {"position": 0})

    page = text_of(zhou, LOG).split("<tbody")[1]

    assert "Closed through 2026-10-31 → 2026-09-30 · an invoice came late" in page
    assert all(word in page for word in (entity.name, "Closed months", "Shop window", "Webhooks"))
    assert not any(code in page for code in ("finance.period", "webhooks.endpoint"))
    assert zhou.get(f"{LOG}&kind=finance.period").content.decode().count(entity.name) == 2


def test_who_may_not_see_costs_reads_none_in_the_log(
    zhou: Client, browse: Any, done: Chain
) -> None:
    blind = Role.objects.create(code="blind", name="盲")
    for code in ("org.audit.view", "stock.*"):
        blind.actions.create(code=code)
    person = Person.objects.create(username="blind", name="盲", language="en")
    Grant.objects.create(person=person, role=blind, unit=done.units["hq"])
    done.people["blind"] = person
    client = browse("blind")
    page = text_of(client, LOG)
    rows = book(client, f"{LOG}&as=sheet")

    assert "Opening stock" in page
    assert "7,193.73" not in page
    assert "7,193.73" not in str(rows)
    assert "7,193.73" in str(book(zhou, f"{LOG}&as=sheet"))


def test_the_sheet_ends_with_where_the_chain_stands(zhou: Client, done: Chain) -> None:
    rows = book(zhou, f"{LOG}&as=sheet")

    assert rows[0][:4] == ("When", "Who", "What", "Kind")
    assert rows[-1][2] == "The chain stands here"
    assert len(rows[-1][5]) == 64


def test_the_sheet_holds_every_line_and_tells_when_it_cannot(
    zhou: Client, done: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = book(zhou, f"{LOG}&as=sheet")
    monkeypatch.setattr("tongpan.faces.backoffice.settings.audit.AT_ONCE", 2)
    in_parts = book(zhou, f"{LOG}&as=sheet")
    monkeypatch.setattr("tongpan.faces.backoffice.settings.audit.SHEET_MOST", 4)
    cut = book(zhou, f"{LOG}&as=sheet")

    assert [row[8] for row in in_parts[1:-1]] == [row[8] for row in whole[1:-1]]
    assert len({row[8] for row in whole[1:-1]}) == len(whole) - 2 > 4
    assert [row[8] for row in cut[1:5]] == [row[8] for row in whole[1:5]]
    assert cut[5][2] == "Older lines are not in this sheet"
    assert len(cut) == 7


def test_a_number_that_is_not_written_down_is_told_without_it(zhou: Client, done: Chain) -> None:
    with done.as_("zhou", "hq"):
        farm = saved("parties.party", code="F01", name="南山农场", is_customer="1")
        run("parties.party.save", farm.pk, {"supply_percent": "10"})

    page = text_of(zhou, f"{LOG}&kind=parties.party")
    assert "Percent on cost changed" in page
    assert "• → •" not in page


def test_slips_that_were_brought_in_together_are_named(zhou: Client, done: Chain) -> None:
    with done.as_("zhou", "north"):
        run("till.sale.bring_in", None, {"slips": []})

    line = text_of(zhou, f"{LOG}&verb=bring_in").split("<tbody")[1]

    assert "Bring in" in line
    assert "Till sales" in line


def test_a_long_log_is_turned_page_by_page(
    zhou: Client, done: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongpan.faces.backoffice.settings.audit.PAGE_SIZE", 2)
    page = text_of(zhou, LOG)

    assert "before=" in page
    assert text_of(zhou, f"{LOG}&before=nonsense")


def test_the_log_is_not_for_everybody(browse: Any, done: Chain) -> None:
    assert browse("lin", "north").get("/settings/audit/").status_code == 404
    assert "2026-11" in text_of(browse("zhou"), "/settings/audit/?on_from=2026-11-01")
