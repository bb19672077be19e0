"""Paying bills of several units at once, in parts, in advance; billed goods that go back."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict

from tests.business.purchasing.test_buying import MILK, PAYMENT, following, money_of, ordered
from tests.chain import NOON, Chain, a_chain
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.finance.models import MoneyPlace, SupplierPayment, SupplierPaymentLine
from tongpan.business.finance.queries import left_open, money_units, open_items
from tongpan.business.finance.screens import proposed
from tongpan.business.purchasing.models import PurchaseReturn, SupplierBill, SupplierCredit
from tongpan.business.purchasing.screens import credited, offset, open_of_credit, paid
from tongpan.business.trade.screens import open_of
from tongpan.faces.kit.derived.asked import read
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.lists import page_of
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import Grant, Role, RoleAction, TaxpayerKind
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party
from tongpan.masters.taxes.models import TaxCategory, TaxRate

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain() -> Chain:
    """The cast: two dairies, and a bank account for each legal entity."""
    chain = a_chain()
    two_dairies(chain)
    return chain


def two_dairies(chain: Chain) -> None:
    """What a chain needs to buy and to pay."""
    ours, theirs = chain.units["hq"].entity, chain.units["west"].entity
    with system(reason="the cast of the tests"), env.frozen(NOON):
        for entity, kind in ((ours, "general"), (theirs, "small_scale")):
            TaxpayerKind.objects.create(entity=entity, kind=kind, valid_from=date(2026, 1, 1))
        goods = TaxCategory.objects.create(code="T13", name="一般货物")
        TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=date(2026, 1, 1))
        Item.objects.update(tax_category=goods)
        Party.objects.create(code="V01", name="华东乳业有限公司", is_supplier=True)
        Party.objects.create(code="V02", name="华南乳业有限公司", is_supplier=True)
        MoneyPlace.unscoped.create(unit=chain.units["hq"], code="B01", name="工行基本户")
        MoneyPlace.unscoped.create(unit=chain.units["west"], code="B02", name="西门基本户")


def billed(chain: Chain, where: str = "warehouse", *, quantity: str = "100", **more: Any) -> UUID:
    """A posted bill for milk at 11.30 that came to a place."""
    header = {"supplier": "V01", "place": chain.places[where]} | more
    with chain.as_("zhou", "hq"):
        lines = [MILK | {"quantity": quantity}]
        receipt = made("purchasing.receipt", {"header": header, "lines": lines})
        return made("purchasing.bill", prefill("purchasing.bill", receipt))


def made(code: str, payload: dict[str, Any]) -> UUID:
    draft = run(f"{code}.save", payload=payload).subject
    run(f"{code}.post", draft)
    return draft


def payment(chain: Chain, *lines: dict[str, Any], **header: Any) -> UUID:
    with chain.as_("zhou", "hq"):
        given = {"supplier": "V01", "paid_from": "B01"} | header
        return made(PAYMENT, {"header": given, "lines": list(lines)})


def reverse(chain: Chain, code: str, document: UUID) -> None:
    with chain.as_("zhou", "hq"):
        run(f"{code}.reverse", document, {"reason": "it was a mistake"})


def left(document: UUID) -> Decimal:
    return left_open([document])[document]


def held(chain: Chain) -> dict[tuple[str, str], Decimal]:
    """The money accounts of every unit that hold something; debit is positive."""
    names = {unit.pk: name for name, unit in chain.units.items()}
    found: dict[tuple[str, str], Decimal] = {}
    for row in balances(Where(ledger="money")):
        place = names[row.org_unit], row.role
        found[place] = found.get(place, Decimal(0)) + row.amount
    return {place: amount for place, amount in found.items() if amount}


# -- paying --------------------------------------------------------------------------------------


def test_headquarters_pays_what_two_units_were_billed_for_in_one_payment(chain: Chain) -> None:
    warehouse, north = billed(chain), billed(chain, "north", quantity="10")

    paid_at = payment(
        chain, {"settles": warehouse, "amount": "1130"}, {"settles": north, "amount": "113"}
    )

    assert {place: amount for place, amount in held(chain).items() if place[1] != "input_tax"} == {
        ("warehouse", "inventory"): 1000,
        ("north", "inventory"): 100,
        ("hq", "money"): Decimal("-1243.00"),
    }
    assert Document.unscoped.get(pk=paid_at).org_unit == chain.units["hq"]
    assert [found for found in verify() if found.violations] == []


def test_a_bill_is_paid_in_parts_and_never_more_than_is_open(chain: Chain) -> None:
    bill = billed(chain)
    number = Document.unscoped.get(pk=bill).number

    first = payment(chain, {"settles": number, "amount": "500"})
    with pytest.raises(Refusal) as no:
        payment(chain, {"settles": number, "amount": "630.01"})

    assert no.value.problems == [
        {
            "path": "lines.1.amount", "code": "paid_too_much", "number": number,
            "has": "¥630.00", "needs": "¥630.01",
        }
    ]  # fmt: skip
    with system(reason="look at the bill"):
        body = SupplierBill.objects.select_related("document").get(pk=bill)
        standing = paid([body])[bill]
        figures = [amount for _title, amount in open_of(body)]
    assert (standing.code, figures) == ("partly", [500, 630])

    reverse(chain, PAYMENT, first)
    assert left(bill) == 1130
    payment(chain, {"settles": bill, "amount": "1130"})
    assert paid([body])[bill].code == "done"
    assert "purchasing.return" in paid([body])[bill].then


def test_what_is_paid_for_no_bill_is_paid_in_advance_and_used_later(chain: Chain) -> None:
    advance = payment(chain, {"amount": "300"})
    bill = billed(chain)

    rest = payment(
        chain, {"settles": bill, "amount": "1130"}, {"settles": advance, "amount": "-300"}
    )

    assert (left(advance), left(bill)) == (0, 0)
    assert Document.unscoped.get(pk=rest).total == 830
    assert held(chain)["hq", "money"] == -1130
    with pytest.raises(Refusal) as no:
        reverse(chain, PAYMENT, advance)
    assert [p["code"] for p in no.value.problems] == ["advance_used"]
    reverse(chain, PAYMENT, rest)
    reverse(chain, PAYMENT, advance)
    assert held(chain).get(("hq", "money"), 0) == 0


def test_a_paid_bill_is_not_reversed_before_its_payment(chain: Chain) -> None:
    bill = billed(chain)
    payment(chain, {"settles": bill, "amount": "30"})

    with pytest.raises(Refusal) as no:
        reverse(chain, "purchasing.bill", bill)

    assert [(p["code"], p["used"]) for p in no.value.problems] == [("advance_used", "¥30.00")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"settles": "bill", "amount": "0"}, "pays_nothing"),
        ({"settles": "bill", "amount": "-1"}, "bill_below_zero"),
        ({"settles": "advance", "amount": "1"}, "credit_above_zero"),
        ({"amount": "-1"}, "not_positive"),
        ({"settles": "receipt", "amount": "1"}, "nothing_to_settle"),
        ({"settles": "other", "amount": "1"}, "settles_other_supplier"),
        ({"settles": "west", "amount": "1"}, "settles_other_entity"),
    ],
)
def test_what_a_payment_cannot_settle_is_refused(
    chain: Chain, line: dict[str, Any], code: str
) -> None:
    bill = billed(chain)
    documents = {
        "bill": bill,
        "advance": payment(chain, {"amount": "5"}),
        "receipt": Document.unscoped.get(pk=bill).follows_id,
        "other": billed(chain, supplier="V02"),
        "west": billed(chain, "west"),
    }
    named = {"settles": documents[line["settles"]]} if "settles" in line else {}

    with pytest.raises(Refusal) as no:
        payment(chain, line | named)

    assert [p["code"] for p in no.value.problems] == [code]


def test_a_new_payment_proposes_what_is_open_in_its_legal_entity(chain: Chain) -> None:
    first, second = billed(chain), billed(chain, "north", quantity="10")
    billed(chain, "west")
    payment(chain, {"amount": "2000"})

    with chain.as_("zhou", "hq"):
        document = Document(type=PAYMENT, org_unit=chain.units["hq"], business_date=NOON.date())
        body: Any = SupplierPayment(document=document, supplier=Party.objects.get(code="V01"))
        lines = list(proposed(body))

    assert {n.settles_id: n.amount for n in lines if n.amount > 0} == {first: 1130, second: 113}
    assert sum(n.amount for n in lines) == 0  # of the advance, as much as is owed
    assert body.paid_from.code == "B01"


def test_a_store_sees_what_it_owes_and_headquarters_everything(chain: Chain) -> None:
    billed(chain), billed(chain, "north", quantity="10")
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="books", name="看账")
        for code in ("finance.statement.view", "see.cost", "purchasing.bill.view"):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=chain.people["chen"], role=role, unit=chain.units["north"])
        dairy = Party.objects.get(code="V01").pk
    entity = chain.units["hq"].entity_id

    def seen(person: str, at: str) -> list[Decimal]:
        with chain.as_(person, at):
            return [one.amount for one in open_items(dairy, entity, money_units())]

    assert sorted(seen("zhou", "hq")) == [113, 1130]
    assert seen("chen", "north") == [113]


def test_only_whose_money_it_is_may_pay(chain: Chain) -> None:
    bill = billed(chain, "north")
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="payer", name="付款")
        for code in ("finance.*", "see.cost", "parties.party.view"):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=chain.people["chen"], role=role, unit=chain.units["north"])
        MoneyPlace.unscoped.create(unit=chain.units["north"], code="C01", name="北门保险柜")

    lines = [{"settles": bill, "amount": "1"}]
    with chain.as_("chen", "north"):
        made(PAYMENT, {"header": {"supplier": "V01", "paid_from": "C01"}, "lines": lines})
        with pytest.raises(Refusal):  # the account of headquarters is not theirs to name
            made(PAYMENT, {"header": {"supplier": "V01", "paid_from": "B01"}, "lines": lines})
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        made(PAYMENT, {"header": {}, "lines": []})


# -- going back ----------------------------------------------------------------------------------


def returned(chain: Chain, bill: UUID, quantity: str) -> UUID:
    return following(chain, "purchasing.return", bill, quantity=quantity)


def test_billed_goods_go_back_and_their_credit_is_taken_off_the_bill(chain: Chain) -> None:
    bill = billed(chain)

    back = returned(chain, bill, "40")
    assert money_of(chain, "returned_not_credited") == 400
    credit = following(chain, "purchasing.credit", back)

    assert money_of(chain, "returned_not_credited") == 0
    assert money_of(chain, "inventory") == 600
    assert money_of(chain, "input tax") == 78
    assert (left(bill), left(credit)) == (678, 0)
    with system(reason="look at them"):
        assert credited([PurchaseReturn.objects.get(pk=back)])[back].code == "done"
        body = SupplierCredit.objects.select_related("document").get(pk=credit)
        assert offset([body])[credit].code == "done"
        body.lines = list(body.document.suppliercreditline_set.all())
        assert [amount for _title, amount in open_of_credit(body)] == [452, 0]


def test_the_credit_of_a_paid_bill_is_used_for_the_next_one_or_paid_back(chain: Chain) -> None:
    bill = billed(chain)
    payment(chain, {"settles": bill, "amount": "1130"})
    credit = following(chain, "purchasing.credit", returned(chain, bill, "40"))
    assert left(credit) == -452
    with system(reason="look at it"):
        body = SupplierCredit.objects.select_related("document").get(pk=credit)
        assert offset([body])[credit].code == "waiting"

    second = billed(chain, quantity="10")
    payment(chain, {"settles": second, "amount": "113"}, {"settles": credit, "amount": "-113"})
    assert (left(second), left(credit)) == (0, -339)
    with chain.as_("zhou", "hq"):  # the rest comes back as money
        back = made(PAYMENT, prefill(PAYMENT, credit))

    assert Document.unscoped.get(pk=back).total == -339
    assert left(credit) == 0
    assert money_of(chain, "payable") == money_of(chain, "advance") == 0
    assert held(chain)["hq", "money"] == -791


def test_a_credit_at_another_price_than_the_receipt_takes_the_variance_back(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    bill = following(chain, "purchasing.bill", receipt, price="11.865")

    following(chain, "purchasing.credit", returned(chain, bill, "100"))

    for name in ("inventory", "input tax", "variance", "payable", "returned_not_credited"):
        assert money_of(chain, name) == 0, name


def test_a_receipt_offers_back_what_is_not_billed_and_then_what_is(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    bill = following(chain, "purchasing.bill", receipt, quantity="30")

    with chain.as_("zhou", "hq"):
        unbilled = prefill("purchasing.return", receipt)
        made("purchasing.return", unbilled)
        back = made("purchasing.return", prefill("purchasing.return", receipt))
        credit = prefill("purchasing.credit", back)

    assert [n["quantity"] for n in unbilled["lines"]] == [70]
    assert [n["quantity"] for n in credit["lines"]] == [30]
    assert money_of(chain, "not billed") == money_of(chain, "inventory") == 0
    assert left(bill) == 339
    with pytest.raises(IndexError):  # nothing is left to send back
        returned(chain, bill, "1")


def test_no_more_goes_back_than_was_billed_and_no_more_is_credited(chain: Chain) -> None:
    bill = billed(chain)

    with pytest.raises(Refusal) as no:
        returned(chain, bill, "101")
    back = returned(chain, bill, "10")
    with pytest.raises(Refusal) as nor:
        following(chain, "purchasing.credit", back, quantity="11")

    assert [(p["code"], p["has"]) for p in no.value.problems if p["code"] != "short"] == [
        ("over_returned", "100")
    ]
    assert [(p["code"], p["has"]) for p in nor.value.problems] == [("over_credited", "10")]


def test_what_went_back_unbilled_has_no_credit_note(chain: Chain) -> None:
    receipt = following(chain, "purchasing.receipt", ordered(chain, [MILK]))
    back = following(chain, "purchasing.return", receipt, quantity="10")

    with chain.as_("zhou", "hq"):
        payload = prefill("purchasing.credit", back)
        assert payload["lines"] == []
        line = {"return_line": back_line(back), "item": "10001", "quantity": "1", "price": "1"}
        with pytest.raises(Refusal) as no:
            made("purchasing.credit", payload | {"lines": [line]})

    assert [p["code"] for p in no.value.problems] == ["not_billed"]


def back_line(document: UUID) -> UUID:
    from tongpan.business.purchasing.models import PurchaseReturnLine

    found: UUID = PurchaseReturnLine.unscoped.get(document=document).pk
    return found


def test_a_small_scale_taxpayer_deducts_nothing_and_gives_nothing_up(chain: Chain) -> None:
    bill = billed(chain, "west")  # a special invoice, which does not help them
    assert held(chain) == {("west", "inventory"): 1130, ("west", "payable"): -1130}

    following(chain, "purchasing.credit", returned(chain, bill, "100"))

    assert held(chain) == {}


def test_a_credit_note_is_reversed_and_then_its_return(chain: Chain) -> None:
    bill = billed(chain)
    before = held(chain)
    back = returned(chain, bill, "40")
    credit = following(chain, "purchasing.credit", back)

    with pytest.raises(Refusal) as no:
        reverse(chain, "purchasing.return", back)
    reverse(chain, "purchasing.credit", credit)
    reverse(chain, "purchasing.return", back)

    assert no.value.code == "followed"
    assert held(chain) == before
    assert SupplierPaymentLine.unscoped.count() == 0


# -- when it is due ------------------------------------------------------------------------------


def terms(chain: Chain, days: int | None, since: str = "bill") -> None:
    with chain.as_("zhou", "hq"):
        party = Party.objects.get(code="V01")
        run("parties.party.save", party.pk, {"due_days": days, "due_from": since})


def due(bill: UUID) -> date | None:
    return SupplierBill.unscoped.get(pk=bill).due_on


@pytest.mark.parametrize(
    ("days", "since", "day"),
    [
        (30, "bill", date(2026, 12, 21)),
        (0, "bill", date(2026, 11, 21)),
        (10, "month", date(2026, 12, 10)),
        (None, "month", None),
    ],
)
def test_a_bill_is_due_by_the_terms_of_its_supplier(
    chain: Chain, days: int | None, since: str, day: date | None
) -> None:
    terms(chain, days, since)

    assert due(billed(chain)) == day


def test_a_day_that_was_worked_out_follows_and_one_that_was_written_stays(chain: Chain) -> None:
    terms(chain, 30)
    with chain.as_("zhou", "hq"):
        header = {"supplier": "V01", "place": chain.places["warehouse"]}
        receipt = made("purchasing.receipt", {"header": header, "lines": [MILK]})
        payload = prefill("purchasing.bill", receipt)
        bill = run("purchasing.bill.save", payload=payload).subject
        first = due(bill)
        earlier = {"business_date": "2026-11-11", "header": {"due_on": first}}
        run("purchasing.bill.save", bill, earlier)
        followed = due(bill)
        run("purchasing.bill.save", bill, {"header": {"due_on": "2027-01-05"}})
        run("purchasing.bill.save", bill, {"business_date": "2026-11-12"})
        written = due(bill)
        run("purchasing.bill.save", bill, {"header": {"due_on": None}})

    assert first == date(2026, 12, 21)
    assert followed == date(2026, 12, 11)
    assert written == date(2027, 1, 5)
    assert due(bill) == date(2026, 12, 12)


def test_the_list_of_bills_is_narrowed_to_what_is_open_and_what_is_overdue(chain: Chain) -> None:
    terms(chain, 30)
    late, early, done = (billed(chain) for _n in range(3))
    SupplierBill.unscoped.filter(pk=late).update(due_on=date(2026, 11, 20))
    payment(chain, {"settles": done, "amount": "1130"})
    bills = document_type("purchasing.bill")

    def listed(view: str, person: str = "zhou") -> set[UUID]:
        with chain.as_(person, "hq"):
            found = page_of(bills, read(bills, QueryDict(f"view={view}")).wanted())
            return {body.document_id for body in found.rows}

    assert listed("open") == {late, early}
    assert listed("overdue") == {late}
    assert listed("") == listed("no such view") == {late, early, done}
    assert listed("open", "lin") == set()
