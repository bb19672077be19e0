"""A company is made with all that it needs, in one go or in two."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations import Migration
from django_tenants.utils import schema_context

from tongpan.kernel.companies.making import make_company
from tongpan.kernel.companies.migrating import migrate
from tongpan.kernel.companies.models import Company
from tongpan.kernel.documents import incarnations
from tongpan.kernel.documents.schema import drop_gate, drop_take
from tongpan.kernel.org import schema as org

STANDING = """
    select relname::text from pg_class where relnamespace = %(schema)s::regnamespace
      and relkind in ('r', 'p') and relname !~ '^(django|auth)_' and not relispartition
    union all
    select proname::text from pg_proc where pronamespace = %(schema)s::regnamespace
"""


def standing(schema: str) -> set[str]:
    """The tables and functions of a company."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"schema": schema})
        return {name for (name,) in cursor.fetchall()}


def cut_off_at(app: str) -> Any:
    """Django's way of applying a migration, until one of this app comes."""
    apply = Migration.apply

    def or_not(migration: Migration, *given: Any, **named: Any) -> Any:
        if migration.app_label == app:
            raise CutOff
        return apply(migration, *given, **named)

    return or_not


class CutOff(Exception):
    """The machine lost its power."""


@pytest.mark.races
def test_a_company_whose_making_was_cut_off_is_made_whole_later(
    own_database: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    connection.settings_dict["USER"] = "tp_owner"
    settings.DATABASE_ROLE = "owner"

    with monkeypatch.context() as patched:
        patched.setattr(Migration, "apply", cut_off_at("items"))
        with pytest.raises(CutOff):
            make_company("south", "南方")
    assert not Company.objects.filter(schema_name="south").exists()
    half = standing("south")

    make_company("south", "南方")
    made = standing("south")
    migrate("south")  # nothing is left to do
    assert 0 < len(half) < len(made)
    assert connection.schema_name == "public"  # type: ignore[attr-defined]
    assert made == standing("north")


WRITTEN_BY_HAND = (
    (incarnations.drop, {"numbering_incarnation", "number_incarnation"}),
    (drop_take, {"gate_take"}),
    (drop_gate, {"gate_begin", "documents_write_posted"}),
    (org.drop, {"org_held"}),
)


@pytest.mark.races
def test_functions_are_taken_away_again(own_database: Any, settings: Any) -> None:
    """A whole company goes back in `tests/promises/test_going_back.py`."""
    connection.close()
    connection.settings_dict["USER"] = "tp_owner"
    settings.DATABASE_ROLE = "owner"

    for drop, names in WRITTEN_BY_HAND:
        before = standing("north")
        with schema_context("north"), connection.schema_editor() as editor:
            drop(None, editor)
        assert before - standing("north") == names
