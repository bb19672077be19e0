"""What the settings' pages share: a form with its refusals, a deed of a page, and history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.faces.backoffice.settings import ticks
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived.forms import shown_problems
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import units_where

Typed = Mapping[str, str]
NAMED_MAX = 5  # how many permissions a refusal names


def form(
    request: HttpRequest,
    build: Callable[[Typed], Any],
    act: Callable[[Typed], HttpResponse],
) -> HttpResponse:
    """A form that is shown, and acted upon when it is sent; refused, it stands there as typed."""
    if request.method != "POST":
        return show.page(request, build({}))
    typed = {name: str(value) for name, value in request.POST.items()}
    try:
        return act(typed)
    except Forbidden:
        raise
    except Refusal as refusal:
        problem, problems = refused(refusal)
        page = replace(build(typed), problem=problem, problems=problems)
        return show.page(request, page, status=422)


def refused(refusal: Refusal) -> tuple[pages.ErrorPanel, tuple[pages.Problem, ...]]:
    """A refusal as the panel of a page, and beside its fields."""
    problems = tuple(shown_problems(refusal.problems))
    text = sentence(refusal.code, _in_words(refusal))
    if not problems and (path := refusal.facts.get("path")):
        problems = (pages.Problem(str(path), text),)
    panel = pages.ErrorPanel(text, _("Nothing was changed."), problems=problems, code=refusal.code)
    return panel, problems


def _in_words(refusal: Refusal) -> dict[str, Any]:
    """The facts of a refusal, where permissions that somebody lacks are called by their titles."""
    if refusal.code != "grant_exceeds_own":
        return refusal.facts
    codes = str(refusal.facts["missing"]).split(", ")
    named, rest = [ticks.title_of(code) for code in codes[:NAMED_MAX]], len(codes) - NAMED_MAX
    if rest > 0:
        named.append(_("and %(count)s more permissions") % {"count": rest})
    return {**refusal.facts, "missing": " · ".join(named)}


def deed(
    request: HttpRequest, act: Callable[[], HttpResponse], page: Callable[[], pages.MasterPage]
) -> HttpResponse:
    """Something that is done from a page; refused, the page says so."""
    try:
        return act()
    except Forbidden:
        raise
    except Refusal as refusal:
        problem, problems = refused(refusal)
        details = tuple(p.text for p in problems if p.text != problem.title)
        shown = replace(page(), problem=replace(problem, problems=(), details=details))
        return show.page(request, shown, status=422)


def form_page(
    title: str, url: str, fields: Sequence[pages.Field], *, back_url: str, said: str = "",
    deed: str = "", number: str = "", grid: pages.EditGrid | None = None,
    tabs: pages.Tabs | None = None,
) -> pages.FormPage:  # fmt: skip
    """A form that is kept when the person says so."""
    return pages.FormPage(
        title=title, save_url=url, fields=tuple(fields), number=number, grid=grid, tabs=tabs,
        back_url=back_url, help=pages.Help(said) if said else None, is_draft=False,
        primary=pages.Action(
            deed or _("Save"), url, method="post", key="Ctrl Enter", tone="primary", is_form=True
        ),
    )  # fmt: skip


def choice(
    name: str, title: str, choices: Iterable[tuple[str, Any]], value: str, **more: Any
) -> pages.Field:
    """A field that takes one of some values."""
    offered = tuple(pages.Choice(v, str(t), is_chosen=v == value) for v, t in choices)
    return pages.Field(name, title, "choice", value, choices=offered, **more)


def unit_choices(permission: str) -> list[tuple[str, str]]:
    """The units where the person holds this, as a tree is read."""
    units = list(units_where(permission).order_by("path"))
    return [(str(unit.pk), f"{indent(unit, units)}{unit.name} {unit.code}") for unit in units]


def depth(unit: OrgUnit, among: Sequence[OrgUnit]) -> int:
    """How deep a unit stands below the highest of those that are shown."""
    top = min(one.path.count("/") for one in among)
    return unit.path.count("/") - top


def indent(unit: OrgUnit, among: Sequence[OrgUnit]) -> str:
    """The same as spaces before its name in a list of choices."""
    return "\u3000" * depth(unit, among)


def new_id(request: HttpRequest) -> UUID:
    """The id of what a form makes: it stands in the address, so that sending twice makes one."""
    return as_id(request.GET.get("id", "")) or env.new_id()


def found(rows: models.QuerySet[Any], pk: UUID) -> Any:
    """The row of this id, or a page that is not there."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
