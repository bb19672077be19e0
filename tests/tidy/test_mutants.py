"""Every guard that a proof takes away is still there, and so is every test that must notice."""

import importlib.util
import re
from pathlib import Path

import pytest

from tests.mutants import MUTANTS, SQL, Mutant

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*ROOT.glob("src/**/*.py"), *ROOT.glob("src/**/*.sql")]
FUNCTIONS = [file.read_text() for file in SOURCES if "plpgsql" in file.read_text()]
# As the functions stand in a company's schema.
WRITTEN = "\n".join(FUNCTIONS).replace("@name@", "'north'").replace("{schema}", "north")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_guard_and_its_tests_are_there(mutant: Mutant) -> None:
    if mutant.where == SQL:
        source = WRITTEN
    else:
        found = importlib.util.find_spec(mutant.where)
        assert found is not None
        source = Path(str(found.origin)).read_text()

    assert mutant.old in source
    assert mutant.old != mutant.new
    assert mutant.tests
    assert [test for test in mutant.tests if not is_there(test)] == []


def test_no_two_mutants_have_one_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def is_there(test: str) -> bool:
    """Whether a test of this address is written."""
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.exists() and bool(re.search(rf"^def {re.escape(name)}\(", file.read_text(), re.M))
