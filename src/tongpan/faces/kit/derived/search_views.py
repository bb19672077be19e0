"""Search over everything that the person may open: pages, documents, masters, things to do."""

from collections.abc import Iterable

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from tongpan.faces.kit import menu
from tongpan.faces.kit.derived import addresses, values
from tongpan.kernel.documents.fields import reference_of, references
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type, document_types, master_types
from tongpan.kernel.org.scope import may_somewhere, visible
from tongpan.masters.search import folded, search_text

TEXT_MAX, EACH_MAX = 80, 6
Result = dict[str, str]


def search(request: HttpRequest) -> JsonResponse:
    """`{"results": [{"kind", "title", "note", "url"}]}`, the likeliest kinds first."""
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    if not text:
        return JsonResponse({"results": []})
    results = [*_pages(text), *_deeds(text), *_documents(text), *_masters(text)]
    return JsonResponse({"results": results})


def _fits(title: str, text: str) -> bool:
    """By the title itself, by pinyin, or by its initials."""
    return f" {folded(text)}" in search_text([], [title]) or folded(text) in folded(title)


def _pages(text: str) -> Iterable[Result]:
    for tab in menu.tabs():
        is_theirs = tab.permission == "signed-in" or may_somewhere(tab.permission)
        if is_theirs and _fits(str(tab.title), text):
            yield {"kind": _("Pages"), "title": str(tab.title), "note": "", "url": tab.url}


def _deeds(text: str) -> Iterable[Result]:
    for declared in document_types():
        title = _("New %(what)s") % {"what": str(declared.title).lower()}
        if not values.begins_alone(declared) or not may_somewhere(declared.permission("save")):
            continue
        if _fits(title, text) or _fits(str(declared.title), text):
            url = addresses.new_document(declared)
            yield {"kind": _("Do"), "title": title, "note": "", "url": url}


def _documents(text: str) -> Iterable[Result]:
    """By the beginning of a number, whatever its case, or by its end."""
    types = [t for t in document_types() if may_somewhere(t.permission("view"))]
    if len(text) < 2:
        return
    for declared in types:
        rows = visible(Document, declared.permission("view")).filter(type=declared.code)
        wanted = text.upper()
        found = (
            rows.filter(number__startswith=wanted)
            if "-" in text
            else rows.filter(number__endswith=wanted)
        )
        for row in found.select_related("org_unit").order_by("-business_date")[:EACH_MAX]:
            yield {
                "kind": _("Documents"),
                "title": row.number or "",
                "note": f"{document_type(row.type).title} · {row.org_unit.name}",
                "url": addresses.document(row.type, row.pk),
            }


def _masters(text: str) -> Iterable[Result]:
    for declared in master_types():
        if declared.key != "code" or declared.model not in references():
            continue
        if not may_somewhere(declared.permission("view")):
            continue
        reference = reference_of(declared.model)
        for row in reference.search(text, EACH_MAX):
            yield {
                "kind": str(declared.title),
                "title": values.label(row),
                "note": reference.code(row),
                "url": addresses.master(declared, row.pk),
            }
