"""Reads about shifts: what happened at a till in a stretch of time, and what of it was odd."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tongpan.base import env
from tongpan.base.numbers import ZERO, in_yuan
from tongpan.business.shifts.models import DayClose, OpenShift, Shift, ShiftCount
from tongpan.business.till.models import ParkedSale, PaymentMethod
from tongpan.business.till.queries import counted_types
from tongpan.kernel.documents.models import History, State
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import visible

KEEP, LOOK, CLOSE_DAY = "till.shift.keep", "till.shift.look", "till.day.close"
TYPE, DRAWER = "till.shift", "till.drawer.open"

# Whether money came in or out by it, and way of paying: how many payments and for how much, of all
# documents whose payments count at their till: slips, top-ups, what was paid out of stored value;
# what was taken back went the other way. The days of the documents bound what is looked at; those
# that were taken back may be older. A document belongs to the moment at which it was posted.
SUMS = """
select d.type = any(%(coming_in)s) as is_in, p.method, count(*), sum(p.amount)
  from document d join till_payment p on p.document = d.id and p.business_date = d.business_date
  where d.org_unit_id = %(till)s and d.type = any(%(types)s)
    and d.business_date between %(first)s and %(last)s
    and d.posted_at >= %(since)s and d.posted_at < %(until)s
  group by 1, 2
union all
select d.type <> all(%(coming_in)s), p.method, count(*), sum(p.amount)
  from document d join till_payment p on p.document = d.id and p.business_date = d.business_date
  where d.org_unit_id = %(till)s and d.type = any(%(types)s)
    and d.state = 'reversed' and d.reversed_at >= %(since)s and d.reversed_at < %(until)s
  group by 1, 2
"""
CASH = f"""
select coalesce(sum(case when s.is_in then s.amount else -s.amount end), 0)
  from ({SUMS}) s(is_in, method, many, amount)
  join payment_method m on m.id = s.method and m.gives_change
"""
SLIPS = """
select d.type, count(*), sum(d.total), min(d.number), max(d.number) from document d
  where d.org_unit_id = %(till)s and d.type in ('till.sale', 'till.return')
    and d.business_date between %(first)s and %(last)s
    and d.posted_at >= %(since)s and d.posted_at < %(until)s
  group by 1
"""
# Slips of a day that stand in no shift, of a till that has shifts on that day.
OUTSIDE = """
select count(*) from document d
  where d.org_unit_id = %(till)s and d.type in ('till.sale', 'till.return')
    and d.business_date = %(on)s
    and not exists (
      select from till_shift s join document c on c.id = s.document_id
        where c.org_unit_id = d.org_unit_id and c.state = 'posted'
          and d.posted_at >= s.opened_at and d.posted_at < s.closed_at
    )
    and not exists (
      select from till_open_shift o where o.till_id = d.org_unit_id and d.posted_at >= o.opened_at
    )
"""


class Way(NamedTuple):
    """What one way of paying brought in and gave back."""

    method: PaymentMethod
    taken: Decimal
    paid_back: Decimal
    payments: int

    @property
    def left(self) -> Decimal:
        return self.taken - self.paid_back


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened at a till in a stretch of time. Amounts include tax."""

    ways: list[Way]
    sales: int
    returns: int
    sold: Decimal
    brought_back: Decimal
    first: str
    last: str
    drawer: list[History] = field(default_factory=list)

    @property
    def cash(self) -> Decimal:
        """By how much the drawer should have grown."""
        return sum((way.left for way in self.ways if way.method.gives_change), ZERO)


def figures(till: OrgUnit, since: datetime, until: datetime) -> Figures:
    """What a till did from one moment to another. Whoever asks has asked whether they may."""
    asked = _asked(till, since, until)
    with connection.cursor() as cursor:
        cursor.execute(SUMS, asked)
        rows = cursor.fetchall()
        cursor.execute(SLIPS, asked)
        slips = {kind: rest for kind, *rest in cursor.fetchall()}
    sums: dict[UUID, list[Any]] = {}
    for is_in, method, many, amount in rows:
        one = sums.setdefault(method, [ZERO, ZERO, 0])
        one[0 if is_in else 1] += amount
        one[2] += many
    used = PaymentMethod.objects.filter(pk__in=sums).order_by("position", "code")
    sold, back = (slips.get(kind, [0, ZERO, "", ""]) for kind in ("till.sale", "till.return"))
    opened = History.objects.filter(
        action=DRAWER, org_unit=till.pk, at__gte=since, at__lt=until,
        business_date__gte=since.date(), business_date__lte=until.date(),
    )  # fmt: skip
    return Figures(
        ways=[Way(method, *sums[method.pk]) for method in used],
        sales=sold[0], returns=back[0], sold=sold[1], brought_back=back[1],
        first=sold[2] or "", last=sold[3] or "", drawer=list(opened.order_by("at")),
    )  # fmt: skip


def cash_of(till: OrgUnit, since: datetime, until: datetime) -> Decimal:
    """By how much the drawer should have grown meanwhile: `Figures.cash` by itself."""
    with connection.cursor() as cursor:
        cursor.execute(CASH, _asked(till, since, until))
        (found,) = cursor.fetchone() or (ZERO,)
    cash: Decimal = found
    return cash


def _asked(till: OrgUnit, since: datetime, until: datetime) -> dict[str, Any]:
    counted = counted_types()
    return {
        "till": till.pk, "since": since, "until": until, "types": list(counted),
        "coming_in": [kind for kind, comes_in in counted.items() if comes_in],
        "first": business_date(till, since), "last": business_date(till, until),
    }  # fmt: skip


def open_shift(till: OrgUnit) -> OpenShift | None:
    """The shift that runs at a till."""
    return OpenShift.unscoped.filter(till=till).select_related("clerk", "till").first()


def last_shift(till: OrgUnit) -> Shift | None:
    """The shift that was closed last at a till."""
    rows = Shift.unscoped.filter(document__org_unit=till, document__state=State.POSTED)
    return rows.order_by("-closed_at").first()


def closed_shift(pk: UUID, code: str) -> Shift | None:
    """A closed shift where the acting person holds `code`, with its counts as `lines`."""
    rows = visible(Shift, code).select_related("document__org_unit__parent", "clerk", "store")
    shift: Shift | None = rows.filter(pk=pk).first()
    if shift is None:
        return None
    shift.lines = list(ShiftCount.unscoped.filter(document=pk).order_by("position"))
    return shift


def cash_way() -> PaymentMethod | None:
    """The way of paying whose money lies in the drawer."""
    rows = PaymentMethod.objects.filter(gives_change=True).order_by("state", "position", "code")
    return rows.first()


# -- what is odd ---------------------------------------------------------------------------------


class Odd(NamedTuple):
    """Something that a person should look at: the code of a sentence, and its facts."""

    code: str
    facts: dict[str, str]


# How many payments, begun at a till in a stretch of time, nobody knows the end of, and how much
# they are about. Shifts know no provider: whoever does gives it when the program starts.
Unknown = Callable[[UUID, datetime, datetime], tuple[int, Decimal]]
_unknown: list[Unknown] = []


def provide_unknown(unknown: Unknown) -> None:
    """Say who knows which payments are not cleared up."""
    _unknown[:] = [unknown]


def _payments_open(till: UUID, since: datetime, until: datetime) -> Iterator[Odd]:
    for unknown in _unknown:
        many, amount = unknown(till, since, until)
        if many:
            yield Odd("shift_unknown", {"n": str(many), "amount": in_yuan(amount)})


def oddities(shift: Shift, told: Figures) -> Iterator[Odd]:
    """What is odd about a closed shift, by what is known now. None of it kept it from closing."""
    if shift.difference:
        code = "shift_over" if shift.difference > 0 else "shift_short"
        yield Odd(code, {"amount": in_yuan(abs(shift.difference))})
    late = shift.float_amount + told.cash - shift.expected
    if late:
        yield Odd("shift_late", {"amount": in_yuan(late)})
    if shift.left_before is not None and shift.left_before != shift.float_amount:
        facts = {"left": in_yuan(shift.left_before), "found": in_yuan(shift.float_amount)}
        yield Odd("shift_float", facts)
    if shift.parked:
        yield Odd("shift_parked", {"n": str(shift.parked)})
    if told.drawer:
        yield Odd("shift_drawer", {"n": str(len(told.drawer))})
    yield from _payments_open(shift.document.org_unit_id, shift.opened_at, shift.closed_at)
    if shift.document.state == State.REVERSED:
        yield Odd("shift_reversed", {})


class TillDay(NamedTuple):
    """A till on a day: the shifts that were closed, the one that runs, and what was odd."""

    till: OrgUnit
    shifts: list[tuple[Shift, Figures, list[Odd]]]
    running: OpenShift | None
    odd: list[Odd]


def till_days(store: OrgUnit, on: date) -> list[TillDay]:
    """The tills of a store on a business day, with what was odd at each."""
    tills = OrgUnit.objects.filter(parent=store, kind=OrgUnit.Kind.TILL).order_by("path")
    found = [_till_day(till, on) for till in tills]
    return [one for one in found if one.till.is_active or one.shifts or one.running]


def _till_day(till: OrgUnit, on: date) -> TillDay:
    rows = Shift.unscoped.filter(document__org_unit=till, document__business_date=on)
    shifts = []
    for shift in rows.select_related("document", "clerk").order_by("closed_at"):
        told = figures(till, shift.opened_at, shift.closed_at)
        shifts.append((shift, told, list(oddities(shift, told))))
    running = open_shift(till)
    return TillDay(till, shifts, running, list(_of_till(till, on, bool(shifts), running)))


def _of_till(till: OrgUnit, on: date, has_shifts: bool, running: OpenShift | None) -> Iterator[Odd]:
    if running is not None and business_date(till, running.opened_at) <= on:
        yield Odd("till_still_open", {"clerk": running.clerk.name})
        yield from _payments_open(till.pk, running.opened_at, env.now())
    parked = ParkedSale.unscoped.filter(till=till).count()
    if parked:
        yield Odd("shift_parked", {"n": str(parked)})
    if not has_shifts and running is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(OUTSIDE, {"till": till.pk, "on": on})
        (outside,) = cursor.fetchone() or (0,)
    if outside:
        yield Odd("till_outside", {"n": str(outside)})


def day_close(store: OrgUnit, on: date) -> DayClose | None:
    return DayClose.unscoped.filter(store=store, on=on).select_related("closed_by").first()


def all_odd(days: Iterable[TillDay]) -> Sequence[tuple[OrgUnit, str, Odd]]:
    """Everything odd of some tills: the till, the number of the shift or nothing, and what."""
    return [
        (day.till, number, odd)
        for day in days
        for number, found in (
            *((shift.document.number or "", odd) for shift, _told, odd in day.shifts),
            ("", day.odd),
        )
        for odd in found
    ]
