"""What a unit spends and takes besides its trade, and what it earned in a month."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.business.treasury.stage import held, posted, posted_by, sold, with_money
from tests.contracts.examples import Stage
from tongpan.base.refusals import Refusal
from tongpan.business.finance.queries import left_open, open_items
from tongpan.business.treasury.models import Purpose
from tongpan.business.treasury.queries import Result, results
from tongpan.business.treasury.screens import purposes_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system

EXPENSE, INCOME = "treasury.expense", "treasury.income"


@pytest.fixture
def stage(staged: Any) -> Stage:
    return staged(with_money)


def rent(amount: str = "1090", **more: str) -> dict[str, Any]:
    return {"purpose": "RENT", "amount": amount, **more}


def refused(stage: Stage, code: str, header: dict[str, Any], *lines: dict[str, Any]) -> list[Any]:
    with pytest.raises(Refusal) as no:
        posted(stage, code, header, *lines)
    return [(p["path"], p["code"]) for p in no.value.problems]


def test_rent_that_is_paid_is_an_expense_of_each_store_and_its_tax_is_deducted(
    stage: Stage,
) -> None:
    paid = posted(
        stage, EXPENSE, {"paid_from": "B01"},
        rent(unit="S01", tax="90"), rent("545", unit="S02", tax="45"), rent("10"),
    )  # fmt: skip

    document = Document.unscoped.get(pk=paid)
    assert held("expense", at="north", stage=stage) == 1000
    assert held("expense", at="south", stage=stage) == 500
    assert held("expense", at="hq", stage=stage) == 10
    assert held("input_tax", at="hq", stage=stage) == 135
    assert held("money", at="hq", stage=stage) == -1645
    assert (document.total, document.number) == (Decimal(1645), "FY-HQ-26-00001")
    assert [found for found in verify() if found.violations] == []


def test_what_is_owed_is_paid_later_like_a_bill(stage: Stage) -> None:
    owed = posted(stage, EXPENSE, {"supplier": "L01"}, rent("1000"))
    assert held("payable") == -1000

    with stage.as_("zhou", "hq"):
        landlord = Document.unscoped.get(pk=owed).party
        assert landlord is not None
        (left,) = open_items(landlord, stage.units["hq"].entity_id, [stage.units["hq"]])
        assert (left.item.pk, left.amount) == (owed, Decimal(1000))
        payment = prefill("finance.supplier_payment", owed)
        payment["header"]["paid_from"] = "B01"
        payment["lines"][0]["amount"] = "400"
        draft = run("finance.supplier_payment.save", payload=payment).subject
        run("finance.supplier_payment.post", draft)

        assert left_open([owed])[owed] == 600
        with pytest.raises(Refusal) as no:
            run(f"{EXPENSE}.reverse", owed, {"reason": "the wrong month"})
    assert no.value.code == "followed"


def test_an_advance_is_offset_against_what_is_owed_without_any_money(stage: Stage) -> None:
    """核销: a payment that comes to nothing; so there is no document type of its own."""
    owed = posted(stage, EXPENSE, {"supplier": "L01"}, rent("1000"))
    pays = {"supplier": "L01", "paid_from": "B01"}
    advance = posted(stage, "finance.supplier_payment", pays, {"amount": "300"})
    before = held("money")

    with stage.as_("zhou", "hq"):
        numbers = dict(Document.unscoped.values_list("pk", "number"))
    offset = posted(
        stage, "finance.supplier_payment", pays,
        {"settles": numbers[owed], "amount": "300"},
        {"settles": numbers[advance], "amount": "-300"},
    )  # fmt: skip

    assert Document.unscoped.get(pk=offset).total == 0
    assert held("money") == before
    with stage.as_("zhou", "hq"):
        assert left_open([owed, advance]) == {owed: 700, advance: 0}


def test_an_expense_is_paid_or_owed_and_of_expenses(stage: Stage) -> None:
    assert refused(stage, EXPENSE, {}, rent()) == [("paid_from", "paid_or_owed")]
    assert refused(stage, EXPENSE, {"paid_from": "B01"}, rent("0"), rent("5", tax="5.01")) == [
        ("lines.1.amount", "not_positive"), ("lines.2.tax", "tax_too_high"),
    ]  # fmt: skip
    with stage.as_("zhou", "hq"):
        found = purposes_of(Purpose.Kind.EXPENSE).search
        assert found is not None
        assert [str(one) for one in found(None, "fz", 5)] == ["房租"]  # by its initials
        assert found(None, "fp", 5) == []
    assert refused(stage, EXPENSE, {"paid_from": "B01"}, rent(purpose="SCRAP")) == [
        ("lines.1.purpose", "purpose_of_other_kind")
    ]
    assert refused(stage, EXPENSE, {"paid_from": "B01"}, rent(unit="S03")) == [
        ("lines.1.unit", "money_of_other_entity")
    ]


def test_a_small_scale_taxpayer_deducts_nothing(stage: Stage) -> None:
    assert refused(stage, EXPENSE, {"paid_from": "B09"}, rent(tax="90")) == [
        ("lines.1.tax", "tax_not_deducted")
    ]
    posted(stage, EXPENSE, {"paid_from": "B09"}, rent())
    assert held("expense", at="west", stage=stage) == 1090


def test_nobody_charges_a_store_that_is_not_theirs(stage: Stage) -> None:
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="keeper", name="出纳")
        RoleAction.objects.create(role=role, code="treasury.expense.*")
        Grant.objects.create(person=stage.people["lin"], role=role, unit=stage.units["north"])

    with pytest.raises(Refusal) as no:
        posted_by(stage, "lin", "north", EXPENSE, {"paid_from": "X01"}, rent(unit="S02"))

    assert [(p["path"], p["code"]) for p in no.value.problems] == [
        ("lines.1.unit", "not_your_unit")
    ]


def test_other_income_reaches_an_account_less_its_tax(stage: Stage) -> None:
    line = {"purpose": "SCRAP", "amount": "113", "tax": "13", "unit": "S01"}

    posted(stage, INCOME, {"paid_into": "X01"}, line)

    assert held("other_income", at="north", stage=stage) == -100
    assert held("output_tax", at="north", stage=stage) == -13
    assert held("money", at="north", stage=stage) == 113


def test_what_a_store_earned_is_its_sales_less_goods_and_expenses(stage: Stage) -> None:
    sold(stage, "CASH", 100)
    posted(stage, EXPENSE, {"paid_from": "B01"}, rent("200", unit="S01"))
    posted(stage, INCOME, {"paid_into": "X01"}, {"purpose": "SCRAP", "amount": "50"})
    loss = {"header": {"place": "S01", "reason": "broken"}}
    posted(stage, "stock.loss", loss["header"], {"item": "10003", "quantity": "1"})

    with stage.as_("zhou", "hq"):
        north: Result
        (north,) = results([stage.units["north"]], date(2026, 11, 1), date(2026, 11, 30))
        (before,) = results([stage.units["north"]], date(2026, 10, 1), date(2026, 10, 31))

    revenue = (Decimal("1290.00") / Decimal("1.13")).quantize(Decimal("0.01"))
    assert north.of(("revenue",)) == revenue
    assert north.gross == revenue - 200  # a hundred bottles at two
    assert north.profit == north.gross - 2 - 200 + 50
    assert before.by_account == {}
