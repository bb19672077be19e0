"""How people and legal entities are named in forms, files and the API.

They are below documents, so they cannot say it themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tongpan.kernel.documents.fields import Reference, refer
from tongpan.kernel.org.models import LegalEntity, Person, Role


def _people() -> QuerySet[Person]:
    return Person.objects.filter(is_active=True).order_by("name")


def _entities() -> QuerySet[LegalEntity]:
    return LegalEntity.objects.filter(is_active=True).order_by("name")


def _ids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _named(rows: QuerySet[Any], texts: Iterable[str], *columns: str) -> Mapping[str, Any]:
    """Rows by id or by a column; a text that fits two rows means neither."""
    wanted = list(texts)
    condition = Q(pk__in=_ids(wanted))
    for column in columns:
        condition |= Q(**{f"{column}__in": wanted})
    by_text: dict[str, list[Any]] = {}
    for row in rows.filter(condition):
        for text in {str(row.pk), *(getattr(row, column) for column in columns)}:
            by_text.setdefault(text, []).append(row)
    return {text: by_text[text][0] for text in wanted if len(by_text.get(text, ())) == 1}


def _like(rows: QuerySet[Any], text: str, limit: int, *columns: str) -> Sequence[Any]:
    condition = Q()
    for word in text.split():
        either = Q()
        for column in columns:
            either |= Q(**{f"{column}__icontains": word})
        condition &= either
    return list(rows.filter(condition)[:limit])


refer(
    Reference(
        model=Person,
        find=lambda texts: _named(_people(), texts, "username", "name"),
        label=lambda row: str(row.name),
        search=lambda text, limit: _like(_people(), text, limit, "username", "name"),
        code=lambda row: str(row.username),
    )
)
refer(
    Reference(
        model=LegalEntity,
        find=lambda texts: _named(_entities(), texts, "credit_code", "name"),
        label=lambda row: str(row.name),
        search=lambda text, limit: _like(_entities(), text, limit, "credit_code", "name"),
        code=lambda row: str(row.credit_code or row.name),
    )
)
refer(
    Reference(
        model=Role,
        find=lambda texts: _named(Role.objects.order_by("code"), texts, "code", "name"),
        label=lambda row: str(row.name),
        search=lambda text, limit: _like(
            Role.objects.order_by("code"), text, limit, "code", "name"
        ),
        code=lambda row: str(row.code),
    )
)
