"""Take every guard away, one at a time: the tests that are named for it must fail.

First the same tests must pass with every guard in place; else their failing would say nothing.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tongpan.config.installation import ROOT, CannotRun
from tongpan.faces.cli import Result

HELP = "每道防线都有测试看守 · every guard is watched by a test"
AT_ONCE = 2
PASSED, FAILED = 0, 1  # exit codes of pytest; any other means that it could not run


def run(given: argparse.Namespace) -> Result:
    mutants = [m for m in _mutants() if given.only in m.name]
    if _tests(sorted({test for mutant in mutants for test in mutant.tests}), None) != PASSED:
        raise CannotRun("这些测试本身没有通过。\nThe tests do not pass with every guard in place.")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = list(pool.map(lambda m: _tests(m.tests, m.name), mutants))
    survived = [m.name for m, code in zip(mutants, codes, strict=True) if code == PASSED]
    broken = [m.name for m, code in zip(mutants, codes, strict=True) if code > FAILED]
    facts = {
        "mutants": len(mutants),
        "killed": codes.count(FAILED),
        "survived": survived,
        "could_not_run": broken,
        "names": [m.name for m in mutants],
    }
    text = f"{facts['killed']} / {len(mutants)}" + "".join(f"\n! {n}" for n in survived + broken)
    return Result(holds=not survived and not broken, facts=facts, text=text)


def _mutants() -> list[Any]:
    if not (ROOT / "tests" / "mutants.py").exists():
        raise CannotRun("这里没有测试代码。\nThe tests are not installed here.")
    sys.path.insert(0, str(ROOT))
    from tests.mutants import MUTANTS  # the tests come with the source, not with the program

    return list(MUTANTS)


def _tests(tests: Iterable[str], mutant: str | None) -> int:
    """Run these tests with one guard away (None: all in place); pytest's exit code."""
    said = {"TONGPAN_MUTANT": mutant} if mutant else {}
    environ = {k: v for k, v in os.environ.items() if not k.startswith("TONGPAN_")} | said
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-p", "tests.mutants", *tests],
        cwd=ROOT, env=environ, capture_output=True, text=True,
    )  # fmt: skip
    mark = {PASSED: "survived" if mutant else "pass", FAILED: "killed"}.get(done.returncode, "?")
    print(f"{mutant or 'all guards'}: {mark}", file=sys.stderr, flush=True)
    if mark == "?" or (mutant is None and done.returncode):
        print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
    return done.returncode
