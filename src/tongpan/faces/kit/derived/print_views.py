"""The doors of paper: a document as it is printed, by which template, and that it was printed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.base.refusals import Refusal
from tongpan.engines.prints.choosing import chosen_of, templates_for
from tongpan.engines.prints.models import Paper, PrintTemplate
from tongpan.engines.prints.recording import times_printed
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import prints
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.settings import STORE, Setting, declare_setting, value_of

BUILT_IN = "built-in"
PAPERS: dict[str, Any] = dict(Paper.choices)
PAPER = declare_setting(
    Setting(
        code="prints.paper",
        kind="choice",
        default="a4",
        choices=tuple(PAPERS.items()),
        per=STORE,
        title=gettext_lazy("Paper of documents"),
        help=gettext_lazy(
            "What a unit's printer holds. Another paper can be chosen when printing."
        ),
    )
)


def document_print(request: HttpRequest, declared: DocumentType, document_id: UUID) -> HttpResponse:
    """The document on paper; sent, it is written down that it was printed."""
    body = _load(declared, document_id)
    if request.method == "POST":
        copy = run(declared.permission("print"), document_id).result
        return JsonResponse({"copy": copy})
    return show.page(request, _printed(request, declared, [body])[0])


def documents_print(
    request: HttpRequest, declared: DocumentType, ids: Sequence[UUID], *, back_url: str
) -> HttpResponse:
    """Several documents on paper, one after the other."""
    found = _printed(request, declared, [_load(declared, i) for i in ids])
    if not found:
        raise Http404
    first = replace(found[0], papers=(), templates=())  # their addresses would name one document
    return show.page(request, first.followed_by(found[1:], back_url=back_url))


def _load(declared: DocumentType, document_id: UUID) -> Any:
    try:
        return load(declared, document_id)
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        raise Http404 from None


def _printed(
    request: HttpRequest, declared: DocumentType, bodies: Sequence[Any]
) -> list[pages.PrintPage]:
    before = times_printed([body.pk for body in bodies])
    made = []
    for body in bodies:
        unit = body.document.org_unit
        paper, template, choices = choose(request.GET, declared.code, unit)
        page = prints.print_page(
            declared, body, paper=paper, template=template, copy=before.get(body.pk, 0) + 1
        )
        made.append(with_choices(page, choices, template))
    return made


# -- which template, on which paper --------------------------------------------------------------


def choose(
    asked: Mapping[str, str], kind: str, unit: OrgUnit
) -> tuple[prints.Paper, PrintTemplate | None, list[PrintTemplate]]:
    """The paper and the template that the address asks for, or those that hold at the unit; and
    all templates that there are to choose from."""
    found = templates_for(kind, unit)
    usual = value_of(PAPER, unit)
    paper = asked.get("paper", "")
    paper = paper if paper in PAPERS else ""
    wanted = asked.get("template", "")
    template = None
    if wanted != BUILT_IN:
        template = chosen_of(found, asked=as_id(wanted), paper=paper, usual=usual)
    holds = paper or (template.paper if template else usual)
    return cast("prints.Paper", holds), template, found


def with_choices(
    page: pages.PrintPage, found: Sequence[PrintTemplate], chosen: PrintTemplate | None,
    **asked: str,
) -> pages.PrintPage:  # fmt: skip
    """The page with what else could be printed on; `asked` stays in the addresses."""
    papers = tuple(
        pages.View(
            str(title),
            _query(asked, paper=code, template=str(chosen.pk) if chosen else BUILT_IN),
            is_current=code == page.paper,
        )
        for code, title in PAPERS.items()
    )
    templates: tuple[pages.View, ...] = ()
    if found:
        own = (
            pages.View(row.name, _query(asked, template=str(row.pk)), is_current=row == chosen)
            for row in found
        )
        built_in = pages.View(
            _("Built-in form"), _query(asked, template=BUILT_IN), is_current=chosen is None
        )
        templates = (*own, built_in)
    return replace(page, papers=papers, templates=templates)


def _query(asked: Mapping[str, str], **more: str) -> str:
    return f"?{urlencode({**asked, **more})}"
