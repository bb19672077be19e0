"""What a line really costs: promotions, discounts by hand, rounding off, and all of it back."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.business.till.test_ringing_up import a_shop, booked
from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.till.documents import taken_off_and_paid
from tongpan.business.till.models import ReturnLine, ReturnShare, Sale, SaleLine, SaleShare
from tongpan.business.till.pricing import rounded_off
from tongpan.business.till.queries import Method
from tongpan.business.till.shares import How, Off, rounding_of, spread
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import acting, system

Row = tuple[str, str, str]


def a_stage() -> Chain:
    """The cast with a till; Lin takes 10 percent off a line, Chen whatever she likes."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
        lin, chen = (chain.people[n].grants.get().role for n in ("lin", "chen"))
        RoleAction.objects.create(role=lin, code="till.sale.discount_line", amount_max=10)
        for code in ("till.sale.discount_line", "till.sale.discount_receipt"):
            RoleAction.objects.create(role=chen, code=code)
    on_shelf(chain, "north", milk=("10", "8.50"), cola=("48", "2.00"), apple=("5.5", "6.00"))
    return chain


@pytest.fixture
def chain(staged: Any) -> Chain:
    found: Chain = staged(a_stage)
    return found


def sell(
    chain: Chain, lines: list[dict[str, Any]], due: str, by: str = "CASH",
    authorised: str | None = None, **more: Any,
) -> UUID:  # fmt: skip
    stand_in = chain.people[authorised] if authorised else None
    payload: dict[str, Any] = {
        "lines": [n | {"item": chain.items[n["item"]].pk} for n in lines],
        "payments": [{"method": by, "amount": due}],
    }
    with env.frozen(NOON), acting(chain.people["lin"], chain.units["till"], authorised_by=stand_in):
        return run("till.sale.ring_up", payload=payload | more).subject


def a_method(code: str) -> Method:
    is_cash = code == "CASH"
    return Method(UUID(int=0), code, code, is_cash, True, True, not is_cash, "money")


def take_back(chain: Chain, sale: UUID, quantities: dict[UUID, str], due: str) -> UUID:
    payload = {
        "sale": str(sale),
        "lines": [{"sold": str(line), "quantity": q} for line, q in quantities.items()],
        "payments": [{"method": "CASH", "amount": due}],
    }
    with env.frozen(NOON), acting(chain.people["lin"], chain.units["till"]):
        return run("till.return.take_back", payload=payload).subject


def off(how: str, value: str, reason: str = "包装破损") -> dict[str, str]:
    return {"how": how, "value": value, "reason": reason}


def shares(sale: UUID) -> list[Row]:
    rows = SaleShare.unscoped.filter(document=sale).order_by("line", "position")
    return [(r.kind, f"{r.amount:.2f}", r.reason) for r in rows]


def left(sale: UUID) -> list[str]:
    return [f"{n.gross:.2f}" for n in SaleLine.unscoped.filter(document=sale).order_by("position")]


def test_a_line_says_what_the_price_said_what_was_taken_off_and_by_whom(chain: Chain) -> None:
    lines = [{"item": "milk", "quantity": "2", "off": off("percent", "10")}]

    sold = sell(chain, lines, "23.22")

    line = SaleLine.unscoped.get(document=sold)
    share = SaleShare.unscoped.get(document=sold)
    assert (line.price, line.gross, line.taken_off) == tuple(
        map(Decimal, ("12.90", "23.22", "2.58"))
    )
    assert line.net + line.tax == line.gross
    assert line.net == Decimal("20.55")
    assert shares(sold) == [("line", "2.58", "包装破损")]
    assert share.by_whom == chain.people["lin"]
    assert booked(chain)["cash"] == Decimal("23.22")


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (off("percent", "5"), "24.51"),
        (off("amount", "1.30"), "24.50"),
        (off("price", "12"), "24.00"),
    ],
)
def test_a_discount_is_a_percent_an_amount_or_another_price(
    chain: Chain, said: dict[str, str], due: str
) -> None:
    sold = sell(chain, [{"item": "milk", "quantity": "2", "off": said}], due)

    assert left(sold) == [due]


def test_above_the_limit_of_their_role_somebody_else_must_give_it(chain: Chain) -> None:
    lines = [{"item": "milk", "quantity": "1", "off": off("price", "9.90")}]  # 23 percent

    with pytest.raises(Forbidden):
        sell(chain, lines, "9.90")
    sold = sell(chain, lines, "9.90", authorised="chen")

    assert SaleShare.unscoped.get(document=sold).by_whom == chain.people["chen"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (off("percent", "10", " "), "discount_needs_reason"),
        (off("percent", "101"), "discount_too_much"),
        (off("amount", "12.91"), "discount_too_much"),
        (off("amount", "0.005"), "discount_unknown"),
        (off("price", "13"), "discount_no_less"),
        (off("gift", "1"), "discount_unknown"),
    ],
)
def test_what_is_no_discount_is_refused(chain: Chain, said: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as no:
        sell(chain, [{"item": "milk", "quantity": "1", "off": said}], "12.90")

    assert [p["code"] for p in no.value.problems] == [code]


def test_all_lines_bear_what_is_taken_off_the_receipt(chain: Chain) -> None:
    lines = [{"item": "milk", "quantity": "1"}, {"item": "cola", "quantity": "3"}]

    sold = sell(chain, lines, "20.00", authorised="chen", off=off("amount", "3.40", "老顾客"))

    assert left(sold) == ["11.03", "8.97"]  # of 12.90 and 10.50
    assert sorted(shares(sold)) == [("receipt", "1.53", "老顾客"), ("receipt", "1.87", "老顾客")]


@pytest.mark.parametrize(
    ("rule", "by", "due"),
    [
        ("none", "CASH", "23.37"), ("cash_0.1", "CASH", "23.30"), ("cash_0.5", "CASH", "23.00"),
        ("cash_1", "WECHAT", "23.37"), ("always_1", "WECHAT", "23.00"),
    ],
)  # fmt: skip
def test_the_store_rounds_off_by_its_rule(chain: Chain, rule: str, by: str, due: str) -> None:
    with acting(chain.people["zhou"], chain.units["hq"]):
        payload = {"code": "till.rounding", "value": rule}
        run("org.setting.choose", chain.units["north"].pk, payload)
    lines = [{"item": "milk", "quantity": "1"}, {"item": "apple", "quantity": "0.875"}]  # 10.465

    sold = sell(chain, lines, due, by)

    assert sum(map(Decimal, left(sold))) == Decimal(due)
    assert {kind for kind, *_ in shares(sold)} <= {"rounding"}


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        ((("WECHAT", "10.05"), ("CASH", "13.30")), "23.35"),  # 13.32 were left for cash
        ((("CASH", "20"), ("WECHAT", "3.37")), "23.37"),  # the rest is none of cash
        ((("WECHAT", "23.30"), ("CASH", "0.07")), "23.37"),  # nothing is rounded to nothing
    ],
)
def test_what_other_ways_leave_for_cash_is_rounded_off(
    chain: Chain, paid: tuple[tuple[str, str], ...], due: str
) -> None:
    with acting(chain.people["zhou"], chain.units["hq"]):
        payload = {"code": "till.rounding", "value": "cash_0.1"}
        run("org.setting.choose", chain.units["north"].pk, payload)
    lines = [{"item": "milk", "quantity": "1"}, {"item": "apple", "quantity": "0.875"}]
    payments = [{"method": code, "amount": amount} for code, amount in paid]

    sold = sell(chain, lines, due, payments=payments, total=due)

    assert sum(map(Decimal, left(sold))) == Decimal(due)


CENTS = st.integers(1, 20_000).map(lambda n: Decimal(n) / 100)


@settings(max_examples=40)
@given(CENTS, st.lists(CENTS, max_size=3), st.sampled_from(["0.1", "0.5", "1"]))
def test_cash_that_is_left_is_whole_steps_and_the_same_before_and_after_it_is_paid(
    due: Decimal, others: list[Decimal], step: str
) -> None:
    methods = {code: a_method(code) for code in ("CASH", "WECHAT")}
    paid: list[dict[str, object]] = [{"method": "WECHAT", "amount": n} for n in others]

    shown = rounded_off(f"cash_{step}", due, [*paid, {"method": "CASH"}], methods)
    cash = due - sum(others) - shown
    booked = rounded_off(f"cash_{step}", due, [*paid, {"method": "CASH", "amount": cash}], methods)

    assert rounded_off(f"cash_{step}", due, paid, methods) == 0
    assert 0 <= shown < Decimal(step)
    if cash > 0:
        assert booked == shown
        assert cash % Decimal(step) == 0 or (shown == 0 and cash < Decimal(step))


@settings(max_examples=60)
@given(CENTS, CENTS, st.lists(CENTS, max_size=2), st.sampled_from(["0.1", "0.5", "1"]))
def test_the_difference_of_an_exchange_is_whole_steps_whoever_pays_it(
    out: Decimal, back: Decimal, others: list[Decimal], step: str
) -> None:
    methods = {code: a_method(code) for code in ("CASH", "WECHAT")}
    paid: list[dict[str, object]] = [{"method": "WECHAT", "amount": n} for n in others]
    paid.append({"method": "CASH"})

    cut = rounded_off(f"cash_{step}", out, paid, methods, against=back)
    paid[-1]["amount"] = cash = abs(out - cut - back) - sum(others)

    assert 0 <= cut < min(Decimal(step), out)
    assert (out - cut >= back) == (out >= back)  # who pays stays who pays
    if cash > 0:
        assert rounded_off(f"cash_{step}", out, paid, methods, against=back) == cut
        assert cash % Decimal(step) == 0 or (cut == 0 and min(out, cash) < Decimal(step))
    assert rounded_off(f"always_{step}", out, (), {}, against=out) == 0


def test_the_document_says_what_was_taken_off_and_by_whom(chain: Chain) -> None:
    lines = [{"item": "milk", "quantity": "2", "off": off("percent", "10")}]
    sold = sell(chain, lines, "23.22")

    with chain.as_("zhou", "hq"):
        told = dict(taken_off_and_paid(Sale.objects.get(pk=sold)))

    assert told == {"打折: 包装破损 (林小雨)": Decimal("-2.58"), "现金": Decimal("23.22")}


def test_nothing_is_charged_where_another_total_was_shown(chain: Chain) -> None:
    with pytest.raises(Refusal) as no:
        sell(chain, [{"item": "milk", "quantity": "1"}], "11.90", total="11.90")

    (problem,) = no.value.problems
    assert (problem["code"], problem["due"]) == ("total_differs", Decimal("12.90"))


def test_a_plain_sale_has_no_shares_and_says_nothing_was_taken_off(chain: Chain) -> None:
    sold = sell(chain, [{"item": "milk", "quantity": "1"}], "12.90", total="12.90")

    assert (shares(sold), SaleLine.unscoped.get(document=sold).taken_off) == ([], None)


# -- and back --------------------------------------------------------------------------------------


def test_a_part_gives_back_what_was_paid_for_it_and_its_part_of_each_share(chain: Chain) -> None:
    lines = [{"item": "milk", "quantity": "3", "off": off("amount", "1.00")}]
    sold = sell(chain, lines, "37.70")
    (line,) = SaleLine.unscoped.filter(document=sold)

    back = [take_back(chain, sold, {line.pk: "1"}, due) for due in ("12.57", "12.56", "12.57")]

    paid = [ReturnLine.unscoped.get(document=one).gross for one in back]
    given_back = [ReturnShare.unscoped.get(document=one).amount for one in back]
    assert sum(paid) == Decimal("37.70")
    assert given_back == [Decimal("0.33"), Decimal("0.34"), Decimal("0.33")]
    assert booked(chain)["cash"] == 0


# -- the rules -------------------------------------------------------------------------------------

cents = st.integers(0, 100_000).map(lambda n: Decimal(n) / 100)


@settings(max_examples=60)
@given(st.lists(cents, min_size=1, max_size=8), st.integers(0, 100))
def test_parts_of_a_receipt_s_discount_add_up_and_leave_no_line_below_zero(
    lefts: list[Decimal], percent: int
) -> None:
    due = sum(lefts, Decimal(0))
    cut = Off(How.PERCENT, Decimal(percent), "").cut(due)

    parts = spread(cut, lefts)

    assert sum(parts) == cut
    assert all(0 <= part <= was for part, was in zip(parts, lefts, strict=True))


@settings(max_examples=60)
@given(cents, st.sampled_from(["0.1", "0.5", "1"]))
def test_rounding_off_is_less_than_a_step_and_never_all_of_it(due: Decimal, step: str) -> None:
    rest = rounding_of(due, Decimal(step))

    assert 0 <= rest < Decimal(step)
    assert (due - rest) % Decimal(step) == 0 or rest == 0
    assert due == 0 or due - rest > 0


def test_a_discount_by_hand_goes_below_the_least_only_by_who_may(chain: Chain) -> None:
    lines = [{"item": "milk", "quantity": "2", "off": off("price", "9.00")}]  # they cost 9.61

    with pytest.raises(Refusal) as no:
        sell(chain, lines, "18.00", authorised="chen")
    with system(reason="a right"):
        role = chain.people["chen"].grants.get().role
        RoleAction.objects.create(role=role, code="till.sale.sell_below")
    sold = sell(chain, lines, "18.00", authorised="chen")

    (problem,) = no.value.problems
    assert (problem["code"], problem["price"]) == ("below_allowed", "9")
    assert left(sold) == ["18.00"]
