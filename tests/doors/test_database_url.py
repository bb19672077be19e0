"""A PostgreSQL of somebody else's, where our user may do only what it was given."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from tongpan.config import databases, embedded, installation

pytestmark = pytest.mark.races

USER, NAME = f"shop_{os.getpid()}", f"test_{os.getpid()}_url"


@pytest.fixture
def admin(server: embedded.Server) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The administrator of a server on which our user owns one database and nothing else."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(databases_and_user("create role {user} login"))
        connection.execute(databases_and_user("create database {name} owner {user}"))
        yield connection
        connection.execute(databases_and_user("drop database {name} with (force)"))
        connection.execute(databases_and_user("drop role {user}"))


def databases_and_user(statement: str) -> sql.Composed:
    return sql.SQL(statement).format(user=sql.Identifier(USER), name=sql.Identifier(NAME))


@pytest.fixture
def url(server: embedded.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    host = quote(str(server.socket_dir), safe="")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{USER}@{host}:{embedded.PORT}/{NAME}")
    monkeypatch.delenv("TONGPAN_DATABASE", raising=False)


def _make_ready(data: Path) -> list[str]:
    """Make it ready as `./run` does; the steps that took time."""
    steps: list[str] = []
    with installation.opened(data) as opened:
        installation.make_ready(opened, "nothing", lambda _, english: steps.append(english))
    return steps


def test_a_user_who_may_not_make_roles_gets_the_sql_and_goes_on_after_it(
    admin: psycopg.Connection[tuple[object, ...]],
    server: embedded.Server,
    url: None,
    tmp_path: Path,
) -> None:
    with pytest.raises(installation.CannotRun) as refused:
        _make_ready(tmp_path)
    script = str(refused.value).partition("\n\n")[2]
    with psycopg.connect(server.dsn(database=NAME), autocommit=True) as by_admin:
        by_admin.execute(script.encode())

    assert _make_ready(tmp_path) == ["Migrating the tables"]
    assert _make_ready(tmp_path) == []


def test_data_of_a_newer_version_is_refused_there_too(
    admin: psycopg.Connection[tuple[object, ...]],
    server: embedded.Server,
    url: None,
    tmp_path: Path,
) -> None:
    databases.prepare(server.dsn(), NAME)
    _make_ready(tmp_path)
    with psycopg.connect(server.dsn(database=NAME), autocommit=True) as by_admin:
        by_admin.execute(
            "insert into django_migrations (app, name, applied)"
            " values ('org', '9999_from_the_future', now())"
        )

    with pytest.raises(installation.CannotRun, match="newer version"):
        _make_ready(tmp_path / "another_node")


def test_the_roles_get_passwords_that_nobody_has_to_keep() -> None:
    script = databases.script("shop", "the given password")

    assert databases.password_of(databases.APP, "the given password") in script
    assert "the given password" not in script
    assert databases.password_of(databases.APP, "another") not in script
