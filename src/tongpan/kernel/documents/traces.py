"""Where somebody is named in words that others typed: remarks, comments, reasons, names of files.

Such words stand in facts, or tell of them, so erasing leaves them alone and a person decides. Found
is where they stand, never what they say. What is inside of files is not searched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from tongpan.kernel.documents.models import Document, History, PersonalState
from tongpan.kernel.documents.personal import CLASSES, Subject, copy_of
from tongpan.kernel.documents.registry import master_types
from tongpan.kernel.org.scope import field_classes

TELLING = ("name", "phone", "email", "address", "sign_in_name")  # of a copy, what tells who it is
SHORTEST = 2  # letters; a single one is in every text
MOST = 50  # of one table
NOT_SAID = ("search_text",)  # what the program writes for itself


@dataclass(frozen=True)
class Trace:
    """A text that names somebody: which column of which table, and the document or master data that
    it belongs to, if it does."""

    model: type[models.Model]
    column: str
    subject: UUID | None


def words_of(subject: Subject, row: Any) -> list[str]:
    """What tells who somebody is, as others may have typed it; nothing once they are erased."""
    copied = copy_of(subject, row)
    if copied["state"] == "erased":
        return []
    said = {**copied, **copied["personal"]}
    words = (str(said.get(name, "")).strip() for name in TELLING)
    return list(dict.fromkeys(word for word in words if len(word) >= SHORTEST))


def traces_of(subject: Subject, row: Any) -> list[Trace]:
    """Where somebody is named, table by table, at most so many of each.

    Reads every text column of the company: for a page that was asked for, not for a list.
    """
    words = [word.lower() for word in words_of(subject, row)]
    if not words:
        return []
    found = (_traces_in(model, words, row.pk) for model in _tables())
    return list(dict.fromkeys(one for some in found for one in some))


def _tables() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model.__module__.startswith("tongpan.") and model is not PersonalState:
            yield model


def _traces_in(model: type[models.Model], words: Sequence[str], own: UUID) -> Iterator[Trace]:
    columns = _columns(model)
    if not columns:
        return
    texts = {f"said_{name}": Cast(name, models.TextField()) for name in columns}
    named = reduce(or_, (Q(**{f"{text}__icontains": word}) for text in texts for word in words))
    whose = _whose(model)
    rows = model._base_manager.annotate(**texts).filter(named)
    for about, *said in rows.values_list(whose or model._meta.pk_fields[0].attname, *texts)[:MOST]:
        for name, text in zip(columns, said, strict=True):
            if about != own and any(word in (text or "").lower() for word in words):
                yield Trace(model, name, about if whose else None)


def _columns(model: type[models.Model]) -> list[str]:
    """What people typed: texts without choices, and what holds texts, but no personal columns."""
    classes = field_classes(model)
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not (field.choices or field.primary_key or field.name in NOT_SAID)
        and classes[field.name] not in (*CLASSES, "secret")
    ]


def _whose(model: type[models.Model]) -> str:
    """The column that says to which document or master data a row belongs."""
    if model is History:
        return "subject"
    if model is Document or any(model is known.model for known in master_types()):
        return "pk"
    is_about = any(f.related_model is Document and f.name == "document"
                   for f in model._meta.concrete_fields)  # fmt: skip
    return "document_id" if is_about else ""
