"""The addresses of every declared type, each guarded by the type's own permissions."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from tongpan.faces.kit.derived import document_views as on
from tongpan.faces.kit.derived import (
    master_views,
    picking,
    print_views,
    saved,
    search_views,
    values,
)
from tongpan.faces.kit.entry import SIGNED_IN, FieldPolicy, Scope, entry
from tongpan.kernel.documents.registry import (
    DocumentType,
    MasterType,
    document_types,
    master_types,
)

View = Callable[..., HttpResponseBase]
GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")


def _guarded(
    view: View,
    declared: DocumentType | MasterType,
    verb: str,
    methods: tuple[str, ...],
    *,
    field_policy: FieldPolicy = "masked",
    scope: Scope = "units",
) -> View:
    """The view of one type behind that type's permission."""

    @wraps(view)
    def of_type(request: HttpRequest, **places: Any) -> Any:
        return view(request, declared, **places)

    permission = declared.permission(verb)
    guard = entry(permission=permission, scope=scope, field_policy=field_policy, methods=methods)
    return guard(of_type)


def _of_document_type(declared: DocumentType) -> Iterable[URLPattern]:
    code, one = declared.code, "<uuid:document_id>"
    rows: tuple[tuple[str, View, str, tuple[str, ...], str], ...] = (
        ("", on.documents, "view", GET, "documents"),
        ("new", on.document_new, "save", GET, "document-new"),
        ("export", on.documents_export, "view", GET, "documents-export"),
        ("batch/<slug:verb>", on.documents_batch, "view", POST, "documents-batch"),
        (f"{one}/", on.document, "view", GET, "document"),
        (f"{one}/save", on.document_save, "save", POST, "document-save"),
        (f"{one}/print", print_views.document_print, "view", BOTH, "document-print"),
        (f"{one}/pick/<slug:column>", on.document_pick, "save", GET, "document-pick"),
        (f"{one}/comment", on.document_comment, "view", POST, "document-comment"),
        (f"{one}/people", on.document_people, "view", GET, "document-people"),
        (f"{one}/attach", on.document_attach, "view", POST, "document-attach"),
        (f"{one}/copy", on.document_copy, "save", POST, "document-copy"),
        (f"{one}/do/<slug:verb>", on.document_act, "view", BOTH, "document-act"),
        (f"{one}/files/<uuid:attachment_id>", on.document_file, "view", GET, "document-file"),
        (f"{one}/follow/<str:following>", on.document_follow, "view", POST, "document-follow"),
    )
    for route, view, verb, methods, name in rows:
        if verb == "save" and not values.is_drafted(declared):
            continue
        guarded = _guarded(view, declared, verb, methods)
        yield path(f"d/{code}/{route}", guarded, name=f"{name}-{code}")


def _of_master_type(declared: MasterType) -> Iterable[URLPattern]:
    code, one = declared.code, "<uuid:row_id>"
    rows: tuple[tuple[str, View, str, tuple[str, ...], str], ...] = (
        ("", master_views.masters_list, "view", GET, "masters"),
        ("new", master_views.master_new, "save", BOTH, "master-new"),
        ("batch/<slug:verb>", master_views.masters_batch, "save", POST, "masters-batch"),
        (f"{one}/", master_views.master, "view", GET, "master"),
        (f"{one}/edit", master_views.master_edit, "save", BOTH, "master-edit"),
        (f"{one}/do/<slug:verb>", master_views.master_act, "save", POST, "master-act"),
    )
    for route, view, verb, methods, name in rows:
        guarded = _guarded(view, declared, verb, methods)
        yield path(f"m/{code}/{route}", guarded, name=f"{name}-{code}")


def patterns() -> list[URLPattern]:
    """Every derived address. Read when the addresses are first asked for, after all types are."""
    found = [url for declared in document_types() for url in _of_document_type(declared)]
    found += [url for declared in master_types() for url in _of_master_type(declared)]
    signed_in = entry(permission=SIGNED_IN, scope="units", field_policy="masked")
    found.append(path("pick/<str:label>", signed_in(picking.pick), name="pick"))
    makes = entry(permission=SIGNED_IN, scope="company", field_policy="masked", methods=POST)
    found.append(path("pick/<str:label>/make", makes(picking.make_named), name="pick-make"))
    found.append(path("search", signed_in(search_views.search), name="search"))
    own = entry(permission=SIGNED_IN, scope="own", field_policy="none", methods=POST)
    found.append(path("views/keep", own(saved.view_keep), name="view-keep"))
    found.append(path("views/<uuid:view_id>/drop", own(saved.view_drop), name="view-drop"))
    return found


urlpatterns = patterns()
