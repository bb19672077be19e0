"""What a till keeps of goods and prices, so that it looks them up without asking: in parts, and
then only what changed.

A version is the number below which every transaction was over when it was read: a row that one of
the others wrote may have changed since. It means something in one database alone, and as long as
price lists, units and scale labels are as they were; else everything is read anew.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from tongpan.kernel.org.models import OrgUnit

PART, CHANGED_MOST = 2000, 4000
FIRST = UUID(int=0)

_VERSION = """
select pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296,
       (select system_identifier from pg_control_system()),
       (select md5(coalesce(string_agg(concat_ws(' ', l.id, l.state, l.holds_for, l.valid_from,
                   l.valid_until, o.path), ',' order by l.id), '')) from prices_pricelist l
          join org_unit o on o.id = l.org_unit_id),
       (select md5(coalesce(string_agg(concat_ws(' ', id, name, step, size, state), ','
                   order by id), '')) from items_unitofmeasure),
       (select md5(coalesce(string_agg(concat_ws(' ', code, pattern, weight_places, price_places,
                   state), ',' order by code), '')) from items_barcodelayout),
       (select count(*) from items_item) + (select count(*) from items_barcode)
         + (select count(*) from items_itemunit) + (select count(*) from prices_price)
         + (select count(*) from price_level)
"""

# Items that a row changed of, since that version; rows that were deleted show in the count alone.
_CHANGED = """
select item from (
    select id as item from items_item where age(xmin) <= age(%(since)s::xid)
    union select item_id from items_barcode where age(xmin) <= age(%(since)s::xid)
    union select item_id from items_itemunit where age(xmin) <= age(%(since)s::xid)
    union select item_id from prices_price where age(xmin) <= age(%(since)s::xid)
    union select item_id from items_itematunit where age(xmin) <= age(%(since)s::xid)
    union select item_id from price_level where age(xmin) <= age(%(since)s::xid)
    union select i.id from items_item i join items_itemfamily f on f.id = i.family_id
           where age(f.xmin) <= age(%(since)s::xid)
) changed limit %(most)s
"""

# Of each list and unit the price that holds since before yesterday, and all that began or begin
# after it; of prices by member or quantity also each that has an end. What is chosen of them is
# decided where it is looked up, by the clock there. Items that the store does not sell are asked of
# the server.
_ITEMS = """
select i.id, i.code, i.name, i.state,
       here.is_sellable is not false, i.search_text, i.base_unit_id,
       codes.rows, units.rows, offers.rows, i.is_price_open,
       case when fam.id is null then null
            else jsonb_build_array(fam.id, fam.code, fam.name, i.variant) end, levels.rows
  from items_item i join items_unitofmeasure b on b.id = i.base_unit_id
  left join items_itemfamily fam on fam.id = i.family_id and fam.state = 'active'
  left join lateral (
    select at.is_sellable from items_itematunit at join org_unit o on o.id = at.org_unit_id
     where at.item_id = i.id and at.state = 'active' and at.valid_from <= %(on)s
       and starts_with(%(path)s, o.path)
     order by length(o.path) desc, at.valid_from desc limit 1
  ) here on true
  left join lateral (
    select jsonb_agg(jsonb_build_array(c.code, c.unit_id, c.kind)) as rows
      from items_barcode c where c.item_id = i.id and c.state = 'active'
  ) codes on true
  left join lateral (
    select jsonb_agg(jsonb_build_array(u.id, u.name, u.step::text, u.dimension, u.size::text,
             case when u.id = i.base_unit_id then '1' else coalesce(f.factor, u.size / b.size)::text
             end, f.id is not null) order by f.factor, u.id) as rows
      from items_unitofmeasure u
      left join items_itemunit f on f.item_id = i.id and f.unit_id = u.id and f.state = 'active'
     where u.id = i.base_unit_id or f.id is not null
        or u.id in (select unit_id from items_barcode where item_id = i.id and state = 'active')
  ) units on true
  left join lateral (
    select jsonb_agg(jsonb_build_array(p.unit_id, p.price::text, length(p.path), p.list_from,
             p.list_until, p.valid_from, p.from_clock)) as rows
      from (
        select p.unit_id, p.price, o.path, l.valid_from as list_from, l.valid_until as list_until,
               p.valid_from, p.from_clock, row_number() over (
                 partition by p.price_list_id, p.unit_id, p.valid_from < %(since_day)s
                 order by p.valid_from desc, p.from_clock desc) as nth
          from prices_price p join prices_pricelist l on l.id = p.price_list_id
          join org_unit o on o.id = l.org_unit_id
         where p.item_id = i.id and p.barcode_id is null and p.state = 'active'
           and l.state = 'active' and l.holds_for = 'everybody'
           and (l.valid_until is null or l.valid_until >= %(since_day)s)
           and starts_with(%(path)s, o.path)
      ) p where p.valid_from >= %(since_day)s or p.nth = 1
  ) offers on true
  left join lateral (
    select jsonb_agg(jsonb_build_array(v.id, v.unit_id, v.buyer = 'members', v.tier_id,
             v.from_quantity::text, v.price::text, length(v.path), v.list_from, v.list_until,
             v.valid_from, v.from_clock, v.valid_until)) as rows
      from (
        select v.*, o.path, l.valid_from as list_from, l.valid_until as list_until,
               row_number() over (
                 partition by v.price_list_id, v.unit_id, v.buyer, v.tier_id, v.from_quantity,
                              v.valid_from < %(since_day)s, v.valid_until is null
                 order by v.valid_from desc, v.from_clock desc) as nth
          from price_level v join prices_pricelist l on l.id = v.price_list_id
          join org_unit o on o.id = l.org_unit_id
         where v.item_id = i.id and v.state = 'active'
           and (v.valid_until is null or v.valid_until >= %(since_day)s)
           and l.state = 'active' and l.holds_for = 'everybody'
           and (l.valid_until is null or l.valid_until >= %(since_day)s)
           and starts_with(%(path)s, o.path)
      ) v where v.valid_from >= %(since_day)s or v.valid_until is not null or v.nth = 1
  ) levels on true
 where {which}
 order by i.id limit %(limit)s
"""


class Version(NamedTuple):
    """Where the catalogue stands; `text` is what a till gives back to hear what changed."""

    since: str
    kind: str  # another one means: read everything anew
    size: int  # rows in all: what was deleted shows here alone

    @property
    def text(self) -> str:
        return f"{self.since}.{self.kind}"


def version() -> Version:
    """Where the catalogue stands now."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        since, *kind, size = cursor.fetchone()
    return Version(str(since), ".".join(str(one)[:12] for one in kind), int(size))


Row = list[Any]


def part_after(store: OrgUnit, on: date, last: UUID, limit: int) -> list[Row]:
    """The next items of the catalogue as a store sells them, in the order of their ids.

    Units: a row is [id, code, name, state, is looked up here, search text, base unit, [[barcode,
    unit, kind]], [[unit, name, step, dimension, size, factor to the base unit, is its own]],
    [[unit, price with tax, depth of the list, list from, list until, from day, from clock]], is its
    price said at the till, [family, code, name, variant] or none, [[level, unit, is for members,
    tier, from how many, price with tax, depth of the list, list from, list until, from day, from
    clock, until day]]].
    """
    return _items(store, on, "i.id > %(last)s", last=last, limit=limit)


def changed_since(store: OrgUnit, on: date, since: str) -> list[Row] | None:
    """The items of which anything changed since a version; None where it is too many to tell."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"since": since, "most": CHANGED_MOST + 1})
        ids = [item for (item,) in cursor.fetchall()]
    if len(ids) > CHANGED_MOST:
        return None
    return _items(store, on, "i.id = any(%(ids)s)", ids=ids, limit=len(ids)) if ids else []


def _items(store: OrgUnit, on: date, which: str, **asked: Any) -> list[Row]:
    facts = {"path": store.path, "on": on, "since_day": on - timedelta(1), **asked}
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS.format(which=which), facts)
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    return [
        [
            *row[:7],
            *(_read(one) or [] for one in row[7:10]),
            row[10],
            _read(row[11]),
            _read(row[12]) or [],
        ]
        for row in rows
    ]


def _read(said: Any) -> list[Any] | None:
    found: list[Any] | None = orjson.loads(said) if isinstance(said, str | bytes) else said
    return found
