"""What the address of a list asks for: a view, filters, columns, an order, a place to go on from.

One class reads the query of a request and writes the query of every link on the page, so that a
filter, a chip and a saved view can never disagree about a name.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.faces.kit import formats
from tongpan.faces.kit.derived.standings import awaited, received_by
from tongpan.kernel.documents.fields import Field
from tongpan.kernel.documents.lists import Wanted
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.scope import today_here, who

TEXT_MAX = 80
VIEWS = {
    "": gettext_lazy("All"),
    "waiting": gettext_lazy("Waiting for me"),
    "week": gettext_lazy("This week"),
    "drafts": gettext_lazy("My drafts"),
}


@dataclass(frozen=True)
class Asked:
    """The parts of a list's address, read and checked. What cannot be read is left out."""

    view: str = ""
    within: Callable[[], Q] = Q  # of a view that the type itself has
    text: str = ""
    states: tuple[str, ...] = ()
    units: tuple[UUID, ...] = ()
    since: date | None = None
    until: date | None = None
    by: UUID | None = None
    fields: tuple[tuple[str, UUID], ...] = ()
    order: str = ""
    after: str = ""

    @property
    def is_oldest_first(self) -> bool:
        return self.order == "oldest"

    def wanted(self) -> Wanted:
        """What the list is asked for: the view's own conditions, narrowed by the filters."""
        asked = self._within_view()
        return Wanted(
            text=asked.text,
            states=asked.states,
            units=asked.units,
            since=asked.since,
            until=asked.until,
            by=asked.by,
            fields=dict(asked.fields),
            within=self.within(),
        )

    def _within_view(self) -> "Asked":
        if self.view == "waiting":
            return replace(self, states=(State.SUBMITTED.value,))
        if self.view == "drafts":
            person = who().person
            mine = person.pk if person else None
            return replace(self, states=(State.DRAFT.value,), by=mine)
        if self.view == "week":
            monday = today_here() - timedelta(days=today_here().weekday())
            return replace(self, since=max(self.since or monday, monday))
        return self

    def query(self) -> str:
        """These parts as an address writes them."""
        pairs: list[tuple[str, str]] = []
        pairs += [("view", self.view)] if self.view else []
        pairs += [("q", self.text)] if self.text else []
        pairs += [("state", s) for s in self.states]
        pairs += [("unit", str(u)) for u in self.units]
        pairs += [("date_from", self.since.isoformat())] if self.since else []
        pairs += [("date_to", self.until.isoformat())] if self.until else []
        pairs += [("by", str(self.by))] if self.by else []
        pairs += [(name, str(value)) for name, value in self.fields]
        pairs += [("order", self.order)] if self.order else []
        pairs += [("after", self.after)] if self.after else []
        return urlencode(pairs)

    def but(self, **changes: object) -> str:
        """The address of the same list with some parts changed, from its first page on."""
        changed = replace(self, **{"after": "", **changes})  # type: ignore[arg-type]
        return f"?{changed.query()}"


def read(declared: DocumentType, given: QueryDict) -> Asked:
    """What a request asks of the list of a type."""
    links = [f.name for f in declared.header_fields if f.target is not None]
    fields = [(name, found) for name in links if (found := _id(given.get(name, "")))]
    view, own = given.get("view", ""), own_views(declared)
    return Asked(
        view=view if view in VIEWS or view in own else "",
        within=own[view][1] if view in own else Q,
        text=given.get("q", "").strip()[:TEXT_MAX],
        states=tuple(s for s in given.getlist("state") if s in State.values),
        units=tuple(_ids(given.getlist("unit"))),
        since=_day(given.get("date_from", "")),
        until=_day(given.get("date_to", "")),
        by=_id(given.get("by", "")),
        fields=tuple(fields),
        order="oldest" if given.get("order") == "oldest" else "",
        after=given.get("after", ""),
    )


def own_views(declared: DocumentType) -> dict[str, tuple[Any, Callable[[], Q]]]:
    """The views that only this type has: those it declares, and what waits to be received."""
    found: dict[str, tuple[Any, Callable[[], Q]]] = {}
    if received_by(declared):
        title = declared.screens.get("awaited", _("To receive"))
        found["awaited"] = (title, lambda: _awaited(declared))
    found.update(declared.screens.get("views", {}))
    return found


def _awaited(declared: DocumentType) -> Q:
    rows = awaited(declared)
    return Q(pk__in=rows.values("pk")) if rows is not None else Q(pk__in=[])


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [found for text in texts if (found := _id(text))]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Words:
    """How the parts of an address are written on chips: names of what their ids stand for."""

    names: dict[UUID, str] = field(default_factory=dict)

    def dates(self, asked: Asked) -> str:
        since, until = formats.day(asked.since), formats.day(asked.until)
        if asked.since and asked.since == asked.until:
            return _("Date: %(day)s") % {"day": since}
        if asked.since and asked.until:
            return _("Date: %(since)s to %(until)s") % {"since": since, "until": until}
        if asked.since:
            return _("Date: from %(since)s") % {"since": since}
        return _("Date: to %(until)s") % {"until": until}

    def named(self, title: str, ids: Iterable[UUID]) -> str:
        return f"{title}: {listed(self.names.get(i, '…') for i in ids)}"


def fields_in_force(declared: DocumentType, asked: Asked) -> list[tuple[Field, UUID]]:
    """The reference fields that the address filters by."""
    known = {f.name: f for f in declared.header_fields}
    return [(known[name], value) for name, value in asked.fields]
