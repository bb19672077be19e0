"""The cast: one small chain that every test, page of the manual and screenshot knows.

北方超市 has its headquarters, a central warehouse, and two stores, North and South. Zhou owns it,
Wang keeps the warehouse, Lin is a cashier in North, Zhao manages South. Another legal entity runs
the franchise store West. Factories are plain functions that do what a person would do: stock comes
onto a shelf by a posted document, never by writing a balance.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from tongpan.base import env
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.org.models import Grant, LegalEntity, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.items.models import Dimension, Item, ItemUnit, UnitOfMeasure
from tongpan.masters.places.models import Place
from tongpan.masters.places.queries import default_place
from tongpan.masters.search import search_text

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # noon in Shanghai
PASSWORD = "a chain of shops"

ROLES: dict[str, tuple[str, dict[str, Decimal | None]]] = {
    "owner": ("老板", {"*": None}),
    "warehouse": ("仓管", {"stock.*": None, "items.*": None, "see.cost": None}),
    "manager": ("店长", {"stock.*": Decimal(5000), "items.item.view": None}),
    "cashier": (
        "收银员",
        {"stock.transfer.view": None, "stock.transfer.save": None, "items.item.view": None},
    ),
}


@dataclass
class Chain:
    """Everybody and everything in the cast, by the names that tests use."""

    units: dict[str, OrgUnit] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    measures: dict[str, UnitOfMeasure] = field(default_factory=dict)

    @contextmanager
    def as_(self, person: str, at: str, **more: Any) -> Iterator[None]:
        """Inside, this person of the cast acts at this unit, at noon."""
        with env.frozen(NOON), acting(self.people[person], self.units[at], **more):
            yield


def a_chain() -> Chain:
    """The whole cast, in the company that is open."""
    chain = Chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        _units(chain)
        _people(chain)
        _items(chain)
    return chain


def _units(chain: Chain) -> None:
    ours = LegalEntity.objects.create(name="北方超市有限公司")
    theirs = LegalEntity.objects.create(name="西门便利店")
    rows = (
        ("hq", None, "company", "总部", ours),
        ("warehouse", "hq", "warehouse", "中心仓", ours),
        ("north", "hq", "store", "北门店", ours),
        ("south", "hq", "store", "南站店", ours),
        ("west", "hq", "store", "西门店", theirs),
    )
    codes = {"hq": "HQ", "warehouse": "W01", "north": "S01", "south": "S02", "west": "S03"}
    for name, parent, kind, title, entity in rows:
        mode = "franchise" if entity is theirs else "owned"
        unit = OrgUnit(
            parent=chain.units.get(parent or ""), kind=kind, code=codes[name], name=title,
            entity=entity, mode=mode,
        )  # fmt: skip
        unit.save()
        chain.units[name] = unit
        if unit.holds_stock:
            chain.places[name] = default_place(unit)


def _people(chain: Chain) -> None:
    roles = {code: Role.objects.create(code=code, name=name) for code, (name, _) in ROLES.items()}
    for code, (_, actions) in ROLES.items():
        for permission, amount_max in actions.items():
            RoleAction.objects.create(role=roles[code], code=permission, amount_max=amount_max)
    rows = (
        ("zhou", "周敏", "owner", "hq"),
        ("wang", "王强", "warehouse", "warehouse"),
        ("lin", "林小雨", "cashier", "north"),
        ("zhao", "赵店长", "manager", "south"),
        ("chen", "陈店长", "manager", "north"),
    )
    for username, name, role, unit in rows:
        person = Person(username=username, name=name)
        person.password = _hashed()
        person.save()
        Grant.objects.create(person=person, role=roles[role], unit=chain.units[unit])
        chain.people[username] = person


@cache
def _hashed() -> str:
    """Hashed once for all tests of a process: a good hash is slow on purpose."""
    return make_password(PASSWORD)


def _items(chain: Chain) -> None:
    for code, name, step, dimension in (
        ("box", "盒", "1", Dimension.COUNT),
        ("bottle", "瓶", "1", Dimension.COUNT),
        ("case", "箱", "1", Dimension.COUNT),
        ("kg", "kg", "0.001", Dimension.WEIGHT),
    ):
        chain.measures[code] = UnitOfMeasure.objects.create(
            code=code, name=name, step=Decimal(step), dimension=dimension
        )
    rows = (
        ("milk", "鲜牛奶 950 mL", "box"),
        ("yogurt", "原味酸奶 200 g", "box"),
        ("cola", "可口可乐 500 mL", "bottle"),
        ("water", "饮用水 550 mL", "bottle"),
        ("tea", "无糖乌龙茶 500 mL", "bottle"),
        ("noodles", "红烧牛肉面", "box"),
        ("apple", "红富士苹果", "kg"),
    )
    for number, (name, title, unit) in enumerate(rows, start=1):
        chain.items[name] = Item.objects.create(
            code=f"{10000 + number}", name=title, base_unit=chain.measures[unit],
            search_text=search_text([f"{10000 + number}"], [title]),
        )  # fmt: skip
    ItemUnit.objects.create(
        item=chain.items["cola"], unit=chain.measures["case"], factor=Decimal(24)
    )


def on_shelf(chain: Chain, where: str, **stock: tuple[str, str]) -> UUID:
    """Put goods on a shelf by a posted opening document: `milk=("10", "8.50")` is ten at 8.50."""
    with chain.as_("zhou", where):
        draft = run(
            "stock.opening.save",
            payload={
                "header": {"place": chain.places[where]},
                "lines": [
                    {"item": chain.items[name], "quantity": quantity, "unit_cost": cost}
                    for name, (quantity, cost) in stock.items()
                ],
            },
        )
        run("stock.opening.post", draft.subject)
    return draft.subject


def a_transfer(
    chain: Chain, source: str, target: str, lines: Mapping[str, str], **more: Any
) -> Outcome:
    """Draft a transfer: `{"milk": "4"}` is four of them, in the base unit. Somebody must act."""
    return run(
        "stock.transfer.save",
        payload={
            "header": {"from_place": chain.places[source], "to_place": chain.places[target]},
            "lines": [
                {"item": chain.items[name], "quantity": quantity}
                for name, quantity in lines.items()
            ],
            **more,
        },
    )
