"""Promotions as documents: drafted, approved, live by their dates, ended; and who may."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction

from tests.business.promotions.stage import P, approved, draft, live, titles
from tests.chain import NOON
from tests.contracts.examples import Stage, a_stage
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.membership.models import Member
from tongpan.business.promotions import accounts as at
from tongpan.business.promotions import queries
from tongpan.business.promotions.models import PromotionDocument, PromotionGroup
from tongpan.business.promotions.postings import give_back_moves, use_moves
from tongpan.business.promotions.rules.pricing import price
from tongpan.business.promotions.rules.values import Basket, Line, NthPercent, SpendSave
from tongpan.business.promotions.screens import STANDINGS, VIEWS
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.showing import how_far
from tongpan.kernel.ledger.posting import Fact, OutOfBounds, post
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.masters.items.models import ItemCategory

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def stage(staged) -> Stage:  # type: ignore[no-untyped-def]
    return staged(a_stage)  # type: ignore[no-any-return]


def test_a_company_without_promotions_has_no_version(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        assert queries.version() == ""
        assert queries.live(stage.units["north"], "") == ()


def test_a_draft_holds_nowhere_until_it_is_approved(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        one = draft("percent_off", percent="10")
        assert live(stage) == ()
        run(f"{P}.post", one)
        assert titles(stage) == ["活动"]
        found = live(stage)[0]
        assert found.code == "HD-HQ-26-00001"
        assert queries.ids_of([found.code]) == {found.code: one}


def test_what_nobody_has_a_code_for_is_refused_beside_its_field(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        one = draft("percent_off", percent="10", payments="微信 CASH", channels="门店", coupon="NO",
                    weekdays="六日")  # fmt: skip
        with pytest.raises(Refusal) as no:
            run(f"{P}.post", one)
        told = {p["path"]: (p["code"], p.get("codes")) for p in no.value.problems}
        assert told == {
            "weekdays": ("not_valid", None),
            "payments": ("promotion_code_unknown", "微信"),
            "channels": ("promotion_code_unknown", "门店"),
            "coupon": ("promotion_code_unknown", "NO"),
        }
        known = next(p["known"] for p in no.value.problems if p["path"] == "payments")
        assert "WECHAT 微信支付" in known
        approved("percent_off", percent="10", payments="WECHAT CASH")


def test_the_engine_reads_what_the_form_says(stage: Stage) -> None:
    milk = stage.items["milk"]
    with stage.as_("zhou", "hq"):
        approved(
            "nth_percent", {"part": "goods", "item": milk}, nth=2, percent="50",
            ends_on="2026-11-25", ends_clock="14:00", hours="17:00-19:00 21:00-02:00",
            weekdays="76", per_sale=3, channels="till",
        )  # fmt: skip
        approved(
            "spend_save", {"part": "all"}, {"part": "step", "least": "100", "off": "30"},
            {"part": "step", "least": "200", "off": "70"}, {"part": "store", "store": "S01"},
        )  # fmt: skip
        half, steps = live(stage)
        assert titles(stage, "south") == ["活动"]
    assert half.terms == NthPercent((Decimal(0), Decimal(50)))
    assert half.goods.items == {str(milk.pk)}
    assert f"{half.conditions.begins} {half.conditions.ends}" == (
        "2026-11-20 00:00:00 2026-11-25 14:00:00"
    )
    assert half.conditions.weekdays == {6, 7}
    assert [f"{one.begins:%H:%M}" for one in half.conditions.hours] == ["17:00", "21:00"]
    assert isinstance(steps.terms, SpendSave)
    assert [(t.least, t.off) for t in steps.terms.tiers] == [(100, 30), (200, 70)]
    basket = Basket(
        (Line("1", str(milk.pk), Decimal("50"), Decimal(4)),),
        env.now().replace(tzinfo=None, year=2026, month=11, day=21, hour=18, minute=0),
        stage.units["north"].path,
    )
    assert price(basket, (half, steps)).total == Decimal("120.00")  # 200 - 50 = 150; 150 - 30


@pytest.mark.parametrize(
    ("kind", "lines", "header", "path", "code"),
    [
        ("percent_off", [], {}, "percent", "required"),
        ("percent_off", [], {"percent": "120"}, "percent", "promotion_not_a_percent"),
        ("spend_save", [{"part": "all"}], {}, "lines", "promotion_needs_steps"),
        ("spend_save", [{"part": "all"}, {"part": "step", "least": "10"}], {}, "lines.2.off",
         "required"),
        ("gift", [{"part": "all"}], {}, "lines", "promotion_needs_reward"),
        ("set_price", [{"part": "all"}], {"price": "10"}, "lines", "promotion_needs_slots"),
        ("percent_off", [{"part": "step", "least": "1", "off": "1"}], {"percent": "5"}, "lines",
         "promotion_needs_goods"),
        ("percent_off", [{"part": "all", "brand": "x"}], {"percent": "5"}, "lines.1.brand",
         "promotion_not_on_this_line"),
        ("percent_off", [{"part": "goods"}], {"percent": "5"}, "lines.1.item",
         "promotion_goods_one_of"),
        ("percent_off", [], {"percent": "5", "ends_on": "2026-11-20"}, "ends_on",
         "promotion_over_already"),
        ("percent_off", [], {"percent": "5", "hours": "17-19"}, "hours", "not_valid"),
        ("percent_off", [], {"percent": "5", "ends_on": "2026-11-01"}, "ends_on",
         "promotion_ends_first"),
        ("percent_off", [], {"percent": "5", "per_member": 1001}, "per_member",
         "promotion_limit_too_large"),
        ("nth_percent", [], {"percent": "50"}, "nth", "required"),
        ("nth_percent", [], {"nth": 2}, "percent", "required"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_stands_beside_its_field(
    stage: Stage, kind: str, lines: list[dict[str, str]], header: dict[str, str], path: str,
    code: str,
) -> None:  # fmt: skip
    with stage.as_("zhou", "hq"), pytest.raises(Refusal) as refused:
        run(f"{P}.post", draft(kind, *lines, **header))
    assert (path, code) in {(p["path"], p["code"]) for p in refused.value.problems}


def test_one_that_holds_is_ended_and_not_edited(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        one = approved("percent_off", percent="10")
        with pytest.raises(Refusal):
            run(f"{P}.save", one, {"header": {"percent": "20"}})
        run(f"{P}.end", one, {"reason": "sold out"})
        assert live(stage) == ()
        with pytest.raises(Refusal, match="promotion_ended_already"):
            run(f"{P}.end", one, {"reason": "again"})


def test_a_change_takes_the_place_of_the_one_that_holds(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        one = approved("percent_off", percent="10", title="old")
        copy: UUID = run(f"{P}.change", one).result
        run(f"{P}.save", copy, {"header": {"percent": "20", "title": "new"}})
        assert titles(stage) == ["old"]
        run(f"{P}.post", copy)
        assert titles(stage) == ["new"]
        assert PromotionDocument.objects.get(pk=one).ended_at is not None


def test_a_store_promotes_for_itself_and_headquarters_for_all(stage: Stage) -> None:
    role = Role.objects.create(code="promoter", name="促销")
    RoleAction.objects.create(role=role, code="promotions.*", amount_max=Decimal(500))
    Grant.objects.create(
        person=stage.people["zhao"], role=role, unit=stage.units["south"],
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    with stage.as_("zhou", "hq"):
        approved("percent_off", percent="10", title="all")
    with stage.as_("zhao", "south"):
        approved("percent_off", percent="5", title="ours", unit="S02")
        with pytest.raises((Forbidden, Refusal)):
            draft("percent_off", percent="5", unit="HQ")
        with pytest.raises(Refusal) as refused:
            approved("percent_off", {"part": "all"}, {"part": "store", "store": "S01"},
                     percent="5", unit="S02")  # fmt: skip
        with pytest.raises(Forbidden):
            approved("percent_off", percent="5", unit="S02", budget="501")
    assert refused.value.problems[0]["code"] == "promotion_store_elsewhere"
    assert titles(stage) == ["all"]
    assert titles(stage, "south") == ["all", "ours"]


def test_groups_and_paths_that_change_are_read_anew(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        food = ItemCategory.objects.create(code="food", name="食品", path="/food/")
        group = run("promotions.group.save", payload={
            "code": "G1", "name": "会员日", "rule": "one", "position": 2}).subject  # fmt: skip
        approved("percent_off", {"part": "goods", "category": food}, percent="10", group="G1")
        before = live(stage)[0]
        assert (before.group.rule, before.group.order) == ("one", 2)
        assert before.goods.categories == {"/food/"}
        run("promotions.group.save", group, {"rule": "best"})
        ItemCategory.objects.filter(pk=food.pk).update(path="/fresh/", code="fresh")
        after = live(stage)[0]
    assert after.group.rule == "best"
    assert after.goods.categories == {"/fresh/"}
    assert PromotionGroup.objects.count() == 1


def test_budgets_and_times_cannot_be_used_beyond_their_bounds(stage: Stage) -> None:
    north, day = stage.units["north"], date(2026, 11, 21)
    member = Member.objects.create(code="1", joined_on=day).pk
    with stage.as_("zhou", "hq"):
        one = approved("percent_off", percent="10", budget="100", per_member=3, per_day=5)
        version = queries.version()
        limits, promotions = queries.bounded(north, version), queries.live(north, version)
        (code,), (bound,) = limits, limits.values()

        def use(times: int, amount: str, back: bool = False) -> None:
            moves = (give_back_moves if back else use_moves)(
                bound, times, Decimal(amount), member, day
            )
            post([Fact(env.new_id(), env.new_id(), day, tuple(moves))])

        use(2, "99.90")
        before = queries.used(limits, promotions, member, day)[code]
        assert (before.by_member, before.today, before.spent) == (2, 2, Decimal("99.90"))
        for times, amount in ((1, "0.11"), (2, "0.01")):
            with pytest.raises(OutOfBounds), transaction.atomic():
                use(times, amount)
        use(1, "0.10")
        use(2, "99.90", back=True)
        after = queries.used(limits, promotions, member, day)[code]
        assert (after.by_member, after.today, after.spent) == (1, 1, Decimal("0.10"))
        left = balance_of([at.left(stage.units["hq"].pk, one)])
    assert [found.amount for found in left.values()] == [Decimal("99.90")]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 96, 999, 1000])
def test_all_times_come_to_one_whole_and_one_more_does_not(limit: int) -> None:
    assert at.share_of(limit, limit) <= 1 < at.share_of(limit + 1, limit)
    assert [at.times_in(at.share_of(n, limit), limit) for n in range(limit)] == [*range(limit)]


def test_what_was_approved_is_planned_live_over_or_ended(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        approved("percent_off", percent="10", begins_on="2026-11-22")
        approved("percent_off", percent="10", ends_on="2026-11-21", ends_clock="12:01")
        run(f"{P}.end", approved("percent_off", percent="10"), {"reason": "sold out"})
        rows = [body.document for body in queries.with_lines(PromotionDocument.unscoped.all())]

        def told() -> list[str]:
            found = how_far([(STANDINGS, sorted(rows, key=lambda row: str(row.number)))])
            return [str(found[row.pk].word) for row in sorted(rows, key=lambda r: str(r.number))]

        assert told() == ["未开始", "进行中", "提前结束"]
        with env.frozen(NOON + timedelta(days=1)):
            assert told() == ["进行中", "已结束（到期）", "提前结束"]
        every = PromotionDocument.unscoped.all()
        counts = [every.filter(within()).count() for _title, within in VIEWS.values()]
        assert counts == [1, 1, 1]
