"""The manual: a list of its chapters, one chapter, and the way from a job to its chapter."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from tongpan.faces.help import chapters
from tongpan.faces.kit.entry import SIGNED_IN, entry
from tongpan.faces.kit.frame import frame_context

TEXT_MAX = 60


@entry(permission=SIGNED_IN, scope="none", field_policy="none")
def contents(request: HttpRequest) -> HttpResponse:
    """Every chapter with its first sentence; or where the words that are searched stand."""
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    found = chapters.search(text, _language()) if text else []
    context: dict[str, object] = {
        "chapters": chapters.chapters(_language()),
        "text": text,
        "found": found,
    }
    return _page(request, "help/contents.html", context)


@entry(permission=SIGNED_IN, scope="none", field_policy="none")
def chapter(request: HttpRequest, name: str) -> HttpResponse:
    """One chapter, beside the names of the others."""
    found = chapters.chapter(name, _language())
    if found is None:
        raise Http404
    text = mark_safe(found.html)  # our own page, and HTML in it is not rendered
    others = chapters.chapters(_language())
    return _page(request, "help/chapter.html", {"one": found, "text": text, "chapters": others})


@entry(permission=SIGNED_IN, scope="none", field_policy="none")
def picture(_request: HttpRequest, shown: str) -> HttpResponse:
    """A picture of a chapter: of the invented company that the tests play on."""
    file = chapters.picture(shown)
    if file is None:
        raise Http404
    headers = {"Cache-Control": "private, max-age=86400"}
    return HttpResponse(file.read_bytes(), content_type="image/webp", headers=headers)


@entry(permission=SIGNED_IN, scope="none", field_policy="none")
def for_job(_request: HttpRequest, job: str) -> HttpResponse:
    """To the chapter about a job of the rail."""
    return HttpResponseRedirect(f"/help/{chapters.OF_JOBS.get(job, 'basics')}/")


def _language() -> str:
    return get_language() or "zh-hans"


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    html = render_to_string(template, {**frame_context(request), **context}, request)
    return HttpResponse(html)
