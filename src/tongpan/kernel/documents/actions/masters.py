"""Saving and archiving master data: one row at a time, each change in the history."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import UniqueConstraint

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import Field, Problem, missing, read
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import difference, version_of, without_private
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.org.models import OrgUnit


def save_master(doing: Doing) -> None:
    """Make a row or change one. The payload holds the fields that are set, by name."""
    declared = type_of(doing)
    values, problems = read(declared.form_fields, [doing.payload], paths=[""])
    if problems:
        raise Refusal("invalid", problems=problems)
    rows: Any = declared.model._default_manager
    row = rows.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    before = picture(declared, row) if row is not None else {}
    was = rows.filter(pk=doing.subject).first() if row is not None else None
    is_new = row is None
    if row is not None:
        if doing.version is not None and doing.version != (now := version_of(doing.subject)):
            raise Refusal("version_changed", version=now)
        doing.require(_unit(declared, row))  # at the unit it leaves as well as where it goes
    row = row if row is not None else declared.model(pk=doing.subject)
    for name, value in values[0].items():
        setattr(row, name, value)
    declared.complete_rows([row])
    doing.require(_unit(declared, row))
    _refuse(missing(declared.form_fields, row, path="") or list(declared.check(row, was)))
    try:
        with transaction.atomic():
            row.save(force_insert=is_new)
            declared.saved_rows([row], is_new=is_new)
    except IntegrityError as error:
        _refuse([duplicate(declared, row, error)])
    changes = difference(before, picture(declared, row))
    doing.changes = without_private(declared.model, changes)
    doing.result = row
    doing.told = {"is_new": is_new}


def archive_master(doing: Doing) -> None:
    """Put a row away: it stays on old documents and can no longer be chosen."""
    _set_active(doing, is_active=False)


def restore_master(doing: Doing) -> None:
    """Take an archived row back into use."""
    _set_active(doing, is_active=True)


def _set_active(doing: Doing, *, is_active: bool) -> None:
    declared = type_of(doing)
    rows: Any = declared.model._default_manager
    row = rows.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    if row is None:
        raise Refusal("not_found")
    doing.require(_unit(declared, row))
    state = "active" if is_active else "archived"
    doing.changes = {"state": [row.state, state]}
    row.state = state
    row.save(update_fields=["state"])
    doing.result = row


def _unit(declared: MasterType, row: Any) -> OrgUnit | None:
    unit_id = declared.unit_of(row)
    return OrgUnit.objects.get(pk=unit_id) if unit_id else None


def picture(declared: MasterType, row: Any) -> dict[str, Any]:
    """The values of a row's form, as history compares them."""
    return {f.name: getattr(row, f.attribute) for f in declared.form_fields}


def duplicate(declared: MasterType, row: Any, error: IntegrityError) -> Problem:
    """Which unique field a row ran into, from the database's own word.

    Errors: Refusal("not_found") when a row of this id is there and not theirs to see.
    """
    if declared.model._base_manager.filter(pk=row.pk).exists() and row._state.adding:
        raise Refusal("not_found") from error
    detail = str(error.__cause__)
    for field in declared.form_fields:
        if f"({field.attribute})" in detail:
            return _double(row, field)
    diagnosis = getattr(error.__cause__, "diag", None)
    named = getattr(diagnosis, "constraint_name", None)
    for constraint in declared.model._meta.constraints:
        if constraint.name == named and isinstance(constraint, UniqueConstraint):
            *_others, field = (f for f in declared.form_fields if f.name in constraint.fields)
            return _double(row, field)
    raise error


def _double(row: Any, field: Field) -> Problem:
    given = str(getattr(row, field.name))
    return {"path": field.name, "code": "duplicate", "label": field.label, "given": given}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refusal("invalid", problems=problems)


def type_of(doing: Doing) -> MasterType:
    """The type of master data that is being written."""
    assert isinstance(doing.action.type, MasterType)
    return doing.action.type
