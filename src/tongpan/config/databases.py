"""Making a database ready: its two roles, and what each may do by default.

`tp_owner` owns the tables and runs migrations. `tp_app` runs the program and may not write the
ledger's tables in any other way than through the functions that the owner lends it.
"""

import hashlib
import hmac

import psycopg
from psycopg import sql

OWNER, APP = "tp_owner", "tp_app"
VERSION_MIN = 150000


class NotAllowed(Exception):
    """The given user may not make the database ready; the text is what an administrator runs."""


def prepare(admin_dsn: str, name: str, *, password: str = "") -> None:
    """Make the roles and the database `name` if they are not there. Doing it twice is harmless.

    `password` is that of the given user; the roles get passwords derived from it.

    Errors: NotAllowed, whose text is the SQL for an administrator.
    """
    if _is_ready(admin_dsn, name):
        return
    try:
        with psycopg.connect(admin_dsn, autocommit=True) as admin:
            for statement in _roles(password):
                admin.execute(statement.as_string(admin).encode())
            if not _is_superuser(admin):
                admin.execute(f"grant {OWNER} to current_user".encode())
            if not _exists(admin, name):
                create = "create database {} owner {} template template0"
                admin.execute(sql.SQL(create).format(sql.Identifier(name), sql.Identifier(OWNER)))
        with psycopg.connect(admin_dsn, dbname=name, autocommit=True) as admin:
            for statement in _privileges(name):
                admin.execute(statement.as_string(admin).encode())
    except psycopg.errors.InsufficientPrivilege as refused:
        raise NotAllowed(script(name, password)) from refused


def script(name: str, password: str) -> str:
    """What an administrator of a PostgreSQL that we may not administer runs once, in psql."""
    roles = [statement.as_string(None) for statement in _roles(password)]
    privileges = [statement.as_string(None) for statement in _privileges(name)]
    return ";\n".join([*roles, *privileges]) + ";"


def password_of(role: str, given: str) -> str:
    """The password of a role, derived from the given user's, so that nobody has to keep it."""
    if not given:
        return ""
    return hmac.new(given.encode(), f"tongpan {role}".encode(), hashlib.sha256).hexdigest()


def _roles(password: str) -> list[sql.Composable]:
    statements: list[sql.Composable] = []
    for role in (OWNER, APP):
        secret = password_of(role, password)
        clause = sql.SQL(" password {}").format(sql.Literal(secret)) if secret else sql.SQL("")
        statements.append(
            sql.SQL(
                "do $$ begin if not exists (select from pg_roles where rolname = {name})"
                " then create role {role} login{clause}; end if; end $$"
            ).format(name=sql.Literal(role), role=sql.Identifier(role), clause=clause)
        )
    return statements


def _privileges(name: str) -> list[sql.Composable]:
    statements = [
        "grant connect, create on database {database} to {owner}",
        "grant connect on database {database} to {app}",
        # A temporary table could stand before a ledger table in a function's search path.
        "revoke temporary on database {database} from public",
        "alter schema public owner to {owner}",
        "alter default privileges for role {owner} grant usage on schemas to {app}",
        "alter default privileges for role {owner}"
        " grant select, insert, update, delete on tables to {app}",
        "alter default privileges for role {owner} grant usage, select on sequences to {app}",
        "grant usage on schema public to {app}",
        "create extension if not exists pg_trgm",
        "create extension if not exists btree_gist",
    ]
    names = {"database": name, "owner": OWNER, "app": APP}
    quoted = {key: sql.Identifier(value) for key, value in names.items()}
    return [sql.SQL(statement).format(**quoted) for statement in statements]


def _is_ready(admin_dsn: str, name: str) -> bool:
    """Whether everything `prepare` does was done before, by us or by an administrator."""
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        if not _exists(admin, name) or len(_existing_roles(admin)) < 2:
            return False
    with psycopg.connect(admin_dsn, dbname=name, autocommit=True) as admin:
        found = admin.execute(
            "select has_database_privilege(%s, current_database(), 'create')"
            " and has_schema_privilege(%s, 'public', 'create')"
            " and exists (select from pg_default_acl where defaclrole = %s::regrole)"
            " and (select count(*) = 2 from pg_extension"
            "      where extname in ('pg_trgm', 'btree_gist'))",
            [OWNER, OWNER, OWNER],
        ).fetchone()
    return bool(found and found[0])


def _exists(admin: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    return bool(admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone())


def _existing_roles(admin: psycopg.Connection[tuple[object, ...]]) -> list[tuple[object, ...]]:
    names = [OWNER, APP]
    return admin.execute("select 1 from pg_roles where rolname = any(%s)", [names]).fetchall()


def _is_superuser(admin: psycopg.Connection[tuple[object, ...]]) -> bool:
    return bool(admin.info.parameter_status("is_superuser") == "on")
