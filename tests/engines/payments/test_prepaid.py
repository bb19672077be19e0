"""Stored value and punch cards paid by a code: charged once, posted once, whatever is lost."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.membership.stage import TODAY
from tests.engines.payments.conftest import Counter, Wire
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import Member, WalletRule
from tongpan.business.membership.queries import standing_of
from tongpan.business.punchcards.models import Card, CardKind
from tongpan.business.stored_value.documents import CARD_SALE, TOP_UP
from tongpan.engines.payments.models import Attempt
from tongpan.faces.backoffice.payments import open_attempts
from tongpan.faces.pos.prepaid import posted
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.usefixtures("company")
HUNDRED = Decimal("100.00")


@pytest.fixture
def member(counter: Counter) -> Member:
    """A member, and a cashier who may take what they pay ahead."""
    with system(reason="the cast of the tests"):
        WalletRule.objects.create(
            code="LAW", valid_from=date(2026, 1, 1), unregistered_max=1000, registered_max=5000,
            named_from=10000,
        )  # fmt: skip
        role = counter.chain.people["lin"].grants.get().role
        for code in ("top_up.*", "card_sale.*"):
            RoleAction.objects.create(role=role, code=f"stored_value.{code}")
        return Member.objects.create(code="HY1", phone="13800000001", joined_on=TODAY)


def top_up(counter: Counter, member: Member, pk: UUID, amount: str = "100.00") -> Document | None:
    with counter.chain.as_("lin", "till"):
        line = {"member": str(member.pk), "amount": amount}
        return posted(TOP_UP, pk, counter.chain.units["till"], "CODE", line)


def stored(member: Member) -> Decimal:
    return standing_of(member.pk, TODAY).stored


@pytest.mark.parametrize("end", ["00", "12", "14", "17", "19"])
def test_a_top_up_is_charged_once_and_posted_once_whatever_is_lost(
    counter: Counter, wire: Wire, member: Member, end: str
) -> None:
    pk, attempt = env.new_id(), env.new_id()
    assert top_up(counter, member, pk) is None  # looked at, and nobody was charged
    for _nth in range(2):  # the till asks again
        counter.charge(end, amount="100.00", sale=pk, id=attempt, total="100.00")
    wire.tell()
    made = [top_up(counter, member, pk) for _nth in range(2)]

    assert [one and one.number for one in made] == ["CZ-S01-1-26-000001"] * 2
    assert (counter.charged(), stored(member)) == (HUNDRED, HUNDRED)
    with pytest.raises(Refusal):
        counter.charge("00", amount="100.00", sale=pk, total="100.00")
    assert Attempt.unscoped.get(pk=attempt).used_at is not None
    with counter.chain.as_("chen", "north"):
        assert list(open_attempts()) == []


def test_a_top_up_that_is_wrong_is_refused_before_anybody_is_charged(
    counter: Counter, member: Member
) -> None:
    with pytest.raises(Refusal) as no:
        top_up(counter, member, env.new_id(), "1000.01")

    assert "too_much_stored" in [problem["code"] for problem in no.value.problems]


@pytest.mark.parametrize(("amount", "end"), [("99.99", "00"), ("100.00", "13"), ("100.00", "11")])
def test_nothing_is_topped_up_by_less_or_before_it_was_paid(
    counter: Counter, member: Member, amount: str, end: str
) -> None:
    pk = env.new_id()
    counter.charge(end, amount=amount, sale=pk, total="100.00")

    assert top_up(counter, member, pk) is None
    assert stored(member) == 0


def test_what_was_declined_and_then_paid_in_cash_leaves_no_draft(
    counter: Counter, member: Member
) -> None:
    pk, till = env.new_id(), counter.chain.units["till"]
    line = {"member": str(member.pk), "amount": "100.00"}
    with counter.chain.as_("lin", "till"):
        assert posted(TOP_UP, pk, till, "CODE", line) is None
    counter.charge("13", amount="100.00", sale=pk, total="100.00")
    with counter.chain.as_("lin", "till"):
        made = [posted(TOP_UP, pk, till, "CASH", line) for _nth in range(2)]

    assert [one and one.number for one in made] == ["CZ-S01-1-26-000001"] * 2
    assert (counter.charged(), stored(member)) == (0, HUNDRED)
    assert Document.unscoped.filter(type=TOP_UP.code).count() == 1


def test_a_draft_goes_back_to_the_way_of_paying_that_was_chosen_first(
    counter: Counter, member: Member
) -> None:
    """What was asked for in between does not stay on it."""
    pk, till = env.new_id(), counter.chain.units["till"]
    line = {"member": str(member.pk), "amount": "100.00"}
    with counter.chain.as_("lin", "till"):
        for way in ("CODE", "POINTS", "CODE"):
            try:
                assert posted(TOP_UP, pk, till, way, line) is None
            except Refusal:
                assert way == "POINTS"  # points cannot pay for it
    assert TOP_UP.body.unscoped.get(pk=pk).method.code == "CODE"


def test_what_was_charged_late_is_neither_lost_nor_charged_again(
    counter: Counter, wire: Wire, member: Member
) -> None:
    pk = env.new_id()
    top_up(counter, member, pk)
    counter.charge("12", amount="100.00", sale=pk, total="100.00")  # the till dies here
    counter.clear(after_s=10)  # the worker finds it

    attempt = Attempt.unscoped.get()
    wire.client.force_login(counter.chain.people["zhou"])
    page = wire.client.get(f"/payments/{attempt.pk}/").content.decode()
    assert f"{pk}" in page  # the draft, which whoever may can post
    assert top_up(counter, member, pk) is not None
    assert (counter.charged(), stored(member)) == (HUNDRED, HUNDRED)


def test_a_reversed_top_up_stands_among_what_goes_back(counter: Counter, member: Member) -> None:
    pk = env.new_id()
    attempt = counter.charge("00", amount="100.00", sale=pk, total="100.00")
    top_up(counter, member, pk)
    with counter.chain.as_("zhou", "hq"):
        run("stored_value.top_up.reverse", pk, {"reason": "a mistake"})
    with counter.chain.as_("chen", "north"):
        assert [one.pk for one in open_attempts()] == [attempt.pk]
        run("payments.refund.begin", env.new_id(), {"attempt": str(attempt.pk), "why": "reversed"})
    counter.clear(after_s=10)

    assert (counter.charged(), stored(member)) == (0, 0)


def test_a_punch_card_is_paid_by_the_code_that_was_shown(counter: Counter, member: Member) -> None:
    """Whichever way of paying was chosen before."""
    with system(reason="the cast of the tests"):
        CardKind.objects.create(
            code="K", name="鲜奶十次卡", item=counter.chain.items["milk"], uses=10, price=HUNDRED
        )
    pk = env.new_id()
    line: dict[str, Any] = {"member": str(member.pk), "kind": "K"}
    counter.charge("00", "alipay", amount="100.00", sale=pk, total="100.00")
    with counter.chain.as_("lin", "till"):
        made = posted(CARD_SALE, pk, counter.chain.units["till"], "CASH", line)

    assert made is not None
    assert Card.objects.get().sale == pk
    assert Attempt.unscoped.get().used_at is not None
