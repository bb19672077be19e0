"""The stage of every test: a throw-away PostgreSQL, and a company in it.

- `company` (or anything that uses it): inside the company's schema, as the program's own database
  role, rolled back at the end. This is what most tests want.
- `staged(a_chain)`: the same, and what that function made is there already. It is made once for
  each process.
- `own_database`: a database for one test alone, where commits are real; for races, workers and
  whatever kills a process. `shared_database` is one for a whole module that only looks.

All processes of all test runs in this checkout share one server under `build/`; the last one to
leave stops it. A template database is named by a hash of every migration, so it is built once for
each state of the schema; each process works in a copy of it. A copy is some fourteen hundred files,
so copies are kept in memory where the machine has room there.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import translation
from django_tenants.utils import schema_context
from hypothesis import HealthCheck
from hypothesis import settings as properties
from psycopg import sql
from psycopg.pq import TransactionStatus

from tongpan.base import env
from tongpan.base.invariants import Invariant
from tongpan.config import companies, databases, embedded
from tongpan.kernel.documents import numbering
from tongpan.kernel.ledger import checks

ROOT = Path(__file__).resolve().parents[1]
COMPANY = "north"
TEMPLATES_KEPT = 4
MEMORY, ROOM_MIN = Path("/dev/shm"), 2 * 2**30  # for copies, as long as so many bytes are free
os.environ["XDG_STATE_HOME"] = str(ROOT / "build" / "state")  # nothing of ours in a person's home

# How long an example takes says how busy the machine is, and nothing about the program.
properties.register_profile("tongpan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("tongpan")

Result = TypeVar("Result")
_leaving = ExitStack()


def pytest_unconfigure() -> None:
    _leaving.close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A lane of one mark reads only the files that say it: the others take five seconds."""
    wanted = re.fullmatch(r"(browser|races|long)( and .*)?", config.option.markexpr)
    if not wanted or " or " in wanted[0] or collection_path.suffix != ".py":
        return None
    return True if f"mark.{wanted[1]}" not in collection_path.read_text() else None


# -- the server and its template ---------------------------------------------------------------


@pytest.fixture(scope="session")
def server() -> embedded.Server:
    """The throw-away server, started by whoever needs it first."""
    bin_folder = os.environ.get("TONGPAN_POSTGRES_BIN", "")
    name = hashlib.sha256(bin_folder.encode()).hexdigest()[:8] if bin_folder else "wheel"
    data = ROOT / "build" / "testdb" / name
    _forget_a_crashed_machine(data)
    started = _leaving.enter_context(
        embedded.in_use(data, options=embedded.THROWAWAY, dies_with_us=False)
    )
    os.environ["TONGPAN_DATA"] = str(data)  # for the processes that tests start
    settings.DATA = data
    return started


@pytest.fixture(scope="session")
def template(server: embedded.Server) -> str:
    """The name of a finished database with one company, made by the owner's migrations."""
    name = f"template_{companies.hash_of_tables()}"
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(20261121)")  # one process builds, the others wait
        ready = admin.execute(
            "select 1 from pg_database where datname = %s and datistemplate", [name]
        ).fetchone()
        if not ready:
            _drop_left_overs(admin)
            _drop(admin, name)
            _build(server, name)
            admin.execute(sql.SQL("alter database {} is_template true").format(_quoted(name)))
        _prepare_memory(admin, server)
    return name


def _build(server: embedded.Server, name: str) -> None:
    databases.prepare(server.dsn(), name)
    for arguments in (["migrate"], ["create", "--schema", COMPANY, "--name", "North 北方连锁"]):
        built = subprocess.run(
            [sys.executable, "-m", "tongpan.config.companies", *arguments],
            env={**_environ(name), "TONGPAN_DATABASE_ROLE": "owner"},
            capture_output=True,
            text=True,
        )
        if built.returncode != 0:
            pytest.exit(f"The test database could not be migrated.\n{built.stderr}", 3)


def _forget_a_crashed_machine(data: Path) -> None:
    """Without fsync a cluster survives its programs, but not the machine: then make a new one."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    if not boot.exists():
        return
    data.mkdir(parents=True, exist_ok=True)
    home, note = embedded.home(data), data / "boot"
    with (data / "boot.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_same = note.exists() and note.read_text() == boot.read_text()
        is_same &= all(link.exists() for link in (home / "postgres" / "pg_tblspc").glob("*"))
        if not is_same and (home / "postgres").exists():
            subprocess.run(["rm", "-rf", str(home / "postgres")], check=True)
        note.write_text(boot.read_text())


def _drop_left_overs(admin: psycopg.Connection[Any]) -> None:
    """What killed test runs left behind, and templates of schemas that nobody uses any more."""
    found = admin.execute("select datname from pg_database order by oid desc").fetchall()
    names = [name for (name,) in found]
    for name in [name for name in names if name.startswith("test_")]:
        if not Path(f"/proc/{name.split('_')[1]}").exists():
            _drop(admin, name)
    for name in [name for name in names if name.startswith("template_")][TEMPLATES_KEPT:]:
        admin.execute(sql.SQL("alter database {} is_template false").format(_quoted(name)))
        _drop(admin, name)


# -- a copy of it --------------------------------------------------------------------------------


def _prepare_memory(admin: psycopg.Connection[Any], server: embedded.Server) -> None:
    """A tablespace in memory, for this server alone."""
    if _is_memory_ready(admin) or not _has_room():
        return
    name = hashlib.sha256(os.fsencode(server.cluster)).hexdigest()[:16]
    place, owner = MEMORY / f"tongpan-{name}", server.cluster.stat()
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(0o700)
    os.chown(place, owner.st_uid, owner.st_gid)
    admin.execute(sql.SQL("create tablespace memory location {}").format(str(place)))


def _is_memory_ready(admin: psycopg.Connection[Any]) -> bool:
    found = admin.execute("select 1 from pg_tablespace where spcname = 'memory'").fetchone()
    return found is not None


def _has_room() -> bool:
    """Whether memory and the file system in it have enough left."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM_MIN:
        return False
    said = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return int(said["MemAvailable"].split()[0]) * 1024 >= 2 * ROOM_MIN


def _copy(server: embedded.Server, template: str, name: str) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        _drop(admin, name)
        place = "memory" if _is_memory_ready(admin) and _has_room() else "pg_default"
        copy = "create database {} owner {} template {} tablespace {} strategy file_copy"
        admin.execute(
            sql.SQL(copy).format(
                _quoted(name), _quoted(databases.OWNER), _quoted(template), _quoted(place)
            )
        )
        admin.execute(sql.SQL("revoke temporary on database {} from public").format(_quoted(name)))


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(_quoted(name)))


def _forget(server: embedded.Server, name: str) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        _drop(admin, name)


def _quoted(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _point_django_at(server: embedded.Server, name: str) -> None:
    connection.close()
    connection.settings_dict.update(
        NAME=name, USER=databases.APP, HOST=str(server.socket_dir), PORT=str(embedded.PORT)
    )


def _environ(database: str) -> dict[str, str]:
    """The environment of a process that works in this database."""
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(
            [str(ROOT / "src"), str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        ),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "TONGPAN_DATA": str(settings.DATA),
        "TONGPAN_DATABASE": database,
        "TONGPAN_DATABASE_ROLE": "app",
    }


@pytest.fixture(scope="session")
def django_db_setup(
    server: embedded.Server, template: str, django_db_blocker: Any
) -> Iterator[None]:
    """pytest-django's own set-up, replaced: a copy of the template for this process."""
    name = f"test_{os.getpid()}"
    with django_db_blocker.unblock():
        _copy(server, template, name)
        _point_django_at(server, name)
        yield
        connection.close()
        _forget(server, name)


@pytest.fixture(autouse=True)
def no_language_left() -> Iterator[None]:
    """A page that a test asked for leaves its language behind in the thread."""
    yield
    translation.deactivate()


@pytest.fixture
def company(db: None) -> Iterator[str]:
    """Inside the company's schema; everything written is rolled back, and the books were in order
    until then."""
    with schema_context(COMPANY):
        numbering.ask()  # asked once for each connection, by no test
        yield COMPANY
    assert broken_books() == []


@pytest.fixture
def staged(company: str, stages: "Stages") -> Iterator[Callable[[Callable[[], Result]], Result]]:
    """`staged(a_chain)` goes to where the chain is already and answers a copy of what made it."""
    with ExitStack() as leaving:
        yield lambda build: leaving.enter_context(stages.played(build))


@pytest.fixture(scope="session")
def stages(server: embedded.Server, template: str, django_db_setup: None) -> Iterator["Stages"]:
    with closing(Stages(server, template)) as stages:
        yield stages


class Stages:
    """Databases beside the process's own, each with what one function made in it, committed."""

    def __init__(self, server: embedded.Server, template: str) -> None:
        self._server, self._template = server, template
        self._made: dict[Callable[[], Any], tuple[Any, Any, Any]] = {}

    @contextmanager
    def played(self, build: Callable[[], Result]) -> Iterator[Result]:
        """Inside, Django works where `build` has been; what is done there is rolled back."""
        if build not in self._made:
            self._made[build] = self._build(build)
        there, made, last_id = self._made[build]
        env._last_ids[True] = last_id  # what is made at the stage's moment comes after the stage
        with self._working_in(there), schema_context(COMPANY):
            playing: Any = transaction.atomic()
            playing._from_testcase = True  # as around any test: what must not be inside may be
            with playing:
                numbering.ask()  # neither this nor the path to the schema is a test's statement
                connection.cursor().close()
                yield deepcopy(made)
                wrong = broken_books()
                transaction.set_rollback(True)
        assert wrong == []

    def _build(self, build: Callable[[], Any]) -> tuple[Any, Any, Any]:
        name = f"test_{os.getpid()}_{len(self._made)}"
        _copy(self._server, self._template, name)
        there = connections.create_connection("default")
        there.settings_dict = {**there.settings_dict, "NAME": name}
        with self._working_in(there), schema_context(COMPANY), transaction.atomic():
            made = build()
            there.run_on_commit.clear()  # this process remembers nothing of another database
        return there, made, env._last_ids[True]

    @contextmanager
    def _working_in(self, there: Any) -> Iterator[None]:
        here = connections["default"]
        connections["default"] = there
        try:
            yield
        finally:
            connections["default"] = here

    def close(self) -> None:
        for there, *_ in self._made.values():
            there.close()
            _forget(self._server, there.settings_dict["NAME"])


IN_ORDER = (
    "ledger.each_unit_sums_to_zero",
    "ledger.totals_are_the_sums_of_entries",
    "ledger.stock_equals_money",
)


def broken_books() -> list[Invariant]:
    """What is wrong with what a test posted. Nothing can be asked after an error that it kept."""
    status = connection.connection.info.transaction_status if connection.connection else None
    if connection.needs_rollback or status == TransactionStatus.INERROR:
        return []
    with schema_context(COMPANY), connection.cursor() as cursor:
        cursor.execute("select exists (select from posting)")
        if cursor.fetchone() == (False,):
            return []
        return [found for found in checks.verify(IN_ORDER) if found.violations]


@dataclass(frozen=True)
class OwnDatabase:
    """A database of one test. The test's own Django connection works in it too."""

    name: str
    server: embedded.Server
    schema: str = COMPANY

    @property
    def environ(self) -> dict[str, str]:
        """For processes that should work in this database."""
        return _environ(self.name)

    def connect(self, *, user: str = databases.APP) -> psycopg.Connection[Any]:
        """A bare connection that commits each statement, in the company's schema."""
        dsn = self.server.dsn(user=user, database=self.name)
        bare = psycopg.connect(dsn, autocommit=True)
        bare.execute(sql.SQL("set search_path to {}, public").format(sql.Identifier(self.schema)))
        return bare

    def python(self, code: str) -> "subprocess.Popen[str]":
        """Start a Python process with Django set up, inside the company's schema."""
        prelude = (
            "import django; django.setup()\n"
            "from django_tenants.utils import schema_context\n"
            f"_inside = schema_context({self.schema!r}); _inside.__enter__()\n"
        )
        return subprocess.Popen(
            [sys.executable, "-c", prelude + code],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def at_once(self, *calls: Callable[[], Result]) -> list[Result | Exception]:
        """Make these calls at the same moment, a thread and a connection each.

        Answers their results in order; an exception is answered, not raised.
        """
        answers: list[Any] = [None] * len(calls)
        start = threading.Barrier(len(calls))

        def work(index: int, call: Callable[[], Result]) -> None:
            with closing(connection), schema_context(self.schema):
                connection.ensure_connection()
                start.wait(30)
                try:
                    answers[index] = call()
                except Exception as failure:  # noqa: BLE001 - the test looks at it
                    answers[index] = failure

        threads = [
            threading.Thread(target=work, args=pair, daemon=True) for pair in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive(), "A thread still waits after a minute."
        return answers


@pytest.fixture
def own_database(
    server: embedded.Server, template: str, django_db_blocker: Any, request: Any
) -> Iterator[OwnDatabase]:
    """A fresh copy of the template with real commits, dropped afterwards."""
    assert "db" not in request.fixturenames, "Use either `company` or `own_database`."
    with _a_database(server, template, django_db_blocker, f"test_{os.getpid()}_own") as made:
        yield made


@pytest.fixture(scope="module")
def shared_database(
    server: embedded.Server, template: str, django_db_blocker: Any
) -> Iterator[OwnDatabase]:
    """The same for all tests of a module: for those that only look."""
    with _a_database(server, template, django_db_blocker, f"test_{os.getpid()}_shared") as made:
        yield made


@contextmanager
def _a_database(
    server: embedded.Server, template: str, blocker: Any, name: str
) -> Iterator[OwnDatabase]:
    before = {key: connection.settings_dict[key] for key in ("NAME", "USER", "HOST", "PORT")}
    with blocker.unblock():
        _copy(server, template, name)
        _point_django_at(server, name)
        try:
            with schema_context(COMPANY):
                numbering.ask()
                yield OwnDatabase(name, server)
        finally:
            connection.close()
            connection.settings_dict.update(before)
            _forget(server, name)
