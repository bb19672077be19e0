"""Reads of the ledger, each in one statement, so that it sees one moment.

The totals of kept accounts are exact as they stand. To those of all others the entries of the
postings that wait to be folded are added here, so every figure is exact at any time.

These reads know no scope: whoever calls them names the units that the person may see.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tongpan.base.numbers import ZERO
from tongpan.kernel.ledger.keys import NOBODY, AccountKey, Ledger

NAMES = ("ledger", "org_unit", "role", "holder", "unit", "lot", "owner", "line")


class Balance(NamedTuple):
    """What an account holds, and what went in and out to make it so."""

    key: UUID
    ledger: Ledger
    org_unit: UUID
    role: str
    holder: UUID
    unit: UUID
    lot: str
    owner: UUID | None
    line: UUID | None
    inflow: Decimal
    outflow: Decimal
    value_in: Decimal
    value_out: Decimal

    @property
    def amount(self) -> Decimal:
        return self.inflow - self.outflow

    @property
    def value(self) -> Decimal:
        return self.value_in - self.value_out

    @property
    def account(self) -> AccountKey:
        return AccountKey(*self[1:9])


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which accounts: those that meet everything that is named here."""

    ledger: Ledger | None = None
    entity: UUID | None = None
    roles: Collection[str] | None = None
    org_units: Collection[UUID] | None = None
    holders: Collection[UUID] | None = None
    units: Collection[UUID] | None = None
    lines: Collection[UUID] | None = None
    keys: Collection[UUID] | None = None

    def sql(self) -> tuple[str, list[Any]]:
        """The condition on `account a`, and its parameters."""
        conditions = [
            ("a.ledger = %s", self.ledger),
            ("a.entity = %s", self.entity),
            ("a.role = any(%s)", self.roles),
            ("a.org_unit = any(%s)", self.org_units),
            ("a.holder = any(%s)", self.holders),
            ("a.unit = any(%s)", self.units),
            ("a.line = any(%s)", self.lines),
            ("a.key = any(%s)", self.keys),
        ]
        named = [(text, value) for text, value in conditions if value is not None]
        assert named, "Name the accounts."
        parameters = [v if isinstance(v, str | UUID) else list(v) for _, v in named]
        return " and ".join(text for text, _ in named), parameters


# Both ends of every entry in `moved`, with what they add to the totals of their accounts.
_ENDS = """
    select target as account, amount as inflow, 0 as outflow, value as value_in, 0 as value_out
      from moved
    union all
    select source, 0, amount, 0, value from moved
"""

# The totals of the chosen accounts, exact at this moment.
_EXACT = f"""
chosen as materialized (
    select a.* from account a where {{where}}
), moved as materialized (
    select e.source, e.target, e.amount, coalesce(e.value, 0) as value
      from unfolded u join entry e on e.posting = u.posting and e.business_date = u.business_date
      where exists (select from chosen where not kept)
), waiting as (
    select account, sum(inflow) as inflow, sum(outflow) as outflow, sum(value_in) as value_in,
           sum(value_out) as value_out
      from ({_ENDS}) ends group by account
), exact as (
    select a.id, a.key, a.ledger, a.org_unit, a.role, a.holder, a.unit, a.lot, a.owner, a.line,
           a.inflow + coalesce(w.inflow, 0) as inflow,
           a.outflow + coalesce(w.outflow, 0) as outflow,
           a.value_in + coalesce(w.value_in, 0) as value_in,
           a.value_out + coalesce(w.value_out, 0) as value_out
      from chosen a left join waiting w on w.account = a.id and not a.kept
)"""

_NOW = f"""
with {_EXACT}
select key, ledger, org_unit, role, holder, unit, lot, owner, line,
       inflow, outflow, value_in, value_out from exact
"""

# What came later is taken off again, so an old balance costs no more than what came after it.
_THEN = f"""
with {_EXACT}, later as (
    select account, sum(inflow) as inflow, sum(outflow) as outflow, sum(value_in) as value_in,
           sum(value_out) as value_out
      from (
        select x.id as account, e.amount as inflow, 0 as outflow,
               coalesce(e.value, 0) as value_in, 0 as value_out
          from exact x join entry e on e.target = x.id where {{later}}
        union all
        select x.id, 0, e.amount, 0, coalesce(e.value, 0)
          from exact x join entry e on e.source = x.id where {{later}}
      ) ends group by account
)
select x.key, x.ledger, x.org_unit, x.role, x.holder, x.unit, x.lot, x.owner, x.line,
       x.inflow - coalesce(l.inflow, 0), x.outflow - coalesce(l.outflow, 0),
       x.value_in - coalesce(l.value_in, 0), x.value_out - coalesce(l.value_out, 0)
  from exact x left join later l on l.account = x.id
"""


def balances(
    where: Where, *, as_of: date | None = None, recorded_by: datetime | None = None
) -> list[Balance]:
    """What the accounts hold: now, or at the end of a business date, or as known at a moment.

    `as_of` counts facts of that business date and before; `recorded_by` those that had been
    written by then, whatever their date. Accounts that never moved are there with zeros.
    """
    condition, parameters = where.sql()
    later, bounds = _later(as_of, recorded_by)
    if later:
        statement = _THEN.format(where=condition, later=later)
        parameters = [*parameters, *bounds, *bounds]
    else:
        statement = _NOW.format(where=condition)
    return [Balance(*row) for row in _rows(statement, parameters)]


def balance_of(
    keys: Sequence[AccountKey], *, as_of: date | None = None, recorded_by: datetime | None = None
) -> dict[AccountKey, Balance]:
    """What each of these accounts holds; one that was never opened holds nothing."""
    where = Where(keys=[key.key for key in keys])
    found = {b.key: b for b in balances(where, as_of=as_of, recorded_by=recorded_by)}
    return {key: found.get(key.key) or _nothing(key) for key in keys}


def _nothing(key: AccountKey) -> Balance:
    names = (getattr(key, name) for name in NAMES)
    return Balance._make((key.key, *names, ZERO, ZERO, ZERO, ZERO))


def _later(as_of: date | None, recorded_by: datetime | None) -> tuple[str, list[Any]]:
    named = [("e.business_date > %s", as_of), ("e.posted_at > %s", recorded_by)]
    there = [(text, value) for text, value in named if value is not None]
    return " or ".join(text for text, _ in there), [value for _, value in there]


class TrialLine(NamedTuple):
    """The accounts of one role and holder in some days: what they held before, a debit above zero,
    and what moved, in the entity's currency."""

    role: str
    holder: UUID
    opening: Decimal
    debit: Decimal
    credit: Decimal


# Summed here: an entity has an account for each bill and each member.
_TRIAL = f"""
with {_EXACT}, moves as (
    select account, sum(debit) filter (where business_date <= %s) as debit,
           sum(credit) filter (where business_date <= %s) as credit, sum(debit - credit) as since
      from (
        select x.id as account, e.business_date, e.amount as debit, 0 as credit
          from exact x join entry e on e.target = x.id where e.business_date >= %s
        union all
        select x.id, e.business_date, 0, e.amount
          from exact x join entry e on e.source = x.id where e.business_date >= %s
      ) ends group by account
), told as (
    select x.role, case when x.role = any(%s) then %s else x.holder end as holder,
           x.inflow - x.outflow - coalesce(m.since, 0) as opening,
           coalesce(m.debit, 0) as debit, coalesce(m.credit, 0) as credit
      from exact x left join moves m on m.account = x.id
)
select role, holder, sum(opening), sum(debit), sum(credit) from told group by role, holder
  having sum(opening) <> 0 or sum(debit) <> 0 or sum(credit) <> 0
"""


def trial_balance(
    entity: UUID, *, since: date = date.min, until: date = date.max, in_sum: Collection[str] = ()
) -> list[TrialLine]:
    """The money accounts of an entity from one business date to another, both included, by role
    and holder; those of the roles `in_sum` together, as NOBODY's. Debits and credits are equal in
    sum. What neither held nor moved anything is left out."""
    condition, parameters = Where(ledger="money", entity=entity).sql()
    days = [until, until, since, since]
    rows = _rows(_TRIAL.format(where=condition), [*parameters, *days, list(in_sum), NOBODY])
    return [TrialLine._make(row) for row in rows]


class Turnover(NamedTuple):
    """What went into and out of the accounts of one unit, role and holder in a span of days."""

    org_unit: UUID
    role: str
    holder: UUID
    inflow: Decimal
    outflow: Decimal


_TURNOVER = """
with chosen as materialized (
    select a.id, a.org_unit, a.role, a.holder from account a where {where}
)
select org_unit, role, holder, sum(inflow), sum(outflow) from (
    select c.*, e.amount as inflow, 0 as outflow
      from chosen c join entry e on e.target = c.id
      where e.business_date between %s and %s
        and e.source <> all(array(select id from account where key = any(%s)))
    union all
    select c.*, 0, e.amount
      from chosen c join entry e on e.source = c.id
      where e.business_date between %s and %s
        and e.target <> all(array(select id from account where key = any(%s)))
  ) ends group by org_unit, role, holder
"""


def turnover(
    where: Where, *, since: date, until: date, but_with: Collection[UUID] = ()
) -> list[Turnover]:
    """What moved on these accounts from one business date to another, both included, but for what
    moved between them and the accounts of the keys `but_with`.

    It reads the entries of those days and no others, so it costs the same however old they are.
    """
    condition, parameters = where.sql()
    each = [since, until, list(but_with)]
    rows = _rows(_TURNOVER.format(where=condition), [*parameters, *each, *each])
    return [Turnover._make(row) for row in rows]


# -- movements -------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a movement stands among all: by business date, then by when it was recorded."""

    business_date: date
    posted_at: datetime
    posting: UUID
    n: int
    account: int


class Movement(NamedTuple):
    """An entry as one of its accounts sees it, with the balance it left behind."""

    place: Place
    document: UUID
    kind: str
    line: UUID | None
    account: AccountKey
    other: AccountKey
    amount: Decimal
    value: Decimal
    balance: Decimal
    value_balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of movements. `more` is where the next page begins; None on the last one."""

    opening: Decimal
    opening_value: Decimal
    movements: list[Movement]
    more: Place | None


_STATEMENT = f"""
with {_EXACT}, movement as (
    select e.business_date, e.posted_at, e.posting, e.n, x.id as account, e.source as other,
           e.line, e.amount, coalesce(e.value, 0) as value
      from exact x join entry e on e.target = x.id
      where e.business_date >= %s{{late}}
    union all
    select e.business_date, e.posted_at, e.posting, e.n, x.id, e.target,
           e.line, -e.amount, -coalesce(e.value, 0)
      from exact x join entry e on e.source = x.id
      where e.business_date >= %s{{late}}
), ahead as (
    select * from movement where (business_date, posted_at, posting, n, account)
                            > (%s, %s, %s, %s, %s){{too_late}}
), opening as (
    select coalesce(sum(inflow - outflow), 0)
             - (select coalesce(sum(amount), 0) from ahead) as amount,
           coalesce(sum(value_in - value_out), 0)
             - (select coalesce(sum(value), 0) from ahead) as value
      from exact
), page as (
    select * from ahead where business_date <= %s{{in_time}}
      order by business_date, posted_at, posting, n, account limit %s
)
select o.amount, o.value, m.business_date, m.posted_at, m.posting, m.n, m.account,
       p.document, p.kind, m.line, {", ".join(f"x.{name}" for name in NAMES)},
       {", ".join(f"t.{name}" for name in NAMES)}, m.amount, m.value,
       o.amount + sum(m.amount) over running, o.value + sum(m.value) over running
  from opening o left join (
    page m join posting p on p.id = m.posting
    join account x on x.id = m.account join account t on t.id = m.other
  ) on true
  window running as (order by m.business_date, m.posted_at, m.posting, m.n, m.account)
  order by m.business_date, m.posted_at, m.posting, m.n, m.account
"""

# The same from the other end: the newest first, each with what the accounts held after it.
_LATEST = f"""
with {_EXACT}, movement as (
    select l.business_date, l.posted_at, l.posting, l.n, x.id as account, l.source as other,
           l.line, l.amount, coalesce(l.value, 0) as value
      from exact x cross join lateral (
        select * from entry e where e.target = x.id
          order by e.business_date desc, e.posted_at desc, e.posting desc, e.n desc limit %s) l
    union all
    select l.business_date, l.posted_at, l.posting, l.n, x.id, l.target,
           l.line, -l.amount, -coalesce(l.value, 0)
      from exact x cross join lateral (
        select * from entry e where e.source = x.id
          order by e.business_date desc, e.posted_at desc, e.posting desc, e.n desc limit %s) l
), page as (
    select * from movement
      order by business_date desc, posted_at desc, posting desc, n desc, account desc limit %s
), total as (
    select coalesce(sum(inflow - outflow), 0) as amount,
           coalesce(sum(value_in - value_out), 0) as value from exact
)
select m.business_date, m.posted_at, m.posting, m.n, m.account, p.document, p.kind, m.line,
       {", ".join(f"x.{name}" for name in NAMES)}, {", ".join(f"t.{name}" for name in NAMES)},
       m.amount, m.value,
       o.amount - sum(m.amount) over newer + m.amount, o.value - sum(m.value) over newer + m.value
  from page m cross join total o join posting p on p.id = m.posting
  join account x on x.id = m.account join account t on t.id = m.other
  window newer as (order by m.business_date desc, m.posted_at desc, m.posting desc, m.n desc,
                            m.account desc rows unbounded preceding)
  order by m.business_date desc, m.posted_at desc, m.posting desc, m.n desc, m.account desc
"""

_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)
_NOWHERE = Place(_FIRST, datetime(1, 1, 1, tzinfo=UTC), UUID(int=0), 0, 0)


def statement(
    where: Where,
    *,
    since: date | None = None,
    until: date | None = None,
    recorded_by: datetime | None = None,
    after: Place | None = None,
    limit: int = 100,
) -> Statement:
    """Every movement of these accounts, the oldest first, with their balance after each.

    Several accounts are read as one: the balance is that of all of them together. `after` is
    `more` of the page before. The first page opens with the balance before `since`. With
    `recorded_by` it is what the books showed at that moment: what was written later is left out.
    """
    condition, parameters = where.sql()
    since = after.business_date if after else since or _FIRST
    known = [] if recorded_by is None else [recorded_by]
    words = ("", "", "")
    if known:
        words = (" or e.posted_at > %s", " or posted_at > %s", " and posted_at <= %s")
    late, too_late, in_time = words
    rows = _rows(
        _STATEMENT.format(where=condition, late=late, too_late=too_late, in_time=in_time),
        [
            *parameters, since, *known, since, *known, *(after or _NOWHERE), *known,
            until or _LAST, *known, limit + 1,
        ],
    )  # fmt: skip
    movements = [
        Movement._make((Place._make(row[2:7]), *row[7:10], *_two_keys(row[10:26]), *row[26:30]))
        for row in rows
        if row[2] is not None
    ]
    page = movements[:limit]
    more = page[-1].place if len(movements) > limit else None
    return Statement(rows[0][0], rows[0][1], page, more)


def latest(where: Where, *, limit: int = 10) -> list[Movement]:
    """The newest movements of these accounts, the newest first, with the balance after each.

    It reads from the end, so it costs the same however long the accounts' history is.
    """
    (found,) = latest_of([where], limit=limit)
    return found


def latest_of(wanted: Sequence[Where], *, limit: int = 10) -> list[list[Movement]]:
    """The same of each of these, in one statement."""
    found: list[list[Movement]] = [[] for _where in wanted]
    parts, parameters = [], list[Any]()
    for n, where in enumerate(wanted):
        condition, named = where.sql()
        parts.append(f"(select {n}, q.* from ({_LATEST.format(where=condition)}) q)")
        parameters += [*named, limit, limit, limit]
    for n, *row in _rows(" union all ".join(parts), parameters) if parts else ():
        keys = _two_keys(tuple(row[8:24]))
        found[n].append(Movement._make((Place._make(row[:5]), *row[5:8], *keys, *row[24:28])))
    for movements in found:
        movements.sort(key=lambda one: one.place, reverse=True)
    return found


class Recorded(NamedTuple):
    """An entry of a document, between two accounts. Value is None where nothing has value."""

    posting: UUID
    kind: str
    business_date: date
    posted_at: datetime
    n: int
    line: UUID | None
    amount: Decimal
    value: Decimal | None
    source: AccountKey
    target: AccountKey


_ENTRIES = f"""
select p.id, p.kind, p.business_date, p.posted_at, e.n, e.line, e.amount, e.value,
       {", ".join(f"s.{name}" for name in NAMES)}, {", ".join(f"t.{name}" for name in NAMES)}
  from posting p
  join entry e on e.posting = p.id and e.business_date = p.business_date
  join account s on s.id = e.source join account t on t.id = e.target
  where p.document = %s
  order by p.posted_at, p.id, e.n
"""


def entries_of(document: UUID) -> list[Recorded]:
    """Everything a document has put into the ledgers, in the order it was done."""
    return [
        Recorded._make((*row[:8], *_two_keys(row[8:24]))) for row in _rows(_ENTRIES, [document])
    ]


def _two_keys(names: tuple[Any, ...]) -> tuple[AccountKey, AccountKey]:
    return AccountKey(*names[:8]), AccountKey(*names[8:])


def _rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
