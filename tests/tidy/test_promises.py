"""What the page of promises names is there: tests, files and mutants."""

import re
from pathlib import Path

import pytest

from tests.mutants import MUTANTS
from tests.tidy.test_mutants import ROOT, is_there

PAGE = (ROOT / "docs" / "internals" / "promises.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", PAGE)))
TWINS = re.findall(r"mutants? ((?:\*[^*]+\*(?:,\s+)?)+)", PAGE)
PROMISED = [f"P{n:02}" for n in (2, 3, 4, 5, 6, 12, 13, 14, 15, 16, 17, 28, 29)]


@pytest.mark.parametrize("name", NAMED)
def test_what_proves_a_promise_is_there(name: str) -> None:
    path, _, test = name.partition("::")

    assert is_there(name) if test else Path(ROOT / path).exists()


def test_the_mutants_that_are_twins_are_there() -> None:
    named = {
        " ".join(name.split()) for twins in TWINS for name in re.findall(r"\*([^*]+)\*", twins)
    }

    assert len(named) > 10
    assert named <= {mutant.name for mutant in MUTANTS}


@pytest.mark.parametrize("promise", PROMISED)
def test_every_promise_has_a_test_and_a_twin(promise: str) -> None:
    [section] = re.findall(rf"^## {promise} .*?(?=^## |\Z)", PAGE, re.M | re.S)

    assert "tests/" in section
    assert "win" in section
