"""Past baskets as the engine reads them, and what became of a promotion since it began."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q

from tongpan.base.numbers import ZERO
from tongpan.business.promotions.models import Part, PromotionDocument
from tongpan.business.promotions.rules.values import Basket, Line, Member
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.items.models import Item

_COUNT = """
select count(*) from till_sale s join document d on d.id = s.document_id
 where d.state = 'posted' and s.store_id = any(%s) and d.business_date between %s and %s
"""
_BASKETS = """
select s.id, s.store_id, s.posted_at, m.id, m.tier_id, m.tags, l.id, l.item, l.price, l.quantity,
       l.tax_rate, coalesce(c.path, ''), i.brand
  from (
    select d.id, d.business_date, d.posted_at, d.party, s.store_id
      from till_sale s join document d on d.id = s.document_id
     where d.state = 'posted' and s.store_id = any(%(stores)s)
       and d.business_date between %(since)s and %(until)s
       and (%(after)s::uuid is null or d.id > %(after)s)
     order by d.id limit %(limit)s
  ) s
  join till_sale_line l on l.document = s.id and l.business_date = s.business_date
  join items_item i on i.id = l.item
  left join items_itemcategory c on c.id = i.category_id
  left join membership_member m on m.id = s.party
 order by s.id, l.position
"""
_COSTS = """
select p.document, sum(e.value) from posting p
  join entry e on e.posting = p.id and e.business_date = p.business_date
  join account t on t.id = e.target and t.ledger = 'stock' and t.role = 'customer'
 where p.document = any(%s) and p.business_date between %s and %s group by p.document
"""
_TURNOVER = """
select l.business_date, sum(l.gross) from till_sale s
  join document d on d.id = s.document_id and d.state = 'posted'
  join till_sale_line l on l.document = d.id and l.business_date = d.business_date
 where s.store_id = any(%(stores)s) and d.business_date between %(since)s and %(until)s
   and (%(all)s or l.item = any(%(items)s)) group by l.business_date
"""
_SHARES = """
select count(distinct s.document), coalesce(sum(s.times), 0), coalesce(sum(s.amount), 0)
  from till_sale_share s join document d on d.id = s.document and d.state = 'posted'
 where s.promotion = %s
"""


@dataclass(frozen=True, slots=True)
class Past:
    """A basket that was sold: where, what the engine reads of it, and the tax in each line."""

    sale: UUID
    store: UUID
    basket: Basket
    tax_rates: Mapping[str, Decimal]


def count_baskets(stores: Sequence[UUID], since: date, until: date) -> int:
    """How many sales there were at these stores on these days."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(stores), since, until])
        return int(cursor.fetchone()[0])


def past_baskets(
    stores: Mapping[UUID, OrgUnit], since: date, until: date, *, after: UUID | None, limit: int
) -> list[Past]:
    """The next sales at these stores on these days, at the prices at which they were sold and the
    time on the clock of the store, without what promotions took off."""
    asked: dict[str, Any] = {"stores": list(stores), "since": since, "until": until, "after": after,
             "limit": limit}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BASKETS, asked)
        rows = cursor.fetchall()
    by_sale: dict[UUID, list[Any]] = {}
    for row in rows:
        by_sale.setdefault(row[0], []).append(row)
    return [_past(lines, stores) for lines in by_sale.values()]


def _past(rows: Sequence[Any], stores: Mapping[UUID, OrgUnit]) -> Past:
    sale, store, at, member, tier, tags = rows[0][:6]
    unit = stores[store]
    moment: datetime = at.astimezone(unit.zone).replace(tzinfo=None)
    lines = tuple(
        Line(id=str(pk), item=str(item), price=price, quantity=quantity, category=path, brand=brand)
        for *_slip, pk, item, price, quantity, _rate, path, brand in rows
    )
    buyer = None
    if member is not None:
        buyer = Member(str(member), str(tier or ""), frozenset(tags.split()))
    basket = Basket(lines, moment, unit.path, member=buyer)
    return Past(sale, store, basket, {str(row[6]): row[10] for row in rows})


def costs_of(sales: Sequence[UUID], since: date, until: date) -> dict[UUID, Decimal]:
    """What the goods of each sale had cost, as the ledger took it off."""
    with connection.cursor() as cursor:
        cursor.execute(_COSTS, [list(sales), since, until])
        return {sale: value or ZERO for sale, value in cursor.fetchall()}


# -- since it began --------------------------------------------------------------------------------

DAYS_MAX = 92


class Tracked(NamedTuple):
    """What became of a promotion: in how many sales it was used, how often and for how much; what
    its goods brought since, and on the same weekdays of the week before it began."""

    sales: int
    times: int
    amount: Decimal
    days: int
    turnover: Decimal
    turnover_before: Decimal

    @property
    def uplift(self) -> Decimal | None:
        """By which share its goods brought more, or less; None where they brought nothing before.

        Units: a share; 0.25 is a quarter more.
        Source: each day since it began is held against the same weekday of the seven days before.
        """
        if not self.turnover_before:
            return None
        return (self.turnover - self.turnover_before) / self.turnover_before


def tracked(body: PromotionDocument, stores: Sequence[UUID], last: date) -> Tracked:
    """What became of a promotion at these stores, up to and with a last day, which should be over:
    half a day is not held against a whole one. A quarter of a year at most."""
    begins = body.begins_on or last
    until = min(last, begins + timedelta(days=DAYS_MAX - 1), body.ends_on or last)
    if body.ended_at is not None:
        until = min(until, body.ended_at.astimezone(body.document.org_unit.zone).date())
    days = [begins + timedelta(days=n) for n in range((until - begins).days + 1)]
    items = _items_of(body)
    sums: dict[date, Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _TURNOVER,
            {"stores": list(stores), "since": begins - timedelta(days=7), "until": until,
             "all": items is None, "items": items or []},
        )  # fmt: skip
        sums = dict(cursor.fetchall())
        cursor.execute(_SHARES, [body.document_id])
        sales, times, amount = cursor.fetchone()
    before = [begins - timedelta(days=7) + timedelta(days=n % 7) for n in range(len(days))]
    return Tracked(
        sales, times, amount, len(days),
        turnover=sum((sums.get(day, ZERO) for day in days), ZERO),
        turnover_before=sum((sums.get(day, ZERO) for day in before), ZERO),
    )  # fmt: skip


def _items_of(body: PromotionDocument) -> list[UUID] | None:
    """The goods that a promotion is for; None is all."""
    goods = [n for n in body.lines if n.part in (Part.GOODS, Part.SLOT)]
    if not goods:
        return None
    rows = Item.objects.all()
    items = [n.item_id for n in goods if n.item_id]
    within = [n.category.path for n in goods if n.category is not None]
    brands = [n.brand for n in goods if n.brand]
    if body.kind == "set_price":  # its parts stand side by side
        below = Q(pk__in=items) | Q(brand__in=brands)
        for path in within:
            below |= Q(category__path__startswith=path)
        return list(rows.filter(below).values_list("pk", flat=True))
    if items:
        rows = rows.filter(pk__in=items)
    if within:
        below = Q()
        for path in within:
            below |= Q(category__path__startswith=path)
        rows = rows.filter(below)
    if brands:
        rows = rows.filter(brand__in=brands)
    return list(rows.values_list("pk", flat=True))
