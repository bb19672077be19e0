"""Bringing in master data in bulk: many new rows of one type as one action.

Every row is read, completed and checked as when it is saved alone, and has its own row in the
history and its own event. Only what could be asked once for each row is asked once for all.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.rows import picture
from tongpan.kernel.documents.fields import Problem, missing, read
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import difference, without_private
from tongpan.kernel.documents.registry import (
    Action,
    MasterType,
    find_action,
    master_types,
    register_action,
)
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import declare_permission, require

BRING_IN = "masters.bring_in"
ROWS_AT_ONCE = 2000

say("row_known_already", noop("One of these rows is there already: {detail}."))

_is_many: ContextVar[bool] = ContextVar("writing many masters", default=False)


def writing_many() -> bool:
    """Whether many new rows are written at once, so that uniqueness is the database's to check."""
    return _is_many.get()


@contextmanager
def many_at_once() -> Iterator[None]:
    """Inside, whoever checks a row leaves to the action what can be asked for all rows at once."""
    token = _is_many.set(True)
    try:
        yield
    finally:
        _is_many.reset(token)


def bring_in_masters(doing: Doing) -> None:
    """Make many rows of one type.

    Payload: `type` and `rows`, each {id, field: value}. Rows whose id is known are left as they
    are, so a broken import is simply done again. The result counts {new, known}.
    """
    doing.require(None)
    declared = {t.code: t for t in master_types()}.get(str(doing.payload.get("type")))
    if declared is None:
        raise Refusal("not_found")
    given: Sequence[Mapping[str, Any]] = doing.payload.get("rows") or ()
    there = declared.model._base_manager.filter(pk__in=[row["id"] for row in given])
    known = set(there.values_list("pk", flat=True))
    with many_at_once():
        made = _made(doing, declared, [row for row in given if row["id"] not in known])
        _write(declared, made)
    doing.result = {"new": len(made), "known": len(known)}


def _made(doing: Doing, declared: MasterType, given: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The rows, complete and checked, each with what it leaves in history and feed."""
    action = find_action(declared.permission("save"))
    assert action is not None, "Every master type has it."
    fields = declared.form_fields
    payloads = [{name: value for name, value in row.items() if name != "id"} for row in given]
    paths = [f"rows.{n}" for n in range(1, len(given) + 1)]
    values, problems = read(fields, payloads, paths=paths)
    if problems:
        raise Refusal("invalid", problems=problems)
    made = [declared.model(pk=row["id"], **value) for row, value in zip(given, values, strict=True)]
    declared.complete_rows(made)
    units = _units(declared, made)
    for unit in units.values():
        require(action.permission, unit)
    for row, path in zip(made, paths, strict=True):
        problems += _problems(declared, row, path)
        doing.along.append(_saved(doing, action, row, units[declared.unit_of(row)]))
    if problems:
        raise Refusal("invalid", problems=problems)
    return made


def _units(declared: MasterType, rows: Sequence[Any]) -> dict[UUID | None, OrgUnit | None]:
    """The units that rows belong to, by id; what belongs to none is the whole company's."""
    ids = {declared.unit_of(row) for row in rows}
    named = [pk for pk in ids if pk is not None]
    found: dict[UUID | None, OrgUnit | None] = {
        unit.pk: unit for unit in OrgUnit.objects.filter(pk__in=named)
    }
    return found | ({None: None} if None in ids else {})


def _problems(declared: MasterType, row: Any, path: str) -> list[Problem]:
    found = missing(declared.form_fields, row, path="") or list(declared.check(row, None))
    return [{**problem, "path": f"{path}.{problem['path']}"} for problem in found]


def _saved(doing: Doing, action: Action, row: Any, unit: OrgUnit | None) -> Doing:
    declared = action.type
    assert isinstance(declared, MasterType)
    changes = without_private(declared.model, difference({}, picture(declared, row)))
    done = Doing(action, row.pk, {}, frozenset(), None, doing.at, org_unit=unit)
    done.changes, done.told = changes, {"is_new": True}
    return done


def _write(declared: MasterType, rows: Sequence[Any]) -> None:
    try:
        with transaction.atomic():
            declared.model._base_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    except IntegrityError as error:
        raise Refusal("row_known_already", detail=str(error.__cause__)) from error
    declared.saved_rows(rows, is_new=True)


declare_permission(BRING_IN, _("Master data: Bring in"))
register_action(
    Action(code=BRING_IN, title=_("Bring in"), run=bring_in_masters, permission=BRING_IN)
)
