"""Goods are exchanged: both halves or none, the difference paid by one side, reversed at once."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.promotions.stage import approved
from tests.business.till.test_coming_back import tills_in_three_stores
from tests.business.till.test_ringing_up import booked, sell
from tests.chain import Chain
from tongpan.base import env
from tongpan.base.refusals import Question, Refusal
from tongpan.business.stock import queries
from tongpan.business.till.models import (
    Exchange,
    PaymentMethod,
    Return,
    ReturnShare,
    Sale,
    SaleLine,
    SaleShare,
    SlipPayment,
)
from tongpan.business.till.queries import exchange_of, takings
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, History
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(tills_in_three_stores)


def swap(
    chain: Chain, sale: UUID, back: str, goods: dict[str, str], paid: dict[str, str], **more: Any
) -> Any:
    with chain.as_(more.pop("person", "lin"), more.pop("till", "till")):
        line = SaleLine.unscoped.filter(document=sale).order_by("position").first()
        assert line is not None
        price = more.pop("price", None)
        payload = {
            "sale": sale,
            "lines": [{"sold": line.pk, "quantity": back}],
            "goods": [
                {"item": chain.items[n].pk, "quantity": q, "price": price} for n, q in goods.items()
            ],
            "payments": [{"method": m, "amount": a} for m, a in paid.items()],
            "reason": "换口味",
        }
        return run("till.sale.exchange", payload=payload, **more)


def halves(exchange: UUID) -> tuple[Document, Document]:
    found = Exchange.unscoped.select_related("returned", "sold").get(pk=exchange)
    return found.returned, found.sold


def test_the_customer_pays_the_difference_and_only_that_is_money(chain: Chain) -> None:
    before = booked(chain)
    sold = sell(chain, {"milk": "2"}, {"CASH": "25.80"}).subject

    made = swap(chain, sold, "1", {"cola": "5"}, {"CASH": "4.60"})

    back, out = halves(made.subject)
    assert (back.total, out.total) == (Decimal("12.90"), Decimal("17.50"))
    assert (back.number, out.number) == ("LT-S01-1-26-000001", "LS-S01-1-26-000002")
    books = booked(chain)
    assert books["counter"] == 0
    assert books["cash"] - before["cash"] == Decimal("30.40")  # 12.90 of milk, 17.50 of cola
    assert Exchange.unscoped.get().amount == Decimal("12.90")
    assert Sale.unscoped.get(pk=out.pk).invoiceable == Decimal("17.50")
    paid = [p.amount for p in SlipPayment.unscoped.filter(document__in=[back.pk, out.pk])]
    assert paid == [Decimal("4.60")]
    with chain.as_("lin", "till"):
        taken = takings(chain.units["till"], back.business_date)
    assert [row.left for row in taken.by_method] == [Decimal("30.40")]
    milk, cola = chain.items["milk"], chain.items["cola"]
    left = queries.stock_of(chain.places["north"], [milk, cola])
    assert (left[milk.pk].on_hand, left[cola.pk].on_hand) == (9, 43)
    actions = set(
        History.objects.filter(subject__in=[back.pk, out.pk]).values_list("action", flat=True)
    )
    assert actions == {"till.sale.ring_up", "till.return.take_back"}


def test_what_is_too_much_goes_back_to_the_customer_or_nothing_is_paid(chain: Chain) -> None:
    sold = sell(chain, {"milk": "2"}, {"CASH": "25.80"}).subject

    swap(chain, sold, "1", {"cola": "2"}, {"CASH": "5.90"})
    even = swap(chain, sold, "1", {"milk": "1"}, {})

    back, out = halves(even.subject)
    assert not SlipPayment.unscoped.filter(document__in=[back.pk, out.pk]).exists()
    assert booked(chain)["cash"] == Decimal("19.90")
    assert booked(chain)["counter"] == 0


def test_the_difference_is_rounded_off_by_the_rule_of_the_store(chain: Chain) -> None:
    """12.90 of milk against cola at 3.50: the customer pays 4.60, or gets 5.90."""
    sold = sell(chain, {"milk": "3"}, {"CASH": "38.70"}).subject
    with chain.as_("zhou", "hq"):
        rule = {"code": "till.rounding", "value": "cash_0.5"}
        run("org.setting.choose", chain.units["north"].pk, rule)

    with pytest.raises(Refusal) as unrounded:
        swap(chain, sold, "1", {"cola": "5"}, {"CASH": "4.60"})
    swap(chain, sold, "1", {"cola": "5"}, {"CASH": "4.50"})
    swap(chain, sold, "1", {"cola": "2"}, {"CASH": "6.00"})
    swap(chain, sold, "1", {"cola": "5"}, {"WECHAT": "4.60"})

    assert unrounded.value.problems[0]["due"] == Decimal("4.50")
    assert sorted(SaleShare.unscoped.values_list("kind", "amount")) == [
        ("rounding", Decimal("0.10")), ("rounding", Decimal("0.10")),
    ]  # fmt: skip
    books = booked(chain)
    assert (books["counter"], books["cash"]) == (0, Decimal("37.20"))


def test_an_exchange_is_done_whole_or_not_at_all_and_once(chain: Chain) -> None:
    sold = sell(chain, {"milk": "2"}, {"CASH": "25.80"}).subject
    books = booked(chain)

    with pytest.raises(Refusal) as unpaid:
        swap(chain, sold, "1", {"cola": "5"}, {"CASH": "1.00"})
    with pytest.raises(Refusal) as empty:
        swap(chain, sold, "1", {}, {"CASH": "12.90"})
    with pytest.raises(Refusal) as short:
        swap(chain, sold, "1", {"cola": "100"}, {"CASH": "337.10"})
    PaymentMethod.objects.filter(code="WECHAT").update(is_by_provider=True)
    with pytest.raises(Refusal) as by_code:
        swap(chain, sold, "1", {"cola": "5"}, {"WECHAT": "4.60"})
    with pytest.raises(Refusal) as gone:
        swap(chain, sold, "3", {"cola": "5"}, {})

    assert unpaid.value.problems[0]["code"] == "not_paid"
    assert empty.value.problems[0]["path"] == "goods"
    assert short.value.problems[0]["code"] == "short"
    assert by_code.value.problems[0]["code"] == "by_code_in_exchange"
    assert gone.value.problems[0]["code"] == "too_much_back"
    assert booked(chain) == books
    assert (Return.unscoped.count(), Sale.unscoped.count()) == (0, 1)

    request = env.new_id()
    first = swap(chain, sold, "1", {"cola": "5"}, {"CASH": "4.60"}, request_id=request)
    again = swap(chain, sold, "1", {"cola": "5"}, {"CASH": "4.60"}, request_id=request)
    assert (first.is_repeat, again.is_repeat, Exchange.unscoped.count()) == (False, True, 1)


def test_both_halves_are_reversed_together_and_neither_alone(chain: Chain) -> None:
    sold = sell(chain, {"milk": "2"}, {"CASH": "25.80"}).subject
    books = booked(chain)
    made = swap(chain, sold, "1", {"cola": "5"}, {"CASH": "4.60"}).subject
    back, out = halves(made)

    for verb, half in (("till.sale.reverse", out), ("till.return.reverse", back)):
        with chain.as_("zhou", "till"), pytest.raises(Refusal) as no:
            run(verb, half.pk, {"reason": "wrong"})
        assert no.value.code == "half_an_exchange"
    with chain.as_("zhou", "till"):
        run("till.exchange.reverse", made, {"reason": "a mistake"})
        with pytest.raises(Refusal) as twice:
            run("till.exchange.reverse", made, {"reason": "a mistake"})
        with pytest.raises(Refusal) as nobody:
            run("till.exchange.reverse", env.new_id(), {"reason": "a mistake"})

    assert booked(chain) == books
    assert {one.state for one in halves(made)} == {"reversed"}
    assert (twice.value.code, nobody.value.code) == ("exchange_reversed", "not_found")
    assert swap(chain, sold, "2", {"cola": "5"}, {"CASH": "8.30"}).document is not None


def test_what_went_out_comes_back_in_the_way_that_was_paid_for_the_first(chain: Chain) -> None:
    sold = sell(chain, {"milk": "2"}, {"CASH": "25.80"}).subject
    made = swap(chain, sold, "1", {"cola": "5"}, {"CASH": "4.60"}).subject
    _back, out = halves(made)

    with chain.as_("lin", "till"):
        line = SaleLine.unscoped.get(document=out.pk)
        payload: dict[str, Any] = {
            "sale": out.pk, "lines": [{"sold": line.pk, "quantity": "5"}],
            "payments": [{"method": "WECHAT", "amount": "17.50"}],
        }  # fmt: skip
        with pytest.raises(Question):
            run("till.return.take_back", payload=payload)
        payload["payments"] = [{"method": "CASH", "amount": "17.50"}]
        run("till.return.take_back", payload=payload)

    assert booked(chain)["cash"] == Decimal("12.90")
    with system(reason="looking"):
        assert exchange_of(sold) is None


def test_promotions_count_on_both_sides_of_an_exchange(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        approved("percent_off", percent="10", title="全场九折")
    sold = sell(chain, {"milk": "2"}, {"CASH": "23.22"}).subject

    made = swap(chain, sold, "1", {"cola": "5"}, {"CASH": "4.14"})  # 15.75 for 11.61

    back, out = halves(made.subject)
    assert (back.total, out.total) == (Decimal("11.61"), Decimal("15.75"))
    given_back = ReturnShare.unscoped.get(document=back.pk)
    taken_off = SaleShare.unscoped.get(document=out.pk)
    assert (given_back.amount, taken_off.amount) == (Decimal("1.29"), Decimal("1.75"))
    assert taken_off.reason == "全场九折"
    assert booked(chain)["counter"] == 0


def test_a_price_below_the_least_is_none_in_an_exchange_either(chain: Chain) -> None:
    sold = sell(chain, {"milk": "2"}, {"CASH": "25.80"}).subject
    with system(reason="a right"):
        role = chain.people["lin"].grants.get().role
        RoleAction.objects.create(role=role, code="till.sale.change_price")

    with pytest.raises(Refusal) as no:
        swap(chain, sold, "1", {"milk": "1"}, {"CASH": "7.90"}, price="5.00")

    assert [(p["path"], p["code"]) for p in no.value.problems] == [("goods.1", "below_allowed")]
