"""The shop in which promises are proved and measured, and the basket that is rung up in it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.signing import get_cookie_signer

from tongpan.base import env
from tongpan.business.membership.accounts import issued
from tongpan.business.membership.accounts import points as points_of
from tongpan.business.membership.models import Member, Programme
from tongpan.business.membership.postings import paid_in_moves
from tongpan.business.till.accounts import taken
from tongpan.business.till.models import PaymentMethod
from tongpan.config.laboratory import named, put_on_shelves
from tongpan.kernel.ledger.posting import Fact, Move, post
from tongpan.kernel.org.models import Grant, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.sessions import SessionStore
from tongpan.masters.items.models import Item, UnitOfMeasure
from tongpan.masters.places.models import Place
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

LINES = 3
BEGAN = date(2026, 1, 1)
PASSWORD = "a chain of shops"
POINTS_PART = Decimal("1.00")  # what of a price points pay
COUPON_PART = Decimal("1.00")  # what a coupon takes off


def furnish(stores: int, items: int, on_shelf: int = 1_000_000) -> None:
    """Tills, goods on shelves, prices, taxes, cash, and a cashier who may use every till."""
    with system(reason="the stage of a measurement"):
        top = OrgUnit.objects.get(code="lab")
        for n in range(stores):
            store = OrgUnit.objects.get(pk=named(f"store {n}"))
            Place.unscoped.create(
                id=store.pk, unit=store, code="MAIN", name="Main", is_default=True
            )
            OrgUnit.objects.create(
                id=named(f"till {n}"), parent=store, kind="till", code=f"s{n}-1", name=f"Till {n}",
                entity=store.entity,
            )  # fmt: skip
        piece = UnitOfMeasure.objects.create(id=named("piece"), code="piece", name="个")
        goods = TaxCategory.objects.create(id=named("goods"), code="T13", name="一般货物")
        TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=BEGAN)
        retail = PriceList.objects.create(
            code="RETAIL", name="零售价", org_unit=top, valid_from=BEGAN
        )
        Item.objects.bulk_create(
            Item(
                id=named(f"item {n}"), code=f"I{n}", name=f"商品 {n}", base_unit=piece,
                tax_category=goods,
            )
            for n in range(items)
        )  # fmt: skip
        Price.objects.bulk_create(
            Price(
                price_list=retail, item_id=named(f"item {n}"), unit=piece, price=price_of(n),
                valid_from=BEGAN,
            )
            for n in range(items)
        )  # fmt: skip
        PaymentMethod.objects.create(id=named("cash"), code="CASH", name="现金", gives_change=True)
        cashier = Person(id=named("cashier"), username="lin", name="林小雨")
        cashier.set_password(PASSWORD)
        cashier.save()
        role = Role.objects.create(code="cashier", name="收银员")
        for code in ("till.sale.ring_up", "till.sale.view", "items.item.view"):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=cashier, role=role, unit=top)
    put_on_shelves(stores, range(items), on_shelf, Decimal("1.00"))


def price_of(n: int) -> Decimal:
    return Decimal(199 + n % 5000) / 100


def session_of_cashier() -> str:
    """The key of a session in which the cashier is signed in."""
    person = Person.objects.get(pk=named("cashier"))
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "tongpan.kernel.org.backend.PersonBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def cookies(session: str, till: UUID, csrf: str) -> str:
    """What the browser of a till sends along."""
    kept = get_cookie_signer(salt="tilltill").sign(str(till))
    return f"sessionid={session}; csrftoken={csrf}; till={kept}"


def payload_of(lines: list[tuple[UUID, int, Decimal]]) -> dict[str, Any]:
    """What a till sends for a basket of `bench.sales.baskets`, paid in cash."""
    total = sum((price * quantity for _, quantity, price in lines), Decimal(0))
    piece = str(named("piece"))
    return {
        "lines": [
            {
                "item": str(item),
                "unit": piece,
                "quantity": str(n),
                "price": str(price),
            }
            for item, n, price in lines
        ],
        "payments": [{"method": "CASH", "amount": str(total), "tendered": str(total)}],
    }


def by_member(price: Decimal) -> list[dict[str, str]]:
    """The last of a member's stored value and points, which pay this price together."""
    rest = str(price - POINTS_PART)
    return [
        {"method": "STORED", "amount": rest, "tendered": rest},
        {"method": "POINTS", "amount": str(POINTS_PART), "tendered": str(POINTS_PART)},
    ]


def with_coupon(price: Decimal) -> list[dict[str, str]]:
    """What is left of a price when a coupon was taken off, in cash."""
    rest = str(price - COUPON_PART)
    return [{"method": "CASH", "amount": rest, "tendered": rest}]


def furnish_members(count: int) -> None:
    """A programme, and members who have just what one of `item n` costs, for n from zero."""
    with system(reason="the stage of a proof"):
        top = OrgUnit.objects.get(code="lab")
        programme = Programme.objects.create(id=named("programme"), code="P", name="积分")
        for code, kind in (("STORED", "stored_value"), ("POINTS", "points")):
            PaymentMethod.objects.create(
                id=named(code), code=code, name=code, kind=kind, is_invoiceable=False
            )
        Member.objects.bulk_create(
            Member(id=named(f"member {n}"), code=f"8{n:09}", joined_at=top, joined_on=BEGAN)
            for n in range(count)
        )
        store, points = named("store 0"), POINTS_PART * programme.points_per_yuan
        moves: list[Move] = []
        for n in range(count):
            moves += paid_in_moves(
                top.pk, named(f"member {n}"), store, taken(store, named("cash")),
                principal=price_of(n) - POINTS_PART, bonus=Decimal(0),
            )  # fmt: skip
            lot = points_of(top.pk, named(f"member {n}"), programme.pk, "2999-12")
            moves.append(Move(issued(store, programme.pk), lot, points))
        for k in range(0, len(moves), 300):
            post([Fact(env.new_id(), env.new_id(), today(), tuple(moves[k : k + 300]))])


def today() -> date:
    return env.now().date()
