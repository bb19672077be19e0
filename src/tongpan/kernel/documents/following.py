"""Drafting a document from the one it follows: a receipt from a transfer, a return from a sale."""

from typing import Any
from uuid import UUID

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import DocumentType, document_type, document_types


def prefill(code: str, followed: UUID) -> dict[str, Any]:
    """The payload of a new document of type `code` that follows an earlier one."""
    declared = document_type(code)
    earlier = Document.objects.filter(pk=followed).values_list("type", flat=True).first()
    if earlier is None or earlier not in declared.follows:
        raise Refusal("not_found")
    body = load(document_type(earlier), followed)
    return {**declared.follows[earlier](body), "follows": followed}


def followers_of(code: str) -> list[DocumentType]:
    """The types that may follow documents of type `code`."""
    usual = document_type(code).screens.get("usually_then", "")
    found = [t for t in document_types() if code in t.follows]
    return sorted(found, key=lambda t: (t.code != usual, "verb" not in t.screens))
