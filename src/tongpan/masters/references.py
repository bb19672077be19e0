"""How people name a master in a form, a file or the API: by code, id, or a name that is unique."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, IntegerField, Q, QuerySet, When

from tongpan.kernel.documents.fields import Reference
from tongpan.kernel.documents.naming import nameable
from tongpan.masters.fields import State
from tongpan.masters.search import matching, spelt_like

IS_ACTIVE = Q(state=State.ACTIVE)
SPELT_MAX = 500  # rows without words to search by that are spelt one by one


def reference(
    model: type[models.Model], *, is_offered: Q = IS_ACTIVE, reach: tuple[str, ...] = (),
    offered_as: Mapping[str, Q] | None = None,
) -> Reference:  # fmt: skip
    """The reference of a model that has a code, and perhaps a name.

    A row that is not offered can still be named: old documents and files do. `offered_as` narrows
    what is offered in fields of these names.
    """

    def find(texts: Iterable[str]) -> Mapping[str, Any]:
        return _found(model, list(texts), reach)

    def search(text: str, limit: int, *, among: Q = is_offered) -> Sequence[Any]:
        rows: QuerySet[Any] = nameable(model).select_related(*reach).filter(among)
        return _searched(rows, text, limit)

    search_as = {
        name: partial(search, among=is_offered & narrower)
        for name, narrower in (offered_as or {}).items()
    }
    return Reference(
        model=model, find=find, label=str, search=search, code=lambda row: str(row.code),
        search_as=search_as,
    )  # fmt: skip


def ids_among(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that are ids."""
    ids = []
    for text in texts:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


def _found(
    model: type[models.Model], texts: list[str], reach: tuple[str, ...]
) -> Mapping[str, Any]:
    condition = Q(code__in=texts) | Q(pk__in=ids_among(texts))
    if _has(model, "name"):
        condition |= Q(name__in=texts)
    rows: list[Any] = list(nameable(model).select_related(*reach).filter(condition))
    names = Counter(row.name for row in rows if hasattr(row, "name"))
    found = {row.name: row for row in rows if names and names[row.name] == 1}
    found |= {str(row.pk): row for row in rows} | {row.code: row for row in rows}
    return {text: found[text] for text in texts if text in found}


def _searched(rows: QuerySet[Any], text: str, limit: int) -> Sequence[Any]:
    """The rows found by `text`; no text offers the first ones, as a list that opens does."""
    wanted = text.strip()
    if not wanted:
        return list(rows[:limit])
    if _has(rows.model, "search_text"):
        return matching(rows, wanted, limit=limit)
    condition = Q(code__istartswith=wanted)
    if _has(rows.model, "name"):
        condition |= Q(name__icontains=wanted)
    exact = Case(When(code__iexact=wanted, then=0), default=1, output_field=IntegerField())
    order = rows.query.order_by or rows.model._meta.ordering or ("code",)
    found = rows.filter(condition).order_by(exact, *order)
    return list(found[:limit]) or spelt_like(rows[:SPELT_MAX], wanted, limit=limit)


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)
