"""Coupons: given out, presented once, back with a whole return, passed on, called back, lapsed."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.business.membership.stage import Club, a_club, sold
from tests.chain import NOON
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.coupons import queries
from tongpan.business.coupons.actions import give_after_sale, give_of_day, lapse_over
from tongpan.business.coupons.models import Coupon, CouponKind, Gift
from tongpan.business.coupons.rules import SIGNS, Bought, Held, code_in, code_of, worth
from tongpan.business.membership.models import Member
from tongpan.business.till.models import SaleLine, SaleShare
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.scope import system

TODAY = NOON.date()
Line = dict[str, Any]


@pytest.fixture
def club(staged: Any) -> Club:
    found: Club = staged(a_club)
    return found


def kind(code: str = "K10", **more: Any) -> CouponKind:
    given: dict[str, Any] = {"name": code, "amount": Decimal(10), "days": 30} | more
    return CouponKind.objects.create(code=code, **given)


def issued(club: Club, *lines: Line) -> list[Coupon]:
    with club.as_("zhou", "hq"):
        draft = run("coupons.issue.save", payload={"lines": list(lines)}).subject
        run("coupons.issue.post", draft)
    return list(Coupon.objects.filter(issue=draft).order_by("pk"))


def one_for(club: Club, member: str, of: CouponKind) -> Coupon:
    (made,) = issued(club, {"kind": of, "pieces": "1", "member": club.members[member]})
    return made


def refused(deed: Any) -> str:
    with pytest.raises(Refusal) as why:
        deed()
    problems = why.value.facts.get("problems") or why.value.problems
    return str(problems[0]["code"]) if problems else why.value.code


def became(one: Coupon) -> str:
    return queries.became([one.pk])[one.pk]


def sell(club: Club, coupon: Coupon | str, due: str, *, member: str = "", **more: Any) -> UUID:
    code = coupon if isinstance(coupon, str) else coupon.code
    goods = {"milk": "3", "cola": "3"}  # 30.00 and 9.99
    return sold(club, goods, {"CASH": due}, member=member, coupons=[code], **more).subject


def take_back(club: Club, sale: UUID, share: int, due: str) -> None:
    rows = SaleLine.unscoped.filter(document=sale).order_by("position")
    lines = [{"sold": str(row.pk), "quantity": str(share)} for row in rows]
    payload = {"sale": str(sale), "lines": lines, "payments": [{"method": "CASH", "amount": due}]}
    with club.as_("zhou", "north till"):
        run("till.return.take_back", payload=payload)


# -- codes and worth -------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.lists(st.integers(0, 30), min_size=12, max_size=12), st.integers(1, 13), st.data())
def test_one_wrong_sign_and_two_that_changed_places_are_found(
    drawn: list[int], place: int, data: st.DataObject
) -> None:
    signs: Iterator[int] = iter(drawn)
    code = code_of(lambda _n: next(signs))
    wrong = data.draw(st.sampled_from([s for s in SIGNS if s != code[place]]))

    assert code_in(f" {code.lower()[:5]}-{code[5:]} ") == code
    assert code_in(code[:place] + wrong + code[place + 1 :]) is None
    swapped = list(code)
    other = place % 12 + 1
    swapped[place], swapped[other] = swapped[other], swapped[place]
    assert code_in("".join(swapped)) in (None, code)


MONEY = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=60)
@given(st.lists(MONEY, min_size=1, max_size=5), MONEY, st.integers(0, 100), MONEY)
def test_a_coupon_takes_whole_cents_and_never_more_than_is_left(
    lefts: list[Decimal], amount: Decimal, percent: int, minimum: Decimal
) -> None:
    item = UUID(int=1)
    lines = [Bought(item, left, left) for left in lefts]
    for form in ("amount", "percent", "goods", "opens"):
        one = Held(
            UUID(int=2), UUID(int=3), "K", "K", form, UUID(int=4), Decimal(1), minimum=minimum,
            amount=amount, percent=Decimal(percent), item=item,
        )  # fmt: skip
        off = worth(one, lines)
        assert 0 <= off <= sum(lefts)
        assert off == off.quantize(Decimal("0.01"))
        assert off == 0 or sum(lefts) >= minimum


# -- giving out ------------------------------------------------------------------------------------


def test_an_issue_names_members_tiers_tags_or_nobody(club: Club) -> None:
    Member.objects.filter(pk=club.members["ming"]).update(tags="邻居 老顾客")
    of, pack = kind(), kind("K5", amount=Decimal(5))

    tagged = issued(
        club,
        {"kind": of, "pieces": "2", "tag": "邻居"},
        {"kind": pack, "pieces": "1", "tag": "邻居"},
    )
    loose = issued(club, {"kind": of, "pieces": "3"})

    assert sorted(c.kind.code for c in tagged) == ["K10", "K10", "K5"]
    assert {c.member_id for c in tagged} == {club.members["ming"]}
    assert [c.member_id for c in loose] == [None, None, None]
    assert len({c.code for c in [*tagged, *loose]}) == 6
    assert {c.valid_until for c in loose} == {TODAY + timedelta(days=29)}
    assert queries.counted()[of.pk] == (5, 0, 0)
    nobody = {"kind": of, "pieces": "1", "tag": "不存在"}
    assert refused(lambda: issued(club, nobody)) == "coupon_nobody"


def test_an_issue_is_taken_back_as_long_as_nobody_used_one(club: Club) -> None:
    first, second = (one_for(club, "ming", kind(code)) for code in ("A", "B"))
    sell(club, second, "29.99", member="ming")

    def reverse(one: Coupon) -> None:
        with club.as_("zhou", "hq"):
            run("coupons.issue.reverse", one.issue, {"reason": "wrong people"})

    reverse(first)

    assert became(first) == "taken_back"
    assert refused(lambda: reverse(second)) == "coupon_used_since"


# -- at the till -----------------------------------------------------------------------------------


def test_a_coupon_is_a_share_of_each_line_and_is_used_once(club: Club) -> None:
    one = one_for(club, "ming", kind(minimum=Decimal(30)))

    sale = sell(club, one, "29.99", member="ming")

    shares = SaleShare.unscoped.filter(document=sale).order_by("position")
    assert [(s.kind, s.amount) for s in shares] == [
        ("coupon", Decimal("7.50")), ("coupon", Decimal("2.50")),
    ]  # fmt: skip
    assert Document.unscoped.get(pk=sale).total == Decimal("29.99")
    assert became(one) == "used"
    assert refused(lambda: sell(club, one, "29.99", member="ming")) == "coupon_gone"
    assert not any(found.violations for found in verify())


def test_a_till_that_did_not_see_the_other_use_it_is_stopped_by_the_bound(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = one_for(club, "ming", kind())
    sell(club, one, "29.99", member="ming")
    monkeypatch.setattr(Held, "wrong", lambda *_given: "")  # both had looked before either wrote

    assert refused(lambda: sell(club, one, "29.99", member="ming")) == "coupon_moved"
    assert Document.unscoped.filter(type="till.sale").count() == 1


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({"form": "percent", "percent": Decimal(15), "amount": None}, "34.00"),
        ({"form": "goods", "amount": None, "item": "milk"}, "29.99"),
        ({"amount": Decimal(100)}, "0"),
    ],
)
def test_percent_goods_and_what_is_more_than_the_basket(
    club: Club, more: dict[str, Any], due: str
) -> None:
    if "item" in more:
        more |= {"item": club.items[more["item"]]}
    (one,) = issued(club, {"kind": kind(**more), "pieces": "1"})

    sale = sell(club, one, due)

    assert Document.unscoped.get(pk=sale).total == Decimal(due)


def test_a_coupon_that_does_not_hold_here_and_now_is_refused_by_what_is_wrong(club: Club) -> None:
    later = TODAY + timedelta(days=3)
    rows: list[tuple[str, dict[str, Any]]] = [
        ("coupon_early", {"valid_from": later, "valid_until": later}),
        ("coupon_elsewhere", {"unit": club.units["south"]}),
        ("coupon_minimum", {"minimum": Decimal(40)}),
        ("coupon_no_item", {"form": "goods", "amount": None, "item": club.items["apple"]}),
        ("coupon_opens_nothing", {"form": "opens", "amount": None}),
        ("coupon_not_for_them", {"tag": "邻居"}),
    ]
    for wanted, more in rows:
        (one,) = issued(club, {"kind": kind(wanted[-8:], **more), "pieces": "1"})
        assert refused(lambda one=one: sell(club, one, "29.99", member="ming")) == wanted
        assert became(one) == "live"
    mine = one_for(club, "ming", kind())
    assert refused(lambda: sell(club, mine, "29.99", member="hong")) == "coupon_of_another"
    assert refused(lambda: sell(club, mine, "29.99")) == "coupon_of_another"
    twice = lambda: sold(  # noqa: E731
        club, {"milk": "4"}, {"CASH": "20"}, member="ming", coupons=[mine.code, mine.code]
    )
    assert refused(twice) == "coupon_most"
    assert refused(lambda: sell(club, "6901234500017", "39.99")) == "coupon_unknown"
    assert refused(lambda: sell(club, code_of(lambda _n: 1), "39.99")) == "coupon_unknown"
    mine_late = mine
    Coupon.objects.filter(pk=mine.pk).update(valid_until=TODAY - timedelta(days=1))
    assert refused(lambda: sell(club, mine_late, "29.99", member="ming")) == "coupon_late"


def test_a_whole_return_brings_the_coupon_back_and_a_part_only_its_money(club: Club) -> None:
    one = one_for(club, "ming", kind())
    gone = one_for(club, "ming", kind("K9", comes_back=False))
    sale, other = (sell(club, c, "29.99", member="ming") for c in (one, gone))

    take_back(club, sale, 1, "10.00")
    after_a_part = became(one)
    take_back(club, sale, 2, "19.99")
    take_back(club, other, 3, "29.99")

    assert after_a_part == "used"
    assert became(one) == "live"
    assert became(gone) == "used"
    assert not any(found.violations for found in verify())
    sell(club, one, "29.99", member="ming")


# -- afterwards ------------------------------------------------------------------------------------


def test_coupons_lapse_with_their_last_day_and_can_be_called_back(club: Club) -> None:
    day, week = kind("D", days=1), kind("W", days=7)
    short, long = one_for(club, "ming", day), one_for(club, "ming", week)
    with club.as_("zhou", "hq"):
        early = lapse_over(TODAY)
        late = lapse_over(TODAY + timedelta(days=1))
        lines = [{"coupon": long.code, "about": "发错了"}]
        run("coupons.lapse.post", run("coupons.lapse.save", payload={"lines": lines}).subject)

    assert (early, late) == (0, 1)
    assert (became(short), became(long)) == ("lapsed", "lapsed")


def test_a_coupon_is_passed_on_where_its_kind_allows_it(club: Club) -> None:
    free, bound = (
        one_for(club, "ming", kind("F", is_transferable=True)),
        one_for(club, "ming", kind("B")),
    )
    to = {"member": str(club.members["hong"])}
    with club.as_("zhou", "hq"):
        run("coupons.coupon.pass_on", free.pk, to)
        with pytest.raises(Refusal, match="coupon_not_passed_on"):
            run("coupons.coupon.pass_on", bound.pk, to)
    with club.as_("lin", "north till"), pytest.raises(Forbidden):
        run("coupons.coupon.pass_on", free.pk, to)

    sell(club, free, "29.99", member="hong")
    assert became(free) == "used"


def test_a_birthday_and_an_anniversary_bring_a_coupon_once_a_year(club: Club) -> None:
    of = kind()
    ahead = TODAY + timedelta(days=3)
    Member.objects.filter(pk=club.members["ming"]).update(birthday=f"{ahead:%m-%d}")
    Member.objects.filter(pk=club.members["hong"]).update(
        joined_on=TODAY.replace(year=TODAY.year - 2), birthday="02-29"
    )
    for day, before in (("birthday", 3), ("joined", 0)):
        Gift.objects.create(code=day, day=day, kind=of, days_before=before, valid_from=TODAY)
    with system(reason="the night"), env.frozen(NOON):
        given_now = [give_of_day(TODAY) for _nth in range(2)]
        in_february = give_of_day(date(2027, 2, 25))

    found = Coupon.objects.order_by("given_on", "occasion").values_list("member_id", "occasion")
    assert given_now == [2, 0]
    assert in_february == 1  # 29 February is kept on the 28th
    assert list(found) == [
        (club.members["ming"], "birthday 2026"), (club.members["hong"], "birthday 2027"),
        (club.members["hong"], "joined 2026"),
    ]  # fmt: skip


def test_a_sale_over_an_amount_brings_its_member_a_coupon_once(club: Club) -> None:
    kind("AFTER", after_sale=Decimal(20))
    big = sold(club, {"milk": "2"}, {"CASH": "20.00"}, member="ming").subject
    small = sold(club, {"milk": "1"}, {"CASH": "10.00"}, member="ming").subject
    plain = sold(club, {"milk": "9"}, {"CASH": "90.00"}).subject
    with system(reason="a worker"), env.frozen(NOON):
        for sale in (big, big, small, plain):
            give_after_sale(str(sale))

    assert [c.member_id for c in Coupon.objects.all()] == [club.members["ming"]]


def test_a_return_takes_back_the_coupon_that_its_sale_gave_unless_it_was_used(club: Club) -> None:
    kind("AFTER", after_sale=Decimal(20))
    made = [sold(club, {"milk": "3"}, {"CASH": "30.00"}, member="ming").subject for _n in range(3)]
    with system(reason="a worker"), env.frozen(NOON):
        for sale in made[:2]:
            give_after_sale(str(sale))
    unused, used = Coupon.objects.order_by("pk")
    sell(club, used, "29.99", member="ming")

    take_back(club, made[0], 1, "10.00")  # what is left is still enough
    kept = became(unused)
    take_back(club, made[0], 1, "10.00")
    take_back(club, made[1], 3, "30.00")
    take_back(club, made[2], 2, "20.00")  # before the coupon was given
    with system(reason="a worker"), env.frozen(NOON):
        give_after_sale(str(made[2]))

    assert (kept, became(unused), became(used)) == ("live", "lapsed", "used")
    number = Document.unscoped.get(pk=made[1]).number or ""
    assert [state for _one, state in queries.given_for_sale(number)] == ["used"]
    assert Coupon.objects.count() == 2
    assert all(not found.violations for found in verify())


def test_a_sale_that_is_reversed_takes_back_the_coupon_that_it_gave_unless_it_was_used(
    club: Club,
) -> None:
    kind("AFTER", after_sale=Decimal(20))
    made = [sold(club, {"milk": "3"}, {"CASH": "30.00"}, member="ming").subject for _n in range(2)]
    with system(reason="a worker"), env.frozen(NOON):
        for sale in made:
            give_after_sale(str(sale))
    unused, used = Coupon.objects.order_by("pk")
    sell(club, used, "29.99", member="ming")

    with club.as_("zhou", "north till"):
        for sale in made:
            run("till.sale.reverse", sale, {"reason": "wrong"})

    assert (became(unused), became(used)) == ("lapsed", "used")
    assert all(not found.violations for found in verify())
