"""Every migration goes back, and leaves nothing of a company behind."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.kernel.companies.test_migrations import standing

FIRST = ("org", "events", "parties", "taxes")  # all else stands on these


@pytest.mark.races
def test_a_company_is_taken_back_whole(own_database: Any, settings: Any) -> None:
    connection.close()
    connection.settings_dict["USER"] = "tp_owner"
    settings.DATABASE_ROLE = "owner"
    assert standing("north") != set()

    for app in FIRST:
        call_command(
            "migrate_schemas", app, "zero", schema_name="north",
            interactive=False, verbosity=0, skip_checks=True,
        )  # fmt: skip

    assert standing("north") == set()
