"""Who and what there is while the story of the demonstration is told, and how it is told.

Every id is made from names, so a build that was broken off is simply begun again: what is there is
left as it is, a draft that was not posted yet is posted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.demo.people import MEMBERS
from tongpan.business.demo.source import CUT_HOURS, DAYS
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.items.models import Item
from tongpan.masters.places.models import Place

MASTERS_AT_ONCE = 3000


@dataclass(slots=True)
class Chain:
    """Units, places, people and items, by their codes. `first` is the first business day."""

    first: date
    tell: Callable[[str], None] = lambda text: None
    units: dict[str, OrgUnit] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    members: dict[int, UUID] = field(default_factory=dict)  # by household of the source

    def moment(self, number: int, hour: int, at: str, minute: int = 0) -> datetime:
        """An hour of a day of the story on the clock of a unit, but never after now."""
        day = self.first + timedelta(days=number)
        return min(datetime.combine(day, time(hour, minute), self.units[at].zone), env.now())

    @contextmanager
    def day(self, number: int, hour: int, person: str, at: str) -> Iterator[None]:
        """Inside it is that day, and this person works there."""
        moment = self.moment(number, hour, at, 7 * number % 60)
        with env.frozen(moment), acting(self.people[person], self.units[at], via="import"):
            yield

    def cut_of(self, number: int) -> datetime:
        """When a business day of the stores begins."""
        day = self.first + timedelta(days=number)
        return datetime.combine(day, time(CUT_HOURS), self.units["HQ"].zone)

    def id_of(self, *names: object) -> UUID:
        """The id of something of the demonstration, the same whenever it is built again."""
        return env.id_of(self.cut_of(0), "demonstration", *names)

    def bring_in(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Make rows of master data, those that are not there yet."""
        for start in range(0, len(rows), MASTERS_AT_ONCE):
            payload = {"type": kind, "rows": rows[start : start + MASTERS_AT_ONCE]}
            run("masters.bring_in", payload=payload)

    def post(self, kind: str, name: tuple[object, ...], payload: Callable[[], Any]) -> Document:
        """Draft and post a document, as far as that was not done before."""
        document_id = self.id_of(kind, *name)
        there = Document.unscoped.filter(pk=document_id).first()
        if there is None:
            run(f"{kind}.save", document_id, payload())
        if there is None or there.state == State.DRAFT:
            run(f"{kind}.post", document_id)
        return Document.unscoped.get(pk=document_id)

    def draft(
        self, kind: str, name: tuple[object, ...], payload: Mapping[str, Any], then: str = ""
    ) -> None:
        """Draft a document and leave it, or hand it on with `then`; what is refused stays away."""
        document_id = self.id_of(kind, "draft", *name)
        if Document.unscoped.filter(pk=document_id).exists():
            return
        try:
            with transaction.atomic():
                run(f"{kind}.save", document_id, payload)
                if then:
                    run(f"{kind}.{then}", document_id)
        except Refusal as refused:  # a short history has nothing to send
            self.tell(refused.code)

    @property
    def last(self) -> int:
        return DAYS - 1


def manager_of(store: str) -> str:
    """Who runs a store."""
    return next(m.username for m in MEMBERS if m.unit == store and m.role != "cashier")


def cashiers_of(store: str) -> list[str]:
    return [m.username for m in MEMBERS if m.unit == store and m.role == "cashier"]


def known_chain(first: date, tell: Callable[[str], None]) -> Chain:
    """The chain as far as it was made."""
    chain = Chain(first, tell)
    with system(reason="demonstration"):
        chain.units = {unit.code: unit for unit in OrgUnit.objects.select_related("parent")}
        chain.people = {person.username: person for person in Person.objects.all()}
        for place in Place.unscoped.filter(is_default=True).select_related("unit"):
            chain.places[place.unit.code] = place
    return chain
