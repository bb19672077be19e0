"""What the till is told about prices: promotions on each line, why not, the minute, discounts."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.business.promotions.stage import approved
from tests.chain import NOON, Chain
from tests.faces.pos.conftest import PIN, Machine, a_chain_with_a_till
from tongpan.base import env
from tongpan.base.refusals import Forbidden
from tongpan.business.till.allowed import Givers, given_by
from tongpan.business.till.models import ReturnShare, SaleLine, SaleShare
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.kernel.org.sign_in import set_pin
from tongpan.masters.prices.models import Price

AtTill = Callable[..., Machine]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def a_stage() -> Chain:
    """Two milks: the second for half; until 14:00 one yuan off each cola. Chen may discount."""
    chain = a_chain_with_a_till()
    with system(reason="the cast of the tests"):
        manager = chain.people["chen"].grants.get().role
        for code in ("till.sale.discount_line", "till.sale.discount_receipt"):
            RoleAction.objects.create(role=manager, code=code)
    with env.frozen(NOON), acting(chain.people["zhou"], chain.units["hq"]):
        goods = {"part": "goods", "item": chain.items["milk"].pk}
        approved("nth_percent", goods, title="第二件半价", nth=2, percent="50")
        goods = {"part": "goods", "item": chain.items["cola"].pk}
        approved(
            "amount_off", goods, title="可乐立减", amount="1.00",
            ends_on="2026-11-21", ends_clock="14:00",
        )  # fmt: skip
    return chain


@pytest.fixture
def chain(staged: Any) -> Chain:
    found: Chain = staged(a_stage)
    return found


@pytest.fixture
def lin(at_the_till: AtTill) -> Machine:
    return at_the_till("lin")


def at(clock: str) -> Any:
    return env.frozen(datetime.fromisoformat(f"2026-11-21T{clock}").replace(tzinfo=SHANGHAI))


def row(chain: Chain, name: str, quantity: str = "1", **more: Any) -> dict[str, Any]:
    item = chain.items[name]
    listed = {"milk": "12.90", "cola": "3.50", "apple": "11.96"}[name]
    ids = {"item": str(item.pk), "unit": str(item.base_unit_id)}
    return ids | {"quantity": quantity, "price": None, "listed": listed} | more


def off(how: str, value: str) -> dict[str, str]:
    return {"how": how, "value": value, "reason": "临期"}


def sell(machine: Machine, rows: list[dict[str, Any]], due: str, **more: Any) -> Any:
    lines = [n | {"price": n["price"] or n["listed"]} for n in rows]
    body = {"id": env.new_id(), "lines": lines, "total": due,
            "payments": [{"method": "CASH", "amount": due}]}  # fmt: skip
    return machine.tell("sell", **body | more)


def test_each_line_says_what_is_taken_off_and_by_which_promotion(
    chain: Chain, lin: Machine
) -> None:
    with at("13:00"):
        told = lin.tell("price", lines=[row(chain, "milk", "2"), row(chain, "cola", "3")])

    assert [(n["left"], n["shares"]) for n in told["lines"]] == [
        ("19.35", [{"title": "第二件半价", "amount": "6.45"}]),
        ("7.5", [{"title": "可乐立减", "amount": "3"}]),
    ]
    assert (told["total"], told["saved"]) == ("26.85", "9.45")


def test_one_more_is_hinted_at_and_why_not_is_told(chain: Chain, lin: Machine) -> None:
    with at("13:00"):
        told = lin.tell("price", lines=[row(chain, "milk")], why=True)

    assert [hint.split(" · ")[0] for hint in told["hints"]] == ["第二件半价"]
    assert [(n["title"], n["amount"]) for n in told["why"]] == [
        ("第二件半价", None), ("可乐立减", None),
    ]  # fmt: skip
    assert all(n["why"] for n in told["why"])


def test_a_sale_freezes_the_shares_and_they_stand_on_the_slip(chain: Chain, lin: Machine) -> None:
    with at("13:00"):
        done = sell(lin, [row(chain, "milk", "2")], "19.35")
        slip = lin.tell(f"slip/{done['slip']['id']}/print?look")

    share = SaleShare.unscoped.get(document=done["slip"]["id"])
    assert (share.kind, share.amount, share.times) == ("promotion", Decimal("6.45"), 1)
    assert share.promotion is not None
    assert SaleLine.unscoped.get(document=done["slip"]["id"]).taken_off == Decimal("6.45")
    assert "第二件半价" in slip["html"]
    assert "6.45" in slip["html"]


def test_a_promotion_ends_at_its_minute_on_an_open_till(chain: Chain, lin: Machine) -> None:
    lines = [row(chain, "cola")]
    with at("13:59:58.5"):
        before = lin.tell("price", lines=lines)
    with at("14:00"):
        after = lin.tell("price", lines=lines)
        no = sell(lin, lines, "2.50")["refused"]

    assert (before["total"], after["total"]) == ("2.5", "3.5")
    assert before["next_ms"] == 1500
    assert [p["code"] for p in no["problems"]] == ["total_differs"]


def test_a_price_changes_at_its_minute_and_the_line_says_which(chain: Chain, lin: Machine) -> None:
    usual = Price.objects.get(item=chain.items["apple"])
    Price.objects.create(
        price_list=usual.price_list, item=usual.item, unit=usual.unit, price=Decimal("9.90"),
        valid_from=date(2026, 11, 21), from_clock="14:00",
    )  # fmt: skip
    lines = [row(chain, "apple")]
    with at("13:59"):
        (before,) = lin.tell("price", lines=lines)["lines"]
    with at("14:00"):
        (after,) = lin.tell("price", lines=lines)["lines"]

    assert (before["price"], "price_from" in before) == ("11.96", False)
    assert (after["price"], after["price_from"]) == ("9.9", "零售价 · 2026-11-21 14:00")


def test_a_manager_s_pin_allows_one_discount_and_no_other(chain: Chain, lin: Machine) -> None:
    sale, asked = env.new_id(), row(chain, "apple", "2", off=off("percent", "20"))
    with at("13:00"):
        first = lin.tell("discount", id=sale, lines=[asked], path="lines.1.off")
        given = {"code": "chen", "pin": PIN}
        done = lin.tell("discount", id=sale, lines=[asked], path="lines.1.off", **given)
        more = sell(lin, [row(chain, "apple", "2", off=off("percent", "30"))], "16.74", id=sale)
        sold = sell(lin, [asked], "19.14", id=sale)

    assert "20" in first["needs"]
    assert done["by"] == chain.people["chen"].name
    assert more["refused"]["code"] == "not_yours"
    assert sold["slip"]["total"] == "19.14"
    assert SaleShare.unscoped.get(document=sale).by_whom == chain.people["chen"]


def test_what_comes_back_says_its_part_of_the_discount(chain: Chain, lin: Machine) -> None:
    with at("13:00"):
        done = sell(lin, [row(chain, "milk", "2")], "19.35")
        found = lin.ask("slip", number=done["slip"]["number"])["sale"]
        (line,) = found["lines"]
        back = lin.tell(
            "return", id=env.new_id(), sale=found["id"],
            lines=[{"sold": line["sold"], "quantity": "1"}],
            payments=[{"method": "CASH", "amount": "9.68"}],
        )  # fmt: skip
        slip = lin.tell(f"slip/{back['slip']['id']}/print?look")

    assert ReturnShare.unscoped.get(document=back["slip"]["id"]).amount == Decimal("3.23")
    assert "第二件半价" in slip["html"]


def test_the_answer_takes_few_statements_once_promotions_are_known(
    chain: Chain, lin: Machine
) -> None:
    lines = [row(chain, "milk", "2")]
    with at("13:00"):
        lin.tell("price", lines=lines)
        with CaptureQueriesContext(connection) as made:
            lin.tell("price", lines=lines)

    assert len([q for q in made if "till_offers" in q["sql"]]) == 1
    assert len([q for q in made if "till_goods" in q["sql"]]) == 1
    assert len(made) <= 8


def test_each_discount_is_held_against_who_gave_it_and_keeps_their_name(
    chain: Chain, lin: Machine
) -> None:
    with system(reason="one more who may discount, a little"):
        lei = Person(username="lei", name="雷值班")
        lei.save()
        role = Role.objects.create(name="值班", code="shift-lead")
        for code, most in (("till.sale.discount_line", 15), ("till.sale.ring_up", None)):
            RoleAction.objects.create(role=role, code=code, amount_max=most)
        Grant.objects.create(person=lei, role=role, unit=chain.units["north"])
        with env.frozen(NOON), acting(chain.people["zhou"], chain.units["hq"]):
            set_pin(lei, PIN)
    sale = env.new_id()
    lines = [
        row(chain, "apple", "2", off=off("percent", "20")),
        row(chain, "apple", off=off("percent", "10")),
    ]
    with at("15:00"):
        for path, code in (("lines.1.off", "chen"), ("lines.2.off", "lei")):
            lin.tell("discount", id=sale, lines=lines, path=path, code=code, pin=PIN)
        swapped = [
            lines[0] | {"off": off("percent", "10")},
            lines[1] | {"off": off("percent", "20")},
        ]
        no = sell(lin, swapped, "31.09", id=sale)
        sold = sell(lin, lines, "29.9", id=sale)

    assert no["refused"]["code"] == "not_yours"
    assert sold["slip"]["total"] == "29.9"
    shares = SaleShare.unscoped.filter(document=sale).order_by("-amount")
    assert [(n.by_whom.username, n.amount) for n in shares] == [
        ("chen", Decimal("4.78")), ("lei", Decimal("1.20")),
    ]  # fmt: skip


def test_who_gave_a_discount_may_no_more_though_another_may(chain: Chain, lin: Machine) -> None:
    """Chen may give any discount; Lei's was given before the rest of the basket made it more."""
    with given_by(Givers(offs={"lines.1.off": chain.people["lin"]})):
        payload = {
            "lines": [row(chain, "apple", off=off("percent", "20")) | {"price": "11.96"}],
            "payments": [{"method": "CASH", "amount": "9.57"}],
        }
        till, chen = chain.units["till"], chain.people["chen"]
        with (
            at("15:00"), acting(chain.people["lin"], till, authorised_by=chen),
            pytest.raises(Forbidden),
        ):  # fmt: skip
            run("till.sale.ring_up", payload=payload)
