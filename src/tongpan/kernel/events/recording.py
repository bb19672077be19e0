"""Recording what happened, in the same transaction as the change itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from tongpan.base import env
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.events.registry import is_declared
from tongpan.kernel.org.context import who


@dataclass(frozen=True, slots=True)
class Fact:
    """An event that is about to be recorded.

    `nth` is for a document that gets its number in the same statement: the number's place, from 1,
    in the list that the statement's first call says. The payload has it as `number`.
    """

    name: str
    subject: UUID
    org_unit: UUID
    payload: dict[str, Any]
    business_date: date
    nth: int | None = None


def record(
    name: str, subject: UUID, org_unit: UUID, payload: dict[str, Any], business_date: date
) -> None:
    """Record one event of the acting person: one statement, no notification, no job.

    The dispatcher numbers and delivers it after the commit. Amounts in `payload` are Decimals or
    text; personal values do not belong there, only the id of whose they are.

    Errors: NoScope when nobody acts; AssertionError for a name that was not declared; TypeError
    for a float or another value that has no exact JSON form.
    """
    record_all([Fact(name, subject, org_unit, payload, business_date)])


def record_all(facts: Iterable[Fact]) -> None:
    """Record many events with one statement, in the order given."""
    together([recorded(facts)])


def recorded(facts: Iterable[Fact]) -> Call:
    """The call that records events, for whoever has more to say in the same statement."""
    acting, at = who(), env.now().isoformat()
    rows: list[dict[str, Any]] = []
    is_numbered = False
    for fact in facts:
        assert is_declared(fact.name), f"The event {fact.name!r} was never declared."
        rows.append(
            {
                "id": str(env.new_id()),
                "name": fact.name,
                "subject": str(fact.subject),
                "org_unit": str(fact.org_unit),
                "actor": acting.person and str(acting.person.pk),
                "authorised_by": acting.authorised_by and str(acting.authorised_by.pk),
                "occurred_at": at,
                "business_date": fact.business_date.isoformat(),
                "payload": _plain(fact.payload),
                "nth": fact.nth,
            }
        )
        is_numbered = is_numbered or fact.nth is not None
    text = "events_record(%s, first)" if is_numbered else "events_record(%s, null)"
    return Call(text, (orjson.dumps(rows).decode(),))


def _plain(value: Any) -> Any:
    """The value as JSON knows it; exact or refused."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    raise TypeError(f"An event cannot carry {value!r}: write amounts as Decimal or text.")
