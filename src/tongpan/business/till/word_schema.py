"""The word that says whether anything that prices at a till hang on has changed."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tongpan.kernel.companies.partitions import APP_ROLE

TABLES = (
    "items_item", "items_itemunit", "items_itematunit", "items_unitofmeasure",
    "taxes_taxcategory", "taxes_taxrate", "prices_price", "prices_pricelist", "price_level",
    "org_unit",
)  # fmt: skip
SQL = """
-- One row: a word that is made anew, by chance, by each transaction that changes what
-- `till_offers` reads. So one word always stands for the same rows, in a copy of the books too.
create table price_word (
    is_only boolean primary key default true check (is_only),
    word text not null
);
insert into price_word (word) values (gen_random_uuid()::text);

-- Transactions that have changed such rows and are not through yet. The word itself is changed as
-- the last thing they do: else who brings in a sheet would keep others from changing a price.
create table price_changing (xid xid8 primary key default pg_current_xact_id());

-- The end of a transaction may come where another company's schema is looked at, so both say whose
-- tables they mean.
create or replace function prices_change() returns trigger language plpgsql as $$
begin
    execute format('insert into %I.price_changing default values on conflict do nothing',
                   tg_table_schema);
    return null;
end $$;

create or replace function prices_changed() returns trigger language plpgsql as $$
begin
    execute format('update %I.price_word set word = gen_random_uuid()::text', tg_table_schema);
    execute format('delete from %I.price_changing where xid = $1', tg_table_schema) using new.xid;
    return null;
end $$;
-- The minutes, from a day on, at which anything that `till_offers` looks at begins or is over, for
-- whatever item and store: between two of them nothing costs anything else.
create index price_by_day on prices_price (valid_from);
create or replace function price_minutes(p_day date) returns jsonb language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(minute order by minute collate "C"), '[]') from (
            select valid_from || ' ' || from_clock as minute from prices_price
            where valid_from >= p_day
            union
            select valid_from || ' ' || from_clock from price_level where valid_from >= p_day
            union
            select d || ' ' from (
                select valid_until + 1 as d from price_level where valid_until >= p_day
                union all
                select valid_from from prices_pricelist where valid_from >= p_day
                union all
                select valid_until + 1 from prices_pricelist where valid_until >= p_day
                union all
                select valid_from from items_itematunit where valid_from >= p_day
                union all
                select valid_from from taxes_taxrate where valid_from >= p_day
            ) days
        ) minutes
    );
end $$;

create constraint trigger at_the_end after insert on price_changing
    deferrable initially deferred for each row execute function prices_changed();
"""
TRIGGER = """
create trigger prices_hang_on_this after insert or update or delete on {table}
    for each statement execute function prices_change();
"""
RIGHTS = f"""
do $$ begin
    if exists (select from pg_roles where rolname = '{APP_ROLE}') then
        grant select, update on price_word to {APP_ROLE};
        grant select, insert, delete on price_changing to {APP_ROLE};
    end if;
end $$;
"""


def install(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    triggers = "".join(TRIGGER.format(table=table) for table in TABLES)
    editor.execute(SQL + triggers + RIGHTS, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        editor.execute(f"drop trigger prices_hang_on_this on {table}", params=None)
    editor.execute("drop function price_minutes; drop index price_by_day", params=None)
    editor.execute("drop table price_changing", params=None)
    editor.execute("drop table price_word", params=None)
    editor.execute("drop function prices_change; drop function prices_changed", params=None)
