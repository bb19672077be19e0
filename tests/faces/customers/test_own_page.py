"""The members' own page: codes that let in, joining with consent, slips, and the invoice."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.business.membership.stage import Club, a_club, sold
from tests.chain import NOON
from tongpan.base import env
from tongpan.business.membership.models import Member
from tongpan.business.selfservice import queries
from tongpan.business.selfservice.actions import night
from tongpan.business.selfservice.models import Consent, DoorCode, MembersPage, Request
from tongpan.business.selfservice.rules import TRIES
from tongpan.business.till.models import Sale
from tongpan.engines.messages import texting
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import History
from tongpan.kernel.org.scope import system

PHONE, OTHER = "13812345678", "13700002222"


@pytest.fixture
def club(staged: Any, company: str, settings: Any, tmp_path: Path) -> Iterator[Club]:
    settings.DEFAULT_COMPANY = company
    settings.SMS, settings.DATA = texting.SIMULATOR, tmp_path
    found: Club = staged(a_club)
    MembersPage.objects.create(
        code="2026-1", valid_from=NOON.date(), address="https://shop.example",
        rules="积分一年有效。", rules_en="Points last a year.",
    )  # fmt: skip
    with env.frozen(NOON):
        yield found


def sent(settings: Any) -> list[str]:
    return [one.read_text() for one in sorted((settings.DATA / texting.FOLDER).glob("*.txt"))]


def code_for(browser: Client, settings: Any, phone: str = PHONE) -> str:
    answer = browser.post("/c/code", {"phone": phone})
    assert answer.status_code == 200
    found = re.search(r"\d{6}", sent(settings)[-1].split("\n")[1])
    assert found is not None
    return found[0]


def come_in(settings: Any, phone: str = PHONE) -> Client:
    browser = Client()
    code = code_for(browser, settings, phone)
    answer = browser.post("/c/enter", {"phone": phone, "code": code})
    assert answer.status_code == 302
    return browser


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_code_lets_a_member_in_once_and_shows_what_they_have(club: Club, settings: Any) -> None:
    sale = sold(club, {"milk": "3"}, {"CASH": "30.00"}, member="ming").subject
    browser = Client()
    code = code_for(browser, settings)

    answer = browser.post("/c/enter", {"phone": PHONE, "code": code})
    home = text(browser.get("/c/"))
    again = Client().post("/c/enter", {"phone": PHONE, "code": code})

    assert answer.status_code == 302
    assert "王小明" in home
    assert "¥30.00" in home
    assert re.search(r">30<", home)  # points
    assert "鲜牛奶" in text(browser.get(f"/c/r/{sale}/"))
    assert again.status_code == 422
    assert browser.post("/c/leave").status_code == 302
    assert "王小明" not in text(browser.get("/c/"))
    assert browser.get(f"/c/r/{sale}/").status_code == 404


def test_who_is_new_joins_only_with_consent_which_is_kept_with_its_version(
    club: Club, settings: Any
) -> None:
    browser = Client()
    code = code_for(browser, settings, OTHER)
    facts = {"phone": OTHER, "code": code, "name": "李想"}

    without = browser.post("/c/enter", facts)
    joined = browser.post("/c/enter", {**facts, "rules": "on", "offers": "on"})

    assert without.status_code == 422
    assert f'value="{code}"' in text(without)  # it need not be typed again
    assert "积分一年有效" in text(without)
    assert joined.status_code == 302
    member = Member.objects.get(phone=OTHER)
    assert (member.name, member.consented_via) == ("李想", "page")
    assert {(c.about, c.version) for c in Consent.objects.filter(member=member)} == {
        ("rules", "2026-1"), ("offers", "2026-1"),
    }  # fmt: skip
    assert browser.post("/c/consent", {"about": "offers"}).status_code == 302
    assert set(queries.consents(member.pk)) == {"rules"}
    assert browser.post("/c/consent", {"about": "offers", "agree": "1"}).status_code == 302
    assert set(queries.consents(member.pk)) == {"rules", "offers"}


def test_codes_cannot_be_guessed_hold_five_minutes_and_stand_nowhere(
    club: Club, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client()
    code = code_for(browser, settings)
    row = DoorCode.objects.get()
    wrong = f"{(int(code) + 1) % 10**6:06}"

    for _nth in range(TRIES):
        assert browser.post("/c/enter", {"phone": PHONE, "code": wrong}).status_code == 422
    after_guessing = browser.post("/c/enter", {"phone": PHONE, "code": code})
    told = f"{row.digest} {row.phone} {list(History.objects.values())} {caplog.text}"
    with env.frozen(NOON + timedelta(minutes=2)):
        second = code_for(browser, settings)
    with env.frozen(NOON + timedelta(minutes=8)):
        late = browser.post("/c/enter", {"phone": PHONE, "code": second})

    assert after_guessing.status_code == 422
    assert code not in told.split()
    assert PHONE not in told
    assert late.status_code == 422


def test_codes_are_asked_for_once_a_minute_and_nobody_learns_who_is_a_member(
    club: Club, settings: Any
) -> None:
    browser = Client()
    known = text(browser.post("/c/code", {"phone": PHONE}))
    unknown = text(browser.post("/c/code", {"phone": OTHER}))
    too_soon = browser.post("/c/code", {"phone": PHONE})
    hide = re.compile(r'value="[^"]{20,}"|1[0-9]{10}|nonce="[^"]+"')

    assert hide.sub("", known) == hide.sub("", unknown)
    assert too_soon.status_code == 422
    assert len(sent(settings)) == 2
    assert browser.post("/c/code", {"phone": "12"}).status_code == 422
    with env.frozen(NOON + timedelta(days=3)), system(reason="the night"):
        night()
    assert not DoorCode.objects.exists()


def test_a_member_sees_no_other_members_slips(club: Club, settings: Any) -> None:
    sale = sold(club, {"milk": "1"}, {"CASH": "10.00"}, member="hong").subject
    browser = come_in(settings)

    assert browser.get(f"/c/r/{sale}/").status_code == 404
    assert "LS-" not in text(browser.get("/c/"))


def test_who_holds_a_slip_asks_for_its_invoice_once(club: Club, settings: Any) -> None:
    sale = sold(club, {"milk": "1"}, {"CASH": "10.00"}, member="ming").subject
    token = Sale.unscoped.get(pk=sale).invoice_token
    browser, url = Client(), f"/c/s/{token}/"
    company = {"who": "company", "title": "通盘有限公司"}

    look = text(browser.get(url))
    wrong = browser.post(url, {**company, "tax_number": "12"})
    right = browser.post(url, {**company, "tax_number": "91310000MA1FL0ABX2"})
    again = browser.post(url, {"who": "private"})

    assert "¥10.00" in look
    assert "王" not in look
    assert PHONE not in look
    assert (wrong.status_code, right.status_code, again.status_code) == (422, 302, 422)
    assert "通盘有限公司" not in text(browser.get(url))  # nor what another one wrote
    row = Request.objects.get()
    assert (row.title, row.tax_number) == ("通盘有限公司", "91310000MA1FL0ABX2")
    assert browser.get("/c/s/" + "0" * 32 + "/").status_code == 404
    assert queries.slip_url(queries.page_on(NOON.date()), token) == f"https://shop.example{url}"


def test_staff_close_requests_and_a_declined_one_can_be_asked_for_again(
    club: Club, settings: Any
) -> None:
    sale = sold(club, {"milk": "1"}, {"CASH": "10.00"}).subject
    token = Sale.unscoped.get(pk=sale).invoice_token
    Client().post(f"/c/s/{token}/", {"who": "private"})
    own = come_in(settings)
    assert own.post("/c/data", {"about": "copy"}).status_code == 302
    assert own.post("/c/data", {"about": "copy"}).status_code == 422
    staff = Client()
    staff.force_login(club.people["zhou"])

    home, hers = text(staff.get("/")), Client()
    hers.force_login(club.people["lin"])
    listed = text(staff.get("/members/requests/"))
    invoice = Request.objects.get(about="invoice")
    staff.post("/members/requests/close", {"ids": [invoice.pk], "declined": "1", "note": "重复"})
    done = text(staff.get("/members/requests/?state=declined"))
    again = Client().post(f"/c/s/{token}/", {"who": "private"})

    assert '"/members/requests/"' in home  # two wait, and one after that
    assert '"/members/requests/"' not in text(hers.get("/"))  # who may not answer
    assert str(invoice.pk) in listed
    assert "重复" in done
    assert again.status_code == 302
    assert "shop.example/c/" in text(staff.get("/members/poster/"))


def test_nothing_of_a_sale_by_stored_value_is_invoiced(club: Club, settings: Any) -> None:
    with club.as_("zhou", "north till"):
        payload = {
            "header": {"method": "CASH"},
            "lines": [{"member": str(club.members["ming"]), "amount": "100"}],
        }
        run("stored_value.top_up.post", run("stored_value.top_up.save", payload=payload).subject)
    sale = sold(club, {"milk": "1"}, {"STORED": "10.00"}, member="ming").subject
    url = f"/c/s/{Sale.unscoped.get(pk=sale).invoice_token}/"

    assert Client().post(url, {"who": "private"}).status_code == 422
    home = text(come_in(settings).get("/c/"))
    assert "¥90.91" in home  # 100 and 10, less 10 in proportion


def test_a_company_without_a_page_has_no_door(club: Club, settings: Any) -> None:
    MembersPage.objects.all().delete()

    assert Client().get("/c/").status_code == 404
    assert queries.slip_url(None, "x") == ""
