"""A customer holds goods that the books do not have: they are put on the books, then sold."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.till.test_ringing_up import a_shop, sell
from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.business.stock.models import CameAs, Overage
from tongpan.business.stock.queries import pools_of
from tongpan.faces.kit.derived.standings import awaited, standings_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party

pytestmark = pytest.mark.usefixtures("company")
PUT = "till.sale.put_on_books"


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_shop_with_little)


def a_shop_with_little() -> Chain:
    """The cast with a till in North, ten cartons of milk there, and no cola that ever came."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
    on_shelf(chain, "north", milk=("10", "8.50"))
    return chain


def put(
    chain: Chain, quantities: dict[str, str], *, by: str = "zhou", allowed_by: str = "", **more: Any
) -> Outcome:
    lines = [
        {"item": chain.items[name].pk, "unit": chain.items[name].base_unit_id, "quantity": n}
        for name, n in quantities.items()
    ]
    giver = chain.people[allowed_by] if allowed_by else None
    person: Person = chain.people[by]
    with acting(person, chain.units["till"], authorised_by=giver), env.frozen(NOON):
        return run(PUT, payload={"lines": lines}, **more)


def on_the_shelf(chain: Chain, item: str) -> Decimal:
    place = chain.places["north"]
    return pools_of(place, [(chain.items[item].pk, "")])[chain.items[item].pk, ""].quantity


def overage(of: UUID) -> Overage:
    with system(reason="look"):
        return load(document_type("stock.overage"), of)


def test_what_the_customer_holds_and_the_books_lack_is_put_on_them_and_sold(chain: Chain) -> None:
    with pytest.raises(Refusal) as no:
        sell(chain, {"milk": "12"}, {"CASH": "154.80"})
    assert [(p["code"], p["has"], p["needs"]) for p in no.value.problems] == [("short", "10", "12")]

    done = put(chain, {"milk": "12"})
    sell(chain, {"milk": "12"}, {"CASH": "154.80"})

    assert [(row["name"], row["quantity"], row["unit"]) for row in done.result] == [
        ("鲜牛奶 950 mL", Decimal(2), "盒")
    ]
    made = overage(done.subject)
    assert (made.document.state, made.came_as) == ("posted", CameAs.SOLD)
    assert made.document.org_unit == chain.units["north"]
    assert [(n.base_quantity, n.value) for n in made.lines] == [(Decimal(2), Decimal(17))]
    assert on_the_shelf(chain, "milk") == 0
    assert [found for found in verify() if found.violations] == []


def test_goods_of_which_none_are_left_are_worth_what_they_had_cost(chain: Chain) -> None:
    sell(chain, {"milk": "10"}, {"CASH": "129.00"})

    made = overage(put(chain, {"milk": "1"}).subject)

    assert [n.value for n in made.lines] == [Decimal("8.50")]


def test_two_lines_of_the_same_goods_are_missing_together(chain: Chain) -> None:
    box = {"item": chain.items["milk"].pk, "unit": chain.items["milk"].base_unit_id}
    lines = [{**box, "quantity": "6"}, {**box, "quantity": "7"}]
    with chain.as_("zhou", "till"):
        done = run(PUT, payload={"lines": lines})

    assert [row["quantity"] for row in done.result] == [Decimal(3)]


def test_nothing_is_put_on_the_books_that_they_have(chain: Chain) -> None:
    done = put(chain, {"milk": "10"})

    assert done.result == []
    assert not Overage.unscoped.exists()


def test_a_cashier_needs_somebody_who_may_post_overages(chain: Chain) -> None:
    with pytest.raises(Forbidden):
        put(chain, {"milk": "11"}, by="lin")
    assert not Document.unscoped.filter(type="stock.overage").exists()

    done = put(chain, {"milk": "11"}, by="lin", allowed_by="chen")

    assert overage(done.subject).document.posted_by == chain.people["lin"]


def test_goods_that_never_had_a_cost_are_named(chain: Chain) -> None:
    with pytest.raises(Refusal) as no:
        put(chain, {"milk": "10", "cola": "2"})

    assert [(p["code"], p["item"]) for p in no.value.problems] == [
        ("cost_unknown", chain.items["cola"].name)
    ]
    assert not Document.unscoped.filter(type="stock.overage").exists()


def test_goods_that_nobody_knows_are_refused(chain: Chain) -> None:
    unknown = {"item": env.new_id(), "unit": chain.items["milk"].base_unit_id, "quantity": "1"}

    with chain.as_("zhou", "till"), pytest.raises(Refusal) as no:
        run(PUT, payload={"lines": [unknown]})

    assert no.value.code == "not_found"


def test_the_same_request_puts_them_there_once(chain: Chain) -> None:
    request = env.new_id()

    put(chain, {"milk": "12"}, request_id=request)
    again = put(chain, {"milk": "12"}, request_id=request)

    assert again.is_repeat
    assert Overage.unscoped.count() == 1
    assert on_the_shelf(chain, "milk") == 12


def test_what_is_set_aside_for_orders_is_asked_about(chain: Chain) -> None:
    set_aside(chain, "4")

    with pytest.raises(Question) as asked:
        put(chain, {"milk": "7"})
    assert asked.value.code == "set_aside"
    assert [(p["item"], p["has"]) for p in asked.value.problems] == [("鲜牛奶 950 mL", "4")]

    done = put(chain, {"milk": "7"}, answers=["set_aside"])
    assert [row["quantity"] for row in done.result] == [Decimal(1)]


def set_aside(chain: Chain, quantity: str) -> None:
    """A customer orders some of the milk."""
    with system(reason="the cast of the tests"):
        who = Party.objects.create(code="K01", name="第一中学食堂", is_customer=True)
    with chain.as_("zhou", "north"):
        milk = Item.objects.get(pk=chain.items["milk"].pk)
        row = {"item": milk, "quantity": quantity, "price": "12.00"}
        header = {"customer": who, "place": chain.places["north"]}
        payload = {"header": header, "lines": [row]}
        draft = run("sales.order.save", payload=payload).subject
        run("sales.order.post", draft)


def test_they_wait_until_they_are_counted_or_taken_back(chain: Chain) -> None:
    first, second = put(chain, {"milk": "12"}).subject, put(chain, {"milk": "13"}).subject
    declared = document_type("stock.overage")

    def waiting() -> set[UUID]:
        rows = awaited(declared)
        assert rows is not None
        return {row.pk for row in rows}

    with chain.as_("chen", "north"):
        assert waiting() == {first, second}
        run("stock.overage.reverse", second, payload={"reason": "货到了，已入库"})
        assert waiting() == {first}
        count = prefill("stock.count", first)
        assert [n["item"] for n in count["lines"]] == [chain.items["milk"]]
        count["lines"][0]["counted"] = "9"
        draft = run("stock.count.save", payload=count).subject
        run("stock.count.post", draft)

        assert waiting() == set()
        told = standings_of(declared, [load(declared, first)])
        assert [one.code for one in told.values()] == ["done"]
        with pytest.raises(Refusal) as no:
            run("stock.overage.reverse", first, payload={"reason": "货到了"})
        assert no.value.code == "followed"
    assert on_the_shelf(chain, "milk") == 9


def test_goods_that_turned_up_otherwise_wait_for_nobody(chain: Chain) -> None:
    with chain.as_("zhou", "north"):
        line = {"item": chain.items["milk"], "quantity": "1"}
        payload = {"header": {"place": chain.places["north"]}, "lines": [line]}
        draft = run("stock.overage.save", payload=payload).subject
        run("stock.overage.post", draft)
        declared = document_type("stock.overage")
        rows = awaited(declared)

        assert rows is not None
        assert list(rows) == []
        told = standings_of(declared, [load(declared, draft)])
        assert [one.never for one in told.values()] == [("stock.count",)]
