"""The addresses of the API: those of every type in the registers, and their description."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path, re_path

from tongpan.engines.printers.models import CARRY
from tongpan.faces.api import documents, exchange, masters, mcp, printing
from tongpan.faces.api.description import describe
from tongpan.faces.api.docs import show_docs
from tongpan.faces.api.documents import path_id
from tongpan.faces.api.doors import Answer, Call, Handler, door
from tongpan.faces.kit.entry import PUBLIC, SIGNED_IN, FieldPolicy, Scope
from tongpan.kernel.documents.registry import (
    DocumentType,
    MasterType,
    document_types,
    master_types,
)

V1 = "v1"


def _view(
    permission: str,
    scope: Scope = "units",
    field_policy: FieldPolicy = "masked",
    **handlers: Handler,
) -> Callable[..., HttpResponse]:
    return door(permission=permission, scope=scope, field_policy=field_policy, handlers=handlers)


def _about(handler: Callable[..., Answer | HttpResponse], declared: Any, **more: Any) -> Handler:
    """A handler for one type, which takes the ids of its address as text."""

    def handle(call: Call, **ids: str) -> Answer | HttpResponse:
        return handler(call, declared, **{n: path_id(text) for n, text in ids.items()}, **more)

    return handle


def _of_documents(declared: DocumentType) -> Iterator[URLPattern]:
    at, view, save = (
        f"{V1}/{declared.code}",
        declared.permission("view"),
        declared.permission("save"),
    )
    about = partial(_about, declared=declared)
    yield path(
        at, _view(view, GET=about(documents.list_documents), POST=about(documents.create_document))
    )
    yield path(f"{at}/export", _view(view, GET=about(exchange.export_documents)))
    if declared.follows:
        yield path(f"{at}/proposal", _view(save, GET=about(documents.propose_document)))
    one = f"{at}/<str:document_id>"
    yield path(
        one, _view(view, GET=about(documents.read_document), PUT=about(documents.save_document))
    )
    for verb, action in documents.posted_actions(declared):
        do = about(documents.act_on_document, action=action)
        yield path(f"{one}/{verb}", _view(action.permission, POST=do))
    yield path(
        f"{one}/comments",
        _view(view, GET=about(documents.list_comments), POST=about(documents.add_comment)),
    )
    yield path(
        f"{one}/attachments",
        _view(view, GET=about(documents.list_attachments), POST=about(documents.add_attachment)),
    )
    yield path(
        f"{one}/attachments/<str:attachment_id>", _view(view, GET=about(documents.read_attachment))
    )
    yield path(f"{one}/history", _view(view, GET=about(documents.list_history)))
    yield path(f"{one}/entries", _view(view, GET=about(documents.list_entries)))


def _of_masters(declared: MasterType) -> Iterator[URLPattern]:
    at, view, save = (
        f"{V1}/{declared.code}",
        declared.permission("view"),
        declared.permission("save"),
    )
    about = partial(_about, declared=declared)
    yield path(at, _view(view, GET=about(masters.list_masters), POST=about(masters.create_master)))
    yield path(f"{at}/export", _view(view, GET=about(exchange.export_masters)))
    one = f"{at}/<str:row_id>"
    yield path(one, _view(view, GET=about(masters.read_master), PUT=about(masters.save_master)))
    for verb in ("archive", "restore"):
        do = about(masters.act_on_master, verb=verb)
        yield path(f"{one}/{verb}", _view(save, POST=do))
    yield path(f"{one}/history", _view(view, GET=about(masters.list_master_history)))


def _undo_import(call: Call, run_id: str) -> Answer:
    return exchange.undo_import(call, path_id(run_id))


urlpatterns = [
    path(f"{V1}/openapi.json", _view(SIGNED_IN, "none", "none", GET=describe)),
    path(f"{V1}/docs", show_docs),
    path("mcp", _view(SIGNED_IN, POST=mcp.speak)),
    path(f"{V1}/imports", _view(SIGNED_IN, "own", GET=exchange.list_imports)),
    path(f"{V1}/imports/<str:code>", _view(SIGNED_IN, "own", POST=exchange.import_sheet)),
    path(f"{V1}/imports/<str:run_id>/undo", _view(SIGNED_IN, "own", POST=_undo_import)),
    path(f"{V1}/papers/take", _view(CARRY, POST=printing.take_paper)),
    path(f"{V1}/papers/<str:paper_id>/settle", _view(CARRY, POST=printing.settle_paper)),
    *(pattern for declared in document_types() for pattern in _of_documents(declared)),
    *(pattern for declared in master_types() for pattern in _of_masters(declared)),
    re_path(r"", _view(PUBLIC, "none", "none")),  # whatever else there is under it: 404
]
