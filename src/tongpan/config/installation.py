"""One data folder with its database: making it ready, and refusing what a newer version wrote.

Knows no Django, so the supervisor starts fast; what needs Django runs in processes of its own.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Literal

import dj_database_url
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tongpan.config import databases, embedded

VERSION = "0.1.0"
SOURCE = Path(__file__).resolve().parents[1]
ROOT = SOURCE.parents[1]
Contents = Literal["demo", "empty", "nothing"]
RECORDS = """select schemaname from pg_tables where tablename = 'django_migrations'"""


class CannotRun(Exception):
    """The installation cannot be used; the text says why and what to do, in two languages."""


@dataclass(frozen=True)
class Installation:
    """A data folder, and the database that belongs to it."""

    data: Path
    admin_dsn: str
    database: str
    password: str = ""
    server: embedded.Server | None = None  # None: DATABASE_URL names a database elsewhere

    @property
    def owner_dsn(self) -> str:
        """For the owner of the tables."""
        fields = {"user": databases.OWNER, "dbname": self.database}
        if secret := databases.password_of(databases.OWNER, self.password):
            fields["password"] = secret
        return make_conninfo(self.admin_dsn, **fields)

    @property
    def environ(self) -> dict[str, str]:
        """For every process of the program."""
        return {**os.environ, **environ_of(self.data)}


def data_folder(given: Path | None) -> Path:
    """The data folder of this call: as given, else by the environment, else beside the program."""
    return (given or Path(os.environ.get("TONGPAN_DATA", ROOT / "data"))).resolve()


def environ_of(data: Path) -> dict[str, str]:
    """What a process of the program must be told."""
    return {
        "TONGPAN_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "tongpan.config.settings",
        "TONGPAN_DATABASE_ROLE": "app",
    }


@contextmanager
def opened(data: Path, *, dies_with_us: bool = True) -> Iterator[Installation]:
    """Inside, the database of this data folder runs; it stops when its last user leaves.

    Errors: CannotRun, embedded.CannotStart.
    """
    data = data.resolve()
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise CannotRun(
            f"无法使用数据目录 {data}：{refused.strerror}。\n"
            f"The data folder {data} cannot be used: {refused.strerror}."
        ) from refused
    _refuse_newer(_noted(data).get("migrations", {}))
    if url := os.environ.get("DATABASE_URL"):
        yield _elsewhere(data, url)
    else:
        with embedded.in_use(data, dies_with_us=dies_with_us) as server:
            name = os.environ.get("TONGPAN_DATABASE", embedded.DATABASE)
            yield Installation(data, server.dsn(), name, server=server)


def make_ready(
    installation: Installation, contents: Contents, say: Callable[[str, str], None]
) -> None:
    """Roles, tables and the first company, as far as they are not there yet.

    `say` is told of every step that takes time, in Chinese and in English.
    """
    noted, made_from = _noted(installation.data), _made_from(installation)
    try:
        databases.prepare(
            installation.admin_dsn, installation.database, password=installation.password
        )
    except databases.NotAllowed as refused:
        raise CannotRun(
            "DATABASE_URL 的用户无权创建角色，请让数据库管理员在该库中执行以下 SQL，"
            "然后重新启动。\n"
            "The user of DATABASE_URL may not create roles. Let an administrator run this SQL in "
            f"that database, then start again:\n\n{refused}"
        ) from refused
    _refuse_newer(_applied(installation))
    if noted.get("made_from") != made_from or not _applied(installation):
        say("正在更新数据表", "Migrating the tables")
        _run(installation, "tongpan.config.companies", "migrate", role="owner")
        noted = {
            "version": VERSION,
            "migrations": _newest(),
            "made_from": made_from,
            "contents": noted.get("contents"),
        }
        _note(installation.data, noted)
    if contents != "nothing" and not noted.get("contents"):
        say("正在建立第一家公司", "Making the first company")
        _run(installation, "tongpan.config.seed", contents)
        _note(installation.data, {**noted, "contents": contents})


def note_contents(data: Path, contents: Contents) -> None:
    """Remember what the first company holds, so that it is not filled again."""
    _note(data, {**_noted(data), "contents": contents})


def sign_ins(data: Path) -> list[tuple[str, str, str]]:
    """The people of the demonstration, if it is in there: name, PIN, and what they do."""
    note = data / "sign-ins.json"
    found = json.loads(note.read_text()) if note.exists() else []
    return [(name, pin, job) for name, pin, job in found]


def _elsewhere(data: Path, url: str) -> Installation:
    parts: dict[str, Any] = dict(dj_database_url.parse(url))
    fields = {
        "host": parts["HOST"],
        "port": parts["PORT"],
        "user": parts["USER"],
        "password": parts["PASSWORD"],
        "dbname": parts["NAME"],
        **parts.get("OPTIONS", {}),
    }
    dsn = make_conninfo(**{key: value for key, value in fields.items() if value})
    try:
        with psycopg.connect(dsn, connect_timeout=10) as probe:
            found = probe.info.server_version
    except psycopg.OperationalError as failure:
        raise CannotRun(
            f"无法连接 DATABASE_URL 指定的数据库。\nDATABASE_URL cannot be reached:\n{failure}"
        ) from failure
    if found < databases.VERSION_MIN:
        raise CannotRun(
            f"需要 PostgreSQL 15 或更新版本，该库是 {found // 10000}。\n"
            f"PostgreSQL 15 or newer is needed; this one is {found // 10000}."
        )
    return Installation(data, dsn, str(parts["NAME"]), password=str(parts["PASSWORD"] or ""))


# -- which migrations there are --------------------------------------------------------------------


def _known() -> dict[str, list[str]]:
    """For each of our apps, by its folder's name, its migrations in order."""
    found: dict[str, list[str]] = {}
    for file in sorted(SOURCE.glob("**/migrations/0*.py")):
        found.setdefault(file.parent.parent.name, []).append(file.stem)
    return found


def _newest() -> dict[str, str]:
    return {app: names[-1] for app, names in _known().items()}


def _made_from(installation: Installation) -> str:
    """What decides whether there is anything to migrate."""
    others = [(name, version_of(name)) for name in ("django", "django-tenants", "procrastinate")]
    where = "" if installation.server else installation.admin_dsn
    facts = [_known(), others, installation.database, where]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _applied(installation: Installation) -> dict[str, str]:
    """The newest applied migration of each of our apps, as the database says.

    The shared tables and each company have a record of their own.
    """
    known = _known()
    newest: dict[str, str] = {}
    with psycopg.connect(installation.owner_dsn) as connection:
        for (schema,) in connection.execute(RECORDS).fetchall():
            select = sql.SQL("select app, name from {}.django_migrations")
            for app, name in connection.execute(select.format(sql.Identifier(schema))):
                if app in known:
                    newest[app] = max(name, newest.get(app, ""))
    return newest


def _refuse_newer(migrations: dict[str, str]) -> None:
    """Refuse data that a newer version wrote: this one does not know what its tables mean."""
    known = _known()
    unknown = [
        f"{app}.{name}" for app, name in migrations.items() if name not in known.get(app, [])
    ]
    if unknown:
        raise CannotRun(
            f"数据由更新版本的通盘写入（{', '.join(unknown)}），请使用该版本或更新的版本。\n"
            f"A newer version of Tongpan wrote this data ({', '.join(unknown)}): use that version "
            "or a newer one."
        )


# -- the note in the data folder -----------------------------------------------------------------


def _noted(data: Path) -> dict[str, Any]:
    note = data / "version"
    if not note.exists():
        return {}
    found: dict[str, Any] = json.loads(note.read_text())
    return found


def _note(data: Path, facts: dict[str, Any]) -> None:
    half = data / "version.new"
    half.write_text(json.dumps(facts, indent=1) + "\n")
    half.replace(data / "version")


def _run(installation: Installation, module: str, *arguments: str, role: str = "app") -> None:
    environ = {**installation.environ, "TONGPAN_DATABASE_ROLE": role}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environ, stdout=sys.stderr, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise CannotRun(
            "准备数据时出错，原因见上。\nThe data could not be made ready; the reason stands above."
        )
