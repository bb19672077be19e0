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
from tongpan.business.promotions.models import Part, PromotionDocument, PromotionLine
from tongpan.business.promotions.rules.values import Basket, Line, Member
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.items.models import Item

_COUNT = """
select count(*) from till_sale s join document d on d.id = s.document_id
 where d.state = 'posted' and s.store_id = any(%s) and d.business_date between %s and %s
"""
_BASKETS = """
select s.id, s.store_id, s.posted_at, s.paid, m.id, m.tier_id, m.tags,
       l.id, l.item, l.price, l.quantity, l.tax_rate, coalesce(c.path, ''), i.brand
  from (
    select d.id, d.business_date, d.posted_at, d.party, s.store_id, (
        select case when count(distinct w.code) = 1 then min(w.code) end
          from till_payment p join payment_method w on w.id = p.method
         where p.document = d.id and p.business_date = d.business_date
      ) paid
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
select business_date, sum(gross) from (
    select l.business_date, l.gross from till_sale s
      join document d on d.id = s.document_id and d.state = 'posted'
      join till_sale_line l on l.document = d.id and l.business_date = d.business_date
     where s.store_id = any(%(stores)s) and d.business_date between %(since)s and %(until)s
       and (%(all)s or l.item = any(%(items)s))
    union all
    select l.business_date, -l.gross from till_return r
      join document d on d.id = r.document_id and d.state = 'posted'
      join till_return_line l on l.document = d.id and l.business_date = d.business_date
     where r.store_id = any(%(stores)s) and d.business_date between %(since)s and %(until)s
       and (%(all)s or l.item = any(%(items)s))
) moved group by business_date
"""
# A sale's times are given back with the last of what a promotion took off it, as limits get theirs.
_SHARES = """
select count(*), coalesce(sum(times), 0), coalesce(sum(amount), 0) from (
    select sum(s.times) as times, sum(s.amount) - coalesce(sum(b.amount), 0) as amount
      from till_sale_share s join document d on d.id = s.document and d.state = 'posted'
      join till_sale t on t.document_id = d.id and t.store_id = any(%s)
      left join lateral (
        select sum(r.amount) as amount from till_return_share r
          join document e on e.id = r.document and e.state = 'posted' where r.of_share = s.id
      ) b on true
     where s.promotion = %s group by s.document
) sale where amount > 0
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
    """The next sales at these stores on these days, at the prices at which they were sold, the
    time on the clock of the store and the way they were paid, if it was one, without what
    promotions took off."""
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
    sale, store, at, paid, member, tier, tags = rows[0][:7]
    unit = stores[store]
    moment: datetime = at.astimezone(unit.zone).replace(tzinfo=None)
    lines = tuple(
        Line(id=str(pk), item=str(item), price=price, quantity=quantity, category=path, brand=brand)
        for *_slip, pk, item, price, quantity, _rate, path, brand in rows
    )
    buyer = None
    if member is not None:
        buyer = Member(str(member), str(tier or ""), frozenset(tags.split()))
    basket = Basket(lines, moment, unit.path, member=buyer, payment=paid)
    return Past(sale, store, basket, {str(row[7]): row[11] for row in rows})


def costs_of(sales: Sequence[UUID], since: date, until: date) -> dict[UUID, Decimal]:
    """What the goods of each sale had cost, as the ledger took it off."""
    with connection.cursor() as cursor:
        cursor.execute(_COSTS, [list(sales), since, until])
        return {sale: value or ZERO for sale, value in cursor.fetchall()}


# -- since it began --------------------------------------------------------------------------------

DAYS_MAX = 92


class Tracked(NamedTuple):
    """What became of a promotion: in how many sales it was used, how often and for how much; what
    its goods brought since, and on the same weekdays of the week before it began. What came back
    is taken off: from the days on which it came, and from the sales that it came back of."""

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
        cursor.execute(_SHARES, [list(stores), body.document_id])
        sales, times, amount = cursor.fetchone()
    before = [begins - timedelta(days=7) + timedelta(days=n % 7) for n in range(len(days))]
    return Tracked(
        sales, times, amount, len(days),
        turnover=sum((sums.get(day, ZERO) for day in days), ZERO),
        turnover_before=sum((sums.get(day, ZERO) for day in before), ZERO),
    )  # fmt: skip


def _items_of(body: PromotionDocument) -> list[UUID] | None:
    """The goods that a promotion is for, less those that it leaves out; None is all."""
    goods = [n for n in body.lines if n.part in (Part.GOODS, Part.SLOT)]
    left_out = [n for n in body.lines if n.part == Part.EXCEPT]
    if not goods and not left_out:
        return None
    items, within, brands = _named(goods)
    if body.kind == "set_price":  # its parts stand side by side
        wanted = items | within | brands
    else:
        wanted = Q(*(named for named in (items, within, brands) if named))
    rows = Item.objects.filter(wanted)
    if left_out:
        items, within, brands = _named(left_out)
        rows = rows.exclude(items | within | brands)
    return list(rows.values_list("pk", flat=True))


def _named(lines: Sequence[PromotionLine]) -> tuple[Q, Q, Q]:
    """The items, the categories and the brands that lines name; empty where they name none."""
    items = [n.item_id for n in lines if n.item_id]
    brands = [n.brand for n in lines if n.brand]
    within = Q()
    for path in (n.category.path for n in lines if n.category is not None):
        within |= Q(category__path__startswith=path)
    return Q(pk__in=items) if items else Q(), within, Q(brand__in=brands) if brands else Q()
