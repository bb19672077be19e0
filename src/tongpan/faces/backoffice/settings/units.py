"""The tree of units: made, renamed, moved, switched off."""

from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.backoffice.settings.ticks import area_title
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import LegalEntity, OrgUnit
from tongpan.kernel.org.permissions import modules
from tongpan.kernel.org.rules import STANDS_UNDER
from tongpan.kernel.org.scope import may, units_where
from tongpan.kernel.org.units import EDIT, modules_off

TIME_ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "UTC")


@entry(permission=EDIT, scope="units", field_policy="open")
def units(request: HttpRequest) -> HttpResponse:
    """The units that the person may change, as a tree."""
    rows = list(units_where(EDIT).select_related("entity").order_by("path"))
    new = pages.Action(
        _("New unit"), reverse("settings-unit-new"), key="N", icon="plus", tone="primary"
    )
    return show.page(
        request,
        pages.ListPage(
            title=_("Units"),
            help=pages.Help(
                _("Company, regions, stores, warehouses and tills. What a person holds at a unit "
                  "they hold below it too.")
            ),
            columns=(
                pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
                pages.Column("code", _("code"), pages.Kind.CODE, 1, "code"),
                pages.Column("kind", _("kind"), keep=1, at="detail"),
                pages.Column("entity", _("legal entity"), keep=3),
                pages.Column("mode", _("mode"), keep=4),
                pages.Column("state", _("State"), pages.Kind.STATE, 2, "state"),
            ),
            rows=tuple(_row(unit, rows) for unit in rows),
            primary=new,
        ),
    )  # fmt: skip


def _row(unit: OrgUnit, rows: list[OrgUnit]) -> pages.Row:
    url = reverse("settings-unit", args=[unit.pk])
    cells = {
        "name": pages.Cell(unit.name, url=url, depth=parts.depth(unit, rows)),
        "code": pages.Cell(unit.code),
        "kind": pages.Cell(unit.get_kind_display()),
        "entity": pages.Cell(unit.entity.name),
        "mode": pages.Cell(unit.get_mode_display()),
        "state": pages.Cell(_state(unit)),
    }
    return pages.Row(str(unit.pk), cells, url=url)


def _state(unit: OrgUnit) -> pages.State:
    if unit.is_active:
        return pages.State("posted", _("in use"))
    return pages.State("void", _("closed"))


@entry(permission=EDIT, scope="units", field_policy="open")
def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One unit, and what stands right below it."""
    rows = units_where(EDIT).select_related("entity", "parent")
    return show.page(request, _page(parts.found(rows, unit_id)))


def _page(unit: OrgUnit) -> pages.MasterPage:
    facts = (
        pages.Fact(_("kind"), pages.Cell(unit.get_kind_display())),
        pages.Fact(_("Below"), pages.Cell(unit.parent.name if unit.parent else None)),
        pages.Fact(_("legal entity"), pages.Cell(unit.entity.name)),
        pages.Fact(_("mode"), pages.Cell(unit.get_mode_display())),
        pages.Fact(_("time zone"), pages.Cell(unit.time_zone), pages.Kind.CODE),
        pages.Fact(_("day cut"), pages.Cell(f"{unit.day_cut:%H:%M}")),
        pages.Fact(_("State"), pages.Cell(_state(unit)), pages.Kind.STATE),
    )
    below = list(OrgUnit.objects.filter(parent=unit).order_by("path"))
    new = f"{reverse('settings-unit-new')}?parent={unit.pk}"
    columns = (
        pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
        pages.Column("code", _("code"), pages.Kind.CODE, 1, "code"),
        pages.Column("kind", _("kind"), keep=1, at="detail"),
    )
    move = pages.Action(_("Move elsewhere"), reverse("settings-unit-move", args=[unit.pk]))
    return pages.MasterPage(
        title=unit.name,
        codes=(unit.code,),
        side=(pages.Card(_("Unit"), facts=facts),),
        main=(
            pages.Card(
                _("Below it"),
                link=pages.Action(_("Add"), new) if unit.kind != "till" else None,
                columns=columns,
                rows=tuple(_row(one, below) for one in below),
                empty=_("None yet."),
                is_compact=True,
            ),
            _modules(unit),
            histories.history_card(unit.pk),
        ),
        back_url=reverse("settings-units"),
        primary=pages.Action(
            _("Edit"), reverse("settings-unit-edit", args=[unit.pk]), key="E", tone="primary"
        ),
        actions=(move,) if unit.parent else (),
    )


def _modules(unit: OrgUnit) -> pages.Card:
    """Which modules the unit has, and who says that it does without one."""
    off = modules_off(unit)
    url = reverse("settings-unit-modules", args=[unit.pk])
    return pages.Card(
        _("Modules"),
        link=pages.Action(_("Edit"), url) if _may_switch(unit) else None,
        columns=(
            pages.Column("module", _("Module"), keep=1, at="title"),
            pages.Column("state", _("State"), pages.Kind.STATE, 1, "state"),
            pages.Column("by", _("Switched off at"), keep=2, at="detail"),
        ),
        rows=tuple(
            pages.Row(
                code,
                {
                    "module": pages.Cell(area_title(code)),
                    "state": pages.Cell(
                        pages.State("void", _("switched off"))
                        if code in off
                        else pages.State("posted", _("in use"))
                    ),
                    "by": pages.Cell(off[code].name if code in off else ""),
                },
            )
            for code in modules()
        ),
        is_compact=True,
    )


def _may_switch(unit: OrgUnit) -> bool:
    return may(EDIT, unit.parent or unit)


@entry(permission=EDIT, scope="units", field_policy="open", methods=("GET", "POST"))
def unit_modules(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Switch modules on and off for a unit and all below it."""
    one: OrgUnit = parts.found(units_where(EDIT).select_related("parent"), unit_id)
    if not _may_switch(one):
        raise Http404
    back, url = (reverse(f"settings-unit{end}", args=[one.pk]) for end in ("", "-modules"))
    off = modules_off(one)

    def build(typed: parts.Typed) -> pages.FormPage:
        uses = (("true", _("in use")), ("false", _("switched off")))
        fields = [
            parts.choice(code, area_title(code), uses, typed.get(code, str(is_on).lower()))
            if not above
            else pages.Field(
                code, area_title(code), "output", _("switched off at %(unit)s") % {"unit": above}
            )
            for code, is_on, above in _standing(one, off)
        ]
        said = _(
            "What is switched off has no documents, figures or menus here and below, for "
            "anybody, and takes none. Nothing is lost: switched on again, all is there."
        )
        title = _("Modules of %(unit)s") % {"unit": one.name}
        return parts.form_page(title, url, fields, back_url=back, number=one.code, said=said)

    def act(typed: parts.Typed) -> HttpResponse:
        wanted = {code: typed[code] == "true" for code in modules() if code in typed}
        run("org.unit.set_modules", one.pk, {"modules": wanted})
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.form(request, build, act)


def _standing(unit: OrgUnit, off: dict[str, OrgUnit]) -> Iterator[tuple[str, bool, str]]:
    """Each module, whether the unit has it, and the unit above that switched it off."""
    for code in modules():
        at = off.get(code)
        yield code, at is None, at.name if at is not None and at.pk != unit.pk else ""


@entry(permission=EDIT, scope="units", field_policy="open", methods=("GET", "POST"))
def unit_new(request: HttpRequest) -> HttpResponse:
    """A new store, warehouse, till or region."""
    pk = parts.new_id(request)
    url = f"{reverse('settings-unit-new')}?id={pk}"

    def build(typed: parts.Typed) -> pages.FormPage:
        given = typed or request.GET
        kinds = [(k, t) for k, t in OrgUnit.Kind.choices if k in STANDS_UNDER]
        parent = given.get("parent", "")
        fields = (
            parts.choice("kind", _("kind"), kinds, given.get("kind", _kind_below(parent))),
            parts.choice("parent", _("Below"), parts.unit_choices(EDIT), parent),
            *_fields(OrgUnit(), typed),
            parts.choice(
                "entity", _("legal entity"), [("", _("as the unit above")), *_entities()],
                given.get("entity", ""),
            ),
        )  # fmt: skip
        said = _("Legal entity, mode, time zone and day cut are those of the unit above unless "
                 "you say else.")  # fmt: skip
        back = reverse("settings-units")
        return parts.form_page(_("New unit"), url, fields, back_url=back, said=said)

    return parts.form(request, build, lambda typed: _save(request, pk, typed))


def _kind_below(parent: str) -> str:
    above = OrgUnit.objects.filter(pk=parent).first() if parent else None
    return "till" if above is not None and above.holds_stock else "store"


@entry(permission=EDIT, scope="units", field_policy="open", methods=("GET", "POST"))
def unit_edit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """The form of a unit. Its place in the tree changes by moving it."""
    one: OrgUnit = parts.found(units_where(EDIT), unit_id)

    def build(typed: parts.Typed) -> pages.FormPage:
        url = reverse("settings-unit-edit", args=[one.pk])
        state = typed.get("is_active", str(one.is_active).lower())
        uses = (("true", _("in use")), ("false", _("closed")))
        fields = (*_fields(one, typed), parts.choice("is_active", _("State"), uses, state))
        back = reverse("settings-unit", args=[one.pk])
        return parts.form_page(_("Unit"), url, fields, back_url=back, number=one.code)

    return parts.form(request, build, lambda typed: _save(request, one.pk, typed))


def _fields(unit: OrgUnit, typed: parts.Typed) -> tuple[pages.Field, ...]:
    is_new = unit._state.adding
    above = [("", _("as the unit above"))] if is_new else []
    zones = [(zone, zone) for zone in dict.fromkeys([*TIME_ZONES, unit.time_zone])]
    cut = "" if is_new else f"{unit.day_cut:%H:%M}"
    return (
        pages.Field("code", _("code"), value=typed.get("code", unit.code), is_required=True),
        pages.Field("name", _("name"), value=typed.get("name", unit.name), is_required=True),
        parts.choice(
            "mode", _("mode"), [*above, *OrgUnit.Mode.choices],
            typed.get("mode", "" if is_new else unit.mode),
        ),
        parts.choice(
            "time_zone", _("time zone"), [*above, *zones],
            typed.get("time_zone", "" if is_new else unit.time_zone),
        ),
        pages.Field(
            "day_cut", _("day cut"), value=typed.get("day_cut", cut),
            hint=_("when the business day begins, as in 04:00"),
        ),
    )  # fmt: skip


def _entities() -> list[tuple[str, str]]:
    rows = LegalEntity.objects.filter(is_active=True).order_by("name")
    return [(str(row.pk), row.name) for row in rows]


def _save(request: HttpRequest, pk: UUID, typed: parts.Typed) -> HttpResponse:
    names = ("kind", "parent", "code", "name", "mode", "time_zone", "day_cut", "entity")
    payload = {name: typed[name] for name in (*names, "is_active") if name in typed}
    always = ("code", "name")
    run("org.unit.save", pk, {n: v for n, v in payload.items() if v.strip() or n in always})
    return show.go(request, reverse("settings-unit", args=[pk]), toast=pages.Toast(_("Saved")))


@entry(permission=EDIT, scope="units", field_policy="open", methods=("GET", "POST"))
def unit_move(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Put a unit, with all below it, under another one."""
    one: OrgUnit = parts.found(units_where(EDIT).select_related("parent"), unit_id)
    back = reverse("settings-unit", args=[one.pk])

    def build(typed: parts.Typed) -> pages.FormPage:
        parent = typed.get("parent", str(one.parent_id or ""))
        return parts.form_page(
            _("Move %(unit)s") % {"unit": one.name},
            reverse("settings-unit-move", args=[one.pk]),
            (parts.choice("parent", _("Below"), parts.unit_choices(EDIT), parent),),
            back_url=back,
            number=one.code,
            deed=_("Move elsewhere"),
            said=_("All below it moves along. Documents and figures stay with the unit."),
        )

    def act(typed: parts.Typed) -> HttpResponse:
        run("org.unit.move", one.pk, {"parent": typed.get("parent", "")})
        return show.go(request, back, toast=pages.Toast(_("Moved")))

    return parts.form(request, build, act)
