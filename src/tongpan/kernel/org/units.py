"""Making units and changing where they stand. A branch moves in one statement."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction

from tongpan.base.refusals import Refusal
from tongpan.kernel.org import rules
from tongpan.kernel.org.models import ModuleOff, OrgUnit
from tongpan.kernel.org.permissions import modules
from tongpan.kernel.org.scope import require

EDIT = "org.unit.edit"

REPLANT = """
update org_unit set
  path = %(new_path)s || substr(path, length(%(old_path)s) + 1),
  code = case when id = %(id)s then %(code)s else code end,
  parent_id = case when id = %(id)s then %(parent)s else parent_id end
where starts_with(path, %(old_path)s)
"""


_told: list[Callable[[OrgUnit], None]] = []


@transaction.atomic
def create_unit(*, parent: OrgUnit | None, kind: str, code: str, name: str, **more: Any) -> OrgUnit:
    """Make a unit. It belongs to its parent's legal entity and clock unless `more` says else.

    Errors: Refusal("unit_not_valid" or "unit_code_taken"); Forbidden.
    """
    require(EDIT, parent)
    if parent is not None:
        # Locked, so that nobody moves the branch while a leaf grows on it.
        parent = OrgUnit.objects.select_for_update(no_key=True).get(pk=parent.pk)
        inherited = {
            "entity": parent.entity,
            "mode": parent.mode,
            "time_zone": parent.time_zone,
            "day_cut": parent.day_cut,
        }
        more = {**inherited, **more}
    _refuse_taken(code)
    unit = OrgUnit(parent=parent, kind=kind, code=code, name=name, **more)
    unit.save(force_insert=True)
    for tell in _told:
        tell(unit)
    return unit


def when_made(tell: Callable[[OrgUnit], None]) -> None:
    """Have every new unit told of, in the transaction that makes it."""
    if tell not in _told:
        _told.append(tell)


def rename_unit(unit: OrgUnit, code: str) -> None:
    """Give the unit another code; all paths below follow.

    Errors: Refusal("unit_not_valid" or "unit_code_taken"); Forbidden.
    """
    require(EDIT, unit)
    if code != unit.code:
        _refuse_taken(code)
        _replant(unit, parent=unit.parent, code=code)


def move_unit(unit: OrgUnit, parent: OrgUnit) -> None:
    """Put the unit, with all below it, under another parent. Needs the right at both ends.

    Errors: Refusal("unit_not_valid" or "unit_under_itself"); Forbidden.
    """
    require(EDIT, unit.parent)
    require(EDIT, parent)
    parent.refresh_from_db()
    unit.refresh_from_db()
    if parent.path.startswith(unit.path):
        raise Refusal("unit_under_itself", unit=unit.code, parent=parent.code)
    _replant(unit, parent=parent, code=unit.code)


def set_modules(unit: OrgUnit, wanted: Mapping[str, bool]) -> dict[str, list[bool]]:
    """Switch modules on or off at a unit and all below it. Answers what was changed.

    It needs the right above: a unit does not give itself what it was to do without.

    Errors: Refusal("module_unknown"); Forbidden.
    """
    require(EDIT, unit.parent or unit)
    for module in wanted:
        if module not in modules():
            raise Refusal("module_unknown", path="modules", given=module)
    off = set(ModuleOff.objects.filter(unit=unit).values_list("module", flat=True))
    changed = {m: [m not in off, is_on] for m, is_on in wanted.items() if is_on == (m in off)}
    gone = [module for module, (_before, is_on) in changed.items() if is_on]
    ModuleOff.objects.filter(unit=unit, module__in=gone).delete()
    ModuleOff.objects.bulk_create(
        ModuleOff(unit=unit, module=module) for module in changed if module not in gone
    )
    return changed


def modules_off(unit: OrgUnit) -> dict[str, OrgUnit]:
    """The modules that the unit does without, each with the topmost unit that says so."""
    rows = ModuleOff.objects.filter(unit__path__in=rules.paths_up_from(unit.path))
    found: dict[str, OrgUnit] = {}
    for row in rows.select_related("unit").order_by("unit__path"):
        found.setdefault(row.module, row.unit)
    return found


def _refuse_taken(code: str) -> None:
    if OrgUnit.objects.filter(code=code).exists():
        raise Refusal("unit_code_taken", path="code", given=code)


def _replant(unit: OrgUnit, *, parent: OrgUnit | None, code: str) -> None:
    rules.check_unit(
        kind=unit.kind,
        parent_kind=parent.kind if parent else None,
        code=code,
        time_zone=unit.time_zone,
    )
    facts: dict[str, Any] = {
        "id": unit.pk,
        "code": code,
        "parent": parent.pk if parent else None,
        "old_path": unit.path,
        "new_path": f"{parent.path if parent else '/'}{code}/",
    }
    with connection.cursor() as cursor:
        cursor.execute(REPLANT, facts)
    unit.refresh_from_db()
