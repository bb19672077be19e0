"""Lower prices of the same item: for members, for a tier, and from a quantity on."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.business.membership.stage import Club, a_club
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import Member, Tier
from tongpan.business.pricing.rules import Level, best_level, least_price, margin_of, member_level
from tongpan.business.till.models import SaleLine
from tongpan.kernel.documents.gate import run
from tongpan.masters.prices.models import Price

DAY = date(2026, 11, 21)
amounts = st.decimals("0.01", "99.99", places=2)


@st.composite
def levels(draw: Any) -> list[Level]:
    tiers = st.sampled_from([None, "gold"])
    made = []
    for n in range(draw(st.integers(0, 4))):
        for_members = draw(st.booleans())
        tier = draw(tiers) if for_members else None
        quantity = draw(st.sampled_from([Decimal(1), Decimal(3), Decimal(10)]))
        made.append(Level(n, for_members, tier, quantity, draw(amounts), Decimal(1)))
    return made


@settings(max_examples=60)
@given(levels(), st.integers(1, 12), amounts, st.sampled_from(["", "member", "gold"]))
def test_nobody_pays_more_by_buying_more_or_being_a_member(
    made: list[Level], quantity: int, usual: Decimal, who: str
) -> None:
    def price(many: int, whom: str) -> Decimal:
        tier = "gold" if whom == "gold" else None
        best = best_level(made, Decimal(many), usual, is_member=bool(whom), tier=tier)
        return usual if best is None else best.price

    assert price(quantity, who) <= price(quantity, "") <= usual
    assert price(quantity + 1, who) <= price(quantity, who)
    assert price(quantity, "gold") <= price(quantity, "member")


@settings(max_examples=40)
@given(amounts, st.sampled_from(["0", "0.09", "0.13"]), st.integers(0, 60))
def test_the_least_price_leaves_the_least_margin_and_a_cent_less_does_not(
    cost: Decimal, rate: str, margin: int
) -> None:
    least = least_price(cost, Decimal(rate), margin_min=Decimal(margin))

    assert least is not None
    net = least / (1 + Decimal(rate))
    assert (net - cost) * 100 >= net * margin - Decimal("1e-9")
    below = (least - Decimal("0.01")) / (1 + Decimal(rate))
    assert (below - cost) * 100 < below * margin
    assert margin_of(least, cost, Decimal(rate), is_tax_included=True) >= Decimal(margin) - 1


def test_the_price_for_members_is_the_one_that_every_member_pays_for_one() -> None:
    one = Decimal(1)
    every = Level("every", True, None, one, Decimal("9.50"), one)
    gold = Level("gold", True, "gold", one, Decimal("9.00"), one)
    three = Level("three", True, None, Decimal(3), Decimal("8.00"), one)

    assert member_level([gold, three, every]) == every
    assert member_level([gold, three]) is None


# -- at the till ---------------------------------------------------------------------------------


def a_shop_with_levels() -> Club:
    """Milk is 10.00, for members 9.50, from three on 9.00, and for gold from two on 8.60."""
    club = a_club()
    usual = Price.objects.get(item=club.items["milk"])
    gold = Tier.objects.get(code="gold")
    with club.as_("zhou", "hq"):
        for more in (
            {"buyer": "members", "price": "9.50"},
            {"from_quantity": "3", "price": "9.00"},
            {"buyer": "members", "tier": gold, "from_quantity": "2", "price": "8.60"},
        ):
            run("prices.level.save", payload=of_milk(usual) | more)
    return club


def of_milk(usual: Price) -> dict[str, Any]:
    return {"price_list": usual.price_list, "item": usual.item, "valid_from": DAY}


def ring_up(club: Club, quantity: str, price: str, member: str = "") -> SaleLine:
    total = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    payload: dict[str, Any] = {
        "lines": [{"item": club.items["milk"].pk, "quantity": quantity, "price": price}],
        "payments": [{"method": "CASH", "amount": str(total)}],
    }
    if member:
        payload["member"] = str(club.members[member])
    with club.as_("lin", "north till"):
        sold = run("till.sale.ring_up", payload=payload).subject
    return SaleLine.unscoped.select_related("price_level__price_list").get(document=sold)


@pytest.fixture
def club(staged: Any) -> Club:
    return staged(a_shop_with_levels)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("quantity", "member", "price", "level"),
    [
        ("2", "", "10.00", None),
        ("3", "", "9.00", "零售价 · 所有人 · 3+"),
        ("1", "ming", "9.50", "零售价 · 会员 · 1+"),
        ("3", "ming", "9.00", "零售价 · 所有人 · 3+"),
    ],
)
def test_a_line_is_sold_at_the_lowest_price_that_fits_and_says_which(
    club: Club, quantity: str, member: str, price: str, level: str | None
) -> None:
    line = ring_up(club, quantity, price, member)

    assert (str(line.price_level) if line.price_level else None) == level
    assert (line.price_from is None) == (level is not None)


def test_the_price_of_a_tier_is_for_its_members_only(club: Club) -> None:
    with pytest.raises(Refusal) as no:
        ring_up(club, "2", "8.60", "ming")
    Member.objects.filter(pk=club.members["ming"]).update(tier=Tier.objects.get(code="gold"))

    line = ring_up(club, "2", "8.60", "ming")

    assert [p["code"] for p in no.value.problems] == ["price_differs"]
    assert str(line.price_level) == "零售价 · 金卡 · 2+"


def test_two_lines_of_the_same_goods_count_together(club: Club) -> None:
    row = {"item": club.items["milk"].pk, "price": "9.00"}
    lines = [row | {"quantity": "1"}, row | {"quantity": "2"}]
    paid = [{"method": "CASH", "amount": "27.00"}]
    with club.as_("lin", "north till"):
        sold = run("till.sale.ring_up", payload={"lines": lines, "payments": paid})

    assert sold.document is not None
    assert sold.document.total == Decimal("27.00")


def test_a_level_says_for_whom_or_from_how_many(club: Club) -> None:
    usual = Price.objects.get(item=club.items["milk"])

    with club.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("prices.level.save", payload=of_milk(usual) | {"price": "5"})

    assert [p["code"] for p in no.value.problems] == ["level_of_nothing"]


def test_a_level_ends_after_its_last_day(club: Club) -> None:
    usual = Price.objects.get(item=club.items["milk"])
    with club.as_("zhou", "hq"):
        run("prices.level.save", payload=of_milk(usual) | {
            "from_quantity": "2", "price": "1.00", "valid_from": "2026-11-01",
            "valid_until": "2026-11-20",
        })  # fmt: skip

    assert ring_up(club, "2", "10.00").price_level is None
