"""What the command line promises to scripts: exit codes, and one JSON object at the end."""

import argparse
import json
import os
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tongpan.base.refusals import Refusal
from tongpan.config.command_line import COULD_NOT, DOES_NOT, HOLDS, report
from tongpan.config.commands import what
from tongpan.config.installation import CannotRun
from tongpan.faces.cli import Result


def _given(*, json: bool) -> argparse.Namespace:
    return argparse.Namespace(command="try", json=json)


def _raising(failure: BaseException) -> Callable[[], Result]:
    def perform() -> Result:
        raise failure

    return perform


@pytest.mark.parametrize(
    ("perform", "code"),
    [
        (lambda: Result(), HOLDS),
        (lambda: Result(holds=False), DOES_NOT),
        (_raising(Refusal("out_of_bounds")), DOES_NOT),
        (_raising(CannotRun("no database")), COULD_NOT),
        (_raising(ZeroDivisionError()), COULD_NOT),
        (_raising(KeyboardInterrupt()), COULD_NOT),
    ],
)
def test_the_exit_code_says_whether_it_holds(perform: Callable[[], Result], code: int) -> None:
    assert report(_given(json=False), perform) == code


def test_the_last_line_is_json_with_every_digit_of_an_amount(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report(_given(json=True), lambda: Result(facts={"total": Decimal("0.100000")}, text="fine"))

    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said == {"command": "try", "holds": True, "total": "0.100000"}


def test_a_refusal_names_its_code_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    report(_given(json=True), _raising(Refusal("out_of_bounds", item="tea")))

    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["refused"], said["facts"]) == ("out_of_bounds", {"item": "tea"})


def test_every_register_can_be_shown() -> None:
    found = what.run(argparse.Namespace(register=None)).facts

    assert {"document_types", "actions", "events", "settings", "entry_points"} <= found.keys()
    assert all(found[name] for name in ("document_types", "actions", "events", "entry_points"))


def test_compiled_modules_are_kept_where_the_machine_keeps_none() -> None:
    root = Path(__file__).resolve().parents[2]
    refusing = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    kept = root.joinpath(".venv", "bytecode", *root.parts[1:], "src", "tongpan", "config")
    for old in kept.glob("cli.*.pyc"):
        old.unlink()

    subprocess.run([root / "tongpan", "--help"], env=refusing, check=True, capture_output=True)

    assert list(kept.glob("cli.*.pyc"))
