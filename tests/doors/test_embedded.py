"""The embedded PostgreSQL, started, stopped and killed for real."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tongpan.config import embedded

pytestmark = pytest.mark.races
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the database's user can pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="tongpan-"))
    folder.chmod(0o755)
    yield folder
    embedded.Server(embedded.home(folder), None).stop()
    shutil.rmtree(folder)


def _write(server: embedded.Server, text: str) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("create table if not exists note (text text)")
        connection.execute("insert into note values (%s)", [text])


def _written(server: embedded.Server) -> list[str]:
    with psycopg.connect(server.dsn()) as connection:
        return [text for (text,) in connection.execute("select text from note order by 1")]


def _start_elsewhere(data: Path, then: str) -> "subprocess.Popen[str]":
    """Another program that starts the server, says so, and goes on with `then`."""
    code = (
        "import time\nfrom pathlib import Path\n"
        "from tongpan.config import embedded\n"
        f"with embedded.in_use(Path({str(data)!r})) as server:\n"
        f"    print(server.process.pid, flush=True)\n    {then}\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )


def _ends_within(pid: int, seconds: float) -> bool:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_stopped_server_starts_again_with_everything_in_it(data: Path) -> None:
    first = embedded.start(data)
    _write(first, "kept")
    first.stop()

    second = embedded.start(data)

    assert _written(second) == ["kept"]


def test_a_second_start_finds_the_running_server(data: Path) -> None:
    first = embedded.start(data)

    second = embedded.start(data)

    assert first.process is not None
    assert second.process is None
    assert second.answers()


def test_what_was_committed_survives_a_killed_server(data: Path) -> None:
    first = embedded.start(data)
    _write(first, "committed")
    assert first.process is not None
    first.process.kill()  # not reaped: it stays a zombie while the next one starts

    second = embedded.start(data)

    assert second.process is not None
    assert _written(second) == ["committed"]


def test_a_killed_program_takes_its_server_along(data: Path) -> None:
    program = _start_elsewhere(data, "time.sleep(60)")
    assert program.stdout is not None
    postmaster = int(program.stdout.readline())

    program.kill()
    program.wait()

    assert _ends_within(postmaster, 10)
    assert embedded.start(data).process is not None


def test_the_server_runs_until_its_last_user_leaves(data: Path) -> None:
    with embedded.in_use(data, dies_with_us=False) as server:
        other = _start_elsewhere_as_guest(data)
    assert server.answers()

    other.communicate("leave\n", timeout=20)

    assert not server.answers()


def _start_elsewhere_as_guest(data: Path) -> "subprocess.Popen[str]":
    code = (
        "from pathlib import Path\nfrom tongpan.config import embedded\n"
        f"with embedded.in_use(Path({str(data)!r})):\n    print('in', flush=True)\n    input()\n"
    )
    guest = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert guest.stdout is not None
    assert guest.stdout.readline() == "in\n"
    return guest


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(data: Path) -> None:
    first = embedded.start(data)
    _write(first, "kept")
    first.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    owner = (first.cluster / "PG_VERSION").stat()
    pid_file = first.cluster / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n{first.cluster}\n1\n5432\n\n\n\n\n")
    os.chown(pid_file, owner.st_uid, owner.st_gid)

    try:
        second = embedded.start(data)
    finally:
        stranger.kill()
        stranger.wait()

    assert _written(second) == ["kept"]


def test_a_folder_with_a_long_path_works(data: Path) -> None:
    deep = data / ("a" * 60) / ("b" * 60)

    server = embedded.start(deep)

    assert server.answers()
    server.stop()


def test_data_of_another_major_version_is_refused_in_a_sentence(data: Path) -> None:
    server = embedded.start(data)
    server.stop()
    (server.cluster / "PG_VERSION").write_text("14\n")

    with pytest.raises(embedded.CannotStart, match="PostgreSQL 14"):
        embedded.start(data)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_folder_that_the_database_user_cannot_enter_gets_its_server_elsewhere() -> None:
    closed = Path(tempfile.mkdtemp(prefix="tongpan-closed-"))  # 0700, ours
    try:
        server = embedded.start(closed / "data")
        _write(server, "here")
        server.stop()
        again = embedded.start(closed / "data")

        assert server.home.parent == embedded.ELSEWHERE
        assert _written(again) == ["here"]
        again.stop()
        shutil.rmtree(server.home)
    finally:
        shutil.rmtree(closed)


def test_the_server_leads_a_session_of_its_own_so_ctrl_c_does_not_reach_it(data: Path) -> None:
    server = embedded.start(data)

    assert server.process is not None
    assert os.getsid(server.process.pid) == server.process.pid
