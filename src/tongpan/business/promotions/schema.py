"""What a sale reads of promotions in the statement it makes anyway, and who tells it of changes.

One row holds a word that is another one after each change of the company's promotions. Whoever
keeps them in memory asks for it and reads them again when it differs. It is made by chance and not
counted: a change that is rolled back, or a copy that is restored, must never give it again.
Categories and units of the tree are named by their paths in what is kept, so a path that changes
counts as a change too.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tongpan.kernel.companies.partitions import APP_ROLE

SQL = """
create table promotion_version (
    is_one boolean primary key default true check (is_one),
    version text not null
);
insert into promotion_version (version) values ('');

-- Which promotions a sale has to do with, in a word: empty where the company never had any.
create or replace function promotions_version() returns text language sql stable as $$
    select version from promotion_version
$$;

create or replace function promotions_changed() returns void language sql as $$
    update promotion_version set version = gen_random_uuid()::text
$$;

-- What was used of these accounts, by their keys. They are kept accounts: their totals are exact.
create or replace function promotions_used(p_keys uuid[]) returns jsonb language sql stable as $$
    select coalesce(jsonb_object_agg(key, (inflow - outflow)::text), '{}')
    from account where key = any(p_keys)
$$;

create or replace function promotions_moved() returns trigger language plpgsql as $$
begin
    update promotion_version set version = gen_random_uuid()::text where version <> '';
    return null;
end $$;
create trigger category_of_promotions_moved after update of path on items_itemcategory
    for each statement execute function promotions_moved();
create trigger unit_of_promotions_moved after update of path on org_unit
    for each statement execute function promotions_moved();
"""
RIGHTS = f"""
do $$ begin
    if exists (select from pg_roles where rolname = '{APP_ROLE}') then
        grant select, update on promotion_version to {APP_ROLE};
    end if;
end $$;
"""


def install(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(SQL, params=None)
    editor.execute(RIGHTS, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for table in ("items_itemcategory", "org_unit"):
        name = "category" if table.startswith("items") else "unit"
        editor.execute(f"drop trigger {name}_of_promotions_moved on {table}", params=None)
    for function in ("moved", "used", "changed", "version"):
        editor.execute(f"drop function promotions_{function}", params=None)
    editor.execute("drop table promotion_version", params=None)
