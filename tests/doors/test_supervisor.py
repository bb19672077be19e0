"""`./run` for real: what it starts, what it refuses, and that nothing outlives it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tongpan.config import embedded

pytestmark = [pytest.mark.races, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
SUPERVISOR = [sys.executable, "-m", "tongpan.config.supervisor"]
PATIENCE_S = 120  # a first start on a busy machine makes every table


class Run:
    """A `./run` of its own, on a data folder and a port."""

    def __init__(self, data: Path, port: int, **environ: str) -> None:
        self.data, self.port = data, port
        self.log = data.parent / f"{data.name}.log"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [*SUPERVISOR, "--empty", "--data", str(data), "--port", str(port)],
                env={**_clean_environ(), **environ},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            assert self.process.poll() is None, self.log.read_text()
            if "Ctrl-C" in self.log.read_text():
                return
            time.sleep(0.1)
        pytest.fail(self.log.read_text())

    def ends(self) -> tuple[int, str]:
        """Its exit code and all it said."""
        return self.process.wait(PATIENCE_S), self.log.read_text()

    def family(self) -> set[int]:
        """The processes that belong to this run: they know its data folder."""
        mark = f"TONGPAN_DATA={self.data}".encode()
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environ = (process / "environ").read_bytes().split(b"\0")
                words = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if mark in environ or os.fsencode(self.data) in words:
                found.add(int(process.name))
        return found - {self.process.pid}


def _clean_environ() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TONGPAN_")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "PYTHONPATH": str(ROOT / "src")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def _all_gone(run: Run, seconds: float) -> set[int]:
    """Whoever is still there after so long."""
    give_up_at = time.monotonic() + seconds
    while (left := run.family()) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    return left


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder that has been started once, so that every test starts fast."""
    folder = Path(tempfile.mkdtemp(prefix="tongpan-"))
    folder.chmod(0o755)
    first = Run(folder / "data", _free_port())
    try:
        first.wait_until_ready()
        first.process.send_signal(signal.SIGINT)
        first.process.wait(30)
        yield folder / "data"
    finally:
        if first.process.poll() is None:
            first.process.kill()
        embedded.Server(folder / "data", None).stop()
        shutil.rmtree(folder)


@pytest.fixture
def running(data: Path) -> Iterator[Run]:
    run = Run(data, _free_port())
    try:
        run.wait_until_ready()
        yield run
    finally:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(60)


def test_a_second_start_on_the_same_folder_does_not_migrate_again(running: Run) -> None:
    said = running.log.read_text()

    assert "Migrating" not in said
    assert "first company" not in said
    assert _status(running.port, "/") < 500


@pytest.mark.parametrize("farewell", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_no_process_behind(data: Path, farewell: signal.Signals) -> None:
    run = Run(data, _free_port())
    run.wait_until_ready()
    family = run.family()

    run.process.send_signal(farewell)

    assert run.ends()[0] == 0
    assert len(family) >= 4  # database, relay, worker, web
    assert _all_gone(run, 5) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_killed_supervisor_leaves_no_process_behind(data: Path) -> None:
    run = Run(data, _free_port())
    run.wait_until_ready()

    run.process.kill()
    run.process.wait()

    assert _all_gone(run, 20) == set()


def test_a_killed_web_server_is_started_again(running: Run) -> None:
    [web] = [pid for pid in running.family() if _is_master_of_web(pid)]

    os.kill(web, signal.SIGKILL)

    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at and "restarted" not in running.log.read_text():
        time.sleep(0.1)
    assert _answers_within(running.port, 60)


def _is_master_of_web(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return b"granian" in words and b"supervisor" in Path(f"/proc/{parent}/cmdline").read_bytes()
    except OSError:
        return False


def test_a_killed_database_is_started_again_with_all_the_rest(running: Run) -> None:
    pid = int((running.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])

    os.kill(pid, signal.SIGKILL)

    give_up_at = time.monotonic() + 90
    while time.monotonic() < give_up_at and running.log.read_text().count("Ctrl-C") < 2:
        time.sleep(0.1)
    assert _answers_within(running.port, 60)


def _answers_within(port: int, seconds: float) -> bool:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        try:
            if _status(port, "/") < 500:
                return True
        except OSError:
            time.sleep(0.1)
    return False


WHO = "01a1fc42-d200-73a4-a2a2-d73abb4c9c96"
A_CONTACT = f"""
with party as (
    insert into main.parties_party (id, code, name, short_name, is_supplier, is_customer,
        invoice_title, tax_number, bank_name, bank_account, due_from, is_wholesale, note, state,
        search_text)
    values (gen_random_uuid(), 'V1', 'V1', '', true, false, '', '', '', '', '', false, '',
        'active', '')
    returning id
)
insert into main.parties_partycontact (id, party_id, name, position, phone, email, address,
    is_main, state)
select '{WHO}', id, '金丝雀', '', '', '', '', false, 'active' from party
"""
ERASED = f"""
with gone as (
    update main.parties_partycontact set name = '', state = 'archived' where id = '{WHO}'
)
insert into main.personal_state (subject, kind, state, kept, at)
values ('{WHO}', 'parties.contact', 'erased', '{{}}', now())
"""


def _books(server: embedded.Server) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(server.dsn(database=embedded.DATABASE))


def test_a_data_folder_that_was_put_back_goes_on_under_a_letter(data: Path, tmp_path: Path) -> None:
    """A copy is in the place of the original; numbers and erasures are noted outside of it."""
    cluster, copy = embedded.home(data) / "postgres", tmp_path / "copy"
    with embedded.in_use(data) as server, _books(server) as books:
        books.execute(A_CONTACT)
    subprocess.run(["cp", "-a", cluster, copy], check=True)
    later = Run(data, _free_port())
    later.wait_until_ready()
    with _books(embedded.Server(data, None)) as books:
        books.execute("insert into main.number_series values ('till.sale|S01|2026', 42)")
        books.execute(ERASED)
    later.process.terminate()
    assert later.ends() == (0, later.log.read_text())
    assert "restored" not in later.log.read_text()
    shutil.rmtree(cluster)
    subprocess.run(["cp", "-a", copy, cluster], check=True)

    restored = Run(data, _free_port())
    restored.wait_until_ready()
    with _books(embedded.Server(data, None)) as books:
        row = books.execute("select max(ordinal) from main.number_incarnation").fetchone()
        person = books.execute("select name, state from main.parties_partycontact").fetchone()
        told = books.execute("select action from main.history where subject = %s", [WHO]).fetchone()
    restored.process.terminate()
    restored.ends()

    assert "was restored: its numbers go on with a letter" in restored.log.read_text()
    assert row == (1,)
    assert "was restored: erasing 1 people again" in restored.log.read_text()
    assert (person, told) == (("", "archived"), ("org.personal.erase",))


def test_a_second_program_on_the_same_folder_is_refused(running: Run) -> None:
    code, said = Run(running.data, _free_port()).ends()

    assert code == 2
    assert "Tongpan already runs" in said


def test_a_taken_port_is_refused_in_both_languages(data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code, said = Run(data, port).ends()

    assert code == 2
    assert f"端口 {port} 不能使用" in said
    assert f"Port {port} cannot be used" in said


def test_data_of_a_newer_version_is_refused_and_left_alone(data: Path) -> None:
    note = data / "version"
    before = note.read_text()
    newer = json.loads(before)
    newer["migrations"]["org"] = "9999_from_the_future"
    note.write_text(json.dumps(newer))

    try:
        code, said = Run(data, _free_port()).ends()
    finally:
        note.write_text(before)

    assert code == 2
    assert "org.9999_from_the_future" in said
    assert "newer version" in said
