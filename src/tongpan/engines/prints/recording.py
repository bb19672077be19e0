"""Putting documents on paper is written down: who, when, and which copy it was."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, History
from tongpan.kernel.documents.registry import Action, document_types, find_action, register_action
from tongpan.kernel.org.scope import may


def print_document(doing: Doing) -> None:
    """Write down that a document is printed; the result is which copy it is, from 1."""
    ends = Document.unscoped.select_related("org_unit", "other_unit")
    found = ends.filter(pk=doing.subject, type=doing.action.code.rpartition(".")[0]).first()
    if found is None:
        raise Refusal("not_found")
    other = found.other_unit
    at_other = other is not None and not may(doing.action.permission, found.org_unit)
    doing.require(other if at_other else found.org_unit)
    doing.result = times_printed([found.pk]).get(found.pk, 0) + 1


def times_printed(documents: Collection[UUID]) -> dict[UUID, int]:
    """How often each of these was put on paper."""
    rows = History.objects.filter(subject__in=documents, action__endswith=".print")
    found = rows.values_list("subject").annotate(Count("id")).order_by()
    return dict(found)


for _declared in document_types():
    if find_action(_declared.permission("print")) is None:  # a till's slips have their own
        register_action(
            Action(
                code=_declared.permission("print"),
                title=_("Print"),
                run=print_document,
                permission=_declared.permission("view"),
                type=_declared,
            )
        )
