"""Reads of the housekeeping: takings that wait to be brought in, and what each unit earned."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from tongpan.base import env
from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.till.models import PaymentMethod
from tongpan.business.treasury.models import Takings
from tongpan.kernel.documents.models import State
from tongpan.kernel.ledger.queries import Where, balances, turnover
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import units_where, visible
from tongpan.masters.fields import State as Use

SAVE = "treasury.takings.save"

# The first slip of each till: it is there as soon as anything was taken, and for ever.
FIRST_SLIPS = """
select d.id from org_unit t cross join lateral (
    select d.id from document d where d.org_unit_id = t.id and d.type = 'till.sale'
      order by d.business_date, d.id limit 1
  ) d where t.parent_id = any(%s)
"""

# What slips brought in and paid back on each of the last days, by store and way of paying.
LATELY = """
select a.org_unit, a.holder, e.business_date, sum(e.amount * e.sign)
  from account a join lateral (
    select e.business_date, e.source as other, e.amount, 1 as sign from entry e
      where e.target = a.id and e.business_date > %s
    union all
    select e.business_date, e.target, e.amount, -1 from entry e
      where e.source = a.id and e.business_date > %s
  ) e on true join account o on o.id = e.other
  where a.ledger = 'money' and a.role = 'taken' and a.org_unit = any(%s) and o.role = 'counter'
  group by a.org_unit, a.holder, e.business_date
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Takings of a store in one way of paying that are in no money account yet.

    `due` is what should have arrived by the days that the way of paying takes to settle.
    """

    store: OrgUnit
    method: PaymentMethod
    amount: Decimal
    due: Decimal

    @property
    def fee(self) -> Decimal:
        """What the provider will keep of what is due."""
        return round_to(self.due * self.method.fee_rate, MONEY_STEP)


def waiting_takings(stores: Sequence[OrgUnit]) -> list[Waiting]:
    """What these stores took and nobody brought in, those in use first in their own order.

    What is paid with stored value is not money that arrives: it came with the top-up.
    """
    if not stores:
        return []
    by_id = {store.pk: store for store in stores}
    held = {(row.org_unit, row.holder): row.amount for row in _taken(by_id)}
    methods = list(PaymentMethod.objects.filter(is_invoiceable=True).order_by("position", "code"))
    longest = max((method.settle_days for method in methods), default=0)
    lately = _lately(by_id, _today(stores[0]) - timedelta(days=longest + 1))
    found = []
    for store in stores:
        for method in methods:
            amount = held.get((store.pk, method.pk), ZERO)
            last = _today(store) - timedelta(days=method.settle_days)
            days = lately.get((store.pk, method.pk), {})
            on_its_way = sum((n for day, n in days.items() if day > last), ZERO)
            if amount or on_its_way:
                due = min(amount, amount - on_its_way)
                found.append(Waiting(store, method, amount, max(due, ZERO)))
    return found


def stores_where(code: str, *, entity: UUID | None = None) -> list[OrgUnit]:
    """The stores where the person holds a permission, of one legal entity or of all."""
    found = units_where(code).filter(kind=OrgUnit.Kind.STORE).order_by("path")
    return list(found if entity is None else found.filter(entity=entity))


def _today(store: OrgUnit) -> date:
    return business_date(store, env.now())


def _taken(stores: Collection[UUID]) -> list[Any]:
    return balances(Where(ledger="money", roles=["taken"], org_units=list(stores)))


def _lately(stores: Collection[UUID], after: date) -> dict[tuple[UUID, UUID], dict[date, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(LATELY, [after, after, list(stores)])
        rows: list[tuple[UUID, UUID, date, Decimal]] = cursor.fetchall()
    found: dict[tuple[UUID, UUID], dict[date, Decimal]] = {}
    for store, method, day, amount in rows:
        found.setdefault((store, method), {})[day] = amount
    return found


def taken_by(stores: Collection[UUID], as_of: date) -> dict[tuple[UUID, UUID], Decimal]:
    """What these stores have taken and not brought in, by way of paying: the less of what there
    is now and what there was at the end of that day."""
    where = Where(ledger="money", roles=["taken"], org_units=list(stores))
    now = {(row.org_unit, row.holder): row.amount for row in balances(where)}
    then = {(row.org_unit, row.holder): row.amount for row in balances(where, as_of=as_of)}
    return {key: min(amount, then.get(key, ZERO)) for key, amount in now.items()}


def first_slips(stores: Collection[UUID]) -> list[UUID]:
    """The first slip of each till of these stores: those who bring in takings queue at it."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_SLIPS, [list(stores)])
        return [row[0] for row in cursor.fetchall()]


# -- what each unit earned -----------------------------------------------------------------------

# The figures of a month, in their order, by the roles of the accounts that they are the sums of.
# Income stands at the credit side, so its figure is the balance with its sign exchanged.
REVENUE = ("revenue",)
COST = ("cost_of_sales", "cost_variance", "price_variance")
STOCK_LOSS = ("shrinkage", "write_offs", "transit_loss", "given_away", "own_use")
OTHER_INCOME = ("other_income", "windfalls")
SPENT = ("expense", "fees", "cash_difference")
EVERY = (*REVENUE, *COST, *STOCK_LOSS, *OTHER_INCOME, *SPENT)
INCOME = (*REVENUE, *OTHER_INCOME)


@dataclass(slots=True)
class Result:
    """What a unit earned and spent in a span of days, by role and holder, all above zero."""

    unit: OrgUnit
    by_account: dict[tuple[str, UUID], Decimal] = field(default_factory=dict)

    def of(self, roles: Collection[str]) -> Decimal:
        """What accounts of these roles earned or spent."""
        return sum((n for (role, _), n in self.by_account.items() if role in roles), ZERO)

    @property
    def gross(self) -> Decimal:
        return self.of(REVENUE) - self.of(COST)

    @property
    def profit(self) -> Decimal:
        return self.gross + self.of(OTHER_INCOME) - self.of(STOCK_LOSS) - self.of(SPENT)


def results(units: Iterable[OrgUnit], since: date, until: date) -> list[Result]:
    """What each of these units earned and spent in these days, in one statement."""
    found = {unit.pk: Result(unit) for unit in units}
    where = Where(ledger="money", roles=list(EVERY), org_units=list(found))
    for row in turnover(where, since=since, until=until):
        amount = row.inflow - row.outflow
        sign = -1 if row.role in INCOME else 1
        found[row.org_unit].by_account[row.role, row.holder] = sign * amount
    return list(found.values())


def usual_account(unit: OrgUnit) -> MoneyPlace | None:
    """Where a unit's takings go: where they last went, else its only account."""
    mine = visible(MoneyPlace, SAVE).select_related("unit").filter(unit=unit, state=Use.ACTIVE)
    posted = Takings.unscoped.filter(document__state=State.POSTED, paid_into__in=mine)
    last = posted.order_by("-document__posted_at").values_list("paid_into", flat=True).first()
    if last is not None:
        return mine.get(pk=last)
    places = list(mine[:2])
    return places[0] if len(places) == 1 else None
