"""Values as JSON: decimals as strings, dates in ISO 8601, references with id, code and name."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import models
from django.utils.functional import Promise

from tongpan.kernel.documents.fields import Field, reference_of
from tongpan.kernel.org.models import OrgUnit, Person


def json_bytes(value: Any) -> bytes:
    """`value` as JSON; a float never gets here, because nothing exact is one."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON.")


def decimal_text(value: Decimal) -> str:
    """An exact number as text, without the zeros that the column pads it with."""
    return format(value.normalize() + 0, "f")


def field_values(fields: tuple[Field, ...], row: Any, masked: frozenset[str]) -> dict[str, Any]:
    """The fields of a row that may be seen. A masked one is absent, never null."""
    return {f.name: field_value(f, row) for f in fields if f.name not in masked}


def field_value(field: Field, row: Any) -> Any:
    """One field of a row; a reference as id, code and name."""
    if field.target is None:
        return getattr(row, field.name)
    if getattr(row, field.attribute) is None:
        return None
    return named(getattr(row, field.name))


def named(row: models.Model) -> dict[str, Any]:
    """How a row is named in JSON."""
    if isinstance(row, OrgUnit):
        return {"id": row.pk, "code": row.code, "name": row.name}
    if isinstance(row, Person):
        return {"id": row.pk, "code": row.username, "name": row.name}
    reference = reference_of(type(row))
    return {"id": row.pk, "code": reference.code(row), "name": reference.label(row)}
