"""What the pages about members say: what they have, what they buy, what stores owe one another."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.business.membership.stage import Club, a_club, sold, topped_up
from tests.chain import NOON
from tests.faces.backoffice.conftest import text_of
from tests.faces.backoffice.test_rich_pages import STATEMENTS_MAX, statements, with_remarks
from tongpan.base import env
from tongpan.business.coupons.models import Coupon, CouponKind
from tongpan.business.membership.models import Member, Programme
from tongpan.business.punchcards.models import CardKind
from tongpan.business.selfservice.models import Consent
from tongpan.business.till.models import SaleLine
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import History
from tongpan.kernel.org.scope import system

Browse = Callable[[str, str], Client]


def a_busy_club() -> Club:
    club = a_club()
    topped_up(club, "ming", "100.00", at="north till")
    sold(club, {"milk": "3", "cola": "2"}, {"STORED": "36.66"}, member="ming", at="south till")
    sold(club, {"milk": "4"}, {"CASH": "40.00"}, member="ming", at="south till")
    return club


@pytest.fixture
def chain(staged: Any) -> Club:
    return staged(a_busy_club)  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def today() -> Any:
    with env.frozen(NOON):
        yield


def test_a_members_page_tells_what_they_have_and_buy(chain: Club, browse: Browse) -> None:
    ming = chain.members["ming"]
    page = text_of(browse("zhou", "hq"), f"/m/membership.member/{ming}/")

    assert "66.67" in page  # of principal: a third of 110 was used in proportion
    assert "6.67" in page
    assert "76.66" in page  # spent on two visits
    assert "38.33" in page
    assert "鲜牛奶" in page
    assert "LS-S02-1" in page
    assert "138****5678" in page
    assert "13812345678" not in page


def test_a_slip_with_everything_on_it_takes_few_statements(chain: Club, browse: Browse) -> None:
    kind = CouponKind.objects.create(code="K5", name="五元券", amount=5, days=30)
    with chain.as_("zhou", "hq"):
        line = {"kind": kind, "pieces": "1", "member": chain.members["ming"]}
        run("coupons.issue.post", run("coupons.issue.save", payload={"lines": [line]}).subject)
    paid = {"STORED": "10.00", "POINTS": "0.50", "CASH": "14.50"}
    code = Coupon.objects.get().code
    sale = sold(chain, {"milk": "3"}, paid, member="ming", coupons=[code]).subject
    (piece,) = SaleLine.unscoped.filter(document=sale)
    with chain.as_("zhou", "north till"):
        back = run(
            "till.return.take_back",
            payload={
                "sale": str(sale), "lines": [{"sold": str(piece.pk), "quantity": "1"}],
                "payments": [{"method": "CASH", "amount": "8.33"}],
            },
        ).subject  # fmt: skip

    client = browse("zhou", "hq")
    for url in (f"/d/till.sale/{sale}/", f"/d/till.return/{back}/"):
        asked = statements(client, with_remarks(client, url))
        assert len(asked) <= STATEMENTS_MAX, (url, [q[:90] for q in asked])


def test_a_phone_is_shown_whole_once_for_a_reason(chain: Club, browse: Browse) -> None:
    ming, client = chain.members["ming"], browse("zhou", "hq")
    url = f"/m/membership.member/{ming}/reveal"
    answer = client.post(url, {"reason": "delivery"})

    assert "13812345678" in answer.content.decode()
    line = history_of(ming)[0]
    assert (line.action, line.note) == ("membership.member.reveal", "delivery")


def test_statements_run_from_movement_to_movement(chain: Club, browse: Browse) -> None:
    client, ming = browse("zhou", "hq"), chain.members["ming"]
    wallet = text_of(client, f"/members/statement/?member={ming}&of=wallet")
    points = text_of(client, f"/members/statement/?member={ming}&of=points")

    assert "CZ-S01-1-26-000001" in wallet
    assert "66.67" in wallet
    assert "LS-S02-1-26-000002" in points
    assert client.get("/members/statement/?member=1").status_code == 404


def test_stores_see_what_headquarters_owes_them(chain: Club, browse: Browse) -> None:
    client = browse("zhou", "hq")
    page = text_of(client, "/members/between/?month=2026-11")

    assert "36.66" in page
    assert "100.00" in page
    assert "南站店" in page
    opened = re.findall(r'href="(/money/statement/[^"]+)"[^>]*>([^<]+)<', page)
    for url, figure in opened[5::6]:  # what headquarters owes each store, at the end of the month
        assert figure in text_of(client, html.unescape(url))
    assert opened
    months = re.findall(r'href="\?month=(\d{4}-\d{2})"', page)
    assert months == sorted(months, reverse=True)
    assert months[0] == f"{NOON:%Y-%m}"
    assert text_of(client, "/members/between/?month=0001-01")


def test_the_month_between_stores_is_a_sheet_and_each_store_has_its_statement(
    chain: Club, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    page = text_of(client, "/members/between/?month=2026-11")
    sheet = client.get("/members/between/export?month=2026-11")
    (store,) = {
        html.unescape(url)
        for url in re.findall(r'href="(/money/statement/[^"]+)"', page)
        if str(chain.units["south"].pk) in url
    }

    assert "LS-S02-1" in text_of(client, store)  # the sale that was paid with stored value
    assert sheet["Content-Disposition"] == 'attachment; filename="between-2026-11.xlsx"'


def test_a_members_page_tells_of_cards_and_of_what_they_agreed_to(
    chain: Club, browse: Browse
) -> None:
    ming = chain.members["ming"]
    wash = CardKind.objects.create(
        code="W10", name="洗车十次", uses=10, price=100, item=chain.items["milk"]
    )
    with chain.as_("zhou", "north till"):
        given = {"header": {"method": "CASH"}, "lines": [{"member": str(ming), "kind": wash.code}]}
        run(
            "stored_value.card_sale.post", run("stored_value.card_sale.save", payload=given).subject
        )
    with system(reason="they agreed on their phone"):
        Consent.objects.create(member_id=ming, about="offers", version="2026-1", given_at=NOON)
    page = text_of(browse("zhou", "hq"), f"/m/membership.member/{ming}/")

    assert "洗车十次 · 剩 10 次" in page
    assert "2026-1" in page


def test_tiers_are_tried_out_and_nothing_changes(chain: Club, browse: Browse) -> None:
    client = browse("zhou", "hq")
    page = text_of(client, "/members/tiers/?gold=50&months=6&plain=oops")

    assert "金卡" in page
    assert not Member.objects.filter(tier__isnull=False).exists()
    Programme.objects.update(state="archived")
    assert "/m/membership.programme/new" in text_of(client, "/members/tiers/")


def test_who_may_not_see_members_sees_none(chain: Club, browse: Browse) -> None:
    client = browse("wang", "warehouse")
    for url in (f"/m/membership.member/{chain.members['ming']}/", "/members/tiers/"):
        assert client.get(url).status_code in (403, 404)


def test_ticked_coupons_are_passed_on_together_or_printed_whole(
    chain: Club, browse: Browse
) -> None:
    with system(reason="the cast of the tests"):
        kind = CouponKind.objects.create(
            code="K", name="满减", amount=10, days=30, is_transferable=True
        )
        bound = CouponKind.objects.create(code="B", name="专享", amount=10, days=30)
    ming, hong = chain.members["ming"], chain.members["hong"]
    with chain.as_("zhou", "hq"):
        lines = [{"kind": one, "pieces": "1", "member": ming} for one in (kind, bound)]
        run("coupons.issue.post", run("coupons.issue.save", payload={"lines": lines}).subject)
    client, card = browse("zhou", "hq"), Member.objects.get(pk=hong).code
    free, stuck = Coupon.objects.order_by("kind__code").reverse()
    to = {"member": card}

    both = client.post("/members/coupons/pass-on", to | {"ids": [free.pk, stuck.pk]})
    nobody = client.post("/members/coupons/pass-on", {"member": "?", "ids": [free.pk]})
    client.post("/members/coupons/pass-on", to | {"ids": [free.pk]})
    paper = client.post("/members/coupons/print", {"ids": [free.pk]})
    nothing = client.post("/members/coupons/print", {"ids": []})

    assert {both.status_code, nobody.status_code, nothing.status_code} == {302}
    holders = Coupon.objects.order_by("kind__code").values_list("member", flat=True)
    assert list(holders) == [ming, hong]
    assert paper.content.startswith(b"%PDF")
    assert paper["Content-Type"] == "application/pdf"
    with chain.as_("zhou", "hq"):
        assert History.objects.filter(action="coupons.coupon.hand_out").count() == 1
