"""What a draft would have done: to a basket on the form, and to the sales of past days."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.business.promotions.stage import approved, draft
from tests.contracts.examples import Stage, a_stage
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.campaigns import actions
from tongpan.business.campaigns.models import Rehearsal
from tongpan.business.campaigns.queries import tracked
from tongpan.business.coupons.models import CouponKind
from tongpan.business.membership.models import Programme, Tier
from tongpan.business.promotions.models import PromotionDocument
from tongpan.business.promotions.queries import with_lines
from tongpan.business.promotions.rules.values import Member
from tongpan.business.promotions.trying import try_out
from tongpan.business.till.models import SaleLine
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def stage(staged) -> Stage:  # type: ignore[no-untyped-def]
    return staged(a_stage)  # type: ignore[no-any-return]


def sell(stage: Stage, *, off: str = "0", **quantities: int) -> Any:
    lines = [{"item": stage.items[n].pk, "quantity": str(q)} for n, q in quantities.items()]
    due = str(Decimal("12.90") * sum(quantities.values()) - Decimal(off))
    payload = {"lines": lines, "payments": [{"method": "CASH", "amount": due}]}
    with stage.as_("zhou", "till"):
        return run("till.sale.ring_up", payload=payload).subject


def body_of(pk: Any) -> PromotionDocument:
    return with_lines(PromotionDocument.unscoped.filter(pk=pk))[0]


def test_a_draft_is_tried_among_those_that_hold(stage: Stage) -> None:
    milk, cola = (stage.items[name] for name in ("milk", "cola"))
    with stage.as_("zhou", "hq"):
        approved("amount_off", {"part": "goods", "item": cola}, amount="1", title="可乐立减")
        one = draft("nth_percent", {"part": "goods", "item": milk}, nth=2, percent="50",
                    title="第二件半价", begins_on="2026-12-01")  # fmt: skip
        rows = [(milk, Decimal(3)), (cola, Decimal(1))]
        tried = try_out(body_of(one), stage.units["north"], rows)
    assert [(line.item.code, str(line.net)) for line in tried.lines] == [
        (milk.code, "32.25"), (cola.code, "11.90")
    ]  # fmt: skip
    assert (tried.total_before, tried.total) == (Decimal("51.60"), Decimal("44.15"))
    this, other = tried.promotions
    assert (this.title, this.times, str(this.amount), this.hint) == (
        "第二件半价", 1, "6.45", "再加 1 件即可。"
    )  # fmt: skip
    assert (other.title, other.times) == ("可乐立减", 1)
    assert f"{tried.moment:%Y-%m-%d}" == "2026-12-01"


def rehearsed(stage: Stage, promotion: Any, **asked: Any) -> Rehearsal:
    said = {"promotion": str(promotion), "since": "2026-11-21", "until": "2026-11-21",
            "stores": [str(stage.units["north"].pk)], **asked}  # fmt: skip
    found = env.new_id()
    run(actions.REHEARSE, found, said)
    with system(reason="the worker"), env.frozen(env.now()):
        while Rehearsal.unscoped.get(pk=found).state != Rehearsal.State.DONE:
            actions.rehearse(str(found))
    return Rehearsal.unscoped.get(pk=found)


def test_a_draft_runs_over_past_baskets(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    for milk in (1, 2, 3):
        sell(stage, milk=milk, cola=1)
    sell(stage, cola=2)
    with stage.as_("zhou", "hq"):
        one = draft("nth_percent", {"part": "goods", "item": stage.items["milk"]}, nth=2,
                    percent="50", begins_on="2026-12-01")  # fmt: skip
        found = rehearsed(stage, one)
    sums = found.found[str(stage.units["north"].pk)]
    assert (found.done, found.baskets) == (4, 4)
    assert sums == {"baskets": "4", "touched": "2", "discount": "12.90", "given": "2",
                    "before": "141.90", "after": "129.00"}  # fmt: skip
    margin = found.margins[str(stage.units["north"].pk)]
    # 11 pieces at 12.90 / 1.13 = 11.42, less 6 of milk at 8.50 and 5 of cola at 2.00
    assert Decimal(margin["before"]) == pytest.approx(Decimal("64.6"), abs=Decimal("0.1"))
    assert Decimal(margin["before"]) - Decimal(margin["after"]) == pytest.approx(
        Decimal("11.42"), abs=Decimal("0.02")
    )


def test_what_waits_for_a_coupon_or_a_way_of_paying_is_tried_and_rehearsed_with_it(
    stage: Stage,
) -> None:
    CouponKind.objects.create(code="TEN", name="十元券", amount="10.00")
    sell(stage, milk=1, cola=1)
    north, rows = stage.units["north"], [(stage.items["milk"], Decimal(2))]
    said: dict[str, Any] = {"percent": "10", "begins_on": "2026-12-01"}
    touched, discounts, supposed = [], [], []
    with stage.as_("zhou", "hq"):
        for bound in ({"coupon": "TEN"}, {"payments": "CASH"}, {"payments": "WECHAT"}):
            one = draft("percent_off", **said, **bound)
            sums = rehearsed(stage, one).found[str(north.pk)]
            touched.append(sums["touched"])
            tried = try_out(body_of(one), north, rows)
            discounts.append(str(tried.total_before - tried.total))
            supposed += tried.supposed
    assert touched == ["1", "1", "0"]  # it was paid in cash
    assert discounts == ["2.58"] * 3
    assert supposed == ["需要券：十元券。", "付款方式：现金。", "付款方式：微信支付。"]


def test_why_not_names_ways_of_paying_and_tiers_by_what_they_are_called(stage: Stage) -> None:
    programme = Programme.objects.create(code="P", name="积分")
    gold = Tier.objects.create(code="GOLD", name="金卡", programme=programme, spent_min=1)
    north, rows = stage.units["north"], [(stage.items["milk"], Decimal(1))]
    with stage.as_("zhou", "hq"):
        approved("percent_off", percent="1", payments="WECHAT")
        approved("percent_off", {"part": "all"}, {"part": "tier", "tier": gold}, percent="1")
        one = draft("percent_off", percent="10")
        tried = try_out(body_of(one), north, rows, member=Member("m", "other"))
    assert [other.why_not for other in tried.promotions[1:]] == [
        "限指定支付方式：微信支付。", "限会员等级：金卡。"
    ]  # fmt: skip


def test_what_cannot_be_rehearsed_says_why(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        good, bad = draft("percent_off", percent="10"), draft("percent_off")
        for one, asked, path in (
            (good, {"stores": []}, "stores"),
            (good, {"since": "2026-11-22"}, "since"),
            (good, {"until": "soon"}, "until"),
            (bad, {}, "percent"),
        ):
            with pytest.raises(Refusal) as refused:
                rehearsed(stage, one, **asked)
            assert refused.value.problems[0]["path"] == path


def test_uplift_is_counted_against_the_same_weekdays_of_the_week_before(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        one = approved("percent_off", {"part": "goods", "item": stage.items["milk"]}, percent="10",
                       begins_on="2026-11-21")  # fmt: skip
        later = approved("percent_off", percent="10", begins_on="2026-11-28")
    sell(stage, milk=2, cola=3, off="2.58")
    north = [stage.units["north"].pk]
    found = tracked(body_of(one), north, date(2026, 11, 21))
    assert (found.days, found.turnover, found.turnover_before, found.uplift) == (
        1, Decimal("23.22"), 0, None
    )  # fmt: skip
    assert (found.sales, found.times, found.amount) == (1, 2, Decimal("2.58"))
    assert tracked(body_of(one), [stage.units["south"].pk], date(2026, 11, 21))[:3] == (0, 0, 0)
    then = tracked(body_of(later), north, date(2026, 11, 28))
    assert (then.turnover, then.turnover_before, then.uplift) == (0, Decimal("61.92"), -1)
    without = {"part": "except", "item": stage.items["cola"]}
    with stage.as_("zhou", "hq"):
        some = approved("percent_off", without, percent="10", begins_on="2026-11-28")
    assert tracked(body_of(some), north, date(2026, 11, 28)).turnover_before == Decimal("23.22")


def test_what_came_back_was_not_used_and_brought_nothing(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        one = approved("percent_off", percent="10", begins_on="2026-11-21")
    sold, _kept = sell(stage, milk=2, off="2.58"), sell(stage, milk=1, off="1.29")
    north = [stage.units["north"].pk]
    (line,) = SaleLine.unscoped.filter(document=sold)

    def back() -> None:
        with stage.as_("zhou", "till"):
            run("till.return.take_back", payload={
                "sale": str(sold), "lines": [{"sold": str(line.pk), "quantity": "1"}],
                "payments": [{"method": "CASH", "amount": "11.61"}],
            })  # fmt: skip

    def used() -> tuple[str, ...]:
        found = tracked(body_of(one), north, date(2026, 11, 21))
        return tuple(map(str, (found.sales, found.times, found.amount, found.turnover)))

    before = used()
    back()
    half = used()
    back()

    assert before[:2] == half[:2] == ("2", "3")
    assert [Decimal(n) for n in (before[2], half[2])] == [Decimal("3.87"), Decimal("2.58")]
    assert [Decimal(n) for n in used()] == [1, 1, Decimal("1.29"), Decimal("11.61")]
