"""Takings of tills: how long they wait, and how they reach the safe and the bank."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.treasury.stage import held, posted, posted_by, sold, with_money
from tests.conftest import OwnDatabase
from tests.contracts.examples import Stage
from tongpan.base.refusals import Refusal
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.till.models import PaymentMethod
from tongpan.business.treasury.models import Takings
from tongpan.business.treasury.queries import Waiting, usual_account, waiting_takings
from tongpan.business.treasury.screens import due
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system

TAKINGS = "treasury.takings"


@pytest.fixture
def stage(staged: Any) -> Stage:
    return staged(with_money)


def line(method: str, amount: str, **more: str) -> dict[str, Any]:
    return {"store": "S01", "method": method, "amount": amount, **more}


def refused(stage: Stage, *lines: dict[str, Any], into: str = "B01", **more: Any) -> list[Any]:
    with pytest.raises(Refusal) as no:
        posted_by(stage, "zhou", "hq", TAKINGS, {"paid_into": into}, *lines, **more)
    return [(p["path"], p["code"]) for p in no.value.problems]


def waiting(stage: Stage) -> dict[str, Waiting]:
    with stage.as_("zhou", "hq"):
        return {one.method.code: one for one in waiting_takings([stage.units["north"]])}


def test_cash_is_due_at_once_and_a_provider_after_its_days(stage: Stage) -> None:
    sold(stage, "CASH", 1)
    sold(stage, "WECHAT", 10)
    sold(stage, "WECHAT", 100, days_ago=1)

    found = waiting(stage)

    assert (found["CASH"].amount, found["CASH"].due) == (Decimal("12.90"), Decimal("12.90"))
    assert (found["WECHAT"].amount, found["WECHAT"].due) == (Decimal(1419), Decimal(1290))
    assert found["WECHAT"].fee == Decimal("7.74")


def test_a_payout_settles_what_was_taken_and_its_fee_is_an_expense_of_the_store(
    stage: Stage,
) -> None:
    sold(stage, "WECHAT", 100, days_ago=1)

    brought = posted(stage, TAKINGS, {"paid_into": "B01"}, line("WECHAT", "1290", fee="7.74"))

    document = Document.unscoped.get(pk=brought)
    assert held("taken") == 0
    assert held("money", at="hq", stage=stage) == Decimal("1282.26")
    assert held("fees", at="north", stage=stage) == Decimal("7.74")
    assert document.total == Decimal("1282.26")
    assert (document.org_unit, document.other_unit) == (stage.units["hq"], stage.units["north"])
    assert waiting(stage) == {}
    assert [found for found in verify() if found.violations] == []


def test_cash_that_is_short_or_over_stands_in_an_account_of_its_own(stage: Stage) -> None:
    sold(stage, "CASH", 10)

    posted(stage, TAKINGS, {"paid_into": "X01"}, line("CASH", "100", missing="0.50"))
    posted(stage, TAKINGS, {"paid_into": "X01"}, line("CASH", "29", missing="-2"))

    assert held("money", at="north", stage=stage) == Decimal("130.50")
    assert held("cash_difference", at="north", stage=stage) == Decimal("-1.50")
    assert held("taken") == 0


def test_no_more_is_brought_in_than_was_taken_by_that_day(stage: Stage) -> None:
    sold(stage, "CASH", 10)
    sold(stage, "CASH", 1, days_ago=3)

    assert refused(stage, line("CASH", "141.91")) == [("lines.1.amount", "taken_less")]
    assert refused(stage, line("CASH", "12.91"), business_date="2026-11-20") == [
        ("lines.1.amount", "taken_less")
    ]
    assert refused(stage, line("CASH", "5"), line("CASH", "5")) == [
        ("lines.2.method", "way_named_twice")
    ]
    assert refused(stage, line("CASH", "5", fee="3", missing="3")) == [
        ("lines.1.missing", "kept_too_much")
    ]
    posted(stage, TAKINGS, {"paid_into": "B01"}, line("CASH", "141.90"))


def test_takings_of_another_legal_entity_are_not_ours(stage: Stage) -> None:
    sold(stage, "CASH", 1)

    assert refused(stage, line("CASH", "12.90"), into="B09") == [
        ("lines.1.store", "money_of_other_entity")
    ]


def test_who_keeps_one_safe_brings_in_the_takings_of_that_store_alone(stage: Stage) -> None:
    sold(stage, "CASH", 1)
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="keeper", name="出纳")
        RoleAction.objects.create(role=role, code="treasury.takings.*")
        Grant.objects.create(person=stage.people["zhao"], role=role, unit=stage.units["south"])

    with pytest.raises(Refusal) as no:
        posted_by(stage, "zhao", "south", TAKINGS, {"paid_into": "X02"}, line("CASH", "12.90"))

    assert [(p["path"], p["code"]) for p in no.value.problems] == [
        ("lines.1.store", "not_your_unit")
    ]


def proposed(stage: Stage, into: str) -> list[tuple[str, str, Decimal, Decimal | None]]:
    with stage.as_("zhou", "hq"):
        place = MoneyPlace.objects.select_related("unit").get(code=into)
        new = Takings(document=Document(org_unit=stage.units["hq"]), paid_into=place)
        lines: Any = due(new)
        return [(n.store.code, n.method.code, n.amount, n.fee) for n in lines]


def test_the_safe_is_offered_its_cash_and_the_bank_what_providers_owe(stage: Stage) -> None:
    sold(stage, "CASH", 1)
    sold(stage, "WECHAT", 100, days_ago=1)

    assert proposed(stage, "X01") == [("S01", "CASH", Decimal("12.90"), None)]
    assert proposed(stage, "X02") == []
    assert proposed(stage, "B01") == [("S01", "WECHAT", Decimal(1290), Decimal("7.74"))]
    assert proposed(stage, "B09") == []


def test_what_came_back_since_is_not_paid_out(stage: Stage) -> None:
    """The provider takes today's returns off what it pays for yesterday."""
    sale = sold(stage, "WECHAT", 100, days_ago=1)
    with stage.as_("zhou", "till"):
        from tongpan.business.till.models import SaleLine

        (bought,) = SaleLine.unscoped.filter(document=sale)
        payload = {
            "sale": sale, "lines": [{"sold": bought.pk, "quantity": "10"}],
            "payments": [{"method": "WECHAT", "amount": "129.00"}],
        }  # fmt: skip
        run("till.return.take_back", payload=payload)

    found = waiting(stage)["WECHAT"]
    assert found.amount == found.due == 1161


def test_stored_value_is_no_money_that_arrives(stage: Stage) -> None:
    PaymentMethod.objects.filter(code="WECHAT").update(is_invoiceable=False)
    sold(stage, "WECHAT", 1)

    assert waiting(stage) == {}


def test_takings_go_where_they_last_went(stage: Stage) -> None:
    sold(stage, "CASH", 10)
    with stage.as_("zhou", "hq"):
        assert usual_account(stage.units["hq"]) is None  # a bank account and a cash box
        assert str(usual_account(stage.units["north"])) == "X01"

    posted(stage, TAKINGS, {"paid_into": "X00"}, line("CASH", "5"))

    with stage.as_("zhou", "hq"):
        assert str(usual_account(stage.units["hq"])) == "X00"


@pytest.mark.races
def test_of_two_who_bring_in_the_same_takings_one_does(own_database: OwnDatabase) -> None:
    stage = with_money()
    sold(stage, "CASH", 10)
    drafts = []
    for _ in range(2):
        with stage.as_("zhou", "hq"):
            payload = {"header": {"paid_into": "X01"}, "lines": [line("CASH", "129.00")]}
            drafts.append(run(f"{TAKINGS}.save", payload=payload).subject)

    def post(draft: UUID) -> None:
        with stage.as_("zhou", "hq"):
            run(f"{TAKINGS}.post", draft)

    answers = own_database.at_once(*[lambda d=d: post(d) for d in drafts])

    assert [type(answer) for answer in answers if answer is not None] == [Refusal]
    with stage.as_("zhou", "hq"):
        assert held("taken") == 0
