"""Reading one document whole: spine, body and lines, in two statements whatever its length."""

from typing import Any
from uuid import UUID

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import DocumentType, document_type
from tongpan.kernel.org.scope import may

SPINE = ("document", "document__org_unit", "document__other_unit")


def load(declared: DocumentType, document_id: UUID) -> Any:
    """The body of a document with its spine and `lines`, as far as the acting person may see it.

    Errors: Refusal("not_found") also when it is there but not theirs to see.
    """
    body = _load(declared, document_id, is_locked=False)
    document = body.document
    ends = [document.org_unit, *([document.other_unit] if document.other_unit else [])]
    if not any(may(declared.permission("view"), unit) for unit in ends):
        raise Refusal("not_found")
    return body


def load_locked(declared: DocumentType, document_id: UUID) -> Any:
    """The same, with the document's row locked until the transaction ends, for an action that
    asks for its own permission."""
    return _load(declared, document_id, is_locked=True)


def load_any(document_id: UUID) -> tuple[DocumentType, Any]:
    """A document of whatever type, with its type."""
    spine = Document.objects.filter(pk=document_id).values_list("type", flat=True).first()
    if spine is None:
        raise Refusal("not_found")
    declared = document_type(spine)
    return declared, load(declared, document_id)


def _load(declared: DocumentType, document_id: UUID, *, is_locked: bool) -> Any:
    links = links_of(declared.header_fields)
    rows = declared.body.objects.select_related(*SPINE, *links)
    if is_locked:
        rows = rows.select_for_update(of=("document",))
    body = rows.filter(pk=document_id).first()
    if body is None:
        raise Refusal("not_found")
    body.lines = list(_lines(declared, document_id)) if declared.line else []
    for line in body.lines:
        line.document = body.document
    return body


def _lines(declared: DocumentType, document_id: UUID) -> Any:
    assert declared.line is not None
    links = links_of(declared.line_fields)
    rows = declared.line.unscoped.select_related(*links, *declared.reach)
    return rows.filter(document_id=document_id).order_by("position")
