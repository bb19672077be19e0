"""Business settings: what a company, or a unit and all below it, may choose.

A setting is declared once, typed, by the code that reads it. Most wishes for one turn out to be a
bound on an account, a permission or a second rule instead: see the house style.

PAPER = declare_setting(Setting(code="prints.paper", kind="choice", default="a4", ...))
paper = value_of(PAPER, document.org_unit)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

from tongpan.base.refusals import Refusal
from tongpan.kernel.org.context import who
from tongpan.kernel.org.models import OrgUnit, SettingValue
from tongpan.kernel.org.rules import CODE, is_top

COMPANY: Literal["company"] = "company"
STORE: Literal["store"] = "store"
Text = str | Promise
KEPT = "settings"  # on whoever acts: read once, as what they hold is


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A choice with a type: an integer between bounds, one of some values, or yes and no.

    `per` says where it can be chosen: for the company as a whole, or at any unit for itself and
    what is below.
    """

    code: str
    kind: Literal["integer", "choice", "flag"]
    default: Any
    title: Text
    help: Text = ""
    per: Literal["company", "store"] = COMPANY
    least: int = 0
    most: int = 0
    choices: tuple[tuple[str, Text], ...] = ()
    unit: Text = ""  # what an integer counts

    def read(self, raw: Any) -> Any:
        """The value that a form or a program means.

        Errors: Refusal setting_out_of_bounds or setting_not_valid.
        """
        value = _READ[self.kind](str(raw).strip().lower())
        is_good = value is not None and (
            self.kind == "flag"
            or (self.kind == "integer" and self.least <= value <= self.most)
            or any(value == known for known, _title in self.choices)
        )
        if is_good:
            return value
        given = str(raw)[:40]
        if self.kind == "integer":
            raise Refusal(
                "setting_out_of_bounds", path="value", given=given, least=self.least, most=self.most
            )
        raise Refusal("setting_not_valid", path="value", given=given)


_READ: Mapping[str, Any] = {
    "integer": lambda text: int(text) if text.removeprefix("-").isdecimal() else None,
    "choice": lambda text: text,
    "flag": {"true": True, "1": True, "on": True, "false": False, "0": False, "": False}.get,
}
_declared: dict[str, Setting] = {}


def declare_setting(setting: Setting) -> Setting:
    """Add a setting to the register; it is given back, so that whoever reads it holds it."""
    assert CODE.fullmatch(setting.code), f"{setting.code!r} is no code."
    assert setting.code not in _declared, f"{setting.code} is declared twice."
    assert setting.read(setting.default) == setting.default, f"{setting.code} has a bad default."
    _declared[setting.code] = setting
    return setting


def settings() -> list[Setting]:
    """Every declared setting, in the order of the codes."""
    return sorted(_declared.values(), key=lambda setting: setting.code)


def find_setting(code: str) -> Setting | None:
    return _declared.get(code)


def value_of(setting: Setting, at: OrgUnit | None = None) -> Any:
    """What holds at this unit: its own choice, else that of the nearest unit above, else the
    default. One query for all settings of whoever acts.

    Errors: NoScope when nobody acts.
    """
    chosen = chosen_values(setting)
    for path in _upwards(at.path if at is not None and setting.per == STORE else "/"):
        if path in chosen:
            return chosen[path]
    return next((value for path, value in chosen.items() if is_top(path)), setting.default)


def chosen_values(setting: Setting) -> dict[str, Any]:
    """The values that were chosen, by the path of the unit."""
    kept = who().__dict__.get(KEPT)
    if kept is None:
        kept = who().__dict__[KEPT] = _read_all()
    found: dict[str, Any] = kept.get(setting.code, {})
    return found


def choose(setting: Setting, unit: OrgUnit, value: Any) -> Any:
    """Keep a value at a unit; None lets go of it. Answers the one before.

    The action `org.setting.choose` asks for permission and writes history.

    Errors: Refusal setting_is_the_company_s, or as `read`.
    """
    if setting.per == COMPANY and not is_top(unit.path):
        raise Refusal("setting_is_the_company_s", title=str(setting.title))
    row = SettingValue.objects.select_for_update().filter(code=setting.code, unit=unit).first()
    before = row.value if row else None
    if value is None:
        SettingValue.objects.filter(code=setting.code, unit=unit).delete()
    else:
        good = setting.read(value)
        SettingValue.objects.update_or_create(
            code=setting.code, unit=unit, defaults={"value": good}
        )
    who().__dict__.pop(KEPT, None)
    return before


def _read_all() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    rows = SettingValue.objects.order_by("code", "unit__path")
    for code, path, value in rows.values_list("code", "unit__path", "value"):
        found.setdefault(code, {})[path] = value
    return found


def _upwards(path: str) -> Iterator[str]:
    """The path and those above it, the nearest first.

    >>> list(_upwards("/hq/east/"))
    ['/hq/east/', '/hq/']
    """
    while path.count("/") > 1:
        yield path
        path = path[: path.rstrip("/").rindex("/") + 1]
