"""Money that goes from one account to another of our own."""

from decimal import Decimal
from typing import Any

import pytest

from tests.business.treasury.stage import held, posted, posted_by, with_money
from tests.contracts.examples import Stage
from tongpan.base.refusals import Question, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import trial_balance
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system

TRANSFER = "treasury.transfer"


@pytest.fixture
def stage(staged: Any) -> Stage:
    return staged(with_money)


def filled(stage: Stage, code: str, amount: str) -> None:
    """So much of the bank's money goes into a cash box."""
    posted(stage, TRANSFER, {"from_place": "B01"}, {"to_place": code, "amount": amount})


def refused(stage: Stage, header: dict[str, Any], *lines: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as no:
        posted(stage, TRANSFER, header, *lines)
    return [(p["path"], p["code"]) for p in no.value.problems]


def test_money_goes_from_the_safe_of_a_store_to_the_bank_with_a_fee(stage: Stage) -> None:
    filled(stage, "X01", "600")

    moved = posted(
        stage, TRANSFER, {"from_place": "X01"}, {"to_place": "B01", "amount": "500", "fee": "2.50"}
    )

    document = Document.unscoped.get(pk=moved)
    assert held("money", at="north", stage=stage) == Decimal("97.50")
    assert held("money", at="hq", stage=stage) == Decimal(-100)
    assert held("fees", at="north", stage=stage) == Decimal("2.50")
    assert document.number == "ZZ-S01-26-00001"
    assert (document.org_unit, document.other_unit) == (stage.units["north"], stage.units["hq"])
    assert document.total == Decimal("502.50")


def test_cash_that_is_not_in_the_books_is_asked_about(stage: Stage) -> None:
    line = {"to_place": "B01", "amount": "600"}
    filled(stage, "X01", "500")

    with pytest.raises(Question) as asked:
        posted(stage, TRANSFER, {"from_place": "X01"}, line)

    assert asked.value.code == "cash_not_there"
    assert [(p["has"], p["needs"]) for p in asked.value.problems] == [("¥500.00", "¥600.00")]
    with stage.as_("zhou", "hq"):
        payload = {"header": {"from_place": "X01"}, "lines": [line]}
        draft = run(f"{TRANSFER}.save", payload=payload).subject
        run(f"{TRANSFER}.post", draft, answers={"cash_not_there"})
    assert held("money", at="north", stage=stage) == -100


def test_one_transfer_fills_several_accounts(stage: Stage) -> None:
    posted(
        stage, TRANSFER, {"from_place": "B01"},
        {"to_place": "X01", "amount": "300"}, {"to_place": "X02", "amount": "200"},
    )  # fmt: skip

    assert held("money", at="hq", stage=stage) == -500
    assert held("money", at="north", stage=stage) == 300
    assert held("money", at="south", stage=stage) == 200
    assert Document.unscoped.get(type=TRANSFER).other_unit is None


def test_between_legal_entities_each_owes_the_other(stage: Stage) -> None:
    moved = posted(stage, TRANSFER, {"from_place": "B01"}, {"to_place": "B09", "amount": "1000"})

    ours, theirs = stage.units["hq"].entity, stage.units["west"].entity
    for entity in (ours, theirs):
        lines = trial_balance(entity.pk)
        assert sum(line.debit - line.credit for line in lines) == 0
    claim = [x for x in trial_balance(ours.pk) if x.role == "intercompany"]
    debt = [x for x in trial_balance(theirs.pk) if x.role == "intercompany"]
    assert [(x.holder, x.debit - x.credit) for x in claim] == [(theirs.pk, Decimal(1000))]
    assert [(x.holder, x.debit - x.credit) for x in debt] == [(ours.pk, Decimal(-1000))]
    assert [found for found in verify() if found.violations] == []

    with stage.as_("zhou", "hq"):
        run(f"{TRANSFER}.reverse", moved, {"reason": "the wrong account"})
    assert held("intercompany") == held("money") == 0


def test_it_goes_to_another_account_and_is_above_zero(stage: Stage) -> None:
    assert refused(
        stage, {"from_place": "B01"},
        {"to_place": "B01", "amount": "5"}, {"to_place": "X01", "amount": "0"},
    ) == [("lines.1.to_place", "same_account"), ("lines.2.amount", "not_positive")]  # fmt: skip


def test_who_keeps_one_safe_moves_nothing_out_of_another(stage: Stage) -> None:
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="keeper", name="出纳")
        RoleAction.objects.create(role=role, code="treasury.*")
        Grant.objects.create(person=stage.people["lin"], role=role, unit=stage.units["north"])
    line = {"to_place": "X01", "amount": "5"}

    with pytest.raises(Refusal) as no:
        posted_by(stage, "lin", "north", TRANSFER, {"from_place": "X02"}, line)

    assert [(p["path"], p["code"]) for p in no.value.problems] == [
        ("from_place", "not_found_reference")
    ]
