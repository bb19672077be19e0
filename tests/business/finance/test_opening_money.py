"""What a company has in its cash boxes and bank accounts when its books begin."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.chain import NOON, Chain, a_chain
from tests.conftest import OwnDatabase
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.finance.models import MoneyOpening, MoneyOpeningLine, MoneyPlace
from tongpan.business.finance.queries import held_at
from tongpan.business.finance.screens import not_opened
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system

OPENING = "finance.opening"


@pytest.fixture
def chain(company: object) -> Chain:
    return with_accounts()


def with_accounts() -> Chain:
    """The cast, with a cash box and a bank account at headquarters and a cash box in North."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        for unit, code, kind in (
            ("hq", "B01", "bank"), ("hq", "X01", "cash"), ("north", "X02", "cash"),
        ):  # fmt: skip
            MoneyPlace.unscoped.create(unit=chain.units[unit], code=code, name=code, kind=kind)
    return chain


def opened(chain: Chain, *lines: tuple[str, str], person: str = "zhou") -> UUID:
    """Opening balances, written and posted at headquarters: ("B01", "100") is 100 in B01."""
    with chain.as_(person, "hq"):
        rows = [{"place": code, "amount": amount} for code, amount in lines]
        draft = run(f"{OPENING}.save", payload={"lines": rows}).subject
        run(f"{OPENING}.post", draft)
        return draft


def refused(chain: Chain, *lines: tuple[str, str]) -> list[dict[str, Any]]:
    with pytest.raises(Refusal) as no:
        opened(chain, *lines)
    return no.value.problems


def test_money_that_was_there_stands_against_opening_equity(chain: Chain) -> None:
    document = opened(chain, ("B01", "50000.00"), ("X01", "800.50"))

    held = {row.role: row.amount for row in balances(Where(ledger="money"))}
    with system(reason="look at the accounts"):
        bank = MoneyPlace.objects.get(code="B01")
        in_bank = held_at(bank.pk, [chain.units["hq"]])
    posted = Document.unscoped.get(pk=document)
    assert held["opening_equity"] == Decimal("-50800.50")
    assert [row.amount for row in in_bank] == [50000]
    assert (posted.org_unit, posted.total) == (chain.units["hq"], Decimal("50800.50"))
    assert posted.number == "QZ-HQ-26-00001"
    assert [found for found in verify() if found.violations] == []


def test_a_bank_may_have_lent_but_cash_is_never_below_zero(chain: Chain) -> None:
    assert refused(chain, ("X01", "-1")) == [
        {"path": "lines.1.amount", "name": "X01", "code": "cash_below_zero"}
    ]

    opened(chain, ("B01", "-1200"))

    held = {row.role: row.amount for row in balances(Where(ledger="money"))}
    assert held == {"money": -1200, "opening_equity": 1200}


def test_the_document_is_of_the_unit_whose_money_it_is(chain: Chain) -> None:
    document = opened(chain, ("X02", "300"))

    assert Document.unscoped.get(pk=document).org_unit == chain.units["north"]
    assert refused(chain, ("B01", "1"), ("X02", "1")) == [
        {"path": "lines.2.place", "name": "X02", "code": "account_of_other_unit", "unit": "北门店"}
    ]


def test_an_account_begins_once(chain: Chain) -> None:
    first = opened(chain, ("B01", "100"))
    number = Document.unscoped.get(pk=first).number

    assert refused(chain, ("B01", "5"), ("X01", "5"), ("X01", "6"), ("X01", "0")) == [
        {"path": "lines.1.place", "name": "B01", "code": "opened_before", "number": number},
        {"path": "lines.3.place", "name": "X01", "code": "account_named_twice"},
        {"path": "lines.4.place", "name": "X01", "code": "account_named_twice"},
        {"path": "lines.4.amount", "name": "X01", "code": "opens_nothing"},
    ]

    with chain.as_("zhou", "hq"):
        run(f"{OPENING}.reverse", first, {"reason": "a digit too few"})
    opened(chain, ("B01", "1000"))
    assert {row.role: row.amount for row in balances(Where(ledger="money"))} == {
        "money": 1000, "opening_equity": -1000,
    }  # fmt: skip


def test_a_new_one_begins_with_the_accounts_that_have_none(chain: Chain) -> None:
    opened(chain, ("B01", "100"))

    with chain.as_("zhou", "hq"):
        new = MoneyOpening(document=Document(org_unit=chain.units["hq"]))
        lines = list(not_opened(new))

    assert [(line.place.code, line.amount) for line in lines] == [("X01", None)]


def test_nobody_opens_an_account_that_they_do_not_see(chain: Chain) -> None:
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="keeper", name="出纳")
        RoleAction.objects.create(role=role, code="finance.*")
        Grant.objects.create(person=chain.people["lin"], role=role, unit=chain.units["north"])

    with chain.as_("lin", "north"):
        draft = run(f"{OPENING}.save", payload={"lines": [{"place": "X02", "amount": "1"}]}).subject
        run(f"{OPENING}.post", draft)
        with pytest.raises(Refusal) as no:
            run(f"{OPENING}.save", payload={"lines": [{"place": "B01", "amount": "1"}]})

    assert [(p["path"], p["code"]) for p in no.value.problems] == [
        ("lines.1.place", "not_found_reference")
    ]


def test_a_draft_without_lines_is_shown_with_those_that_are_proposed(
    chain: Chain, company: str, settings: Any, client: Client
) -> None:
    settings.DEFAULT_COMPANY = company
    with chain.as_("zhou", "hq"):
        draft = run(f"{OPENING}.save", payload={"note": "the first day"}).subject
    client.force_login(chain.people["zhou"])

    page = client.get(f"/d/{OPENING}/{draft}/").content.decode()

    assert 'value="B01"' in page
    assert 'value="X01"' in page
    assert 'value="X02"' not in page
    assert "None" not in page
    assert MoneyOpeningLine.unscoped.count() == 0


def test_the_form_names_its_unit_and_says_why_nothing_is_proposed(
    chain: Chain, company: str, settings: Any, client: Client
) -> None:
    settings.DEFAULT_COMPANY = company
    client.force_login(chain.people["zhou"])
    at_first = client.get(f"/d/{OPENING}/new").content.decode()
    document = opened(chain, ("B01", "100"), ("X01", "5"))
    with system(reason="look at its number"):
        number = Document.objects.get(pk=document).number

    afterwards = client.get(f"/d/{OPENING}/new").content.decode()

    unit = chain.units["hq"].name
    assert f'<span id="org_unit" data-output>{unit}</span>' in at_first
    assert "都已有期初余额" not in at_first
    assert f"{unit} 的资金账户都已有期初余额（{number}）" in afterwards
    assert unit in client.get(f"/d/{OPENING}/{document}/").content.decode().split("<main")[1]


@pytest.mark.races
def test_of_two_who_open_an_account_at_the_same_moment_one_does(own_database: OwnDatabase) -> None:
    chain = with_accounts()
    drafts = []
    for amount in ("100", "900"):
        with chain.as_("zhou", "hq"):
            lines = [{"place": "B01", "amount": amount}, {"place": "X01", "amount": "5"}]
            drafts.append(run(f"{OPENING}.save", payload={"lines": lines}).subject)

    def post(draft: UUID) -> None:
        with chain.as_("zhou", "hq"):
            run(f"{OPENING}.post", draft)

    answers = own_database.at_once(*[lambda d=d: post(d) for d in drafts])  # type: ignore[misc]

    refusals = [answer for answer in answers if answer is not None]
    assert [type(refusal) for refusal in refusals] == [Refusal]
    told = {(p["path"], p["code"]) for p in refusals[0].problems}  # type: ignore[union-attr]
    assert told == {("lines.1.place", "opened_before"), ("lines.2.place", "opened_before")}
    assert Document.unscoped.filter(type=OPENING, state="posted").count() == 1
    with chain.as_("zhou", "hq"):
        held = {row.role for row in balances(Where(ledger="money"))}
    assert held == {"money", "opening_equity"}
    assert [found for found in verify() if found.violations] == []


def test_the_account_itself_refuses_to_begin_twice(chain: Chain) -> None:
    """The check reads without a lock; what keeps two apart is the bound of an account."""
    opened(chain, ("B01", "100"))
    with system(reason="look at the account"):
        (begun,) = balances(Where(ledger="promise", roles=["begun"]))
    assert begun.amount == 1
