"""Who may name a row of master data: whoever may see it, or write what refers to it.

Somebody who receives goods must say from whom they came, without a right to the list of suppliers.
"""

from functools import lru_cache
from typing import Any

from django.db import models

from tongpan.kernel.documents.registry import DocumentType, MasterType, document_types, master_types
from tongpan.kernel.org.scope import may_somewhere
from tongpan.kernel.org.visibility import visible


def nameable(model: type[models.Model]) -> models.QuerySet[Any]:
    """The rows that the acting person may name: none, if they may neither see nor refer to any."""
    seen = getattr(model, "view_permission", "")
    if not seen or may_somewhere(seen):
        return visible(model)
    held = (code for code in _permissions(model) if may_somewhere(code))
    return visible(model, next(held, ""))


def may_name(model: type[models.Model]) -> bool:
    """Whether there may be rows of this table that the acting person can name."""
    seen = getattr(model, "view_permission", "")
    codes = (seen, *_permissions(model)) if seen else _permissions(model)
    return any(may_somewhere(code) for code in codes)


def _permissions(model: type[models.Model]) -> tuple[str, ...]:
    return _naming(model, len(document_types()) + len(master_types()))


@lru_cache(maxsize=256)
def _naming(model: type[models.Model], registered: int) -> tuple[str, ...]:
    """The permissions to write whatever refers to the model; anew when something was declared."""
    types: tuple[DocumentType | MasterType, ...] = (*document_types(), *master_types())
    return tuple(t.permission("save") for t in types if model in _referred_to(t))


def _referred_to(declared: DocumentType | MasterType) -> set[type[models.Model] | None]:
    if isinstance(declared, DocumentType):
        return {f.target for f in (*declared.header_fields, *declared.line_fields)}
    return {f.target for f in declared.form_fields}
