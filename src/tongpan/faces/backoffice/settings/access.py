"""Who may do what: the people behind a permission, and all that one person may do."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.faces.backoffice.asked import id_of, text_of
from tongpan.faces.backoffice.settings import ticks
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import SIGNED_IN, entry
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.access import SEE, Rule, rules_giving, rules_of
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.people import EDIT_PERSON, EDIT_ROLE
from tongpan.kernel.org.permissions import is_known
from tongpan.kernel.org.rules import covers
from tongpan.kernel.org.scope import may_somewhere, permissions, units_where, who

COST = "see.cost"
FOUND_MAX, NOBODY = 20, UUID(int=0)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# -- the people behind a permission --------------------------------------------------------------


@entry(permission=SEE, scope="units", field_policy="open")
def who_may(request: HttpRequest) -> HttpResponse:
    """Who holds a permission, where, and through which rule. It begins with who sees costs."""
    code = request.GET.get("code", "")[:80] or COST
    if not is_known(code):
        raise Http404
    units = units_where(SEE).order_by("path")
    at = units.filter(pk=id_of(request.GET.get("unit", "")) or NOBODY).first()
    found = rules_giving(code, at)
    title = ticks.title_of(code)
    if request.GET.get("as") == "sheet":
        heads = [_("Person"), _("sign-in name"), *_heads()]
        rows = ([one.person.name, one.person.username, *_written(one)] for one in found)
        return _sheet(heads, rows, title, "who")
    kept = {"code": code, "unit": str(at.pk) if at else ""}
    return show.page(
        request,
        pages.ListPage(
            title=_("Who may do what"),
            note=title,
            help=pages.Help(
                _("Everybody who holds a permission, at which unit, and the rule of the role that "
                  "gives it. What a class of fields is made of stands in the roles.")
            ),
            columns=(pages.Column("person", _("Person"), pages.Kind.LINK, 1, "title"), *_columns()),
            rows=tuple(_of_person(one, n) for n, one in enumerate(found)),
            views=tuple(
                pages.View(str(one.title), _but(kept, code=one.code), is_current=one.code == code)
                for one in permissions() if one.code.startswith("see.")
            ),
            chips=_chips(code, at, kept),
            filters=(
                pages.Filter("code", _("Permission"), "search",
                             search_url=reverse("settings-permissions")),
                pages.Filter("unit", _("Unit"), "one", tuple(
                    pages.Choice(str(u.pk), f"{u.name} {u.code}") for u in units
                    if u.kind != OrgUnit.Kind.TILL
                )),
            ),
            kept={name: value for name, value in kept.items() if value},
            totals=(pages.Total(_("People"), formats.number(len({r.person.pk for r in found}))),),
            actions=(_export(_but(kept, **{"as": "sheet"})),),
            empty=pages.Empty(_("Nobody"), _("No role that is given here holds this.")),
        ),
    )  # fmt: skip


def _of_person(one: Rule, n: int) -> pages.Row:
    url = reverse("settings-person-access", args=[one.person.pk])
    cells = {"person": pages.Cell(one.person.name, url=url), **_cells(one)}
    return pages.Row(str(n), cells, url=url)


def _chips(code: str, at: OrgUnit | None, kept: dict[str, str]) -> tuple[pages.Chip, ...]:
    chips = []
    if code != COST:
        chips.append(pages.Chip(ticks.title_of(code), _but(kept, code="")))
    if at is not None:
        chips.append(pages.Chip(at.name, _but(kept, unit="")))
    return tuple(chips)


def _but(kept: dict[str, str], **changes: str) -> str:
    return f"?{urlencode({n: v for n, v in (kept | changes).items() if v})}"


@entry(permission=SIGNED_IN, scope="none", field_policy="none")
def permission_pick(request: HttpRequest) -> JsonResponse:
    """Permissions by their title or code, and all of each group at once."""
    if not (may_somewhere(SEE) or may_somewhere(EDIT_ROLE)):
        raise Http404
    words = text_of(request.GET.get("q", "")).casefold().split()
    found = [
        {"id": code, "title": title, "note": code}
        for code, title in sorted((one.code, str(one.title)) for one in permissions())
        if all(word in f"{title} {code}".casefold() for word in words)
    ]
    return JsonResponse({"results": found[:FOUND_MAX]})


# -- all that one person may do ------------------------------------------------------------------


@entry(permission=SEE, scope="units", field_policy="open")
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Everything that a person may do, unit by unit, with the rule that gives it."""
    one = Person.objects.filter(pk=person_id).first()
    if one is None:
        raise Http404
    is_theirs = may_somewhere(EDIT_PERSON)
    back = reverse("settings-person", args=[one.pk]) if is_theirs else reverse("settings-access")
    return _all_of(request, one, back)


@entry(permission=SIGNED_IN, scope="own", field_policy="open")
def of_oneself(request: HttpRequest) -> HttpResponse:
    """Everything that one may do oneself."""
    person = who().person
    assert person is not None, "Somebody is signed in."
    return _all_of(request, person, reverse("home"))


def _all_of(request: HttpRequest, person: Person, back: str) -> HttpResponse:
    rules = rules_of(person)
    units = list({one.unit.pk: one.unit for one in rules}.values())
    asked, text = id_of(request.GET.get("unit", "")), text_of(request.GET.get("q", ""))
    at = next((unit for unit in units if unit.pk == asked), None)
    words = text.casefold().split()
    given = [
        (title, code, one)
        for one in rules
        if at is None or one.unit == at
        for code, title in _given_by(one)
        if all(word in f"{title} {code}".casefold() for word in words)
    ]
    title = _("What %(who)s may do") % {"who": person.name}
    kept = {"unit": str(at.pk) if at else "", "q": text}
    if request.GET.get("as") == "sheet":
        heads = [_("Permission"), _("code"), *_heads()]
        return _sheet(heads, ([t, c, *_written(one)] for t, c, one in given), title, "may")
    return show.page(
        request,
        pages.ListPage(
            title=title,
            help=pages.Help(
                _("Each permission with the unit where it holds, there and below, and the rule of "
                  "the role that gives it. What is not here, this person can neither do nor see.")
            ),
            columns=(pages.Column("what", _("Permission"), keep=1, at="title"), *_columns()),
            rows=tuple(
                pages.Row(f"{n}", {"what": pages.Cell(what), **_cells(one)})
                for n, (what, _code, one) in enumerate(given)
            ),
            search=pages.Search(_("Permission"), text),
            chips=() if at is None else (pages.Chip(at.name, _but(kept, unit="")),),
            filters=(
                pages.Filter("unit", _("Unit"), "one", tuple(
                    pages.Choice(str(unit.pk), f"{unit.name} {unit.code}") for unit in units
                )),
            ) if len(units) > 1 else (),
            kept={"unit": kept["unit"]} if at else {},
            actions=(_export(_but(kept, **{"as": "sheet"})),),
            empty=pages.Empty(
                _("Nothing"), _("Holds nothing yet: nobody can do anything without a role.")
            ),
            back_url=back,
        ),
    )  # fmt: skip


def _given_by(one: Rule) -> Iterable[tuple[str, str]]:
    """The permissions that a rule gives, one by one."""
    for permission in permissions():
        if covers(one.code, permission.code):
            yield permission.code, str(permission.title)


# -- what both pages show ------------------------------------------------------------------------


def _columns() -> tuple[pages.Column, ...]:
    return (
        pages.Column("unit", _("At the unit and below"), keep=1, at="detail"),
        pages.Column("role", _("Role"), keep=1, at="state"),
        pages.Column("rule", _("Rule"), keep=2, at="code", is_quiet=True),
        pages.Column("limit", _("Up to the amount"), pages.Kind.MONEY, 3, at="amount", unit="¥"),
        pages.Column("since", _("since"), pages.Kind.DATE, 5),
        pages.Column("until", _("until"), pages.Kind.DATE, 4, at="date"),
        pages.Column("tokens", _("API tokens"), keep=5, is_quiet=True),
    )


def _cells(one: Rule) -> dict[str, pages.Cell]:
    may_edit = may_somewhere(EDIT_ROLE)
    url = reverse("settings-role", args=[one.role.pk]) if may_edit else ""
    return {
        "unit": pages.Cell(str(one.unit)),
        "role": pages.Cell(one.role.name, url=url),
        "rule": pages.Cell(ticks.title_of(one.code)),
        "limit": pages.Cell("" if one.amount_max is None else one.amount_max),
        "since": pages.Cell(one.valid_from or ""),
        "until": pages.Cell(one.valid_until or ""),
        "tokens": pages.Cell(listed(one.tokens)),
    }


def _heads() -> list[str]:
    return [_("At the unit and below"), _("Role"), _("Rule"), _("Up to the amount"), _("since"),
            _("until"), _("API tokens")]  # fmt: skip


def _written(one: Rule) -> list[Any]:
    return [
        str(one.unit), one.role.name, f"{ticks.title_of(one.code)} [{one.code}]",
        "" if one.amount_max is None else one.amount_max, one.valid_from or "",
        one.valid_until or "", listed(one.tokens),
    ]  # fmt: skip


def _export(url: str) -> pages.Action:
    return pages.Action(_("Export"), url, icon="export", key="E")


def _sheet(heads: list[str], rows: Iterable[list[Any]], title: str, name: str) -> HttpResponse:
    answer = HttpResponse(write(heads, rows, title), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
