"""What may be chosen: a page that is read off the register of settings."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.backoffice.settings.histories import in_words
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.documents.setting_actions import CHOOSE, EDIT, subject_of
from tongpan.kernel.org.models import OrgUnit, SettingValue
from tongpan.kernel.org.scope import units_where
from tongpan.kernel.org.settings import STORE, Setting, find_setting, settings


@entry(permission=EDIT, scope="units", field_policy="open")
def chosen(request: HttpRequest) -> HttpResponse:
    """Every setting, with what holds for the company and how many units have their own."""
    kept: dict[str, list[SettingValue]] = {}
    for value in SettingValue.objects.select_related("unit"):
        kept.setdefault(value.code, []).append(value)
    return show.page(
        request,
        pages.ListPage(
            title=_("Choices"),
            help=pages.Help(
                _("What the company, or a unit for itself and what is below it, may choose.")
            ),
            columns=(
                pages.Column("title", _("Setting"), pages.Kind.LINK, 1, "title"),
                pages.Column("value", _("Company"), keep=1, at="amount"),
                pages.Column("own", _("Units with their own"), keep=2, at="detail"),
                pages.Column("help", _("What for"), keep=4),
            ),
            rows=tuple(_row(one, kept.get(one.code, [])) for one in settings()),
        ),
    )


def _row(setting: Setting, kept: list[SettingValue]) -> pages.Row:
    url = reverse("settings-choice", args=[setting.code])
    top = next((row.value for row in kept if row.unit.parent_id is None), None)
    own = [row.unit.name for row in kept if row.unit.parent_id is not None]
    said = _("default") if top is None else ""
    cells = {
        "title": pages.Cell(str(setting.title), url=url),
        "value": pages.Cell(in_words(setting, setting.default if top is None else top), after=said),
        "own": pages.Cell(listed(own) or None),
        "help": pages.Cell(str(setting.help)),
    }
    return pages.Row(setting.code, cells, url=url)


@entry(permission=EDIT, scope="units", field_policy="open", methods=("GET", "POST"))
def choice(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a value for the company or, where that is possible, for a unit and below."""
    setting = find_setting(code)
    if setting is None:
        raise Http404
    back = reverse("settings-choices")

    def build(typed: parts.Typed) -> pages.FormPage:
        given = typed or request.GET
        units, mine = _units(setting), units_where(EDIT)
        unit = given.get("unit") or (units[0][0] if units else "")
        value = given.get("value", _kept(setting, unit))
        where = (parts.choice("unit", _("Unit"), units, unit),) if setting.per == STORE else ()
        return parts.form_page(
            str(setting.title), reverse("settings-choice", args=[code]),
            (*where, _field(setting, value)), back_url=back, said=str(setting.help),
            tabs=histories.history_tabs(*(subject_of(code, u) for u in mine)),
        )  # fmt: skip

    def act(typed: parts.Typed) -> HttpResponse:
        value = typed.get("value", "").strip() or None
        run(CHOOSE, None, {"code": code, "unit": typed.get("unit"), "value": value})
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.form(request, build, act)


def _units(setting: Setting) -> list[tuple[str, str]]:
    mine = units_where(EDIT)
    if setting.per != STORE:
        mine = mine.filter(parent=None)
    units = list(mine.exclude(kind=OrgUnit.Kind.TILL).order_by("path"))
    return [(str(u.pk), f"{parts.indent(u, units)}{u.name} {u.code}") for u in units]


def _kept(setting: Setting, unit: str) -> str:
    found = units_where(EDIT).filter(pk=unit).first() if unit else None
    row = SettingValue.objects.filter(code=setting.code, unit=found).first() if found else None
    return (
        "" if row is None else str(row.value).lower() if setting.kind == "flag" else str(row.value)
    )


def _field(setting: Setting, value: str) -> pages.Field:
    above = _("as above: %(value)s") % {"value": in_words(setting, setting.default)}
    if setting.kind == "integer":
        facts = {"least": setting.least, "most": setting.most, "above": above}
        hint = _("%(least)s to %(most)s; empty is %(above)s") % facts
        return pages.Field(
            "value", _("Chosen value"), "quantity", value, unit=str(setting.unit), hint=hint
        )
    choices = setting.choices or (("true", _("yes")), ("false", _("no")))
    return parts.choice("value", _("Chosen value"), (("", above), *choices), value)
