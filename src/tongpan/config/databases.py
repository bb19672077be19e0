"""Making a database ready: its two roles, and what each may do by default.

`tp_owner` owns the tables and runs migrations. `tp_app` runs the program and may not write the
ledger's tables in any other way than through the functions that the owner lends it.
"""

import psycopg
from psycopg import sql

OWNER, APP = "tp_owner", "tp_app"

ROLES = f"""
do $$ begin
  if not exists (select from pg_roles where rolname = '{OWNER}') then
    create role {OWNER} login;
  end if;
  if not exists (select from pg_roles where rolname = '{APP}') then
    create role {APP} login;
  end if;
end $$;
"""

PRIVILEGES = f"""
alter schema public owner to {OWNER};
alter default privileges for role {OWNER} grant usage on schemas to {APP};
alter default privileges for role {OWNER} grant select, insert, update, delete on tables to {APP};
alter default privileges for role {OWNER} grant usage, select on sequences to {APP};
grant usage on schema public to {APP};
create extension if not exists pg_trgm;
create extension if not exists btree_gist;
"""


def prepare(admin_dsn: str, name: str) -> None:
    """Make the roles and the database `name` if they are not there. Doing it twice is harmless.

    Errors: psycopg.errors.InsufficientPrivilege if the user of `admin_dsn` may not make roles;
    the caller prints `ROLES` and `PRIVILEGES` for the administrator and stops.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute(ROLES)
        there = admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if not there:
            create = "create database {} owner {} template template0"
            admin.execute(sql.SQL(create).format(sql.Identifier(name), sql.Identifier(OWNER)))
            off = sql.SQL("revoke temporary on database {} from public")
            admin.execute(off.format(sql.Identifier(name)))
    with psycopg.connect(admin_dsn, dbname=name, autocommit=True) as admin:
        admin.execute(PRIVILEGES)
