"""The doors of derived master data."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import addresses, masters
from tongpan.faces.kit.derived.answers import go_on
from tongpan.faces.kit.derived.forms import from_nought
from tongpan.faces.kit.derived.saved import with_own_views
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import explain, sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may


def masters_list(request: HttpRequest, declared: MasterType) -> HttpResponse:
    """The list of a kind of master data."""
    page = masters.master_list(declared, masters.read(declared, request.GET))
    return show.page(request, with_own_views(request, page))


def master(request: HttpRequest, declared: MasterType, row_id: UUID) -> HttpResponse:
    """One row."""
    row = _load(declared, row_id)
    return show.page(request, masters.master_page(declared, row, may_save=_may_save(declared, row)))


def _load(declared: MasterType, row_id: UUID) -> Any:
    links = links_of(declared.form_fields)
    row = masters.visible_rows(declared).select_related(*links).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def _may_save(declared: MasterType, row: Any) -> bool:
    unit_id = declared.unit_of(row)
    unit = OrgUnit.objects.filter(pk=unit_id).first() if unit_id else None
    return may(declared.permission("save"), unit)


def master_new(request: HttpRequest, declared: MasterType) -> HttpResponse:
    """An empty form, or what was just refused. Its id is in the address, so twice is once."""
    given = request.POST if request.method == "POST" else request.GET
    row_id = _id(given.get("id", "")) or env.new_id()
    row = declared.model(pk=row_id)
    url = f"{addresses.new_master(declared)}?id={row_id}"
    if request.method == "POST":
        row_id = _id(request.GET.get("id", "")) or row_id
        return _save(
            request, declared, declared.model(pk=row_id), url=request.get_full_path(), is_new=True
        )
    declared.screens.get("begin", lambda new: None)(row)
    typed = masters.typed_fields(declared, request.GET)
    return show.page(request, masters.master_form(declared, row, url=url, is_new=True, typed=typed))


def master_edit(request: HttpRequest, declared: MasterType, row_id: UUID) -> HttpResponse:
    """The form of a row."""
    row = _load(declared, row_id)
    if not _may_save(declared, row):
        raise Http404
    url = addresses.edit_master(declared, row_id)
    if request.method == "POST":
        return _save(request, declared, row, url=url, is_new=False)
    return show.page(request, masters.master_form(declared, row, url=url, is_new=False))


def _save(
    request: HttpRequest, declared: MasterType, row: Any, *, url: str, is_new: bool
) -> HttpResponse:
    typed = masters.typed_fields(declared, request.POST)
    parts = masters.typed_parts(declared, request.POST)
    payload: dict[str, Any] = {name: text or None for name, text in typed.items()}
    for name, rows in parts.items():
        payload[name] = [{n: text or None for n, text in row.items()} for row in rows]
    request_id = uuid5(NAMESPACE_URL, f"{row.pk}/new") if is_new else None
    seen = request.POST.get("version", "")
    answers = [code for text in request.POST.getlist("answers") for code in text.split(",") if code]
    version = int(seen) if seen.isdecimal() and not is_new else None
    try:
        run(
            declared.permission("save"), row.pk, payload,
            request_id=request_id, version=version, answers=answers,
        )  # fmt: skip
    except Refusal as refusal:
        if isinstance(refusal, Forbidden) or refusal.code == "not_found":
            raise Http404 from None
        problems = from_nought(refusal.problems, parts)
        problem = pages.ErrorPanel(
            sentence(refusal.code, refusal.facts),
            problems=tuple(masters.placed_problems(declared, problems)),
            actions=(go_on(refusal, url, answers),) if isinstance(refusal, Question) else (),
            code=refusal.code,
        )
        form = masters.master_form(
            declared,
            row,
            url=url,
            is_new=is_new,
            typed=typed,
            typed_parts=parts,
            problems=problems,
            problem=problem,
        )
        return show.page(request, form, status=200 if isinstance(refusal, Question) else 422)
    return show.go(request, addresses.master(declared, row.pk), toast=pages.Toast(_("Saved")))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def master_act(request: HttpRequest, declared: MasterType, row_id: UUID, verb: str) -> HttpResponse:
    """Archive a row, or take it back into use."""
    if verb not in ("archive", "restore"):
        raise Http404
    row = _load(declared, row_id)
    try:
        run(declared.permission(verb), row_id)
    except Refusal as refusal:
        if isinstance(refusal, Forbidden):
            raise Http404 from None
        said = explain(refusal)
        details = tuple(p["message"] for p in said["problems"])
        problem = pages.ErrorPanel(said["detail"], details=details, code=refusal.code)
        page = masters.master_page(
            declared, row, may_save=_may_save(declared, row), problem=problem
        )
        return show.page(request, page, status=422)
    back = "restore" if verb == "archive" else "archive"
    undo = pages.Action(_("Undo"), addresses.act_on_master(declared, row_id, back), method="post")
    text = _("Archived") if verb == "archive" else _("Back in use")
    return show.go(request, addresses.master(declared, row_id), toast=pages.Toast(text, undo))
