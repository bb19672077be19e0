"""A year's income and costs go to equity: once, all of them, and back again while it is open."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.business.treasury.stage import posted_by, sold, with_money
from tests.contracts.examples import Stage
from tongpan.base.refusals import Refusal
from tongpan.business.treasury.queries import EVERY, results
from tongpan.business.treasury.trial import together, trial
from tongpan.faces.kit.derived.forms import header
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.upkeep import close_period

CLOSE = "treasury.year_close"
YEAR, LAST = 2025, date(2025, 12, 31)


@pytest.fixture
def stage(staged: Any) -> Stage:
    return staged(with_money)


def spent(stage: Stage, on: str, amount: str = "100", unit: str = "S01") -> UUID:
    line = {"purpose": "RENT", "amount": amount, "unit": unit}
    return posted_by(
        stage, "zhou", "hq", "treasury.expense", {"paid_from": "B01"}, line, business_date=on
    )


def earned(stage: Stage, on: str, amount: str = "250") -> UUID:
    line = {"purpose": "SCRAP", "amount": amount}
    return posted_by(
        stage, "zhou", "hq", "treasury.income", {"paid_into": "X01"}, line, business_date=on
    )


def carried(stage: Stage, year: int = YEAR) -> UUID:
    return posted_by(stage, "zhou", "hq", CLOSE, {"year": year})


def refused(stage: Stage, year: int = YEAR) -> list[Any]:
    with pytest.raises(Refusal) as no:
        carried(stage, year)
    return [(p["path"], p["code"]) for p in no.value.problems]


def balance(stage: Stage, on: date, *roles: str) -> Decimal:
    """What these accounts of headquarters' entity held at the end of a day, debits above zero."""
    found = trial(stage.units["hq"].entity_id, on, on)
    return together(held for (role, _), held in found.items() if role in roles).closing


def earnings(stage: Stage, year: int) -> Decimal:
    units = [unit for unit in stage.units.values() if unit.entity_id == stage.units["hq"].entity_id]
    found = results(units, date(year, 1, 1), date(year, 12, 31))
    return sum((one.profit for one in found), Decimal(0))


def test_what_a_year_earned_becomes_equity_and_the_next_begins_at_nothing(stage: Stage) -> None:
    spent(stage, "2025-03-01", "100")
    earned(stage, "2025-12-31", "250")
    spent(stage, "2026-01-02", "40")

    close = Document.unscoped.get(pk=carried(stage))

    assert (close.total, close.business_date) == (Decimal(150), LAST)
    with stage.as_("zhou", "hq"):
        form = header(document_type(CLOSE), load(document_type(CLOSE), close.pk))
        assert [field.name for field in form] == ["org_unit", "year", "note"]  # it says its day
    assert (close.number, close.org_unit_id) == ("NJ-HQ-25-00001", stage.units["hq"].pk)
    assert balance(stage, LAST, *EVERY) == 0
    assert balance(stage, LAST, "retained") == -150
    assert balance(stage, date(2026, 1, 31), "expense") == 40
    assert [found for found in verify() if found.violations] == []


def test_what_a_month_earned_is_told_as_before(stage: Stage) -> None:
    spent(stage, "2025-12-31", "100")
    earned(stage, "2025-12-31", "250")

    carried(stage)

    assert earnings(stage, YEAR) == 150
    assert earnings(stage, YEAR + 1) == 0


def test_a_year_is_carried_over_once_and_not_before_it_is_over(stage: Stage) -> None:
    assert refused(stage) == [("year", "nothing_to_carry")]
    spent(stage, "2025-03-01")
    assert ("business_date", "in_future") in refused(stage, 2026)
    carried(stage)

    assert ("year", "year_is_carried") in refused(stage)
    assert ("year", "later_year_is_carried") in refused(stage, 2024)


def test_what_is_taken_back_is_taken_back_on_the_last_day_of_its_year(stage: Stage) -> None:
    spent(stage, "2024-03-01")
    spent(stage, "2025-03-01")
    first, second = carried(stage, 2024), carried(stage)

    with stage.as_("zhou", "hq"):
        with pytest.raises(Refusal) as no:
            run(f"{CLOSE}.reverse", first, {"reason": "too early"})
        run(f"{CLOSE}.reverse", second, {"reason": "a late bill"})
    spent(stage, "2025-12-30", "7")

    assert no.value.code == "later_year_is_carried"
    assert balance(stage, LAST, "expense") == 107
    assert balance(stage, LAST, "retained") == 100
    again = carried(stage)
    assert Document.unscoped.get(pk=again).total == -107
    assert balance(stage, LAST, *EVERY) == 0


def test_a_closed_year_keeps_what_it_carried_over(stage: Stage) -> None:
    spent(stage, "2025-03-01")
    close = carried(stage)
    close_period(stage.units["hq"].entity_id, LAST)

    with stage.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run(f"{CLOSE}.reverse", close, {"reason": "too late"})

    assert no.value.code == "period_closed"


def test_who_does_not_see_the_whole_books_cannot_carry_them_over(stage: Stage) -> None:
    spent(stage, "2025-03-01")

    with pytest.raises(Refusal) as no:
        posted_by(stage, "zhao", "south", CLOSE, {"year": YEAR})

    assert no.value.code == "forbidden"


FACTS = some.lists(
    some.tuples(
        some.sampled_from((spent, earned)),
        some.dates(date(2024, 1, 1), date(2026, 11, 20)),
        some.decimals("0.01", "99999.99", places=2),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(facts=FACTS)
def test_money_balances_and_income_is_nothing_whatever_was_posted(
    stage: Stage, facts: list[Any]
) -> None:
    with transaction.atomic():
        for fact, day, amount in facts:
            fact(stage, day.isoformat(), str(amount))
        sold(stage, "CASH", 3)
        before = {year: earnings(stage, year) for year in (2024, 2025, 2026)}
        for year in (2024, 2025):
            if balance(stage, date(year, 12, 31), *EVERY) or before[year]:
                carried(stage, year)

        for year in (2024, 2025):
            found = trial(stage.units["hq"].entity_id, date(year, 1, 1), date(year, 12, 31))
            of_income = [held for (role, _), held in found.items() if role in EVERY]
            assert [held.closing for held in of_income if held.closing] == []
            assert sum(held.closing for held in found.values()) == 0
        assert {year: earnings(stage, year) for year in before} == before
        assert balance(stage, LAST, "retained") == -(before[2024] + before[2025])
        transaction.set_rollback(True)  # the next example begins where this one did
