"""The shop of the day: its goods with their codes, promotions, members, ways of paying, people."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from tongpan.base import env
from tongpan.business.membership.accounts import issued
from tongpan.business.membership.accounts import points as points_of
from tongpan.business.membership.models import EarnRule, Member, Programme, WalletRule
from tongpan.business.membership.postings import paid_in_moves
from tongpan.business.membership.queries import standing_of
from tongpan.business.promotions.models import PromotionGroup
from tongpan.business.shifts.models import Shift
from tongpan.business.shifts.queries import figures
from tongpan.business.stock.accounts import shelf
from tongpan.business.till.accounts import taken
from tongpan.business.till.models import Exchange, PaymentMethod, Return, Sale, SlipPayment
from tongpan.config.laboratory import named, put_on_shelves
from tongpan.config.proofs.day.reckoning import Before, Books, joined
from tongpan.config.proofs.day.reckoning import Shift as Report
from tongpan.config.proofs.day.script import MEMBERS, Day
from tongpan.config.proofs.shop import BEGAN, PASSWORD, furnish, today
from tongpan.engines.payments.simulated import use_simulator
from tongpan.kernel.documents.gate import run as act
from tongpan.kernel.ledger.posting import Fact, Move, post
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import Grant, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.kernel.org.sign_in import set_pin
from tongpan.masters.items.models import Barcode, BarcodeLayout, Item, UnitOfMeasure
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.search import search_text

PIN, BRAND, ON_SHELF = "482617", "三只羊", 500
PEOPLE = ("lin", "wang", "chen")  # who has the first shift, the second, and the store
STORED, POINTS = Decimal(2000), Decimal(2000)  # of each member when the day begins
CASHIER = (
    "till.sale.ring_up", "till.sale.view", "items.item.view", "till.return.take_back",
    "till.shift.keep", "membership.member.find", "membership.member.join",
    "stored_value.top_up.*", "payments.attempt.charge", "payments.refund.begin",
)  # fmt: skip
MANAGER = (
    *CASHIER, "till.return.without_slip", "till.sale.discount_line", "till.sale.discount_receipt",
    "till.sale.change_price", "till.shift.look",
)  # fmt: skip


def furnish_day(day: Day) -> Before:
    """The shop before its doors open; what is in it."""
    furnish(1, 1)
    with system(reason="the stage of a proof"):
        _goods(day)
        _people()
        _members()
        ways = {"CASH": 1, "STORED": 2, "POINTS": 3, "CODE": 4}
        for code, position in ways.items():
            PaymentMethod.objects.filter(code=code).update(position=position)
    put_on_shelves(1, range(1, len(day.wares) + 1), ON_SHELF, Decimal("0.10"))
    _promote()
    members = [f"8{n:09}" for n in range(MEMBERS)]
    return Before(
        shelf={ware.item_code: Decimal(ON_SHELF) for ware in day.wares},
        points=dict.fromkeys(members, POINTS), stored=dict.fromkeys(members, STORED),
        members=members,
    )  # fmt: skip


def use_codes(place: Path, port: int) -> None:
    """Payment codes are charged at a simulator."""
    with system(reason="the stage of a proof"):
        top = OrgUnit.objects.get(code="lab")
        use_simulator(place, top.pk, named("code"), f"http://127.0.0.1:{port}")


def _goods(day: Day) -> None:
    piece, retail = UnitOfMeasure.objects.get(), PriceList.objects.get()
    kg = UnitOfMeasure.objects.create(
        id=named("kg"), code="kg", name="kg", dimension="weight", size=1, step=Decimal("0.001")
    )
    tax = Item.objects.get(code="I0").tax_category_id
    Item.objects.bulk_create(
        Item(
            id=named(f"item {w.number}"), code=w.item_code, name=w.name, tax_category_id=tax,
            base_unit=kg if w.is_weighed else piece, is_weighed=w.is_weighed,
            brand=BRAND if w.is_branded else "",
            search_text=search_text([w.item_code, w.barcode], [w.name]),
        )
        for w in day.wares
    )  # fmt: skip
    Price.objects.bulk_create(
        Price(
            price_list=retail, item_id=named(f"item {w.number}"), price=w.price, valid_from=BEGAN,
            unit=kg if w.is_weighed else piece,
        )
        for w in day.wares
    )  # fmt: skip
    Barcode.objects.bulk_create(
        Barcode(
            item_id=named(f"item {w.number}"), code=w.barcode, unit=kg if w.is_weighed else piece,
            kind="scale" if w.is_weighed else "gtin",
        )
        for w in day.wares
    )  # fmt: skip
    for code, pattern in (
        ("W", "20IIIIIWWWWWC"), ("P", "21IIIIIPPPPPC"), ("B", "22IIIIIPPPPPWWWWWC"),
    ):  # fmt: skip
        BarcodeLayout.objects.create(code=code, name=code, pattern=pattern)


def _people() -> None:
    top = OrgUnit.objects.get(code="lab")
    boss = Person.objects.create(id=named("boss"), username="boss", name="周敏")
    roles = {"boss": ("*",), "manager": MANAGER}
    for code, actions in roles.items():
        role = Role.objects.create(code=code, name=code)
        RoleAction.objects.bulk_create(RoleAction(role=role, code=one) for one in actions)
    Grant.objects.create(person=boss, role=Role.objects.get(code="boss"), unit=top)
    cashier = Role.objects.get(code="cashier")
    there = set(RoleAction.objects.filter(role=cashier).values_list("code", flat=True))
    for code in CASHIER:
        if code not in there:
            RoleAction.objects.create(role=cashier, code=code)
    for username, name, held in (("wang", "王晓", "cashier"), ("chen", "陈店长", "manager")):
        person = Person(id=named(username), username=username, name=name)
        person.set_password(PASSWORD)
        person.save()
        Grant.objects.create(person=person, role=Role.objects.get(code=held), unit=top)
    for person in Person.objects.filter(username__in=PEOPLE):
        set_pin(person, PIN)


def _members() -> None:
    top, store = OrgUnit.objects.get(code="lab"), named("store 0")
    programme = Programme.objects.create(id=named("programme"), code="P", name="积分")
    EarnRule.objects.create(
        code="ONE", name="每元一分", programme=programme, points=1, valid_from=BEGAN
    )
    WalletRule.objects.create(
        code="LAW", valid_from=BEGAN, unregistered_max=1000, registered_max=5000, named_from=10000
    )
    for code, name, kind in (("STORED", "储值", "stored_value"), ("POINTS", "积分抵现", "points")):
        PaymentMethod.objects.create(
            id=named(code), code=code, name=name, kind=kind, is_invoiceable=False
        )
    PaymentMethod.objects.create(
        id=named("code"), code="CODE", name="扫码（模拟）", is_by_provider=True
    )
    moves: list[Move] = []
    for n in range(MEMBERS):
        pk = named(f"member {n}")
        Member.objects.create(id=pk, code=f"8{n:09}", joined_at=top, joined_on=BEGAN)
        moves += paid_in_moves(
            top.pk, pk, store, taken(store, named("before")), principal=STORED, bonus=Decimal(0)
        )
        lot = points_of(top.pk, pk, programme.pk, "2999-12")
        moves.append(Move(issued(store, programme.pk), lot, POINTS))
    post([Fact(env.new_id(), env.new_id(), today(), tuple(moves))])


def _promote() -> None:
    """A brand at ten percent off, then ten off from a hundred on; cash is rounded, shifts are
    asked for."""
    top, store = OrgUnit.objects.get(code="lab"), OrgUnit.objects.get(pk=named("store 0"))
    with system(reason="the stage of a proof"):
        groups = [
            PromotionGroup.objects.create(
                id=named(f"group {n}"), code=f"G{n}", name=f"G{n}", rule="stack", position=n
            )
            for n in range(2)
        ]
        boss = Person.objects.get(username="boss")
    step = {"part": "step", "least": "100", "off": "10"}
    offers: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
        ({"kind": "percent_off", "percent": "10"}, [{"part": "goods", "brand": BRAND}]),
        ({"kind": "spend_save"}, [{"part": "all"}, step]),
    ]
    began = (today() - timedelta(days=1)).isoformat()
    with acting(boss, top):
        for group, (header, lines) in zip(groups, offers, strict=True):
            header |= {"title": group.code, "begins_on": began, "group": str(group.pk)}
            payload = {"header": header, "lines": lines, "unit": "lab"}
            draft = act("promotions.promotion.save", payload=payload)
            act("promotions.promotion.post", draft.subject)
        for code, value in (("till.rounding", "cash_0.1"), ("till.shift_needed", True)):
            act("org.setting.choose", store.pk, {"code": code, "value": value})


# -- what the program says -------------------------------------------------------------------------


def found(day: Day, had: Before, told: list[Decimal]) -> Books:
    """The day as the program has it: slips, shelf, ways of paying, accounts, members, shifts."""
    books = Books(told=told)
    store = named("store 0")
    with transaction.atomic(), system(reason="looking at a day"):
        swapped = set(Exchange.unscoped.values_list("returned_id", flat=True))
        for kind, model in (("sale", Sale), ("return", Return)):
            for slip in model.unscoped.select_related("document"):
                number = slip.document.number or ""
                if slip.document_id in swapped:
                    number = "of an exchange"
                books.slips[kind, number, slip.gross] += 1
        sums: dict[str, Decimal] = {}
        signs = {"till.sale": 1, "till.return": -1, "stored_value.top_up": 1}
        for row in SlipPayment.unscoped.select_related("document", "method"):
            came = signs[row.document.type] * row.amount
            sums[row.method.code] = sums.get(row.method.code, Decimal(0)) + came
        books.ways = sums
        keys = {w.item_code: shelf(store, store, named(f"item {w.number}")) for w in day.wares}
        kept = {"CASH": taken(store, named("cash")), "CODE": taken(store, named("code"))}
        balances = balance_of([*keys.values(), *kept.values()])
        books.shelf = {code: balances[key].amount for code, key in keys.items()}
        books.ledger = {code: balances[key].amount for code, key in kept.items()}
        people = [(code, Member.objects.filter(code=code)) for code in had.members]
        people += [(phone, Member.objects.filter(phone__endswith=phone)) for phone in joined(day)]
        for who, rows in people:
            if (member := rows.first()) is None:
                continue  # who never joined has nothing
            standing = standing_of(member.pk, today())
            books.points[who] = standing.points(today()) - standing.debt
            books.stored[who] = standing.stored
        till = OrgUnit.objects.get(pk=named("till 0"))
        for shift in Shift.unscoped.order_by("closed_at"):
            report = figures(till, shift.opened_at, shift.closed_at)
            books.shifts.append(
                Report(shift.float_amount, shift.expected, shift.counted, shift.difference,
                       report.sales)
            )  # fmt: skip
    return books
