"""The addresses of sheets in and out. Each kind of sheet asks for its own permissions again."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from tongpan.faces.files import views
from tongpan.faces.kit.entry import SIGNED_IN, entry
from tongpan.kernel.documents.registry import (
    DocumentType,
    MasterType,
    document_types,
    master_types,
)

View = Callable[..., HttpResponse]
IMPORT = "import/<str:code>/<str:digest>"


def _guarded(view: View, *methods: str) -> View:
    guard = entry(permission=SIGNED_IN, scope="own", field_policy="masked", methods=methods)
    return guard(view)


def _out(declared: DocumentType | MasterType) -> Iterator[URLPattern]:
    for route, view, name in (
        ("export", views.export, "sheet-export"), ("blank", views.blank, "sheet-blank"),
    ):  # fmt: skip
        guard = entry(permission=declared.permission("view"), scope="units", field_policy="masked")
        guarded = guard(_of_type(view, declared))
        yield path(f"{route}/{declared.code}", guarded, name=f"{name}-{declared.code}")


def _of_type(view: View, declared: DocumentType | MasterType) -> View:
    @wraps(view)
    def of_type(request: HttpRequest, **places: Any) -> HttpResponse:
        return view(request, declared, **places)

    return of_type


TYPES: list[DocumentType | MasterType] = [*document_types(), *master_types()]

urlpatterns = [
    path("", _guarded(views.start, "GET"), name="sheets"),
    path("import/<str:code>", _guarded(views.upload, "GET", "POST"), name="import-upload"),
    path(IMPORT, _guarded(views.preview, "GET"), name="import-preview"),
    path(f"{IMPORT}/apply", _guarded(views.apply, "POST"), name="import-apply"),
    path(f"{IMPORT}/work/<str:key>", _guarded(views.at_work, "GET"), name="import-work"),
    path(f"{IMPORT}/make", _guarded(views.make_missing, "POST"), name="import-make"),
    path(f"{IMPORT}/problems", _guarded(views.problems, "GET"), name="import-problems"),
    path("undo/<uuid:run_id>", _guarded(views.undo, "POST"), name="import-undo"),
    path("blank/of/<str:code>", _guarded(views.blank_composed, "GET"), name="sheet-blank"),
    *(url for declared in TYPES for url in _out(declared)),
]
