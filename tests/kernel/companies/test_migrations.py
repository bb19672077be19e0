"""A company is made with all that it needs, and every migration goes back and leaves nothing."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tongpan.kernel.companies.making import make_company

STANDING = """
    select relname::text from pg_class where relnamespace = %(schema)s::regnamespace
      and relkind in ('r', 'p') and relname !~ '^(django|auth)_' and not relispartition
    union all
    select proname::text from pg_proc where pronamespace = %(schema)s::regnamespace
"""
FIRST = ("org", "events", "parties", "taxes")  # all else stands on these


def standing(schema: str) -> set[str]:
    """The tables and functions of a company."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"schema": schema})
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.races
def test_a_company_is_made_and_taken_back_whole(own_database: Any, settings: Any) -> None:
    connection.close()
    connection.settings_dict["USER"] = "tp_owner"
    settings.DATABASE_ROLE = "owner"

    make_company("south", "南方")
    made = standing("south")
    for app in FIRST:
        call_command(
            "migrate_schemas", app, "zero", schema_name="south",
            interactive=False, verbosity=0, skip_checks=True,
        )  # fmt: skip

    assert made == standing("north")
    assert standing("south") == set()
