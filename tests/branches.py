"""Which test reaches which branch of the database's functions, and whether each is reached.

As a pytest plugin (`-p tests.branches`) this module lets tests work in copies of a template whose
functions are written anew: the condition of each IF, ELSIF, CONTINUE WHEN and EXIT WHEN is counted
each way, and so is each RAISE. What counts is a sequence, which no rollback takes back, so a
refusal counts too; it is unlogged, because a logged one gives its transaction an id. Each process
notes the first test that reached a branch; `python -m tests.branches` reads the notes, writes by
which test each branch is reached, and fails if one is reached by none.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

FOLDER = Path(__file__).resolve().parents[1] / "build" / "test" / "branches"

TEXT = re.compile(r"--[^\n]*|'(?:[^']|'')*'")  # what is no code: comments and quoted text
BRANCH = re.compile(
    r"(?P<raise>\braise\s+exception\b)|(?<!end )\b(?P<if>if|elsif)\b|\b(?P<when>(?:continue|exit)"
    r"\s+when)\b"
)
WORD = re.compile(r"\b(case|end|then)\b")

FUNCTIONS = """
    select p.proname::text, p.prosrc, pg_get_functiondef(p.oid)
    from pg_proc p join pg_language l on l.oid = p.prolang
    where p.pronamespace = current_schema::regnamespace and l.lanname = 'plpgsql' order by 1
"""
# Whoever runs the function counts with the owner's rights, whatever search path is set.
COUNT = """
    create schema branches;
    create function branches.taken(place int, way boolean) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
    begin
        perform nextval(format('branches.%s_%s', case when way then 'yes' else 'no' end, place));
        return way;
    end $$;
    create table branches.named (sequence text, text text);
"""
NAMED = "select sequence, text from branches.named"
# Only of those that were not reached yet: asking a sequence opens it, and there are hundreds.
REACHED = """
    select relname::text from pg_class
    where relnamespace = 'branches'::regnamespace and relname = any(%s::name[])
      and pg_sequence_last_value(oid) is not null
"""


@dataclass(frozen=True)
class Place:
    """Somewhere in a function's body that is counted: the code that is replaced, and its text."""

    start: int
    end: int
    text: str

    @property
    def is_raise(self) -> bool:
        return self.text.startswith("raise")


def places(body: str) -> list[Place]:
    """Every condition and every RAISE of a function's body, in their order."""
    code = TEXT.sub(lambda found: " " * len(found[0]), body)
    return [_place(code, body, found) for found in BRANCH.finditer(code)]


def _place(code: str, body: str, found: re.Match[str]) -> Place:
    start = found.end()
    if found["raise"]:
        return Place(found.start(), found.start(), " ".join(body[found.start() :].split())[:60])
    end = code.index(";", start) if found["when"] else _then(code, start)
    return Place(start, end, " ".join(body[found.start() : end].split()))


def _then(code: str, start: int) -> int:
    """Where the THEN of an IF stands: not one of a CASE inside its condition."""
    depth = 0
    for word in WORD.finditer(code, start):
        if word[0] == "then" and not depth:
            return word.start()
        depth += {"case": 1, "end": -1}.get(word[0], 0)
    raise ValueError(f"An IF without THEN: {code[start : start + 60]}")


def counted(body: str, first: int) -> str:
    """The body with every place counted; `first` is the number of its first place."""
    for number, place in reversed(list(enumerate(places(body), first))):
        code = body[place.start : place.end]
        if place.is_raise:
            code = f"perform branches.taken({number}, true); "
        else:
            code = f" branches.taken({number}, ({code}\n)) "
        body = body[: place.start] + code + body[place.end :]
    return body


def branches(bodies: dict[str, str]) -> dict[str, str]:
    """Every branch of these functions: what its sequence is called, and what a person calls it."""
    named: dict[str, str] = {}
    number = 0
    for function, body in bodies.items():
        for place in places(body):
            number += 1
            for way in ("yes",) if place.is_raise else ("yes", "no"):
                said = "" if place.is_raise else f" — {way}"
                named[f"{way}_{number}"] = f"{function} {number}: {place.text}{said}"
    return named


def instrument(owner: psycopg.Connection[Any]) -> None:
    """Count the branches of every function of the schema that is open."""
    found = owner.execute(FUNCTIONS).fetchall()
    owner.execute(COUNT)
    for sequence, text in branches({function: body for function, body, _all in found}).items():
        owner.execute(f"create unlogged sequence branches.{sequence}".encode())
        owner.execute("insert into branches.named values (%s, %s)", [sequence, text])
    number = 1
    for _function, body, text in found:
        assert text.count(body) == 1
        owner.execute(text.replace(body, counted(body, number)).encode())
        number += len(places(body))


# -- the plugin ------------------------------------------------------------------------------------


@dataclass
class Notes:
    """What this process saw: all branches, and the first test that reached each."""

    server: Any = None
    named: dict[str, str] = field(default_factory=dict)
    reached: dict[str, str] = field(default_factory=dict)
    databases: dict[str, Any] = field(default_factory=dict)  # by name, a connection to each
    test: str = ""

    def open(self, name: str) -> None:
        bare = psycopg.connect(self.server.dsn(database=name), autocommit=True)
        self.named = dict(bare.execute(NAMED).fetchall())
        self.databases[name] = bare

    def look(self, name: str) -> None:
        """Note what was reached in this database; a test may have ended the connection."""
        missing = [*(self.named.keys() - self.reached.keys())]
        try:
            found = self.databases[name].execute(REACHED, [missing]).fetchall()
        except psycopg.OperationalError:
            self.open(name)
            found = self.databases[name].execute(REACHED, [missing]).fetchall()
        for (sequence,) in found:
            self.reached.setdefault(sequence, self.test)

    def close(self, name: str) -> None:
        self.databases.pop(name).close()


_notes = Notes()


def pytest_configure(config: Any) -> None:
    from tests import conftest

    copy, forget = conftest._copy, conftest._forget

    def copy_counted(server: Any, template: str, name: str) -> None:
        _notes.server = server
        copy(server, _counted_template(server, template, copy), name)
        _notes.open(name)

    def look_and_forget(server: Any, name: str) -> None:
        _notes.look(name)
        _notes.close(name)
        forget(server, name)

    conftest._copy, conftest._forget = copy_counted, look_and_forget


def _counted_template(server: Any, template: str, copy: Any) -> str:
    """The name of a copy of the template whose functions count; made by whoever needs it first."""
    from tests import conftest

    mine = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    name = f"{template}_{mine}"
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(20261122)")  # one process builds, the others wait
        ready = "select 1 from pg_database where datname = %s and datistemplate"
        if not admin.execute(ready, [name]).fetchone():
            copy(server, template, name)
            with psycopg.connect(server.dsn(user="tp_owner", database=name)) as owner:
                owner.execute(f"set search_path to {conftest.COMPANY}".encode())
                instrument(owner)
            admin.execute(f"alter database {name} is_template true".encode())
    return name


def pytest_runtest_protocol(item: Any) -> None:
    _notes.test = item.nodeid


def pytest_runtest_teardown(item: Any) -> None:
    for name in [*_notes.databases]:
        _notes.look(name)


def pytest_unconfigure(config: Any) -> None:
    if _notes.named:
        FOLDER.mkdir(parents=True, exist_ok=True)
        worker = getattr(config, "workerinput", {}).get("workerid", "alone")
        seen = {"named": _notes.named, "reached": _notes.reached}
        (FOLDER / f"{worker}.json").write_text(json.dumps(seen))


# -- what came of it -------------------------------------------------------------------------------


def main() -> int:
    """Write of every branch by which test it is reached; 1 if one is reached by none."""
    notes = [json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))]
    named = notes[0]["named"] if notes else {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    assert all(one["named"] == named for one in notes), "The notes are of different functions."
    reached = {sequence: test for one in notes for sequence, test in one["reached"].items()}
    missed = [text for sequence, text in named.items() if sequence not in reached]
    (FOLDER / "reached.txt").write_text("\n".join(_told(named, reached)))
    print(f"{len(named) - len(missed)} of {len(named)} branches of the database's functions")
    print("\n".join(f"no test reaches {text}" for text in missed))
    return 1 if missed or not named else 0


def _told(named: dict[str, str], reached: dict[str, str]) -> Iterator[str]:
    return (f"{text}\n    {reached[s]}" for s, text in named.items() if s in reached)


if __name__ == "__main__":
    sys.exit(main())
