"""A chain with something on every screen: goods bought, sent, sold, returned, counted, and owed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from tests.chain import Chain, a_transfer, on_shelf
from tests.faces.pos.conftest import a_till
from tongpan.base import env
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.till.models import SaleLine
from tongpan.engines.imports.models import ImportRun
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.integrity import check
from tongpan.kernel.events import dispatcher
from tongpan.kernel.org.models import OrgUnit, TaxpayerKind, business_date
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.items.models import Item, ItemCategory
from tongpan.masters.parties.models import Party

PRICES = {"milk": Decimal("12.90"), "cola": Decimal("3.50"), "apple": Decimal("11.96")}


def be_busy(chain: Chain) -> dict[str, UUID]:
    """Fill the chain up to this moment. Answers the documents that screens open, by type."""
    with system(reason="the cast of the tests"):
        a_till(chain)
        _more_masters(chain)
    goods = {"milk": ("80", "8.50"), "cola": ("240", "2.00"), "apple": ("30", "6.00")}
    on_shelf(chain, "warehouse", **goods)
    on_shelf(chain, "north", milk=("40", "8.50"), cola=("96", "2.00"), apple=("20", "6.00"))
    on_shelf(chain, "south", milk=("6", "8.50"), tea=("12", "3.00"))
    found: dict[str, UUID] = {}
    found |= _bought(chain)
    found |= _sent(chain)
    found |= _adjusted(chain)
    found |= _sold(chain)
    found |= _sold_on_account(chain)
    _imported(chain)
    with system(reason="the cast of the tests"):
        dispatcher.number()
        check()
        dispatcher.number()
    return found


def _more_masters(chain: Chain) -> None:
    TaxpayerKind.objects.create(
        entity=chain.units["hq"].entity, kind="general", valid_from=date(2026, 1, 1)
    )
    food = ItemCategory.objects.create(code="food", name="食品", path="/food/")
    drinks = ItemCategory.objects.create(
        code="drinks", name="饮料", path="/food/drinks/", parent=food
    )
    for name, item in chain.items.items():
        category = food if name in ("milk", "yogurt", "noodles", "apple") else drinks
        Item.objects.filter(pk=item.pk).update(category=category)
    dairy = Party.objects.create(
        code="V01", name="华东乳业有限公司", short_name="华东乳业", is_supplier=True
    )
    Party.objects.create(
        code="K01", name="第一中学食堂", is_customer=True, is_wholesale=True, due_days=30,
        credit_limit=Decimal("5000"),
    )  # fmt: skip
    bank = MoneyPlace.unscoped.create(unit=chain.units["hq"], code="B01", name="工行基本户")
    chain.__dict__["dairy"], chain.__dict__["bank"] = dairy, bank
    south = chain.units["south"]
    till = OrgUnit(parent=south, kind="till", code="S02-1", name="南 1 号机", entity=south.entity)
    till.save()
    chain.units["south till"] = till


def _imported(chain: Chain) -> None:
    """Somebody brought in a sheet of goods yesterday."""
    ImportRun.objects.create(
        template="goods", file_name="商品资料.XLSX", digest=b"0" * 32, counts={"new": 7},
        person=chain.people["zhou"], at=env.now() - timedelta(hours=20),
    )  # fmt: skip


@contextmanager
def _at(chain: Chain, person: str, unit: str, moment: datetime) -> Iterator[None]:
    with env.frozen(moment), acting(chain.people[person], chain.units[unit]):
        yield


def _post(code: str, **payload: object) -> UUID:
    draft = run(f"{code}.save", payload=payload)
    run(f"{code}.post", draft.subject)
    return draft.subject


def _following(code: str, earlier: UUID, **first: object) -> UUID:
    payload = prefill(code, earlier)
    payload["lines"][0] |= first
    return _post(code, **payload)


def _bought(chain: Chain) -> dict[str, UUID]:
    now = env.now()
    header = {"supplier": "V01", "place": chain.places["warehouse"]}
    lines = [{"item": "10001", "quantity": "100", "price": "9.60"}]
    with _at(chain, "zhou", "hq", now - timedelta(hours=30)):
        order = _post("purchasing.order", header=header, lines=lines)
        receipt = _following("purchasing.receipt", order, quantity="60")
        bill = _following("purchasing.bill", receipt, quantity="40")
        payment = _following("finance.supplier_payment", bill, amount="100")
        back = _following("purchasing.return", receipt, quantity="2")
        credited = _following("purchasing.return", bill, quantity="5")
        credit = _following("purchasing.credit", credited)
    return {
        "purchasing.credit": credit,
        "purchasing.order": order, "purchasing.receipt": receipt, "purchasing.bill": bill,
        "finance.supplier_payment": payment, "purchasing.return": back,
    }  # fmt: skip


def _sold_on_account(chain: Chain) -> dict[str, UUID]:
    """An order delivered in part, with a return, money for it, and the rest closed."""
    now = env.now()
    with _at(chain, "zhou", "warehouse", now - timedelta(hours=28)):
        opening = {"item": "10006", "quantity": "60", "unit_cost": "2.10"}
        _post("stock.opening", header={"place": chain.places["warehouse"]}, lines=[opening])
    with _at(chain, "zhou", "hq", now - timedelta(hours=26)):
        header = {"customer": "K01", "place": chain.places["warehouse"]}
        lines = [{"item": "10006", "quantity": "30", "price": "4.50"}]
        order = _post("sales.order", header=header, lines=lines)
        delivery = _following("sales.delivery", order, quantity="12")
        back = _following("sales.return", delivery, quantity="2")
        receipt = _following("finance.customer_receipt", delivery, amount="20")
        part = _post("sales.order", header=header, lines=lines)
        closing = _following("sales.closing", part, quantity="10")
    return {
        "sales.order": order, "sales.delivery": delivery, "sales.return": back,
        "sales.closing": closing, "finance.customer_receipt": receipt,
    }  # fmt: skip


def _sent(chain: Chain) -> dict[str, UUID]:
    now = env.now()
    with _at(chain, "zhou", "hq", now - timedelta(minutes=50)):
        done = a_transfer(chain, "warehouse", "north", {"milk": "6", "cola": "48"}).subject
        run("stock.transfer.post", done)
        receipt = _following("stock.transfer_receipt", done)
        open_ = a_transfer(chain, "warehouse", "south", {"milk": "4"}).subject
        run("stock.transfer.post", open_)
        run("stock.transfer.comment", open_, {"text": "路上堵车，晚一小时到。"})
        draft = a_transfer(chain, "warehouse", "south", {"cola": "24"}).subject
    with _at(chain, "zhao", "south", now - timedelta(minutes=40)):
        waiting = a_transfer(chain, "south", "north", {"tea": "2"}).subject
        run("stock.transfer.submit", waiting)
    return {"stock.transfer": open_, "stock.transfer_receipt": receipt, "draft": draft}


def _adjusted(chain: Chain) -> dict[str, UUID]:
    place = chain.places["south"]
    with _at(chain, "zhou", "hq", env.now() - timedelta(minutes=30)):
        header = {"place": place}
        count = _post("stock.count", header=header, lines=[{"item": "10001", "counted": "5"}])
        loss = _post("stock.loss", header=header, lines=[{"item": "10001", "quantity": "5"}])
        over = _post(
            "stock.overage", header=header,
            lines=[{"item": "10003", "quantity": "1", "unit_cost": "2"}],
        )  # fmt: skip
    return {"stock.count": count, "stock.loss": loss, "stock.overage": over}


def _sold(chain: Chain) -> dict[str, UUID]:
    """Slips of today, from its first minute on, and of the same hours a week ago."""
    now = env.now()
    store = chain.units["north"]
    begin = datetime.combine(business_date(store, now), store.day_cut, store.zone)
    span = max(now - begin, timedelta(minutes=10))
    baskets = ({"milk": "2"}, {"cola": "3", "apple": "0.368"}, {"milk": "1", "cola": "1"})
    sale = ret = None
    for week in (timedelta(days=7), timedelta()):
        for number in range(6 if week else 9):
            moment = begin - week + span * (number + 1) / 10
            basket = baskets[number % 3]
            gross = sum(
                ((PRICES[n] * Decimal(q)).quantize(Decimal("0.01")) for n, q in basket.items()),
                Decimal(0),
            )
            with _at(chain, "lin", "till", moment):
                sale = _rung(chain, basket, gross)
    assert sale is not None
    with _at(chain, "lin", "till", begin + span * 24 / 25):
        lines = _all_of_it(sale)
        ret = run(
            "till.return.take_back",
            payload={
                "sale": sale, "lines": lines, "reason": "买多了",
                "payments": [{"method": "CASH", "amount": "12.90"}],
            },
        ).subject  # fmt: skip
    return {"till.sale": sale, "till.return": ret}


def _rung(chain: Chain, basket: dict[str, str], gross: Decimal) -> UUID:
    lines = [{"item": chain.items[n].pk, "quantity": q} for n, q in basket.items()]
    payments = [{"method": "CASH", "amount": str(gross), "tendered": str(gross + 4)}]
    return run("till.sale.ring_up", payload={"lines": lines, "payments": payments}).subject


def _all_of_it(sale: UUID) -> list[dict[str, object]]:
    """The first line of a slip, brought back whole."""
    line = SaleLine.unscoped.filter(document=sale).order_by("position").first()
    assert line is not None
    return [{"sold": line.pk, "quantity": str(line.quantity)}]
