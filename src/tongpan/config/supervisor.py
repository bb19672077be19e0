"""`./run`: the whole program with one command, and all of it gone when the command ends.

Order: database, relay, worker, web; stopped in reverse. Every child leads a session of its own,
so the terminal's Ctrl-C reaches only the supervisor, and on Linux every child is told when the
supervisor is gone, even by `kill -9`. Knows no Django.
"""

import argparse
import contextlib
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tongpan.config import embedded, erasures, installation, seed, witness
from tongpan.config.installation import ROOT, CannotRun, Contents, Installation
from tongpan.kernel.events.feed import BYE, LIVE

PORT = 8000
STATIC_STAMP = ROOT / "build" / "static.stamp"
PATIENCE_S = 8
RESTART_AFTER_S = 1.0


@dataclass
class Child:
    """A process that is kept running; `started_at` is on the monotonic clock."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] = field(init=False)
    started_at: float = 0.0

    def start(self, environ: dict[str, str]) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=embedded.die_with_parent(signal.SIGTERM),
        )

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            say(f"{self.name} 没有及时停止，强行结束", f"{self.name} did not stop in time: killed")
        self.kill_rest()

    def kill_rest(self) -> None:
        """End what is left of the child's process group, such as a dead server's workers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def serving(parser: argparse.ArgumentParser) -> None:
    """The options of serving, for `./run` and `./tongpan serve` alike."""
    parser.add_argument("--empty", action="store_true", help="空公司，不放示例 · no demonstration")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 · address (127.0.0.1)")
    parser.add_argument("--port", type=int, default=PORT, help=f"端口 · port ({PORT})")
    parser.add_argument(
        "--with-payments", action="store_true",
        help="带模拟支付机构 · with simulated payment providers",
    )  # fmt: skip


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./run",
        description="启动通盘 · Start Tongpan: database, event relay, job worker and web server.",
        epilog="DATABASE_URL 可指向已有的 PostgreSQL 15+ · DATABASE_URL may name a PostgreSQL 15+.",
    )
    serving(parser)
    parser.add_argument("--data", type=Path, default=None, help="数据目录 · data folder (./data)")
    return serve(parser.parse_args(words))


def serve(given: argparse.Namespace) -> int:
    """Run until told to stop: 0 after a clean stop, 2 if it could not run."""
    data = installation.data_folder(given.data)
    leave = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, lambda *_: leave.set())
    began_at = time.monotonic()
    try:
        _refuse_taken_port(given.host, given.port)
        with _only_one(data):
            contents: Contents = "empty" if given.empty else "demo"
            while True:
                with installation.opened(data) as opened:
                    collecting = _start_collecting_static(opened)  # beside the migrations
                    installation.make_ready(opened, contents, say)
                    witness.compare(opened, say)
                    erasures.compare(opened, say)
                    _finish_collecting_static(collecting)
                    is_database_gone = _serve(opened, given, leave, began_at)
                if leave.is_set() or not is_database_gone:
                    break
                say("数据库已停止，正在重新启动", "The database is gone: starting again")
                time.sleep(RESTART_AFTER_S)
    except (CannotRun, embedded.CannotStart) as why:
        print(f"\n{why}\n", file=sys.stderr)
        return 2
    say("已停止", "Stopped")
    return 0


def _serve(
    opened: Installation, given: argparse.Namespace, leave: threading.Event, began_at: float
) -> bool:
    """Start the children and watch them; whether it ended because the database did."""
    environ = {**opened.environ, "TONGPAN_STATIC": "collected"}
    if given.host not in ("127.0.0.1", "localhost") and "TONGPAN_HOSTS" not in environ:
        environ["TONGPAN_HOSTS"] = "*" if given.host in ("0.0.0.0", "::") else given.host
    children = _children(given.host, given.port)
    if given.with_payments:
        environ["TONGPAN_PAYMENTS_SIMULATOR"] = "1"
        environ.setdefault("TONGPAN_SMS", "simulator")
        python = [sys.executable, "-m", "tongpan.config.children"]
        children.insert(0, Child("simulator", [*python, "simulator"]))
    started: list[Child] = []
    try:
        # The page first: on a small machine the others' start would make the person wait. What is
        # done before the relay runs is committed, and the relay finds it.
        for child in reversed(children):
            child.start(environ)
            started.insert(0, child)
            if child.name == "web":
                has_answered = _wait_for_web(given, child, leave)
        if has_answered:
            _greet(opened, given, time.monotonic() - began_at)
        once = _rest_of_demo(opened)
        for child in once:
            child.start(environ)
        started += once
        noted_at = time.monotonic()
        while not leave.wait(0.2):
            if _is_database_gone(opened):
                return True
            if time.monotonic() - noted_at > witness.EVERY_S:
                witness.note_given(opened)
                erasures.keep(opened, say)
                noted_at = time.monotonic()
            for child in [child for child in started if child not in once]:
                _restart_if_dead(child, environ, leave)
        return False
    finally:
        _say_goodbye(opened)
        for child in reversed(started):
            child.stop()
        witness.note_given(opened)
        erasures.keep(opened, say)


def web_command(host: str, port: int) -> list[str]:
    """How the web server is started."""
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", host,
        "--port", str(port), "--workers-kill-timeout", "5", "--log-level", "warning", "--no-ws",
        "tongpan.config.asgi:application",
    ]  # fmt: skip


def _children(host: str, port: int) -> list[Child]:
    python = sys.executable
    return [
        Child("relay", [python, "-m", "tongpan.config.children", "relay"]),
        Child("worker", [python, "-m", "tongpan.config.children", "worker"]),
        Child("web", web_command(host, port)),
    ]


def _rest_of_demo(opened: Installation) -> list[Child]:
    """The child that tells the rest of the demonstration. It ends by itself and is not restarted:
    the next start goes on where it was."""
    if not seed.is_rest_wanted(opened.data):
        return []
    say("示例数据的其余部分正在后台载入", "The rest of the demonstration is loading meanwhile")
    return [Child("demo", [sys.executable, "-m", "tongpan.config.seed", "rest"])]


def _restart_if_dead(child: Child, environ: dict[str, str], leave: threading.Event) -> None:
    code = child.process.poll()
    if code is None:
        return
    child.kill_rest()
    # One that dies at once would otherwise be started over and over.
    lived_s = time.monotonic() - child.started_at
    if not leave.wait(RESTART_AFTER_S if lived_s > 10 else 5 * RESTART_AFTER_S):
        say(f"{child.name} 意外退出（{code}），重新启动", f"{child.name} ended ({code}): restarted")
        child.start(environ)


def _is_database_gone(opened: Installation) -> bool:
    return opened.server is not None and not opened.server.is_alive()


def _say_goodbye(opened: Installation) -> None:
    """Tell the open event streams to end, or the web server would wait for them."""
    with (
        contextlib.suppress(psycopg.Error),
        psycopg.connect(
            opened.admin_dsn, dbname=opened.database, autocommit=True, connect_timeout=2
        ) as connection,
    ):
        connection.execute("select pg_notify(%s, %s)", [LIVE, BYE])


# -- before and after the start -----------------------------------------------------------------


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Two programs on one data folder would do everything twice."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "run.lock").open("a")
    except OSError as refused:
        raise CannotRun(
            f"无法写入数据目录 {data}：{refused.strerror}。\n"
            f"The data folder {data} cannot be written: {refused.strerror}."
        ) from refused
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(
                f"通盘已经在使用数据目录 {data} 运行。\n"
                f"Tongpan already runs on the data folder {data}."
            ) from None
        yield


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            raise CannotRun(
                f"端口 {port} 不能使用（{refused.strerror}），请换一个：./run --port {port + 1}\n"
                f"Port {port} cannot be used ({refused.strerror}): ./run --port {port + 1}"
            ) from refused


def _start_collecting_static(opened: Installation) -> "subprocess.Popen[bytes] | None":
    """Gather the static files under names that may be cached for ever, if any has changed."""
    stamp = STATIC_STAMP
    if stamp.exists() and stamp.read_text() == _hash_of_static():
        return None
    stamp.unlink(missing_ok=True)
    say("正在整理静态文件", "Collecting static files")
    command = [sys.executable, "-m", "django", "collectstatic", "--noinput", "--clear", "-v", "0"]
    environ = {**opened.environ, "TONGPAN_STATIC": "collected"}
    return subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def _finish_collecting_static(collecting: "subprocess.Popen[bytes] | None") -> None:
    if collecting is None:
        return
    if collecting.wait() != 0:
        raise CannotRun("静态文件整理失败。\nThe static files could not be collected.")
    STATIC_STAMP.parent.mkdir(exist_ok=True)
    STATIC_STAMP.write_text(_hash_of_static())


def _hash_of_static() -> str:
    faces = ROOT / "src" / "tongpan" / "faces"
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for file in sorted(file for file in faces.glob("*/static/**/*") if file.is_file()):
        found = file.stat()
        digest.update(f"{file} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _wait_for_web(given: argparse.Namespace, web: Child, leave: threading.Event) -> bool:
    """Wait until the first page is answered; no longer than half a minute."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(given.host, given.host)
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at and web.process.poll() is None:
        try:
            probe = http.client.HTTPConnection(host, given.port, timeout=10)
            probe.request("HEAD", "/")
            probe.getresponse()
        except OSError:
            if leave.wait(0.05):
                return False
        else:
            return True
    return False


def _greet(opened: Installation, given: argparse.Namespace, took_s: float) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(given.host, given.host)
    print(
        f"\n  通盘 Tongpan {installation.VERSION}   http://{host}:{given.port}/   ({took_s:.1f} s)"
    )
    print(f"  数据 data    {opened.data}")
    if opened.server and opened.server.home != opened.data:
        print(f"  数据库 database  {opened.server.home}  (see postgres.moved)")
    for name, pin, job in installation.sign_ins(opened.data):
        print(f"  登录 sign in   {name}   {pin}   {job}")
    print("  Ctrl-C 停止 · stops\n", flush=True)


def say(chinese: str, english: str) -> None:
    print(f"{chinese} · {english}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
