"""A card terminal that the cashier reads: asked, confirmed with its slip, refused, or unknown."""

from decimal import Decimal
from typing import Any

import pytest

from tests.chain import NOON
from tests.engines.payments.conftest import Counter
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.till.models import PaymentMethod
from tongpan.engines.payments import asking
from tongpan.engines.payments.charges import unknown_between
from tongpan.engines.payments.codes import provider_of
from tongpan.engines.payments.models import Account, Attempt, PayCodeRange, Refund
from tongpan.kernel.documents.gate import Outcome, run

pytestmark = pytest.mark.usefixtures("company")
OWED = Decimal("12.90")


@pytest.fixture
def method(counter: Counter) -> PaymentMethod:
    """A way of paying by card, whose terminal stands in North."""
    made = PaymentMethod.objects.create(code="CARD", name="刷卡", is_by_provider=True)
    given = {
        "name": "柜台终端", "provider": "terminal", "method": str(made.pk), "facts": {},
        "unit": str(counter.chain.units["north"].pk),
    }  # fmt: skip
    with counter.chain.as_("zhou", "hq"):
        run("payments.account.save", env.new_id(), given)
    return made


def begun(counter: Counter, method: PaymentMethod, **more: Any) -> Attempt:
    given = {"sale": str(env.new_id()), "amount": "12.90", "method": str(method.pk)} | more
    with counter.chain.as_("lin", "till"):
        return asking.charge(env.new_id(), given)


def said(counter: Counter, attempt: Attempt, outcome: str, slip: str = "") -> Attempt:
    with counter.chain.as_("lin", "till"):
        told = {"outcome": outcome, "slip": slip}
        answer: Attempt = run("payments.attempt.confirm", attempt.pk, told).result
    return answer


def sold(counter: Counter, attempt: Attempt) -> Outcome:
    return counter.sell(attempt, method="CARD")


def test_a_card_pays_once_the_cashier_names_the_terminals_slip(
    counter: Counter, method: PaymentMethod
) -> None:
    attempt = begun(counter, method)
    with pytest.raises(Refusal, match="invalid"):
        sold(counter, attempt)  # nobody said yet that it was charged
    with pytest.raises(Refusal, match="terminal_slip"):
        said(counter, attempt, "charged", "12")
    confirmed = said(counter, attempt, "charged", "004417")
    again = said(counter, attempt, "charged", "004417")
    slip = sold(counter, attempt)

    assert attempt.state == "waiting"
    assert attempt.next_at is None  # no program asks a person
    assert (confirmed.state, confirmed.number, again.state) == ("charged", "004417", "charged")
    assert slip.document is not None
    assert slip.document.total == OWED


def test_a_slip_of_the_terminal_pays_once(counter: Counter, method: PaymentMethod) -> None:
    said(counter, begun(counter, method), "charged", "004417")
    other = begun(counter, method)

    with pytest.raises(Refusal, match="slip_twice"):
        said(counter, other, "charged", "004417")
    assert said(counter, other, "charged", "004418").state == "charged"


def test_a_card_that_was_refused_pays_nothing_and_another_may(
    counter: Counter, method: PaymentMethod
) -> None:
    sale = str(env.new_id())
    first = said(counter, begun(counter, method, sale=sale), "declined")
    second = said(counter, begun(counter, method, sale=sale), "charged", "009001")

    assert (first.state, second.state) == ("declined", "charged")
    with pytest.raises(Refusal, match="attempt_closed"):
        said(counter, first, "charged", "009002")


def test_what_the_cashier_does_not_know_is_left_to_the_manager_and_never_called_off(
    counter: Counter, method: PaymentMethod
) -> None:
    attempt = said(counter, begun(counter, method), "unknown")
    with counter.chain.as_("lin", "till"), pytest.raises(Refusal, match="no_terminal_answer"):
        run("payments.attempt.cancel", attempt.pk)
    counter.clear(after_s=600)
    later = Attempt.unscoped.get(pk=attempt.pk)
    till = counter.chain.units["till"].pk
    open_then = unknown_between(till, NOON, NOON.replace(hour=23))
    told = {"outcome": "charged", "evidence": "银行对账单 23 日有这笔"}
    with counter.chain.as_("lin", "till"), pytest.raises(Forbidden):
        run("payments.attempt.resolve", attempt.pk, told)
    with counter.chain.as_("chen", "north"):
        resolved: Attempt = run("payments.attempt.resolve", attempt.pk, told).result

    assert (later.state, later.cancel_asked_at) == ("unknown", None)
    assert open_then == (1, OWED)
    assert resolved.state == "charged"
    assert unknown_between(till, NOON, NOON.replace(hour=23)) == (0, Decimal(0))


def test_money_on_a_card_goes_back_when_somebody_says_that_it_did(
    counter: Counter, method: PaymentMethod
) -> None:
    attempt = said(counter, begun(counter, method), "charged", "004417")
    with counter.chain.as_("chen", "north"):
        run("payments.refund.begin", payload={"attempt": str(attempt.pk), "why": "顾客走了"})
        refund = Refund.unscoped.get()
        assert (refund.state, refund.next_at) == ("begun", None)
        told = {"outcome": "refunded", "evidence": "终端退货单 004420"}
        run("payments.refund.resolve", refund.pk, told)

    assert Refund.unscoped.get().state == "done"


def test_only_a_terminal_is_confirmed_by_the_cashier(
    counter: Counter, method: PaymentMethod
) -> None:
    asked = counter.charge("12")

    with pytest.raises(Refusal, match="not_by_hand"):
        said(counter, asked, "charged", "004417")
    code = PaymentMethod.objects.get(code="CODE")
    with pytest.raises(Refusal, match="no_terminal_here"):
        begun(counter, code)


def test_whose_codes_are_whose_is_said_once_and_may_change(counter: Counter) -> None:
    new = "3512345678901234"

    def whose() -> str | None:
        return provider_of(new, PayCodeRange.objects.all())

    rows = [
        {name: getattr(one, name) for name in ("provider", "first", "last", "digits_min")}
        | {"digits_max": one.digits_max}
        for one in PayCodeRange.objects.all()
    ]
    before = whose()
    wide = [row | {"last": 35} if row["provider"] == "alipay" else row for row in rows]
    with counter.chain.as_("zhou", "hq"):
        run("payments.codes.set", payload={"ranges": wide})
        after = whose()
        for bad, code in (
            ([rows[0] | {"first": 26, "last": 27}, rows[1]], "code_ranges_meet"),
            ([rows[0] | {"first": "x"}], "code_ranges"),
            ([rows[0] | {"first": 20, "last": 12}], "code_ranges"),
        ):
            with pytest.raises(Refusal, match=code):
                run("payments.codes.set", payload={"ranges": bad})
    with counter.chain.as_("lin", "till"), pytest.raises(Forbidden):
        run("payments.codes.set", payload={"ranges": rows})

    assert (before, after) == (None, "alipay")
    assert len(rows) == 2


def test_an_account_without_a_way_of_paying_is_refused_by_name(
    counter: Counter, method: PaymentMethod
) -> None:
    account = Account.unscoped.get(method=method.pk)
    given = {"name": "柜台终端", "provider": "terminal", "facts": {}}
    for method_said in ("", "no id"):
        with counter.chain.as_("zhou", "hq"), pytest.raises(Refusal) as refused:
            run("payments.account.save", account.pk, {**given, "method": method_said})
        (problem,) = refused.value.problems
        assert (problem["path"], problem["code"]) == ("method", "required")
    assert Account.unscoped.get(pk=account.pk).method == method.pk
