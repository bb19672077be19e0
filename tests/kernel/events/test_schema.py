"""The migration: there and back again, and functions that can be written anew."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models

from tests.kernel.events.saying import DAY, number_all, tell, told
from tongpan.base import env
from tongpan.kernel.events import schema
from tongpan.kernel.events.models import Cursor, Event, JobDone, Parked, Position


def test_the_tables_can_be_dropped_and_made_again(own_database: Any) -> None:
    tell({"n": 1})
    number_all()
    be("tp_owner")
    with connection.schema_editor() as editor:
        schema.drop(None, editor)
        schema.create(None, editor)
    be("tp_app")

    tell({"n": 2})
    number_all()

    assert told() == [2]


def test_functions_follow_a_schema_that_was_renamed(own_database: Any) -> None:
    tell({"n": 1})
    with own_database.connect(user="postgres") as admin:
        admin.execute("alter schema north rename to south")
    connection.set_schema("south")
    be("tp_owner")
    with connection.schema_editor() as editor:
        schema.install_functions(None, editor)
    be("tp_app")

    tell({"n": 2})
    number_all()

    assert told() == [1, 2]


def be(role: str) -> None:
    connection.close()
    connection.settings_dict["USER"] = role


SHOWN = [
    (Event(name="a.b", subject="s"), "a.b s"),
    (Position(position=1, event="e"), "1 e"),
    (Cursor(subscriber="ear", position=1), "ear 1"),
    (Parked(subscriber="ear", position=1), "ear 1"),
    (JobDone(job="ring", key="k"), "ring k"),
]


@pytest.mark.parametrize(("row", "text"), SHOWN)
def test_a_row_says_what_it_is(row: models.Model, text: str) -> None:
    assert str(row) == text


def test_the_models_read_their_tables(company: str) -> None:
    tell({"n": 1})
    number_all()
    JobDone.objects.create(key=env.new_id(), job="ring", done_at=env.now())

    assert Event.objects.get().business_date == DAY
    assert len(bytes(Position.objects.get().hash)) == 32
    assert (Cursor.objects.count(), Parked.objects.count(), JobDone.objects.count()) == (0, 0, 1)


def test_the_migration_says_what_the_models_say(own_database: Any) -> None:
    call_command("makemigrations", "events", check=True, dry_run=True, verbosity=0)
