"""The addresses of derived pages. One place, so that a type's pages can be linked from anywhere."""

from functools import cache
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from django.db import models
from django.urls import NoReverseMatch, reverse

from tongpan.kernel.documents.fields import references
from tongpan.kernel.documents.registry import DocumentType, MasterType, master_types

COMPOSED = {"items.item": "goods"}  # a list of goods has their barcodes and prices beside them


def documents(declared: DocumentType, **query: str) -> str:
    """The list of a type."""
    return _with(reverse(f"documents-{declared.code}"), query)


def new_document(declared: DocumentType) -> str:
    return reverse(f"document-new-{declared.code}")


def document(code: str, document_id: UUID, **query: str) -> str:
    return _with(reverse(f"document-{code}", args=[document_id]), query)


def save_document(code: str, document_id: UUID) -> str:
    return reverse(f"document-save-{code}", args=[document_id])


def act(code: str, document_id: UUID, verb: str) -> str:
    return reverse(f"document-act-{code}", args=[document_id, verb])


def comment(code: str, document_id: UUID) -> str:
    return reverse(f"document-comment-{code}", args=[document_id])


def people(code: str, document_id: UUID) -> str:
    return reverse(f"document-people-{code}", args=[document_id])


def attach(code: str, document_id: UUID) -> str:
    return reverse(f"document-attach-{code}", args=[document_id])


def copy(code: str, document_id: UUID) -> str:
    return reverse(f"document-copy-{code}", args=[document_id])


def follow(code: str, document_id: UUID, following: str) -> str:
    return reverse(f"document-follow-{code}", args=[document_id, following])


def pick_for_line(code: str, document_id: UUID, column: str) -> str:
    return reverse(f"document-pick-{code}", args=[document_id, column])


def paper(code: str, document_id: UUID, **query: str) -> str:
    return _with(reverse(f"document-print-{code}", args=[document_id]), query)


def file(code: str, document_id: UUID, attachment_id: UUID) -> str:
    return reverse(f"document-file-{code}", args=[document_id, attachment_id])


def batch(declared: DocumentType, verb: str) -> str:
    return reverse(f"documents-batch-{declared.code}", args=[verb])


def export(declared: DocumentType, query: str) -> str:
    """Where a list goes out with its lines, as a sheet that can be edited and come in again."""
    address = sheet(declared, "export") or reverse(f"documents-export-{declared.code}")
    return f"{address}?{query}" if query else address


def sheet(
    declared: DocumentType | MasterType, way: Literal["import", "export"], query: str = ""
) -> str:
    """Where sheets of a type come in or go out; empty where this installation has no such pages."""
    code = COMPOSED.get(declared.code, declared.code)
    try:
        if way == "import":
            return reverse("import-upload", args=[code])
        return reverse(f"sheet-export-{declared.code}") + query
    except NoReverseMatch:
        return ""


def masters(declared: MasterType, **query: str) -> str:
    return _with(reverse(f"masters-{declared.code}"), query)


def new_master(declared: MasterType) -> str:
    return reverse(f"master-new-{declared.code}")


def master(declared: MasterType, row_id: object) -> str:
    return reverse(f"master-{declared.code}", args=[row_id])


def edit_master(declared: MasterType, row_id: object) -> str:
    return reverse(f"master-edit-{declared.code}", args=[row_id])


def batch_of_masters(declared: MasterType, verb: str) -> str:
    return reverse(f"masters-batch-{declared.code}", args=[verb])


def act_on_master(declared: MasterType, row_id: object, verb: str) -> str:
    return reverse(f"master-act-{declared.code}", args=[row_id, verb])


def picture(declared: MasterType, row_id: object, picture_id: object) -> str:
    """A picture of a row, small; empty where this installation has no page that shows one."""
    try:
        return reverse(f"small-picture-{declared.code}", args=[row_id, picture_id])
    except NoReverseMatch:
        return ""


def master_of(model: type[models.Model], row_id: object) -> str:
    """The page of a row of this table; empty if the table has none."""
    declared = master_type_of(model)
    return master(declared, row_id) if declared else ""


@cache
def _by_model(_count: int) -> dict[type[models.Model], MasterType]:
    return {declared.model: declared for declared in master_types()}


def master_type_of(model: type[models.Model]) -> MasterType | None:
    return _by_model(len(master_types())).get(model)


def pick(model: type[models.Model], name: str = "") -> str:
    """Where a search for a row of this table is answered; empty if nobody named such rows. In a
    field of some names, only some rows are offered."""
    if model not in references():
        return ""
    narrower = {"as": name} if name in references()[model].search_as else {}
    return _with(reverse("pick", args=[model._meta.label_lower]), narrower)


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address
