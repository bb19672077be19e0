"""A contact shown in part and whole once; and what people ask for about their data."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.chain import Chain
from tests.faces.settings.test_settings import sent, text_of
from tongpan.kernel.documents import personal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.org.models import Grant
from tongpan.kernel.org.people import make_role
from tongpan.kernel.org.scope import fields_of_class, system
from tongpan.masters.parties.models import PartyContact

PHONE, NAME, ADDRESS = "13812345678", "陈十一", "杭州市西湖区文三路 1 号"


@pytest.fixture
def contact(chain: Chain) -> UUID:
    with chain.as_("zhou", "hq"):
        run("parties.party.save", None, {"code": "V1", "name": "华东乳业", "is_supplier": True})
        kept = {"party": "V1", "name": NAME, "phone": PHONE, "address": ADDRESS}
        return run("parties.contact.save", None, kept).subject


def allow(chain: Chain, **codes: str) -> None:
    """Let Zhao do these at headquarters."""
    with system(reason="test"):
        role = make_role("more", "更多", dict.fromkeys(codes.values()))
        Grant.objects.create(person=chain.people["zhao"], role=role, unit=chain.units["hq"])


def test_a_contact_is_shown_in_part_and_whole_once_with_a_reason(
    zhou: Client, browse: Any, chain: Chain, contact: UUID
) -> None:
    page = f"/m/parties.contact/{contact}/"
    allow(chain, a="parties.contact.view", b="see.personal", c="parties.party.view")
    shown = [
        text_of(client, url)
        for client in (zhou, browse("zhao", "south"))
        for url in (page, "/m/parties.contact/", f"/m/parties.party/{_party()}/")
    ] + [text_of(zhou, f"{page}edit"), text_of(zhou, f"{page}reveal".replace("reveal", ""))]
    sheet = zhou.get("/files/export/parties.contact", {"format": "csv"})
    api = zhou.get(f"/api/v1/parties.contact/{contact}")
    refused = zhou.post(f"{page}reveal", {"reason": " "})
    whole = zhou.post(f"{page}reveal", {"reason": "late delivery"})
    stranger = browse("zhao", "south").post(f"{page}reveal", {"reason": "curious"})
    again = text_of(zhou, page)

    said = b"".join(sheet.streaming_content) if sheet.streaming else sheet.content
    assert "138****5678" in said.decode()
    assert not any(PHONE in one or "文三路" in one for one in (*shown, again, said.decode()))
    assert PHONE not in api.content.decode()
    assert all("138****5678" in one for one in shown)
    assert "杭州市西湖区****" in again
    assert (refused.status_code, whole.status_code, stranger.status_code) == (422, 200, 404)
    assert PHONE in whole.content.decode()
    assert ADDRESS in whole.content.decode()
    assert whole["Cache-Control"] == "no-store"
    line = history_of(contact)[0]
    assert (line.action, line.note) == ("parties.contact.reveal", "late delivery")
    assert "late delivery" in text_of(zhou, "/settings/audit/?all=1")


def _party() -> UUID:
    return PartyContact.objects.get().party_id


def test_a_contact_s_form_keeps_what_it_shows_in_part(zhou: Client, contact: UUID) -> None:
    page = f"/m/parties.contact/{contact}/"
    form = text_of(zhou, f"{page}edit")
    typed = {"party": str(_party()), "name": "陈经理", "phone": "138****5678"}
    assert 'value="138****5678"' in form
    zhou.post(f"{page}edit", {**typed, "address": "杭州市西湖区****"})

    row = PartyContact.objects.get()
    assert (row.name, row.phone, row.address) == ("陈经理", PHONE, ADDRESS)


def test_a_contact_asks_for_a_copy_for_silence_and_to_be_forgotten(
    zhou: Client, chain: Chain, contact: UUID
) -> None:
    base, page = f"/settings/personal/parties.contact/{contact}/", f"/m/parties.contact/{contact}/"
    found = text_of(zhou, f"/settings/personal/?q={PHONE}")
    in_part = text_of(zhou, base)
    unasked = zhou.post(f"{base}copy", {"as": "json"})
    data = sent(zhou, f"{base}copy", 200, reason="letter of 1 May", **{"as": "json"})
    read = sent(zhou, f"{base}copy", 200, reason="letter of 1 May", **{"as": "text"})
    sent(zhou, f"{base}set_aside", reason="disputed")
    silent = text_of(zhou, page)
    kept = PartyContact.objects.get()
    closed = zhou.post(f"{page}edit", {"party": str(_party()), "phone": "13900000000"})
    sent(zhou, f"{base}put_back", reason="settled")
    back = text_of(zhou, page)
    sent(zhou, f"{base}erase", reason="asked to be forgotten")
    gone = [text_of(zhou, url) for url in (base, page, f"/settings/personal/?q={NAME}")]
    twice = zhou.post(f"{base}erase", {"reason": "again"})

    assert NAME in found
    assert PHONE not in in_part
    assert unasked.status_code == 422
    assert "attachment" in data["Content-Disposition"]
    assert json.loads(data.content)["personal"] == {
        "name": NAME, "phone": PHONE, "address": ADDRESS,
    }  # fmt: skip
    assert all(word in read.content.decode() for word in (NAME, PHONE, "V1 华东乳业"))
    assert (kept.name, kept.phone) == ("", "")
    assert "set aside" in silent
    assert closed.status_code == 422
    assert "138****5678" in back
    main = [one.split("<main")[1].split("?q=")[0] for one in gone]
    assert not any(NAME in one or "138****" in one for one in main[:2])
    assert "Nobody found" in gone[2]
    assert twice.status_code == 422
    assert PartyContact.objects.get().state == "archived"
    assert zhou.post(f"{base}steal", {"reason": "x"}).status_code == 404
    assert zhou.get(f"/settings/personal/org.unit/{contact}/").status_code == 404


def test_a_page_says_where_else_somebody_is_named_once_it_is_asked(
    zhou: Client, chain: Chain, contact: UUID
) -> None:
    with chain.as_("zhou", "hq"):
        run("parties.party.save", _party(), {"note": f"ask for {NAME}"})
        paper = run("stock.transfer.save", payload={"note": NAME}).subject
        run("stock.transfer.comment", paper, {"text": f"called {NAME}"})
    base = f"/settings/personal/parties.contact/{contact}/"
    unasked, asked = text_of(zhou, base), text_of(zhou, f"{base}?elsewhere=1")
    copied = json.loads(sent(zhou, f"{base}copy", 200, reason="asked", **{"as": "json"}).content)
    sent(zhou, f"{base}erase", reason="asked")
    erased = text_of(zhou, f"{base}?elsewhere=1")

    assert "Search remarks" in unasked
    assert f"/d/stock.transfer/{paper}/" not in unasked
    for place in (f"/d/stock.transfer/{paper}/", "Party V1", "Comment"):
        assert place in asked
    assert "called" not in asked.split("<main")[1].split("History")[0]
    assert {"what": "Party V1", "field": "note"} in copied["named_in"]
    assert "Named elsewhere" not in erased


def test_a_colleague_is_forgotten_and_the_books_keep_a_number(zhou: Client, chain: Chain) -> None:
    lin = chain.people["lin"]
    with chain.as_("zhou", "hq"):
        run("org.person.save", lin.pk, {"name": "林大雨", "phone": PHONE})
        run("org.person.switch_off", lin.pk)
    base = f"/settings/personal/org.person/{lin.pk}/"
    read = sent(zhou, f"{base}copy", 200, reason="a request", **{"as": "text"})
    sent(zhou, f"{base}erase", reason="a request")
    pages = [text_of(zhou, url) for url in
             (base, f"/settings/people/{lin.pk}/", "/settings/audit/?all=1",
              "/settings/people/?view=all", "/settings/sessions/")]  # fmt: skip

    assert "林大雨" in read.content.decode()
    assert "北门店" in read.content.decode()
    assert not any("林大雨" in page or "林小雨" in page for page in pages)
    lin.refresh_from_db()
    assert lin.name in pages[1]


def test_only_who_answers_requests_and_sees_personal_data_comes_in(
    zhao: Client, chain: Chain, contact: UUID
) -> None:
    base = f"/settings/personal/parties.contact/{contact}/"
    strange = [zhao.get("/settings/personal/").status_code, zhao.get(base).status_code]
    allow(chain, a="org.personal.handle")
    blind = [zhao.get("/settings/personal/").status_code, zhao.get(base).status_code]
    blind.append(zhao.post(f"{base}copy", {"reason": "x"}).status_code)

    assert strange + blind == [404] * 5


def test_every_table_with_personal_columns_belongs_to_a_kind_of_people() -> None:
    tables = {field.model for field in fields_of_class("personal")}
    tables = {table for table in tables if table.__module__.startswith("tongpan.")}

    assert tables == {subject.table for subject in personal.subjects()}
