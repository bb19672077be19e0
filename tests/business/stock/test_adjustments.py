"""Counting, writing off, and finding goods that were in no book."""

from decimal import Decimal
from typing import Any

import pytest

from tests.chain import Chain, a_chain, on_shelf
from tongpan.base.refusals import Refusal
from tongpan.business.stock import accounts as at
from tongpan.business.stock import queries
from tongpan.business.stock.models import CountLine
from tongpan.kernel.documents.gate import run
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain() -> Chain:
    chain = a_chain()
    on_shelf(chain, "north", milk=("10", "8.50"), cola=("48", "2.00"))
    return chain


def on_hand(chain: Chain, item: str) -> Decimal:
    figures = queries.stock_of(chain.places["north"], [chain.items[item]])
    return figures[chain.items[item].pk].on_hand


def money(chain: Chain, account: Any) -> Decimal:
    key = account(chain.units["north"].pk)
    with system(reason="looking at the books"):
        return balance_of([key])[key].amount


def posted(chain: Chain, code: str, lines: list[dict[str, Any]], **header: Any) -> Any:
    with chain.as_("zhou", "north"):
        payload = {"header": {"place": chain.places["north"], **header}, "lines": lines}
        draft = run(f"{code}.save", payload=payload)
        run(f"{code}.post", draft.subject)
    return draft.subject


def test_the_books_follow_the_count_both_ways(chain: Chain) -> None:
    posted(
        chain,
        "stock.count",
        [{"item": "10001", "counted": "8"}, {"item": "10003", "counted": "50"}],
    )

    assert on_hand(chain, "milk") == 8
    assert on_hand(chain, "cola") == 50
    assert money(chain, at.inventory) == Decimal("168.00")  # 181.00 less two milk, and two cola
    assert money(chain, at.shrinkage) == Decimal("13.00")
    values = CountLine.unscoped.order_by("position").values_list("value", flat=True)
    assert list(values) == [-17, 4]  # what is missing has its amount below zero


@pytest.mark.parametrize(
    ("reason", "account"),
    [("broken", at.write_offs), ("used", at.own_use), ("gift", at.given_away),
     ("sample", at.given_away)],
)  # fmt: skip
def test_why_goods_leave_unsold_says_which_expense_they_are(
    chain: Chain, reason: str, account: Any
) -> None:
    posted(chain, "stock.loss", [{"item": "10001", "quantity": "2"}], reason=reason)

    assert on_hand(chain, "milk") == 8
    assert money(chain, account) == 17
    assert money(chain, at.inventory) == Decimal("164.00")


def test_goods_that_were_given_to_us_are_other_income_at_the_cost_that_was_said(
    chain: Chain,
) -> None:
    line = {"item": "10001", "quantity": "2", "unit_cost": "7"}

    posted(chain, "stock.overage", [line], came_as="gift")

    assert on_hand(chain, "milk") == 12
    assert money(chain, at.received_free) == -14
    assert money(chain, at.windfalls) == 0


def test_a_count_that_agrees_moves_nothing_and_can_still_be_reversed(chain: Chain) -> None:
    count = posted(chain, "stock.count", [{"item": "10001", "counted": "10"}])

    with chain.as_("zhou", "north"):
        run("stock.count.reverse", count, {"reason": "counted again"})

    assert on_hand(chain, "milk") == 10


def test_an_item_is_counted_on_one_line(chain: Chain) -> None:
    lines = [{"item": "10001", "counted": "3"}, {"item": "10001", "counted": "4"}]

    with pytest.raises(Refusal) as no:
        posted(chain, "stock.count", lines)

    assert [(p["path"], p["code"]) for p in no.value.problems] == [
        ("lines.2.item", "counted_twice")
    ]


def test_nothing_at_all_may_be_counted(chain: Chain) -> None:
    posted(chain, "stock.count", [{"item": "10001", "counted": "0"}])

    assert on_hand(chain, "milk") == 0
    assert money(chain, at.shrinkage) == Decimal("85.00")


def test_broken_goods_are_written_off_at_cost(chain: Chain) -> None:
    posted(chain, "stock.loss", [{"item": "10001", "quantity": "3"}], reason="broken")

    assert on_hand(chain, "milk") == 7
    assert money(chain, at.write_offs) == Decimal("25.50")


def test_goods_that_turn_up_are_worth_the_average_or_what_is_said(chain: Chain) -> None:
    posted(
        chain,
        "stock.overage",
        [{"item": "10001", "quantity": "2"}, {"item": "10004", "quantity": "1", "unit_cost": "3"}],
    )

    assert on_hand(chain, "milk") == 12
    assert money(chain, at.windfalls) == Decimal("-20.00")


def test_goods_without_any_cost_ask_for_one(chain: Chain) -> None:
    with pytest.raises(Refusal) as no:
        posted(chain, "stock.overage", [{"item": "10004", "quantity": "1"}])

    assert no.value.problems[0]["code"] == "cost_unknown"


def a_keeper_without_costs(chain: Chain) -> None:
    """Chen keeps the shelves of North, and is not told what goods cost."""
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="keeper", name="理货")
        for code in ("stock.overage.*", "items.item.view", "items.unit.view", "places.place.view"):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.filter(person=chain.people["chen"]).delete()
        Grant.objects.create(person=chain.people["chen"], role=role, unit=chain.units["north"])


def test_who_sees_no_costs_hands_goods_without_any_to_somebody_who_does(chain: Chain) -> None:
    a_keeper_without_costs(chain)
    lines = [{"item": code, "quantity": "1"} for code in ("10004", "10001", "10005")]
    payload = {"header": {"place": chain.places["north"]}, "lines": lines}

    with chain.as_("chen", "north"):
        draft = run("stock.overage.save", payload=payload).subject
        with pytest.raises(Refusal) as no:
            run("stock.overage.post", draft)
        run("stock.overage.submit", draft)
    with chain.as_("zhou", "north"), pytest.raises(Refusal) as nor:
        run("stock.overage.post", draft)
    with chain.as_("zhou", "north"):
        run("stock.overage.return", draft, {"reason": "I say what they cost"})
        costs = [
            {"item": "10004", "quantity": "1", "unit_cost": "3"},
            {"item": "10001", "quantity": "1"},
            {"item": "10005", "quantity": "1", "unit_cost": "4"},
        ]
        run("stock.overage.save", draft, {"lines": costs})
        run("stock.overage.post", draft)

    assert [(p["path"], p["code"]) for p in no.value.problems] == [
        ("lines.1.item", "cost_awaited"), ("lines.3.item", "cost_awaited"),
    ]  # fmt: skip
    assert [(p["path"], p["code"]) for p in nor.value.problems] == [
        ("lines.1.unit_cost", "cost_unknown"), ("lines.3.unit_cost", "cost_unknown"),
    ]  # fmt: skip
    assert money(chain, at.windfalls) == Decimal("-15.50")


def test_goods_that_cost_nothing_here_cost_what_they_do_elsewhere_in_the_company(
    chain: Chain,
) -> None:
    on_shelf(chain, "south", noodles=("10", "4.00"))

    posted(chain, "stock.overage", [{"item": chain.items["noodles"], "quantity": "2"}])

    assert money(chain, at.windfalls) == Decimal("-8.00")


@pytest.mark.parametrize(
    "declared", ["stock.transfer", "stock.count", "stock.loss", "stock.overage"]
)
def test_what_is_no_goods_stands_on_no_shelf(chain: Chain, declared: str) -> None:
    Item.objects.filter(pk=chain.items["milk"].pk).update(kind="service")
    place = {"place": chain.places["north"]}
    ends = {"from_place": chain.places["north"], "to_place": chain.places["south"]}
    line = {"item": Item.objects.get(pk=chain.items["milk"].pk)}
    line |= {"counted": "3"} if declared == "stock.count" else {"quantity": "3"}
    with chain.as_("zhou", "north"):
        header = ends if declared == "stock.transfer" else place
        draft = run(f"{declared}.save", payload={"header": header, "lines": [line]}).subject
        with pytest.raises(Refusal) as no:
            run(f"{declared}.post", draft)

    assert ("lines.1.item", "no_goods") in [(p["path"], p["code"]) for p in no.value.problems]
