"""When, where and for whom a promotion holds."""

from typing import Any

import pytest

from tests.business.promotions.shop import basket, outcome, promo
from tongpan.business.promotions.rules.pricing import price


def why_not(conditions: dict[str, Any], **of_basket: Any) -> str:
    """The code of the condition that is not met; empty if all are."""
    half = promo("half", "percent_off", percent="50", conditions=conditions)
    found = outcome(price(basket("tea 10.00", **of_basket), [half]), "half")
    return found.why_not.code if found.why_not else ""


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-11-21T21:59", "promotion_other_hours"),
        ("2026-11-21T22:00", ""),
        ("2026-11-22T01:59", ""),  # still the night of Saturday
        ("2026-11-22T02:00", "promotion_other_hours"),
        ("2026-11-22T23:00", "promotion_other_hours"),  # Sunday night
        ("2026-11-21T01:00", "promotion_other_hours"),  # the night of Friday
    ],
)
def test_happy_hours_go_on_after_midnight(moment: str, code: str) -> None:
    assert why_not({"weekdays": [6], "hours": ["22:00-02:00"]}, moment=moment) == code


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-11-21T13:59:59", "promotion_not_yet"),
        ("2026-11-21T14:00", ""),
        ("2026-11-21T17:59:59", ""),
        ("2026-11-21T18:00", "promotion_over"),
    ],
)
def test_it_begins_and_ends_to_the_minute(moment: str, code: str) -> None:
    times = {"begins": "2026-11-21T14:00", "ends": "2026-11-21T18:00"}

    assert why_not(times, moment=moment) == code


@pytest.mark.parametrize(
    ("conditions", "given", "code"),
    [
        ({"stores": ["/north/"]}, {"store": "/north/one/"}, ""),
        ({"stores": ["/north/"]}, {"store": "/northwest/"}, "promotion_other_store"),
        ({"channels": ["web"]}, {}, "promotion_other_channel"),
        ({"members_only": True}, {}, "promotion_for_members"),
        ({"members_only": True}, {"member": {"id": "wu"}}, ""),
        ({"tiers": ["gold"]}, {"member": {"id": "wu", "tier": "silver"}}, "promotion_other_tier"),
        ({"tiers": ["gold"]}, {"member": {"id": "wu", "tier": "gold"}}, ""),
        ({"member_tags": ["staff"]}, {"member": {"id": "wu"}}, "promotion_other_members"),
        ({"member_tags": ["staff"]}, {"member": {"id": "wu", "tags": ["staff"]}}, ""),
        ({"coupon": "X1"}, {}, "promotion_needs_coupon"),
        ({"coupon": "X1"}, {"coupons": ["X1"]}, ""),
        ({"payments": ["wallet"]}, {"payment": "cash"}, "promotion_needs_payment"),
        ({"payments": ["wallet"]}, {"payment": "wallet"}, ""),
        ({"basket_min": "10.01"}, {}, "promotion_needs_amount"),
        ({"basket_min": "10.00"}, {}, ""),
        ({"quantity_min": 2}, {}, "promotion_needs_quantity"),
        ({"amount_min": "10.00"}, {}, ""),
    ],
)
def test_each_condition_is_named_when_it_is_not_met(
    conditions: dict[str, Any], given: dict[str, Any], code: str
) -> None:
    assert why_not(conditions, **given) == code


def test_what_is_missing_is_said_in_numbers() -> None:
    promotions = [
        promo("2+1", "buy_get", "a stack 0", buy=2, get=1),
        promo("save", "spend_save", "b stack 1", tiers=[{"least": "30", "off": "5"}]),
    ]

    priced = price(basket("tea 10.00 x 2"), promotions)

    hints = {one.promotion: one.hint for one in priced.outcomes if one.hint}
    assert hints["2+1"].code == "hint_add_pieces"
    assert hints["2+1"].facts["missing"] == 1
    assert hints["save"].code == "hint_spend_more"
    assert hints["save"].facts["missing"] == 10


def test_a_gift_that_was_earned_and_not_taken_is_offered() -> None:
    gift = promo("cup", "gift", reward={"items": ["cup"]}, conditions={"amount_min": "20"})

    priced = price(basket("tea 10.00 x 2"), [gift])

    hint = outcome(priced, "cup").hint
    assert hint is not None
    assert (hint.code, hint.facts["items"]) == ("hint_take_reward", ("cup",))


def test_what_uses_the_goods_is_named() -> None:
    priced = price(basket("tea 10.00"), [
        promo("clear", "percent_off", "a stack 0", percent="40", is_exclusive=True, title="清仓"),
        promo("ten", "percent_off", "b stack 1", percent="10"),
    ])  # fmt: skip

    why = outcome(priced, "ten").why_not
    assert why is not None
    assert (why.code, why.facts["by"]) == ("promotion_goods_used_by", "清仓")
