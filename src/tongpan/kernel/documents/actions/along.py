"""Doing another action on the way: each with its own permission, history and event."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.loading import load_locked
from tongpan.kernel.documents.registry import DocumentType, find_action


def do_along(doing: Doing, code: str, subject: UUID, payload: Mapping[str, Any]) -> Doing:
    """Do the action `code` as a part of another one. It may not post: one posting is made."""
    action = find_action(code)
    assert action is not None, f"{code} is no action."
    other = Doing(action, subject, payload, doing.answers, None, doing.at, None, doing.org_unit)
    action.run(other)
    doing.along += [other, *other.along]
    other.along = []
    return other


def do_to_document(doing: Doing, declared: DocumentType, verb: str, subject: UUID) -> Doing:
    """Do to a document, as a part of another action, what its type can do; what it posts is posted
    with the rest.

    Errors: Refusal wrong_state; what the verb refuses, by its own permission.
    """
    action = find_action(declared.permission(verb))
    assert action is not None, f"{declared.code} has no {verb}."
    body = load_locked(declared, subject)
    if body.document.state not in action.states:
        raise Refusal("wrong_state", state=body.document.get_state_display())
    other = Doing(action, subject, doing.payload, doing.answers, None, doing.at, body)
    action.run(other)
    doing.facts += other.facts
    doing.along.append(other)
    return other
