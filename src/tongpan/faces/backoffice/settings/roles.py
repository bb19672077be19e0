"""Roles: which permissions go together, and up to which amount."""

import re
from dataclasses import replace
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import document_types, master_types
from tongpan.kernel.org.models import Role
from tongpan.kernel.org.people import EDIT_ROLE
from tongpan.kernel.org.scope import permissions

EMPTY_LINES, FOUND_MAX = 1, 20
LINE = re.compile(r"actions\.(\d+)\.(code|limit)")


@entry(permission=EDIT_ROLE, scope="company", field_policy="open")
def roles(request: HttpRequest) -> HttpResponse:
    """Every role, with how much it holds and how many hold it."""
    rows = Role.objects.annotate(
        codes=Count("actions", distinct=True), people=Count("grants__person", distinct=True)
    ).order_by("name")
    new = pages.Action(
        _("New role"), reverse("settings-role-new"), key="N", icon="plus", tone="primary"
    )
    return show.page(
        request,
        pages.ListPage(
            title=_("Roles"),
            help=pages.Help(
                _("A role is a set of permissions. A person holds it at a unit and below.")
            ),
            columns=(
                pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
                pages.Column("code", _("code"), pages.Kind.CODE, 2, "code"),
                pages.Column("codes", _("Permissions"), keep=2, at="date"),
                pages.Column("people", _("People"), keep=1, at="state"),
            ),
            rows=tuple(_row(role) for role in rows),
            primary=new,
            empty=pages.Empty(
                _("No role yet"), _("Roles say who may do what."), (replace(new, tone="", key=""),)
            ),
        ),
    )


def _row(role: Role) -> pages.Row:
    url = reverse("settings-role", args=[role.pk])
    codes: int = getattr(role, "codes", 0)
    people: int = getattr(role, "people", 0)
    cells = {
        "name": pages.Cell(role.name, url=url),
        "code": pages.Cell(role.code),
        "codes": pages.Cell(
            ngettext("%(n)s permission", "%(n)s permissions", codes) % {"n": codes}
        ),
        "people": pages.Cell(ngettext("%(n)s person", "%(n)s people", people) % {"n": people}),
    }
    return pages.Row(str(role.pk), cells, url=url)


@entry(permission=EDIT_ROLE, scope="company", field_policy="open", methods=("GET", "POST"))
def role_new(request: HttpRequest) -> HttpResponse:
    """A new role."""
    pk = parts.new_id(request)
    return _form(request, Role(pk=pk), f"{reverse('settings-role-new')}?id={pk}", is_new=True)


@entry(permission=EDIT_ROLE, scope="company", field_policy="open", methods=("GET", "POST"))
def role(request: HttpRequest, role_id: UUID) -> HttpResponse:
    """A role with its permissions, each with its limit."""
    one: Role = parts.found(Role.objects.all(), role_id)
    return _form(request, one, reverse("settings-role", args=[one.pk]), is_new=False)


def _form(request: HttpRequest, one: Role, url: str, *, is_new: bool) -> HttpResponse:
    back = reverse("settings-roles")

    def build(typed: parts.Typed) -> pages.FormPage:
        fields = (
            pages.Field("code", _("code"), value=typed.get("code", one.code), is_required=True),
            pages.Field("name", _("name"), value=typed.get("name", one.name), is_required=True),
        )
        lines = _lines(typed) if typed else _kept(one)
        said = _("A limit holds up to that amount of a document; empty is no limit.")
        title = _("New role") if is_new else _("Role")
        return parts.form_page(title, url, fields, back_url=back, said=said, grid=_grid(lines),
            tabs=None if is_new else histories.history_tabs(one.pk),
        )  # fmt: skip

    def act(typed: parts.Typed) -> HttpResponse:
        actions = {code: limit or None for code, limit in _lines(typed) if code}
        payload = {"code": typed.get("code"), "name": typed.get("name"), "actions": actions}
        run("org.role.save", one.pk, payload)
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.form(request, build, act)


def _kept(role: Role) -> list[tuple[str, str]]:
    rows = role.actions.order_by("code").values_list("code", "amount_max")
    return [(code, "" if limit is None else str(plain(limit))) for code, limit in rows]


def _lines(typed: parts.Typed) -> list[tuple[str, str]]:
    """The lines of the form as they were sent: actions.<n>.code and actions.<n>.limit."""
    lines: dict[int, dict[str, str]] = {}
    for name, value in typed.items():
        if line := LINE.fullmatch(name):
            lines.setdefault(int(line[1]), {})[line[2]] = value.strip()
    return [(line.get("code", ""), line.get("limit", "")) for _n, line in sorted(lines.items())]


def _grid(lines: list[tuple[str, str]]) -> pages.EditGrid:
    titles = dict(_offered())
    columns = (
        pages.Field(
            "code", _("Permission"), "search", search_url=reverse("settings-permissions"),
            is_wide=True,
        ),
        pages.Field("limit", _("Up to the amount"), "money", is_figure=True),
    )  # fmt: skip
    rows = tuple(
        pages.EditRow(
            "",
            {
                "code": replace(columns[0], value=code, shown=titles.get(code, code)),
                "limit": replace(columns[1], value=limit),
            },
        )
        for code, limit in (*lines, *[("", "")] * EMPTY_LINES)
    )
    return pages.EditGrid("actions", columns, rows, item_column="code", count_column="limit")


@entry(permission=EDIT_ROLE, scope="none", field_policy="none")
def permission_pick(request: HttpRequest) -> JsonResponse:
    """Permissions by their title or code, for a line of a role."""
    words = request.GET.get("q", "").strip().casefold()[:60].split()
    found = [
        {"id": code, "title": title, "note": code}
        for code, title in _offered()
        if all(word in f"{title} {code}".casefold() for word in words)
    ]
    return JsonResponse({"results": found[:FOUND_MAX]})


def _offered() -> list[tuple[str, str]]:
    """Every permission, and all of each group at once; everything comes first."""
    known = permissions()
    groups = {group for one in known for group in _groups(one.code)}
    named = [(one.code, str(one.title)) for one in known]
    types = {t.code: str(t.titles) for t in document_types()}
    types |= {t.code: str(t.titles) for t in master_types()}
    whole = [
        (f"{group}.*", _("%(what)s: everything") % {"what": types[group]})
        if group in types
        else (f"{group}.*", _("all of %(what)s") % {"what": group})
        for group in groups
    ]
    return [("*", _("everything")), *sorted([*named, *whole])]


def _groups(code: str) -> list[str]:
    """What a code is one of: stock.transfer.post is one of stock and of stock.transfer."""
    parts_of = code.split(".")[:-1]
    return [".".join(parts_of[:n]) for n in range(1, len(parts_of) + 1)]
