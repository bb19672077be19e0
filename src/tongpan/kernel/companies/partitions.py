"""Append-only tables that are cut by month of their business date: one recipe for all of them."""

from psycopg import sql

APP_ROLE = "tp_app"

GUARD = """
create or replace function {keeps}() returns trigger language plpgsql as $$
begin
    raise exception 'What is written in % is never changed or deleted.', tg_table_name
        using errcode = 'integrity_constraint_violation';
end $$;
create trigger {table}_is_kept before update or delete on {table}
    for each row execute function {keeps}();
create trigger {table}_is_kept_whole before truncate on {table}
    for each statement execute function {keeps}();
"""

# A new month is made beside the table and then attached, which does not block other months.
ENSURE_MONTH = """
create or replace function {table}_ensure_month(day date) returns void
language plpgsql security definer set search_path = {schema}, pg_temp as $$
declare
    first date := date_trunc('month', day)::date;
    part text := '{table}_' || to_char(first, 'YYYY_MM');
begin
    if to_regclass(format('%I.%I', {schema_text}, part)) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtextextended({schema_text} || '.{table}_ensure_month', 0));
    -- Asked of the catalogue itself: another session may have made the month while we waited, and
    -- `to_regclass` remembers that it was not there.
    if exists (select from pg_class where relname = part
                 and relnamespace = quote_ident({schema_text})::regnamespace) then
        return;
    end if;
    execute format('create table %I (like {table} including defaults including constraints '
                   'including generated)', part);
    execute format('revoke insert, update, delete, truncate on %I from {app}', part);
    execute format('create trigger {table}_is_kept_whole before truncate on %I '
                   'for each statement execute function {keeps}()', part);
    execute format('alter table {table} attach partition %I for values from (%L) to (%L)',
                   part, first, (first + interval '1 month')::date);
end $$;
revoke execute on function {table}_ensure_month from public;
"""

DROP = """
drop function {table}_ensure_month;
drop table {table};
drop function {keeps};
"""


def guard_sql(table: str) -> str:
    """Triggers by which a table refuses UPDATE, DELETE and TRUNCATE, for every role."""
    return GUARD.format(table=table, keeps=f"{table}_is_append_only")


def ensure_month_sql(table: str, schema: str) -> str:
    """The function `<table>_ensure_month(day)` of one company's schema."""
    return ENSURE_MONTH.format(
        table=table,
        keeps=f"{table}_is_append_only",
        schema=sql.Identifier(schema).as_string(),
        schema_text=sql.Literal(schema).as_string(),
        app=APP_ROLE,
    )


def drop_sql(table: str) -> str:
    return DROP.format(table=table, keeps=f"{table}_is_append_only")
