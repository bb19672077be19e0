"""A till sells on account to customers whom we know, and what they owe is settled as all is."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.business.till.test_ringing_up import a_shop, sell
from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.business.finance.ageing import aged, due_days
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.queries import debt_of, left_open, money_units, open_items
from tongpan.business.till import on_account
from tongpan.business.till.models import Exchange, PaymentMethod, Sale, SaleLine
from tongpan.business.till.queries import left_of_ways, takings
from tongpan.business.treasury.queries import waiting_takings
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import OrgUnit, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.parties.models import Party

pytestmark = pytest.mark.usefixtures("company")
RECEIPT = "finance.customer_receipt"


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_shop_with_customers)


def a_shop_with_customers() -> Chain:
    """The cast with tills in North and South, a canteen that pays in 30 days and a hotel."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
        south = chain.units["south"]
        till = OrgUnit(parent=south, kind="till", code="S02-1", name="1 号机", entity=south.entity)
        till.save()
        chain.units["till south"] = till
        PaymentMethod.objects.create(code="ACCOUNT", name="挂账", kind="account")
        Party.objects.create(
            code="K01", name="第一中学食堂", is_customer=True, due_days=30,
            credit_limit=Decimal(100),
        )  # fmt: skip
        Party.objects.create(code="K02", name="江畔酒店", is_customer=True)
        Party.objects.create(code="V01", name="东方乳业", is_supplier=True)
        MoneyPlace.unscoped.create(unit=chain.units["hq"], code="B01", name="工行基本户")
        role = chain.people["lin"].grants.get().role
        RoleAction.objects.create(role=role, code="till.sale.on_account")
    on_shelf(chain, "north", milk=("40", "8.50"))
    return chain


def customer(code: str = "K01") -> Party:
    return Party.objects.get(code=code)


def put(chain: Chain, quantity: str, paid: dict[str, str], of: str = "K01", **more: Any) -> UUID:
    return sell(chain, {"milk": quantity}, paid, customer=str(customer(of).pk), **more).subject


def back(chain: Chain, sale: UUID, quantity: str, paid: dict[str, str], till: str = "till") -> UUID:
    with chain.as_("zhou", till):
        line = SaleLine.unscoped.get(document=sale)
        payload = {
            "sale": sale, "lines": [{"sold": line.pk, "quantity": quantity}],
            "payments": [{"method": m, "amount": a} for m, a in paid.items()],
        }  # fmt: skip
        return run("till.return.take_back", payload=payload).subject


def collected(chain: Chain, slip: UUID, amount: str = "") -> UUID:
    """What the accountant receives for a slip, as the screen proposes it."""
    with chain.as_("zhou", "hq"):
        payload = prefill(RECEIPT, slip)
        payload["header"]["paid_into"] = MoneyPlace.objects.get(code="B01")
        if amount:
            payload["lines"][0]["amount"] = amount
        draft = run(f"{RECEIPT}.save", payload=payload).subject
        run(f"{RECEIPT}.post", draft)
        return draft


def left(slip: UUID) -> Decimal:
    return left_open([slip])[slip]


def of_roles() -> dict[str, Decimal]:
    """What stands in each kind of money account of what customers pay with or owe."""
    found: dict[str, Decimal] = {}
    roles = ["receivable", "deposit", "taken", "counter", "money", "between"]
    for row in balances(Where(ledger="money", roles=roles)):
        found[row.role] = found.get(row.role, Decimal(0)) + row.amount
    return {role: amount for role, amount in found.items() if amount}


# -- selling -------------------------------------------------------------------------------------


def test_what_is_put_on_account_is_owed_and_collected_like_a_delivery(chain: Chain) -> None:
    sale = put(chain, "3", {"CASH": "8.70", "ACCOUNT": "30.00"})

    with chain.as_("zhou", "hq"):
        body = Sale.objects.select_related("document", "customer").get(pk=sale)
        assert (body.customer, str(body.due_on)) == (customer(), "2026-12-21")
        assert body.document.party == customer().pk
        assert body.invoiceable == Decimal("38.70")
        assert debt_of(customer().pk) == 30
        entity = chain.units["north"].entity_id
        items = open_items(customer().pk, entity, money_units("customer"), "customer")
        assert [(n.item.pk, n.amount) for n in items] == [(sale, Decimal(30))]
        due = due_days((n.item.pk, n.item.type) for n in items)
        assert aged(items, due, body.due_on).overdue == 0
        assert aged(items, due, NOON.date().replace(year=2027)).overdue == 30
    assert of_roles() == {"receivable": Decimal(30), "taken": Decimal("8.70")}

    collected(chain, sale, "12.00")
    assert left(sale) == 18
    with pytest.raises(Refusal) as no:
        collected(chain, sale, "18.01")
    assert [p["code"] for p in no.value.problems] == ["paid_too_much"]
    collected(chain, sale)

    assert of_roles() == {"taken": Decimal("8.70"), "money": Decimal(30)}
    assert [found for found in verify() if found.violations] == []


def test_on_account_is_listed_among_ways_of_paying_and_never_as_takings(chain: Chain) -> None:
    put(chain, "2", {"ACCOUNT": "25.80"})

    with chain.as_("zhou", "till"):
        told = takings(chain.units["till"], NOON.date())
        assert [(row.method.code, row.left) for row in told.by_method] == [
            ("ACCOUNT", Decimal("25.80"))
        ]
        assert waiting_takings([chain.units["north"]]) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "customer_needed"),
        ({"customer": "supplier"}, "customer_unknown"),
        ({"customer": "archived"}, "customer_unknown"),
    ],
)
def test_nobody_owes_who_is_no_customer(chain: Chain, more: dict[str, Any], code: str) -> None:
    who = {"K01": "K01", "supplier": "V01", "archived": "K02"}
    if more.get("customer") == "archived":
        Party.objects.filter(code="K02").update(state="archived")
    if "customer" in more:
        more = more | {"customer": str(customer(who[more["customer"]]).pk)}

    with pytest.raises(Refusal) as no:
        sell(chain, {"milk": "1"}, {"ACCOUNT": "12.90"}, **more)

    assert [p["code"] for p in no.value.problems] == [code]


def test_selling_on_account_takes_a_right_of_its_own(chain: Chain) -> None:
    RoleAction.objects.filter(code="till.sale.on_account").delete()

    with pytest.raises(Forbidden):
        put(chain, "1", {"ACCOUNT": "12.90"})


def test_the_same_sale_sent_twice_is_owed_once(chain: Chain) -> None:
    request = env.new_id()

    first = put(chain, "1", {"ACCOUNT": "12.90"}, request=request)
    again = put(chain, "1", {"ACCOUNT": "12.90"}, request=request)

    assert (first, left(first)) == (again, Decimal("12.90"))


def test_beyond_the_limit_somebody_who_may_is_asked(chain: Chain) -> None:
    put(chain, "7", {"ACCOUNT": "90.30"})

    with pytest.raises(Question) as asked:
        put(chain, "1", {"ACCOUNT": "12.90"})
    assert asked.value.code == "owes_too_much"
    assert [(p["code"], p["has"], p["needs"]) for p in asked.value.problems] == [
        ("over_credit", "¥100.00", "¥103.20")
    ]
    lines = [{"item": chain.items["milk"].pk, "quantity": "1"}]
    payload = {
        "lines": lines, "payments": [{"method": "ACCOUNT", "amount": "12.90"}],
        "customer": str(customer().pk),
    }  # fmt: skip
    with chain.as_("lin", "till"), pytest.raises(Forbidden):
        run("till.sale.ring_up", payload=payload, answers=["owes_too_much"])
    with chain.as_("lin", "till", authorised_by=chain.people["zhou"]):
        run("till.sale.ring_up", payload=payload, answers=["owes_too_much"])
    assert debt_of(customer().pk) == Decimal("103.20")


# -- coming back ---------------------------------------------------------------------------------


def test_goods_that_are_not_paid_yet_come_back_off_what_is_owed(chain: Chain) -> None:
    sale = put(chain, "3", {"ACCOUNT": "38.70"})

    returned = back(chain, sale, "1", {"ACCOUNT": "12.90"})

    assert (left(sale), left(returned)) == (Decimal("25.80"), 0)
    assert of_roles() == {"receivable": Decimal("25.80")}


def test_what_was_collected_already_is_the_customers(chain: Chain) -> None:
    sale = put(chain, "3", {"ACCOUNT": "38.70"})
    collected(chain, sale, "30.00")

    returned = back(chain, sale, "2", {"ACCOUNT": "25.80"})

    assert (left(sale), left(returned)) == (0, Decimal("-17.10"))
    assert of_roles() == {"deposit": Decimal("-17.10"), "money": Decimal(30)}
    receipt = collected(chain, returned)  # and goes back to them
    assert of_roles() == {"money": Decimal("12.90")}
    with pytest.raises(Refusal) as no, chain.as_("zhou", "till"):
        run("till.return.reverse", returned, {"reason": "a mistake"})
    assert no.value.code in ("followed", "out_of_bounds")
    with chain.as_("zhou", "hq"):
        run(f"{RECEIPT}.reverse", receipt, {"reason": "a mistake"})
    with chain.as_("zhou", "till"):
        run("till.return.reverse", returned, {"reason": "a mistake"})
    assert left(sale) == Decimal("8.70")


def test_at_another_store_of_the_entity_the_stores_owe_it_to_each_other(chain: Chain) -> None:
    sale = put(chain, "3", {"ACCOUNT": "38.70"})
    collected(chain, sale, "20.00")

    returned = back(chain, sale, "3", {"ACCOUNT": "38.70"}, till="till south")

    assert (left(sale), left(returned)) == (0, Decimal("-20.00"))
    sums: dict[UUID, Decimal] = {}
    for row in balances(Where(ledger="money", roles=["between"])):
        sums[row.org_unit] = sums.get(row.org_unit, Decimal(0)) + row.amount
    assert sums[chain.units["south"].pk] == Decimal("-18.70")
    assert sums[chain.units["north"].pk] == Decimal("18.70")
    assert "counter" not in of_roles()


@pytest.mark.parametrize("paid", [{"CASH": "12.90"}, {"CASH": "9.00", "ACCOUNT": "3.90"}])
def test_what_was_put_on_account_is_not_paid_out_in_cash(
    chain: Chain, paid: dict[str, str]
) -> None:
    sale = put(chain, "3", {"CASH": "8.70", "ACCOUNT": "30.00"})

    with pytest.raises(Refusal) as no:
        back(chain, sale, "1", paid)

    assert [p["code"] for p in no.value.problems] == ["on_account_back"]


def test_what_was_paid_at_the_till_does_not_come_back_on_account(chain: Chain) -> None:
    plain = sell(chain, {"milk": "1"}, {"CASH": "12.90"}).subject

    with pytest.raises(Refusal) as no:
        back(chain, plain, "1", {"ACCOUNT": "12.90"})

    assert [p["code"] for p in no.value.problems] == ["customer_needed"]


def test_a_sale_on_account_is_reversed_unless_it_was_collected(chain: Chain) -> None:
    sale = put(chain, "1", {"ACCOUNT": "12.90"})
    receipt = collected(chain, sale, "5.00")

    with chain.as_("zhou", "till"), pytest.raises(Refusal) as no:
        run("till.sale.reverse", sale, {"reason": "a mistake"})
    assert no.value.code == "followed"
    with chain.as_("zhou", "hq"):
        run(f"{RECEIPT}.reverse", receipt, {"reason": "a mistake"})
    with chain.as_("zhou", "till"):
        run("till.sale.reverse", sale, {"reason": "a mistake"})

    assert of_roles() == {}


# -- exchanging ----------------------------------------------------------------------------------


def swap(
    chain: Chain, sale: UUID, quantity: str, out: str, paid: dict[str, str] | None = None,
    **more: Any,
) -> Exchange:  # fmt: skip
    """So many pieces of a sale come back, and others go out for them."""
    with chain.as_(more.pop("person", "lin"), more.pop("till", "till"), **more.pop("stand", {})):
        line = SaleLine.unscoped.get(document=sale)
        answers = more.pop("answers", ())
        payload = more | {
            "sale": sale, "lines": [{"sold": line.pk, "quantity": quantity}],
            "goods": [{"item": chain.items["milk"].pk, "quantity": out}],
            "payments": [{"method": m, "amount": a} for m, a in (paid or {}).items()],
        }  # fmt: skip
        done = run("till.sale.exchange", payload=payload, answers=answers)
        return Exchange.unscoped.get(pk=done.subject)


def test_an_exchange_of_what_was_put_on_account_changes_what_is_owed(chain: Chain) -> None:
    sale = put(chain, "2", {"ACCOUNT": "25.80"})

    more = swap(chain, sale, "1", "3", total="38.70")
    assert (left(sale), left(more.sold_id)) == (Decimal("12.90"), Decimal("38.70"))
    out = Sale.unscoped.get(pk=more.sold_id)
    assert (out.customer, str(out.due_on)) == (customer(), "2026-12-21")
    less = swap(chain, more.sold_id, "3", "1")
    assert (left(more.sold_id), left(less.sold_id)) == (0, Decimal("12.90"))
    assert of_roles() == {"receivable": Decimal("25.80")}

    with chain.as_("zhou", "till"):
        back_of = left_of_ways(less.sold_id)
        run("till.exchange.reverse", less.pk, {"reason": "a mistake"})
    assert list(back_of.values()) == [Decimal("12.90")]  # nothing of the goods before
    assert (left(more.sold_id), left(less.sold_id)) == (Decimal("38.70"), 0)
    back(chain, more.sold_id, "3", {"ACCOUNT": "38.70"})
    assert of_roles() == {"receivable": Decimal("12.90")}
    assert [found for found in verify() if found.violations] == []


def test_what_was_collected_before_an_exchange_is_the_customers(chain: Chain) -> None:
    sale = put(chain, "2", {"ACCOUNT": "25.80"})
    collected(chain, sale, "20.00")

    made = swap(chain, sale, "2", "1", till="till south", person="zhou")

    assert (left(sale), left(made.returned_id)) == (0, Decimal("-20.00"))
    assert left(made.sold_id) == Decimal("12.90")


def test_an_exchange_that_owes_no_more_asks_nobody(chain: Chain) -> None:
    sale = put(chain, "7", {"ACCOUNT": "90.30"})

    with pytest.raises(Question) as asked:
        swap(chain, sale, "1", "2")  # 103.20 of 100
    stand = {"authorised_by": chain.people["zhou"]}
    more = swap(chain, sale, "1", "2", answers=["owes_too_much"], stand=stand)
    swap(chain, more.sold_id, "2", "2")

    assert asked.value.code == "owes_too_much"
    assert debt_of(customer().pk) == Decimal("103.20")


def test_in_an_exchange_an_account_takes_all_or_nothing(chain: Chain) -> None:
    owed, plain = put(chain, "1", {"ACCOUNT": "12.90"}), put(chain, "1", {"CASH": "12.90"})
    partly = put(chain, "1", {"ACCOUNT": "12.80", "CASH": "0.10"})

    def refused(sale: UUID, paid: dict[str, str], **more: Any) -> str:
        with pytest.raises(Refusal) as no:
            swap(chain, sale, "1", "2", paid, **more)
        return str(no.value.problems[0]["code"])

    assert refused(owed, {"CASH": "12.90"}) == "account_takes_all"
    assert refused(owed, {}, total="25.70") == "total_differs"
    assert refused(plain, {"ACCOUNT": "12.90"}) == "account_not_in_exchange"
    assert refused(partly, {}) == "account_no_exchange"
    RoleAction.objects.filter(code="till.sale.on_account").delete()
    with pytest.raises(Forbidden):
        swap(chain, owed, "1", "2")


# -- all together --------------------------------------------------------------------------------

STEPS = some.lists(
    some.tuples(
        some.sampled_from(["sell", "collect", "bring back", "exchange"]),
        some.integers(1, 4),
        some.integers(0, 100),
    ),
    min_size=3, max_size=7,
)  # fmt: skip


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_is_owed_paid_ahead_and_taken_adds_up(chain: Chain, steps: Any) -> None:
    """Receivable, deposit, cash and money at the bank are what was sold less what came back."""
    before = of_roles()
    sales: dict[UUID, Decimal] = {}  # what of each is not back yet, in pieces
    due = Decimal(0)
    for step, n, percent in steps:
        if step == "sell":
            total = Decimal("12.90") * n
            put_there = (total * percent / 100).quantize(Decimal("0.01"))
            paid = {"ACCOUNT": str(put_there), "CASH": str(total - put_there)}
            sales[put(chain, str(n), {k: v for k, v in paid.items() if Decimal(v)}, of="K02")] = (
                Decimal(n)
            )
            due += total
        elif step == "collect":
            owed = next((pk for pk in sales if left(pk) > 0), None)
            if owed is not None:
                amount = (left(owed) * max(percent, 1) / 100).quantize(Decimal("0.01"))
                collected(chain, owed, str(amount or left(owed)))
        elif step == "exchange":
            whole = [pk for pk in sales if _left_of(pk).get("ACCOUNT", 0) >= Decimal("12.90")]
            for pk in whole[:1]:
                sales[swap(chain, pk, "1", str(n)).sold_id] = Decimal(n)
                sales[pk] -= 1
                sales = {one: pieces for one, pieces in sales.items() if pieces}
                due += Decimal("12.90") * (n - 1)
        elif sales:
            pk, pieces = next(iter(sales.items()))
            amount = Decimal("12.90")
            ways = _left_of(pk)
            account = min(amount, ways.get("ACCOUNT", Decimal(0)))
            paid = {"ACCOUNT": str(account), "CASH": str(amount - account)}
            back(chain, pk, "1", {k: v for k, v in paid.items() if Decimal(v)})
            sales[pk] = pieces - 1
            if not sales[pk]:
                del sales[pk]
            due -= amount

    after = of_roles()
    assert sum(after.values()) - sum(before.values()) == due
    assert "counter" not in after
    assert after.get("receivable", Decimal(0)) >= 0 >= after.get("deposit", Decimal(0))


def _left_of(sale: UUID) -> dict[str, Decimal]:
    found = left_of_ways(sale)
    rows = PaymentMethod.objects.filter(pk__in=found)
    return {row.code: found[row.pk] for row in rows}


def test_two_tills_do_not_find_the_same_room(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looked before the other was written is stopped in the statement that posts."""
    put(chain, "7", {"ACCOUNT": "90.30"})
    monkeypatch.setattr(on_account, "debt_of", lambda _customer: Decimal(0))

    with pytest.raises(OperationalError) as stopped, transaction.atomic():
        put(chain, "1", {"ACCOUNT": "12.90"})

    assert getattr(stopped.value.__cause__, "sqlstate", "") == "40001"
    assert debt_of(customer().pk) == Decimal("90.30")
