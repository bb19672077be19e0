"""The ledger's checks take as long as their tables are large, whatever statistics say."""

import pytest
from django.db import connection

from tongpan.kernel.ledger import checks

pytestmark = pytest.mark.usefixtures("company")


def _loops() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('enable_nestloop')")
        return str(cursor.fetchone()[0])


def test_a_check_joins_tables_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("select 1", "select current_setting('enable_nestloop')")
    monkeypatch.setitem(checks.CHECKS, "what_is_set", asked)

    assert checks.verify(["what_is_set"])[0].violations == ("off",)


def test_after_a_check_joins_are_chosen_as_before() -> None:
    checks.verify()
    checks.worth()

    assert _loops() == "on"


def test_a_check_that_breaks_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checks.CHECKS, "breaks", ("select 1 where false", "select 1"))

    with pytest.raises(TypeError):
        checks.verify(["breaks"])

    assert _loops() == "on"
