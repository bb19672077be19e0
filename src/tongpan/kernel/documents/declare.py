"""Declaring a document type or a master type: the one call that a new kind of paper needs.

`register(DocumentType(...))` brings the permissions, events and standard actions with it; screens,
API, print, import, export and the contract tests find the type in the register.
"""

from collections.abc import Callable, Iterable
from typing import overload

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.actions import batches, drafts, masters, posting, talk
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import (
    MEANS,
    VERBS,
    Action,
    DocumentType,
    MasterType,
    register_action,
    register_document,
    register_master,
)
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.permissions import declare_module
from tongpan.kernel.org.rules import module_of
from tongpan.kernel.org.scope import declare_permission

PAST = {
    "saved": _("written"), "submitted": _("submitted"), "returned": _("returned"),
    "posted": _("posted"), "reversed": _("reversed"), "amended": _("amended"),
    "voided": _("voided"), "commented": _("commented"), "attached": _("file attached"),
    "archived": _("archived"), "restored": _("taken back into use"),
}  # fmt: skip
Run = Callable[[Doing], None]
DRAFT, SUBMITTED, POSTED = State.DRAFT.value, State.SUBMITTED.value, State.POSTED.value
ANY = frozenset(s.value for s in State)

# verb, what runs, in which states, what it is called afterwards, whose permission, needs a reason
ON_DOCUMENTS: tuple[tuple[str, Run, frozenset[str], str, str, bool], ...] = (
    ("save", drafts.save_draft, frozenset(), "saved", "save", False),
    ("submit", posting.submit, frozenset({DRAFT}), "submitted", "save", False),
    ("return", posting.give_back, frozenset({SUBMITTED}), "returned", "post", True),
    ("post", posting.post_document, frozenset({DRAFT, SUBMITTED}), "posted", "post", False),
    ("reverse", posting.reverse, frozenset({POSTED}), "reversed", "reverse", True),
    ("amend", posting.amend, frozenset({POSTED}), "amended", "reverse", True),
    ("void", drafts.void, frozenset({DRAFT, SUBMITTED}), "voided", "save", False),
    ("comment", talk.comment, ANY, "commented", "view", False),
    ("attach", talk.attach, ANY, "attached", "view", False),
)
ON_MASTERS: tuple[tuple[str, Run, str, str], ...] = (
    ("save", masters.save_master, "saved", "save"),
    ("archive", masters.archive_master, "archived", "save"),
    ("restore", masters.restore_master, "restored", "save"),
    ("save_many", batches.save_many, "saved_many", "save"),
    ("archive_many", batches.archive_many, "archived_many", "save"),
)


@overload
def register(declared: DocumentType) -> DocumentType: ...
@overload
def register(declared: MasterType) -> MasterType: ...
def register(declared: DocumentType | MasterType) -> DocumentType | MasterType:
    """Declare a type, with all that comes with it."""
    if isinstance(declared, DocumentType):
        register_document(declared)
        declare_module(module_of(declared.code))
        offered = [row for row in ON_DOCUMENTS if row[0] in declared.verbs]
        _declare_permissions(declared, ("view", *dict.fromkeys(row[4] for row in offered)))
        for verb, run, states, past, permission, needs_reason in offered:
            _register(declared, verb, run, states, past, permission, needs_reason)
    else:
        register_master(declared)
        _declare_permissions(declared, ("view", "save"))
        for verb, run, past, permission in ON_MASTERS:
            _register(declared, verb, run, frozenset(), past, permission, needs_reason=False)
    return declared


def _declare_permissions(declared: DocumentType | MasterType, verbs: Iterable[str]) -> None:
    for verb in dict.fromkeys(verbs):
        title = format_lazy("{}: {}", declared.title, VERBS[verb])
        declare_permission(declared.permission(verb), title, MEANS.get(verb, ""))


def _register(
    declared: DocumentType | MasterType,
    verb: str,
    run: Run,
    states: frozenset[str],
    past: str,
    permission: str,
    needs_reason: bool,
) -> None:
    event = f"{declared.code}.{past}"
    declare_event(event, format_lazy("{}: {}", declared.title, PAST.get(past, past)))
    register_action(
        Action(
            code=declared.permission(verb),
            title=VERBS.get(verb, verb),
            run=run,
            permission=declared.permission(permission),
            type=declared,
            states=states,
            event=event,
            needs_reason=needs_reason,
        )
    )
