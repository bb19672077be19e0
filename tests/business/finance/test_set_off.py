"""What a party owes us against what we owe the same party (应收冲应付), without money."""

from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.business.treasury.stage import held, posted, posted_by, with_money
from tests.contracts.examples import Stage, franchise
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.finance.ageing import aged_by_party
from tongpan.business.finance.models import SetOff
from tongpan.business.finance.queries import left_open, money_units, open_items, settled_with
from tongpan.business.finance.screens import open_beside, open_like, proposed_on_both_sides
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.scope import system
from tongpan.masters.parties.models import Party

pytestmark = pytest.mark.usefixtures("company")
SET_OFF, DELIVERY, EXPENSE = "finance.set_off", "sales.delivery", "treasury.expense"


def with_both() -> Stage:
    """The stage with money, and somebody who buys from us and to whom we owe."""
    stage = with_money()
    with system(reason="the cast of the tests"):
        stage.parties["both"] = Party.objects.create(
            code="P01", name="城南商贸", is_supplier=True, is_customer=True, due_days=0
        )
    return stage


@pytest.fixture
def stage(staged: Any) -> Stage:
    return staged(with_both)


def delivered(stage: Stage, customer: str = "P01", quantity: str = "10") -> UUID:
    header = {"customer": customer, "place": "W01"}
    line = {"item": "10001", "quantity": quantity, "price": "11.30"}
    return posted_by(stage, "zhou", "warehouse", DELIVERY, header, line)


def owing(stage: Stage, amount: str, supplier: str = "P01") -> UUID:
    return posted(stage, EXPENSE, {"supplier": supplier}, {"purpose": "RENT", "amount": amount})


def set_off(stage: Stage, *lines: tuple[UUID, str], party: str = "P01", at: str = "hq") -> UUID:
    rows = [{"settles": item, "amount": amount} for item, amount in lines]
    return posted_by(stage, "zhou", at, SET_OFF, {"party": party}, *rows)


def refused(stage: Stage, *lines: tuple[UUID, str], **more: Any) -> list[Any]:
    with pytest.raises(Refusal) as no:
        set_off(stage, *lines, **more)
    return [(p["path"], p["code"]) for p in no.value.problems]


def left(document: UUID) -> Decimal:
    return left_open([document])[document]


def reverse(stage: Stage, code: str, document: UUID) -> None:
    with stage.as_("zhou", "hq"):
        run(f"{code}.reverse", document, {"reason": "a mistake"})


def test_both_sides_are_closed_in_parts_without_money_and_open_again(stage: Stage) -> None:
    first, second, owed = delivered(stage), delivered(stage), owing(stage, "150")
    both = stage.parties["both"]

    with stage.as_("zhou", "hq"):
        entity = stage.units["hq"].entity
        draft = SetOff(document=Document(org_unit=stage.units["hq"], type=SET_OFF), party=both)
        draft.lines = []
        lines = [(n.settles_id, str(n.amount)) for n in proposed_on_both_sides(draft)]
        found = open_like(draft, "", 20)
        by_amount = open_like(draft, "150.0", 20)
        by_words = open_like(draft, "出库 113.00", 1)
        by_none = open_like(draft, "出库 150.00", 20)
        beside = open_beside(draft, found)
    done = set_off(stage, *lines)

    assert lines == [(owed, "150.00"), (first, "113.00"), (second, "37.00")]
    assert [(beside[n.pk]["side"], beside[n.pk]["amount"]) for n in found] == [
        ("我们欠", "150"), ("对方欠", "113"), ("对方欠", "113"),
    ]  # fmt: skip
    assert [n.pk for n in (*by_amount, *by_words, *by_none)] == [owed, first]
    assert (left(owed), left(first), left(second)) == (0, 0, 76)
    assert (held("payable"), held("receivable"), held("money")) == (0, 76, 0)
    document = Document.unscoped.get(pk=done)
    assert (document.total, document.party, document.number) == (150, both.pk, "DX-HQ-26-00001")
    with stage.as_("zhou", "hq"):
        units = money_units()
        aged = {side: aged_by_party(side, units, document.business_date) for side in draft.sides}
        assert both.pk not in aged["supplier"]
        assert aged["customer"][both.pk].total == 76
        assert [n.item.pk for n in open_items(both.pk, entity.pk, units, "customer")] == [second]
        body = SetOff.objects.select_related("document").get(pk=done)
        assert {n.pk for n in settled_with(body)} == {owed, first, second}
    with pytest.raises(Refusal) as no:
        reverse(stage, DELIVERY, first)
    assert [p["code"] for p in no.value.problems] == ["advance_used"]
    reverse(stage, SET_OFF, done)
    assert (left(owed), left(first), left(second)) == (150, 113, 113)
    assert [found for found in verify() if found.violations] == []


def test_what_does_not_add_up_is_not_open_or_is_not_theirs_is_refused(stage: Stage) -> None:
    delivery, owed, others = delivered(stage), owing(stage, "150"), owing(stage, "9", "L01")
    in_west = {"purpose": "RENT", "amount": "5"}
    west = posted_by(stage, "zhou", "west", EXPENSE, {"supplier": "P01"}, in_west)

    assert refused(stage, (owed, "100"), (delivery, "99.99")) == [("lines", "set_off_unequal")]
    assert refused(stage, (owed, "113.01"), (delivery, "113.01")) == [
        ("lines.2.amount", "paid_too_much")
    ]
    assert refused(stage, (others, "9"), (west, "5"), (delivery, "14")) == [
        ("lines.1.settles", "settles_other_party"), ("lines.2.settles", "settles_other_entity"),
    ]  # fmt: skip
    assert refused(stage, (owed, "-1"), (delivery, "-1")) == [
        ("lines.1.amount", "bill_below_zero"), ("lines.2.amount", "bill_below_zero"),
    ]  # fmt: skip
    assert refused(stage, (others, "9"), party="L01") == [
        ("party", "not_a_customer"), ("lines", "set_off_unequal"),
    ]  # fmt: skip
    with pytest.raises(Forbidden):
        posted_by(stage, "zhao", "south", SET_OFF, {})
    assert (left(delivery), left(owed)) == (113, 150)


def test_each_end_of_a_supply_is_set_off_in_the_books_of_its_own_entity(stage: Stage) -> None:
    franchise(stage)
    Party.objects.filter(code__in=("E1", "E2")).update(is_supplier=True, is_customer=True)
    header, line = {"from_place": "W01", "to_place": "S03"}, {"item": "10001", "quantity": "10"}
    supply = posted(stage, "franchise.supply", header, line | {"price": "11.30"})
    shelf_rent = {"purpose": "RENT", "amount": "60"}
    ours = posted(stage, EXPENSE, {"supplier": "E2"}, shelf_rent)
    sold = delivered(stage, "E2", "1")  # of our own entity: not theirs to set off

    set_off(stage, (ours, "60"), (supply, "60"), party="E2")

    ends = {side: left_open([supply], side)[supply] for side in ("customer", "supplier")}
    assert ends == {"customer": 53, "supplier": 113}
    back = posted_by(
        stage, "zhou", "west", "finance.customer_receipt",
        {"customer": "E1", "paid_into": "B09"}, {"amount": "60"},
    )  # fmt: skip
    assert refused(stage, (supply, "11.30"), (sold, "11.30"), party="E1", at="west") == [
        ("lines.2.settles", "settles_other_party")
    ]
    with pytest.raises(Refusal):  # a deposit is used below zero, so a debt of ours is none here
        set_off(stage, (supply, "60"), (back, "60"), party="E1", at="west")
    assert left_open([supply], "supplier")[supply] == 113


class Rollback(Exception):
    """Ends an example without a trace."""


steps = st.tuples(
    st.sampled_from([DELIVERY, EXPENSE, "deposit", "advance", SET_OFF, SET_OFF, "reverse"]),
    st.integers(0, 20),
    st.sampled_from(["1", "0.5", "0.37", "1.2"]),
)


@given(plan=st.lists(steps, min_size=4, max_size=9))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_set_off_money_is_zero_and_nothing_is_less_than_closed(
    stage: Stage, plan: list[Any]
) -> None:
    with suppress(Rollback), transaction.atomic():
        made = [
            (DELIVERY, delivered(stage)), (EXPENSE, owing(stage, "90.01")),
            (EXPENSE, owing(stage, "33")),
        ]  # fmt: skip
        for step in [(SET_OFF, 0, "0.5"), *plan]:
            with suppress(Refusal), transaction.atomic():
                made += carry_out(stage, made, *step)
            refuse_wrong_books(stage)
        assert any(code == SET_OFF for code, _document in made)
        raise Rollback


def carry_out(
    stage: Stage, made: list[tuple[str, UUID]], code: str, which: int, part: str
) -> list[tuple[str, UUID]]:
    """One step; what exceeds what is open is refused, as in life."""
    if code == "reverse":
        reverse(stage, *made[which % len(made)])
        return []
    if code == DELIVERY:
        return [(code, delivered(stage, quantity=str(1 + which)))]
    if code == EXPENSE:
        return [(code, owing(stage, f"{10 + which}.33"))]
    if code in ("deposit", "advance"):
        of, party, account = {
            "deposit": ("finance.customer_receipt", "customer", "paid_into"),
            "advance": ("finance.supplier_payment", "supplier", "paid_from"),
        }[code]
        return [(of, posted(stage, of, {party: "P01", account: "B01"}, {"amount": "20"}))]
    return [(code, set_off(stage, *_lines(stage, which, Decimal(part))))]


def _lines(stage: Stage, which: int, part: Decimal) -> list[tuple[UUID, str]]:
    """A part of what is open on both sides; with credits and deposits for every other one."""
    both, entity = stage.parties["both"], stage.units["hq"].entity_id
    with stage.as_("zhou", "hq"):
        found = [open_items(both.pk, entity, money_units(), s) for s in ("supplier", "customer")]
    sides = [[n for n in of if which % 2 or n.amount > 0] for of in found]
    common = min(sum((n.amount for n in of), Decimal(0)) for of in sides) * part
    lines = []
    for of in sides:
        rest = common.quantize(Decimal("0.01"))
        for n in sorted(of, key=lambda one: one.amount):
            amount = min(n.amount, rest) if part <= 1 else rest
            rest -= amount
            lines.append((n.item.pk, str(amount)))
    return [line for line in lines if Decimal(line[1])]


def refuse_wrong_books(stage: Stage) -> None:
    rows = balances(Where(ledger="money", entity=stage.units["hq"].entity_id))
    assert sum((row.amount for row in rows), Decimal(0)) == 0
    signs = {"payable": -1, "advance": 1, "receivable": 1, "deposit": -1}
    assert all(row.amount * signs[row.role] >= 0 for row in rows if row.role in signs)
    posted_ones = Document.unscoped.filter(type=SET_OFF, state=State.POSTED)
    off = sum((n.total for n in posted_ones if n.total is not None), Decimal(0))
    owed = Document.unscoped.filter(type=EXPENSE, state=State.POSTED)
    paid = Document.unscoped.filter(type="finance.supplier_payment", state=State.POSTED)
    debts = sum((n.total for n in owed if n.total), Decimal(0))
    advances = sum((n.total for n in paid if n.total), Decimal(0))
    assert -(held("payable") + held("advance")) == debts - advances - off
