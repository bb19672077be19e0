"""One sensible example for every declared type: what the contract tests put through their paces.

A type without an example fails `test_every_type_has_an_example`. `lines` says how long the
document is; each line is about an item of its own kind of lot, so that nothing adds up by chance.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.business.coupons.models import Coupon, CouponKind
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.membership import accounts as at
from tongpan.business.membership.models import Member, Programme, TopUpRule, WalletRule
from tongpan.business.punchcards.models import Card, CardKind
from tongpan.business.till.models import PaymentMethod
from tongpan.business.treasury.models import Purpose, YearClose
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.posting import Fact, Move, post
from tongpan.kernel.org.models import OrgUnit, TaxpayerKind
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item, ItemFamily, SupplierItem
from tongpan.masters.parties.models import Party
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

Payload = dict[str, Any]
STOCK = {"milk": ("1000", "8.50"), "cola": ("2400", "2.00"), "apple": ("300", "6.00")}


@dataclass
class Stage(Chain):
    """The cast, with a supplier, taxes, prices, money, a till, and goods on two shelves."""

    parties: dict[str, Party] = field(default_factory=dict)
    methods: dict[str, PaymentMethod] = field(default_factory=dict)

    @contextmanager
    def at_work(self) -> Any:
        """Zhou, who may do everything, at the unit where the examples happen."""
        with self.as_("zhou", "warehouse"):
            yield


def a_stage() -> Stage:
    chain = a_chain()
    stage = Stage(chain.units, chain.places, chain.people, chain.items, chain.measures)
    with system(reason="the cast of the tests"), env.frozen(NOON):
        _trade(stage)
        _shop(stage)
    for where in ("warehouse", "north"):
        on_shelf(stage, where, **STOCK)
    return stage


def _trade(stage: Stage) -> None:
    hq = stage.units["hq"]
    TaxpayerKind.objects.create(entity=hq.entity, kind="general", valid_from=date(2026, 1, 1))
    goods = TaxCategory.objects.create(code="T13", name="一般货物")
    TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=date(2026, 1, 1))
    Item.objects.update(tax_category=goods)
    for item in stage.items.values():
        item.refresh_from_db()
    stage.parties["dairy"] = Party.objects.create(
        code="V01", name="华东乳业有限公司", is_supplier=True
    )
    stage.parties["canteen"] = Party.objects.create(
        code="K01", name="第一中学食堂", is_customer=True, is_wholesale=True
    )
    MoneyPlace.unscoped.create(unit=hq, code="B01", name="工行基本户")


def _shop(stage: Stage) -> None:
    hq, north = stage.units["hq"], stage.units["north"]
    listed = PriceList.objects.create(
        code="RETAIL", name="零售价", org_unit=hq, valid_from=date(2026, 1, 1)
    )
    for item in stage.items.values():
        Price.objects.create(
            price_list=listed, item=item, unit=item.base_unit, price=Decimal("12.90"),
            valid_from=date(2026, 1, 1),
        )  # fmt: skip
    for code, name, gives_change in (("CASH", "现金", True), ("WECHAT", "微信支付", False)):
        stage.methods[code] = PaymentMethod.objects.create(
            code=code, name=name, gives_change=gives_change
        )
    till = OrgUnit(
        parent=north, kind="till", code="S01-1", name="1 号机", entity=north.entity
    )  # fmt: skip
    till.save()
    stage.units["till"] = till


# -- documents -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Example:
    """How one type of document comes about.

    `payload(stage, lines)` drafts it; a slip of the till is not drafted but `made`, posted at once.
    `where` is the unit where it happens, `afar` a person of another unit who must not see it.
    """

    payload: Callable[[Stage, int], Payload] | None = None
    made: Callable[[Stage, int], tuple[str, Payload]] | None = None
    where: str = "warehouse"
    afar: tuple[str, str] = ("zhao", "south")


EXAMPLES: dict[str, Example] = {}


def example(code: str, **more: Any) -> Callable[[Any], Any]:
    def keep(payload: Callable[[Stage, int], Payload]) -> Any:
        EXAMPLES[code] = Example(payload=payload, **more)
        return payload

    return keep


def _items(stage: Stage, lines: int) -> list[Item]:
    three = [stage.items[name] for name in STOCK]
    return [three[n % 3] for n in range(lines)]


@example("stock.opening")
def _opening(stage: Stage, lines: int) -> Payload:
    rows = [
        {"item": item, "quantity": "3", "unit_cost": "1.25", "lot": f"L{n}"}
        for n, item in enumerate(_items(stage, lines))
    ]
    return {"header": {"place": "W01"}, "lines": rows, "note": "the first day"}


@example("stock.transfer")
def _transfer(stage: Stage, lines: int) -> Payload:
    rows = [{"item": item, "quantity": "2"} for item in _items(stage, lines)]
    header = {"from_place": "W01", "to_place": "S01", "wanted_on": "2026-11-23"}
    return {"header": header, "lines": rows}


@example("stock.requisition", where="north")
def _requisition(stage: Stage, lines: int) -> Payload:
    rows = [{"item": item, "quantity": "2"} for item in _items(stage, lines)]
    header = {"place": "S01", "from_place": "W01", "wanted_on": "2026-11-23"}
    return {"header": header, "lines": rows}


@example("stock.requisition_closing", where="north")
def _requisition_closing(stage: Stage, lines: int) -> Payload:
    return prefill("stock.requisition_closing", posted(stage, "stock.requisition", lines))


@example("stock.transfer_receipt", where="north")
def _transfer_receipt(stage: Stage, lines: int) -> Payload:
    payload = prefill("stock.transfer_receipt", posted(stage, "stock.transfer", lines))
    payload["lines"][0] |= {"received": "1", "damaged": "0.5", "missing": "0.5"}
    return payload


@example("stock.count")
def _count(stage: Stage, lines: int) -> Payload:
    rows = [
        {"item": item, "counted": f"{n + 1}", "lot": "" if n < 3 else f"X{n}"}
        for n, item in enumerate(_items(stage, lines))
    ]
    return {"header": {"place": "W01"}, "lines": rows}


@example("stock.loss")
def _loss(stage: Stage, lines: int) -> Payload:
    rows = [{"item": item, "quantity": "1"} for item in _items(stage, lines)]
    return {"header": {"place": "W01", "reason": _first_choice("stock.loss")}, "lines": rows}


@example("stock.overage")
def _overage(stage: Stage, lines: int) -> Payload:
    rows = [{"item": item, "quantity": "1", "unit_cost": "3.33"} for item in _items(stage, lines)]
    return {"header": {"place": "W01", "reason": "found"}, "lines": rows}


def _remade(stage: Stage, lines: int, lot: str) -> Payload:
    rows = [{"item": item, "quantity": "1"} for item in _items(stage, lines)]
    header = {"place": "W01", "item": "10005", "lot": lot, "quantity": "2", "fee": "3.30"}
    return {"header": header, "lines": rows}


@example("stock.assembly")
def _assembly(stage: Stage, lines: int) -> Payload:
    return _remade(stage, lines, "SET")


@example("stock.disassembly")
def _disassembly(stage: Stage, lines: int) -> Payload:
    on_shelf(stage, "warehouse", tea=("7", "33.33"))
    payload = _remade(stage, lines, "")
    for n, row in enumerate(payload["lines"], start=1):
        row["ratio"] = f"{n}.5"
    return payload


def _bought(stage: Stage, lines: int, **header: Any) -> Payload:
    rows = [{"item": item, "quantity": "10", "price": "1.13"} for item in _items(stage, lines)]
    return {"header": {"supplier": "V01", "place": "W01", **header}, "lines": rows}


@example("purchasing.order")
def _order(stage: Stage, lines: int) -> Payload:
    return _bought(stage, lines, expected_on="2026-11-25")


@example("purchasing.receipt")
def _receipt(stage: Stage, lines: int) -> Payload:
    return prefill("purchasing.receipt", posted(stage, "purchasing.order", lines))


@example("purchasing.bill")
def _bill(stage: Stage, lines: int) -> Payload:
    payload = prefill("purchasing.bill", posted(stage, "purchasing.receipt", lines))
    payload["lines"][0] |= {"price": "1.20"}
    return payload


@example("purchasing.return")
def _return(stage: Stage, lines: int) -> Payload:
    return prefill("purchasing.return", posted(stage, "purchasing.receipt", lines))


@example("purchasing.credit")
def _credit(stage: Stage, lines: int) -> Payload:
    back = prefill("purchasing.return", posted(stage, "purchasing.bill", lines))
    with stage.as_("zhou", "warehouse"):
        returned = run("purchasing.return.save", payload=back).subject
        run("purchasing.return.post", returned)
        return prefill("purchasing.credit", returned)


@example("finance.opening", where="hq")
def _opening_money(stage: Stage, lines: int) -> Payload:
    first = MoneyPlace.unscoped.count()
    made = [
        MoneyPlace.unscoped.create(unit=stage.units["hq"], code=f"B1{n:03}", name=f"账户 {n}")
        for n in range(first, first + lines)
    ]
    return {"lines": [{"place": p, "amount": f"{n}.25"} for n, p in enumerate(made, start=1)]}


@example("finance.supplier_payment", where="hq")
def _payment(stage: Stage, lines: int) -> Payload:
    payload = prefill("finance.supplier_payment", posted(stage, "purchasing.bill", lines))
    payload["lines"] += [{"amount": f"{n}.50"} for n in range(1, lines)]
    return payload


def _sold(stage: Stage, lines: int, **header: Any) -> Payload:
    rows = [{"item": item, "quantity": "5", "price": "11.30"} for item in _items(stage, lines)]
    return {"header": {"customer": "K01", "place": "W01", **header}, "lines": rows}


@example("sales.order")
def _sales_order(stage: Stage, lines: int) -> Payload:
    return _sold(stage, lines, wanted_on="2026-11-25", customer_order="PO-7")


@example("sales.delivery")
def _delivery(stage: Stage, lines: int) -> Payload:
    payload = prefill("sales.delivery", posted(stage, "sales.order", lines))
    payload["lines"][0] |= {"quantity": "3"}
    return payload


@example("sales.return")
def _sales_return(stage: Stage, lines: int) -> Payload:
    return prefill("sales.return", posted(stage, "sales.delivery", lines))


@example("sales.closing")
def _closing(stage: Stage, lines: int) -> Payload:
    return prefill("sales.closing", posted(stage, "sales.order", lines))


@example("finance.customer_receipt", where="hq")
def _customer_receipt(stage: Stage, lines: int) -> Payload:
    payload = prefill("finance.customer_receipt", posted(stage, "sales.delivery", lines))
    payload["lines"] += [{"amount": f"{n}.50"} for n in range(1, lines)]
    return payload


@example("treasury.transfer", where="hq")
def _move_money(stage: Stage, lines: int) -> Payload:
    west = MoneyPlace.unscoped.get_or_create(unit=stage.units["west"], code="BW", name="西门账户")[
        0
    ]
    places = [west, *(_account(stage) for _ in range(lines - 1))]
    rows = [{"to_place": p, "amount": f"{n}.25", "fee": "0.50"} for n, p in enumerate(places, 1)]
    return {"header": {"from_place": "B01", "reference": "7788"}, "lines": rows}


def _account(stage: Stage) -> MoneyPlace:
    code = f"B1{MoneyPlace.unscoped.count():03}"
    return MoneyPlace.unscoped.create(unit=stage.units["hq"], code=code, name=f"账户 {code}")


def _members(stage: Stage, count: int) -> list[Member]:
    """So many new members, what holds for them, and a way to pay."""
    _programme()
    if not WalletRule.objects.exists():
        WalletRule.objects.create(
            code="LAW0", valid_from=date(2026, 1, 1), unregistered_max=1000, registered_max=5000,
            named_from=10000,
        )  # fmt: skip
        TopUpRule.objects.create(
            code="T1", amount_min=1, bonus=Decimal("0.50"), valid_from=date(2026, 1, 1)
        )
    first = Member.objects.count()
    return [
        Member.objects.create(code=f"9{n:09}", joined_on=date(2026, 1, 1))
        for n in range(first, first + count)
    ]


def _topped_up(stage: Stage, lines: int) -> Payload:
    rows = [{"member": m, "amount": f"{n}.25"} for n, m in enumerate(_members(stage, lines), 1)]
    return {"header": {"method": "CASH", "reference": "7"}, "lines": rows}


@example("stored_value.top_up", where="north")
def _top_up(stage: Stage, lines: int) -> Payload:
    return _topped_up(stage, lines)


@example("stored_value.pay_out", where="north")
def _pay_out(stage: Stage, lines: int) -> Payload:
    payload = _topped_up(stage, lines)
    with stage.as_("zhou", "north"):
        draft = run("stored_value.top_up.save", payload=payload).subject
        run("stored_value.top_up.post", draft)
    rows = [{**row, "about": "moves away"} for row in payload["lines"]]
    return {"header": {"method": "CASH", "reference": "8"}, "lines": rows}


@example("stored_value.settlement", where="hq")
def _settlement(stage: Stage, lines: int) -> Payload:
    rows = [
        {"store": "S01", "to_place": _account(stage), "amount": f"{n}.25"}
        for n in range(1, lines + 1)
    ]
    return {"header": {"from_place": "B01", "reference": "9"}, "lines": rows}


@example("membership.merge", where="hq")
def _merge(stage: Stage, lines: int) -> Payload:
    payload = _topped_up(stage, lines)
    with stage.as_("zhou", "north"):
        draft = run("stored_value.top_up.save", payload=payload).subject
        run("stored_value.top_up.post", draft)
    others = _members(stage, lines)
    return {"lines": [
        {"member": row["member"], "into": other}
        for row, other in zip(payload["lines"], others, strict=True)
    ]}  # fmt: skip


@example("membership.expiry", where="hq")
def _expiry(stage: Stage, lines: int) -> Payload:
    members, hq = _members(stage, lines), stage.units["hq"].pk
    programme = _programme().pk
    moves = tuple(
        Move(at.issued(hq, programme), at.points(hq, m.pk, programme, "2026-01"), Decimal(5))
        for m in members
    )
    post([Fact(env.new_id(), env.new_id(), NOON.date(), moves)])
    return {"lines": [{"member": m, "lot": "2026-01", "points": "5"} for m in members]}


def _coupon_kind() -> CouponKind:
    return CouponKind.objects.get_or_create(
        code="K10", defaults={"name": "满 30 减 10", "amount": Decimal(10), "days": 30}
    )[0]


@example("coupons.issue", where="hq")
def _issue(stage: Stage, lines: int) -> Payload:
    kind = _coupon_kind()
    return {"lines": [
        {"kind": kind, "pieces": "1", "member": m, "occasion": "OPENING"}
        for m in _members(stage, lines)
    ]}  # fmt: skip


def _card_kind(stage: Stage) -> CardKind:
    facts = {"name": "洗车 10 次", "item": stage.items["milk"], "uses": 10, "price": Decimal(268)}
    return CardKind.objects.get_or_create(code="WASH10", defaults=facts)[0]


@example("stored_value.card_sale", where="till")
def _card_sale(stage: Stage, lines: int) -> Payload:
    kind = _card_kind(stage)
    rows = [{"kind": kind, "member": m} for m in _members(stage, lines)]
    return {"header": {"method": "CASH"}, "lines": rows}


@example("stored_value.card_refund", where="till")
def _card_refund(stage: Stage, lines: int) -> Payload:
    sold = posted(stage, "stored_value.card_sale", lines)
    rows = [{"card": card.code, "about": "moved away"} for card in Card.objects.filter(sale=sold)]
    return {"header": {"method": "CASH"}, "lines": rows}


@example("coupons.lapse", where="hq")
def _lapse(stage: Stage, lines: int) -> Payload:
    given = posted(stage, "coupons.issue", lines)
    coupons = Coupon.objects.filter(issue=given)
    return {"lines": [{"coupon": str(one.pk), "about": "wrong people"} for one in coupons]}


@example("treasury.takings", where="hq")
def _takings(stage: Stage, lines: int) -> Payload:
    """A sale that was paid in as many ways as there are lines, and nine tenths of it arrived."""
    ways = [
        PaymentMethod.objects.get_or_create(code=f"P{n}", name=f"P{n}")[0] for n in range(lines)
    ]
    basket = [{"item": stage.items["cola"].pk, "quantity": str(lines)}]
    with stage.as_("zhou", "till"):
        paid = [{"method": way.code, "amount": "12.90"} for way in ways]
        run("till.sale.ring_up", payload={"lines": basket, "payments": paid})
    rows = [
        {"store": "S01", "method": way, "amount": "12.90", "fee": "0.08", "missing": "1.21"}
        for way in ways
    ]
    return {"header": {"paid_into": "B01", "reference": "SETTLED"}, "lines": rows}


@example("treasury.expense", where="hq")
def _expense(stage: Stage, lines: int) -> Payload:
    power = Purpose.objects.get_or_create(code="POWER", name="水电费")[0]
    units = ("S01", "S02", None)
    rows = [
        {
            "purpose": power,
            "unit": units[n % 3],
            "amount": "113.00",
            "tax": "13.00",
            "about": f"{n}",
        }
        for n in range(lines)
    ]
    return {"header": {"supplier": "V01", "reference": "0012"}, "lines": rows}


@example("treasury.income", where="hq")
def _income(stage: Stage, lines: int) -> Payload:
    rent = Purpose.objects.get_or_create(code="CORNER", name="场地费", kind="income")[0]
    rows = [
        {"purpose": rent, "unit": "S01", "amount": "106.00", "tax": "6.00"} for _ in range(lines)
    ]
    return {"header": {"paid_into": "B01"}, "lines": rows}


@example("treasury.year_close", where="hq")
def _year_close(stage: Stage, lines: int) -> Payload:
    """The first year that nobody carried over, with something spent in it."""
    power = Purpose.objects.get_or_create(code="POWER", name="水电费")[0]
    year = max((2020, *YearClose.unscoped.values_list("year", flat=True))) + 1
    with stage.as_("zhou", "hq"):
        rows = [{"purpose": power, "unit": "S01", "amount": "100.00"} for _ in range(lines)]
        spent = {"header": {"paid_from": "B01"}, "lines": rows, "business_date": f"{year}-12-20"}
        draft = run("treasury.expense.save", payload=spent).subject
        run("treasury.expense.post", draft)
    return {"header": {"year": year}}


@example("finance.set_off", where="hq")
def _set_off(stage: Stage, lines: int) -> Payload:
    """Deliveries to somebody to whom we owe the power: one line for each, and one for the bill."""
    both = Party.objects.get_or_create(
        code="P01", defaults={"name": "城南商贸", "is_supplier": True, "is_customer": True}
    )[0]
    owed, went = _expense(stage, lines), [_sold(stage, 1, customer=both) for _ in range(lines)]
    owed["header"]["supplier"] = both
    rows = []
    for code, payload in [("treasury.expense", owed), *(("sales.delivery", one) for one in went)]:
        with stage.as_("zhou", EXAMPLES[code].where):
            made = run(f"{code}.save", payload=payload).subject
            run(f"{code}.post", made)
        amount = f"{2 * lines}.00" if code == "treasury.expense" else "2.00"
        rows.append({"settles": made, "amount": amount})
    return {"header": {"party": both, "reference": "DZ-7"}, "lines": rows}


def franchise(stage: Stage, kind: str = "small_scale") -> None:
    """What supply between the two legal entities needs: parties, and a kind of taxpayer."""
    ours, theirs = stage.units["hq"].entity, stage.units["west"].entity
    TaxpayerKind.objects.get_or_create(
        entity=theirs, valid_from=date(2026, 1, 1), defaults={"kind": kind}
    )
    stage.parties["ours"] = Party.objects.get_or_create(
        code="E1", defaults={"name": ours.name, "is_supplier": True, "entity": ours}
    )[0]
    stage.parties["theirs"] = Party.objects.get_or_create(
        code="E2", defaults={"name": theirs.name, "is_customer": True, "entity": theirs}
    )[0]


@example("franchise.supply")
def _supply(stage: Stage, lines: int) -> Payload:
    franchise(stage)
    rows = [{"item": item, "quantity": "2", "price": "11.30"} for item in _items(stage, lines)]
    return {"header": {"from_place": "W01", "to_place": "S03"}, "lines": rows}


@example("franchise.receipt", where="west")
def _supply_receipt(stage: Stage, lines: int) -> Payload:
    return prefill("franchise.receipt", posted(stage, "franchise.supply", lines))


@example("franchise.return")
def _supply_return(stage: Stage, lines: int) -> Payload:
    receipt = _supply_receipt(stage, lines)
    for row in receipt["lines"]:
        row.update(received="1", damaged="1")
    with stage.as_("zhou", "west"):
        made = run("franchise.receipt.save", payload=receipt).subject
        run("franchise.receipt.post", made)
    back = prefill("franchise.return", made)
    for row in back["lines"]:
        row["condition"] = "good"  # as whoever takes them back finds
    return back


@example("prices.change", where="hq")
def _price_change(stage: Stage, lines: int) -> Payload:
    """One new price for each item, from a day later than those of the changes before."""
    changes, rows = Document.unscoped.filter(type="prices.change").count(), []
    for n in range(lines):
        item = stage.items[list(STOCK)[n % 3]]
        if n >= 3:  # one unit of an item has one new price
            code = f"P{changes}-{n}"
            item = Item.objects.create(code=code, name=code, base_unit=item.base_unit)
        rows.append({"item": item, "new_price": f"{9000 + n}.50"})
    begins_on = date(2026, 12, 2) + timedelta(days=changes)
    return {"header": {"price_list": "RETAIL", "begins_on": begins_on}, "lines": rows}


@example("promotions.promotion", where="hq")
def _promotion(stage: Stage, lines: int) -> Payload:  # later than all sales of these stories
    rows = [{"part": "goods", "item": item} for item in _items(stage, lines)]
    header = {
        "title": "鲜奶第二件半价", "kind": "nth_percent", "nth": "2", "percent": "50",
        "begins_on": "2027-01-01", "ends_on": "2027-01-31", "budget": "1000",
    }  # fmt: skip
    return {"header": header, "lines": rows}


def _ring_up(stage: Stage, lines: int) -> tuple[str, Payload]:
    basket = [{"item": item.pk, "quantity": "1"} for item in _items(stage, lines)]
    paid = [{"method": "CASH", "amount": str(Decimal("12.90") * lines)}]
    return "till.sale.ring_up", {"lines": basket, "payments": paid}


def _take_back(stage: Stage, lines: int) -> tuple[str, Payload]:
    from tongpan.business.till.models import SaleLine

    sale = posted(stage, "till.sale", lines)
    sold = SaleLine.unscoped.filter(document=sale).values_list("pk", flat=True)
    basket = [{"sold": pk, "quantity": "1"} for pk in sold]
    paid = [{"method": "CASH", "amount": str(Decimal("12.90") * lines)}]
    return "till.return.take_back", {"sale": sale, "lines": basket, "payments": paid}


EXAMPLES["till.sale"] = Example(made=_ring_up, where="till")
EXAMPLES["till.return"] = Example(made=_take_back, where="till")


def _close_shift(stage: Stage, lines: int) -> tuple[str, Payload]:
    run("till.shift.open", payload={"float": "100"})
    faces = [("note", "100"), ("note", "50"), ("coin", "0.5")]
    counts = [
        {"kind": kind, "face": face, "pieces": "2"}
        for kind, face in (faces[n % 3] for n in range(lines))
    ]
    return "till.shift.close", {"counts": counts, "kept": "100"}


EXAMPLES["till.shift"] = Example(made=_close_shift, where="till")


def _first_choice(code: str) -> str:
    from tongpan.kernel.documents.registry import document_type

    reason = next(f for f in document_type(code).header_fields if f.name == "reason")
    return str(reason.choices[0][0]) if reason.choices else "broken"


def drafted(stage: Stage, code: str, lines: int = 1, **more: Any) -> UUID:
    """A draft of the type's example."""
    example = EXAMPLES[code]
    assert example.payload is not None, f"{code} is not drafted."
    with stage.as_("zhou", example.where):
        return run(f"{code}.save", payload=example.payload(stage, lines), **more).subject


def posted(stage: Stage, code: str, lines: int = 1) -> UUID:
    """A posted document of the type's example."""
    example = EXAMPLES[code]
    with stage.as_("zhou", example.where):
        if example.made is not None:
            action, payload = example.made(stage, lines)
            return run(action, payload=payload).subject
        draft = drafted(stage, code, lines)
        run(f"{code}.post", draft)
        return draft


# -- masters -------------------------------------------------------------------------------------

MASTERS: dict[str, Callable[[Stage], Payload]] = {
    "items.unit": lambda stage: {"code": "U1", "name": "打", "dimension": "count", "step": "1"},
    "items.category": lambda stage: {"code": "C1", "name": "饮料"},
    "items.family": lambda stage: {"code": "F1", "name": "衬衫"},
    "items.family_option": lambda stage: {
        "family": ItemFamily.objects.create(code="F2", name="裤子"), "name": "颜色",
        "values": "红, 蓝",
    },
    "items.item": lambda stage: {"code": "I1", "name": "酸奶", "base_unit": "box"},
    "items.item_unit": lambda stage: {"item": "10001", "unit": "case", "factor": "12"},
    "items.barcode": lambda stage: {"item": "10001", "code": "6901234567892"},
    "items.barcode_layout": lambda stage: {"code": "L1", "name": "秤", "pattern": "2IIIIIIWWWWWC"},
    "items.item_at_unit": lambda stage: {
        "item": "10001", "org_unit": "S01", "valid_from": "2026-11-21",
    },
    "items.supplier_item": lambda stage: {"supplier": "V01", "item": "10001"},
    "items.supplier_price": lambda stage: {
        "supplier_item": _supplier_item(stage), "price": "8.00", "valid_from": "2026-11-21",
    },
    "parties.party": lambda stage: {"code": "P1", "name": "西门便利店", "is_customer": "1"},
    "parties.contact": lambda stage: {"party": "V01", "name": "陈经理", "phone": "13800000000"},
    "places.place": lambda stage: {"unit": "W01", "code": "BACK", "name": "后仓"},
    "prices.list": lambda stage: {
        "code": "SPRING", "name": "春季", "org_unit": "HQ", "valid_from": "2026-11-21",
    },
    "prices.price": lambda stage: {
        "price_list": "RETAIL", "item": "10001", "price": "11.90", "valid_from": "2026-12-01",
    },
    "prices.level": lambda stage: {
        "price_list": "RETAIL", "item": "10001", "buyer": "members", "price": "11.50",
        "valid_from": "2026-11-21",
    },
    "prices.band": lambda stage: {
        "code": "B1", "org_unit": "HQ", "item": "10001", "floor": "9", "valid_from": "2026-11-21",
    },
    "taxes.category": lambda stage: {"code": "T6", "name": "服务"},
    "taxes.rate": lambda stage: {"category": "T13", "rate": "0.12", "valid_from": "2027-01-01"},
    "finance.money_place": lambda stage: {"code": "B02", "name": "建行", "unit": "HQ"},
    "membership.programme": lambda stage: _next_programme(),
    "promotions.group": lambda stage: {
        "code": "DAY", "name": "会员日", "rule": "best", "position": "10",
    },
    "membership.tier": lambda stage: {
        "code": "gold", "name": "金卡", "programme": _programme(), "spent_min": "1000",
    },
    "membership.earn_rule": lambda stage: {
        "code": "BASE", "name": "每元一分", "programme": _programme(), "points": "2",
        "valid_from": "2026-11-21",
    },
    "membership.wallet_rule": lambda stage: {
        "code": "LAW", "valid_from": "2026-11-21", "unregistered_max": "1000",
        "registered_max": "5000", "named_from": "10000",
    },
    "membership.top_up_rule": lambda stage: {
        "code": "T100", "amount_min": "100", "bonus": "10", "valid_from": "2026-11-21",
    },
    "membership.member": lambda stage: {
        "phone": "13800000001", "name": "王小明", "birthday": "05-21", "tags": "邻居",
    },
    "prints.label_format": lambda stage: {
        "code": "S1", "name": "货架条", "width": "70", "height": "38",
    },
    "coupons.kind": lambda stage: {"code": "K5", "name": "五元券", "amount": "5", "days": "30"},
    "selfservice.page": lambda stage: {
        "code": "2026-1", "valid_from": "2026-11-21", "address": "https://shop.example",
        "rules": "积分一年有效。",
    },
    "punchcards.kind": lambda stage: {
        "code": "WASH3", "name": "三次卡", "item": stage.items["milk"], "uses": "3", "price": "80",
    },
    "coupons.gift": lambda stage: {
        "code": "G1", "kind": _coupon_kind(), "valid_from": "2026-11-21",
    },
    "till.display_page": lambda stage: {
        "code": "W1", "text": "鲜牛奶第二件半价", "item": stage.items["milk"],
    },
    "till.payment_method": lambda stage: {"code": "CARD", "name": "银行卡"},
    "treasury.purpose": lambda stage: {"code": "RENT", "name": "房租", "kind": "expense"},
}  # fmt: skip


def _programme() -> Programme:
    """The programme in use; the first one, if there is none."""
    if not Programme.objects.filter(state="active").exists():
        Programme.objects.update_or_create(code="P", defaults={"name": "积分", "state": "active"})
    return Programme.objects.get(state="active")


def _next_programme() -> dict[str, str]:
    """Another one, which begins when the one before was put away."""
    Programme.objects.update(state="archived")
    return {"code": "P2", "name": "积分"}


def _supplier_item(stage: Stage) -> SupplierItem:
    milk = stage.items["milk"]
    return SupplierItem.objects.create(
        supplier=stage.parties["dairy"], item=milk, order_unit=milk.base_unit
    )


__all__ = ["EXAMPLES", "MASTERS", "Example", "ItemFamily", "Stage", "a_stage", "drafted", "posted"]
