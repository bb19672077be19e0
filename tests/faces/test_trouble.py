"""What a person is told when it is not their fault: the disk is full, the database away, a bug."""

import errno
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from django.utils.translation import override

from tongpan.faces.kit.errors import went_wrong


def _no_room_for_the_database() -> None:
    raising = "do $$ begin raise exception 'no room' using errcode = '53100'; end $$"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(raising)


def _no_room_for_a_file() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _nobody_listens() -> None:
    elsewhere = connection.copy()
    elsewhere.settings_dict = {**elsewhere.settings_dict, "HOST": "127.0.0.1", "PORT": "1"}
    elsewhere.ensure_connection()


def _cut_off() -> None:
    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(pg_backend_pid())")


def _sql_is_wrong() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select no_such_column")


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (_no_room_for_the_database, 507, "The disk is full"),
        (_no_room_for_a_file, 507, "The disk is full"),
        (_nobody_listens, 503, "The database is just starting"),
        (_cut_off, 503, "The database is just starting"),
        (_sql_is_wrong, 500, "Something went wrong on our side"),
        (lambda: 1 / 0, 500, "Something went wrong on our side"),
    ],
)
def test_a_fault_is_named_with_what_to_do(
    company: str, fault: Callable[[], object], status: int, said: str
) -> None:
    request = RequestFactory().get("/", headers={"Accept": "application/json"})

    with override("en"):
        try:
            fault()
        except Exception:  # noqa: BLE001 whatever it is, the page must answer
            answer = went_wrong(request)

    assert answer.status_code == status
    assert said in answer.content.decode()
