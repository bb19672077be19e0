"""Two weeks of a small chain: it opens its books, fills its stores, and some things go wrong."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from tongpan.base import env
from tongpan.business.stock.demo.people import (
    MEMBERS,
    OURS,
    PASSWORD,
    ROLES,
    THEIRS,
    UNITS,
)
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import LegalEntity, OrgUnit, Person
from tongpan.kernel.org.people import create_person, give_role, make_role
from tongpan.kernel.org.scope import acting, system
from tongpan.kernel.org.sign_in import set_password, set_pin
from tongpan.kernel.org.units import create_unit
from tongpan.masters.places.models import Place
from tongpan.masters.places.queries import default_place

DAYS = 14
CATALOGUE = Path(__file__).with_name("items.csv")
STORES = ("S01", "S02", "S03", "S04")  # those of the warehouse's own legal entity


class Story:
    """Who and what is there while the story is told."""

    def __init__(self) -> None:
        self.units: dict[str, OrgUnit] = {}
        self.places: dict[str, Place] = {}
        self.people: dict[str, Person] = {}
        self.rows = list(csv.DictReader(CATALOGUE.open(encoding="utf-8")))
        self.chance = env.seeded(20261121)
        self.began = env.now() - timedelta(days=DAYS)

    @contextmanager
    def day(self, number: int, hour: int, person: str, at: str) -> Iterator[None]:
        """Inside it is that day of the story, in the hour of the shop's clock."""
        unit = self.units[at]
        local = (self.began + timedelta(days=number)).astimezone(unit.zone)
        moment = datetime.combine(local.date(), time(hour, 7 * number % 60), unit.zone)
        with env.frozen(min(moment, env.now())), acting(self.people[person], unit, via="demo"):
            yield


def build(tell: Callable[[str], None] = lambda text: None) -> None:
    """Make the chain and its two weeks. `tell` hears what is being made."""
    story = Story()
    with transaction.atomic(), system(reason="demonstration"), env.frozen(story.began):
        tell("people and units")
        _units(story)
        _people(story)
    tell("items")
    with story.day(0, 8, "zhou", "HQ"):
        _items(story)
    tell("opening stock")
    with story.day(0, 9, "zhou", "HQ"):
        _opening(story, "W01", share=Decimal(1))
    for store in STORES:
        with story.day(0, 10, "zhou", "HQ"):
            _opening(story, store, share=Decimal("0.1"))
    for number in range(1, DAYS + 1):
        tell(f"day {number}")
        _day(story, number)


def _units(story: Story) -> None:
    ours = LegalEntity.objects.create(name=OURS)
    theirs = LegalEntity.objects.create(name=THEIRS)
    for row in UNITS:
        entity = theirs if row.mode == "franchise" else ours
        parent = story.units[row.parent] if row.parent else None
        story.units[row.code] = unit = create_unit(
            parent=parent, kind=row.kind, code=row.code, name=row.name, mode=row.mode, entity=entity
        )
        if unit.holds_stock:
            story.places[row.code] = default_place(unit)


def _people(story: Story) -> None:
    roles = {code: make_role(code, name, actions) for code, (name, actions) in ROLES.items()}
    for number, member in enumerate(MEMBERS):
        person = create_person(member.username, member.name)
        set_password(person, PASSWORD)
        set_pin(person, f"{246810 + number * 137}")
        give_role(person, roles[member.role], story.units[member.unit])
        story.people[member.username] = person


def _items(story: Story) -> None:
    names = sorted({row["unit"] for row in story.rows} | {"箱"})
    for number, name in enumerate(names, start=1):
        is_weight = name == "kg"
        unit = {"code": f"U{number:02}", "name": name, "step": "0.001" if is_weight else "1"}
        more = {"dimension": "weight", "size": "1"} if is_weight else {}
        run("items.unit.save", payload=unit | more)
    codes = {name: f"U{number:02}" for number, name in enumerate(names, start=1)}
    for number, name in enumerate(dict.fromkeys(row["category"] for row in story.rows), start=1):
        run("items.category.save", payload={"code": f"C{number:02}", "name": name})
    for row in story.rows:
        item = {name: row[name] for name in ("code", "name", "category")}
        run("items.item.save", payload=item | {"base_unit": codes[row["unit"]]})
        if row["case_size"]:
            case = {"item": row["code"], "unit": codes["箱"], "factor": row["case_size"]}
            run("items.item_unit.save", payload=case)


def _opening(story: Story, where: str, *, share: Decimal) -> None:
    lines = [
        {"item": row["code"], "unit_cost": row["cost"], "quantity": quantity}
        for row in story.rows
        if (quantity := _part(row, share)) > 0
    ]
    header = {"place": story.places[where]}
    draft = run("stock.opening.save", payload={"header": header, "lines": lines})
    run("stock.opening.post", draft.subject)


def _part(row: dict[str, str], share: Decimal) -> Decimal:
    step = Decimal("0.001") if row["unit"] == "kg" else Decimal(1)
    return (Decimal(row["quantity"]) * share).quantize(step)


def _day(story: Story, number: int) -> None:
    """Each day the warehouse sends to two stores; most of it arrives on the same afternoon."""
    for store in (STORES[number % 4], STORES[(number + 2) % 4]):
        transfer = _send(story, number, store)
        if number < DAYS - 1:
            _receive(story, number, store, transfer)
    if number == DAYS:
        _today(story, number)


def _send(story: Story, number: int, store: str) -> UUID:
    with story.day(number, 9, "chen", "W01"):
        draft = _draft(story, store, count=6)
        run("stock.transfer.post", draft)
        if number == DAYS // 2 and store == STORES[number % 4]:
            reason = {"reason": "数量写错，改一张"}
            copy: UUID = run("stock.transfer.amend", draft, reason).result
            run("stock.transfer.post", copy)
            return copy
    return draft


def _draft(story: Story, store: str, *, count: int, places: tuple[str, str] | None = None) -> UUID:
    source, target = places or ("W01", store)
    rows = story.chance.sample(story.rows, count)
    lines = [{"item": row["code"], **_some(story, row)} for row in rows]
    header = {"from_place": story.places[source], "to_place": story.places[target]}
    return run("stock.transfer.save", payload={"header": header, "lines": lines}).subject


def _some(story: Story, row: dict[str, str]) -> dict[str, Any]:
    if row["case_size"] and Decimal(row["quantity"]) >= 20 * int(row["case_size"]):
        return {"quantity": 1, "unit": "箱"}
    return {"quantity": _part(row, Decimal("0.02")) or 1}


def _receive(story: Story, number: int, store: str, transfer: UUID) -> None:
    manager = next(m.username for m in MEMBERS if m.unit == store and m.role == "manager")
    with story.day(number, 15, manager, store):
        payload = prefill("stock.transfer_receipt", transfer)
        if number % 5 == 2:
            first = payload["lines"][0]
            first |= {"received": first["sent"] - 1, "damaged": 1}
        if number % 5 == 4:
            first = payload["lines"][-1]
            first |= {"received": first["sent"] - 1, "missing": 1}
        receipt = run("stock.transfer_receipt.save", payload=payload)
        run("stock.transfer_receipt.post", receipt.subject)


def _today(story: Story, number: int) -> None:
    """What is left open today: a draft, and a transfer that waits for somebody's approval."""
    with story.day(number, 16, "lin", "S01"):
        _draft(story, "S02", count=3, places=("S01", "S02"))
    with story.day(number, 16, "lin", "S01"):
        waiting = _draft(story, "S03", count=4, places=("S01", "S03"))
        run("stock.transfer.submit", waiting)
    with story.day(number, 17, "chen", "W01"):
        _draft(story, "S04", count=8)
