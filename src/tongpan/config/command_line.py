"""`./tongpan`: the command line. It sets itself up, also on an empty data folder.

The result goes to standard output, all progress to standard error. With `--json` the last line of
standard output is one JSON object. Exit code 0: it holds; 1: it does not; 2: it could not run.
"""

import argparse
import json
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from tongpan.base.refusals import Refusal
from tongpan.config import commands, companies, embedded, erasures, installation, witness
from tongpan.config.installation import CannotRun, Installation
from tongpan.faces import cli as face
from tongpan.faces.cli import Result

HOLDS, DOES_NOT, COULD_NOT = 0, 1, 2


def main(words: list[str]) -> int:
    found = [module for package in (face, commands) for module in face.commands(package)]
    known = {module.NAME: module for module in found}
    given = _parser(known).parse_args(words)
    return report(given, lambda: _perform(known[given.command], given))


def report(given: argparse.Namespace, perform: Callable[[], Result]) -> int:
    """Perform, say what came of it, and answer the exit code."""
    try:
        result = perform()
    except Refusal as refused:
        facts = {"refused": refused.code, "facts": refused.facts, "problems": refused.problems}
        result, code = Result(holds=False, facts=facts, text=str(refused)), DOES_NOT
    except (CannotRun, embedded.CannotStart) as why:
        result, code = (
            Result(holds=False, facts={"could_not_run": str(why)}, text=str(why)),
            COULD_NOT,
        )
    except KeyboardInterrupt:
        result, code = Result(holds=False, facts={"could_not_run": "interrupted"}), COULD_NOT
    except Exception as failure:  # noqa: BLE001 - the outermost edge
        traceback.print_exc()
        result, code = Result(holds=False, facts={"could_not_run": repr(failure)}), COULD_NOT
    else:
        code = HOLDS if result.holds else DOES_NOT
    if given.json:
        said = {"command": given.command, "holds": result.holds, **result.facts}
        print(json.dumps(said, default=_as_json, ensure_ascii=False), flush=True)
    elif result.text:
        print(result.text, file=sys.stdout if code == HOLDS else sys.stderr, flush=True)
    return code


def _perform(command: ModuleType, given: argparse.Namespace) -> Result:
    run: Callable[[argparse.Namespace], Result] = command.run
    needs = getattr(command, "NEEDS", "company")
    if needs == "nothing":
        return run(given)
    data = installation.data_folder(given.data)
    with ExitStack() as stack:
        # Not tied to this process: another program may use the same server when we are gone.
        opened = stack.enter_context(installation.opened(data, dies_with_us=False))
        installation.make_ready(opened, "nothing", _say)
        witness.compare(opened, _say)
        erasures.compare(opened, _say)
        stack.callback(witness.note_given, opened)
        stack.callback(erasures.keep, opened, _say)
        stack.callback(connection.close)
        if needs == "company":
            stack.enter_context(schema_context(_company(opened, given.company)))
        return run(given)


def _company(opened: Installation, named: str | None) -> str:
    """The schema of the company to work in. Where there is none at all, the demonstration is made.

    Errors: CannotRun if there is no company of that name.
    """
    there = companies.schemas()
    if named is not None and named not in there:
        raise CannotRun(f"没有公司 {named}。\nThere is no company {named}: {there}.")
    default = str(settings.DEFAULT_COMPANY)
    if named is None and (default in there or not there):
        installation.make_ready(opened, "demo", _say)
        return default
    return named or there[0]


def _parser(known: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./tongpan", description="通盘命令行 · The command line of Tongpan."
    )
    always = argparse.ArgumentParser(add_help=False)
    for where, default in ((parser, None), (always, argparse.SUPPRESS)):
        where.add_argument(
            "--data",
            type=Path,
            default=default,
            metavar="DIR",
            help="数据目录 · data folder (./data)",
        )
        where.add_argument(
            "--company", default=default, metavar="SCHEMA", help="公司 · which company (main)"
        )
        where.add_argument(
            "--json",
            action="store_true",
            default=False if default is None else default,
            help="输出 JSON · the last line of output is one JSON object",
        )
    found = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in sorted(known.items()):
        command = found.add_parser(
            name, help=module.HELP, description=module.__doc__, parents=[always]
        )
        module.arguments(command)
    return parser


def _as_json(value: Any) -> Any:
    """Decimals as text, so that no digit is lost."""
    if isinstance(value, Decimal | UUID | Path):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)  # lazy translations and the like


def _say(chinese: str, english: str) -> None:
    print(f"{chinese} · {english}", file=sys.stderr, flush=True)
