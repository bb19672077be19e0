"""The doors of derived master data."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, masters, values
from tongpan.faces.kit.derived.answers import go_on
from tongpan.faces.kit.derived.document_views import BATCH_MAX, ids_of
from tongpan.faces.kit.derived.forms import from_nought
from tongpan.faces.kit.derived.saved import columns_of, with_own_views
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import explain, sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may

BACK = {"archive": "restore", "restore": "archive"}  # each deed, and the one that takes it back


def masters_list(request: HttpRequest, declared: MasterType) -> HttpResponse:
    """The list of a kind of master data."""
    sought, columns = masters.read(declared, request.GET), columns_of(request, declared.code)
    parts = request.headers.get("X-Parts", "").split()
    if parts == ["totals"]:
        totals = masters.totals_page(declared, sought)
        return show.part(request, "kit/parts/list_totals.html", {"page": totals})
    page = masters.master_list(declared, sought, chosen=columns, has_totals="totals" in parts)
    return show.page(request, with_own_views(request, page, columns))


def masters_batch(request: HttpRequest, declared: MasterType, verb: str) -> HttpResponse:
    """Archive every ticked row, or take it back into use, with what was refused of each."""
    if verb not in BACK:
        raise Http404
    ids = ids_of(request.POST.getlist("ids"))[:BATCH_MAX]
    rows = list(masters.visible_rows(declared).filter(pk__in=ids))
    refused = {row.pk: why for row in rows if (why := _refused(declared, row, verb))}
    done = [str(row.pk) for row in rows if row.pk not in refused]
    if not refused:
        back = addresses.batch_of_masters(declared, BACK[verb])
        undo = pages.Action(_("Undo"), back, method="post", fields={"ids": ",".join(done)})
        text = ngettext("%(n)s archived", "%(n)s archived", len(done))
        if verb == "restore":
            text = ngettext("%(n)s back in use", "%(n)s back in use", len(done))
        toast = pages.Toast(text % {"n": formats.number(len(done))}, undo if done else None)
        return show.go(request, addresses.masters(declared), toast=toast)
    told = {"done": len(done), "refused": len(refused)}
    problem = pages.ErrorPanel(
        title=_("%(done)s done, %(refused)s refused") % told,
        kept=_("Those that were refused are as they were."),
        details=tuple(refused.values()),
    )
    page = masters.master_list(declared, masters.read(declared, QueryDict()), problem=problem)
    return show.page(request, page, status=422)


def _refused(declared: MasterType, row: Any, verb: str) -> str:
    """Why a row of a batch was left as it was; empty when it was done."""
    try:
        run(declared.permission(verb), row.pk)
    except Refusal as refusal:
        said = explain(refusal)
        why = "; ".join(p["message"] for p in said["problems"]) or said["detail"]
        return f"{values.label(row)}: {why}"
    return ""


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
    if verb not in BACK:
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
    back = addresses.act_on_master(declared, row_id, BACK[verb])
    undo = pages.Action(_("Undo"), back, method="post")
    text = _("Archived") if verb == "archive" else _("Back in use")
    return show.go(request, addresses.master(declared, row_id), toast=pages.Toast(text, undo))
