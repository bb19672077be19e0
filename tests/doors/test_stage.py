"""The stage of the tests is what it says."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.chain import a_chain, on_shelf
from tests.conftest import IN_ORDER, OwnDatabase, broken_books
from tongpan.kernel.ledger.checks import DAMAGES


def _who_and_where() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_schema")
        row = cursor.fetchone()
    return row[0], row[1]


def test_a_test_works_as_the_program_role_inside_the_company(company: str) -> None:
    assert _who_and_where() == ("tp_app", "north")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_writes_is_gone_for_the_next(company: str, turn: str) -> None:
    assert not ContentType.objects.filter(app_label="stage").exists()

    ContentType.objects.create(app_label="stage", model=turn)


def test_a_test_that_leaves_broken_books_fails(own_database: OwnDatabase) -> None:
    chain = a_chain()
    on_shelf(chain, "warehouse", milk=("10", "8.50"))
    assert broken_books() == []

    for code in IN_ORDER:
        with own_database.connect(user="tp_owner") as owner:
            owner.execute(DAMAGES[code])

        assert code in {found.code for found in broken_books()}


@pytest.mark.races
def test_commits_in_an_own_database_are_seen_by_another_process(own_database: OwnDatabase) -> None:
    ContentType.objects.create(app_label="stage", model="written")

    seen = own_database.python(
        "from django.contrib.contenttypes.models import ContentType as C\n"
        "print(C.objects.filter(app_label='stage').count())"
    ).communicate(timeout=60)

    assert seen == ("1\n", "")


@pytest.mark.races
def test_threads_work_at_once_inside_the_company(own_database: OwnDatabase) -> None:
    answers = own_database.at_once(*[_who_and_where] * 4)

    assert answers == [("tp_app", "north")] * 4
