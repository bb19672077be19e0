"""Goods come back at another store, or without the slip: what is paid, and by whose leave."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.till.test_ringing_up import a_shop, booked, sell
from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.business.finance import accounts as money
from tongpan.business.membership.accounts import between
from tongpan.business.stock import accounts as stock
from tongpan.business.stock import queries
from tongpan.business.till import accounts as at
from tongpan.business.till.models import PaymentMethod, ReturnLine, Sale, SaleLine
from tongpan.business.till.postings import given_elsewhere_moves
from tongpan.business.till.queries import lowest_prices, sale_on_slip
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import OrgUnit, RoleAction, SettingValue
from tongpan.kernel.org.scope import system
from tongpan.masters.prices.models import Price

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(tills_in_three_stores)


def tills_in_three_stores() -> Chain:
    """The cast with a till in North, South (the same legal entity) and West (another one)."""
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
        for name, store in (("till south", "south"), ("till west", "west")):
            there = chain.units[store]
            till = OrgUnit(parent=there, kind="till", code=f"{there.code}-1", name="1 号机",
                           entity=there.entity)  # fmt: skip
            till.save()
            chain.units[name] = till
    on_shelf(chain, "north", milk=("10", "8.50"), cola=("48", "2.00"))
    on_shelf(chain, "south", milk=("4", "7.00"))
    return chain


def brought(chain: Chain, sale: UUID, till: str, quantity: str, amount: str, **more: Any) -> Any:
    with chain.as_("zhou", till):
        line = SaleLine.unscoped.get(document=sale)
        payload = {
            "sale": sale, "lines": [{"sold": line.pk, "quantity": quantity}],
            "payments": [{"method": "CASH", "amount": amount}],
        }  # fmt: skip
        return run("till.return.take_back", payload=payload | more)


def on_hand(chain: Chain, store: str) -> Decimal:
    milk = chain.items["milk"]
    return queries.stock_of(chain.places[store], [milk])[milk.pk].on_hand


def of(chain: Chain, store: str) -> dict[str, Decimal]:
    pk = chain.units[store].pk
    with system(reason="looking at the books"):
        cash = PaymentMethod.objects.get(code="CASH").pk
        keys = {
            "revenue": money.revenue(pk), "tax": money.output_tax(pk), "counter": at.counter(pk),
            "cost": money.cost_of_sales(pk), "inventory": stock.inventory(pk),
            "cash": at.taken(pk, cash),
        }  # fmt: skip
        found = balance_of(list(keys.values()))
    return {name: found[key].amount for name, key in keys.items()}


def test_goods_come_back_at_another_store_of_the_entity_and_every_store_stays_right(
    chain: Chain,
) -> None:
    before = of(chain, "south")
    sold = sell(chain, {"milk": "3"}, {"CASH": "38.70"}).subject
    north = booked(chain)

    brought(chain, sold, "till south", "1", "12.90")
    rest = brought(chain, sold, "till", "2", "25.80")
    after = of(chain, "south")

    assert {name: after[name] - before[name] for name in after} == {
        "revenue": Decimal("11.42"), "tax": Decimal("1.48"), "cost": Decimal("-8.50"),
        "inventory": Decimal("8.50"), "cash": Decimal("-12.90"), "counter": Decimal(0),
    }  # fmt: skip
    assert (on_hand(chain, "north"), on_hand(chain, "south")) == (9, 5)
    left = of(chain, "north")
    assert left["revenue"] - north["revenue"] == Decimal("22.83")  # of 34.25, in all
    assert left["counter"] == 0
    with pytest.raises(Refusal) as no:
        brought(chain, sold, "till south", "1", "12.90")
    assert no.value.problems[0]["code"] == "too_much_back"
    assert rest.document.follows_id == sold


def test_another_legal_entity_takes_nothing_back(chain: Chain) -> None:
    sold = sell(chain, {"milk": "1"}, {"CASH": "12.90"}).subject

    with pytest.raises(Refusal) as no:
        brought(chain, sold, "till west", "1", "12.90")

    assert no.value.code == "other_entity_sold"
    assert "北方超市有限公司" in str(no.value.facts)


def test_what_a_provider_gives_back_for_another_store_is_owed_between_them(chain: Chain) -> None:
    here, there, top = (chain.units[n].pk for n in ("south", "north", "hq"))
    way = env.new_id()
    moves = list(given_elsewhere_moves(here, there, top, [(way, Decimal("12.90"))]))
    net: dict[Any, Decimal] = {}
    for move in moves:
        net[move.source] = net.get(move.source, Decimal(0)) - move.amount
        net[move.target] = net.get(move.target, Decimal(0)) + move.amount
    by_unit = {unit: sum(n for key, n in net.items() if key.org_unit == unit)
               for unit in (here, there, top)}  # fmt: skip

    assert set(by_unit.values()) == {0}
    assert net[between(here, top)] == Decimal("-12.90")
    assert net[at.taken(there, way)] == Decimal("-12.90")


class Giver:
    """A provider that gives everything back."""

    asked: list[Decimal]

    def give_back(self, doing: Any, sale: UUID, method: UUID, amount: Decimal) -> bool:
        self.asked = [amount]
        return True


def test_a_payment_by_code_goes_back_through_the_provider_of_the_store_that_sold(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = sell(chain, {"milk": "1"}, {"WECHAT": "12.90"}).subject
    PaymentMethod.objects.filter(code="WECHAT").update(is_by_provider=True)
    giver = Giver()
    monkeypatch.setattr("tongpan.business.till.charges._given", [giver])

    brought(chain, sold, "till south", "1", "", payments=[{"method": "WECHAT", "amount": "12.90"}])

    south, hq = chain.units["south"].pk, chain.units["hq"].pk
    with system(reason="looking at the books"):
        wechat = PaymentMethod.objects.get(code="WECHAT").pk
        keys = [at.taken(chain.units["north"].pk, wechat), at.taken(south, wechat),
                between(south, hq), at.counter(south)]  # fmt: skip
        found = balance_of(keys)
    assert [found[key].amount for key in keys] == [0, 0, Decimal("-12.90"), 0]
    assert giver.asked == [Decimal("12.90")]


def without(chain: Chain, quantity: str, amount: str, **more: Any) -> Outcome:
    payload = {
        "lines": [{"item": chain.items["milk"].pk, "quantity": quantity}],
        "payments": [{"method": more.pop("method", "CASH"), "amount": amount}],
        "reason": more.pop("reason", "坏了"),
    }
    by = {"authorised_by": chain.people[more.pop("by")]} if "by" in more else {}
    with chain.as_(more.pop("person", "lin"), "till", **by):
        return run("till.return.take_without_slip", payload=payload, **more)


YES = {"answers": ["no_slip"]}


def test_without_a_slip_the_lowest_price_counts_and_somebody_who_may_allows_it(
    chain: Chain,
) -> None:
    chen = chain.people["chen"]
    RoleAction.objects.create(role=chen.grants.get().role, code="till.return.without_slip")
    with system(reason="a cheap day"):
        Price.objects.filter(item=chain.items["milk"]).update(price=Decimal("9.90"))
    sell(chain, {"milk": "2"}, {"CASH": "19.80"})
    with system(reason="and a dear one"):
        Price.objects.filter(item=chain.items["milk"]).update(price=Decimal("12.90"))

    with pytest.raises(Refusal) as dear:
        without(chain, "1", "12.90", **YES)
    with pytest.raises(Question) as question:
        without(chain, "1", "9.90")
    with pytest.raises(Forbidden) as alone:
        without(chain, "1", "9.90", **YES)
    done = without(chain, "1", "9.90", by="chen", **YES)

    assert dear.value.problems[0]["code"] == "not_paid"
    assert question.value.facts["amount"] == "¥9.90"
    assert alone.value.facts["permission"] == "till.return.without_slip"
    assert done.document is not None
    assert done.document.follows_id is None
    assert ReturnLine.unscoped.get(document=done.subject).sold is None
    assert on_hand(chain, "north") == 9
    assert booked(chain)["counter"] == 0


def test_without_a_slip_there_are_limits_for_a_return_and_a_day_and_a_reason(
    chain: Chain,
) -> None:
    hq = chain.units["hq"]
    for code, most in (("till.without_slip_most", 30), ("till.without_slip_day_most", 40),
                       ("till.without_slip_days", 0)):  # fmt: skip
        SettingValue.objects.create(code=code, unit=hq, value=most)

    with pytest.raises(Refusal) as at_once:
        without(chain, "3", "38.70", person="zhou", **YES)
    without(chain, "2", "25.80", person="zhou", **YES)
    with pytest.raises(Refusal) as on_a_day:
        without(chain, "2", "25.80", person="zhou", **YES)
    with pytest.raises(Refusal) as no_reason:
        without(chain, "1", "12.90", person="zhou", reason=" ", **YES)
    with pytest.raises(Refusal) as stored:
        without(chain, "1", "12.90", person="zhou", method="WALLET", **YES)

    assert at_once.value.code == "without_slip_most"
    assert on_a_day.value.code == "without_slip_day"
    assert on_a_day.value.facts["before"] == "¥25.80"
    assert no_reason.value.problems[0]["code"] == "reason_needed"
    assert stored.value.problems[0]["code"] == "not_refundable"


def test_what_another_entity_sold_for_less_does_not_lower_the_price(chain: Chain) -> None:
    sell(chain, {"milk": "1"}, {"CASH": "12.90"})
    milk = chain.items["milk"]
    ours, theirs = chain.units["north"].entity_id, chain.units["west"].entity_id
    assert ours is not None
    assert theirs is not None

    assert lowest_prices([milk.pk], ours, NOON.date()) == {
        (milk.pk, milk.base_unit_id): Decimal("12.90")
    }
    assert lowest_prices([milk.pk], theirs, NOON.date()) == {}


def test_a_slip_is_found_by_its_number_and_by_the_code_in_its_qr(chain: Chain) -> None:
    sold = sell(chain, {"milk": "1"}, {"CASH": "12.90"})
    assert sold.document is not None

    with system(reason="looking"):
        from_number = sale_on_slip(f" {str(sold.document.number).lower()} ")
        invoice = Sale.unscoped.values_list("invoice_token", flat=True).get(pk=sold.subject)
        from_code = sale_on_slip(invoice)
        from_address = sale_on_slip(f"https://shop.example/i/{invoice}")

    found = {one.pk for one in (from_number, from_code, from_address) if one is not None}
    assert found == {sold.subject}
    assert sale_on_slip("LS-NOBODY-1") is None
