"""The names of events, who listens to them, and the chores of the dispatcher."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as a subscriber gets it, with its position in the feed."""

    position: int
    id: UUID
    business_date: date
    name: str
    subject: UUID
    org_unit: UUID
    actor: UUID | None
    authorised_by: UUID | None
    occurred_at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who listens. Either `handle` runs in the dispatcher, or `job` is enqueued for a worker."""

    name: str
    patterns: tuple[str, ...]
    handle: Callable[[Happened], None] | None
    job: str | None
    tries: int
    from_start: bool

    @property
    def pattern(self) -> str:
        """What its names must fit."""
        return pattern_of(self.patterns)


@dataclass(frozen=True, slots=True)
class Chore:
    """Work that the dispatcher does for a company in its rounds, such as folding totals."""

    name: str
    run: Callable[[], object]
    every_s: float


def pattern_of(names: Iterable[str]) -> str:
    r"""One regular expression for names with stars, in the dialect shared with PostgreSQL.

    >>> pattern_of(["stock.*", "till.sale.posted"])
    '^(stock\\..*|till\\.sale\\.posted)$'
    """
    each = (re.escape(name).replace(r"\*", ".*") for name in names)
    return f"^({'|'.join(each)})$"


_events: dict[str, object] = {}  # titles may be lazy, so they are read in the reader's language
_subscribers: dict[str, Subscriber] = {}
_chores: dict[str, Chore] = {}


def declare_event(name: str, title: object) -> str:
    """Give the event `name` a title, by which people choose it; returns the name.

    >>> declare_event("stock.transfer.posted", "Transfer posted")
    'stock.transfer.posted'
    """
    assert NAME.fullmatch(name), f"{name!r} is not dotted lower-case words."
    _events[name] = title
    return name


def events() -> dict[str, str]:
    """Every declared event, with its title in the language of this moment."""
    return {name: str(title) for name, title in sorted(_events.items())}


def is_declared(name: str) -> bool:
    return name in _events


def subscribe(
    name: str,
    events: str | tuple[str, ...],
    *,
    handle: Callable[[Happened], None] | None = None,
    job: str | None = None,
    tries: int = 6,
    from_start: bool = True,
) -> None:
    """Have every event whose name fits `events` ("stock.*") handled once, in order.

    `handle` runs in the transaction that moves the subscriber's cursor, so what it writes to this
    database happens once; it must not reach outside. `job` names a job that is enqueued in that
    transaction with the event's id. An event that fails `tries` times is parked, and the cursor
    goes on. With `from_start=False` a new subscriber begins at the present end of the feed.
    """
    assert (handle is None) != (job is None), "A subscriber has a handler or a job."
    assert name not in _subscribers, f"There is a subscriber {name!r} already."
    patterns = (events,) if isinstance(events, str) else events
    _subscribers[name] = Subscriber(name, patterns, handle, job, tries, from_start)


def subscribers() -> dict[str, Subscriber]:
    return dict(_subscribers)


def chore(run: Callable[[], object], *, name: str = "", every_s: float = 0.0) -> None:
    """Have the dispatcher call `run` for each company in its rounds, at most every `every_s`.

    A true result says that there was work, so the next round comes soon.
    """
    name = name or f"{run.__module__}.{run.__qualname__}"
    _chores[name] = Chore(name, run, every_s)


def chores() -> list[Chore]:
    return list(_chores.values())
