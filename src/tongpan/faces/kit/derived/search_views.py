"""Search over everything that the person may open: pages, documents, masters, things to do."""

from collections.abc import Iterable

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.faces.kit import menu
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.standings import seen_alike
from tongpan.kernel.documents.fields import reference_of, references
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type, document_types, master_types
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import may, may_somewhere, visible
from tongpan.masters.search import folded, search_text

TEXT_MAX, EACH_MAX, SHOWN_MAX, PEOPLE_MAX = 80, 6, 12, 2000
EDIT_PEOPLE = "org.person.edit"
Result = dict[str, str]


def search(request: HttpRequest) -> JsonResponse:
    """`{"results": [{"kind", "title", "note", "url"}]}`, the likeliest kinds first."""
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    if not text:
        return JsonResponse({"results": []})
    found = (_pages, _deeds, _documents, _masters, _people)
    results = [one for find in found for one in find(text)]
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
        title = values.new_of(declared)
        if not values.begins_alone(declared) or not may_somewhere(declared.permission("save")):
            continue
        if _fits(title, text) or _fits(str(declared.title), text):
            url = addresses.new_document(declared)
            yield {"kind": _("Do"), "title": title, "note": "", "url": url}
    for master in master_types():
        title = values.new_of(master)
        if _fits(title, text) and may_somewhere(master.permission("save")):
            yield {"kind": _("Do"), "title": title, "note": "", "url": addresses.new_master(master)}


def _documents(text: str) -> Iterable[Result]:
    """By the beginning of a number, whatever its case, or by its end: one statement for all types
    that are seen at the same units."""
    if len(text) < 2:
        return
    wanted = text.upper()
    by_number = Q(number__startswith=wanted) if "-" in text else Q(number__endswith=wanted)
    seen = [t for t in document_types() if may_somewhere(t.permission("view"))]
    for alike in seen_alike(seen, "view"):
        rows = visible(Document, alike[0].permission("view"))
        rows = rows.filter(by_number, type__in=[declared.code for declared in alike])
        for row in rows.select_related("org_unit").order_by("-business_date", "-pk")[:SHOWN_MAX]:
            yield {
                "kind": _("Documents"),
                "title": row.number or "",
                "note": f"{document_type(row.type).title} · {row.org_unit.name}",
                "url": addresses.document(row.type, row.pk),
            }


def _people(text: str) -> Iterable[Result]:
    """Colleagues, for who may open their pages."""
    if not may(EDIT_PEOPLE, None):
        return
    rows = Person.objects.filter(is_active=True).order_by("name", "pk")[:PEOPLE_MAX]
    found = [row for row in rows if _fits(row.name, text) or row.username == text.casefold()]
    for row in found[:EACH_MAX]:
        yield {
            "kind": _("People"),
            "title": row.name,
            "note": row.username,
            "url": reverse("settings-person", args=[row.pk]),
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
