"""Views of lists that a person named: shown with those that are there for all, by the same keys."""

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from tongpan.faces.kit import pages, show
from tongpan.faces.kit.frame import units_here
from tongpan.kernel.documents.notices import bell_of
from tongpan.kernel.documents.saved_views import drop_view, keep_view, views_of
from tongpan.kernel.org.scope import who


def with_own_views(
    request: HttpRequest, page: pages.ListPage, columns: list[str] | None = None
) -> pages.ListPage:
    """The list with the person's own views; `columns` are those that they chose for it."""
    person = who().person
    if person is None or person.pk is None:
        return page
    query = request.GET.copy()
    for name in ("after", "saved"):
        query.pop(name, None)
    if columns and "columns" not in query:
        query.setlist("columns", columns)
    has_views = bell_of(units_here(request)).has_views
    found = views_of(person.pk, request.path) if has_views else []
    chosen = request.GET.get("saved", "")
    own = tuple(
        pages.View(
            view.name,
            f"?{_with(view.query, saved=str(view.pk))}",
            is_current=chosen == str(view.pk),
            drop_url=reverse("view-drop", args=[view.pk]),
        )
        for view in found
    )
    given = page.views
    if any(view.is_current for view in own):
        given = tuple(replace(view, is_current=False) for view in given)
    is_asked = bool(page.chips or query)
    return replace(
        page,
        views=(*given, *own),
        keep_view=_keep(request.path, query.urlencode()) if is_asked else None,
    )


def columns_of(request: HttpRequest, code: str) -> list[str]:
    """The columns chosen in this address, else those chosen before on this machine."""
    key = f"columns:{code}"
    chosen = request.GET.getlist("columns")
    if chosen:
        request.session[key] = chosen
    kept: list[str] = request.session.get(key, [])
    return kept


def _keep(page: str, query: str) -> pages.Action:
    name = pages.Field("name", _("Name of the view"), "text", is_required=True)
    return pages.Action(
        _("Keep as a view"), reverse("view-keep"), method="post", icon="plus", tone="quiet",
        fields={"page": page, "query": query}, asks=(name,),
    )  # fmt: skip


def _with(query: str, **more: str) -> str:
    found = QueryDict(query, mutable=True)
    for name, value in more.items():
        found[name] = value
    return found.urlencode()


def view_keep(request: HttpRequest) -> HttpResponse:
    """Keep how a list is looked at now, under a name."""
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    try:
        resolve(page)
    except Resolver404:
        raise Http404 from None
    view = keep_view(_person(), page, request.POST.get("name", ""), query)
    toast = pages.Toast(_("The view “%(name)s” is kept.") % {"name": view.name})
    return show.go(request, f"{page}?{_with(view.query, saved=str(view.pk))}", toast=toast)


def view_drop(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Take a view of one's own away."""
    view = drop_view(_person(), view_id)
    return show.go(request, f"{view.page}?{view.query}")


def _person() -> UUID:
    person = who().person
    assert person is not None, "Somebody is signed in."
    return person.pk
