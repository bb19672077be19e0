"""`./test`: everything that is checked, in lanes; each says in one line what came of it.

    ./test                 all of it, about twenty minutes on two cores
    ./test --fast          what a change needs before it is committed, about two minutes
    ./test --only LANE     one lane, or one group of them: static, tests
    ./test --long          the bounded soaks too

The last line is the sum. A lane that cannot run here says SKIPPED and why; with CI=true a missing
browser is a failure.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "test"
FLOOR = Path(os.environ.get("TONGPAN_FLOOR_BIN", "/usr/lib/postgresql/15/bin"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Masters prove what only they have, as parts; the till has functions in the database too.
KERNEL = ("tests/kernel", "tests/masters", "tests/business/till", "tests/engines/payments")
QUICK = ("tests/base", "tests/kernel", "tests/scenarios")
STAGE = "tests/doors/test_stage.py"  # whoever needs the stage first makes its template
AT_ONCE = 2
NO_TESTS = 5  # pytest's exit code
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"


@dataclass
class Outcome:
    """What came of a lane. `why` is for one that was skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    why: str = ""
    log: Path | None = None


@dataclass(frozen=True)
class Lane:
    """A name, its group, whether --fast runs it, and how."""

    name: str
    group: str
    is_fast: bool
    run: Callable[[str], Outcome]


def main(words: list[str]) -> int:
    given = _parser().parse_args(words)
    LOGS.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")
    began_at, total = time.monotonic(), Outcome()
    failed = [name for name, is_good in _ran(_wanted(given), total) if not is_good]
    took = _spell(time.monotonic() - began_at)
    if failed:
        print(f"failed: {', '.join(failed)}")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped in {took}")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./test", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="only the quick lanes")
    parser.add_argument("--long", action="store_true", help="the soaks too")
    parser.add_argument("--only", metavar="LANE", help=", ".join(lane.name for lane in LANES))
    return parser


def _wanted(given: argparse.Namespace) -> list[Lane]:
    if given.only:
        found = [lane for lane in LANES if given.only in (lane.name, lane.group)]
        if not found:
            sys.exit(f"There is no lane {given.only}: {', '.join(lane.name for lane in LANES)}")
        return found
    if given.fast:
        return [lane for lane in LANES if lane.is_fast]
    left_out = {"quick"} if given.long else {"quick", "long"}  # all of quick is in other lanes
    return [lane for lane in LANES if lane.name not in left_out]


def _ran(lanes: Sequence[Lane], total: Outcome) -> Iterator[tuple[str, bool]]:
    """Each lane and whether it is good. Those that keep one core busy run at once, and first."""
    alone = [lane for lane in lanes if lane.group in ("static", "stage")]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for lane, (outcome, took) in zip(alone, pool.map(_timed, alone), strict=True):
            yield lane.name, _report(lane, outcome, took, total)
    for lane in lanes:
        if lane not in alone:
            yield lane.name, _report(lane, *_timed(lane), total)


def _timed(lane: Lane) -> tuple[Outcome, str]:
    began_at = time.monotonic()
    outcome = lane.run(lane.name)
    return outcome, _spell(time.monotonic() - began_at)


def _report(lane: Lane, outcome: Outcome, took: str, total: Outcome) -> bool:
    """Print the line of a lane, add to the total; whether nothing failed."""
    total.passed += outcome.passed
    total.failed += outcome.failed
    total.skipped += outcome.skipped
    if outcome.failed:
        word, note = "FAILED", f"{outcome.failed} of {outcome.passed + outcome.failed}"
    elif outcome.why:
        word, note = "SKIPPED", outcome.why
    else:
        skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
        word, note = "ok", f"{outcome.passed} passed{skipped}"
    print(f"{word:8}{lane.name:12}{took:>8}  {note}", flush=True)
    if outcome.failed and outcome.log:
        lines = outcome.log.read_text(errors="replace").splitlines()
        print("\n".join(f"    {line}" for line in lines[-60:]))
        print(f"    all of it: {outcome.log.relative_to(ROOT)}", flush=True)
    return not outcome.failed


def _spell(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


# -- kinds of lanes --------------------------------------------------------------------------------


def command(*words: str) -> Callable[[str], Outcome]:
    """A lane that passes if a command succeeds."""

    def run(name: str) -> Outcome:
        log = LOGS / f"{name}.log"
        is_good = _logged([sys.executable, *words], log) == 0
        return Outcome(passed=int(is_good), failed=int(not is_good), log=log)

    return run


def pytest(*words: str, environ: dict[str, str] | None = None) -> Callable[[str], Outcome]:
    """A lane of pytest, counted test by test."""

    def run(name: str) -> Outcome:
        log, counts = LOGS / f"{name}.log", LOGS / f"{name}.xml"
        counts.unlink(missing_ok=True)
        code = _logged(
            [sys.executable, "-m", "pytest", f"--junitxml={counts}", "-rs", *words], log, environ
        )
        if code == NO_TESTS:
            return Outcome(skipped=1, why="there are no such tests yet")
        return _counted(counts, log, has_crashed=code not in (0, 1))

    return run


def kernel(name: str) -> Outcome:
    """The kernel's own tests, and that they reach every branch of it: of its Python, and of every
    function in the database."""
    shutil.rmtree(LOGS / "branches", ignore_errors=True)
    found = pytest(
        "-n2", "-p", "tests.branches", "--cov", "--cov-report=",
        "-m", "not browser and not long", *KERNEL,
    )(name)  # fmt: skip
    assert found.log is not None
    for words in (["coverage", "report", "--fail-under=100"], ["tests.branches"]):
        is_good = _logged([sys.executable, "-m", *words], found.log, mode="ab") == 0
        found.passed += int(is_good)
        found.failed += int(not is_good)
    return found


def browser(name: str) -> Outcome:
    """The tests that need a real Chromium, where there is one or one can be installed."""
    program = _chromium()
    if program is None:
        why = "no Chromium here: apt-get install chromium, or set TONGPAN_CHROMIUM"
        if os.environ.get("CI") == "true":
            log = LOGS / f"{name}.log"
            log.write_text(why)
            return Outcome(failed=1, log=log)
        return Outcome(skipped=1, why=why)
    environ = {"TONGPAN_CHROMIUM": program}
    return pytest(
        "-n2", "--dist=worksteal", "-m", "browser and not long", "tests", environ=environ
    )(name)  # fmt: skip


def floor(name: str) -> Outcome:
    """The kernel on the oldest PostgreSQL that is promised."""
    if not (FLOOR / "postgres").exists():
        return Outcome(skipped=1, why=f"no PostgreSQL 15 in {FLOOR}, nor in TONGPAN_FLOOR_BIN")
    environ = {"TONGPAN_POSTGRES_BIN": str(FLOOR)}
    return pytest("-n2", "-m", "not browser and not long", "tests/kernel", environ=environ)(name)


def _chromium() -> str | None:
    given = os.environ.get("TONGPAN_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), ""
    )
    if given:
        return given
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        log = LOGS / "apt.log"
        for words in (
            ["update", "-q"],
            ["install", "-y", "-q", "--no-install-recommends", "chromium"],
        ):
            _logged(["apt-get", *words], log, {"DEBIAN_FRONTEND": "noninteractive"})
    return shutil.which("chromium")


def _logged(
    words: list[str], log: Path, environ: dict[str, str] | None = None, mode: str = "wb"
) -> int:
    with log.open(mode) as out:
        done = subprocess.run(
            words,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environ or {})},
        )
    return done.returncode


def _counted(counts: Path, log: Path, *, has_crashed: bool) -> Outcome:
    if not counts.exists():
        return Outcome(failed=1, log=log)
    found = Outcome(log=log)
    for suite in ElementTree.parse(counts).getroot().iter("testsuite"):
        wrong = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        found.failed += wrong
        found.skipped += skipped
        found.passed += int(suite.get("tests", 0)) - wrong - skipped
    if has_crashed and not found.failed:
        found.failed = 1
    return found


LANES = [
    Lane("format", "static", True, command("-m", "ruff", "format", "--check", ".")),
    Lane("lint", "static", True, command("-m", "ruff", "check", ".")),
    Lane("types", "static", True, command("-m", "mypy")),  # the longest of these
    Lane("imports", "static", True, command("-c", LINT_IMPORTS)),
    Lane(
        "migrations",
        "static",
        True,
        command("-m", "django", "makemigrations", "--check", "--dry-run", "--skip-checks"),
    ),
    Lane("stage", "stage", True, pytest("-n0", "-m", "not races", STAGE)),
    Lane("tidy", "static", True, pytest("-n0", "tests/tidy")),
    Lane(
        "quick",
        "quick",
        True,
        pytest("-n2", "-m", "not browser and not races and not long", *QUICK),
    ),
    Lane(
        "units",
        "tests",
        False,
        pytest(
            "-n2",
            "-m",
            "not browser and not races and not long",
            *(f"--ignore={folder}" for folder in ("tests/tidy", STAGE, *KERNEL)),
            "tests",
        ),
    ),
    Lane("kernel", "tests", False, kernel),
    Lane(
        "races",
        "tests",
        False,
        pytest(
            "-n2",
            "--dist=worksteal",
            "-m",
            "races and not long",
            *(f"--ignore={folder}" for folder in KERNEL),
            "tests",
        ),
    ),
    Lane("postgres15", "tests", False, floor),
    Lane("browser", "tests", False, browser),
    Lane("long", "tests", False, pytest("-n0", "-m", "long", "tests")),
]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
