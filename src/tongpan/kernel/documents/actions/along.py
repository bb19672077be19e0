"""Doing another action on the way: each with its own permission, history and event."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import find_action


def do_along(doing: Doing, code: str, subject: UUID, payload: Mapping[str, Any]) -> Doing:
    """Do the action `code` as a part of another one. It may not post: one posting is made."""
    action = find_action(code)
    assert action is not None, f"{code} is no action."
    other = Doing(action, subject, payload, doing.answers, None, doing.at, None, doing.org_unit)
    action.run(other)
    doing.along += [other, *other.along]
    other.along = []
    return other
