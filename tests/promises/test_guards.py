"""Each day, three guards are taken away: the tests that are named for them must fail."""

import argparse
import random

import pytest

from tests.mutants import MUTANTS
from tongpan.base import env
from tongpan.config.proofs import mutants

pytestmark = pytest.mark.races

SAMPLE = random.Random(env.now().toordinal()).sample(MUTANTS, 3)


def test_a_guard_that_is_gone_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "_mutants", lambda: SAMPLE)

    result = mutants.run(argparse.Namespace(only=""))

    assert result.holds, result.facts
    assert result.facts["killed"] == len(SAMPLE)
