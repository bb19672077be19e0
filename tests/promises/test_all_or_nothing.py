"""Whatever statement of whatever command fails, all of it happened or nothing."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from tests.chain import on_shelf
from tests.contracts.examples import EXAMPLES, MASTERS, STOCK, Stage, a_stage, drafted, posted
from tongpan.base import env
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import document_types, find_action
from tongpan.kernel.ledger.checks import verify

pytestmark = pytest.mark.races

COMMANDS_MIN = 80
PARTS = 4  # each is a process's work
Request = tuple[str, UUID | None, Any]


class PowerCut(BaseException):
    """Nothing in the program expects it, so nothing tidies up."""


class Counting:
    """Counts statements, and cuts the power before or after the chosen one."""

    def __init__(self, stop: int, *, after: bool) -> None:
        self.stop, self.after, self.count = stop, after, 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        if self.count == self.stop and not self.after:
            raise PowerCut
        result = execute(sql, params, many, context)
        if self.count == self.stop:
            raise PowerCut
        return result


def commands(stage: Stage) -> Iterator[tuple[str, str, Callable[[], Request]]]:
    """Every command: its name, where it is done, and what makes one more request for it."""
    for declared in document_types():
        code, example = declared.code, EXAMPLES[declared.code]
        if example.made is not None:
            yield f"{code} is made", example.where, lambda e=example: _made(stage, e)
        else:
            yield f"{code} is saved", example.where, lambda c=code: _saved(stage, c)
            yield f"{code} is posted", example.where, lambda c=code: _posting(stage, c)
        yield f"{code} is reversed", example.where, lambda c=code: _reversal(stage, c)
    for code in sorted(
        MASTERS.keys() - {"items.supplier_item"}
    ):  # the example of its price makes it
        yield f"{code} is archived", "hq", lambda c=code: _archiving(stage, c)


def _made(stage: Stage, example: Any) -> Request:
    action, payload = example.made(stage, 3)
    return action, None, payload


def _saved(stage: Stage, code: str) -> Request:
    payload = EXAMPLES[code].payload
    assert payload is not None
    return f"{code}.save", env.new_id(), payload(stage, 3)


def _posting(stage: Stage, code: str) -> Request:
    return f"{code}.post", drafted(stage, code, 3), {}


def _reversal(stage: Stage, code: str) -> Request:
    return f"{code}.reverse", posted(stage, code, 3), {"reason": "x"}


def _archiving(stage: Stage, code: str) -> Request:
    """One row of each type is enough: it is taken back before it is put away again."""
    found = _rows.get(code)
    if found is None:
        found = _rows[code] = run(f"{code}.save", payload=MASTERS[code](stage)).subject
    else:
        run(f"{code}.restore", found)
    return f"{code}.archive", found, {}


_rows: dict[str, UUID] = {}


def everything() -> dict[str, int]:
    """Every table of the company that has rows, as one number that any change of any row changes;
    but for the secret of the log, which the program can neither read nor write."""
    with psycopg.Cursor(connection.connection) as asking:  # planned once: it is asked often
        # Where there never was a row there is no file: most tables and months are not asked.
        asking.execute(
            "select relname::text from pg_class where relkind = 'r'"
            " and relnamespace = current_schema::regnamespace and pg_relation_size(oid) > 0"
            " and relname <> 'history_secret' order by relname",
            prepare=True,
        )
        every = " union all ".join(
            f"select '{name}', coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)"
            f' from "{name}" t' for (name,) in asking.fetchall()
        )  # fmt: skip
        rows = asking.execute(every, prepare=True).fetchall()
    return {name: said for name, said in rows if said}


def cut(request: Request, id: UUID, stop: int, *, after: bool = False) -> bool:
    """Carry the request out until the power is cut; whether it needed so many statements."""
    try:
        with connection.execute_wrapper(Counting(stop, after=after)):
            run(*request, request_id=id)
    except PowerCut:
        return True
    return False


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_statement_of_whatever_command_fails_it_is_done_whole_or_not_at_all(
    own_database: Any, part: int
) -> None:
    stage = a_stage()
    _rows.clear()
    broken: list[tuple[str, int]] = []
    cuts = tried = 0

    for name, where, another in itertools.islice(commands(stage), part, None, PARTS):
        on_shelf(stage, "warehouse", **STOCK)  # a count leaves little of it
        with stage.as_("zhou", where):
            run(*another())  # opens what is opened only once
            request, id, before = another(), env.new_id(), everything()
            action, whole = find_action(request[0]), []
            assert action is not None
            for stop in itertools.count(1):
                if not cut(request, id, stop):
                    break  # it needs no more statements, and was carried out whole
                unchanged = everything() == before
                assert cut(request, id, stop, after=True)
                cuts += 2
                if unchanged and everything() != before and action.is_one_statement:
                    whole.append(everything())  # its one statement is its commit
                    break
                if not unchanged or everything() != before:
                    broken.append((name, stop))
            run(*request, request_id=id)
            once = everything()
            assert whole == [once] * action.is_one_statement, name
            again = run(*request, request_id=id)
        tried += 1
        assert once != before, name
        assert (name, again.is_repeat, everything() == once) == (name, True, True)

    assert broken == []
    assert tried >= COMMANDS_MIN // PARTS
    assert cuts >= 2 * 5 * COMMANDS_MIN // PARTS
    assert [found for found in verify() if found.violations] == []


def test_a_command_that_commits_half_way_is_noticed(
    own_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: without the transaction around a command, a power cut leaves a part of it."""
    from tongpan.kernel.documents import gate

    stage = a_stage()
    monkeypatch.setattr(gate, "transaction", SimpleNamespace(atomic=nullcontext))
    with stage.as_("zhou", "warehouse"):
        request, before = _saved(stage, "stock.transfer"), everything()

        assert cut(request, env.new_id(), 5)

    assert everything() != before
