"""The files of two programs, turned into one shape by one query each.

A preset's statements make two tables. `row`: one for each row of the file, with
slip, line, kind (sale, return, loss, overage, or empty), skipped (the reason, or null), store,
item, party, moment, quantity (above zero), amount (of the line, above zero or zero), coupon.
`item`: code, name, kind. And `totals`: what the file's own columns add up to.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.sentences import say

say("sales_file_unknown", noop("{name} is no file of this kind of program."))


@dataclass(frozen=True, slots=True)
class Preset:
    """One program's files: what they are called, and how their rows become ours."""

    code: str
    prefix: str  # of the codes of its stores
    pattern: str  # which file of a folder holds the rows
    columns: frozenset[str]
    prepare: str
    totals: str


COMPLETEJOURNEY = Preset(
    code="completejourney",
    prefix="CJ",
    pattern="transactions.parquet",
    columns=frozenset(
        {"household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value"}
    ),
    prepare="""
create table row as
select basket_id::text as slip,
       row_number() over (partition by basket_id order by product_id, quantity, sales_value) as n,
       case when quantity = 0 then '' else 'sale' end as kind,
       case when quantity = 0 then 'zero_quantity' end as skipped,
       store_id::text as store, product_id::text as item, household_id::text as party,
       transaction_timestamp::timestamp as moment, quantity::decimal(18, 0) as quantity,
       round(sales_value, 2)::decimal(18, 2) as amount,
       round(coupon_disc, 2)::decimal(18, 2) as coupon, week::int as week
from source;
create table item as
select s.item as code, coalesce(p.product_type, '') as name, 'stocked' as kind,
       coalesce(p.brand, '') as brand, p.manufacturer_id as maker, p.package_size as size
from (select distinct item from row where kind <> '') s
left join products p on p.product_id::text = s.item;
""",
    totals="""
select count(*) as rows, count(distinct store_id) as stores,
       count(distinct household_id) as households, count(distinct basket_id) as baskets,
       count(distinct product_id) as products, sum(quantity)::bigint as quantity,
       round(sum(sales_value), 2)::decimal(18, 2) as sales_value,
       round(sum(retail_disc), 2)::decimal(18, 2) as retail_disc,
       round(sum(coupon_disc), 2)::decimal(18, 2) as coupon_disc,
       round(sum(coupon_match_disc), 2)::decimal(18, 2) as coupon_match_disc,
       count(*) filter (quantity = 0) as zero_qty,
       strftime(min(transaction_timestamp)::timestamp, '%Y-%m-%d %H:%M:%S') as first,
       strftime(max(transaction_timestamp)::timestamp, '%Y-%m-%d %H:%M:%S') as last
from source
""",
)

UCI = Preset(
    code="uci",
    prefix="UCI",
    pattern="online_retail*.parquet",
    columns=frozenset({"InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"}),
    prepare="""
create table row as
with told as (
  select *, InvoiceNo like 'C%' as is_cancelled,
         UnitPrice = 0 and CustomerID is null as is_adjustment,
         row_number() over (partition by InvoiceNo order by InvoiceDate, StockCode, Quantity,
                            UnitPrice, Description) as n,
         min(InvoiceDate::timestamp) over (partition by InvoiceNo) as moment
  from source
)
select InvoiceNo as slip, n,
       case when InvoiceNo like 'A%' or StockCode in ('AMAZONFEE', 'BANK CHARGES', 'CRUK') then ''
            when is_cancelled then 'return'
            when is_adjustment and Quantity < 0 then 'loss'
            when is_adjustment then 'overage'
            else 'sale' end as kind,
       case when InvoiceNo like 'A%' then 'bad_debt'
            when StockCode in ('AMAZONFEE', 'BANK CHARGES', 'CRUK') then 'fee' end as skipped,
       'ONLINE' as store, StockCode as item, CustomerID::text as party, moment,
       abs(Quantity)::decimal(18, 0) as quantity,
       round(case when StockCode in ('AMAZONFEE', 'BANK CHARGES', 'CRUK') then Quantity
                  else abs(Quantity) end * UnitPrice::decimal(18, 6), 2)::decimal(18, 2) as amount,
       0::decimal(18, 2) as coupon
from told;
create table item as
select StockCode as code, coalesce(mode(Description), StockCode) as name,
       case when regexp_matches(StockCode, '^([0-9]{5}|DCGS)') then 'stocked' else 'service' end
         as kind,
       '' as brand, null::int as maker, null::text as size
from source where StockCode in (select item from row where kind <> '') group by StockCode;
""",
    totals="""
select count(*) as rows, count(distinct InvoiceNo) as invoices,
       count(distinct StockCode) as stock_codes, count(distinct CustomerID) as customers,
       sum(Quantity)::bigint as quantity,
       round(sum(Quantity * UnitPrice::decimal(18, 6)), 2)::decimal(18, 2) as value,
       count(*) filter (InvoiceNo like 'C%') as cancel_rows,
       count(*) filter (Quantity < 0 and InvoiceNo not like 'C%') as negative_not_cancel,
       count(*) filter (UnitPrice = 0) as zero_price,
       count(*) filter (CustomerID is null) as no_customer,
       (select sum(n - 1)::bigint from (select *, count(*) as n from source group by all))
         as exact_duplicates,
       strftime(min(InvoiceDate)::timestamp, '%Y-%m-%d %H:%M:%S') as first,
       strftime(max(InvoiceDate)::timestamp, '%Y-%m-%d %H:%M:%S') as last
from source
""",
)

PRESETS = {preset.code: preset for preset in (COMPLETEJOURNEY, UCI)}


def open_source(base: duckdb.DuckDBPyConnection, preset: Preset, given: Path) -> None:
    """Make the views `source` and `products` of a file or a folder, and the tables of the preset.

    Errors: Refusal sales_file_unknown.
    """
    file = next(iter(sorted(given.glob(preset.pattern))), given) if given.is_dir() else given
    if not file.is_file():
        raise Refusal("sales_file_unknown", name=file.name)
    base.execute(f"create view source as select * from {_read(file)}")
    there = {name for name, *_ in base.execute("describe source").fetchall()}
    if not preset.columns <= there:
        raise Refusal("sales_file_unknown", name=file.name)
    products = file.with_name("products.parquet")
    known = _read(products) if products.is_file() else _NOTHING
    base.execute(f"create view products as select * from {known}")
    base.execute(preset.prepare)


_NOTHING = (
    "(select null::bigint as product_id, null::text as product_type, null::text as brand,"
    " null::int as manufacturer_id, null::text as package_size where false)"
)


def _read(file: Path) -> str:
    name = str(file).replace("'", "''")
    return f"read_csv('{name}')" if file.suffix == ".csv" else f"read_parquet('{name}')"
