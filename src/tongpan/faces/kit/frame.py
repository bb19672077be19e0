"""Fills the frame around a page for the person who asked: their units, jobs, language and theme."""

from typing import Any, Literal, cast

from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, ngettext

from tongpan.faces.kit import menu
from tongpan.faces.kit.pages import Action, Toast
from tongpan.faces.kit.shell import JobLink, Shell, TabLink, UnitLink, face_of
from tongpan.faces.kit.words import words
from tongpan.kernel.documents.notices import bell_of, with_bell
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may_somewhere, who
from tongpan.kernel.org.visibility import under

UNIT_KEY, THEME_COOKIE = "unit", "theme"
SEARCH_URL = "/search"
NOTICES_URL = "/notices/"


def frame_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use besides its page. The frame costs nothing until it is drawn."""
    return {
        "shell": SimpleLazyObject(lambda: shell_of(request)),
        "words": words(),
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }


def shell_of(request: HttpRequest) -> Shell:
    """The frame of this request. A page for nobody has a bare one."""
    theme = theme_of(request)
    if not request.user.is_authenticated:
        return Shell(theme=theme, company_name=company_name())
    here = who().at
    units = units_here(request)
    told = bell_of(units)
    jobs = _jobs(request.path)
    return Shell(
        jobs=jobs,
        tabs=_tabs(next((job.code for job in jobs if job.is_current), "home"), request.path),
        units=_unit_links(units, here),
        unit_title=here.name if here else gettext("No unit"),
        unit_note=_unit_note(here, units),
        person=str(request.user.pk),
        person_name=request.user.name,
        person_face=face_of(request.user.name),
        theme=theme,
        search_url=SEARCH_URL,
        company_name=company_name(),
        notices=told.unseen,
        notices_url=NOTICES_URL,
        live_after=told.position,
        toast=_take_toast(request),
    )


def theme_of(request: HttpRequest) -> Literal["", "light", "dark"]:
    """The person's own choice, else this machine's, else the system's (empty)."""
    chosen = request.user.theme if request.user.is_authenticated else None
    if chosen in (None, "system"):
        chosen = request.COOKIES.get(THEME_COOKIE, "")
    return cast(Literal["light", "dark"], chosen) if chosen in ("light", "dark") else ""


def company_name() -> str:
    """The name of the company whose host was asked."""
    return str(getattr(cast(Any, connection).tenant, "name", ""))


def units_here(request: HttpRequest) -> list[OrgUnit]:
    """The same as `units_of_person`, where the request has read them already."""
    return getattr(request, "units", None) or units_of_person()


def units_of_person() -> list[OrgUnit]:
    """The active units where the acting person holds anything, tills aside, top first."""
    paths = who().paths_of_any()
    if not paths:
        return []
    found = OrgUnit.objects.filter(under(paths), is_active=True)
    if (person := who().person) is not None:
        found = with_bell(found, person.pk)
    return list(found.exclude(kind=OrgUnit.Kind.TILL).order_by("path"))


def _unit_links(units: list[OrgUnit], here: OrgUnit | None) -> tuple[UnitLink, ...]:
    if not units:
        return ()
    top = min(unit.path.count("/") for unit in units)
    return tuple(
        UnitLink(
            id=str(unit.pk),
            title=unit.name,
            note=unit.code,
            depth=min(3, unit.path.count("/") - top),
            is_current=here is not None and unit.pk == here.pk,
        )
        for unit in units
    )


def _unit_note(here: OrgUnit | None, units: list[OrgUnit]) -> str:
    """What a person at the top or in a region oversees: 全部门店."""
    if here is None or here.kind in (OrgUnit.Kind.STORE, OrgUnit.Kind.WAREHOUSE):
        return here.code if here else ""
    below = sum(u.kind == OrgUnit.Kind.STORE and u.path.startswith(here.path) for u in units)
    return ngettext("%(n)s store", "%(n)s stores", below) % {"n": below} if below else here.code


def _jobs(path: str) -> tuple[JobLink, ...]:
    """The jobs in which the person may use at least one page; home is always there."""
    links = []
    for job in menu.JOBS:
        usable = [tab for tab in menu.tabs(job.code) if _may_use(tab)]
        if usable or job.code == "home":
            url = usable[0].url if usable else "/"
            links.append(
                JobLink(
                    code=job.code,
                    title=str(job.title),
                    icon=job.icon,
                    url=url,
                    letter=job.letter,
                    is_current=_is_current(path, [tab.url for tab in usable] or ["/"]),
                    is_last=job.code == "settings",
                )
            )
    return tuple(links)


def _tabs(job: str, path: str) -> tuple[TabLink, ...]:
    usable = [tab for tab in menu.tabs(job) if _may_use(tab)]
    return tuple(
        TabLink(title=str(tab.title), url=tab.url, is_current=_is_current(path, [tab.url]))
        for tab in usable
    )


def _is_current(path: str, urls: list[str]) -> bool:
    return any(path == url or (url != "/" and path.startswith(url)) for url in urls)


def _may_use(tab: menu.Tab) -> bool:
    return tab.permission == "signed-in" or may_somewhere(tab.permission)


def _take_toast(request: HttpRequest) -> Toast | None:
    told = request.session.pop("toast", None)
    if not told:
        return None
    undo = told["undo"]
    return Toast(
        told["text"],
        Action(undo["title"], undo["url"], method="post", fields=undo["fields"]) if undo else None,
    )
