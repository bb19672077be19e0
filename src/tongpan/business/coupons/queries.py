"""Reads about coupons: those of a member or a code, what became of each, and who gets one."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q, Sum

from tongpan.base.numbers import ZERO
from tongpan.business.coupons.models import Coupon, CouponKind, Gift
from tongpan.business.coupons.rules import Held
from tongpan.business.membership.models import Member
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.models import State as Stage
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.masters.fields import State

# -- at the till -----------------------------------------------------------------------------------


def look_call(codes: Iterable[str], member: UUID | None, on: date) -> Call:
    """The call that reads coupons by code, and those of a member that are good on a day."""
    listed = orjson.dumps(list(codes)).decode()
    return Call("coupons_at_till(%s, %s, %s)", (listed, member, on))


def look_read(said: str | Sequence[dict[str, str]]) -> dict[str, Held]:
    """What that call says, by code; the first to lapse come first."""
    rows: Sequence[dict[str, str]] = json.loads(said) if isinstance(said, str) else said
    return {row["code"]: _held(row) for row in rows}


def look(codes: Iterable[str], member: UUID | None, on: date) -> dict[str, Held]:
    (said,) = together([look_call(codes, member, on)])
    return look_read(said)


def _held(row: dict[str, str]) -> Held:
    return Held(
        id=UUID(row["id"]), kind=UUID(row["kind"]), kind_code=row["kind_code"], name=row["name"],
        form=row["form"], home=UUID(row["home"]), left=Decimal(row["left"]),
        minimum=Decimal(row["minimum"] or 0), amount=Decimal(row["amount"] or 0),
        percent=Decimal(row["percent"] or 0), item=_id(row["item"]), member=_id(row["member"]),
        tier=_id(row["tier"]), fits_tag=bool(row["fits_tag"]), most=int(row["most"]),
        path=row["path"] or "", valid_from=_day(row["from"]), valid_until=_day(row["until"]),
        is_active=bool(row["is_active"]),
    )  # fmt: skip


def _id(raw: str | None) -> UUID | None:
    return UUID(raw) if raw else None


def _day(raw: str | None) -> date | None:
    return date.fromisoformat(raw) if raw else None


# -- what became of them ---------------------------------------------------------------------------

_BECAME = """
select c.id, a.inflow - a.outflow, (
    select t.role from entry e join account t on t.id = e.target
    where e.source = a.id order by e.business_date desc, e.posted_at desc, e.n desc limit 1
)
from coupons_coupon c join account a on a.holder = c.id and a.role = 'coupon'
where c.id = any(%s)
"""
BECAME = {"coupons_used": "used", "coupons_lapsed": "lapsed", "coupons_given": "taken_back"}


def became(coupons: Iterable[UUID]) -> dict[UUID, str]:
    """By coupon: live, used, lapsed, or taken_back with its issue."""
    with connection.cursor() as cursor:
        cursor.execute(_BECAME, [list(coupons)])
        return {
            pk: "live" if left > ZERO else BECAME.get(role or "", "taken_back")
            for pk, left, role in cursor.fetchall()
        }


class Counted(NamedTuple):
    """How many coupons of a kind were given out, used, and lapsed; the rest can be used."""

    given: int
    used: int
    lapsed: int

    @property
    def live(self) -> int:
        return self.given - self.used - self.lapsed


def counted() -> dict[UUID, Counted]:
    """By kind, how many coupons became what, by the accounts."""
    roles = ("coupons_given", "coupons_used", "coupons_lapsed")
    sums: dict[UUID, dict[str, int]] = {}
    for row in balances(Where(ledger="points", roles=roles)):
        kind = sums.setdefault(row.account.unit, dict.fromkeys(roles, 0))
        kind[row.account.role] += abs(int(row.amount))
    return {unit: Counted(*(kind[role] for role in roles)) for unit, kind in sums.items()}


_OVER = """
select c.id from coupons_coupon c join account a on a.holder = c.id and a.role = 'coupon'
where c.valid_until < %s and a.inflow > a.outflow order by c.valid_until, c.id limit %s
"""


def over(on: date, limit: int) -> list[UUID]:
    """Coupons whose last day was before this one and that were not used."""
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [on, limit])
        return [row[0] for row in cursor.fetchall()]


def transferable(kinds: Iterable[UUID]) -> set[UUID]:
    """Those of these kinds whose coupons may be passed on to another member."""
    asked = list(kinds)
    rows = CouponKind.objects.filter(pk__in=asked, is_transferable=True) if asked else None
    return set(rows.values_list("pk", flat=True)) if rows is not None else set()


def given_for_sale(number: str) -> list[tuple[Coupon, str]]:
    """The coupons that a sale brought its member, by its number, and what became of each."""
    rows = Coupon.objects.filter(occasion=number, kind__after_sale__isnull=False)
    found = list(rows.select_related("kind").order_by("pk")) if number else []
    states = became(one.pk for one in found) if found else {}
    return [(one, states.get(one.pk, "")) for one in found]


def unearned(number: str, left: Decimal) -> list[Coupon]:
    """The coupons of `given_for_sale` that nobody used and that what is left of it does not give:
    in yuan, none where all of it came back."""
    return [
        one
        for one, state in given_for_sale(number)
        if state == "live" and (not left or (one.kind.after_sale or ZERO) > left)
    ]


def brought_back(sale: UUID) -> Decimal:
    """What came back of a sale so far, in yuan."""
    rows = Document.unscoped.filter(follows=sale, state=Stage.POSTED, type="till.return")
    return rows.aggregate(sum=Sum("total"))["sum"] or ZERO


# -- who gets one ----------------------------------------------------------------------------------


class Wanted(NamedTuple):
    """A line of an issue: which kind, for whom, what for. Nobody by name where all are empty."""

    kind: UUID
    member: UUID | None
    tier: UUID | None
    tag: str
    occasion: str


def receivers(lines: Sequence[Wanted]) -> list[list[UUID | None]]:
    """Whom each line of an issue names: one member, all of a tier or with a tag, or nobody by name.

    Who has a kind for its occasion already, or gets it by a line before, is left out.
    """
    active = Member.objects.filter(state=State.ACTIVE).order_by("pk")
    named = {one.member for one in lines if one.member is not None}
    there = {row.pk: row for row in active.filter(pk__in=named).only("pk", "tags", "tier")}
    occasions = {one.occasion for one in lines if one.occasion}
    known = Coupon.objects.filter(occasion__in=occasions, member__isnull=False) if occasions else ()
    has = {(row.member_id, row.kind_id, row.occasion) for row in known}
    found: list[list[UUID | None]] = []
    for one in lines:
        if one.member is None and one.tier is None and not one.tag:
            found.append([None])
            continue
        rows = [there[one.member]] if one.member in there else []
        if one.member is None:
            all_of = active.filter(tags__contains=one.tag)
            rows = list(all_of.filter(tier=one.tier) if one.tier is not None else all_of)
        fits = [
            row.pk
            for row in rows
            if (not one.tag or one.tag in row.tags.split())
            and one.tier in (None, row.tier_id)
            and (row.pk, one.kind, one.occasion) not in has
        ]
        if one.occasion:
            has |= {(pk, one.kind, one.occasion) for pk in fits}
        found.append([*fits])
    return found


class Due(NamedTuple):
    """A coupon that a day brings a member, and what for."""

    kind: UUID
    member: UUID
    occasion: str


def gifts_due(today: date, day_of: "dict[int, date]") -> list[Due]:
    """What birthdays and anniversaries bring on a day. `day_of` maps days ahead to that day.

    Whoever was born or joined on 29 February is given it on the 28th where there is no 29th.
    """
    rows = Gift.objects.filter(state=State.ACTIVE, kind__state=State.ACTIVE)
    rows = rows.filter(valid_from__lte=today).filter(
        Q(valid_until=None) | Q(valid_until__gte=today)
    )
    found = []
    for gift in rows:
        day = day_of[gift.days_before]
        members = Member.objects.filter(state=State.ACTIVE).order_by("pk")
        if gift.tier_id is not None:
            members = members.filter(tier=gift.tier_id)
        names = _names_of(day)
        if gift.day == Gift.Day.BIRTHDAY:
            members = members.filter(birthday__in=names)
        else:
            on = Q()
            for name in names:
                on |= Q(joined_on__month=int(name[:2]), joined_on__day=int(name[3:]))
            members = members.filter(on, joined_on__lt=day.replace(month=1, day=1))
        occasion = f"{gift.day} {day.year}"
        known = set(
            Coupon.objects.filter(kind=gift.kind_id, occasion=occasion).values_list(
                "member_id", flat=True
            )
        )
        for pk in members.values_list("pk", flat=True):
            if pk not in known:
                found.append(Due(gift.kind_id, pk, occasion))
    return list(dict.fromkeys(found))


def _names_of(day: date) -> list[str]:
    is_leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    names = [f"{day:%m-%d}"]
    return [*names, "02-29"] if names == ["02-28"] and not is_leap else names
