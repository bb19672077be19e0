"""How far a store may go with prices of its own, and what nobody sells below unasked."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.business.membership.stage import Club, a_club
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.business.pricing.limits import bands_over, least_at
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import ItemCategory
from tongpan.masters.prices.models import PriceList

DAY = date(2026, 11, 21)


def a_store_in_a_band() -> Club:
    """Milk costs 8.50 and may be sold for 9 to 11; North has a list and Zhao changes its prices."""
    club = a_club()
    with club.as_("zhou", "hq"):
        run("prices.list.save", payload={
            "code": "NORTH", "name": "北店价", "org_unit": club.units["north"],
            "valid_from": "2026-01-01",
        })  # fmt: skip
        band(club, code="ALL", floor="1.00")
        band(club, code="MILK", item=club.items["milk"], floor="9.00", ceiling="11.00")
    role = Role.objects.create(code="prices", name="定价")
    for action in ("prices.change.view", "prices.change.save", "prices.change.post",
                   "prices.price.*", "items.item.view"):  # fmt: skip
        RoleAction.objects.create(role=role, code=action)
    Grant.objects.create(person=club.people["zhao"], role=role, unit=club.units["north"])
    return club


def band(club: Club, **said: Any) -> None:
    run("prices.band.save", payload={
        "org_unit": club.units["hq"], "valid_from": "2026-11-01", **said,
    })  # fmt: skip


@pytest.fixture
def club(staged: Any) -> Club:
    return staged(a_store_in_a_band)  # type: ignore[no-any-return]


def changed(club: Club, price: str, *answers: str, who: str = "zhao") -> None:
    with club.as_(who, "north"):
        draft = run("prices.change.save", payload={
            "header": {"price_list": "NORTH", "begins_on": "2026-11-22"},
            "lines": [{"item": club.items["milk"], "new_price": price}],
        }).subject  # fmt: skip
        run("prices.change.post", draft, answers=answers)


@pytest.mark.parametrize(("price", "code"), [("8.99", "below_band"), ("11.01", "above_band")])
def test_a_store_s_change_outside_the_band_is_refused_and_names_it(
    club: Club, price: str, code: str
) -> None:
    with pytest.raises(Refusal) as no:
        changed(club, price)

    (problem,) = (p for p in no.value.problems if p["code"] == code)
    assert problem["path"] == "lines.1.new_price"
    assert (problem["band"], problem["item"]) == ("MILK", "鲜牛奶 950 mL")


def test_inside_the_band_a_store_sets_its_own_price(club: Club) -> None:
    changed(club, "11.00")

    assert PriceList.objects.get(code="NORTH").prices.get().price == Decimal("11")


def test_the_list_s_own_row_keeps_to_the_band_as_well(club: Club) -> None:
    with club.as_("zhao", "north"), pytest.raises(Refusal) as no:
        run("prices.price.save", payload={
            "price_list": "NORTH", "item": club.items["milk"], "price": "8.00",
            "valid_from": "2026-12-01",
        })  # fmt: skip

    assert [p["code"] for p in no.value.problems] == ["below_band"]


def test_the_most_particular_band_holds(club: Club) -> None:
    milk, cola = club.items["milk"].pk, club.items["cola"].pk
    drinks = ItemCategory.objects.get(path="/drinks/")
    with club.as_("zhou", "hq"):
        band(club, code="DRINKS", category=drinks, floor="2.50")
        found = bands_over([milk, cola], club.units["north"], DAY)
        above_all = bands_over([milk], club.units["hq"], DAY)

    assert {item: [b.code for b in bands] for item, bands in found.items()} == {
        milk: ["MILK"], cola: ["DRINKS"],
    }  # fmt: skip
    assert above_all == {}  # headquarters is not bound by itself


def test_a_band_s_least_margin_is_refused_without_telling_the_cost(club: Club) -> None:
    with club.as_("zhou", "hq"):
        band(club, code="MARGIN", item=club.items["milk"], margin_min="12.0",
             valid_from="2026-11-20")  # fmt: skip
    with pytest.raises(Refusal) as no:
        changed(club, "10.50")  # 9.29 without tax; 8.50 is 8.5 percent less

    (problem,) = no.value.problems
    assert problem["code"] == "thin_for_band"
    assert "8.5" not in str({**problem, "price": ""})


def test_below_cost_is_a_question_for_who_may_answer_and_tells_no_cost(club: Club) -> None:
    with pytest.raises(Question) as asked:
        changed(club, "9.20")  # 8.14 without tax
    with pytest.raises(Forbidden):
        changed(club, "9.20", "sell_below_cost")
    with pytest.raises(Question) as seen:
        changed(club, "9.20", who="zhou")

    (problem,) = asked.value.problems
    assert problem["code"] == "below_allowed"
    assert "cost" not in problem
    assert [p["code"] for p in seen.value.problems] == ["below_cost"]
    changed(club, "9.20", "sell_below_cost", who="zhou")


# -- at the till ---------------------------------------------------------------------------------


def rung(club: Club, price: str) -> None:
    with club.as_("lin", "north till"):
        run("till.sale.ring_up", payload={
            "lines": [{"item": club.items["milk"].pk, "quantity": "1", "price": price}],
            "payments": [{"method": "CASH", "amount": price}],
        })  # fmt: skip


def may(club: Club, code: str) -> None:
    with system(reason="the cast of the tests"):
        RoleAction.objects.create(role=club.people["lin"].grants.get().role, code=code)


def test_the_least_is_the_floor_or_the_cost_with_tax(club: Club) -> None:
    with system(reason="looking"):
        least = least_at([club.items["milk"]], club.units["north"], DAY)

    assert least == {club.items["milk"].pk: Decimal("9.61")}  # 8.50 and 13 percent, up to the cent


def test_a_clerk_sells_above_the_least_and_not_below_unless_allowed(club: Club) -> None:
    may(club, "till.sale.change_price")
    rung(club, "9.61")
    with pytest.raises(Refusal) as no:
        rung(club, "9.60")
    may(club, "till.sale.sell_below")
    rung(club, "9.60")

    assert no.value.problems == [
        {"path": "lines.1", "code": "below_allowed", "item": "鲜牛奶 950 mL", "price": "9.6"}
    ]
