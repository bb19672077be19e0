"""Verifying looks at every company, not only at the first one."""

import argparse
from typing import cast

import pytest

from tests.conftest import OwnDatabase
from tests.contracts.examples import a_stage, posted
from tongpan.base.invariants import Invariant
from tongpan.config import command_line
from tongpan.config.commands import verify
from tongpan.config.installation import CannotRun, Installation
from tongpan.kernel.documents.gate import run

# Nothing is started or made in these tests, so there need be no installation.
NOWHERE = cast(Installation, None)


def test_every_company_is_looked_at_unless_one_is_named(company: str) -> None:
    facts = verify.run(argparse.Namespace(company=None, selftest=False)).facts

    assert facts["companies"].keys() == {company}
    assert facts["violations"] == 0


def test_what_happened_without_a_running_program_is_chained_and_checked(company: str) -> None:
    posted(a_stage(), "stock.transfer")

    facts = verify.run(argparse.Namespace(company=None, selftest=False)).facts

    assert [one["code"] for one in facts["invariants"] if not one["checked"]] == []
    assert facts["violations"] == 0


def test_a_violation_says_in_which_company_it_is() -> None:
    checked = {
        name: verify._Checked([Invariant("books", 3, places)], 0, verify.ZERO, verify.ZERO)
        for name, places in (("north", ()), ("south", ("shelf 7",)))
    }

    assert verify._together(checked) == [Invariant("books", 6, ("south: shelf 7",))]


def test_a_company_that_is_not_there_is_not_made(company: str) -> None:
    with pytest.raises(CannotRun):
        command_line._company(NOWHERE, "nobody")

    assert command_line._company(NOWHERE, company) == company


def test_beside_a_company_of_its_own_no_demonstration_is_made(company: str) -> None:
    assert command_line._company(NOWHERE, None) == company


@pytest.mark.races
def test_every_damage_to_a_copy_is_found_and_the_company_is_left_alone(
    own_database: OwnDatabase,
) -> None:
    stage = a_stage()
    sent = posted(stage, "stock.transfer")
    posted(stage, "till.sale")
    with stage.as_("zhou", "warehouse"):
        run("stock.transfer.reverse", sent, {"reason": "for the proof"})

    result = verify.run(argparse.Namespace(company=own_database.schema, selftest=True))

    assert result.facts["missed"] == []
    assert result.facts["planted"] == result.facts["detected"] == len(verify.DAMAGES) >= 14
    assert result.holds
    assert verify.run(argparse.Namespace(company=own_database.schema, selftest=False)).holds
