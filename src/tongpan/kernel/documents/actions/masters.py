"""Saving and archiving master data: one row at a time, each change in the history."""

from typing import Any

from django.db import IntegrityError, transaction

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.parts import Parts, split, version_in
from tongpan.kernel.documents.actions.rows import duplicate, picture, set_values, type_of
from tongpan.kernel.documents.fields import Problem, missing, read
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import difference, without_private
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.org.models import OrgUnit


def save_master(doing: Doing) -> None:
    """Make a row or change one. The payload holds the fields that are set, by name, and for each
    part that is written the whole list of its rows: those left out are archived."""
    declared = type_of(doing)
    own, lists = split(declared, doing.payload)
    values, problems = read(declared.form_fields, [own], paths=[""])
    rows: Any = declared.model._default_manager
    row = rows.select_for_update(of=("self",)).filter(pk=doing.subject).first()
    before = picture(declared, row) if row is not None else {}
    was = rows.filter(pk=doing.subject).first() if row is not None else None
    is_new = row is None
    if row is not None:
        if doing.version is not None and doing.version != (now := version_in(declared, row.pk)):
            raise Refusal("version_changed", version=now)
        doing.require(_unit(declared, row))  # at the unit it leaves as well as where it goes
    row = row if row is not None else declared.model(pk=doing.subject)
    set_values(row, values[0])
    if not problems:
        declared.complete_rows([row])
        doing.require(_unit(declared, row))
        problems = missing(declared.form_fields, row, path="") or list(declared.check(row, was))
    parts = Parts(declared, {0: (row, lists)}, is_readable_only=bool(problems))
    doing.refuse_or_ask([*problems, *parts.problems.get(0, ())])
    try:
        with transaction.atomic():
            row.save(force_insert=is_new)
            declared.saved_rows([row], is_new=is_new)
    except IntegrityError as error:
        _refuse([duplicate(declared, row, error)])
    parts.write(doing, [0])
    changes = difference(before, picture(declared, row)) | parts.changes(0)
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
    _refuse([] if is_active else list(declared.leaving(row)))
    state = "active" if is_active else "archived"
    doing.changes = {"state": [row.state, state]}
    row.state = state
    row.save(update_fields=["state"])
    doing.result = row


def _unit(declared: MasterType, row: Any) -> OrgUnit | None:
    unit_id = declared.unit_of(row)
    return OrgUnit.objects.get(pk=unit_id) if unit_id else None


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refusal("invalid", problems=problems)
