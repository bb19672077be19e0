"""Who acts, where, and by whose leave: known to all code without being handed down.

Nothing here imports a table, so that every table's module can import this one.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tongpan.base import env
from tongpan.kernel.org.rules import covers, module_of, outermost

if TYPE_CHECKING:
    from tongpan.kernel.org.models import OrgUnit, Person


LOOKING = "look"  # by which way a person acts who looks as somebody else


class NoScope(Exception):
    """Somebody must act: the code runs outside `acting(...)` and `system(...)`."""


@dataclass(frozen=True, slots=True)
class Held:
    """One permission code that a person holds at a unit and below.

    `closed` names the modules that are switched off there, above or below, each with the path.
    """

    code: str
    path: str
    amount_max: Decimal | None
    time_zone: str
    valid_from: date | None
    valid_until: date | None
    closed: tuple[tuple[str, str], ...] = ()

    def is_open_at(self, path: str, code: str) -> bool:
        """Whether the module of `code`, which this covers, is switched on at this path."""
        module = module_of(code)
        return not any(off == module and path.startswith(at) for off, at in self.closed)

    def is_valid_now(self) -> bool:
        """By the date on the wall at the unit; the last day counts."""
        today = env.now().astimezone(ZoneInfo(self.time_zone)).date()
        return (self.valid_from or today) <= today <= (self.valid_until or today)


def held_as_read(rows: Iterable[list[Any]]) -> tuple[Held, ...]:
    """What the database function `org_held` says."""
    return tuple(
        Held(
            code, path, None if most is None else Decimal(most), time_zone,
            begins and date.fromisoformat(begins), ends and date.fromisoformat(ends),
            tuple((module, at) for module, at in closed),
        )
        for code, path, most, time_zone, begins, ends, closed in rows
    )  # fmt: skip


@dataclass(frozen=True)
class Acting:
    """The person for whom code runs. `reason` is set when the program itself acts.

    What the person holds is read once, when it is first asked for, and kept as long as the act.
    """

    person: "Person | None"
    at: "OrgUnit | None" = None
    authorised_by: "Person | None" = None
    via: str = "screen"
    scopes: frozenset[str] | None = None  # of an API token: no more than these
    reason: str = field(default="")

    @property
    def is_only_looking(self) -> bool:
        return self.via == LOOKING

    @property
    def is_system(self) -> bool:
        return self.reason != ""

    @cached_property
    def held(self) -> "tuple[Held, ...]":
        return self.person.held_permissions() if self.person else ()

    @property
    def knows_what_is_held(self) -> bool:
        return self.is_system or self.person is None or "held" in self.__dict__

    def learn(self, held: "tuple[Held, ...]") -> None:
        """What the person holds, read along with something else."""
        self.__dict__["held"] = held

    @cached_property
    def held_by_authoriser(self) -> "tuple[Held, ...]":
        return self.authorised_by.held_permissions() if self.authorised_by else ()

    def paths_where(self, code: str) -> list[str]:
        """The outermost paths where the person holds `code`; see `closed_where`."""
        if not self.is_in_scopes(code):
            return []
        return outermost(
            h.path for h in self.held
            if covers(h.code, code) and h.is_valid_now() and h.is_open_at(h.path, code)
        )  # fmt: skip

    def closed_where(self, code: str) -> list[str]:
        """The outermost paths below those of `paths_where` at which the module is switched off."""
        module = module_of(code)
        return outermost(at for h in self.held for off, at in h.closed if off == module)

    def paths_of_any(self) -> list[str]:
        """The outermost paths where the person holds anything at all that a token may use."""
        return outermost(h.path for h in self.held if self._is_usable(h.code) and h.is_valid_now())

    def is_in_scopes(self, code: str) -> bool:
        """Whether the API token, if there is one, reaches as far as `code`."""
        return self.scopes is None or any(covers(scope, code) for scope in self.scopes)

    def _is_usable(self, held: str) -> bool:
        return self.scopes is None or any(
            covers(scope, held) or covers(held, scope) for scope in self.scopes
        )


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting(
    person: "Person",
    at: "OrgUnit | None" = None,
    *,
    authorised_by: "Person | None" = None,
    via: str = "screen",
    scopes: Iterable[str] | None = None,
    held: "tuple[Held, ...] | None" = None,
) -> Iterator[Acting]:
    """Inside, `person` acts at the unit `at`, and sees and may do what they hold.

    `authorised_by` is a second person who gave their PIN for the one action that runs inside: it
    is allowed when either of them may, and seeing stays with the first. `held` is what the person
    holds, where it was just read; else it is read when it is first asked for.
    """
    limits = None if scopes is None else frozenset(scopes)
    became = Acting(person, at, authorised_by, via, limits)
    if held is not None:
        became.learn(held)
    with _becoming(became):
        yield became


@contextmanager
def system(*, reason: str) -> Iterator[Acting]:
    """Inside, the program itself acts: it sees all and may do all. Never for a person's wish.

    The person who acted outside is kept, so that history can still name them.
    """
    assert reason, "The program says why it acts."
    outer = _acting.get()
    person, at, via = (outer.person, outer.at, outer.via) if outer else (None, None, "job")
    with _becoming(Acting(person, at, None, via, None, reason)) as became:
        yield became


@contextmanager
def _becoming(became: Acting) -> Iterator[Acting]:
    token = _acting.set(became)
    try:
        yield became
    finally:
        _acting.reset(token)


def who() -> Acting:
    """Who acts now.

    Errors: NoScope when nobody does.
    """
    if (now_acting := _acting.get()) is None:
        raise NoScope("Nobody acts here: wrap the code in acting(person, at=unit).")
    return now_acting
