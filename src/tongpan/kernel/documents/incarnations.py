"""Which life of the books this is: a copy that was restored gives no number a second time.

What was printed after a backup was taken is not in the backup. So the numbers of a restored copy go
on with a letter before the serial: after `XS-S01-26-00042` comes `XS-S01-26-B00043`.
"""

from datetime import datetime

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg import sql

from tongpan.kernel.companies.partitions import APP_ROLE

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without those that look like 1 and 0

TABLES = """
-- The lives of these books, and the place where each began: a copy is in another place.
create table number_incarnation (
    ordinal integer primary key check (ordinal >= 0),
    place text not null,
    began_at timestamptz not null default clock_timestamp()
);
"""

FUNCTIONS = """
-- Which life of the books this is; 0 is the first. Another begins where the books are a copy: in
-- another cluster, on another timeline of it, in another database or in a table made anew; or where
-- more numbers are known to have been given than are known here. So many are `at_least`.
create or replace function numbering_incarnation(at_least bigint default 0) returns integer
language plpgsql security definer set search_path = {schema}, pg_temp as $$
declare
    here text := (select system_identifier from pg_control_system())
        || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
        || '/' || (select oid from pg_database where datname = current_database())
        || '/' || 'number_series'::regclass::oid;
    is_behind boolean := at_least > (select coalesce(sum(last), 0) from number_series);
    latest number_incarnation;
    next_one integer;
begin
    select * into latest from number_incarnation order by ordinal desc limit 1;
    if latest.place = here and not is_behind then
        return latest.ordinal;
    end if;
    next_one := coalesce(latest.ordinal + 1, is_behind::integer);
    insert into number_incarnation (ordinal, place) values (next_one, here) on conflict do nothing;
    return next_one;
end $$;
"""

RIGHTS = """
revoke execute on function numbering_incarnation from public;
do $$ begin
    if exists (select from pg_roles where rolname = '{app}') then
        revoke insert, update, delete, truncate on number_incarnation from {app};
        grant execute on function numbering_incarnation to {app};
    end if;
end $$;
"""


def lives() -> list[tuple[str, datetime]]:
    """The letters of each life of the books and the moment it began, the first life first."""
    with connection.cursor() as cursor:
        cursor.execute("select ordinal, began_at from number_incarnation order by ordinal")
        return [(letters_of(ordinal), began_at) for ordinal, began_at in cursor.fetchall()]


def letters_of(ordinal: int) -> str:
    """What stands before the serials of this life: nothing for the first, then B, C, ...

    >>> [letters_of(n) for n in (0, 1, 23, 24)]
    ['', 'B', 'Z', 'BA']
    """
    letters = ""
    while ordinal:
        ordinal, rest = divmod(ordinal, len(LETTERS))
        letters = LETTERS[rest] + letters
    return letters


def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """The migration: the table, its function and who may use it."""
    schema = sql.Identifier(editor.connection.schema_name).as_string()  # type: ignore[attr-defined]
    editor.execute(TABLES + FUNCTIONS.format(schema=schema), params=None)
    editor.execute(RIGHTS.format(app=APP_ROLE), params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function numbering_incarnation; drop table number_incarnation")
