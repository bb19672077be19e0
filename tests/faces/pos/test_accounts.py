"""Customers at the till: found, beyond their limit by a PIN, on paper, and with a parked basket."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.chain import NOON, Chain
from tests.engines.prints.test_escpos import interpreted
from tests.faces.pos.conftest import PIN, Machine
from tests.faces.pos.test_asking import line
from tongpan.base import env
from tongpan.business.till.models import PaymentMethod, Sale
from tongpan.faces.pos.receipts import in_language, receipt_of, slip
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.parties.models import Party, PartyContact
from tongpan.masters.search import search_text

AtTill = Callable[..., Machine]


@pytest.fixture
def canteen(chain: Chain) -> Party:
    """A customer whom Lin may let owe 20; Chen may let them owe more."""
    with system(reason="the cast of the tests"), env.frozen(NOON):
        PaymentMethod.objects.create(code="ACCOUNT", name="挂账", kind="account")
        for person, code in (("lin", "till.sale.on_account"), ("chen", "sales.credit.exceed")):
            role = chain.people[person].grants.get().role
            RoleAction.objects.get_or_create(role=role, code=code)
        made = Party.objects.create(
            code="K01", name="第一中学食堂", is_customer=True, credit_limit=Decimal(20),
            search_text=search_text(["K01"], ["第一中学食堂"]),
        )  # fmt: skip
        PartyContact.objects.create(party=made, name="王主任", phone="13812345678")
        return made


def test_a_customer_is_found_by_code_initials_or_whole_phone(
    canteen: Party, at_the_till: AtTill
) -> None:
    here = at_the_till("lin")
    told = {"id": str(canteen.pk), "code": "K01", "name": "第一中学食堂"}  # not what they owe

    for asked in ("k01", "dyzx", "138 1234 5678"):
        assert here.ask("customer", q=asked) == {"customers": [told]}
    assert here.ask("customer", id=canteen.pk) == {"customers": [told]}
    assert here.ask("customer", q="1381234")["refused"]["code"] == "customer_not_found"
    owner = at_the_till("zhou").ask("customer", q="k01")["customers"][0]
    assert (owner["owes"], owner["limit"]) == ("¥0.00", "¥20.00")


def test_a_pin_lets_this_customer_owe_this_much_in_this_sale(
    chain: Chain, canteen: Party, at_the_till: AtTill
) -> None:
    here, sale, customer = at_the_till("lin"), str(env.new_id()), str(canteen.pk)
    milk = here.ask("scan", q="10001")["line"]
    body = {
        "id": sale, "customer": customer, "lines": [line(milk, "2")],
        "payments": [{"method": "ACCOUNT", "amount": "25.80"}],
    }  # fmt: skip
    pin = {"sale": sale, "customer": customer, "code": "chen", "pin": PIN}

    asked = here.tell("sell", **body)["refused"]
    unanswered = here.tell("sell", **body, answers=[asked["code"]])["refused"]
    here.tell("customer/allow", **pin, amount="25.79")
    too_little = here.tell("sell", **body, answers=[asked["code"]])["refused"]
    allowed = here.tell("customer/allow", **pin, amount="25.80")
    sold = here.tell("sell", **body, answers=[asked["code"]])

    assert (asked["code"], asked["is_question"]) == ("owes_too_much", True)
    assert (unanswered["code"], too_little["code"]) == ("not_yours", "not_yours")
    assert (allowed, sold["slip"]["total"]) == ({"by": "陈店长"}, "25.8")
    seen = here.tell(f"slip/{sale}/print?look")["html"]
    assert "第一中学食堂" in seen
    assert "签字" in seen
    with acting(chain.people["lin"], chain.units["till"]), in_language("zh"):
        paper = "\n".join(interpreted(receipt_of(slip(Sale.objects.get().pk), 58), 58).grid)
    assert "第一中学食堂" in paper
    assert "签字" in paper


def test_a_parked_basket_keeps_its_customer(canteen: Party, at_the_till: AtTill) -> None:
    here = at_the_till("lin")
    milk = here.ask("scan", q="10001")["line"]
    basket = [line(milk, "2", name=milk["name"])]

    parked = here.tell("park", id=env.new_id(), basket=basket, customer=canteen.pk)["parked"]

    assert [row["customer"] for row in parked] == [str(canteen.pk)]
