"""Reads about punch cards: those of a basket or a member, and what a slip used of them."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from tongpan.business.punchcards.models import Card
from tongpan.business.punchcards.rules import Held
from tongpan.kernel.companies.calls import Call, together


def look_call(cards: Iterable[UUID], member: UUID | None, items: Iterable[UUID]) -> Call:
    """The call that reads cards by id, and all of a member that have uses left."""
    texts = (orjson.dumps([str(one) for one in rows]).decode() for rows in (cards, items))
    listed, goods = texts
    return Call("punchcards_at_till(%s, %s, %s)", (listed, member, goods))


def look_read(said: str | Sequence[dict[str, Any]]) -> dict[UUID, Held]:
    """What that call says, by id; the first to end come first."""
    rows: Sequence[dict[str, Any]] = json.loads(said) if isinstance(said, str) else said
    return {held.id: held for held in map(_held, rows)}


def look(
    member: UUID | None, *, cards: Iterable[UUID] = (), items: Iterable[UUID] = ()
) -> dict[UUID, Held]:
    """These cards, and all of a member that have uses left."""
    (said,) = together([look_call(cards, member, items)])
    return look_read(said)


def _held(row: dict[str, Any]) -> Held:
    return Held(
        id=UUID(row["id"]), code=row["code"], kind=UUID(row["kind"]), name=row["name"],
        home=UUID(row["home"]), member=UUID(row["member"]), left=Decimal(row["left"]),
        money=Decimal(row["money"]), path=row["path"] or "",
        valid_until=date.fromisoformat(row["until"]) if row["until"] else None,
        fits=frozenset(UUID(one) for one in row["fits"]),
    )  # fmt: skip


class OnSlip(NamedTuple):
    """What a slip used of a card, or gave back to it."""

    card: UUID
    name: str
    code: str
    uses: Decimal
    amount: Decimal
    left: Decimal


_ON_SLIP = """
select c.id, k.name, c.code, sum(e.amount), coalesce((
         select sum(e2.amount) from entry e2
           join account x on x.id in (e2.source, e2.target)
           where e2.posting = %(slip)s and x.role = 'card_prepaid' and x.holder = c.id), 0),
       max(a.inflow - a.outflow)
  from entry e
  join account a on a.id in (e.source, e.target) and a.role = 'card_uses'
  join punchcards_card c on c.id = a.holder
  join punchcards_kind k on k.id = c.kind_id
  where e.posting = %(slip)s
  group by c.id, k.name, c.code order by c.code
"""


def on_slip(slip: UUID) -> list[OnSlip]:
    """What the posting of a slip says of punch cards, with what each has left now."""
    with connection.cursor() as cursor:
        cursor.execute(_ON_SLIP, {"slip": slip})
        return [OnSlip(*row) for row in cursor.fetchall()]


def all_of(member: UUID) -> list[tuple[Card, Held]]:
    """Every card with uses left of a member, and what is left of each."""
    held = look(member)
    rows = Card.objects.filter(pk__in=list(held)).select_related("kind")
    return [(row, held[row.pk]) for row in rows]
