"""The cast with a members' programme: tiers, rules, offers, tills in two stores, and members."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.chain import NOON, Chain, a_chain, on_shelf
from tongpan.base import env
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.membership.models import (
    EarnRule,
    Member,
    Programme,
    Tier,
    TopUpRule,
    WalletRule,
)
from tongpan.business.membership.queries import standing_of
from tongpan.business.membership.rules import Standing
from tongpan.business.till.models import PaymentMethod
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.org.models import OrgUnit, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item, ItemCategory
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

BEGAN = date(2026, 1, 1)
TODAY = date(2026, 11, 21)
AT_TILL = (
    "till.sale.ring_up", "till.return.take_back", "membership.member.find",
    "membership.member.join", "stored_value.top_up.*",
)  # fmt: skip


class Club(Chain):
    """The cast, and who is a member."""

    members: dict[str, UUID]


def a_club() -> Club:
    chain = a_chain()
    club = Club(chain.units, chain.places, chain.people, chain.items, chain.measures)
    club.members = {}
    with system(reason="the cast of the tests"), env.frozen(NOON):
        _shop(club)
        _programme(club)
    for where in ("north", "south", "west"):
        on_shelf(club, where, milk=("1000", "8.50"), cola=("1000", "2.00"))
    for name, phone in (("ming", "13812345678"), ("hong", "13912345678")):
        club.members[name] = joined(club, phone, name={"ming": "王小明", "hong": ""}[name]).subject
    return club


def _shop(club: Club) -> None:
    goods = TaxCategory.objects.create(code="T13", name="一般货物")
    TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=BEGAN)
    drinks = ItemCategory(code="drinks", name="饮料", path="/drinks/")
    drinks.save()
    Item.objects.update(tax_category=goods)
    Item.objects.filter(pk=club.items["cola"].pk).update(category=drinks)
    listed = PriceList.objects.create(
        code="RETAIL", name="零售价", org_unit=club.units["hq"], valid_from=BEGAN
    )
    for item, price in (("milk", "10.00"), ("cola", "3.33")):
        Price.objects.create(
            price_list=listed, item=club.items[item], unit=club.items[item].base_unit,
            price=Decimal(price), valid_from=BEGAN,
        )  # fmt: skip
    rows: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("CASH", "现金", {"gives_change": True}),
        ("STORED", "储值卡", {"kind": "stored_value", "is_invoiceable": False}),
        ("POINTS", "积分", {"kind": "points", "is_invoiceable": False}),
    )
    for code, name, more in rows:
        PaymentMethod.objects.create(code=code, name=name, **more)
    for store, code in (("north", "S01-1"), ("south", "S02-1"), ("west", "S03-1")):
        unit = club.units[store]
        till = OrgUnit(parent=unit, kind="till", code=code, name=code, entity=unit.entity)
        till.save()
        club.units[f"{store} till"] = till
    role = club.people["lin"].grants.get().role
    for action in AT_TILL:
        RoleAction.objects.create(role=role, code=action)
    for unit, code in (("hq", "B01"), ("south", "X02"), ("west", "B09")):
        MoneyPlace.unscoped.create(unit=club.units[unit], code=code, name=code)


def _programme(club: Club) -> None:
    programme = Programme.objects.create(code="P", name="积分", points_per_yuan=100)
    gold = Tier.objects.create(
        programme=programme, code="gold", name="金卡", spent_min=Decimal(100)
    )
    Tier.objects.create(programme=programme, code="plain", name="普通", spent_min=Decimal(0))
    for code, rate, more in (
        ("BASE", "1", {}),
        ("GOLD", "1.5", {"tier": gold}),
        ("DRINKS", "2", {"category": ItemCategory.objects.get()}),
    ):
        EarnRule.objects.create(
            code=code,
            name=code,
            programme=programme,
            points=Decimal(rate),
            valid_from=BEGAN,
            **more,
        )  # type: ignore[misc]
    WalletRule.objects.create(
        code="LAW", valid_from=BEGAN, unregistered_max=1000, registered_max=5000, named_from=10000
    )
    TopUpRule.objects.create(code="T100", amount_min=100, bonus=10, valid_from=BEGAN)


def joined(club: Club, phone: str, **more: Any) -> Outcome:
    with club.as_("lin", "north till"):
        return run(
            "membership.member.join", payload={"phone": phone, "consent": True, **more},
            request_id=env.new_id(),
        )  # fmt: skip


def topped_up(club: Club, member: str, amount: str, *, at: str = "north till") -> UUID:
    with club.as_("zhou", at):
        payload = {
            "header": {"method": "CASH"},
            "lines": [{"member": str(club.members[member]), "amount": amount}],
        }
        draft = run("stored_value.top_up.save", payload=payload).subject
        run("stored_value.top_up.post", draft)
        return draft


def sold(
    club: Club, basket: dict[str, str], paid: dict[str, str], *, member: str = "",
    at: str = "north till", **more: Any,
) -> Outcome:  # fmt: skip
    with club.as_("zhou", at):
        payload: dict[str, Any] = {
            "lines": [{"item": club.items[n].pk, "quantity": q} for n, q in basket.items()],
            "payments": [{"method": m, "amount": a} for m, a in paid.items()],
        }
        if member:
            payload["member"] = str(club.members[member])
        return run("till.sale.ring_up", payload=payload | more)


def standing(club: Club, member: str, on: date = TODAY) -> Standing:
    with system(reason="looking"):
        return standing_of(club.members[member], on)


def code_of(club: Club, member: str) -> str:
    return Member.objects.get(pk=club.members[member]).code
