"""Calls of database functions that ride together, so that several need one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its text, such as `history_write(%s, %s)`, and what stands for its marks."""

    text: str
    parameters: tuple[Any, ...]


def together(calls: Sequence[Call]) -> tuple[Any, ...]:
    """Make the calls in one statement, in their order; answers what each of them said."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {', '.join(call.text for call in calls)}",
            [parameter for call in calls for parameter in call.parameters],
        )
        said: tuple[Any, ...] = cursor.fetchone()
    return said
