"""Choosing a business setting, as an action: written down, with who chose and what it was."""

from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.settings import choose, find_setting

EDIT, CHOOSE = "org.setting.edit", "org.setting.choose"
KIND = "org.setting"
SUBJECTS = UUID("6f1d3c52-4a40-5f0e-9f57-0f2a3c1f7d11")


def subject_of(code: str, unit: OrgUnit) -> UUID:
    """Under which id history knows of a setting at a unit; the same on every node."""
    return uuid5(SUBJECTS, f"{code}|{unit.pk}")


def choose_setting(doing: Doing) -> None:
    """Choose a value at a unit and below, or let go of it.

    Payload: `code`; `unit`, an id, else the whole company; `value`, or None for what is above.
    """
    setting = find_setting(str(doing.payload.get("code")))
    if setting is None:
        raise Refusal("not_found")
    unit = _unit(doing)
    doing.require(unit)
    value = doing.payload.get("value")
    before = choose(setting, unit, value)
    doing.subject, doing.kind = subject_of(setting.code, unit), KIND
    after = None if value is None else setting.read(value)
    doing.changes = {setting.code: [before, after]}
    doing.told = {"code": setting.code}


def _unit(doing: Doing) -> OrgUnit:
    given = doing.payload.get("unit")
    chosen = {"pk": as_id(given)} if given else {"parent": None}
    unit = OrgUnit.objects.filter(**chosen).first()
    if unit is None:
        raise Refusal("not_found")
    return unit


register_action(
    Action(
        code=CHOOSE,
        title=_("Choose a setting"),
        run=choose_setting,
        permission=EDIT,
        event=declare_event("org.setting.chosen", "Setting chosen"),
    )
)
