"""Reads of the housekeeping: takings that wait to be brought in, and what each unit earned."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from tongpan.base import env
from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.till.models import PaymentMethod
from tongpan.business.treasury.accounts import retained
from tongpan.business.treasury.models import Takings, YearClose
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

# Every way of paying with what slips of each store brought in and paid back on its last days, as
# many as it takes to settle. Cash and what is paid out at once count from tomorrow: nothing.
ON_THE_WAY = """
select m.*, coalesce(w.by_store::text, '{}') as by_store from payment_method m left join lateral (
    select jsonb_object_agg(store, amount::text) as by_store from (
        select a.org_unit as store, sum(e.amount * e.sign) as amount
          from unnest(%s::uuid[], %s::date[]) s(id, today)
          join account a on a.org_unit = s.id and a.holder = m.id and a.role = 'taken'
          join lateral (
            select e.source as other, e.amount, 1 as sign from entry e
              where e.target = a.id and e.business_date > s.today - m.settle_days
            union all
            select e.target, e.amount, -1 from entry e
              where e.source = a.id and e.business_date > s.today - m.settle_days
          ) e on true
          join account o on o.id = e.other and o.role in ('counter', 'between')
          group by a.org_unit
    ) sums
  ) w on true
  where m.is_invoiceable order by m.position, m.code
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
    where = Where(ledger="money", roles=["taken"], org_units=[store.pk for store in stores])
    held = {(row.org_unit, row.holder): row.amount for row in balances(where)}
    days = [_today(store) for store in stores]
    methods: list[Any] = list(PaymentMethod.objects.raw(ON_THE_WAY, [where.org_units, days]))
    lately = {method.pk: json.loads(method.by_store) for method in methods}
    found = []
    for store in stores:
        for method in methods:
            amount = held.get((store.pk, method.pk), ZERO)
            on_its_way = Decimal(lately[method.pk].get(str(store.pk), 0))
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
OTHER_INCOME = ("other_income", "windfalls", "received_free")
SPENT = ("expense", "fees", "cash_difference", "work", "points_spent", "bonus_given")
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
    """What each of these units earned and spent in these days, in one statement. Carrying a year
    over to equity is not spending what it earned."""
    found = {unit.pk: Result(unit) for unit in units}
    where = Where(ledger="money", roles=list(EVERY), org_units=list(found))
    equity = [retained(unit).key for unit in found]
    for row in turnover(where, since=since, until=until, but_with=equity):
        amount = row.inflow - row.outflow
        sign = -1 if row.role in INCOME else 1
        found[row.org_unit].by_account[row.role, row.holder] = sign * amount
    return list(found.values())


def to_carry(entity: UUID, year: int) -> list[list[str]]:
    """What accounts of income and costs of an entity hold at the end of a year: unit, role, holder
    and balance, above zero a debit; as they stand on the document that carries them over."""
    where = Where(ledger="money", entity=entity, roles=EVERY)
    held = balances(where, as_of=date(year, 12, 31))
    rows = [[str(b.org_unit), b.role, str(b.holder), str(b.amount)] for b in held if b.amount]
    return sorted(rows)


def years_carried(entity: UUID) -> dict[int, str]:
    """The years of an entity that were carried over, each with its document's number."""
    rows = YearClose.unscoped.filter(
        document__org_unit__entity=entity, document__state=State.POSTED
    )
    named = rows.values_list("year", "document__number")
    return {year: str(number) for year, number in named if year is not None}


def usual_account(unit: OrgUnit) -> MoneyPlace | None:
    """Where a unit's takings go: where they last went, else its only account."""
    mine = visible(MoneyPlace, SAVE).select_related("unit").filter(unit=unit, state=Use.ACTIVE)
    posted = Takings.unscoped.filter(document__state=State.POSTED, paid_into__in=mine)
    last = posted.order_by("-document__posted_at").values_list("paid_into", flat=True).first()
    if last is not None:
        return mine.get(pk=last)
    places = list(mine[:2])
    return places[0] if len(places) == 1 else None
