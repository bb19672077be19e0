"""Members join, are found, merged, rated; their points expire, their money is settled."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.business.membership.stage import (
    TODAY,
    Club,
    a_club,
    code_of,
    joined,
    sold,
    standing,
    topped_up,
)
from tests.chain import NOON
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.membership import accounts as at
from tongpan.business.membership.actions import expire_all, rate_all
from tongpan.business.membership.models import Member, Tier
from tongpan.business.membership.queries import between_stores, find_members, tier_changes
from tongpan.business.till.models import SaleLine
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.personal_actions import COPY, ERASE, PUT_BACK, SET_ASIDE
from tongpan.kernel.ledger.posting import Fact, Move, post
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.scope import system, visible

WHY = {"kind": "membership.member", "reason": "asked at the counter"}


@pytest.fixture
def club(staged: Any) -> Club:
    return staged(a_club)  # type: ignore[no-any-return]


def posted(
    club: Club, code: str, header: dict[str, Any], *lines: dict[str, Any], at: str = "hq"
) -> Any:
    with club.as_("zhou", at):
        payload: dict[str, Any] = {"lines": list(lines)} | ({"header": header} if header else {})
        draft = run(f"{code}.save", payload=payload).subject
        run(f"{code}.post", draft)
        return draft


def test_joining_needs_a_phone_and_consent_and_keeps_both_out_of_history(club: Club) -> None:
    for given, code in (
        ({"phone": "13712345678", "consent": False}, "consent_needed"),
        ({"phone": "", "consent": True}, "phone_needed"),
        ({"phone": "13812345", "consent": True}, "phone_format"),
        ({"phone": "138 1234 5678", "consent": True}, "phone_known"),
        ({"phone": "13712345678", "consent": True, "birthday": "5.21"}, "birthday_format"),
    ):
        with club.as_("lin", "north till"), pytest.raises(Refusal) as no:
            run("membership.member.join", payload=given)
        assert [p["code"] for p in no.value.problems] == [code]
    one = Member.objects.get(pk=club.members["ming"])

    assert (one.phone, one.consented_via, one.consented_at) == ("13812345678", "till", NOON)
    assert "1381234" not in str([h.changes for h in history_of(one.pk)])


def test_they_are_found_by_phone_card_and_initials_and_no_other_way(club: Club) -> None:
    ming = Member.objects.get(pk=club.members["ming"])
    with system(reason="looking"):
        for text in ("13812345678", "+86 138 1234 5678", ming.code, "wxm", "王小", "wangxiaoming"):
            assert [m.pk for m in find_members(text)] == [ming.pk], text
        for text in ("1381234", "", "5678", "xyz"):
            assert find_members(text) == [], text


def test_who_may_not_see_personal_data_sees_none_of_it(club: Club) -> None:
    with club.as_("zhou", "hq"):
        assert visible(Member).get(pk=club.members["ming"]).phone == "138****5678"
    with club.as_("zhao", "south"), pytest.raises(Forbidden):
        run("membership.member.reveal", club.members["ming"], {"reason": "curious"})


def test_personal_data_is_copied_set_aside_put_back_and_erased(club: Club) -> None:
    ming = club.members["ming"]
    topped_up(club, "ming", "100.00")
    with club.as_("zhou", "hq"):
        copied = run(COPY, ming, WHY).result
        run(SET_ASIDE, ming, WHY)
        gone = Member.objects.get(pk=ming)
        run(PUT_BACK, ming, WHY)
        back = Member.objects.get(pk=ming)
        run(ERASE, ming, WHY)
        erased = Member.objects.get(pk=ming)

    assert (copied["personal"]["phone"], copied["personal"]["name"]) == ("13812345678", "王小明")
    assert {row["role"] for row in copied["accounts"]} == {"wallet", "wallet_bonus"}
    assert (gone.phone, gone.name, gone.search_text) == ("", "", "")
    assert (back.phone, back.name) == ("13812345678", "王小明")
    assert "wxm" in back.search_text
    assert (erased.phone, erased.name, erased.search_text, erased.state) == ("", "", "", "archived")
    assert standing(club, "ming").principal == 100  # what we owe stays, under the number


def test_a_phone_that_somebody_else_has_by_now_is_not_put_back(club: Club) -> None:
    with club.as_("zhou", "hq"):
        run(SET_ASIDE, club.members["ming"], WHY)
    joined(club, "13812345678")
    with club.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run(PUT_BACK, club.members["ming"], WHY)

    assert no.value.code == "phone_known"


def test_a_merge_moves_all_accounts_and_reversing_parts_them(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    sold(club, {"milk": "20"}, {"CASH": "200.00"}, member="ming")
    merge = posted(club, "membership.merge", {},
                   {"member": code_of(club, "ming"), "into": code_of(club, "hong")})  # fmt: skip
    hong = standing(club, "hong")
    with system(reason="looking"):
        found = find_members("13812345678")
    sold(club, {"milk": "1"}, {"CASH": "10.00"}, member="ming")  # by the old card
    more = standing(club, "hong").points(TODAY)

    assert (hong.principal, hong.bonus, hong.points(TODAY)) == (100, 10, 200)
    assert standing(club, "ming").member == club.members["hong"]
    assert found == []
    assert more == 210
    with club.as_("zhou", "hq"):
        run("membership.merge.reverse", merge, {"reason": "two people after all"})
    assert (standing(club, "ming").principal, standing(club, "hong").principal) == (100, 0)
    assert standing(club, "hong").points(TODAY) == 10


def test_a_merge_whose_money_was_spent_is_not_taken_back(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    merge = posted(club, "membership.merge", {},
                   {"member": code_of(club, "ming"), "into": code_of(club, "hong")})  # fmt: skip
    sold(club, {"milk": "1"}, {"STORED": "10.00"}, member="hong")
    with club.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("membership.merge.reverse", merge, {"reason": "two people after all"})

    assert {p["code"] for p in no.value.problems} == {"merged_not_free"}


def test_goods_of_a_merged_member_come_back_to_who_they_go_on_as(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    sale = sold(club, {"milk": "1"}, {"STORED": "10.00"}, member="ming")
    posted(club, "membership.merge", {},
           {"member": code_of(club, "ming"), "into": code_of(club, "hong")})  # fmt: skip
    with club.as_("zhou", "north till"):
        brought_back(sale)
    hong = standing(club, "hong")

    assert (hong.principal, hong.bonus, hong.points(TODAY)) == (100, 10, 0)


def brought_back(sale: Any) -> None:
    found = SaleLine.unscoped.filter(document=sale.subject).values_list("pk", flat=True)
    run("till.return.take_back", payload={
        "sale": str(sale.subject), "lines": [{"sold": str(pk), "quantity": "1"} for pk in found],
        "payments": [{"method": "STORED", "amount": "10.00"}],
    })  # fmt: skip


def test_tiers_go_up_and_down_with_a_window_that_moves(club: Club) -> None:
    sold(club, {"milk": "20"}, {"CASH": "200.00"}, member="ming")
    gold, plain = Tier.objects.get(code="gold"), Tier.objects.get(code="plain")

    def tier() -> Any:
        return Member.objects.get(pk=club.members["ming"]).tier_id

    with env.frozen(NOON), system(reason="the night"):
        told = tier_changes(TODAY, 12, [(gold.pk, Decimal(300)), (plain.pk, Decimal(0))])
        changed = rate_all(TODAY)
        up = tier()
        rate_all(date(2027, 10, 31))
        still = tier()
        rate_all(date(2027, 11, 1))
        down = tier()

    assert [(c.before, c.after, c.members) for c in told] == [(None, plain.pk, 2)]
    assert changed == 2
    assert (up, still, down) == (gold.pk, gold.pk, plain.pk)


def test_points_expire_by_month_and_the_night_takes_them_off(club: Club) -> None:
    sold(club, {"milk": "1"}, {"CASH": "10.00"}, member="ming")
    ming = standing(club, "ming")
    home, programme = ming.home, ming.programme
    assert programme is not None
    lot = at.points(home, ming.member, programme, "2026-10")
    issued = at.issued(home, programme)
    with system(reason="points of old"):
        post([Fact(env.new_id(), env.new_id(), TODAY, (Move(issued, lot, Decimal(7)),))])
    before = standing(club, "ming").points(TODAY)
    with club.as_("zhou", "hq"):
        gone, again = expire_all(TODAY), expire_all(TODAY)
    with system(reason="looking"):
        expired = balance_of([at.expired(home, programme)])

    assert (before, gone, again) == (10, 1, 0)
    assert [row.amount for row in expired.values()] == [7]
    assert standing(club, "ming").lots == {"2028-11": Decimal(10)}


def test_limits_of_stored_value_hold_by_date_and_by_name(club: Club) -> None:
    topped_up(club, "hong", "1000.00")
    with pytest.raises(Refusal) as no:
        topped_up(club, "hong", "1.00")
    topped_up(club, "ming", "5000.00")
    with pytest.raises(Refusal) as neither:
        topped_up(club, "ming", "0.01")

    assert [p["code"] for p in no.value.problems] == ["too_much_stored"]
    assert [p["code"] for p in neither.value.problems] == ["too_much_stored"]


def test_only_principal_is_paid_out(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    line = {"member": code_of(club, "ming"), "about": "moves away"}
    with pytest.raises(Refusal) as no:
        posted(club, "stored_value.pay_out", {"method": "CASH"}, {**line, "amount": "100.01"},
               at="north till")  # fmt: skip
    posted(club, "stored_value.pay_out", {"method": "CASH"}, {**line, "amount": "100.00"},
           at="north till")  # fmt: skip

    assert [p["code"] for p in no.value.problems] == ["principal_short"]
    assert (standing(club, "ming").principal, standing(club, "ming").bonus) == (0, 10)


def test_stores_settle_what_was_used_elsewhere_month_by_month(club: Club) -> None:
    topped_up(club, "ming", "100.00", at="north till")
    sold(club, {"milk": "3"}, {"STORED": "30.00"}, member="ming", at="south till")
    sold(club, {"milk": "5"}, {"STORED": "50.00"}, member="ming", at="west till")
    posted(club, "stored_value.settlement", {"from_place": "B01"},
           {"store": "S03", "to_place": "B09", "amount": "50.00"})  # fmt: skip
    hq = club.units["hq"].pk
    stores = {name: club.units[name].pk for name in ("north", "south", "west")}
    with system(reason="looking"):
        told = between_stores(hq, list(stores.values()), date(2026, 11, 1), date(2026, 11, 30))
        later = between_stores(hq, list(stores.values()), date(2026, 12, 1), date(2026, 12, 31))
        mirror = balance_of([at.between(hq, stores["west"])])

    north, west = told[stores["north"]], told[stores["west"]]
    assert (north.topped_up, north.used, north.after) == (-100, 0, -100)
    assert (west.used, west.settled, west.after) == (50, -50, 0)
    assert later[stores["south"]].before == later[stores["south"]].after == 30
    assert [row.amount for row in mirror.values()] == [0]
