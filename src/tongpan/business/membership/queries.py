"""Reads about members: how they stand at the till, who is meant, and what they did."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import QuerySet

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import (
    Member,
    Programme,
    Tier,
    WalletRule,
)
from tongpan.business.membership.rules import EarnRate, Standing, month_after, tier_for
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.posting import Move
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.rules import phone_of
from tongpan.masters.fields import State
from tongpan.masters.search import matching

FIND = "membership.member.find"
SEE = "membership.member.view"
MOVED = ("points", "points_debt", "wallet", "wallet_bonus", "spent")
FOUND_MAX = 12


# -- at the till -----------------------------------------------------------------------------------


def standing_call(member: UUID, items: Iterable[UUID], on: date) -> Call:
    """The call that reads how a member stands, for a basket of these items."""
    listed = orjson.dumps([str(item) for item in items]).decode()
    return Call("membership_at_till(%s, %s, %s)", (member, listed, on))


def standing_read(said: str | None) -> Standing | None:
    """What that call says; None where nobody has the id."""
    if said is None:
        return None
    told = json.loads(said) if isinstance(said, str) else said
    found = Standing(
        member=UUID(told["member"]), code=told["code"], home=UUID(told["home"]),
        is_active=told["is_active"], tier=_id(told["tier"]), birthday=told["birthday"],
        stored_until=date.fromisoformat(told["stored_until"]) if told["stored_until"] else None,
        programme=_id(told["programme"]), uses=told["uses"] or WalletRule.Use.PROPORTION.value,
        points_per_yuan=Decimal(told["points_per_yuan"] or 100),
        expiry_months=int(told["expiry_months"] or 0),
        rules=[
            EarnRate(Decimal(rate), _id(tier), _id(category), weekdays, on_birthday)
            for rate, tier, category, weekdays, on_birthday in told["rules"]
        ],
        categories={
            UUID(item): [UUID(one) for one in above or ()]
            for item, above in told["categories"].items()
        },
    )  # fmt: skip
    for role, unit, lot, amount in told["accounts"]:
        if role == "wallet":
            found.principal = -Decimal(amount)
        elif role == "wallet_bonus":
            found.bonus = -Decimal(amount)
        elif found.programme is not None and UUID(unit) == found.programme:
            if role == "points":
                found.lots[lot] = Decimal(amount)
            else:
                found.debt = -Decimal(amount)
    return found


def standing_of(member: UUID, on: date, items: Iterable[UUID] = ()) -> Standing:
    """How a member stands on a day.

    Errors: Refusal not_found.
    """
    (said,) = together([standing_call(member, items, on)])
    found = standing_read(said)
    if found is None:
        raise Refusal("not_found")
    return found


def _id(raw: str | None) -> UUID | None:
    return UUID(raw) if raw else None


# -- who is meant ----------------------------------------------------------------------------------


def find_members(text: str, *, limit: int = FOUND_MAX) -> list[Member]:
    """Active members by their whole phone number, their code, or their name, its pinyin, initials.

    For the counter: whoever holds `FIND` may look for anybody, and is shown them in part.
    """
    wanted = text.strip()[:60]
    if not wanted:
        return []
    rows = _in_use()
    try:
        phone = phone_of(wanted)
    except Refusal:
        phone = ""
    exact = list(rows.filter(phone=phone)[:1]) if phone and wanted[0] in "+0123456789" else []
    exact = exact or list(rows.filter(code__iexact=wanted)[:1])
    if exact or wanted.isdigit():
        return exact
    return matching(rows, wanted, limit=limit)


def member_by_id(pk: UUID) -> Member | None:
    """A member who is in use, by their id; one who was merged is found as who they go on as."""
    found = Member.objects.select_related("merged_into__tier", "tier").filter(pk=pk).first()
    if found is not None and found.merged_into is not None:
        found = found.merged_into
    return found if found is not None and found.state == State.ACTIVE else None


def _in_use() -> QuerySet[Member]:
    return Member.objects.filter(state=State.ACTIVE).select_related("tier")


# -- programme, tiers, rules -----------------------------------------------------------------------


def programme() -> Programme | None:
    """The programme that is in use."""
    return Programme.objects.filter(state=State.ACTIVE).order_by("code").first()


def home() -> OrgUnit:
    """Where the accounts of members are: the top of the company."""
    return OrgUnit.objects.filter(parent=None).earliest("path")


def tiers_of(one: Programme) -> list[Tier]:
    return list(Tier.objects.filter(programme=one, state=State.ACTIVE))


_SPENT = """
select m.id, m.tier_id, coalesce(sum(a.inflow - a.outflow), 0)
  from membership_member m
  left join account a on a.holder = m.id and a.role = 'spent' and a.lot > %s and a.lot <= %s
  where m.state = 'active'
  group by m.id, m.tier_id
"""


class Rated(NamedTuple):
    """A member, the tier they have, and what they spent in the months that count, in CNY."""

    member: UUID
    tier: UUID | None
    spent: Decimal


def rated(on: date, months: int) -> list[Rated]:
    """What every active member spent in the window that ends with the month of a day."""
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, [month_after(on, -months), month_after(on, 0)])
        return [Rated(*row) for row in cursor.fetchall()]


class Change(NamedTuple):
    """How many members would go from one tier to another; None is no tier."""

    before: UUID | None
    after: UUID | None
    members: int


def tier_changes(on: date, months: int, tiers: Sequence[tuple[UUID, Decimal]]) -> list[Change]:
    """What would change if tiers began at these amounts, over a window of so many months."""
    counted: dict[tuple[UUID | None, UUID | None], int] = {}
    for one in rated(on, months):
        after = tier_for(one.spent, tiers)
        counted[one.tier, after] = counted.get((one.tier, after), 0) + 1
    return [Change(before, after, n) for (before, after), n in counted.items()]


# -- accounts --------------------------------------------------------------------------------------


def held_by(members: Iterable[UUID]) -> dict[UUID, dict[AccountKey, Decimal]]:
    """By member, what all their accounts hold that go along when they are merged."""
    found: dict[UUID, dict[AccountKey, Decimal]] = {member: {} for member in members}
    for row in balances(Where(holders=list(found), roles=MOVED)):
        if row.amount:
            found[row.holder][row.account] = row.amount
    return found


@dataclass(frozen=True, slots=True)
class Wallets:
    """What holds for stored value on a day, and what some members have of it, in CNY.

    `most` is what one may hold without a name and with one, `named_from` from which top-up on the
    name must be known; None where no rule holds. `offers` are (from which amount, how much).
    """

    home: UUID
    most: tuple[Decimal, Decimal] | None
    named_from: Decimal
    offers: list[tuple[Decimal, Decimal]]
    principal: dict[UUID, Decimal]
    named: set[UUID]


def wallets(members: Iterable[UUID], on: date) -> Wallets:
    """In one statement, what posting a top-up or paying one out needs to know."""
    (said,) = together([Call("membership_wallets(%s, %s)", (list(members), on))])
    told = json.loads(said) if isinstance(said, str) else said
    rule = [Decimal(one) for one in told["rule"] or ()]
    return Wallets(
        UUID(told["home"]),
        (rule[0], rule[1]) if rule else None,
        rule[2] if rule else ZERO,
        [(Decimal(least), Decimal(bonus)) for least, bonus in told["offers"]],
        {UUID(pk): Decimal(principal) for pk, (_, principal) in told["members"].items()},
        {UUID(pk) for pk, (has_name, _) in told["members"].items() if has_name},
    )


def merge_into(pairs: Mapping[UUID, UUID]) -> None:
    """Let each of these members go on as the other; so does whoever was merged into them before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update membership_member m set merged_into_id = p.other, state = 'archived'"
            " from unnest(%s::uuid[], %s::uuid[]) p(one, other)"
            " where p.one in (m.id, m.merged_into_id)",
            [list(pairs), list(pairs.values())],
        )


def by_who_goes_on(_body: object, moves: Sequence[Move]) -> list[Move]:
    """The same moves, where accounts of members who were merged since are those of who they go on
    as: what the one had is there, and not in the accounts of the one."""
    ends = [key for move in moves for key in (move.source, move.target)]
    named = {key.holder for key in ends if key.role in MOVED}
    rows = Member.objects.filter(pk__in=named, merged_into__isnull=False) if named else ()
    into = {row.pk: row.merged_into_id for row in rows}
    if not into:
        return list(moves)

    def now(key: AccountKey) -> AccountKey:
        other = into.get(key.holder) if key.role in MOVED else None
        if other is None:
            return key
        return AccountKey(key.ledger, key.org_unit, key.role, other, key.unit, key.lot)

    return [replace(move, source=now(move.source), target=now(move.target)) for move in moves]


class Lot(NamedTuple):
    """Points of one member that expired with a month and are still there."""

    member: UUID
    programme: UUID
    lot: str
    points: Decimal


def expired_lots(month: str, limit: int) -> list[Lot]:
    """Points that expired before a month, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select holder, unit, lot, inflow - outflow from account where ledger = 'points'"
            " and role = 'points' and lot < %s and inflow > outflow order by lot, holder limit %s",
            [month, limit],
        )
        return [Lot(*row) for row in cursor.fetchall()]


class Visits(NamedTuple):
    """What a member bought, at all stores: how often, for how much, and when last."""

    sales: int
    amount: Decimal
    last: date | None


_VISITS = """
select count(*) filter (where d.type = 'till.sale'),
       coalesce(sum(case when d.type = 'till.sale' then d.total else -d.total end), 0),
       max(d.business_date) filter (where d.type = 'till.sale')
  from document d
  where d.party = any(%s) and d.type in ('till.sale', 'till.return') and d.state = 'posted'
"""
_FAVOURITES = """
select i.id, i.name, sum(l.base_quantity), count(distinct d.id)
  from document d join till_sale_line l on l.document = d.id and l.business_date = d.business_date
  join items_item i on i.id = l.item
  where d.party = any(%s) and d.type = 'till.sale' and d.state = 'posted'
  group by i.id, i.name order by 4 desc, 3 desc limit %s
"""


class Favourite(NamedTuple):
    item: UUID
    name: str
    quantity: Decimal
    sales: int


def one_and_merged(member: UUID) -> list[UUID]:
    """The ids under which a member bought: their own, and those of who was merged into them."""
    return [member, *Member.objects.filter(merged_into=member).values_list("pk", flat=True)]


def visits(members: Sequence[UUID]) -> Visits:
    with connection.cursor() as cursor:
        cursor.execute(_VISITS, [list(members)])
        return Visits(*cursor.fetchone())


def favourites(members: Sequence[UUID], limit: int = 5) -> list[Favourite]:
    """What a member bought most often."""
    with connection.cursor() as cursor:
        cursor.execute(_FAVOURITES, [list(members), limit])
        return [Favourite(*row) for row in cursor.fetchall()]


# -- between stores --------------------------------------------------------------------------------

_BETWEEN = """
with moved as (
    select a.org_unit, e.business_date, d.type, e.amount as amount
      from account a join entry e on e.target = a.id
      join posting p on p.id = e.posting and p.business_date = e.business_date
      left join document d on d.id = p.document
      where a.role = 'between' and a.holder = %(home)s and a.org_unit = any(%(units)s)
        and e.business_date <= %(until)s
    union all
    select a.org_unit, e.business_date, d.type, -e.amount
      from account a join entry e on e.source = a.id
      join posting p on p.id = e.posting and p.business_date = e.business_date
      left join document d on d.id = p.document
      where a.role = 'between' and a.holder = %(home)s and a.org_unit = any(%(units)s)
        and e.business_date <= %(until)s
)
select org_unit, coalesce(sum(amount) filter (where business_date < %(since)s), 0),
       coalesce(sum(amount) filter (where business_date >= %(since)s
                                      and type in ('stored_value.top_up',
                                                   'stored_value.card_sale')), 0),
       coalesce(sum(amount) filter (where business_date >= %(since)s
                                      and type in ('till.sale', 'till.return')), 0),
       coalesce(sum(amount) filter (where business_date >= %(since)s
                                      and type in ('stored_value.pay_out',
                                                   'stored_value.card_refund')), 0),
       coalesce(sum(amount) filter (where business_date >= %(since)s
                                      and type = 'stored_value.settlement'), 0),
       coalesce(sum(amount), 0)
  from moved group by org_unit
"""


class Between(NamedTuple):
    """What headquarters owes a store for members' money, over a month; below zero the store owes.

    What was topped up at the store is below zero, what was used or paid out there above.
    """

    store: UUID
    before: Decimal
    topped_up: Decimal
    used: Decimal
    paid_out: Decimal
    settled: Decimal
    after: Decimal


def between_stores(
    top: UUID, stores: Sequence[UUID], since: date, until: date
) -> dict[UUID, Between]:
    """The statement of members' money for each of these stores, from a day to a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BETWEEN, {"home": top, "units": list(stores), "since": since, "until": until}
        )
        return {row[0]: Between(*row) for row in cursor.fetchall()}
