"""The table of history and the one function that writes it, in one company's schema."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg import sql

from tongpan.kernel.companies.partitions import APP_ROLE, drop_sql, ensure_month_sql, guard_sql

TABLE = """
create table history (
    id uuid not null,
    business_date date not null,
    at timestamptz not null,
    action text not null,
    kind text not null,
    subject uuid not null,
    org_unit uuid,
    actor uuid,
    authorised_by uuid,
    via text not null,
    changes jsonb not null,
    note text not null,
    primary key (business_date, id)
) partition by range (business_date);
create index history_of_a_subject on history (subject, at desc);
create index history_of_an_actor on history (actor, at desc);
"""

WRITE = """
create or replace function history_write(
    p_actor uuid, p_authorised_by uuid, p_via text,
    p_rows jsonb  -- of each its id, day, moment, action, kind, subject, org unit, changes and note
) returns void
language plpgsql security definer set search_path = {schema}, pg_temp as $$
begin
    perform history_ensure_month(day::date)
    from (select distinct r->>1 from jsonb_array_elements(p_rows) r) days(day);
    insert into history
    select (r->>0)::uuid, (r->>1)::date, (r->>2)::timestamptz, r->>3, r->>4, (r->>5)::uuid,
           (r->>6)::uuid, p_actor, p_authorised_by, p_via, r->7, r->>8
    from jsonb_array_elements(p_rows) r;
end $$;
"""
WROTE_ONE = (
    "drop function if exists history_write("
    "uuid, date, timestamptz, text, text, uuid, uuid, uuid, uuid, text, jsonb, text)"
)

RIGHTS = """
revoke execute on function history_write from public;
do $$ begin
    if exists (select from pg_roles where rolname = '{app}') then
        revoke insert, update, delete, truncate on history from {app};
        grant execute on function history_write, history_ensure_month to {app};
    end if;
end $$;
"""


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """The migration: table, guards, functions and rights."""
    editor.execute(TABLE + guard_sql("history"), params=None)
    install_functions(_apps, editor)


def install_functions(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the functions anew for the schema they live in."""
    schema = editor.connection.schema_name  # type: ignore[attr-defined]
    editor.execute(WROTE_ONE, params=None)
    editor.execute(ensure_month_sql("history", schema), params=None)
    editor.execute(WRITE.format(schema=sql.Identifier(schema).as_string()), params=None)
    editor.execute(RIGHTS.format(app=APP_ROLE), params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function history_write")
    editor.execute(drop_sql("history"))
