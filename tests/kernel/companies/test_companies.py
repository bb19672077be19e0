"""Companies, and which one a host name opens."""

from typing import Any

import pytest
from django_tenants.utils import schema_context

from tongpan.base.refusals import Refusal
from tongpan.kernel.companies.making import company_for_host, make_company
from tongpan.kernel.companies.models import Company, Domain


@pytest.fixture
def south(db: None) -> Company:
    """A second company, of which only the row is there: its schema takes too long to make."""
    with schema_context("public"):
        company = Company.objects.create(schema_name="south", name="南方")
        Domain.objects.create(domain="south.example", tenant=company)
    return company


@pytest.mark.parametrize(
    ("host", "schema"),
    [
        ("south.example", "south"),
        ("SOUTH.Example:8000", "south"),
        ("south.example.", "south"),
        ("north.example", "north"),
        ("127.0.0.1:8000", "north"),
        ("[::1]:8000", "north"),
        ("", "north"),
        ("evil.example/south.example", "north"),
    ],
)
def test_a_host_opens_the_company_that_claimed_it_or_the_default_one(
    south: Company, settings: Any, host: str, schema: str
) -> None:
    settings.DEFAULT_COMPANY = "north"

    assert company_for_host(host).schema_name == schema


def test_without_a_default_company_a_strange_host_is_refused(db: None, settings: Any) -> None:
    settings.DEFAULT_COMPANY = "missing"

    with pytest.raises(Refusal, match="company_unknown"):
        company_for_host("strange.example")


def test_only_the_owner_of_the_tables_makes_a_company(db: None) -> None:
    with pytest.raises(Refusal, match="owner_role_needed"):
        make_company("west", "西方")

    assert not Company.objects.filter(schema_name="west").exists()


def test_making_a_company_twice_changes_nothing(db: None, settings: Any) -> None:
    settings.DATABASE_ROLE = "owner"
    with schema_context("public"):
        there = Company.objects.get(schema_name="north")

    assert make_company("north", "another name") == there
    assert Company.objects.get(schema_name="north").name == there.name
