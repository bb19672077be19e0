"""Pages out: a page value becomes an answer inside the frame of the person who asked."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string

from tongpan.faces.kit.cells import state, tag
from tongpan.faces.kit.frame import frame_context
from tongpan.faces.kit.pages import DocumentPage, ErrorPanel, FormPage, Problem, Toast

TOAST_KEY = "toast"


class Page(Protocol):
    """One of the kit's pages, or a screen's own: plain values, and the template that shows them."""

    @property
    def template(self) -> str: ...


def page(request: HttpRequest, page: Page, *, status: int = 200) -> HttpResponse:
    """The whole page. A list's "show more" and a lazy tab take their part out of the same page."""
    problems: Iterable[Problem] = getattr(page, "problems", ())
    context = {**frame_context(request), "page": page, "problems": by_path(problems)}
    return HttpResponse(render_to_string(page.template, context, request), status=status)


def part(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A fragment that is swapped into a page: the same include that the full page uses."""
    return HttpResponse(render_to_string(template, context, request))


def go(request: HttpRequest, url: str, *, toast: Toast | None = None) -> HttpResponse:
    """On to another page after an action, with a toast there if its result is not in sight."""
    if toast is not None:
        request.session[TOAST_KEY] = {
            "text": toast.text,
            "undo": toast.undo
            and {
                "title": toast.undo.title,
                "url": toast.undo.url,
                "fields": dict(toast.undo.fields),
            },
        }
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def saved(
    request: HttpRequest,
    form: FormPage,
    *,
    url: str = "",
    outputs: dict[str, str] | None = None,
    filled: dict[str, tuple[str, str]] | None = None,
    line_ids: dict[str, str] | None = None,
    proposes: bool = False,
) -> HttpResponse:
    """The answer to a draft that saved itself: JSON with the new version and changed parts.

    `url` is the draft's own address when it was new. `outputs` maps the names of output fields to
    their texts, `filled` those of fields to what was sent and what saving made of it, `line_ids`
    the index of a new line to its id; `proposes` says that the page has lines to propose when it
    is asked for again. Problems do not stop saving: they are shown beside their
    fields, and the draft is kept. What the person typed meanwhile stays.
    """
    return JsonResponse(
        {
            "version": form.version,
            "note": form.saved_note,
            "url": url,
            "save_url": form.save_url,
            "problems": by_path(form.problems),
            "outputs": outputs or {},
            "filled": filled or {},
            "line_ids": line_ids or {},
            "proposes": proposes,
            "parts": _parts(request, form),
        }
    )


def not_saved(request: HttpRequest, panel: ErrorPanel, *, status: int) -> HttpResponse:
    """The draft was not kept: 409 when somebody changed it meanwhile, 422 when it cannot be."""
    html = render_to_string("kit/parts/problem.html", {"problem": panel}, request)
    return JsonResponse({"parts": {"problem": html}}, status=status)


def by_path(problems: Iterable[Problem]) -> dict[str, str]:
    """Each field's problem, by the field's name."""
    return {problem.path: problem.text for problem in problems}


def _parts(request: HttpRequest, form: FormPage | DocumentPage) -> dict[str, str]:
    """The elements around the fields, by id, as the full page writes them."""
    parts: dict[str, str] = {
        "problem": render_to_string("kit/parts/problem.html", {"problem": form.problem}, request),
    }
    if form.timeline or form.notices:
        parts["aside"] = render_to_string("kit/parts/aside.html", {"page": form}, request)
    if form.state:
        parts["state"] = f'<span id="state">{state(form.state)}</span>'
    if form.tabs:
        parts["tabs"] = render_to_string("kit/parts/tabs.html", {"tabs": form.tabs}, request)
    grid = form.grid if isinstance(form, FormPage) else None
    if grid:
        parts[f"{grid.name}-totals"] = render_to_string(
            "kit/parts/edit_totals.html", {"grid": grid}, request
        )
        inside = tag(grid.tag) if grid.tag else ""
        parts[f"{grid.name}-tag"] = f'<span class="end" id="{grid.name}-tag">{inside}</span>'
    return parts
